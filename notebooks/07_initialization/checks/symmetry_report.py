"""What `check(symmetry_report)` looks at (lecture 30:27).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import classifier, filled

report = Checks("symmetry_report", kind="report", lecture="30:27")


class Steered(keras.Model):
    """A model of which the gradients are known: the loss moves with each V as the columns of its G say, whatever x is."""

    def __init__(self, *gradients):
        super().__init__()
        self.gradients = [tf.constant(G, "float32") for G in gradients]
        self.matrices = [self.add_weight(shape=G.shape, initializer="zeros") for G in self.gradients]

    def call(self, x):
        a = 0.0
        for V, G in zip(self.matrices, self.gradients, strict=True):
            a += tf.reduce_sum(V * G)
        logits = tf.stack([a, 0 * a, 0 * a])
        return tf.tile(tf.nn.softmax(logits)[None], [len(x), 1])


def nearly_copies(rng):
    """For each of several numbers that a column has, one column and another that differs and shares that number."""
    first = rng.uniform(1, 2, size=4)
    other = rng.uniform(1, 2, size=4)
    return {
        "equal in length": (first, other * np.linalg.norm(first) / np.linalg.norm(other)),
        "equal in their sum": (first, other + np.mean(first - other)),
        "equal in the first entry": (first, np.append(first[:1], other[1:])),
        "equal in the last entry": (first, np.append(other[:3], first[3:])),
        "equal in the largest entry": (np.append(first, 3), np.append(3, other)),
        "equal in direction": (first, 2 * first),
        "of the same entries": (first, first[::-1]),
    }


@report.check("units are copies only if all entries agree")
def every_entry(symmetry_report, rng):
    kinds = nearly_copies(rng)
    # The fourth is a copy of the third.
    gradients = []
    for first, second in kinds.values():
        third = rng.normal(size=len(first))
        gradients.append(np.stack([first, second, third, third], axis=1))
    x, y = examples(rng)
    found = reported(symmetry_report, Steered(*gradients), x, 0 * y + 1)
    counts = np.zeros(len(kinds), "int64")
    if found["distinct"].shape == counts.shape:
        counts = found["distinct"]
    told = {f"distinct, two being {kind}": n for kind, n in zip(kinds, counts, strict=True)}
    return {"norms": found["norms"], **told}


@report.check("how close is equal: up to 1e-5 of the whole gradient's norm")
def tolerance_of_whole(symmetry_report, rng):
    large, small = rng.uniform(1, 2, size=4), rng.uniform(1, 2, size=4) * 1e-6
    half, four = signs(rng), signs(rng)
    for G, tolerances in ((half, 0.5), (four, 4)):
        # One entry tells the second column from the first: neither their first, nor their last, nor their largest.
        row = 1 + np.argmin(G[1:-1, 0])
        G[row, 1] += tolerances * 1e-5 * np.linalg.norm(G)
    x, y = examples(rng)
    gradients = (np.stack([large, small, 2 * small], axis=1), half, four, roundings(rng), chain(rng))
    return reported(symmetry_report, Steered(*gradients), x, 0 * y + 1)


def roundings(rng):
    """A column, another, and a copy of the first; whoever sorts by the outer entries puts the other between the two."""
    G = np.tile(rng.uniform(1, 2, size=(4, 1)), 3)
    G[1:3, 1] = rng.uniform(3, 4, size=2)
    G[[0, -1]] += 2e-6 * np.arange(3)
    return G


def chain(rng):
    """Three columns: the second equals the first and the third the second, but the third not the first."""
    G = np.tile(rng.uniform(1, 2, size=(4, 1)), 3)
    G[rng.integers(4)] += 0.7e-5 * np.linalg.norm(G) * np.arange(3)
    return G


def signs(rng):
    """Six columns, the second a copy of the first; no entry is near the norm, and no number of a column is another's."""
    columns = []
    for size, positive in ((1, 3), (1, 3), (0.9, 1), (0.93, 2), (0.96, 4), (0.99, 5)):
        columns.append(size * rng.permutation([1.0] * positive + [-1.0] * (6 - positive)))
    columns[1] = columns[0].copy()
    return np.stack(columns, axis=1)


@report.example()
def example(symmetry_report, rng):
    x, y = examples(rng)
    return {"model": filled(with_two_modes(), rng)}, lambda model: reported(symmetry_report, model, x, y)


UNITS = 7

# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng):
    """4 inputs, 7 hidden units, 5 classes; every weight and bias is drawn."""
    return filled(built(4, UNITS, 5), rng)


