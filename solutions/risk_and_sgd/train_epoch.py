"""train_epoch: stochastic gradient descent over the whole training set, once."""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.inputs import filled, likeness_of_orders
from solutions.risk_and_sgd.minibatches import minibatches
from solutions.risk_and_sgd.sgd_step import sgd_step

epoch = Exercise(
    "train_epoch",
    kind="step",
    lecture="13:19",
    not_yours=["keras.Model.fit", "keras.Model.train_on_batch"],
)


@epoch.reference
def train_epoch(model, x, y, size, lr, lam, rng):
    """One epoch of stochastic gradient descent: a step for each mini-batch.

    Use `minibatches` and `sgd_step`. Another epoch is another call, with the same `rng` (lecture 13:19, 39:31).

    Args:
        model: takes x, gives probabilities; trained in place.
        x, y: the training set, arrays of shape (N, D) and (N,).
        size: examples in a mini-batch.
        lr: the learning rate α.    lam: λ.
        rng: a `numpy.random.Generator`, which decides the order.
    Returns:
        The risk of each batch before its step, in the order of the steps: as many numbers as batches.
    """
    ### BEGIN SOLUTION
    return [float(sgd_step(model, part, classes, lr, lam)) for part, classes in minibatches(x, y, size, rng)]
    ### END SOLUTION


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


@cache
def wide():
    """15 columns, 4 classes: the step on 16 examples can be solved for their classes."""
    model = keras.Sequential([keras.layers.Dense(4, activation="softmax")])
    model.build((None, 15))
    return model


@epoch.check("every example keeps its own class")
def own_classes(train_epoch, rng):
    # One batch of all of them: the order plays no role, only who belongs to whom.
    model, x = filled(wide(), rng), rng.normal(size=(16, 15)).astype("float32")
    # So many that no shuffle is its own inverse by chance.
    y = rng.permutation(np.repeat(np.arange(4), 4))
    f, before = np.array(model(x)), np.vstack(model.get_weights())
    lr, seed = float(rng.uniform(0.4, 0.8)), int(rng.integers(1 << 30))
    train_epoch(model, x, y, 16, lr, 0.0, np.random.default_rng(seed))
    after = np.vstack(model.get_weights())
    # The last row of both is b, which belongs to an input of 1.
    inputs = np.hstack([x, np.ones((16, 1))])
    pulled = np.linalg.solve(inputs.T.astype("float64"), 16 / lr * (after - before))
    return {"class that each example was trained with": (f + pulled).argmax(axis=1), "W and b": after}


@epoch.example(without={"zeros": "the step, an exercise of its own, sees the weights"})
def example(train_epoch, rng):
    x, y = alike_examples(rng, 7)

    def one_epoch(model, x, y):
        train_epoch(model, x, y, 3, 0.3, 0.1, np.random.default_rng(0))
        return {}

    return {"model": network(rng), "x": x, "y": y}, one_epoch


