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


class Steered:
    """A model of which the gradient is known: the loss moves with V as the columns of G say, whatever x is."""

    def __init__(self, G):
        self.G = tf.constant(G, "float32")
        self.V = keras.Variable(tf.zeros(G.shape))
        self.trainable_variables = [self.V]

    def __call__(self, x):
        a = tf.reduce_sum(self.V * self.G)
        logits = tf.stack([a, 0 * a, 0 * a])
        return tf.tile(tf.nn.softmax(logits)[None], [len(x), 1])


@report.check("units are copies only if all entries agree")
def every_entry(symmetry_report, rng):
    # The second has the length, the sum and the first entry of the first; the fourth is a copy of the third.
    first, third = rng.permutation([1.0, 2.0, 4.0, 8.0]), rng.normal(size=4)
    second = first[[0, 2, 3, 1]]
    x, y = examples(rng)
    return reported(symmetry_report, Steered(np.stack([first, second, third, third], axis=1)), x, 0 * y + 1)


@report.check("how close is equal depends on the whole gradient, not on one column")
def tolerance_of_whole(symmetry_report, rng):
    large, small = rng.uniform(1, 2, size=4), rng.uniform(1, 2, size=4) * 1e-6
    x, y = examples(rng)
    return reported(symmetry_report, Steered(np.stack([large, small, 2 * small], axis=1)), x, 0 * y + 1)


@report.example()
def example(symmetry_report, rng):
    x, y = examples(rng)
    return {"model": network(rng)}, lambda model: reported(symmetry_report, model, x, y)


UNITS = 7

# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng):
    """4 inputs, 7 hidden units, 5 classes; every weight and bias is drawn."""
    return filled(built(4, UNITS, 5), rng)


def examples(rng, N=6):
    """One column of x is 0 everywhere, like the pixels at the rim of an image: its weights get no gradient."""
    x = rng.normal(size=(N, 4)) * [1, 1, 0, 1]
    return tf.constant(x, "float32"), tf.constant(rng.integers(5, size=N))


def reported(symmetry_report, model, x, y):
    norms, distinct = symmetry_report(model, x, y)
    return {"norms": np.asarray(norms, "float32"), "distinct": np.asarray(distinct, "int64")}


def copy_unit(model, one, other):
    """Make a hidden unit a copy of another but for four roundings: the same weights in, bias, and weights out."""
    W1, b1, W2, _ = model.get_weights()
    W1[:, other], b1[other], W2[other] = 1.0000005 * W1[:, one], b1[one], 1.0000005 * W2[one]
    for v, value in zip(model.trainable_variables, (W1, b1, W2), strict=False):
        v.assign(value)


@report.check("random weights: nothing is zero, no two units are alike")
def random_weights(symmetry_report, rng):
    return reported(symmetry_report, network(rng), *examples(rng))


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
    model, (x, y) = network(rng), examples(rng)
    # never side by side
    one, *others = rng.permutation([0, 2, 4, 6])[: rng.integers(3, 5)]
    for other in others:
        copy_unit(model, one, other)
    return reported(symmetry_report, model, x, y)


@report.check("gradients so small that only their ratio tells")
def small_gradients(symmetry_report, rng):
    model, (x, y) = network(rng), examples(rng)
    copy_unit(model, *rng.choice([1, 3, 5], 2, replace=False))
    return reported(symmetry_report, model, x * 1e-9, y)
