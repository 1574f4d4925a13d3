"""stable_softmax: the output layer's activation."""

import keras
import numpy as np
import tensorflow as tf

from solutions.exercise import Exercise

softmax = Exercise("stable_softmax", lecture="6:52")


@softmax.reference
def stable_softmax(a, axis=-1):
    """Turn pre-activations into probabilities, safely for any magnitude.

    f_c = exp(a_c - max a) / sum_c' exp(a_c' - max a)      (lecture 6:52)

    Args:
        a: pre-activations, float tensor of shape (..., C).
        axis: the axis of the C classes.
    Returns:
        Probabilities, same shape and dtype as `a`; each slice along `axis` sums to 1.
    """
    ### BEGIN SOLUTION
    e = tf.exp(a - tf.reduce_max(a, axis=axis, keepdims=True))
    return e / tf.reduce_sum(e, axis=axis, keepdims=True)
    ### END SOLUTION


@softmax.check("each row is a distribution")
def _(stable_softmax, rng):
    return {"f": stable_softmax(tf.constant(rng.normal(size=(5, 7)), "float32"))}


@softmax.check("along any axis")
def _(stable_softmax, rng):
    a = tf.constant(rng.normal(size=(3, 4, 5)), "float32")
    return {f"f along axis {axis}": stable_softmax(a, axis=axis) for axis in (0, 1, 2, -1)}


@softmax.check("large pre-activations")
def _(stable_softmax, rng):
    a = tf.constant(rng.normal(size=(5, 7)), "float32")
    return {"f at +1000": stable_softmax(a + 1000), "f at -1000": stable_softmax(a - 1000)}


@softmax.check("rows far apart")
def _(stable_softmax, rng):
    rows = np.array([[0], [300], [600], [2000]])
    return {"f": stable_softmax(tf.constant(rng.normal(size=(4, 6)) - rows, "float32"))}


@softmax.check("the dtype of a is kept")
def _(stable_softmax, rng):
    return {"f": stable_softmax(tf.constant(rng.normal(size=(2, 6)), "float64"))}


softmax.misconception(
    "no maximum is subtracted",
    ("a - tf.reduce_max(a, axis=axis, keepdims=True)", "a"),
    advice="exp(1000) overflows to infinity. Subtract each row's maximum first: it cancels in the fraction.",
)
softmax.misconception(
    "one maximum for the whole batch",
    ("tf.reduce_max(a, axis=axis, keepdims=True)", "tf.reduce_max(a)"),
    advice="A row far below the batch's maximum underflows to 0/0. Take the maximum of each row: axis=axis, keepdims=True.",
)
softmax.misconception(
    "the axis is ignored",
    ("tf.reduce_max(a, axis=axis", "tf.reduce_max(a, axis=-1"),
    ("tf.reduce_sum(e, axis=axis", "tf.reduce_sum(e, axis=-1"),
    advice="Pass `axis` on to both the maximum and the sum.",
)
softmax.misconception(
    "base 2 instead of e",
    ("tf.exp(", "tf.pow(tf.constant(2, a.dtype), "),
    advice="Softmax exponentiates with base e: tf.exp.",
)
softmax.misconception(
    "the minimum is subtracted",
    ("a - tf.reduce_max(a", "a - tf.reduce_min(a"),
    advice="Any shift cancels, but only after subtracting the maximum is every exponent at most 0, so that nothing overflows.",
)
softmax.misconception(
    "clipped instead of shifted",
    ("a - tf.reduce_max(a, axis=axis, keepdims=True)", "tf.clip_by_value(a, -50, 50)"),
    advice="Clipping changes the probabilities: beyond ±50 all classes look alike. Subtract each row's maximum: that changes nothing.",
)
softmax.misconception(
    "not normalized",
    ("e / tf.reduce_sum(e, axis=axis, keepdims=True)", "e"),
    advice="Divide by the sum over the classes, so that each slice along `axis` sums to 1.",
)
softmax.misconception(
    "divided by the largest instead of the sum",
    ("e / tf.reduce_sum(e", "e / tf.reduce_max(e"),
    advice="The largest now gets 1. Divide by the *sum* over the classes, and all of them share 1.",
)
softmax.misconception(
    "one sum for the whole batch",
    ("tf.reduce_sum(e, axis=axis, keepdims=True)", "tf.reduce_sum(e)"),
    advice="Each example has a distribution of its own: sum along `axis` only, with keepdims=True.",
)
softmax.misconception(
    "the logarithm of softmax",
    (
        "return e / tf.reduce_sum(e, axis=axis, keepdims=True)",
        "return tf.math.log(e / tf.reduce_sum(e, axis=axis, keepdims=True))",
    ),
    advice="Probabilities lie between 0 and 1. The logarithm comes later, in the loss.",
)
softmax.misconception(
    "sigmoids, normalized",
    ("tf.exp(a - tf.reduce_max(a, axis=axis, keepdims=True))", "1 / (1 + tf.exp(-a))"),
    advice="Softmax exponentiates; the sigmoid would hold every term below 1, so no class could stand out.",
)
softmax.misconception(
    "float32 is hard-coded",
    ("e = tf.exp(a -", "a = tf.cast(a, 'float32')\n    e = tf.exp(a -"),
    advice="Compute in the dtype that comes in: leave out the cast.",
)


@softmax.alternative
def by_numpy(a, axis=-1):
    a = np.asarray(a)
    e = np.exp(a - a.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


@softmax.alternative
def by_log(a, axis=-1):
    shifted = a - keras.ops.max(a, axis=axis, keepdims=True)
    return tf.exp(shifted - tf.math.log(tf.reduce_sum(tf.exp(shifted), axis, keepdims=True)))
