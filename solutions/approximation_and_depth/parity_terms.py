"""parity_terms: parity with one hidden layer of AND units and an OR, which takes exponentially many."""

import numpy as np

from autograder.exercise import Exercise
from helpers.set_by_hand import every_input

terms = Exercise("parity_terms", kind="report", lecture="47:06")


@terms.reference
def parity_terms(n):
    """Set the weights of one hidden layer of ANDs, and of the OR above it, so that they compute the parity of n inputs.

    h_j = 1[(x W⁽¹⁾ + b⁽¹⁾)_j > 0],    network(x) = 1[h W⁽²⁾ + b⁽²⁾ > 0]      threshold units      (lecture 47:06)

    Each hidden unit is the AND of all n inputs, some of them negated: it is on for one single pattern of zeros and ones. There is
    a unit for every pattern with an odd number of ones, and for no other. The output is the OR of the hidden units.

    Args:
        n: the number of inputs, at least 1.
    Returns:
        W1 (n, 2ⁿ⁻¹), b1 (2ⁿ⁻¹,), W2 (2ⁿ⁻¹, 1) and b2 (1,), NumPy arrays; the units in any order.
    """
    ### BEGIN SOLUTION
    patterns = (np.arange(2**n)[:, None] >> np.arange(n)) % 2
    ones = patterns.sum(axis=1)
    odd = patterns[ones % 2 == 1]
    W1 = 2 * odd.T - 1
    b1 = 0.5 - odd.sum(axis=1)
    W2 = np.ones((len(odd), 1))
    b2 = np.array([-0.5])
    return W1, b1, W2, b2
    ### END SOLUTION


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


W1 = "W1 = 2 * odd.T - 1"
B1 = "b1 = 0.5 - odd.sum(axis=1)"
B2 = "np.array([-0.5])"
terms.misconception(
    "a unit for every input, odd or not",
    ("odd = patterns[ones % 2 == 1]", "odd = patterns"),
    advice="The output is on where any unit is. Keep a unit only for the inputs with an odd number of ones.",
)
terms.misconception(
    "units for the inputs with an even number of ones",
    ("ones % 2 == 1", "ones % 2 == 0"),
    advice="Parity is 1 where the number of ones is *odd*: ones % 2 == 1.",
)
terms.misconception(
    "what should be 0 has no weight",
    (W1, "W1 = 1 * odd.T"),
    advice="With weight 0 an input does not count, and the unit is on for larger sets of ones too. An input that should be 0 gets "
    "the weight -1.",
)
terms.misconception(
    "the bias is -k: a unit's pre-activation is at most 0, and it is never on",
    (B1, "b1 = -1.0 * odd.sum(axis=1)"),
    advice="A threshold unit is on *above* 0. Where all is as it should be the sum is k: the bias has to be above -k, as ½ - k is.",
)
terms.misconception(
    "every unit waits for n ones",
    (B1, "b1 = 0.5 - n * np.ones(len(odd))"),
    advice="A unit whose input has k ones reaches at most k: its bias is ½ - k.",
)
terms.misconception(
    "the bias of a unit is ½ for all of them",
    (B1, "b1 = 0.5 * np.ones(len(odd))"),
    advice="An AND of k ones needs a sum of k: the bias takes k - ½ away.",
)
terms.misconception(
    "one mistake is forgiven: the bias is one too high",
    (B1, "b1 = 1.5 - odd.sum(axis=1)"),
    advice="A single wrong input lowers the sum by 1, and the unit has to be off then: the bias lies between -k and 1 - k, as ½ - "
    "k does.",
)
terms.misconception(
    "the output is an AND",
    (B2, "np.array([0.5 - len(odd)])"),
    advice="No two units are ever on together. One is enough: an OR, with a bias between -1 and 0.",
)
terms.misconception(
    "the output takes two units to be on",
    (B2, "np.array([-1.5])"),
    advice="For each input at most one unit is on, and one must be enough: a bias between -1 and 0.",
)
terms.misconception(
    "the output is always on",
    (B2, "np.array([0.5])"),
    advice="With no unit on, the output's pre-activation is its bias: that has to be below 0.",
)
terms.misconception(
    "only inputs with a single one",
    source=terms.edited(("ones % 2 == 1", "ones == 1")),
    advice="Three ones are odd as well. There are 2ⁿ⁻¹ inputs with an odd number of ones.",
)
terms.misconception(
    "the numbers of the inputs are odd, not their ones",
    source=terms.edited(("ones % 2 == 1", "np.arange(2**n) % 2 == 1")),
    advice="What counts is how many ones an input has: patterns.sum(axis=1) % 2.",
)
terms.misconception(
    "the patterns that end with a 1, as odd numbers do, not those with an odd number of ones",
    source=terms.edited(("ones % 2 == 1", "patterns[:, -1] == 1")),
    advice="The last input alone does not tell the parity: what counts is how many ones a pattern has, patterns.sum(axis=1) % 2.",
)
terms.misconception(
    "W1 stands as the lecture writes it, transposed",
    source=terms.edited((W1, "W1 = (2 * odd.T - 1).T")),
    lecture="3:17",
    advice="One example is one row here: W1 has a row for each input and a column for each unit, (n, 2ⁿ⁻¹).",
)
terms.misconception(
    "the signs of the weights are turned round",
    source=terms.edited((W1, "W1 = 1 - 2 * odd.T")),
    advice="An input that should be 1 speaks for the unit, weight 1; one that should be 0 against it, weight -1.",
)
terms.misconception(
    "the output counts with signs",
    source=terms.edited(("W2 = np.ones((len(odd), 1))", "W2 = (-1.0) ** np.arange(len(odd))[:, None]")),
    advice="An OR asks whether any unit is on: each counts +1.",
)


@terms.alternative
def unit_after_unit(n):
    W1, b1 = [], []
    for code in range(2**n):
        bits = [int(digit) for digit in f"{code:0{n}b}"]
        if sum(bits) % 2:
            W1.append([3.0 if bit else -3.0 for bit in bits])
            b1.append(-3.0 * sum(bits) + 1)
    return np.transpose(W1), np.array(b1), np.full((len(b1), 1), 2.0), np.array([-1.0])


@terms.alternative
def on_the_edge(n):
    codes = np.stack(np.meshgrid(*[[0, 1]] * n, indexing="ij"), -1).reshape(-1, n)
    odd = codes[np.bitwise_xor.reduce(codes, axis=1) == 1]
    return np.where(odd.T, 1, -1), 1 - odd.sum(1), np.ones((len(odd), 1)), np.zeros(1)
