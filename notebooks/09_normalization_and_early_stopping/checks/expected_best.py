"""What `check(expected_best)` looks at (lecture 33:02).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks

flattery = Checks("expected_best", kind="report", lecture="33:02")


def distribution(rng, M):
    """Scores in a mixed order, neither rising nor falling, each with a probability."""
    scores, p = rng.uniform(0.2, 0.9, M), rng.uniform(0.2, 1, M)
    while abs(np.sign(np.diff(scores)).sum()) == M - 1:
        rng.shuffle(scores)
    return scores, p / p.sum()


def marks(scores, p, k):
    return landmarks(scores=scores, p=p, mean=np.sum(scores * p), highest_score=scores.max(), k=k)


@flattery.check("one model is not flattered")
def one(expected_best, rng):
    scores, p = distribution(rng, 7)
    return {"mean of the best of 1": expected_best(scores, p, 1), **marks(scores, p, 1)}


@flattery.check("the best of several, whatever the order of the scores", points=2)
def several(expected_best, rng):
    found, some = {}, distribution(rng, 5)
    for k in (2, 3, 11):
        found[f"mean of the best of {k}"] = expected_best(*some, k)
    return {**found, **marks(*some, 2)}


@flattery.check("scores in order, and scores below 0")
def other_scores(expected_best, rng):
    scores, p = distribution(rng, 7)
    rising = np.sort(scores)
    return {
        "mean of the best of 5, in rising order": expected_best(rising, p, 5),
        "mean of the best of 5, in falling order": expected_best(rising[::-1], p, 5),
        "mean of the best of 5, all below 0": expected_best(rising - 2, p, 5),
        **marks(rising, p, 5),
    }


@flattery.check("very many models reach the highest score of all")
def very_many(expected_best, rng):
    scores, p = distribution(rng, 5)
    # The highest comes first, and is the least probable.
    scores, p = -np.sort(-scores), np.sort(p)
    return {"mean of the best of 10,000": expected_best(scores, p, 10_000), **marks(scores, p, 10_000)}


@flattery.example()
def example(expected_best, rng):
    scores, p = distribution(rng, 5)
    return {"scores": scores, "p": p}, lambda scores, p: {"mean": expected_best(scores, p, 3)}
