"""overfit_50: can a network learn fifty random examples by heart?"""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.inputs import classifier, filled, generator
from helpers.one_by_one import one_by_one
from helpers.small_networks import Linear, clusters, sorted_by_class

fifty = Exercise(
    "overfit_50", kind="report", lecture="43:37", not_yours=["keras.Model.fit", "keras.Model.train_on_batch"]
)


@fifty.reference
def overfit_50(build, x, y, rng, lr=0.5, steps=300):
    """Let a new network learn fifty random examples by heart, or say clearly that it did not.

    Draw fifty different rows of x and y; each row is as likely as any other. Then descend along the gradient of
    the mean loss of all fifty at once, θ ← θ - α∇, for `steps` steps at most. Before each step, and once more
    after the last, look: as soon as *all fifty* are right, stop. Whatever is random in training, such as dropout, is
    switched off throughout: call `model(x, training=False)` (lecture 43:37).

    Args:
        build: called without arguments, gives a new network, which takes x and gives probabilities: call it, and do
            not compile it. A network without an input shape makes its weights at its first call.
        x: inputs, array of shape (N, D).    y: classes, integers of shape (N,). N may be 50, but not less.
        rng: a `numpy.random.Generator`, and the only source of chance here.
        lr: α.    steps: how many steps there may be.
    Returns:
        fitted: True if all fifty were right in the end.
        taken: after how many steps that was; 0 if they were right at once, `steps` if they never were.
        rows: the fifty row numbers, in any order.
    """
    ### BEGIN SOLUTION
    rows = rng.permutation(len(x))[:50]
    few, classes = x[rows], y[rows]
    model = build()
    taken = 0
    while True:
        with tf.GradientTape() as tape:
            f = model(few, training=False)
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(classes, f))
        fitted = bool(np.all(np.argmax(f, axis=1) == classes))
        if fitted or taken == steps:
            return fitted, taken, rows
        variables = model.trainable_variables
        for v, g in zip(variables, tape.gradient(loss, variables), strict=True):
            v.assign_sub(lr * g)
        taken += 1
    ### END SOLUTION


# More steps than `one_by_one` takes; whoever never stops does not take long.
ENOUGH = 9


def start(rng, D=7, C=3):
    return 0.3 * rng.normal(size=(D, C))


def learned(overfit_50, make, x, y, rng, **settings):
    """What an answer says, the rows that it names, and the network that it trained."""
    made = []

    def build():
        made.append(make())
        return made[-1]

    fitted, taken, rows = overfit_50(build, x, y, generator(rng), **settings)
    found = {"fitted": np.asarray(fitted, "bool"), "steps taken": np.asarray(taken, "int64")}
    return found, np.asarray(rows, "int64"), made[-1]


@fifty.check(
    "of fifty examples all are learned: after how many steps, and where it ends",
    **{"W": 1e-5, "b": 1e-5},
)
def all_fifty(overfit_50, rng):
    lr = float(rng.uniform(0.06, 0.09))
    x, y, W = one_by_one(rng, lr, last=int(rng.integers(3, 7)))
    found, rows, model = learned(overfit_50, lambda: Linear(W), x, y, rng, lr=lr, steps=ENOUGH)
    return {**found, "rows in order": np.sort(rows), "W": model.W.numpy(), "b": model.b.numpy()}


@fifty.check("49 of 50 are not all", **{"W": 1e-5})
def one_short(overfit_50, rng):
    x, y, W = one_by_one(rng, 0.1, last=0)
    # The same large inputs under two classes: each step makes the wrong one right, and the right one wrong.
    x[31] *= 8
    x[17], y[17] = x[31], (y[31] + 1) % 3
    found, _, model = learned(overfit_50, lambda: Linear(W), x, y, rng, lr=0.1, steps=6)
    return {**found, "W": model.W.numpy()}


@fifty.check(
    "the budget is kept, and the last step counts",
    **{f"W, budget {name}": 1e-5 for name in ("of nine", "just enough", "one too few")},
)
def budget(overfit_50, rng):
    lr, chance = float(rng.uniform(0.06, 0.09)), int(rng.integers(1 << 30))
    x, y, W = one_by_one(rng, lr, last=int(rng.integers(3, 7)))
    needed, found = 0, {}
    # The answer itself says how many steps are enough.
    for name, more in (("of nine", ENOUGH), ("just enough", 0), ("one too few", -1)):
        steps = max(needed + more, 0)
        chosen = np.random.default_rng(chance)
        kept, _, model = learned(overfit_50, lambda: Linear(W), x, y, chosen, lr=lr, steps=steps)
        kept["W"] = model.W.numpy()
        needed = needed or int(kept["steps taken"])
        found |= {f"{key}, budget {name}": value for key, value in kept.items()}
    return found


