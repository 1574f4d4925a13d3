"""What `check(sigmoid, tanh, relu)` looks at (lecture 4:50).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks

activations = Checks("activations", kind="function", lecture="4:50", objects=["sigmoid", "tanh", "relu"])


def _some(rng, dtype="float32"):
    return tf.constant(rng.uniform(-4, 4, size=(4, 5)), dtype)


def _far(rng):
    """Magnitudes at which exp overflows in float32, on both sides; near 0, one below 1, one above, and one negative."""
    far = rng.uniform(200, 1000, size=(2, 3)) * [[1], [-1]]
    near = rng.uniform([[0.2, 1.2, -2.0]], [[0.8, 2.0, -0.2]])
    return tf.constant(np.concatenate([far, near]), "float32")


@activations.check("sigmoid squashes into (0, 1)")
def sigmoid_near_0(sigmoid, tanh, relu, rng):
    return {"sigmoid(a)": sigmoid(_some(rng))}


@activations.check("sigmoid far from 0")
def sigmoid_far_from_0(sigmoid, tanh, relu, rng):
    return {"sigmoid(a)": sigmoid(_far(rng))}


@activations.check("tanh squashes into (-1, 1)")
def tanh_near_0(sigmoid, tanh, relu, rng):
    return {"tanh(a)": tanh(_some(rng))}


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
