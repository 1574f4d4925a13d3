"""train_and_watch: what becomes of a beginning after more than one step."""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.inputs import classifier, filled, labelled_examples

watch = Exercise(
    "train_and_watch",
    kind="step",
    lecture="30:27",
)


@watch.reference
def train_and_watch(model, x, y, lr, steps):
    """Train on one batch by plain gradient descent, and write down what moves and what stays alike.

    At every step: the gradients of the mean loss; then θ ← θ - α∇ for every trainable variable. Before each
    update, note (lecture 30:27)

    norms:  ‖∇‖ of every variable, as in `symmetry_report`;
    gap:    how far the units of the first layer are from its first unit: the largest |W_ij - W_i1| in that layer's W,
            over all inputs i and units j, counted from 1. 0 means that all units are copies of the first.

    Args:
        model: takes x, gives probabilities; trained in place. The first trainable variable is the first layer's W,
            also where weights that are not trained come before it.
        x: inputs (N, D).    y: classes, integers of shape (N,).
        lr: the learning rate α.    steps: how many updates.
    Returns:
        norms, gap: arrays of shape (steps, number of variables) and (steps,).
    """
    ### BEGIN SOLUTION
    norms, gap = [], []
    variables = model.trainable_variables
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x)))
        gradients = tape.gradient(loss, variables)
        W = variables[0].numpy()
        norms.append([np.linalg.norm(g) for g in gradients])
        gap.append(np.abs(W - W[:, :1]).max())
        for v, g in zip(variables, gradients, strict=True):
            v.assign_sub(lr * g)
    return np.array(norms), np.array(gap)
    ### END SOLUTION


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


watch.misconception(
    "one step only",
    ("    for _ in range(steps):", "    for step in range(steps):"),
    ("            v.assign_sub(lr * g)", "            if step == 0:\n                v.assign_sub(lr * g)"),
    advice="What is stuck shows only after many steps: update in every round of the loop.",
)
watch.misconception(
    "no update at all",
    ("            v.assign_sub(lr * g)", "            v = v - lr * g  # noqa: PLW2901"),
    advice="`v = v - …` makes a new tensor of that name and leaves the model as it is. Use v.assign_sub(…).",
)
watch.misconception(
    "ascent: along the gradient",
    ("v.assign_sub", "v.assign_add"),
    lecture="13:19",
    advice="The gradient points uphill: subtract it.",
)
watch.misconception(
    "noted after the update instead of before",
    (
        "        W = variables[0].numpy()\n        norms.append([np.linalg.norm(g) for g in gradients])\n"
        "        gap.append(np.abs(W - W[:, :1]).max())\n",
        "",
    ),
    (
        "            v.assign_sub(lr * g)\n",
        "            v.assign_sub(lr * g)\n"
        "        W = variables[0].numpy()\n        norms.append([np.linalg.norm(g) for g in gradients])\n"
        "        gap.append(np.abs(W - W[:, :1]).max())\n",
    ),
    advice="The first entry tells how the network begins: note it before the first update.",
)
watch.misconception(
    "what has no gradient at first is left out for ever",
    source="""
    def train_and_watch(model, x, y, lr, steps):
        norms, gap, frozen = [], [], None
        variables = model.trainable_variables
        for _ in range(steps):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x)))
            gradients = tape.gradient(loss, variables)
            W = variables[0].numpy()
            frozen = frozen or [not np.any(g) for g in gradients]
            norms.append([0.0 if still else np.linalg.norm(g) for g, still in zip(gradients, frozen)])
            gap.append(np.abs(W - W[:, :1]).max())
            for v, g, still in zip(variables, gradients, frozen):
                if not still:
                    v.assign_sub(lr * g)
        return np.array(norms), np.array(gap)
    """,
    advice="With sigmoid units W2 moves first, and then W1 gets a gradient. Update every variable at every step.",
)
watch.misconception(
    "inputs are compared, not units",
    ("W - W[:, :1]", "W - W[:1]"),
    lecture="3:17",
    advice="Unit j owns column j of W. Subtract the first column from each column.",
)
watch.misconception(
    "the gap without magnitudes",
    ("np.abs(W - W[:, :1]).max()", "(W - W[:, :1]).max()"),
    advice="A unit may differ from the first by being smaller: take |W_ij - W_i1|.",
)
watch.misconception(
    "the gap is averaged",
    ("np.abs(W - W[:, :1]).max()", "np.abs(W - W[:, :1]).mean()"),
    advice="The gap is the largest difference, so that a single unit that differs is seen.",
)
watch.misconception(
    "compared with the second unit",
    ("W - W[:, :1]", "W - W[:, 1:2]"),
    advice="The formula counts units from 1, Python from 0: W_i1 is W[i, 0].",
)
watch.misconception(
    "any two units are compared",
    ("np.abs(W - W[:, :1]).max()", "np.ptp(W, axis=1).max()"),
    advice="The gap is measured from the first unit: |W_ij - W_i1|.",
)
watch.misconception(
    "the same gradient at every step",
    (
        "        gradients = tape.gradient(loss, variables)",
        "        gradients = once = once or tape.gradient(loss, variables)",
    ),
    ("norms, gap = [], []\n    variables", "norms, gap, once = [], [], None\n    variables"),
    advice="After a step the gradient is another: tape and gradient belong into the loop.",
)
watch.misconception(
    "the gap of the gradients instead of the weights",
    ("W = variables[0].numpy()", "W = gradients[0].numpy()"),
    advice="`gap` looks at W itself: whether units are copies, not only whether they move alike.",
)
# The next ones are by `source`, so that double faults do not grow with them.
watch.misconception(
    "the first weights of all are taken for the first layer's W",
    source=watch.edited(("W = variables[0].numpy()", "W = model.get_weights()[0]")),
    advice="Weights that are not trained may come first, and `get_weights` and `weights` hold them too. Take "
    "model.trainable_variables[0].",
)
watch.misconception(
    "it stops where all gradients are 0",
    source=watch.edited(
        (
            "        for v, g in zip(variables",
            "        if not np.any(norms[-1]):\n            break\n        for v, g in zip(variables",
        )
    ),
    advice="Nothing moves any more, but that is worth a row each time: norms and gap have `steps` rows, whatever happens.",
)
watch.misconception(
    "each variable moves before the next one's gradient is taken",
    source="""
    def train_and_watch(model, x, y, lr, steps):
        norms, gap = [], []
        for _ in range(steps):
            W = model.trainable_variables[0].numpy()
            gap.append(np.abs(W - W[:, :1]).max())
            norms.append([])
            for v in model.trainable_variables:
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x)))
                g = tape.gradient(loss, v)
                norms[-1].append(np.linalg.norm(g))
                v.assign_sub(lr * g)
        return np.array(norms), np.array(gap)
    """,
    lecture="13:19",
    advice="All gradients of a step belong to the same θ: ask the tape for all of them at once, and then move all variables.",
)
watch.misconception(
    "the norm without its root",
    ("np.linalg.norm(g) for", "np.sum(np.square(g)) for"),
    advice="‖∇‖ is the root of the sum of the squares.",
)
watch.misconception(
    "the losses are summed",
    ("tf.reduce_mean(keras", "tf.reduce_sum(keras"),
    lecture="10:59",
    advice="The risk is the mean loss: divide by the number of examples, or take reduce_mean.",
)
watch.misconception(
    "only the last step is kept",
    ("return np.array(norms), np.array(gap)", "return np.array(norms[-1:]), np.array(gap[-1:])"),
    advice="Append in the loop and return all of it, a row for each step.",
)
watch.misconception(
    "the biases do not learn",
    ("            v.assign_sub(lr * g)", "            v.assign_sub(lr * g if len(v.shape) > 1 else 0 * g)"),
    advice="Every trainable variable moves, biases as well.",
)


