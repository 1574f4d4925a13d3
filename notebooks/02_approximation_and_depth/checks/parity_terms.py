"""What `check(parity_terms)` looks at (lecture 47:06).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.set_by_hand import every_input

terms = Checks("parity_terms", kind="report", lecture="47:06")


def threshold(a):
    return (np.asarray(a) > 0).astype("float64")


def hidden_units(parity_terms, x):
    """Which unit is on for which of all the inputs, one column a unit; and the weights of the output."""
    W1, b1, W2, b2 = (np.asarray(part, "float64") for part in parity_terms(x.shape[1]))
    return threshold(x @ W1 + b1), W2, b2


def all_of_them(rng, n):
    """Every input once, in a random order."""
    return rng.permutation(every_input(n)).astype("float64")


def in_order(h):
    """The units in an order that does not depend on how they were listed."""
    return h[:, np.lexsort(h)]


@terms.check("each unit is on for one input, whose number of ones is odd", points=2)
def one_input_each(parity_terms, rng):
    x = all_of_them(rng, int(rng.choice([3, 5])))
    h, _, _ = hidden_units(parity_terms, x)
    # more bits than a byte has
    nine = rng.integers(0, 2, (20, 9)).astype("float64")
    return {
        "x": x,
        "for how many of these inputs each of the units is on": np.sort(h.sum(axis=0)),
        "how many units are on for each of these inputs": h.sum(axis=1),
        "x with n = 9": nine,
        "how many units are on for each x with n = 9": hidden_units(parity_terms, nine)[0].sum(axis=1),
    }


@terms.check("an even number of inputs: the units, one by one")
def unit_by_unit(parity_terms, rng):
    x = all_of_them(rng, 4)
    h, _, _ = hidden_units(parity_terms, x)
    return {"x": x, "which unit is on for which of these inputs": in_order(h)}


@terms.check("the output is the OR of the units")
def the_or(parity_terms, rng):
    _, W2, b2 = hidden_units(parity_terms, all_of_them(rng, int(rng.choice([3, 4]))))
    units = len(W2)
    # Not what the units are for some input, but any pattern of them.
    h = (rng.random((20, units)) < rng.uniform(0, 0.4, (20, 1))).astype("float64")
    h[0], h[1], h[2] = 0, 1, np.arange(units) == rng.integers(units)
    found = threshold(h @ W2 + b2)
    return {"units that are on": h.sum(axis=1), "the output then": found[:, 0]}


@terms.check("2ⁿ⁻¹ units, from the smallest n on")
def how_many(parity_terms, rng):
    found = {}
    for n in (1, *(int(n) for n in 2 + rng.permutation(7)[:3])):
        W1, b1, W2, b2 = (np.asarray(part) for part in parity_terms(n))
        found[f"shape of W1 for n = {n}"] = W1.shape
        found[f"length of b1 for n = {n}"] = [b1.size, b1.ndim]
        found[f"shape of W2 for n = {n}"] = W2.shape
        found[f"length of b2 for n = {n}"] = [b2.size, b2.ndim]
    return found


@terms.example(without={"untouched": "numbers cannot be changed"})
def example(parity_terms, rng):
    x = all_of_them(rng, 3)
    return {"x": x}, lambda x: {"units": in_order(hidden_units(parity_terms, x)[0])}