class Tiring(keras.layers.Layer):
    """Passes x on, and in training less of it each time: as batch normalization does, it keeps account of its calls."""

    def build(self, shape):
        self.calls = self.add_weight(shape=(), trainable=False)

    def call(self, x, training=False):
        if not training:
            return x
        self.calls.assign_add(1.0)
        return x * 0.5**self.calls


@cache
def with_two_modes():
    """As `built`, behind a layer that does something else in training."""
    hidden = keras.layers.Dense(UNITS, activation="tanh")
    model = keras.Sequential([Tiring(), hidden, keras.layers.Dense(5, activation="softmax")])
    model.build((None, 4))
    return model


def examples(rng, N=6):
    """One column of x is 0 everywhere, like the pixels at the rim of an image: its weights get no gradient."""
    x = rng.normal(size=(N, 4)) * [1, 1, 0, 1]
    return tf.constant(x, "float32"), tf.constant(rng.integers(5, size=N))


def reported(symmetry_report, model, x, y):
    norms, distinct = symmetry_report(model, x, y)
    return {"norms": np.asarray(norms, "float32"), "distinct": np.asarray(distinct, "int64")}


def copy_unit(model, one, others):
    """Make hidden units copies of another but for four roundings: the same weights in, bias, and weights out."""
    W1, b1, W2, b2 = model.get_weights()
    W1[:, others], b1[others], W2[others] = W1[:, [one]], b1[one], 1.0000005 * W2[one]
    model.set_weights([W1, b1, W2, b2])


def beyond_doubt(rng, copies=(), size=1):
    """A network of which some hidden units are copies, and examples, drawn until chance makes no number of a gradient
    equal to another, and none of a copy so near 0 that roundings count beside it.
    """
    copies = list(copies)
    while True:
        model, (x, y) = network(rng), examples(rng)
        x *= size
        if copies:
            copy_unit(model, copies[0], copies[1:])
        gradients = gradients_by_hand(model, x, y)
        hidden, output = gradients[:2], gradients[2:]
        copied = [G[np.any(G, axis=1)][:, copies[:1]] / np.linalg.norm(G) for G in hidden]
        different = [np.delete(G, copies[1:], axis=1) for G in hidden]
        if all(np.all(np.abs(part) > 0.02) for part in copied) and all(map(all_apart, [*different, *output])):
            return model, x, y


def gradients_by_hand(model, x, y):
    """In float64, so that what is drawn does not depend on the machine."""
    W1, b1, W2, b2 = [w.astype("float64") for w in model.get_weights()]
    x = np.asarray(x, "float64")
    h = np.tanh(x @ W1 + b1)
    e = np.exp(h @ W2 + b2)
    da2 = (e / e.sum(axis=1, keepdims=True) - np.eye(len(b2))[y]) / len(x)
    da1 = da2 @ W2.T * (1 - h**2)
    return [x.T @ da1, da1.sum(axis=0, keepdims=True), h.T @ da2, da2.sum(axis=0, keepdims=True)]


def all_apart(G):
    """Whether any two columns differ clearly in each entry that is not always 0, in sum, length and largest entry."""
    entries = G[np.any(G, axis=1)]
    numbers = [*entries, G.sum(axis=0), np.linalg.norm(G, axis=0), np.abs(G).max(axis=0)]
    return np.diff(np.sort(numbers)).min() > 3e-5 * np.linalg.norm(G)


@report.check("random weights: nothing is zero, no two units are alike")
def random_weights(symmetry_report, rng):
    return reported(symmetry_report, *beyond_doubt(rng))


@report.check("all weights zero: what is left", points=2)
def zero_weights(symmetry_report, rng):
    model = network(rng)
    for v in model.trainable_variables[:3]:
        v.assign(tf.zeros_like(v))
    return reported(symmetry_report, model, *examples(rng))


@report.check("all hidden units are copies")
def all_units_copies(symmetry_report, rng):
    """Classes keep weights of their own: if all of W2 were equal, what comes down would be rounding and nothing else."""
    model = network(rng)
    W1, b1, W2, b2 = model.get_weights()
    ones = np.ones((UNITS, 1), "float32")
    model.set_weights([0 * W1 + rng.uniform(0.1, 0.5), 0 * b1 + rng.uniform(0.1, 0.5), ones * W2[0], 0 * b2])
    return reported(symmetry_report, model, *examples(rng))


@report.check("some units are copies")
def some_units_copies(symmetry_report, rng):
    # never side by side
    copies = rng.permutation([0, 2, 4, 6])[: rng.integers(3, 5)]
    return reported(symmetry_report, *beyond_doubt(rng, copies))


@report.check("gradients so small that only their ratio tells")
def small_gradients(symmetry_report, rng):
    copies = rng.choice([1, 3, 5], 2, replace=False)
    return reported(symmetry_report, *beyond_doubt(rng, copies, 1e-9))
