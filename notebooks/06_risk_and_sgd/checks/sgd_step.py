"""What `check(sgd_step)` looks at (lecture 13:19).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import keras
import tensorflow as tf

from helpers.checks import Checks, fill


# This stands in for the exercise above while the checks run.
def _risk(model, x, y, lam):
    nll = keras.losses.sparse_categorical_crossentropy(y, model(x))
    return tf.reduce_mean(nll) + 2 * lam * sum(tf.nn.l2_loss(layer.kernel) for layer in model.layers)


# For those who write the risk out once more.
ALLOW = """tensorflow.GradientTape sparse_categorical_crossentropy keras.losses.sparse_categorical_crossentropy
    keras.losses.SparseCategoricalCrossentropy tensorflow.nn.l2_loss""".split()

step = Checks("sgd_step", lecture="13:19", given={"regularized_risk": _risk}, allow=ALLOW)


@cache  # making a model takes longer than all checks; each check fills it anew
def built():
    """4 inputs, 5 hidden units, 3 classes."""
    hidden = keras.layers.Dense(5, activation="tanh")
    model = keras.Sequential([hidden, keras.layers.Dense(3, activation="softmax")])
    model.build((None, 4))
    return model


def network(rng):
    """A network whose every weight and bias is drawn."""
    fill(built(), rng)
    return built()


def batch(rng, N=6):
    return tf.constant(rng.normal(size=(N, 4)), "float32"), tf.constant(rng.integers(3, size=N))


def parameters(model):
    return dict(zip(("W1", "b1", "W2", "b2"), model.get_weights(), strict=True))


@step.check("one step without a penalty", points=2)
def _(sgd_step, rng):
    model = network(rng)
    sgd_step(model, *batch(rng), lr=float(rng.uniform(0.3, 0.6)), lam=0.0)
    return parameters(model)


@step.check("one step with a penalty")
def _(sgd_step, rng):
    model = network(rng)
    sgd_step(model, *batch(rng), lr=float(rng.uniform(0.3, 0.6)), lam=float(rng.uniform(0.2, 0.4)))
    return parameters(model)


@step.check("two steps, each on another batch")
def _(sgd_step, rng):
    model, lr = network(rng), float(rng.uniform(0.3, 0.6))
    for N in (3, 7):
        sgd_step(model, *batch(rng, N), lr=lr, lam=0.1)
    return parameters(model)


@step.check("it returns the risk before the step", risk=1e-4)  # a float32, or a Python number made from it
def _(sgd_step, rng):
    return {"risk": float(sgd_step(network(rng), *batch(rng), lr=0.5, lam=float(rng.uniform(0.1, 0.3))))}
