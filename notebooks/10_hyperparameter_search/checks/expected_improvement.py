"""What `check(expected_improvement)` looks at (lecture 36:12).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import warnings

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import short

improvement = Checks("expected_improvement", kind="function", lecture="36:12")

# candidates
N = 11


def beliefs(rng, n=N):
    """Scores around 0.8, each with a deviation of its own, and the best so far among them."""
    mean = rng.uniform(0.6, 0.95, size=n)
    return mean, rng.uniform(0.03, 0.3, size=n), short(rng.uniform(0.8, 0.85))


def with_parts(expected_improvement, mean, deviation, best):
    """EI, beside what it is made of."""
    marks = {"mean": mean, "deviation": deviation, "mean - best": mean - best, "best": best}
    return {"EI": expected_improvement(mean.copy(), deviation.copy(), best), **landmarks(**marks)}


@improvement.check("the closed form", points=2)
def closed_form(expected_improvement, rng):
    return with_parts(expected_improvement, *beliefs(rng))


@improvement.check("a mean below the best may still pay, the more the less is known")
def below_the_best(expected_improvement, rng):
    _, deviation, best = beliefs(rng)
    behind = float(rng.uniform(0.1, 0.2))
    return with_parts(expected_improvement, np.full(N, best - behind), np.sort(deviation), best)


@improvement.check("scores of any size")
def any_size(expected_improvement, rng):
    mean, deviation, _ = beliefs(rng)
    scale = float(rng.uniform(30, 80))
    return with_parts(expected_improvement, -scale * mean, scale * deviation, short(-scale * 0.8))


@improvement.check("a score that is known: deviation 0")
def known(expected_improvement, rng):
    mean, deviation, best = beliefs(rng)
    deviation[[1, 4, 7]] = 0
    # One above the best, one below, one that is the best itself.
    mean[[1, 4, 7]] = best + float(rng.uniform(0.05, 0.2)), best - float(rng.uniform(0.05, 0.2)), best
    with warnings.catch_warnings(record=True) as caught, np.errstate(divide="warn", invalid="warn"):
        warnings.simplefilter("always")
        found = with_parts(expected_improvement, mean, deviation, best)
    warned = any(issubclass(one.category, RuntimeWarning) for one in caught)
    return found | {"a warning is given": float(warned)}


@improvement.example(
    without={"graph": "it works on NumPy's arrays", "dtype": "all of it is in float64"},
)
def example(expected_improvement, rng, N=5):
    # Below the best, and not hopeless: one candidate alone shows as much as several.
    best = short(rng.uniform(0.8, 0.85))
    mean, deviation = rng.uniform(0.6, 0.75, size=N), rng.uniform(0.1, 0.3, size=N)
    return {"mean": mean, "deviation": deviation}, lambda mean, deviation: {
        "EI": expected_improvement(mean, deviation, best)
    }
