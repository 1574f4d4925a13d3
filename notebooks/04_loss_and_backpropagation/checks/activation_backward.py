"""What `check(activation_backward)` looks at (lecture 24:30).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF

activation = Checks(
    "activation_backward",
    kind="gradient",
    lecture="24:30",
    not_yours=[*BY_ITSELF, "SigmoidGrad", "TanhGrad", "ReluGrad"],
)


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
