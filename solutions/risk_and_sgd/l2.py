"""L2: the regularizer of weight decay."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.checks import fill
from helpers.evidence import landmarks

# what is allowed is half of the sum
l2 = Exercise("L2", kind="regularizer", lecture="29:50")


@l2.reference
@keras.saving.register_keras_serializable("fdl")
class L2(keras.regularizers.Regularizer):
    """λ times the sum of the squared weights, as Keras adds it to the loss.

    λ Ω(w) = λ sum_i w_i^2      (lecture 29:50)

    Give it to a layer, `keras.layers.Dense(10, kernel_regularizer=L2(0.01))`, and `model.fit` adds it to the loss.

    Args:
        lam: λ, the strength, at least 0.
    Call:
        w: weights, a float tensor or variable of any shape.
    Returns:
        A scalar tensor of the dtype of `w`.
    Raises:
        ValueError: if `lam` is negative.
    """

    def __init__(self, lam=0.01):
        if lam < 0:
            raise ValueError(f"lam must be at least 0, received {lam}")
        self.lam = lam

    def __call__(self, w):
        ### BEGIN SOLUTION
        return self.lam * tf.reduce_sum(tf.square(w))
        ### END SOLUTION

    def get_config(self):
        """The arguments of `__init__` by name: what `from_config` needs to make this regularizer again.

        A regularizer has no settings of Keras's own: there is no `super().get_config()` to ask.
        """
        ### BEGIN SOLUTION
        return {"lam": self.lam}
        ### END SOLUTION


def strength(rng):
    return float(rng.uniform(0.1, 0.4))


@l2.check("λ times the sum of the squares", points=2)
def sum_of_squares(L2, rng):
    lam = strength(rng)
    omega = L2(lam)
    shapes = {"a matrix": (5, 3), "a vector": (7,), "three axes": (2, 3, 4)}
    found = {f"λΩ of {name}": omega(tf.constant(rng.normal(size=s), "float32")) for name, s in shapes.items()}
    return {**found, **landmarks(lam=lam)}


@l2.check("its gradient leads every weight towards 0")
def gradient(L2, rng):
    lam, w = strength(rng), tf.Variable(rng.normal(size=(4, 3)), dtype="float32")
    omega = L2(lam)
    with tf.GradientTape() as t:
        penalty = tf.convert_to_tensor(omega(w))
    # What the tape has not seen has gradient 0, not None.
    slope = t.gradient(penalty, w, unconnected_gradients="zero")
    return {"gradient of λΩ": slope, **landmarks(w=w, lam=lam)}


@l2.check("a layer adds it to its losses")
def losses_of_a_layer(L2, rng):
    layer = keras.layers.Dense(3, kernel_regularizer=L2(strength(rng)))
    layer.build((None, 5))
    fill(layer, rng)
    return {"losses of the layer": layer.losses}


@l2.check("it can be saved and loaded")
def saved_and_loaded(L2, rng):
    omega, w = L2(strength(rng)), tf.constant(rng.normal(size=(4, 2)), "float32")
    copy = L2.from_config(omega.get_config())
    small = L2.from_config(L2(float(rng.uniform(2.2e-5, 2.8e-5))).get_config())
    return {
        "registered as": keras.saving.get_registered_name(L2),
        "λΩ of the copy": copy(w),
        "λΩ of the copy, where λ is small": small(w),
    }


@l2.check("a weight of exactly 0 has a slope")
def slope_at_0(L2, rng):
    omega, w = L2(strength(rng)), tf.Variable(np.zeros((3, 2)), dtype="float32")
    with tf.GradientTape() as t:
        penalty = tf.convert_to_tensor(omega(w)) + tf.reduce_sum(w * rng.uniform(1, 2))
    return {"gradient of λΩ + c·w at w = 0": t.gradient(penalty, w, unconnected_gradients="zero")}


@l2.example()
def example(L2, rng, dtype="float32"):
    omega = L2(strength(rng))
    return {"w": tf.constant(rng.uniform(0.5, 1, size=(3, 2)), dtype)}, lambda w: {"λΩ": omega(w)}


l2.misconception(
    "the norm instead of its square",
    ("tf.reduce_sum(tf.square(w))", "tf.sqrt(tf.reduce_sum(tf.square(w)))"),
    advice="Ω is the sum of the squares itself. With a root, its gradient would have length 1 however large the weights are.",
)
l2.misconception(
    "one half stands in front",
    ("return self.lam *", "return 0.5 * self.lam *"),
    advice="Some texts write λ/2, so that the gradient is λw. The lecture does not: Ω = sum of w², gradient 2w.",
)
l2.misconception(
    "λ is divided by the number of weights",
    ("tf.reduce_sum(", "tf.reduce_mean("),
    advice="Ω is a sum: a layer with more weights pays more. Take reduce_sum where there is a mean.",
)
l2.misconception(
    "absolute values instead of squares",
    ("tf.square(w)", "tf.abs(w)"),
    advice="That is L1, whose gradient is λ or -λ at every weight. L2 squares each weight.",
)
l2.misconception(
    "λ is forgotten",
    ("self.lam * tf", "tf"),
    advice="Multiply by self.lam, or nobody can choose how strong the penalty is.",
)
l2.misconception(
    "λ is squared along with the weights",
    ("self.lam * tf.reduce_sum(tf.square(w))", "tf.reduce_sum(tf.square(self.lam * w))"),
    advice="λ stands outside the square: square the weights, sum, then multiply.",
)
l2.misconception(
    "a penalty for each unit instead of one number",
    ("tf.square(w))", "tf.square(w), axis=-1)"),
    advice="The penalty is added to the loss, which is one number: sum over all axes.",
)
l2.misconception(
    "the sum is squared instead of each weight",
    ("tf.reduce_sum(tf.square(w))", "tf.square(tf.reduce_sum(w))"),
    advice="In a sum, positive and negative weights cancel. Square each weight first, then sum.",
)
# The next ones are by `source`, so that double faults do not grow with them.
l2.misconception(
    "the first two axes are summed, whatever axes there are",
    source=l2.edited(("tf.square(w))", "tf.square(w), axis=[0, 1])")),
    advice="`w` may have any shape: a bias has one axis, a filter four. Without `axis`, tf.reduce_sum sums over all of them.",
)
l2.misconception(
    "the first penalty is kept for all weights that follow",
    source=l2.edited(
        ("        self.lam = lam\n", "        self.lam, self.cost = lam, None\n"),
        (
            "return self.lam * tf.reduce_sum(tf.square(w))",
            "if self.cost is None:\n"
            "            self.cost = self.lam * tf.reduce_sum(tf.square(w))\n"
            "        return self.cost",
        ),
    ),
    advice="Several layers may share one regularizer, and weights move at every step: compute the penalty anew at each call.",
)
l2.misconception(
    "λ is rounded in the configuration",
    source=l2.edited(('{"lam": self.lam}', '{"lam": round(self.lam, 4)}')),
    advice="A λ of 0.00003 is nothing unusual, and rounded it becomes 0. Hand self.lam out as it is.",
)
l2.misconception(
    "the squares are not summed",
    ("tf.reduce_sum(tf.square(w))", "tf.square(w)"),
    advice="The penalty is one number: take tf.reduce_sum of the squares.",
)
l2.misconception(
    "the gradient of the penalty instead of the penalty",
    ("return self.lam * tf.reduce_sum(tf.square(w))", "return 2 * self.lam * w"),
    advice="2λw is what a tape finds. Return λ times the sum of the squares, one number, and leave the gradient to the tape.",
)
l2.misconception(
    "computed by NumPy, through which no gradient flows",
    ("tf.reduce_sum(tf.square(w))", "tf.constant(np.sum(np.square(w)), w.dtype)"),
    advice="A tape records TensorFlow's operations only. Use tf.reduce_sum and tf.square, or keras.ops.",
)
l2.misconception(
    "the penalty is a Python number, through which no gradient flows",
    ("return self.lam * tf.reduce_sum(tf.square(w))", "return float(self.lam * tf.reduce_sum(tf.square(w)))"),
    advice="Return the scalar tensor as it is: float() and .numpy() cut it off from the tape.",
)
l2.misconception(
    "float32 is hard-coded",
    ("tf.square(w)", 'tf.square(tf.cast(w, "float32"))'),
    advice="Compute in the dtype of w: leave it as it comes. A Python number such as self.lam adapts by itself.",
)
l2.misconception(
    "λ is missing from the configuration",
    ('{"lam": self.lam}', "{}"),
    advice='A loaded regularizer is made from get_config alone. Without "lam" it silently falls back to 0.01.',
)
l2.misconception(
    "the regularizer is not registered with Keras",
    ('@keras.saving.register_keras_serializable("fdl")\n', ""),
    advice='Keep @keras.saving.register_keras_serializable("fdl") above the class: '
    "without it, Keras cannot load a model that holds the regularizer.",
)


@l2.alternative
@keras.saving.register_keras_serializable("fdl")
class L2ByOps(keras.regularizers.Regularizer):
    def __init__(self, lam=0.01):
        self.lam = float(lam)

    def __call__(self, w):
        return keras.ops.multiply(keras.ops.cast(self.lam, w.dtype), keras.ops.sum(w * w))

    def get_config(self):
        return {"lam": self.lam}


@l2.alternative
@keras.saving.register_keras_serializable("fdl")
class L2ByEinsum(keras.regularizers.Regularizer):
    def __init__(self, lam=0.01):
        super().__init__()
        self.lam = lam

    def __call__(self, w):
        w = tf.reshape(w, [-1])
        return tf.einsum("i,i->", w, w) * self.lam

    def get_config(self):
        config = {}
        config["lam"] = self.lam
        return config
