"""sigmoid, tanh and relu: the activation functions of the hidden layers."""

import keras  # noqa: F401  an alternative uses it
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks

activations = Exercise("activations", kind="function", lecture="4:50", objects=["sigmoid", "tanh", "relu"])


@activations.reference
def sigmoid(a):
    """Squash pre-activations into (0, 1).

    sigmoid(a) = 1 / (1 + exp(-a))      (lecture 4:50)

    Args:
        a: pre-activations, float tensor of any shape and magnitude.
    Returns:
        Activations, same shape and dtype as `a`; they and their slopes are finite for every finite `a`. The slope at
        a = 0 is 1/4.
    """
    ### BEGIN SOLUTION
    e = tf.exp(tf.where(a < 0, a, -a))
    return tf.where(a < 0, e, tf.ones_like(e)) / (1 + e)
    ### END SOLUTION


@activations.reference
def tanh(a):
    """Squash pre-activations into (-1, 1).

    tanh(a) = (exp(a) - exp(-a)) / (exp(a) + exp(-a))      (lecture 5:26)

    Args:
        a: pre-activations, float tensor of any shape and magnitude.
    Returns:
        Activations, same shape and dtype as `a`; they and their slopes are finite for every finite `a`. The slope at
        a = 0 is 1.
    """
    ### BEGIN SOLUTION
    q = tf.exp(tf.where(a < 0, 2 * a, -2 * a))
    return tf.where(a < 0, q - 1, 1 - q) / (1 + q)
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
    return tf.where(a > 0, a, tf.zeros_like(a))
    ### END SOLUTION


def _some(rng, dtype="float32"):
    return tf.constant(rng.uniform(-4, 4, size=(4, 5)), dtype)


def _far(rng):
    """Magnitudes at which exp overflows in float32, on both sides; near 0, one below 1, one above, and one negative."""
    far = rng.uniform(200, 1000, size=(2, 3)) * [[1], [-1]]
    near = rng.uniform([[0.2, 1.2, -2.0]], [[0.8, 2.0, -0.2]])
    return tf.constant(np.concatenate([far, near]), "float32")


@activations.check("sigmoid squashes into (0, 1)")
def sigmoid_near_0(sigmoid, tanh, relu, rng):
    a = _some(rng)
    return {"sigmoid(a)": sigmoid(a), **landmarks(a=a)}


@activations.check("sigmoid far from 0")
def sigmoid_far_from_0(sigmoid, tanh, relu, rng):
    return {"sigmoid(a)": sigmoid(_far(rng))}


@activations.check("tanh squashes into (-1, 1)")
def tanh_near_0(sigmoid, tanh, relu, rng):
    a = _some(rng)
    return {"tanh(a)": tanh(a), **landmarks(a=a)}


@activations.check("tanh far from 0")
def tanh_far_from_0(sigmoid, tanh, relu, rng):
    return {"tanh(a)": tanh(_far(rng))}


@activations.check("relu keeps what is positive")
def relu_values(sigmoid, tanh, relu, rng):
    return {"relu(a)": relu(_some(rng)), "relu(a) far from 0": relu(_far(rng))}


@activations.check("slopes are finite, near 0 and far")
def slopes(sigmoid, tanh, relu, rng):
    a = tf.concat([_far(rng), tf.constant(rng.uniform(0.2, 3, size=(2, 3)) * [[1], [-1]], "float32")], axis=0)
    slopes = {}
    for name, g in {"sigmoid": sigmoid, "tanh": tanh, "relu": relu}.items():
        with tf.GradientTape() as tape:
            tape.watch(a)
            h = tf.reduce_sum(g(a))
        slopes[f"slope of {name}"] = tape.gradient(h, a, unconnected_gradients="zero")
    return slopes


@activations.check("the slope at exactly 0, where two branches meet")
def slope_at_0(sigmoid, tanh, relu, rng):
    a, weight = tf.zeros((1, 4)), tf.constant(rng.uniform(1, 2, size=(1, 4)), "float32")
    slopes = {}
    # ReLU has a corner there, and every slope from 0 to 1 is one of its.
    for name, g in {"sigmoid": sigmoid, "tanh": tanh}.items():
        with tf.GradientTape() as tape:
            tape.watch(a)
            h = tf.reduce_sum(weight * g(a))
        slopes[f"weighted slope of {name} at 0"] = tape.gradient(h, a, unconnected_gradients="zero")
    return slopes


@activations.example(
    without={"untouched": "tensors cannot be changed", "one": "nothing here depends on other examples"}
)
def example(sigmoid, tanh, relu, rng, N=4, dtype="float32"):
    a = tf.constant(rng.uniform(-4, 4, size=(N, 5)), dtype)
    return {"a": a}, lambda a: {"sigmoid(a)": sigmoid(a), "tanh(a)": tanh(a), "relu(a)": relu(a)}