@fifty.check("a network that knows them already needs no step", **{"W": 1e-5})
def known_already(overfit_50, rng):
    # Every probability is above one half, and yet the loss is not low.
    x, y, W = one_by_one(rng, 1.5, last=0)
    found, _, model = learned(overfit_50, lambda: Linear(W), x, y, rng, lr=0.05, steps=4)
    return {**found, "W": model.W.numpy()}


@fifty.check("a network that makes its weights at the first call", **{"W": 1e-5})
def late_weights(overfit_50, rng):
    x, y, W = one_by_one(rng, 0.08, last=5)
    found, _, model = learned(overfit_50, lambda: Linear(W, late=True), x, y, rng, lr=0.08, steps=3)
    return {**found, "W": model.W.numpy()}


@fifty.check("fifty different rows from the whole, by chance", points=2)
def random_rows(overfit_50, rng):
    x, y = sorted_by_class(rng, 331, 300, 10)
    model = Linear(np.zeros((300, 10)))
    drawn = []
    seeds = rng.integers(1 << 30, size=6)
    # The first seed comes once more.
    for seed in [*seeds, seeds[0]]:
        _, _, rows = overfit_50(lambda: model, x, y, np.random.default_rng(int(seed)), lr=1.0, steps=0)
        drawn.append(rows)
    return {"y": y, "rows of seven calls": np.asarray(drawn, "int64")}


@random_rows.summary(
    **{
        "different rows in a call": 0.5,
        "mean place in the whole": 0.12,
        "share that two calls have in common": 0.2,
        "share that the same seed repeats": 0.4,
        "spread over the whole": 0.1,
        "largest share of one class": 0.15,
    }
)
def random_rows_summary(theirs, ours):
    drawn, N = theirs["rows of seven calls"], len(ours["y"])
    inside = (drawn >= 0) & (drawn < N)
    common = [np.isin(drawn[0], other).mean() for other in drawn[1:-1]]
    classes = ours["y"][np.clip(drawn, 0, N - 1)]
    return {
        "examples of each class": np.bincount(theirs["y"], minlength=10),
        "rows that exist": inside.mean(),
        "different rows in a call": np.mean([len(np.unique(row)) for row in drawn]),
        "mean place in the whole": drawn.mean() / N,
        "share that two calls have in common": np.mean(common),
        "share that the same seed repeats": np.isin(drawn[0], drawn[-1]).mean(),
        "spread over the whole": np.mean([row.std() for row in drawn]) / N,
        "largest share of one class": max(np.mean(classes == c) for c in range(10)),
    }


@fifty.check("the rows that it names are those that it learned")
def rows_learned(overfit_50, rng):
    x, y = sorted_by_class(rng, 331, 300, 10)
    y = rng.permutation(y)
    found, rows, model = learned(overfit_50, lambda: Linear(np.zeros((300, 10))), x, y, rng, lr=4.0, steps=3)
    return {"fitted": found["fitted"], "y": y, "rows": rows, "classes chosen": np.argmax(model(x), axis=1)}


@rows_learned.summary(**{"right on the rows named": 0.01, "right on the others": 0.12})
def rows_learned_summary(theirs, ours):
    rows = np.clip(theirs["rows"], 0, len(ours["y"]) - 1)
    right = theirs["classes chosen"] == ours["y"]
    return {
        "fitted": theirs["fitted"],
        "right on the rows named": right[rows].mean(),
        "right on the others": np.delete(right, rows).mean(),
    }


# Making a model takes longer than all checks; each check fills it anew.
built = cache(classifier)


@fifty.check("a Keras network with a hidden layer", **{"W1": 1e-4, "W2": 1e-4})
def keras_network(overfit_50, rng):
    model = filled(built(7, 5, 3), rng)
    x, y = clusters(rng, 50)
    y[17] = (y[17] + 1) % 3
    found, _, _ = learned(overfit_50, lambda: model, x.astype("float32"), y, rng, lr=0.1, steps=3)
    W1, _, W2, _ = model.get_weights()
    return {**found, "W1": W1, "W2": W2}


@fifty.example(without={"again": "rows are random: the check of fifty different rows asks for a seed twice"})
def example(overfit_50, rng):
    (x, y), W, seed = clusters(rng, 57), start(rng), int(rng.integers(1 << 30))

    def outcome(x, y):
        drawn = np.random.default_rng(seed)
        fitted, taken, rows = overfit_50(lambda: Linear(W), x, y, drawn, lr=0.5, steps=5)
        return {"fitted": fitted, "steps taken": taken, "rows": rows}

    return {"x": x, "y": y}, outcome


