"""minibatches: the training set in a new order, cut into batches."""

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.inputs import generator, likeness_of_orders

batches = Exercise("minibatches", kind="generator", lecture="39:31")


@batches.reference
def minibatches(x, y, size, rng):
    """One epoch: every example once, in a new random order, in batches of `size`.

    x and y are taken in the same order, so that each row of x keeps its class. The last batch holds what is
    left, and may be smaller. `x` and `y` themselves stay as they are (lecture 13:19, 39:31).

    Args:
        x: inputs, array of shape (N, ...).    y: classes, array of shape (N,).
        size: examples in a batch, at least 1; where it is above N, the one batch is everything.
        rng: a `numpy.random.Generator`, and the only source of chance: each call of `minibatches` moves it on.
    Returns:
        An iterable of pairs (x, y), one for each batch: a list, or what a function with `yield` gives.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(len(x))
    for start in range(0, len(x), size):
        rows = order[start : start + size]
        yield x[rows], y[rows]
    ### END SOLUTION


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


batches.misconception(
    "x is shuffled without y",
    ("x[rows], y[rows]", "x[rows], y[start : start + size]"),
    advice="Each image would get another image's class. Take the same rows of both.",
)
batches.misconception(
    "x and y are shuffled each in an order of its own",
    ("    for start", "    other = rng.permutation(len(x))\n    for start"),
    ("x[rows], y[rows]", "x[rows], y[other[start : start + size]]"),
    advice="Draw one order and use it for both: x[rows], y[rows].",
)
batches.misconception(
    "the tail is dropped",
    ("range(0, len(x), size)", "range(0, len(x) - size + 1, size)"),
    advice="When size does not divide N, some examples are left over. They make one more, smaller batch.",
)
batches.misconception(
    "the last batch is filled up with rows that came before",
    ("order[start : start + size]", "np.resize(order, -(-len(x) // size) * size)[start : start + size]"),
    advice="Every example comes once an epoch. Let the last batch be smaller.",
)
batches.misconception(
    "the last batch is taken from the rows as they lie",
    source="""
    def minibatches(x, y, size, rng):
        order, whole = rng.permutation(len(x)), len(x) // size * size
        for start in range(0, whole, size):
            rows = order[start : start + size]
            yield x[rows], y[rows]
        if whole < len(x):
            yield x[whole:], y[whole:]
    """,
    advice="Some of these rows have come already, and others never come. The tail is the end of the *order*: order[whole:].",
)
batches.misconception(
    "one row too few in each batch",
    ("order[start : start + size]", "order[start : start + size - 1]"),
    advice="A slice ends before its second index: order[start : start + size] holds size rows.",
)
batches.misconception(
    "the last batch swallows the tail",
    (
        "        rows = order[start : start + size]\n",
        "        if len(x) - size < start and start and len(x) % size:\n            break\n"
        "        rows = order[start : start + size if start + 2 * size <= len(x) else len(x)]\n",
    ),
    advice="No batch is larger than `size`: what is left makes one more, smaller batch.",
)
batches.misconception(
    "an empty batch at the end",
    source="""
    def minibatches(x, y, size, rng):
        order = rng.permutation(len(x))
        for i in range(len(x) // size + 1):
            rows = order[i * size : (i + 1) * size]
            yield x[rows], y[rows]
    """,
    advice="Where `size` divides N nothing is left, and the mean loss of no examples is NaN. Count with range(0, len(x), size).",
)
batches.misconception(
    "batches of nearly equal size",
    source="""
    def minibatches(x, y, size, rng):
        parts = np.array_split(rng.permutation(len(x)), -(-len(x) // size))
        return [(x[rows], y[rows]) for rows in parts]
    """,
    advice="Each batch but the last holds exactly `size` examples. np.array_split evens them out; slice instead.",
)
batches.misconception(
    "size is taken for the number of batches",
    source="""
    def minibatches(x, y, size, rng):
        return [(x[rows], y[rows]) for rows in np.array_split(rng.permutation(len(x)), size)]
    """,
    advice="`size` says how many examples a batch holds. np.array_split takes the number of parts; slice instead.",
)
batches.misconception(
    "no shuffling at all",
    ("rng.permutation(len(x))", "np.arange(len(x))"),
    lecture="13:19",
    advice="Data often lie sorted by class. Draw an order first: rng.permutation(len(x)).",
)
batches.misconception(
    "the rows in reverse",
    ("rng.permutation(len(x))", "np.arange(len(x))[::-1]"),
    lecture="13:19",
    advice="Turned round is no new order: the same examples still meet in every epoch. Draw one: rng.permutation(len(x)).",
)
batches.misconception(
    "the same order every epoch",
    ("rng.permutation(len(x))", "np.random.default_rng(0).permutation(len(x))"),
    advice="A generator made anew from a fixed seed gives the same order at each call. Draw from the `rng` that was given.",
)
batches.misconception(
    "the order is drawn from NumPy's global generator",
    ("rng.permutation(len(x))", "np.random.permutation(len(x))"),
    advice="Then nobody can repeat a run. Draw from the `rng` that was given.",
)
batches.misconception(
    "only the batches are shuffled, not what is in them",
    ("    order = rng.permutation(len(x))\n", "    order = np.arange(len(x))\n"),
    ("range(0, len(x), size)", "rng.permutation(np.arange(0, len(x), size))"),
    advice="The same examples would meet in every epoch. Shuffle all the rows, then cut.",
)
batches.misconception(
    "rows are shuffled within their batch only",
    ("    order = rng.permutation(len(x))\n", "    order = np.arange(len(x))\n"),
    ("rows = order[start : start + size]", "rows = rng.permutation(order[start : start + size])"),
    advice="The same examples would meet in every epoch. Shuffle all the rows first, then cut.",
)
batches.misconception(
    "rows are drawn with replacement",
    ("rng.permutation(len(x))", "rng.integers(len(x), size=len(x))"),
    lecture="13:19",
    advice="About a third of the examples would never come in an epoch. A permutation holds each row once.",
)
batches.misconception(
    "each batch is drawn anew from all rows",
    source="""
    def minibatches(x, y, size, rng):
        for start in range(0, len(x), size):
            rows = rng.choice(len(x), min(size, len(x) - start), replace=False)
            yield x[rows], y[rows]
    """,
    lecture="13:19",
    advice="Batches overlap, and some rows never come. Draw one order for the whole epoch, and cut it.",
)
batches.misconception(
    "x and y are shuffled in place",
    (
        "    order = rng.permutation(len(x))\n",
        "    order = rng.permutation(len(x))\n    x[:], y[:] = x[order], y[order]\n    order = np.arange(len(x))\n",
    ),
    advice="The caller's arrays would change under their feet. Shuffle row numbers, and index with them.",
)
batches.misconception(
    "only the first batch",
    ("yield x[rows], y[rows]", "yield x[rows], y[rows]\n        return"),
    advice="An epoch goes through all examples. A return inside the loop ends it after one batch; use yield, or collect in a list.",
)


@batches.alternative
def as_a_list(x, y, size, rng):
    x, y = np.asarray(x), np.asarray(y)
    rows = np.arange(len(y))
    rng.shuffle(rows)
    return [(x[part], y[part]) for part in np.split(rows, range(size, len(rows), size))]


@batches.alternative
def by_sorting(x, y, size, rng):
    order = np.argsort(rng.random(len(x)))
    left, right = tf.gather(x, order), tf.gather(y, order)
    while len(left):
        yield left[:size], right[:size]
        left, right = left[size:], right[size:]
