"""stable_softmax: the output layer's activation."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks

softmax = Exercise("stable_softmax", kind="function", lecture="6:52")


@softmax.reference
def stable_softmax(a, axis=-1):
    """Turn pre-activations into probabilities, safely for any magnitude.

    f_c = exp(a_c - max a) / sum_c' exp(a_c' - max a)      (lecture 6:52)

    Args:
        a: pre-activations, float tensor of shape (..., C).
        axis: the axis of the C classes.
    Returns:
        Probabilities, a tensor of the shape and dtype of `a`; each slice along `axis` sums to 1.
    """
    ### BEGIN SOLUTION
    e = tf.exp(a - tf.reduce_max(a, axis=axis, keepdims=True))
    return e / tf.reduce_sum(e, axis=axis, keepdims=True)
    ### END SOLUTION


@softmax.check("each row is a distribution")
def distribution(stable_softmax, rng):
    a, v = (tf.constant(rng.normal(size=(5, 7)), "float32") for _ in range(2))
    with tf.GradientTape() as tape:
        tape.watch(a)
        f = stable_softmax(a)
        along_v = tf.reduce_sum(f * v)
    slopes = tape.gradient(along_v, a, unconnected_gradients="zero")
    return {"f": f, "slopes of f·v": slopes, **landmarks(a=a)}


@softmax.check("along any axis")
def along_any_axis(stable_softmax, rng):
    a = tf.constant(rng.normal(size=(3, 4, 5)), "float32")
    return {f"f along axis {axis}": stable_softmax(a, axis=axis) for axis in (0, 1, 2, -1)}


@softmax.check("large pre-activations")
def large_pre_activations(stable_softmax, rng):
    a = tf.constant(rng.normal(size=(5, 7)), "float32")
    at = {"f at +1000": a + 1000, "f at -1000": a - 1000, "f of 300·a": 300 * a}
    return {name: stable_softmax(value) for name, value in at.items()}


@softmax.check("rows far apart")
def rows_far_apart(stable_softmax, rng):
    rows = np.array([[0], [300], [600], [2000]])
    return {"f": stable_softmax(tf.constant(rng.normal(size=(4, 4)) - rows, "float32"))}


@softmax.check("slopes at large pre-activations")
def slopes_of_large(stable_softmax, rng):
    a, v = (tf.constant(rng.normal(size=(3, 6)), "float32") for _ in range(2))
    found = {}
    for name, big in {"a + 1000": a + 1000, "a - 1000": a - 1000}.items():
        with tf.GradientTape() as tape:
            tape.watch(big)
            along_v = tf.reduce_sum(stable_softmax(big) * v)
        found[f"slopes of f·v at {name}"] = tape.gradient(along_v, big, unconnected_gradients="zero")
    return found


@softmax.example(without={"untouched": "tensors cannot be changed"})
def example(stable_softmax, rng, N=4, dtype="float32"):
    return {"a": tf.constant(rng.normal(size=(N, 6)), dtype)}, lambda a: {"f": stable_softmax(a)}


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
    "the mean is subtracted",
    ("a - tf.reduce_max(a", "a - tf.reduce_mean(a"),
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
    "divided by the maximum instead of shifted",
    ("a - tf.reduce_max(", "a / tf.reduce_max("),
    advice="Only a shift cancels in the fraction; a factor changes the probabilities. Subtract the maximum.",
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
    "keepdims is forgotten",
    ("reduce_max(a, axis=axis, keepdims=True)", "reduce_max(a, axis=axis)"),
    ("reduce_sum(e, axis=axis, keepdims=True)", "reduce_sum(e, axis=axis)"),
    advice="Without keepdims=True a row's maximum lines up with the columns: an error, or silently wrong where there are "
    "as many rows as classes.",
)
softmax.misconception(
    "nothing is exponentiated",
    ("tf.exp(a - tf.reduce_max(a, axis=axis, keepdims=True))", "a"),
    advice='Dividing by the sum alone gives negative "probabilities". Exponentiate first: that makes every term positive.',
)
softmax.misconception(
    "the pre-activations are scaled down first",
    (
        "    e = tf.exp(a - tf.reduce_max(a,",
        "    a = a / float(a.shape[axis]) ** 0.5\n    e = tf.exp(a - tf.reduce_max(a,",
    ),
    advice="Dividing by √C belongs to attention, not to the lecture's softmax; it makes the distribution flatter. Take a as it is.",
)
softmax.misconception(
    "NumPy loses the slopes",
    ("    e = tf.exp(a -", "    a = tf.constant(np.asarray(a))\n    e = tf.exp(a -"),
    advice="The values are right, but TensorFlow cannot see through NumPy, so nothing below could be trained. "
    "Use tf.exp, tf.reduce_max and the like, or keras.ops.",
)
softmax.misconception(
    "float32 is hard-coded",
    ("e = tf.exp(a -", "a = tf.cast(a, 'float32')\n    e = tf.exp(a -"),
    advice="Compute in the dtype that comes in: leave out the cast.",
)
softmax.misconception(
    "the maximum is taken along the last axis, whatever axis is asked for",
    source=softmax.edited(
        ("tf.reduce_max(a, axis=axis, keepdims=True)", "tf.reduce_max(a, axis=-1, keepdims=True)")
    ),
    advice="What is taken off cancels only if it is one number for all classes of an example: the maximum along `axis`, as the sum.",
)
softmax.misconception(
    "the sum is a constant for the gradient",
    source=softmax.edited(
        (
            "tf.reduce_sum(e, axis=axis, keepdims=True)",
            "tf.stop_gradient(tf.reduce_sum(e, axis=axis, keepdims=True))",
        )
    ),
    lecture="6:52",
    advice="Only the maximum may be held fixed: it cancels. Every class moves the sum, and through it all f: leave it in the gradient.",
)


@softmax.alternative
def by_moving_the_axis(a, axis=-1):
    a = keras.ops.moveaxis(a, axis, 0)
    e = keras.ops.exp(a - keras.ops.max(a, axis=0))
    return keras.ops.moveaxis(e / keras.ops.sum(e, axis=0), 0, axis)


@softmax.alternative
def by_log(a, axis=-1):
    shifted = a - keras.ops.max(a, axis=axis, keepdims=True)
    return tf.exp(shifted - tf.math.log(tf.reduce_sum(tf.exp(shifted), axis, keepdims=True)))
