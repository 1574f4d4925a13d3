"""What `check(train_and_watch)` looks at (lecture 30:27).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks, fill

LOSSES = """sparse_categorical_crossentropy categorical_crossentropy
    keras.losses.sparse_categorical_crossentropy keras.losses.SparseCategoricalCrossentropy
    keras.losses.categorical_crossentropy keras.losses.CategoricalCrossentropy""".split()

watch = Checks(
    "train_and_watch",
    lecture="30:27",
    allow=["tensorflow.GradientTape", "keras.optimizers.SGD", "global_norm", *LOSSES],
)


@cache  # making a model takes longer than all checks; each check fills it anew
def built(activation):
    """4 inputs, 6 hidden units, 3 classes."""
    hidden = keras.layers.Dense(6, activation=activation)
    model = keras.Sequential([hidden, keras.layers.Dense(3, activation="softmax")])
    model.build((None, 4))
    return model


def network(rng, activation="tanh"):
    """A network whose every weight and bias is drawn."""
    fill(built(activation), rng)
    return built(activation)


def watched(train_and_watch, rng, model, steps=3, lr=0.5):
    x, y = tf.constant(rng.normal(size=(5, 4)), "float32"), tf.constant(rng.integers(3, size=5))
    norms, gap = train_and_watch(model, x, y, float(rng.uniform(lr, lr + 0.4)), steps)
    return {"norms": np.asarray(norms, "float32"), "gap": np.asarray(gap, "float32")}


@watch.check("the norms, step by step, and where training leads")
def _(train_and_watch, rng):
    model = network(rng)
    norms = watched(train_and_watch, rng, model)["norms"]
    trained = zip(("W1", "b1", "W2", "b2"), model.get_weights(), strict=True)
    return {"norms": norms} | {f"{name} in the end": value for name, value in trained}


@watch.check("the gap between the units, step by step")
def _(train_and_watch, rng):
    """What b has to do with the gap shows late: here it is over three tolerances in each of 20,000 draws."""
    found = {"gap": watched(train_and_watch, rng, network(rng), steps=8, lr=1.0)["gap"]}
    model = network(rng)
    W = model.get_weights()[0]
    W[0, :4] = np.array([0, 1, 3, -4]) * (1 + np.abs(W).max())  # the farthest from unit 1 lies below it
    model.trainable_variables[0].assign(W)
    return found | {"gap at the beginning": watched(train_and_watch, rng, model, steps=1)["gap"]}


@watch.check("zero weights and tanh: stuck for ever", norms=1e-5)
def _(train_and_watch, rng):
    model = network(rng)
    for v in model.trainable_variables[:3]:
        v.assign(tf.zeros_like(v))
    return {"norms": watched(train_and_watch, rng, model)["norms"]}


@watch.check("zero weights and sigmoid: what does not move at first may move later", norms=1e-5)
def _(train_and_watch, rng):
    model = network(rng, "sigmoid")
    for v in model.trainable_variables[:3]:
        v.assign(tf.zeros_like(v))
    return {"norms": watched(train_and_watch, rng, model)["norms"]}


@watch.check("equal weights: the units stay copies while everything moves", norms=1e-5, gap=1e-5)
def _(train_and_watch, rng):
    model = network(rng)
    for v in model.trainable_variables[:3]:
        v.assign(tf.fill(v.shape, float(rng.uniform(0.1, 0.5))))
    return watched(train_and_watch, rng, model)
