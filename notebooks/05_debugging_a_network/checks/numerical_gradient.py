"""What `check(numerical_gradient)` looks at (lecture 42:58).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF, filled

numeric = Checks(
    "numerical_gradient",
    kind="report",
    lecture="42:58",
    not_yours=[*BY_ITSELF, "tensorflow.test.compute_gradient", "scipy.optimize.approx_fprime"],
)


def variable(rng, *shape):
    """Values between 1 and 2 in magnitude, of either sign."""
    return tf.Variable(rng.uniform(1, 2, size=shape) * rng.choice([-1, 1], size=shape), dtype="float64")


def cubic(rng, w):
    """A number that depends on each entry in another way, and on each beside all others."""
    c = rng.uniform(1, 2, size=w.shape)

    def number():
        values = w.numpy()
        return np.sum(c * values**3) + np.sum(values) ** 2

    return number, c


@numeric.check("every entry of a matrix", points=2)
def every_entry(numerical_gradient, rng):
    w, eps = variable(rng, 2, 3), float(rng.uniform(0.01, 0.02))
    number, c = cubic(rng, w)
    known = landmarks(w=w, c=c, eps=eps, value=number(), entries=6, inputs=2, units=3)
    return {"gradient": numerical_gradient(number, w, eps), **known}


@numeric.check("one number, a vector, three axes")
def any_shape(numerical_gradient, rng):
    found = {}
    for name, shape in {"one number": (), "a vector": (5,), "three axes": (1, 2, 3)}.items():
        w = variable(rng, *shape)
        number, _ = cubic(rng, w)
        found[f"gradient of {name}"] = numerical_gradient(number, w, 0.01)
    return found


@numeric.check("ε is the one that is given")
def given_eps(numerical_gradient, rng):
    w = variable(rng, 3)
    number, c = cubic(rng, w)
    found = {f"gradient, ε = {eps}": numerical_gradient(number, w, eps) for eps in (0.01, 0.1, 1.0)}
    return {**found, **landmarks(w=w, c=c, value=number())}


@numeric.check("a large number with small slopes: float64 throughout")
def in_double(numerical_gradient, rng):
    w = variable(rng, 4)
    number, _ = cubic(rng, w)
    # float32 knows 1000 to six parts in a hundred thousand
    return {"gradient": numerical_gradient(lambda: tf.constant(1000 + 1e-3 * number(), "float64"), w, 0.125)}


@numeric.check("a variable of float32 has a gradient of float64")
def of_single(numerical_gradient, rng):
    # Numbers that float32 holds exactly, moved or not.
    w = tf.Variable(rng.integers(-128, 128, size=(2, 3)) / 64, dtype="float32")
    c = rng.uniform(1, 2, size=(2, 3))
    return {"gradient": numerical_gradient(lambda: np.sum(c * w.numpy().astype("float64") ** 3), w, 0.125)}


# Making a layer takes longer than all checks; each check fills it anew.
@cache
def layer():
    """2 inputs, 2 tanh units, in float64."""
    made = keras.layers.Dense(2, activation="tanh", dtype="float64")
    made.build((None, 2))
    return made


def loss_of_layer(rng):
    """A loss that reads a layer's W and b, and the layer."""
    dense = filled(layer(), rng)
    x = tf.constant(rng.normal(size=(5, 2)))
    return lambda: tf.reduce_mean(dense(x) ** 2), dense


@numeric.check("W and b of a Keras layer, one variable at a time")
def of_layer(numerical_gradient, rng):
    loss, dense = loss_of_layer(rng)
    return {f"gradient of {v.name}": numerical_gradient(loss, v, 0.01) for v in (dense.kernel, dense.bias)}


@numeric.check("w is put back where f raises, and the exception goes on")
def put_back(numerical_gradient, rng):
    w, calls, last = variable(rng, 3, 2), [], int(rng.integers(7, 12))
    before, heard = w.numpy(), "no exception"

    def breaks():
        calls.append(1)
        if len(calls) == last:
            raise FloatingPointError("the loss is not finite")
        return np.sum(w.numpy())

    try:
        numerical_gradient(breaks, w, 0.5)
    except FloatingPointError:
        heard = "the exception that f raised"
    return {"w": before, "w afterwards": w.numpy(), "what the caller hears": heard}


@numeric.example()
def example(numerical_gradient, rng):
    w = variable(rng, 2, 3)
    number, _ = cubic(rng, w)

    # So far away the last bits of what is added and taken away again are lost.
    def measured(w):
        return {"gradient": numerical_gradient(number, w, 1e4 / 3)}

    return {"w": w}, measured
