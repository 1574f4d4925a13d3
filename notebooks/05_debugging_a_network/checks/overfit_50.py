"""What `check(overfit_50)` looks at (lecture 43:37).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import numpy as np

from helpers.checks import Checks
from helpers.inputs import classifier, filled, generator
from helpers.one_by_one import one_by_one
from helpers.small_networks import Linear, clusters, sorted_by_class

fifty = Checks(
    "overfit_50",
    kind="report",
    lecture="43:37",
    not_yours=["keras.Model.fit", "keras.Model.train_on_batch"],
)

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