epoch.misconception(
    "one step an epoch, on all examples at once",
    ("minibatches(x, y, size, rng)", "[(x, y)]"),
    lecture="39:31",
    advice="That is gradient descent without the S. Go through the mini-batches and take a step after each.",
)
epoch.misconception(
    "gradients are collected over the batches, and one step taken at the end",
    source="""
    def train_epoch(model, x, y, size, lr, lam, rng):
        risks, moves = [], [0.0] * len(model.trainable_variables)
        start = [tf.identity(v.value) for v in model.trainable_variables]
        for part, classes in minibatches(x, y, size, rng):
            risks.append(float(sgd_step(model, part, classes, lr, lam)))
            for i, (v, begin) in enumerate(zip(model.trainable_variables, start)):
                moves[i] = moves[i] + (v - begin)
                v.assign(begin)
        for v, begin, move in zip(model.trainable_variables, start, moves):
            v.assign(begin + move)
        return risks
    """,
    lecture="13:19",
    advice="Each batch sees the parameters that the batch before left behind: update inside the loop.",
)
# No edit: in a double fault with each of the others it would take minutes to prove.
epoch.misconception(
    "a step for each example",
    source="""
    def train_epoch(model, x, y, size, lr, lam, rng):
        return [float(sgd_step(model, *one, lr, lam)) for one in minibatches(x, y, 1, rng)]
    """,
    lecture="39:31",
    advice="The lecture begins with one example a step and then averages over a mini-batch: hand `size` on.",
)
epoch.misconception(
    "only the first batch",
    ("in minibatches(x, y, size, rng)", "in list(minibatches(x, y, size, rng))[:1]"),
    advice="An epoch meets every example: go on to the end of the batches.",
)
epoch.misconception(
    "the tail is left out",
    (
        " for part, classes in minibatches(x, y, size, rng)]",
        " for part, classes in minibatches(x, y, size, rng) if len(part) == size]",
    ),
    advice="The last batch may be smaller than `size`. Its examples count as well.",
)
epoch.misconception(
    "two steps on each batch",
    (
        "in minibatches(x, y, size, rng)",
        "in [pair for pair in minibatches(x, y, size, rng) for _ in range(2)]",
    ),
    advice="Call sgd_step once for each batch, and keep what it returns.",
)
epoch.misconception(
    "λ is not handed on",
    ("lr, lam))", "lr, 0.0))"),
    lecture="10:59",
    advice="Without `lam` there is no weight decay: hand it to sgd_step.",
)
epoch.misconception(
    "λ is spread over the batches",
    ("lr, lam))", "lr, lam * len(part) / len(x)))"),
    lecture="10:59",
    advice="The penalty belongs to the risk of every batch, with the same λ: each batch stands for the whole training set.",
)
epoch.misconception(
    "the learning rate is spread over the batches",
    ("classes, lr, lam", "classes, lr * len(part) / len(x), lam"),
    lecture="39:31",
    advice="Every step has the same α. Its gradient is a mean over the batch already.",
)
epoch.misconception(
    "x is shuffled without y",
    ("    return [float(", "    x = rng.permutation(x)\n    return [float("),
    lecture="13:19",
    advice="Then each image carries another image's class. `minibatches` shuffles already, both in one order.",
)
epoch.misconception(
    "y is shuffled without x",
    ("    return [float(", "    y = rng.permutation(y)\n    return [float("),
    lecture="13:19",
    advice="Then each image carries another image's class. `minibatches` shuffles already, both in one order.",
)
epoch.misconception(
    "x of one epoch, y of another",
    source="""
    def train_epoch(model, x, y, size, lr, lam, rng):
        parts = [part for part, _ in minibatches(x, y, size, rng)]
        classes = [classes for _, classes in minibatches(x, y, size, rng)]
        return [float(sgd_step(model, *batch, lr, lam)) for batch in zip(parts, classes)]
    """,
    lecture="13:19",
    advice="Each call of `minibatches` draws an order of its own. Call it once, and take both from each pair.",
)
epoch.misconception(
    "a new order for each batch",
    source="""
    def train_epoch(model, x, y, size, lr, lam, rng):
        risks = []
        for _ in range(-(-len(x) // size)):
            part, classes = next(iter(minibatches(x, y, size, rng)))
            risks.append(float(sgd_step(model, part, classes, lr, lam)))
        return risks
    """,
    lecture="13:19",
    advice="Each call of `minibatches` draws an order of its own, so some examples come twice and some never. Call it once, "
    "and go through all that it gives.",
)
epoch.misconception(
    "the same order every epoch",
    ("size, rng)]", "size, np.random.default_rng(0))]"),
    advice="A generator made anew inside begins with the same numbers each time. Use the `rng` that was given.",
)
epoch.misconception(
    "a generator of its own",
    ("size, rng)]", "size, np.random.default_rng())]"),
    advice="Then nobody can repeat the run. Use the `rng` that was given.",
)
epoch.misconception(
    "no shuffling",
    ("minibatches(x, y, size, rng)", "[(x[i : i + size], y[i : i + size]) for i in range(0, len(x), size)]"),
    advice="Take the batches from minibatches(x, y, size, rng), which draws a new order.",
)
epoch.misconception(
    "the whole training set goes through the network for each batch",
    source="""
    def train_epoch(model, x, y, size, lr, lam, rng):
        return [float(sgd_step(model, x, y, lr, lam)) for _ in minibatches(x, y, size, rng)]
    """,
    lecture="39:31",
    advice="Hand sgd_step the batch that minibatches dealt, not the whole x and y.",
)
epoch.misconception(
    "α and λ change places",
    source="""
    def train_epoch(model, x, y, size, lr, lam, rng):
        return [float(sgd_step(model, *batch, lam, lr)) for batch in minibatches(x, y, size, rng)]
    """,
    advice="sgd_step takes the learning rate first and λ second.",
)
epoch.misconception(
    "only the last risk is returned",
    source="""
    def train_epoch(model, x, y, size, lr, lam, rng):
        for batch in minibatches(x, y, size, rng):
            risk = sgd_step(model, *batch, lr, lam)
        return risk
    """,
    advice="Keep what sgd_step returns for each batch, in a list, and return the list behind the loop.",
)
epoch.misconception(
    "nothing is returned",
    ("return [", "["),
    advice="Keep what sgd_step returns for each batch, and return all of it: a list with as many numbers as batches.",
)
epoch.misconception(
    "the mean risk instead of each batch's",
    ("return [", "return np.mean(["),
    ("size, rng)]", "size, rng)])"),
    advice="Return the list. Whoever wants a mean can take it, and the list shows how the risk falls within an epoch.",
)


@epoch.alternative
def by_loop(model, x, y, size, lr, lam, rng):
    risks = np.zeros(-(-len(x) // size))
    for i, batch in enumerate(minibatches(x, y, size, rng)):
        risks[i] = sgd_step(model, *batch, lr, lam)
    return risks


@epoch.alternative
def all_by_itself(model, x, y, size, lr, lam, rng):
    order, risks = rng.permutation(len(x)), []
    for i in range(0, len(x), size):
        part, classes = x[order[i : i + size]], y[order[i : i + size]]
        with tf.GradientTape() as tape:
            f = tf.gather(model(part), classes, batch_dims=1)
            Ws = [v for v in model.trainable_variables if len(v.shape) == 2]
            risk = -tf.reduce_mean(tf.math.log(f)) + lam * sum(tf.reduce_sum(W * W) for W in Ws)
        risks.append(risk)
        moves = tape.gradient(risk, model.trainable_variables)
        for v, g in zip(model.trainable_variables, moves, strict=True):
            v.assign_sub(lr * g)
    return tf.stack(risks)
