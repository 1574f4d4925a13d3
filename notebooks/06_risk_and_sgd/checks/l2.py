"""What `check(L2)` looks at (lecture 29:50).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks, fill
from helpers.evidence import landmarks

l2 = Checks("L2", kind="regularizer", lecture="29:50")


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