SIGMOID = """    e = tf.exp(tf.where(a < 0, a, -a))
    return tf.where(a < 0, e, tf.ones_like(e)) / (1 + e)
"""
TANH = """    q = tf.exp(tf.where(a < 0, 2 * a, -2 * a))
    return tf.where(a < 0, q - 1, 1 - q) / (1 + q)
"""

activations.misconception(
    "sigmoid is twice as steep",
    ("tf.where(a < 0, a, -a)", "2 * tf.where(a < 0, a, -a)"),
    advice="The exponent is -a. With -2a you have the sigmoid inside tanh(a) = 2·sigmoid(2a) - 1.",
)
activations.misconception(
    "sigmoid falls instead of rising",
    ("tf.where(a < 0, e, tf.ones_like(e))", "tf.where(a > 0, e, tf.ones_like(e))"),
    advice="A large positive a should give almost 1, and exp(-a) is almost 0 there: mind the sign in the exponent.",
)
activations.misconception(
    "sigmoid written as its definition",
    (SIGMOID, "    return 1 / (1 + tf.exp(-a))\n"),
    advice="At a = -1000 exp(1000) is infinite. The value survives, 1/∞ = 0, but the slope becomes 0·∞, which is no number, and "
    "training would spread it. For negative a use exp(a) / (1 + exp(a)), the same function.",
)
activations.misconception(
    "sigmoid overflows on the right",
    (SIGMOID, "    return tf.exp(a) / (1 + tf.exp(a))\n"),
    advice="exp(a) is infinite from a = 89 on in float32, and inf/inf is no number. Divide both by exp(a) first.",
)
activations.misconception(
    "sigmoid overflows in the branch not taken",
    (SIGMOID, "    return tf.where(a < 0, tf.exp(a) / (1 + tf.exp(a)), 1 / (1 + tf.exp(-a)))\n"),
    advice="tf.where computes both branches for every a and chooses afterwards; in the slope, 0 times the infinite one is no number. "
    "Choose before exp instead: exp(tf.where(a < 0, a, -a)) never overflows.",
)
activations.misconception(
    "sigmoid runs from -1 to 1",
    (SIGMOID, SIGMOID.replace("return tf", "return 2 * tf").replace("(1 + e)", "(1 + e) - 1")),
    advice="The sigmoid lies between 0 and 1, and sigmoid(0) is 1/2.",
)
activations.misconception(
    "sigmoid made of straight lines",
    (SIGMOID, "    return tf.clip_by_value(0.2 * a + 0.5, 0, 1)\n"),
    advice="That is the hard sigmoid, an approximation. The lecture's is smooth: it has an exponential in it.",
)
activations.misconception(
    "sigmoid of |a|, which has no slope at 0",
    (SIGMOID, "    e = tf.exp(-tf.abs(a))\n    return tf.where(a < 0, e, tf.ones_like(e)) / (1 + e)\n"),
    advice="The values are right everywhere, and one slope is not: TensorFlow takes the slope of |a| at 0 for 0, and a unit that starts "
    "at exactly 0 would never move. Choose with tf.where between a and -a instead: there the slope of the branch that was taken counts.",
)
activations.misconception(
    "sigmoid of the smaller of a and -a",
    (
        SIGMOID,
        "    e = tf.exp(tf.minimum(a, -a))\n    return tf.where(a < 0, e, tf.ones_like(e)) / (1 + e)\n",
    ),
    advice="Where a = -a, at exactly 0, tf.minimum hands its slope to the first of the two and the fraction to the other: -1/4 comes out "
    "where 1/4 belongs. Let one condition, a < 0, decide both.",
)
activations.misconception(
    "tanh runs from 0 to 1",
    (TANH, TANH.replace("return ", "return (1 + ").replace("(1 + q)\n", "(1 + q)) / 2\n")),
    lecture="5:26",
    advice="Tanh is the sigmoid stretched to (-1, 1): tanh(0) is 0, and negative a give negative values.",
)
activations.misconception(
    "tanh half as steep",
    ("tf.where(a < 0, 2 * a, -2 * a)", "tf.where(a < 0, 1 * a, -1 * a)"),
    lecture="5:26",
    advice="Dividing the definition by exp(a) leaves exp(-2a). With exp(-a) you have tanh(a/2).",
)
activations.misconception(
    "tanh written as its definition",
    (TANH, "    return (tf.exp(a) - tf.exp(-a)) / (tf.exp(a) + tf.exp(-a))\n"),
    lecture="5:26",
    advice="As written in the definition, exp(1000) becomes inf/inf. Choose the exponent first, 2a where a < 0 and -2a "
    "elsewhere: its exp is at most 1. Then put the sign back.",
)
activations.misconception(
    "tanh overflows on the left",
    (TANH, "    return 2 / (1 + tf.exp(-2 * a)) - 1\n"),
    lecture="5:26",
    advice="At a = -1000 exp(2000) is infinite; the value survives, the slope does not. Choose the exponent first, "
    "2a where a < 0 and -2a elsewhere: its exp is at most 1.",
)
activations.misconception(
    "tanh of |a| and the sign, which have no slope at 0",
    (TANH, "    q = tf.exp(-2 * tf.abs(a))\n    return tf.sign(a) * (1 - q) / (1 + q)\n"),
    lecture="5:26",
    advice="The slope of tanh at 0 is 1; TensorFlow takes that of |a| and of the sign for 0. Choose with tf.where between a and -a.",
)
activations.misconception(
    "tanh loses the sign",
    ("tf.where(a < 0, q - 1, 1 - q)", "(1 - q)"),
    lecture="5:26",
    advice="tanh(-a) = -tanh(a): below 0 the sign of a has to come back.",
)
activations.misconception(
    "relu leaks",
    ("tf.where(a > 0, a, tf.zeros_like(a))", "tf.where(a > 0, a, a / 100)"),
    lecture="5:42",
    advice="Below 0 the lecture's ReLU is exactly 0. With a small slope it is the leaky ReLU, another function.",
)
activations.misconception(
    "relu has a ceiling",
    ("tf.where(a > 0, a, tf.zeros_like(a))", "tf.clip_by_value(a, 0, 1)"),
    lecture="5:42",
    advice="ReLU is unbounded above: positive pre-activations pass as they are.",
)
activations.misconception(
    "relu takes the absolute value",
    ("tf.where(a > 0, a, tf.zeros_like(a))", "tf.abs(a)"),
    lecture="5:42",
    advice="Negative pre-activations become 0, not positive.",
)
activations.misconception(
    "relu is a step",
    ("tf.where(a > 0, a, tf.zeros_like(a))", "tf.cast(a > 0, a.dtype)"),
    lecture="5:42",
    advice="1[a > 0] is ReLU's derivative, which you will need later. ReLU itself passes a on.",
)
activations.misconception(
    "relu keeps what is negative",
    ("tf.where(a > 0, a, tf.zeros_like(a))", "tf.minimum(a, 0)"),
    lecture="5:42",
    advice="The larger of a and 0 is max(a, 0).",
)
activations.misconception(
    "float32 is hard-coded",
    ("    e = tf.exp", "    a = tf.cast(a, 'float32')\n    e = tf.exp"),
    ("    q = tf.exp", "    a = tf.cast(a, 'float32')\n    q = tf.exp"),
    ("    return tf.where(a > 0, a", "    a = tf.cast(a, 'float32')\n    return tf.where(a > 0, a"),
    advice="Compute in the dtype that comes in: leave out the cast, and write constants as plain numbers.",
)
activations.misconception(
    "NumPy loses the slopes",
    ("    e = tf.exp", "    a = tf.constant(np.asarray(a))\n    e = tf.exp"),
    ("    q = tf.exp", "    a = tf.constant(np.asarray(a))\n    q = tf.exp"),
    ("    return tf.where(a > 0, a", "    a = tf.constant(np.asarray(a))\n    return tf.where(a > 0, a"),
    advice="The values are right, but TensorFlow cannot see through NumPy, so nothing below could be trained. "
    "Use tf.exp, tf.where and the like, or keras.ops.",
)

