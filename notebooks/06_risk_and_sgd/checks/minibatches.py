"""What `check(minibatches)` looks at (lecture 39:31).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.inputs import generator, likeness_of_orders

batches = Checks("minibatches", kind="generator", lecture="39:31")

# no rest, so that who drops or fills the last batch differs in one check only
N, SIZE = 240, 16

# 52 rows are left for the last batch
UNEVEN = 94


def examples(rng, rows=N):
    """Rows that are all different, each with a class of its own."""
    return rng.normal(size=(rows, 3)).astype("float32"), rng.permutation(rows)


def epoch(minibatches, x, y, size, rng):
    """The rows of x and the classes in the order in which they came: N of each, NaN and -1 where some are missing."""
    given = [(np.asarray(part), np.asarray(classes)) for part, classes in minibatches(x, y, size, rng)]
    rows = np.concatenate([*(part for part, _ in given), np.full_like(x, np.nan)])
    return rows[: len(x)], np.concatenate([*(classes for _, classes in given), np.full_like(y, -1)])[: len(y)]


def sizes(minibatches, rng, sizes, rows=None):
    """How many rows each batch holds, for several sizes; where `rows` is None, no size divides the whole.

    Then so many batches that a shuffled last one is not by chance the last, and more than one row short of a whole one.
    """
    found = {}
    for size in sizes:
        T = rows or int(size * rng.integers(6, 13) + rng.integers(1, size - 1))
        given = list(minibatches(*examples(rng, T), size, np.random.default_rng(0)))
        found[f"rows of x in each batch of {size}, {T} in all"] = [len(part) for part, _ in given]
        found[f"classes in each batch of {size}, {T} in all"] = [len(classes) for _, classes in given]
    return found


def numbers(part, x):
    """Which row of `x` each row of `part` is; -1 if none."""
    order = np.argsort(x[:, 0])
    place = np.searchsorted(x[:, 0], part[:, 0], sorter=order)
    row = order[np.minimum(place, len(x) - 1)]
    return np.where((x[row] == part).all(axis=1), row, -1)


def _once(row):
    """The share of the rows that come just once."""
    return np.mean(np.bincount(row[row >= 0], minlength=N) == 1)


@batches.check("the last batch holds what is left", points=2)
def last_batch(minibatches, rng):
    return sizes(minibatches, rng, [int(size) for size in rng.permutation(np.arange(3, 12))[:4]])


@batches.check("a batch may be one example, or all of them")
def extreme_sizes(minibatches, rng):
    rows = int(rng.integers(12, 90))
    return sizes(minibatches, rng, [1, rows, rows + 7], rows)


@batches.check("every row of x comes once and keeps its class", points=2)
def pairs(minibatches, rng):
    x, y = examples(rng)
    x_epoch, y_epoch = epoch(minibatches, x, y, SIZE, generator(rng))
    whole, _ = epoch(minibatches, x, y, N, generator(rng))
    uneven, _ = epoch(minibatches, x, y, UNEVEN, generator(rng))
    return {
        "given x": x,
        "given y": y,
        "x of an epoch": x_epoch,
        "y of an epoch": y_epoch,
        "x of an epoch in one batch": whole,
        "x of an epoch with a smaller last batch": uneven,
    }


@pairs.summary(
    **{
        "rows that come once": 0.15,
        "rows that come once, where there is one batch": 0.15,
        "rows that come twice, where the last batch is smaller": 0.05,
        "rows with their own class": 0.05,
        # Where batches alone change places, one in four hundred times five of 15 stay.
        "classes in the order given": 0.6,
    }
)
def pairs_summary(theirs, ours):
    row = numbers(theirs["x of an epoch"], ours["given x"])
    whole = numbers(theirs["x of an epoch in one batch"], ours["given x"])
    uneven = numbers(theirs["x of an epoch with a smaller last batch"], ours["given x"])
    own = (row >= 0) & (ours["given y"][row] == theirs["y of an epoch"])
    return {
        "rows that come once": _once(row),
        "rows that come once, where there is one batch": _once(whole),
        "rows that come twice, where the last batch is smaller": np.mean(
            np.bincount(uneven[uneven >= 0], minlength=N) > 1
        ),
        "rows with their own class": own.mean(),
        "classes in the order given": np.mean(theirs["y of an epoch"] == ours["given y"]),
    }


@batches.check("each epoch has an order of its own", points=2)
def orders(minibatches, rng):
    x, y = examples(rng)
    chance = generator(rng)
    return {"given x": x, "x epoch by epoch": [epoch(minibatches, x, y, SIZE, chance)[0] for _ in range(3)]}


@orders.summary(
    **{
        "likeness of two epochs": 0.4,
        "likeness to the order given": 0.4,
        "share of neighbours that stay neighbours": 0.1,
        "share of rows that stay in their batch": 0.3,
    }
)
def orders_summary(theirs, ours):
    first, *others = [numbers(part, ours["given x"]) for part in theirs["x epoch by epoch"]]
    steps = np.concatenate([np.diff(row) for row in (first, *others)])
    batch = np.arange(N) // SIZE
    return {
        "likeness of two epochs": np.mean([likeness_of_orders(first, row) for row in others]),
        "likeness to the order given": np.mean(
            [likeness_of_orders(row, np.arange(N)) for row in (first, *others)]
        ),
        "share of neighbours that stay neighbours": np.mean(steps == 1),
        "share of rows that stay in their batch": np.mean(first // SIZE == batch),
        "rows that belong to x": np.sum(np.array([first, *others]) >= 0),
    }


@batches.check("rng decides the order, and nothing else does")
def repeats(minibatches, rng):
    x, y = examples(rng)
    seed = int(rng.integers(1 << 30))
    twice = [epoch(minibatches, x, y, SIZE, np.random.default_rng(seed))[0] for _ in range(2)]
    return {"given x": x, "x of two epochs with the same seed": twice}


@repeats.summary(**{"likeness of two epochs with the same seed": 0.4})
def repeats_summary(theirs, ours):
    a, b = [numbers(part, ours["given x"]) for part in theirs["x of two epochs with the same seed"]]
    return {
        "likeness of two epochs with the same seed": likeness_of_orders(a, b),
        "rows that belong to x": np.sum(a >= 0),
    }


@batches.example()
def example(minibatches, rng):
    x, y = examples(rng)
    chance = generator(rng)
    return {"x": x, "y": y}, lambda x, y: {"batches": len(list(minibatches(x, y, SIZE, chance)))}
