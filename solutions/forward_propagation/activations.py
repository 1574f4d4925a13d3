"""sigmoid, tanh and relu: the activation functions of the hidden layers."""

import keras  # noqa: F401  an alternative uses it
import numpy as np
import tensorflow as tf

from solutions.exercise import Exercise

activations = Exercise("activations", lecture="4:50", objects=["sigmoid", "tanh", "relu"])


@activations.reference
def sigmoid(a):
    """Squash pre-activations into (0, 1).

    sigmoid(a) = 1 / (1 + exp(-a))      (lecture 4:50)

    Args:
        a: pre-activations, float tensor of any shape and magnitude.
    Returns:
        Activations, same shape and dtype as `a`, finite for every finite `a`.
    """
    ### BEGIN SOLUTION
    return 1 / (1 + tf.exp(-a))
    ### END SOLUTION


@activations.reference
def tanh(a):
    """Squash pre-activations into (-1, 1).

    tanh(a) = (exp(a) - exp(-a)) / (exp(a) + exp(-a))      (lecture 5:26)

    Args:
        a: pre-activations, float tensor of any shape and magnitude.
    Returns:
        Activations, same shape and dtype as `a`, finite for every finite `a`.
    """
    ### BEGIN SOLUTION
    e = tf.exp(-2 * tf.abs(a))
    return tf.sign(a) * (1 - e) / (1 + e)
    ### END SOLUTION


@activations.reference
def relu(a):
    """Keep what is positive, and make the rest exactly 0.

    relu(a) = max(0, a)      (lecture 5:42)

    Args:
        a: pre-activations, float tensor of any shape.
    Returns:
        Activations, same shape and dtype as `a`.
    """
    ### BEGIN SOLUTION
    return tf.maximum(a, 0)
    ### END SOLUTION


def _some(rng, dtype="float32"):
    return tf.constant(rng.uniform(-4, 4, size=(4, 5)), dtype)


def _far(rng):
    """Magnitudes at which exp overflows in float32, on both sides, and some near 0 that tell one draw from another."""
    far = rng.uniform(200, 1000, size=(2, 3)) * [[1], [-1]]
    return tf.constant(np.concatenate([far, rng.uniform(-2, 2, size=(1, 3))]), "float32")


@activations.check("sigmoid squashes into (0, 1)")
def _(sigmoid, tanh, relu, rng):
    return {"sigmoid(a)": sigmoid(_some(rng))}


@activations.check("sigmoid far from 0")
def _(sigmoid, tanh, relu, rng):
    return {"sigmoid(a)": sigmoid(_far(rng))}


@activations.check("tanh squashes into (-1, 1)")
def _(sigmoid, tanh, relu, rng):
    return {"tanh(a)": tanh(_some(rng))}


@activations.check("tanh far from 0")
def _(sigmoid, tanh, relu, rng):
    return {"tanh(a)": tanh(_far(rng))}


@activations.check("relu keeps what is positive")
def _(sigmoid, tanh, relu, rng):
    return {"relu(a)": relu(_some(rng)), "relu(a) far from 0": relu(_far(rng))}


@activations.check("the dtype of a is kept")
def _(sigmoid, tanh, relu, rng):
    a = _some(rng, "float64")
    return {"sigmoid(a)": sigmoid(a), "tanh(a)": tanh(a), "relu(a)": relu(a)}


