"""What `check(sgd_step)` looks at (lecture 13:19).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import keras
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import classifier, filled, labelled_examples


# This stands in for the exercise above while the checks run.
def _risk(model, x, y, lam):
    nll = keras.losses.sparse_categorical_crossentropy(y, model(x))
    return tf.reduce_mean(nll) + 2 * lam * sum(tf.nn.l2_loss(layer.kernel) for layer in model.layers)


step = Checks(
    "sgd_step",
    kind="step",
    lecture="13:19",
    given={"regularized_risk": _risk},
    not_yours=["keras.optimizers.SGD", "keras.Model.fit", "keras.Model.train_on_batch"],
)

# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng):
    """4 inputs, 5 hidden units, 3 classes; every weight and bias is drawn."""
    return filled(built(4, 5, 3), rng)


def parameters(model):
    return dict(zip(("W1", "b1", "W2", "b2"), model.get_weights(), strict=True))


@step.check("one step without a penalty", points=2)
def step_without_penalty(sgd_step, rng):
    model = network(rng)
    sgd_step(model, *labelled_examples(rng, 6), lr=float(rng.uniform(0.3, 0.6)), lam=0.0)
    return parameters(model)


@step.check("one step with a penalty")
def step_with_penalty(sgd_step, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 6)
    sgd_step(model, x, y, lr=float(rng.uniform(0.3, 0.6)), lam=float(rng.uniform(0.2, 0.4)))
    return parameters(model)


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
    sgd_step(model, 40 * x, y, lr=float(rng.uniform(0.3, 0.6)), lam=0.0)
    return parameters(model)


@step.example()
def example(sgd_step, rng):
    x, y = labelled_examples(rng, 6)

    def one_step(model, x, y):
        sgd_step(model, x, y, lr=0.4, lam=0.1)
        return {}

    return {"model": network(rng), "x": x, "y": y}, one_step
