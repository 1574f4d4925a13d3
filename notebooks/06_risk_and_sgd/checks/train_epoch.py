"""What `check(train_epoch)` looks at (lecture 13:19).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import filled, likeness_of_orders


# These stand in for the exercises above while the checks run, by other parts of TensorFlow.
def _batches(x, y, size, rng):
    order = rng.permuted(range(len(x)))
    return list(tf.data.Dataset.from_tensor_slices((x[order], y[order])).batch(size).as_numpy_iterator())


def _step(model, x, y, lr, lam):
    with tf.GradientTape() as t:
        nll = keras.losses.sparse_categorical_crossentropy(y, model(x))
        risk = tf.reduce_mean(nll) + 2 * lam * tf.nn.l2_loss(model.layers[-1].kernel)
    for v, g in zip(model.trainable_variables, t.gradient(risk, model.trainable_variables), strict=True):
        tf.raw_ops.ResourceApplyGradientDescent(var=v.value.handle, alpha=lr, delta=g)
    return risk


epoch = Checks(
    "train_epoch",
    kind="step",
    lecture="13:19",
    given={"minibatches": _batches, "sgd_step": _step},
    not_yours=["keras.Model.fit", "keras.Model.train_on_batch"],
)

# numbers of the examples, in the order in which the network below met them
seen = []

# how many examples went through it at a time
passes = []


@keras.saving.register_keras_serializable("fdl_checks")
class Witness(keras.layers.Layer):
    """Writes the first column of x down, the numbers of the examples, and passes x on."""

    def call(self, x):
        tf.numpy_function(self.write, [x[:, 0]], [])
        return x

    @staticmethod
    def write(column):
        seen.extend(column.tolist())
        passes.append(len(column))


# Making a model takes longer than all checks; each check fills it anew.
@cache
def built(witness):
    """4 columns, 4 classes, perhaps with a witness."""
    layers = [Witness()] if witness else []
    model = keras.Sequential([*layers, keras.layers.Dense(4, activation="softmax")])
    model.build((None, 4))
    return model


def network(rng, witness=False):
    """A network whose every weight and bias is drawn."""
    seen.clear()
    passes.clear()
    return filled(built(witness), rng)


def alike_examples(rng, N):
    """N times the same example: whatever the order, each batch has the same gradient."""
    return np.tile(rng.normal(size=(1, 4)), (N, 1)).astype("float32"), np.full(N, rng.integers(4))


def numbered_examples(rng, N):
    x = rng.normal(size=(N, 4)).astype("float32")
    # small, so that no unit saturates
    x[:, 0] = np.arange(N) / N
    return x, rng.integers(4, size=N)


def met(N):
    """The examples in the order in which they were first met, -1 in the place of those that were not."""
    first = list(dict.fromkeys(round(number * N) for number in seen))
    seen.clear()
    return np.array([*first, *[-1] * N])[:N]


def trained(train_epoch, rng, lam):
    """What an epoch does to the parameters, and what it returns, where the order of examples plays no role."""
    model, (x, y) = network(rng), alike_examples(rng, 11)
    risks = train_epoch(model, x, y, 4, float(rng.uniform(0.2, 0.4)), lam, np.random.default_rng(0))
    W, b = model.get_weights()
    return {"W": W, "b": b, "risk of each batch": np.asarray(risks, "float32")}


@epoch.check("a step for each batch, the tail included", points=2)
def step_for_each_batch(train_epoch, rng):
    found = trained(train_epoch, rng, lam=0.0)
    return {"W": found["W"], "b": found["b"]}


@epoch.check("with weight decay, and the risk of each batch returned", points=2)
def with_weight_decay(train_epoch, rng):
    return trained(train_epoch, rng, lam=float(rng.uniform(0.1, 0.3)))


# few batches, many examples: what chance does shows in the order of the examples
N, SIZE = 150, 50


@epoch.check("each epoch meets every example, in an order of its own that rng decides", points=2)
def orders(train_epoch, rng):
    model, (x, y) = network(rng, witness=True), numbered_examples(rng, N)
    found = {"W before": model.get_weights()[0], "examples as they came": []}
    seed = int(rng.integers(1 << 30))
    chance, again = np.random.default_rng(seed), np.random.default_rng(seed)
    for generator in (chance, chance, again):
        train_epoch(model, x, y, SIZE, 0.01, 0.0, generator)
        found["examples as they came"].append(met(N))
    return found | {"examples at a time": max(passes, default=0)}


@orders.summary(
    **{
        "likeness of two epochs": 0.45,
        "likeness of two epochs whose generators are equal": 0.45,
        "likeness to the order given": 0.45,
        "W before": 1e-6,
    }
)
def orders_summary(theirs, ours):
    first, second, again = theirs["examples as they came"]
    return {
        "examples at a time, at most": theirs["examples at a time"],
        "examples met": [np.sum(first >= 0), np.sum(second >= 0)],
        "likeness of two epochs": likeness_of_orders(first, second),
        "likeness of two epochs whose generators are equal": likeness_of_orders(first, again),
        "likeness to the order given": likeness_of_orders(first, np.arange(N)),
        "W before": theirs["W before"],
    }


@epoch.check("every example keeps its own class")
def own_classes(train_epoch, rng):
    # One batch of all of them: the order plays no role, only who belongs to whom.
    model, (x, y) = network(rng), numbered_examples(rng, 9)
    y[:3] = [0, 1, 2]
    train_epoch(
        model, x, y, 9, float(rng.uniform(0.4, 0.8)), 0.0, np.random.default_rng(int(rng.integers(1 << 30)))
    )
    W, b = model.get_weights()
    return {"W": W, "b": b}


@epoch.example(without={"zeros": "the step, which is given, sees the weights"})
def example(train_epoch, rng):
    x, y = alike_examples(rng, 7)

    def one_epoch(model, x, y):
        train_epoch(model, x, y, 3, 0.3, 0.1, np.random.default_rng(0))
        return {}

    return {"model": network(rng), "x": x, "y": y}, one_epoch