activations.misconception(
    "sigmoid is twice as steep",
    ("1 / (1 + tf.exp(-a))", "1 / (1 + tf.exp(-2 * a))"),
    advice="The exponent is -a. With -2a you have the sigmoid inside tanh(a) = 2·sigmoid(2a) - 1.",
)
activations.misconception(
    "sigmoid falls instead of rising",
    ("1 / (1 + tf.exp(-a))", "1 / (1 + tf.exp(a))"),
    advice="A large positive a should give almost 1, and exp(-a) is almost 0 there: mind the sign in the exponent.",
)
activations.misconception(
    "sigmoid overflows on the right",
    ("1 / (1 + tf.exp(-a))", "tf.exp(a) / (1 + tf.exp(a))"),
    advice="exp(a) is infinite from a = 89 on in float32, and inf/inf is no number. Divide both by exp(a) first.",
)
activations.misconception(
    "sigmoid runs from -1 to 1",
    ("1 / (1 + tf.exp(-a))", "2 / (1 + tf.exp(-a)) - 1"),
    advice="The sigmoid lies between 0 and 1, and sigmoid(0) is 1/2.",
)
activations.misconception(
    "sigmoid made of straight lines",
    ("1 / (1 + tf.exp(-a))", "tf.clip_by_value(0.2 * a + 0.5, 0, 1)"),
    advice="That is the hard sigmoid, an approximation. The lecture's is smooth: it has an exponential in it.",
)
activations.misconception(
    "tanh runs from 0 to 1",
    ("tf.sign(a) * (1 - e) / (1 + e)", "(1 + tf.sign(a) * (1 - e) / (1 + e)) / 2"),
    lecture="5:26",
    advice="Tanh is the sigmoid stretched to (-1, 1): tanh(0) is 0, and negative a give negative values.",
)
activations.misconception(
    "tanh half as steep",
    ("-2 * tf.abs(a)", "-tf.abs(a)"),
    lecture="5:26",
    advice="Dividing the definition by exp(a) leaves exp(-2a). With exp(-a) you have tanh(a/2).",
)
activations.misconception(
    "tanh overflows",
    ("    e = tf.exp(-2 * tf.abs(a))\n", ""),
    ("tf.sign(a) * (1 - e) / (1 + e)", "(tf.exp(a) - tf.exp(-a)) / (tf.exp(a) + tf.exp(-a))"),
    lecture="5:26",
    advice="As written in the definition, exp(1000) becomes inf/inf. Work with exp(-2|a|), which is at most 1, and put the sign back.",
)
activations.misconception(
    "tanh loses the sign",
    ("tf.sign(a) * (1 - e)", "(1 - e)"),
    lecture="5:26",
    advice="tanh(-a) = -tanh(a). Working with |a| is a good idea; the sign of a has to come back.",
)
activations.misconception(
    "relu leaks",
    ("tf.maximum(a, 0)", "tf.where(a > 0, a, 0.01 * a)"),
    lecture="5:42",
    advice="Below 0 the lecture's ReLU is exactly 0. With a small slope it is the leaky ReLU, another function.",
)
activations.misconception(
    "relu has a ceiling",
    ("tf.maximum(a, 0)", "tf.clip_by_value(a, 0, 1)"),
    lecture="5:42",
    advice="ReLU is unbounded above: positive pre-activations pass as they are.",
)
activations.misconception(
    "relu takes the absolute value",
    ("tf.maximum(a, 0)", "tf.abs(a)"),
    lecture="5:42",
    advice="Negative pre-activations become 0, not positive.",
)
activations.misconception(
    "relu is a step",
    ("tf.maximum(a, 0)", "tf.cast(a > 0, a.dtype)"),
    lecture="5:42",
    advice="1[a > 0] is ReLU's derivative, which you will need later. ReLU itself passes a on.",
)
activations.misconception(
    "relu keeps what is negative",
    ("tf.maximum(a, 0)", "tf.minimum(a, 0)"),
    lecture="5:42",
    advice="The larger of a and 0 is max(a, 0).",
)
activations.misconception(
    "float32 is hard-coded",
    ("1 / (1 + tf.exp(-a))", "1 / (1 + tf.exp(-tf.cast(a, 'float32')))"),
    ("e = tf.exp(-2 * tf.abs(a))", "a = tf.cast(a, 'float32')\n    e = tf.exp(-2 * tf.abs(a))"),
    ("tf.maximum(a, 0)", "tf.maximum(tf.cast(a, 'float32'), 0)"),
    advice="Compute in the dtype that comes in: leave out the cast, and write constants as plain numbers.",
)

activations.alternative(
    name="by numpy, with masks",
    source="""
    def sigmoid(a):
        a = np.asarray(a)
        e = np.exp(-np.abs(a))
        return np.where(a >= 0, 1 / (1 + e), e / (1 + e))

    def tanh(a):
        return 2 * sigmoid(2 * np.asarray(a)) - 1

    def relu(a):
        a = np.asarray(a)
        return a * (a > 0)
    """,
)
activations.alternative(
    name="by keras.ops, tanh from sigmoid",
    source="""
    def sigmoid(a):
        return keras.ops.reciprocal(1 + keras.ops.exp(-a))

    def tanh(a):
        return 2 * sigmoid(2 * a) - 1

    def relu(a):
        return keras.ops.where(a > 0, a, keras.ops.zeros_like(a))
    """,
)
