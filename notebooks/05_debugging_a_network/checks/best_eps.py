"""What `check(truncation, rounding, best_eps)` looks at (lecture 42:58).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks

terms = Checks("best_eps", kind="function", lecture="42:58", objects=["truncation", "rounding", "best_eps"])

UNITS_OF_ROUNDING = (1.1e-16, 6.0e-8, 4.9e-4)


def numbers(rng, count=5):
    """Values and third derivatives, of either sign."""
    signs = rng.permutation([-1, -1, 1, 1, 1])[:count]
    return signs * rng.uniform(0.5, 9, size=count), -signs * rng.uniform(0.1, 40, size=count)


@terms.check("truncation: what Taylor's series leaves")
def of_truncation(truncation, rounding, best_eps, rng):
    _, third = numbers(rng)
    eps = 10 ** rng.uniform(-4, -1, size=5)
    found = [truncation(float(t), float(e)) for t, e in zip(third, eps, strict=True)]
    return {"truncation": np.array(found), **landmarks(third=third, eps=eps)}


@terms.check("rounding: both values are rounded")
def of_rounding(truncation, rounding, best_eps, rng):
    value, _ = numbers(rng)
    eps = 10 ** rng.uniform(-4, -1, size=5)
    found = {}
    for u in UNITS_OF_ROUNDING:
        found[f"rounding, u = {u:g}"] = [
            rounding(float(v), float(e), u) for v, e in zip(value, eps, strict=True)
        ]
    return {**found, **landmarks(value=value, eps=eps)}


# Near its lowest point the sum hardly changes: whoever searches for it finds it to half of the digits.
@terms.check(
    "the best ε, in three precisions",
    points=2,
    **{f"best ε, u = {u:g}": atol for u, atol in zip(UNITS_OF_ROUNDING, (1e-12, 1e-9, 1e-8), strict=True)},
)
def of_best(truncation, rounding, best_eps, rng):
    value, third = numbers(rng)
    found = {}
    for u in UNITS_OF_ROUNDING:
        found[f"best ε, u = {u:g}"] = [
            best_eps(float(v), float(t), u) for v, t in zip(value, third, strict=True)
        ]
    return {**found, **landmarks(value=value, third=third)}


NUMBERS = "two or three numbers come in, and a number goes out"


@terms.example(without={"untouched": NUMBERS, "graph": NUMBERS, "dtype": NUMBERS, "one": NUMBERS})
def example(truncation, rounding, best_eps, rng):
    return {}, lambda: {"best ε": best_eps(1.0, 2.0, 1e-16)}
