"""What `check(spread)` looks at (lecture 48:24).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import filled

spreads = Checks("spread", kind="report", lecture="48:24")


# Making layers takes longer than all checks; each check fills them anew.
@cache
def built():
    """Three layers of different sizes, 4 inputs."""
    layers, below = [], 4
    for units in (7, 5, 6):
        layers.append(keras.layers.Dense(units, activation="tanh"))
        layers[-1].build((None, below))
        below = units
    return layers


def drawn(rng):
    """Layers, x and upstream, none of them with mean 0."""
    layers = [filled(layer, rng, scale=0.7) for layer in built()]
    x, upstream = rng.normal(size=(8, 4)) + 0.5, rng.normal(size=(8, 6)) * 0.1 + 0.05
    return layers, tf.constant(x, "float32"), tf.constant(upstream, "float32")


@spreads.check("forward, through tanh")
def forward_through_tanh(spread, rng):
    return {"std of h": np.asarray(spread(*drawn(rng))[0], "float32")}


@spreads.check("backward, through tanh")
def backward_through_tanh(spread, rng):
    return {"std of the gradient of h": np.asarray(spread(*drawn(rng))[1], "float32")}


@spreads.check("both ways, through ReLU, whose activations have no mean of 0")
def both_ways_through_relu(spread, rng):
    def layer(H_in, H_out):
        W = tf.constant(rng.normal(size=(H_in, H_out)), "float32")
        return lambda h: tf.maximum(h @ W, 0)

    _, x, upstream = drawn(rng)
    forward, backward = spread([layer(4, 9), layer(9, 6)], x, upstream)
    return {
        "std of h": np.asarray(forward, "float32"),
        "std of the gradient of h": np.asarray(backward, "float32"),
    }


@spreads.example()
def example(spread, rng):
    layers, x, upstream = drawn(rng)

    def report(**layers):
        forward, backward = spread(list(layers.values()), x, upstream)
        return {
            "std of h": np.asarray(forward, "float32"),
            "std of the gradient of h": np.asarray(backward, "float32"),
        }

    return {f"layer {k}": layer for k, layer in enumerate(layers, 1)}, report
