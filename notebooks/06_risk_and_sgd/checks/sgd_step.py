"""What `check(sgd_step)` looks at (lecture 13:19).

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
from helpers.inputs import classifier, filled, labelled_examples

step = Checks(
    "sgd_step",
    kind="step",
    lecture="13:19",
    not_yours=["keras.optimizers.SGD", "keras.Model.fit", "keras.Model.train_on_batch"],
)

# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng):
    """4 inputs, 5 hidden units, 3 classes; every weight and bias is drawn."""
    return filled(built(4, 5, 3), rng)


def parameters(model):
    return dict(zip(("W1", "b1", "W2", "b2"), model.get_weights(), strict=True))


def moved(sgd_step, model, x, y, lr, lam):
    """The parameters after a step; what it started from is there to be recognized."""
    with tf.GradientTape() as t:
        value = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x)))
    slopes = t.gradient(value, [v.value for v in model.trainable_variables])
    known = {"lr": lr, "lam": lam, "examples": len(x)}
    for (name, values), slope in zip(parameters(model).items(), slopes, strict=True):
        known[f"{name} before"] = np.array(values)
        known[f"the gradient of the loss by {name}"] = slope
    sgd_step(model, x, y, lr=lr, lam=lam)
    return parameters(model) | landmarks(**known)


@step.check("one step without a penalty", points=2)
def step_without_penalty(sgd_step, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 6)
    return moved(sgd_step, model, x, y, float(rng.uniform(0.3, 0.6)), 0.0)


@step.check("one step with a penalty")
def step_with_penalty(sgd_step, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 6)
    return moved(sgd_step, model, x, y, float(rng.uniform(0.3, 0.6)), float(rng.uniform(0.2, 0.4)))


@step.check("two steps, each on another batch")
def two_steps(sgd_step, rng):
    model, lr = network(rng), float(rng.uniform(0.3, 0.6))
    for N in (3, 7):
        sgd_step(model, *labelled_examples(rng, N), lr=lr, lam=0.1)
    return parameters(model)


# a float32, or a Python number made from it
@step.check("it returns the risk before the step", risk=1e-4)
def risk_returned(sgd_step, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 6)
    risk = sgd_step(model, x, y, lr=0.5, lam=float(rng.uniform(0.1, 0.3)))
    return {"risk": float(risk)}


@step.check("as far as the gradient says, however large it is")
def large_gradients(sgd_step, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 6)
    # Large inputs make large gradients, unless they saturate the units.
    model.layers[0].kernel.assign(model.layers[0].kernel / 40)
    return moved(sgd_step, model, 40 * x, y, float(rng.uniform(0.3, 0.6)), 0.0)


@step.example()
def example(sgd_step, rng):
    # Seven are not shared out evenly among three classes: where all weights are 0, the output's biases still move.
    x, y = labelled_examples(rng, 7)
    lr = float(rng.uniform(0.3, 0.6))

    def one_step(model, x, y):
        sgd_step(model, x, y, lr=lr, lam=0.1)
        return {}

    return {"model": network(rng), "x": x, "y": y}, one_step