activations.alternative(
    name="each branch with its own safe argument, tanh from sigmoid",
    source="""
    def sigmoid(a):
        positive = a >= 0
        up = tf.exp(tf.where(positive, tf.zeros_like(a), a))
        down = tf.exp(tf.where(positive, -a, tf.zeros_like(a)))
        return tf.where(positive, 1 / (1 + down), up / (1 + up))

    def tanh(a):
        return 2 * sigmoid(2 * a) - 1

    def relu(a):
        return tf.maximum(a, 0)
    """,
)
activations.alternative(
    name="by keras.ops",
    source="""
    def sigmoid(a):
        e = keras.ops.exp(keras.ops.where(a < 0, a, -a))
        return keras.ops.where(a < 0, e, keras.ops.ones_like(e)) / (1 + e)

    def tanh(a):
        e = keras.ops.exp(-2 * keras.ops.where(a < 0, -a, a))
        return keras.ops.where(a < 0, e - 1, 1 - e) / (1 + e)

    def relu(a):
        return a * keras.ops.cast(a > 0, a.dtype)
    """,
)
activations.alternative(
    name="by clipping where nothing changes any more",
    source="""
    def sigmoid(a):
        return 1 / (1 + tf.exp(-tf.clip_by_value(a, -80, 80)))

    def tanh(a):
        a = tf.clip_by_value(a, -40, 40)
        return (tf.exp(a) - tf.exp(-a)) / (tf.exp(a) + tf.exp(-a))

    def relu(a):
        return (a + tf.abs(a)) / 2
    """,
)

activations.equivalent(
    "relu line 1: > → >=",
    because="It differs from the reference in the slope at exactly 0 only, where max(0, a) has none of its own.",
)
