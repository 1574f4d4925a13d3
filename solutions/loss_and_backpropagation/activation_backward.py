"""activation_backward: back through h = g(a)."""

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF

activation = Exercise(
    "activation_backward",
    kind="gradient",
    lecture="24:30",
    not_yours=[*BY_ITSELF, "SigmoidGrad", "TanhGrad", "ReluGrad"],
)


@activation.reference
def activation_backward(dh, a, g):
    """From the gradient at a layer's activation h = g(a) to that at its pre-activation.

    da = dh ⊙ g′(a)                                                         (lecture 21:30)
    σ′ = σ(a)(1 - σ(a)),   tanh′ = 1 - tanh²(a),   relu′ = 1[a > 0]         (lecture 24:30)

    Args:
        dh: gradient at the activation, float tensor of any shape.
        a: pre-activation (not the activation h), same shape; of any magnitude.
        g: "sigmoid", "tanh" or "relu".
    Returns:
        da, same shape and dtype as a.
    """
    ### BEGIN SOLUTION
    if g == "sigmoid":
        s = tf.sigmoid(a)
        dg = s * (1 - s)
    elif g == "tanh":
        dg = 1 - tf.tanh(a) ** 2
    else:
        dg = tf.cast(a > 0, a.dtype)
    return dh * dg
    ### END SOLUTION


def _inputs(rng, shape=(4, 5), dtype="float32"):
    dh, a = rng.normal(size=shape), rng.normal(size=shape) * 1.5
    return tf.constant(dh, dtype), tf.constant(a, dtype)


def _marks(dh, a, g):
    """What a wrong answer may give in the place of da."""
    h = {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}[g](a)
    return landmarks(dh=dh, a=a, h=h)


@activation.check("through a sigmoid")
def through_sigmoid(activation_backward, rng):
    dh, a = _inputs(rng)
    return {"da": activation_backward(dh, a, "sigmoid"), **_marks(dh, a, "sigmoid")}


@activation.check("through a tanh")
def through_tanh(activation_backward, rng):
    dh, a = _inputs(rng)
    return {"da": activation_backward(dh, a, "tanh"), **_marks(dh, a, "tanh")}


@activation.check("through a ReLU")
def through_relu(activation_backward, rng):
    dh, a = _inputs(rng)
    return {"da": activation_backward(dh, a, "relu"), **_marks(dh, a, "relu")}


@activation.check("a ReLU at exactly 0 passes nothing")
def relu_at_0(activation_backward, rng):
    dh = tf.constant(rng.uniform(0.5, 2, size=4) * [1, -1, -1, 1], "float32")
    return {"da": activation_backward(dh, tf.constant([0.0, -1.0, 1.0, 0.0]), "relu")}


@activation.check("saturated units")
def saturated_units(activation_backward, rng):
    a = tf.constant(np.array([-900.0, -2.0, 2.0, 900.0]) * rng.uniform(0.9, 1.1), "float32")
    dh = tf.constant(rng.uniform(1, 2, size=4), "float32")
    return {f"da, {g}": activation_backward(dh, a, g) for g in ("sigmoid", "tanh")}


@activation.example(
    without={
        "untouched": "tensors cannot be changed",
        "one": "nothing here depends on other examples",
        "square": "it works element by element",
        "unit": "it works element by element",
    }
)
def example(activation_backward, rng, dtype="float32"):
    dh, a = _inputs(rng, dtype=dtype)

    def through_each(dh, a):
        return {f"da, {g}": activation_backward(dh, a, g) for g in ("sigmoid", "tanh", "relu")}

    return {"dh": dh, "a": a}, through_each


