"""What `check(train_and_watch)` looks at (lecture 30:27).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import classifier, filled, labelled_examples

watch = Checks("train_and_watch", kind="step", lecture="30:27")

# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng, activation="tanh"):
    """4 inputs, 6 hidden units, 3 classes; every weight and bias is drawn."""
    return filled(built(4, 6, 3, activation), rng)


def watched(train_and_watch, rng, model, steps=3, lr=0.5):
    x, y = labelled_examples(rng, 5)
    norms, gap = train_and_watch(model, x, y, float(rng.uniform(lr, lr + 0.4)), steps)
    return {"norms": np.asarray(norms, "float32"), "gap": np.asarray(gap, "float32")}


@watch.check("the norms, step by step, and where training leads")
def norms_step_by_step(train_and_watch, rng):
    model = network(rng)
    norms = watched(train_and_watch, rng, model)["norms"]
    trained = zip(("W1", "b1", "W2", "b2"), model.get_weights(), strict=True)
    return {"norms": norms} | {f"{name} in the end": value for name, value in trained}


@watch.check("the gap between the units, step by step")
def gap_step_by_step(train_and_watch, rng):
    """What b has to do with the gap shows late: here it is over three tolerances in each of 20,000 draws."""
    found = {"gap": watched(train_and_watch, rng, network(rng), steps=8, lr=1.0)["gap"]}
    model = network(rng)
    W = model.get_weights()[0]
    # the farthest from unit 1 lies below it
    W[0, :4] = np.array([0, 1, 3, -4]) * (1 + np.abs(W).max())
    model.trainable_variables[0].assign(W)
    found["gap at the beginning"] = watched(train_and_watch, rng, model, steps=1)["gap"]
    behind = watched(train_and_watch, rng, filled(behind_fixed_weights(), rng), steps=1)
    return found | {"gap behind weights that are not trained": behind["gap"]}


@cache
def behind_fixed_weights():
    """As `network`, behind a layer that mixes the inputs and is not trained."""
    hidden = keras.layers.Dense(6, activation="tanh")
    output = keras.layers.Dense(3, activation="softmax")
    model = keras.Sequential([keras.layers.Dense(4, trainable=False), hidden, output])
    model.build((None, 4))
    return model


BALANCED = "norms for two classes of the same size"


@watch.check("zero weights and tanh: stuck for ever", **{"norms": 1e-5, BALANCED: 1e-5})
def zeros_and_tanh(train_and_watch, rng):
    model = network(rng)
    for v in model.trainable_variables[:3]:
        v.assign(tf.zeros_like(v))
    found = {"norms": watched(train_and_watch, rng, model)["norms"]}
    # Here nothing is left to move: the gradients are 0, all of them and exactly.
    model = built(4, 6, 2)
    for v in model.trainable_variables:
        v.assign(tf.zeros_like(v))
    x, y = tf.constant(rng.normal(size=(4, 4)), "float32"), tf.constant(rng.permutation([0, 0, 1, 1]))
    return found | {BALANCED: np.asarray(train_and_watch(model, x, y, 0.5, 2)[0], "float32")}


@watch.check("zero weights and sigmoid: what does not move at first may move later", norms=1e-5)
def zeros_and_sigmoid(train_and_watch, rng):
    model = network(rng, "sigmoid")
    for v in model.trainable_variables[:3]:
        v.assign(tf.zeros_like(v))
    return {"norms": watched(train_and_watch, rng, model)["norms"]}


@watch.check("equal weights: the units stay copies while everything moves", norms=1e-5, gap=1e-5)
def equal_weights(train_and_watch, rng):
    model = network(rng)
    for v in model.trainable_variables[:3]:
        v.assign(tf.fill(v.shape, float(rng.uniform(0.1, 0.5))))
    return watched(train_and_watch, rng, model)


@watch.example(
    without={
        "frozen": "what is watched is the first of the trainable variables",
        "zeros": "checks of their own begin with zeros",
    }
)
def example(train_and_watch, rng):
    model = network(rng)
    return {"model": model}, lambda model: watched(train_and_watch, rng, model)
