"""What `check(regularized_risk)` looks at (lecture 10:59).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import keras
import tensorflow as tf

from helpers.checks import Checks, fill

LOSSES = """sparse_categorical_crossentropy categorical_crossentropy
    keras.losses.sparse_categorical_crossentropy keras.losses.SparseCategoricalCrossentropy
    keras.losses.categorical_crossentropy keras.losses.CategoricalCrossentropy""".split()

risk = Checks("regularized_risk", lecture="10:59", allow=[*LOSSES, "tensorflow.nn.l2_loss"])


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


def examples(rng, T=8):
    return tf.constant(rng.normal(size=(T, 4)), "float32"), tf.constant(rng.integers(3, size=T))


@risk.check("the mean loss, where λ is 0")
def _(regularized_risk, rng):
    model = network(rng)
    return {f"risk of {T} examples": regularized_risk(model, *examples(rng, T), 0.0) for T in (1, 8)}


@risk.check("λ times the squared weights comes on top", points=2)
def _(regularized_risk, rng):
    model, (x, y) = network(rng), examples(rng)
    lams = rng.uniform(0.05, 0.5, size=2)
    return {"risk by λ": [regularized_risk(model, x, y, float(lam)) for lam in lams]}


@risk.check("a tape can differentiate it, by weights and by biases")
def _(regularized_risk, rng):
    model, (x, y) = network(rng), examples(rng)
    with tf.GradientTape() as t:
        value = tf.convert_to_tensor(regularized_risk(model, x, y, float(rng.uniform(0.2, 0.5))))
    names = [f"d{name}{k}" for k in (1, 2) for name in ("W", "b")]
    # What the tape has not seen has gradient 0, not None; for that it wants TensorFlow's own variables.
    variables = [v.value for v in model.trainable_variables]
    gradients = t.gradient(value, variables, unconnected_gradients="zero")
    return dict(zip(names, gradients, strict=True))
