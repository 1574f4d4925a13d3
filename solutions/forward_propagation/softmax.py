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


@softmax.alternative
def by_numpy(a, axis=-1):
    a = np.asarray(a)
    e = np.exp(a - a.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


@softmax.alternative
def by_log(a, axis=-1):
    shifted = a - keras.ops.max(a, axis=axis, keepdims=True)
    return tf.exp(shifted - tf.math.log(tf.reduce_sum(tf.exp(shifted), axis, keepdims=True)))
