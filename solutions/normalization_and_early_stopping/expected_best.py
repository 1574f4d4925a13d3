"""expected_best: what the best of k equal models scores on average, by luck alone."""

import numpy as np

from autograder.exercise import Exercise
from helpers.evidence import landmarks

flattery = Exercise("expected_best", kind="report", lecture="33:02")


@flattery.reference
def expected_best(scores, p, k):
    """The mean of the highest of k scores, each of which is drawn by itself from the same distribution.

    The highest is at most s just if all k are: P(max ≤ s) = P(score ≤ s)^k. The difference of this from one score to the
    next higher one is the probability of the latter as the maximum; for the lowest score, which has none below it, it is
    P(max ≤ s) itself (lecture 33:02).

    Args:
        scores: the values that a score can take, array of shape (M,), in any order; all different.
        p: the probability of each, array of shape (M,); they sum to 1.
        k: how many are drawn, at least 1.
    Returns:
        The mean of the highest, a number.
    """
    ### BEGIN SOLUTION
    order = np.argsort(scores)
    at_most = np.cumsum(p[order])
    highest = np.diff(at_most**k, prepend=0)
    return np.sum(scores[order] * highest)
    ### END SOLUTION


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


flattery.misconception(
    "the mean of one score",
    ("at_most**k", "at_most"),
    advice="The best of k is above the mean: P(max ≤ s) is the k-th power of P(score ≤ s).",
)
flattery.misconception(
    "the scores are taken in the order given",
    ("order = np.argsort(scores)", "order = np.arange(len(scores))"),
    advice='"At most s" sums over all lower scores: sort them first, and their probabilities with them.',
)
flattery.misconception(
    "the probabilities are not sorted with the scores",
    ("np.cumsum(p[order])", "np.cumsum(p)"),
    advice="Each probability belongs to its score: take both in the same order.",
)
flattery.misconception(
    "the lowest of k, not the highest",
    ("np.diff(at_most**k, prepend=0)", "-np.diff((1 - at_most) ** k, prepend=1)"),
    advice="(1 - P(score ≤ s))^k is the probability that *all* are above s, which is about the lowest. "
    "The highest is at most s if all k are.",
)
flattery.misconception(
    "P(max ≤ s) is taken for P(max = s)",
    ("np.diff(at_most**k, prepend=0)", "at_most**k"),
    advice="The powers rise to 1. It is their steps, from one score to the next, that are probabilities of the maximum.",
)
flattery.misconception(
    "the power of the single probabilities",
    ("np.diff(at_most**k, prepend=0)", "p[order] ** k"),
    advice="p(s)^k is the probability that all k scores are s. Take the power of P(score ≤ s), then differences.",
)
# What follows is by `source`, so that double faults do not grow with it.
flattery.misconception(
    "the density of a continuous maximum",
    source=flattery.edited(("np.diff(at_most**k, prepend=0)", "k * p[order] * at_most ** (k - 1)")),
    advice="kpF^(k-1) is for densities. Scores that can be equal take differences: F(s)^k - F(the score below)^k.",
)
flattery.misconception(
    "the highest score that there is",
    source=flattery.edited(
        ("return np.sum(scores[order] * highest)", "return np.max(scores) + 0 * np.sum(highest)")
    ),
    advice="It takes luck to reach it. Weigh each score by the probability that it is the highest of the k.",
)
flattery.misconception(
    "k counts one too many",
    source=flattery.edited(("at_most**k", "at_most ** (k + 1)")),
    advice="Of one model the best is that one: with k = 1 the mean of one score comes out.",
)
flattery.misconception(
    "σ√(2 log k) above the mean",
    source="""
    def expected_best(scores, p, k):
        mean = np.sum(scores * p)
        deviation = np.sqrt(np.sum(p * (scores - mean) ** 2))
        return mean + deviation * np.sqrt(2 * np.log(k))
    """,
    advice="σ√(2 log k) is a bound, and exact for none. Sum the scores, weighted by the probability that each is the highest.",
)
flattery.misconception(
    "the most probable score",
    source="""
    def expected_best(scores, p, k):
        return scores[np.argmax(p)]
    """,
    advice="It plays no part which score is the most frequent. Weigh each by the probability that it is the highest of the k.",
)
flattery.misconception(
    "the scores are sorted in place",
    source="""
    def expected_best(scores, p, k):
        order = np.argsort(scores)
        scores[:], p[:] = scores[order], p[order]
        steps = np.diff(np.cumsum(p) ** k, prepend=0)
        return np.sum(scores * steps)
    """,
    advice="The caller's arrays would change under their feet. Index with the order: scores[order].",
)


@flattery.alternative
def by_a_loop(scores, p, k):
    total, below = 0.0, 0.0
    for score, probability in sorted(zip(scores, p)):  # noqa: B905
        total += score * ((below + probability) ** k - below**k)
        below += probability
    return float(total)


@flattery.alternative
def by_tails(scores, p, k):
    ranked = np.sort(np.asarray(scores))
    at_most = (np.asarray(p) * (scores <= ranked[:, None])).sum(1) ** k
    return ranked[-1] - np.sum(np.diff(ranked) * at_most[:-1])