@watch.alternative
def in_advance(model, x, y, lr, steps):
    norms = np.zeros((steps, len(model.trainable_variables)))
    gap = np.zeros(steps)
    for s in range(steps):
        W = model.trainable_variables[0].numpy()
        gap[s] = max(abs(W[:, j] - W[:, 0]).max() for j in range(W.shape[1]))
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(tf.math.log(tf.gather(model(x), y, batch_dims=1)))
        moves = tape.gradient(loss, model.trainable_variables)
        norms[s] = [tf.norm(g) for g in moves]
        for v, g in zip(model.trainable_variables, moves, strict=True):
            v.assign(v - lr * g)
    return norms, gap


@watch.alternative
def in_tensorflow(model, x, y, lr, steps):
    norms, gap, theta = [], [], model.trainable_variables
    while len(gap) < steps:
        with tf.GradientTape() as tape:
            f = model(x)
            risk = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, f))
        deltas = [-g for g in tape.gradient(risk, theta)]
        norms.append(tf.stack([tf.sqrt(tf.reduce_sum(d * d)) for d in deltas]))
        gap.append(tf.reduce_max(tf.abs(theta[0] - theta[0][:, :1])))
        for v, d in zip(theta, deltas):  # noqa: B905
            v.assign_add(lr * d)
    return tf.stack(norms), tf.stack(gap)


@watch.alternative
def with_an_optimizer(model, x, y, lr, steps):
    sgd, lose = keras.optimizers.SGD(lr), keras.losses.SparseCategoricalCrossentropy()
    norms, gap = [], []
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = lose(y, model(x))
        gradients = tape.gradient(loss, model.trainable_weights)
        norms.append([tf.linalg.global_norm([g]) for g in gradients])
        W = model.trainable_weights[0].numpy()
        gap.append(np.max(np.abs(W.T - W[:, 0])))
        sgd.apply_gradients(zip(gradients, model.trainable_weights, strict=True))
    return np.array(norms), np.array(gap)


watch.equivalent("line 10: True → False", because="there are as many gradients as variables")