ALL_RIGHT = "bool(np.all(np.argmax(f, axis=1) == classes))"
DRAWN = "rng.permutation(len(x))[:50]"
fifty.misconception(
    "the first fifty rows",
    (DRAWN, "np.arange(50)"),
    advice="Files are often sorted, by class or by writer: the first fifty may be all zeros. Draw them: rng.permutation(len(x))[:50].",
)
fifty.misconception(
    "fifty rows in a row, from a random place",
    source=fifty.edited((DRAWN, "rng.integers(len(x) - 49) + np.arange(50)")),
    advice="In a sorted file neighbours are alike. Draw each row by itself: rng.permutation(len(x))[:50].",
)
fifty.misconception(
    "a row may come twice",
    source=fifty.edited((DRAWN, "rng.integers(len(x), size=50)")),
    advice="Drawn with replacement, fifty draws are fewer than fifty examples. rng.choice(len(x), 50, replace=False), or a permutation.",
)
fifty.misconception(
    "the same rows at every call",
    source=fifty.edited((DRAWN, "np.random.default_rng(0).permutation(len(x))[:50]")),
    advice="Draw from the `rng` that is given: another fifty should be learned as well.",
)
fifty.misconception(
    "rows are drawn from NumPy's global generator",
    source=fifty.edited((DRAWN, "np.random.permutation(len(x))[:50]")),
    advice="Then nobody can repeat the test. Draw from the `rng` that is given.",
)
fifty.misconception(
    "the classes of other rows",
    source=fifty.edited(("y[rows]", "y[:50]")),
    advice="Each x needs its own class: y[rows].",
)
fifty.misconception(
    "dropout is left on while it learns",
    ("model(few, training=False)", "model(few, training=True)"),
    advice="With half of its units gone a network cannot be right on all fifty, and you would look for a bug that is none. training=False.",
)
fifty.misconception(
    "98 % are enough",
    (ALL_RIGHT, "bool(np.mean(np.argmax(f, axis=1) == classes) >= 0.98)"),
    advice="Fifty can be learned *perfectly*. What keeps the last one out may be your bug: np.all.",
)
fifty.misconception(
    "a low loss counts as fitted",
    source=fifty.edited((ALL_RIGHT, "bool(loss < 0.3)")),
    advice="Ask for what you want to know: is the largest f that of the class, for all fifty?",
)
fifty.misconception(
    "right means a probability above one half",
    source=fifty.edited((ALL_RIGHT, "bool(np.all(np.asarray(f)[np.arange(50), classes] > 0.5))")),
    advice="Among ten classes 0.4 may be the largest of all, and the example is right. Ask for the largest f: np.argmax.",
)
fifty.misconception(
    "once right, always right",
    source=fifty.edited(
        ("    taken = 0\n", "    taken, ever = 0, False\n"),
        (ALL_RIGHT, "bool(np.all(ever))"),
        ("        fitted =", "        ever = ever | (np.argmax(f, axis=1) == classes)\n        fitted ="),
    ),
    advice="A step for some examples may undo what others have learned. Count as right what is right *now*, all fifty at once.",
)
fifty.misconception(
    "the end of the budget counts as success",
    ("            return fitted, taken, rows", "            return True, taken, rows"),
    advice="The clear no is what the test is for: return False where some are still wrong.",
)
fifty.misconception(
    "it goes on until the budget is used up",
    source=fifty.edited(("if fitted or taken == steps:", "if taken == steps:")),
    advice="Stop as soon as all fifty are right: how soon that is tells something, too.",
)
fifty.misconception(
    "no look after the last step",
    source=fifty.edited(("fitted = bool", "fitted = taken < steps and bool")),
    advice="The last step may be the one that does it. Look once more before you say no.",
)
fifty.misconception(
    "a look at every tenth step only",
    source=fifty.edited(("fitted = bool", "fitted = taken % 10 == 0 and bool")),
    advice="Then the steps are not counted exactly, and what was right by then may be wrong again. Look before each step.",
)
fifty.misconception(
    "no look before the first step",
    source=fifty.edited(("if fitted or taken == steps:", "if fitted and taken or taken == steps:")),
    advice="A network that has them right already needs 0 steps, and stays as it is. Look first, then take a step.",
)
fifty.misconception(
    "the number of the last step, counted from 0",
    source=fifty.edited(("return fitted, taken, rows", "return fitted, max(taken - 1, 0), rows")),
    advice="In `for i in range(steps)` i + 1 steps have been taken at the end of a round. Count them, not their numbers.",
)
fifty.misconception(
    "judged after the step by what the network said before it",
    source=fifty.edited(
        ("    while True:", "    fitted = False\n    while not fitted and taken < steps:"),
        ("        if fitted or taken == steps:\n            return fitted, taken, rows\n", ""),
        ("        taken += 1", "        taken += 1\n    return fitted, taken, rows"),
    ),
    advice="f is what the network said *before* this step. Look first, and take a step only if something is still wrong.",
)
fifty.misconception(
    "tested on all examples, not on the fifty",
    source=fifty.edited(
        ("np.argmax(f, axis=1) == classes", "np.argmax(model(x, training=False), axis=1) == y")
    ),
    advice="The question is whether it can learn *these* by heart. What it makes of others is for later.",
)
fifty.misconception(
    "trained on all examples, not on the fifty",
    source=fifty.edited(("    few, classes = x[rows], y[rows]", "    few, classes = x, y")),
    advice="Fifty, and no more: then failure cannot be for lack of units, and a try takes seconds.",
)
fifty.misconception(
    "mini-batches of ten, each with a step of its own",
    source=fifty.edited(
        ("        with tf.GradientTape() as tape:\n            f = model", "        f = model"),
        (
            "            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(classes, f))\n",
            "",
        ),
        (
            "        for v, g in zip(variables, tape.gradient(loss, variables), strict=True):\n"
            "            v.assign_sub(lr * g)\n",
            "        for i in range(0, 50, 10):\n"
            "            with tf.GradientTape() as tape:\n"
            "                f = model(few[i : i + 10], training=False)\n"
            "                losses = keras.losses.sparse_categorical_crossentropy(classes[i : i + 10], f)\n"
            "                loss = tf.reduce_mean(losses)\n"
            "            for v, g in zip(variables, tape.gradient(loss, variables), strict=True):\n"
            "                v.assign_sub(lr * g)\n",
        ),
    ),
    advice="Five steps would be counted as one, each by the gradient of ten. Fifty are few: take the mean over all of them, and one step.",
)
fifty.misconception(
    "a new network for each step",
    source=fifty.edited(
        ("    model = build()\n    taken", "    taken"),
        ("        with tf", "        model = build()\n        with tf"),
    ),
    advice="Build once, before the loop: a new network has forgotten what the last one learned.",
)
fifty.misconception(
    "the variables are asked for before there are any",
    source=fifty.edited(
        ("    taken = 0\n", "    taken, variables = 0, model.trainable_variables\n"),
        ("        variables = model.trainable_variables\n", ""),
    ),
    advice="A network without an input shape has no weights before its first call, and its list is empty. Ask after `model(few, …)`.",
)
fifty.misconception(
    "ascent: along the gradient",
    ("v.assign_sub(lr * g)", "v.assign_add(lr * g)"),
    advice="The gradient points to where the loss grows: subtract.",
    lecture="13:19",
)
fifty.misconception(
    "the losses are summed",
    source=fifty.edited(("tf.reduce_mean(keras", "tf.reduce_sum(keras")),
    advice="The mean of fifty losses: a sum makes each step fifty times as large.",
    lecture="10:59",
)


