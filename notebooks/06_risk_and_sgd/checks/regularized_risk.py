"""What `check(regularized_risk)` looks at (lecture 10:59).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import keras
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import classifier, filled, labelled_examples

risk = Checks("regularized_risk", kind="function", lecture="10:59")

# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng):
    """4 inputs, 5 hidden units, 3 classes; every weight and bias is drawn."""
    return filled(built(4, 5, 3), rng)


@risk.check("the mean loss, where λ is 0")
def mean_loss(regularized_risk, rng):
    model = network(rng)
    return {f"risk of {T} examples": regularized_risk(model, *labelled_examples(rng, T), 0.0) for T in (1, 8)}


@risk.check("λ times the squared weights comes on top", points=2)
def penalty_on_top(regularized_risk, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 8)
    lams = rng.uniform(0.05, 0.5, size=2)
    return {"risk by λ": [regularized_risk(model, x, y, float(lam)) for lam in lams]}


@risk.check("a tape can differentiate it, by weights and by biases")
def gradients(regularized_risk, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 8)
    with tf.GradientTape() as t:
        value = tf.convert_to_tensor(regularized_risk(model, x, y, float(rng.uniform(0.2, 0.5))))
    names = [f"d{name}{k}" for k in (1, 2) for name in ("W", "b")]
    # What the tape has not seen has gradient 0, not None; for that it wants TensorFlow's own variables.
    variables = [v.value for v in model.trainable_variables]
    gradients = t.gradient(value, variables, unconnected_gradients="zero")
    return dict(zip(names, gradients, strict=True))


@cache
def deep():
    """4 inputs, three hidden layers, 3 classes."""
    hidden = [keras.layers.Dense(units, activation="tanh") for units in (5, 4, 6)]
    model = keras.Sequential([*hidden, keras.layers.Dense(3, activation="softmax")])
    model.build((None, 4))
    return model


@risk.check("the weights of every layer, however many there are")
def every_layer(regularized_risk, rng):
    return {
        "risk": regularized_risk(
            filled(deep(), rng), *labelled_examples(rng, 5), float(rng.uniform(0.1, 0.3))
        )
    }


@risk.check("weights of exactly 0 have a slope")
def slope_at_0(regularized_risk, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 6)
    model.layers[0].kernel.assign(tf.zeros((4, 5)))
    with tf.GradientTape() as t:
        value = tf.convert_to_tensor(regularized_risk(model, x, y, 0.2))
    variables = [v.value for v in model.trainable_variables]
    gradients = t.gradient(value, variables, unconnected_gradients="zero")
    return dict(zip(("dW1", "db1", "dW2", "db2"), gradients, strict=True))


@risk.example(
    without={
        "graph": "the loop of training stands outside any graph",
        "dtype": "the model has the dtype of its weights",
        "one": "a check of its own has one example",
    }
)
def example(regularized_risk, rng, N=6):
    x, y = labelled_examples(rng, N)

    def with_penalty(model, x, y):
        return {"risk": regularized_risk(model, x, y, 0.1)}

    return {"model": network(rng), "x": x, "y": y}, with_penalty