activation.misconception(
    "the sigmoid's derivative is taken at h",
    ("s = tf.sigmoid(a)", "s = tf.sigmoid(tf.sigmoid(a))"),
    advice="σ′ = σ(a)(1 - σ(a)). Once σ(a) is there, no second sigmoid is needed: h (1 - h).",
)
activation.misconception(
    "the sigmoid's derivative is the sigmoid",
    ("dg = s * (1 - s)", "dg = s"),
    advice="That is so for the exponential. The sigmoid flattens out at 1, and so its slope needs the factor 1 - σ.",
)
activation.misconception(
    "the sigmoid's derivative in exponentials that overflow",
    ("dg = s * (1 - s)", "dg = tf.exp(-a) / (1 + tf.exp(-a)) ** 2"),
    advice="Right on paper; at a = -900 it is inf/inf = nan. σ(1 - σ) uses a number that is there and cannot overflow.",
)
activation.misconception(
    "tanh in exponentials that overflow",
    source=activation.edited(
        ("1 - tf.tanh(a) ** 2", "1 - ((tf.exp(2 * a) - 1) / (tf.exp(2 * a) + 1)) ** 2"),
    ),
    advice="Right on paper; in float32 e²ᵃ is infinite from a = 45 on, and inf/inf is nan. tf.tanh(a) cannot overflow.",
)
activation.misconception(
    "the derivative of tanh is taken at h",
    ("tf.tanh(a) ** 2", "tf.tanh(tf.tanh(a)) ** 2"),
    advice="tanh′(a) = 1 - tanh²(a) = 1 - h². With h in hand one tanh less is needed: look at which of them you pass on.",
)
activation.misconception(
    "the derivative of tanh is 1 - tanh",
    ("tf.tanh(a) ** 2", "tf.tanh(a)"),
    advice="The square is missing: 1 - tanh². Without it the slope at a = -5 would be 2.",
)
activation.misconception(
    "the derivative of tanh is 1 - a²",
    ("tf.tanh(a) ** 2", "a**2"),
    advice="1 - h² with h = tanh(a). Here a came in where h is meant, and a is not bounded by 1.",
)
activation.misconception(
    "the sigmoid's derivative is a(1 - a)",
    ("dg = s * (1 - s)", "dg = a * (1 - a)"),
    advice="σ′ = σ(a)(1 - σ(a)): the formula is in terms of h = σ(a), and a came in.",
)
activation.misconception(
    "the sigmoid's derivative in the place of tanh's",
    ("1 - tf.tanh(a) ** 2", "tf.tanh(a) * (1 - tf.tanh(a))"),
    advice="h (1 - h) belongs to the sigmoid. Tanh runs from -1 to 1, and its slope is 1 - h².",
)
activation.misconception(
    "the mask is the other way round",
    ("tf.cast(a > 0, a.dtype)", "tf.cast(a < 0, a.dtype)"),
    advice="ReLU passes what is positive, and so its slope is 1 there: a > 0.",
)
activation.misconception(
    "the mask looks at the gradient",
    ("tf.cast(a > 0, a.dtype)", "tf.cast(dh > 0, a.dtype)"),
    advice="What blocks a gradient is the unit's state in the forward pass: 1 where a > 0. Negative gradients pass too.",
)
activation.misconception(
    "the mask is 1 at zero",
    ("tf.cast(a > 0, a.dtype)", "tf.cast(a >= 0, a.dtype)"),
    advice="At the kink either choice could be defended; the lecture's is 1[a > 0], so a unit that gives 0 learns nothing.",
)
activation.misconception(
    "ReLU's slope as relu(a)/a",
    source=activation.edited(("tf.cast(a > 0, a.dtype)", "tf.nn.relu(a) / a")),
    advice="At a = 0 this is 0/0 = nan. The slope is known without a division: 1 where a > 0, and 0 elsewhere.",
)
activation.misconception(
    "the gradient is multiplied by the activation",
    ("tf.cast(a > 0, a.dtype)", "tf.maximum(a, 0)"),
    advice="Above 0 the slope of ReLU is 1, however large a is. The mask is 0 or 1.",
)
activation.misconception(
    "the gradient from above is forgotten",
    ("return dh * dg", "return dg"),
    lecture="21:30",
    advice="g′(a) says what this unit does to a small change. What the loss makes of it is dh: multiply.",
)
activation.misconception(
    "a fresh g in the place of g′",
    ("dg = s * (1 - s)", "dg = s + 0"),
    ("dg = 1 - tf.tanh(a) ** 2", "dg = tf.tanh(a)"),
    ("tf.cast(a > 0, a.dtype)", "tf.maximum(a, 0) + 0"),
    lecture="21:30",
    advice="Going back, each activation contributes its slope g′(a), not its value g(a).",
)


@activation.alternative
def by_the_activation(dh, a, g):
    if g == "relu":
        return tf.where(a > 0, dh, tf.zeros_like(dh))
    if g == "tanh":
        h = tf.tanh(a)
        return dh * (1 - h) * (1 + h)
    h = 0.5 + 0.5 * tf.tanh(a / 2)
    return dh * h - dh * h**2


@activation.alternative
def by_numpy(dh, a, g):
    dh, a = np.asarray(dh), np.asarray(a)
    slopes = {
        "relu": np.heaviside(a, 0),
        "tanh": 1 - np.tanh(a) ** 2,
        "sigmoid": (1 - np.tanh(a / 2) ** 2) / 4,
    }
    return dh * slopes[g].astype(a.dtype)