@fifty.alternative
def by_choice(build, x, y, rng, lr=0.5, steps=300):
    rows = np.sort(rng.choice(len(x), size=50, replace=False))
    inputs, targets = tf.gather(x, rows), y[rows]
    model = build()
    for taken in range(steps + 1):
        if (np.asarray(model(inputs, training=False)).argmax(axis=-1) == targets).all():
            return True, taken, rows
        if taken < steps:
            with tf.GradientTape() as tape:
                f = tf.gather(model(inputs, training=False), targets, batch_dims=1)
                risk = -tf.reduce_mean(tf.math.log(f))
            gradients = tape.gradient(risk, model.trainable_variables)
            for v, g in zip(model.trainable_variables, gradients, strict=True):
                v.assign(v - lr * g)
    return False, steps, rows


@fifty.alternative
def with_an_optimizer(build, x, y, rng, lr=0.5, steps=300):
    rows = rng.permutation(np.arange(len(x)))[:50]
    model, sgd = build(), keras.optimizers.SGD(lr)

    def wrong():
        return sum(int(np.argmax(f)) != int(c) for f, c in zip(model(x[rows]), y[rows], strict=True))

    taken = 0
    while wrong() and taken < steps:
        with tf.GradientTape() as tape:
            loss = keras.losses.SparseCategoricalCrossentropy()(y[rows], model(x[rows], training=False))
        gradients = tape.gradient(loss, model.trainable_variables)
        sgd.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        taken += 1
    return wrong() == 0, taken, list(rows)


fifty.equivalent("line 13: True → False", because="there are as many gradients as variables")
