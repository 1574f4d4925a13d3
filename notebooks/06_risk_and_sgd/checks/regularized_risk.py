"""What `check(regularized_risk)` looks at (lecture 10:59).

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

risk = Checks("regularized_risk", kind="function", lecture="10:59")

# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


def network(rng):
    """4 inputs, 5 hidden units, 3 classes; every weight and bias is drawn."""
    return filled(built(4, 5, 3), rng)


@risk.check("the mean loss, where λ is 0")
def mean_loss(regularized_risk, rng):
    model, found = network(rng), {}
    for T in (1, 8):
        found[f"risk of {T} examples"] = regularized_risk(model, *labelled_examples(rng, T), 0.0)
    model = filled(regularized(), rng)
    found["risk of layers with regularizers"] = regularized_risk(model, *labelled_examples(rng, 6), 0.0)
    return found


@cache
def regularized():
    """4 inputs, 5 hidden units, 3 classes; Keras itself keeps account of what the weights cost."""
    cost = keras.regularizers.L2(0.1)
    hidden = keras.layers.Dense(5, activation="tanh", kernel_regularizer=cost)
    model = keras.Sequential([hidden, keras.layers.Dense(3, activation="softmax", kernel_regularizer=cost)])
    model.build((None, 4))
    return model


def _marks(model, x, y):
    """What the risk is made of, and how many examples and layers there are."""
    per_example = keras.losses.sparse_categorical_crossentropy(y, model(x))
    known = {"the mean loss": np.mean(per_example), "examples": len(x), "layers": len(model.layers)}
    squares = [np.square(layer.kernel).sum() for layer in model.layers]
    known["Ω"] = np.sum(squares)
    for k, of_layer in enumerate(squares, 1):
        known[f"Ω of layer {k} alone"] = of_layer
    return landmarks(**known)


@risk.check("λ times the squared weights comes on top", points=2)
def penalty_on_top(regularized_risk, rng):
    model, (x, y) = network(rng), labelled_examples(rng, 8)
    lams = rng.uniform(0.05, 0.5, size=4)
    risks = [regularized_risk(model, x, y, float(lam)) for lam in lams]
    return {"risk by λ": risks, **_marks(model, x, y), **landmarks(**{"λ": lams})}


@risk.check("a tape can differentiate it, by weights and by biases")
def gradients(regularized_risk, rng):
    model, (x, y), lam = network(rng), labelled_examples(rng, 8), float(rng.uniform(0.2, 0.5))
    with tf.GradientTape() as t:
        value = tf.convert_to_tensor(regularized_risk(model, x, y, lam))
    names = [f"d{name}{k}" for k in (1, 2) for name in ("W", "b")]
    # What the tape has not seen has gradient 0, not None; for that it wants TensorFlow's own variables.
    variables = [v.value for v in model.trainable_variables]
    gradients = t.gradient(value, variables, unconnected_gradients="zero")
    weights = {f"W{k}": layer.kernel for k, layer in enumerate(model.layers, 1)}
    marks = landmarks(**weights, **{"λ": lam}, examples=8)
    return dict(zip(names, gradients, strict=True)) | marks


class Named(keras.layers.Layer):
    """A layer of tanh units whose parameters are called W and b, not as those of Keras's layers."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="W")
        self.bias = self.add_weight(shape=(self.units,), name="b")

    def call(self, h):
        return tf.tanh(h @ self.kernel + self.bias)


@cache
def deep():
    """4 inputs, three hidden layers, 3 classes."""
    hidden = [keras.layers.Dense(5, activation="tanh"), Named(4), keras.layers.Dense(6, activation="tanh")]
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
    lam = float(rng.uniform(0.2, 0.5))
    with tf.GradientTape() as t:
        value = tf.convert_to_tensor(regularized_risk(model, x, y, lam))
    variables = [v.value for v in model.trainable_variables]
    gradients = t.gradient(value, variables, unconnected_gradients="zero")
    found = dict(zip(("dW1", "db1", "dW2", "db2"), gradients, strict=True))
    return found | landmarks(**{"λ": lam, "W2": model.layers[1].kernel})


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
