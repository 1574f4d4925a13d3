"""What `check(path)` looks at (lecture 40:27).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks

walk = Checks("path", kind="report", lecture="40:27")


def bowl(rng, n):
    """A bowl, steeper along some axes than along others, whose bottom is nowhere special; and a place on its wall."""
    steepness, bottom = rng.uniform(0.5, 2, n).astype("float32"), rng.normal(size=n).astype("float32")
    start = bottom + (rng.uniform(1, 2, n) * rng.choice([-1, 1], n)).astype("float32")
    return lambda theta: tf.reduce_sum(steepness * tf.square(theta - bottom)), start


def seen(f, places, start):
    """The places as they came, and what may be recognized in them."""
    spot = tf.constant(start, "float32")
    with tf.GradientTape() as t:
        t.watch(spot)
        value = f(spot)
    known = {"start": spot, "the gradient at the start": t.gradient(value, spot)}
    return {"places": np.asarray(places, "float32"), **landmarks(**known)}


@walk.check("gradient descent: the start, and every place that follows", points=2)
def gradient_descent(path, rng):
    f, start = bowl(rng, 2)
    optimizer = keras.optimizers.SGD(float(rng.uniform(0.05, 0.15)))
    return seen(f, path(optimizer, f, start, 5), start)


@walk.check("the optimizer's own step, with its memory", points=2)
def own_step(path, rng):
    f, start = bowl(rng, 3)
    optimizer = keras.optimizers.Adam(float(rng.uniform(0.1, 0.2)), beta_1=0.6, beta_2=0.8)
    return seen(f, path(optimizer, f, start, 4), start)


@walk.check("a learning-rate schedule goes on from step to step, also where the first step climbs")
def schedule(path, rng):
    f, start = bowl(rng, 2)
    # So large is the first rate that θ comes out higher, on the other side.
    rates = rng.uniform([2.1, 0.05, 0.15], [2.4, 0.1, 0.3]).tolist()
    changing = keras.optimizers.schedules.PiecewiseConstantDecay([0, 1], rates)
    return seen(f, path(keras.optimizers.SGD(changing), f, start, 4), start)


@walk.check("from whole numbers, and without a step")
def whole_numbers(path, rng):
    f, _ = bowl(rng, 3)
    start, dtypes = rng.integers(-4, 5, 3), [""]

    def asked(theta):
        dtypes[0] = tf.as_dtype(theta.dtype).name
        return f(theta)

    found = path(keras.optimizers.SGD(0.1), asked, start, 2)
    at_once = path(keras.optimizers.SGD(0.1), f, start, 0)
    return {
        "places": np.asarray(found, "float32"),
        "places, for steps = 0": np.asarray(at_once, "float32"),
        "dtype of θ, where f is asked": dtypes[0],
        **landmarks(start=start.astype("float32")),
    }


@walk.check("as many places where nothing moves")
def at_rest(path, rng):
    start = -rng.uniform(1, 2, 3).astype("float32")
    found = path(keras.optimizers.SGD(0.1), lambda theta: tf.reduce_sum(tf.nn.relu(theta)), start, 4)
    return {"places": np.asarray(found, "float32"), **landmarks(start=start)}


@walk.example()
def example(path, rng):
    f, start = bowl(rng, 2)

    def descend(start):
        return {"places": path(keras.optimizers.SGD(0.1), f, start, 3)}

    return {"start": start}, descend
