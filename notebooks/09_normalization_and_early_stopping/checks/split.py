"""What `check(split)` looks at (lecture 33:02).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.inputs import likeness

splitting = Checks("split", kind="generator", lecture="33:02")

# Eighths, which numbers hold exactly: no way of rounding makes a difference.
EIGHTHS = ((4, 3, 1), (5, 2, 1), (4, 1, 3), (3, 1, 4), (5, 1, 2))


def drawn_shares(rng):
    """Three shares that are all different, in eighths."""
    return tuple(part / 8 for part in EIGHTHS[rng.integers(len(EIGHTHS))])


def numbered(rng, N, *shape):
    """N examples, each made of its number, with a class that tells the number as well; and the number of the first."""
    first = 5000 * int(rng.integers(20, 100))
    numbers = first + np.arange(N)
    x = numbers.reshape(N, *[1] * len(shape)) * np.ones(shape)
    return x.astype("float32"), 1000 + numbers, first


def dealt(split, x, y, shares, seed):
    """The numbers of the examples in each of the three sets, by x and by y."""
    parts = split(x, y, shares, np.random.default_rng(seed))
    by_x = [np.asarray(part).reshape(len(part), -1)[:, 0].astype("int64") for part, _ in parts]
    by_y = [np.asarray(classes).astype("int64") - 1000 for _, classes in parts]
    return by_x, by_y


def in_a_row(parts, N):
    """The numbers of all sets one behind the other, -1 where there are none."""
    row = np.full(2 * N, -1)
    together = np.concatenate(parts)[: 2 * N]
    row[: len(together)] = together
    return row


def seed_from(rng):
    return int(rng.integers(1 << 30))


@splitting.check("each set has its share, in the order training, validation, test", points=2)
def sizes(split, rng):
    found = {}
    for _ in range(3):
        N, shares = 8 * int(rng.integers(6, 20)), drawn_shares(rng)
        x, y, _ = numbered(rng, N)
        by_x, by_y = dealt(split, x, y, shares, seed_from(rng))
        found[f"examples of each set, N = {N}, shares {shares}"] = [len(part) for part in by_x]
        found[f"classes of each set, N = {N}, shares {shares}"] = [len(part) for part in by_y]
    images, y, _ = numbered(rng, 16, 3, 2)
    parts = split(images, y, (0.5, 0.25, 0.25), np.random.default_rng(seed_from(rng)))
    found["shape of a training set of images"] = np.shape(parts[0][0])
    return found


@splitting.check("every example is in one of the sets, and in one only", points=2)
def once(split, rng):
    N = 8 * int(rng.integers(12, 20)) + int(rng.choice([3, 5]))
    x, y, first = numbered(rng, N)
    shares, rows, lengths = drawn_shares(rng), [], []
    # Whoever lets each example draw its set may meet the shares once, but not each time.
    for _ in range(5):
        by_x, _ = dealt(split, x, y, shares, seed_from(rng))
        rows.append(in_a_row(by_x, N))
        lengths.append([len(part) for part in by_x])
    return {
        "examples": N,
        "number of the first": first,
        "numbers of the examples, set by set": rows,
        "examples of each set": lengths,
    }


@once.summary(**{"size of each set": 2.01})
def once_summary(theirs, ours):
    N, first = int(ours["examples"]), int(ours["number of the first"])
    missing, repeated = [], []
    for numbers in theirs["numbers of the examples, set by set"]:
        known = (numbers >= first) & (numbers < first + N)
        times = np.bincount(numbers[known] - first, minlength=N)
        missing.append(np.sum(times == 0))
        repeated.append(np.sum(times > 1))
    return {
        "size of each set": theirs["examples of each set"],
        "examples that are in no set": missing,
        "examples that come more than once": repeated,
    }


@splitting.check("every example keeps its class")
def pairs(split, rng):
    N = 8 * int(rng.integers(12, 20))
    x, y, first = numbered(rng, N)
    by_x, by_y = dealt(split, x, y, drawn_shares(rng), seed_from(rng))
    return {"number of the first": first, "by x": in_a_row(by_x, N), "by y": in_a_row(by_y, N)}


@pairs.summary(
    **{"examples with their own class": 0.1, "share of classes that are above the one before": 0.2}
)
def pairs_summary(theirs, ours):
    there = theirs["by x"] >= 0
    rising = np.diff(theirs["by y"][there]) > 0
    return {
        "number of the first": theirs["number of the first"],
        "examples with their own class": np.mean(theirs["by x"][there] == theirs["by y"][there]),
        "share of classes that are above the one before": np.mean(rising),
    }


# So many that chance leaves none of the tolerances below.
MANY = 800


@splitting.check("chance decides which examples go where", points=2)
def at_random(split, rng):
    x, y, first = numbered(rng, MANY)
    by_x, _ = dealt(split, x, y, (0.5, 0.25, 0.25), seed_from(rng))
    return {"number of the first": first, "numbers of the examples, set by set": in_a_row(by_x, MANY)}


@at_random.summary(
    **{
        "mean number in the training set, of N": 0.08,
        "mean number in the validation set, of N": 0.12,
        "mean number in the test set, of N": 0.12,
        "share of neighbours that stay neighbours": 0.1,
    }
)
def at_random_summary(theirs, ours):
    row = theirs["numbers of the examples, set by set"] - ours["number of the first"]
    train, valid, test = row[:400], row[400:600], row[600:800]
    return {
        "mean number in the training set, of N": np.mean(train) / MANY,
        "mean number in the validation set, of N": np.mean(valid) / MANY,
        "mean number in the test set, of N": np.mean(test) / MANY,
        "share of neighbours that stay neighbours": np.mean(np.abs(np.diff(row[:MANY])) == 1),
    }


@splitting.check("rng decides, and nothing else does")
def repeats(split, rng):
    x, y, first = numbered(rng, MANY)
    shares, seed = (0.5, 0.25, 0.25), seed_from(rng)
    once, again = (in_a_row(dealt(split, x, y, shares, seed)[0], MANY) for _ in range(2))
    chance = np.random.default_rng(seed_from(rng))
    rows = []
    for _ in range(2):
        parts = split(x, y, shares, chance)
        rows.append(in_a_row([np.asarray(part).astype("int64") for part, _ in parts], MANY))
    return {
        "number of the first": first,
        "two generators with the same seed": [once, again],
        "one generator, two calls": rows,
    }


@repeats.summary(
    **{"likeness for the same seed": 0.3, "likeness of two calls": 0.3, "likeness of two generators": 0.3}
)
def repeats_summary(theirs, ours):
    one, again = theirs["two generators with the same seed"][:, :MANY]
    first, second = theirs["one generator, two calls"][:, :MANY]
    return {
        "number of the first": theirs["number of the first"],
        "likeness for the same seed": in_order(one, again),
        "likeness of two calls": in_order(first, second),
        "likeness of two generators": in_order(one, first),
    }


def in_order(a, b):
    """The likeness of two orders; NaN where there is no order at all."""
    if np.ptp(a) and np.ptp(b):
        return likeness(a, b)
    return np.nan


@splitting.example()
def example(split, rng):
    x, y, _ = numbered(rng, 24, 2)
    chance = np.random.default_rng(seed_from(rng))

    def sets(x, y):
        return {"sets": len(split(x, y, (0.5, 0.25, 0.25), chance))}

    return {"x": x, "y": y}, sets
