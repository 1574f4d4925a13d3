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


def dealt(split, x, y, shares, chance):
    """The numbers of the examples in each of the three sets, by x and by y; chance is a generator or a seed."""
    parts = split(x, y, shares, np.random.default_rng(chance))
    by_x = [np.asarray(part).astype("int64") for part, _ in parts]
    by_y = [np.asarray(classes).astype("int64") - 1000 for _, classes in parts]
    return by_x, by_y


def in_a_row(parts, N):
    """The numbers of all sets one behind the other, -1 where there are none."""
    row = np.full(2 * N, -1)
    together = np.concatenate(parts)[: 2 * N]
    row[: len(together)] = together
    return row


def in_rows(parts, N):
    """The numbers of each set in a row of its own, -1 behind them."""
    rows = np.full((3, N), -1)
    for row, part in zip(rows, parts, strict=False):
        row[: len(part)] = part[:N]
    return rows


def whereabouts(rows, first):
    """By example, in which set it is: 0, 1 or 2; -1 where it is in none. In which order a set has them plays no part."""
    which = np.full(rows.shape[-1], -1)
    for number, row in enumerate(rows):
        known = (row >= first) & (row < first + len(which))
        which[row[known] - first] = number
    return which


def alike(a, b):
    """The likeness of two rows of numbers; NaN where one of them never changes."""
    if len(a) and np.ptp(a) and np.ptp(b):
        return likeness(a, b)
    return np.nan


# So many that chance leaves none of the tolerances below.
MANY = 1600


def seed_from(rng):
    return int(rng.integers(1 << 30))


@splitting.check("each set has its share, in the order training, validation, test", points=2)
def sizes(split, rng):
    found = {}
    no_test_set = ((5 / 8, 3 / 8, 0.0), (6 / 8, 2 / 8, 0.0))[rng.integers(2)]
    for shares in (*(drawn_shares(rng) for _ in range(3)), no_test_set):
        N = 8 * int(rng.integers(6, 20))
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
    x, y, first = numbered(rng, MANY)
    by_x, by_y = dealt(split, x, y, drawn_shares(rng), seed_from(rng))
    return {"number of the first": first, "by x": in_rows(by_x, MANY), "by y": in_rows(by_y, MANY)}


@pairs.summary(
    **{
        "examples with their own class": 0.1,
        "classes in the set of their example": 0.1,
        "likeness of a class's set and the place where it lay": 0.3,
    }
)
def pairs_summary(theirs, ours):
    by_x, by_y, first = theirs["by x"], theirs["by y"], int(ours["number of the first"])
    sets_x, sets_y = whereabouts(by_x, first), whereabouts(by_y, first)
    return {
        "number of the first": theirs["number of the first"],
        "examples with their own class": np.mean(by_x[by_x >= 0] == by_y[by_x >= 0]),
        "classes in the set of their example": np.mean(sets_x == sets_y),
        "likeness of a class's set and the place where it lay": alike(sets_y, np.arange(MANY)),
    }


@splitting.check("chance decides which examples go where", points=2)
def at_random(split, rng):
    x, y, first = numbered(rng, MANY)
    by_x, _ = dealt(split, x, y, (0.5, 0.25, 0.25), seed_from(rng))
    return {"number of the first": first, "numbers of the examples, set by set": in_rows(by_x, MANY)}


@at_random.summary(
    **{
        "mean number in the training set, of N": 0.08,
        "mean number in the validation set, of N": 0.1,
        "mean number in the test set, of N": 0.1,
        "likeness of the sets of neighbours": 0.3,
    }
)
def at_random_summary(theirs, ours):
    rows, first = theirs["numbers of the examples, set by set"], int(ours["number of the first"])
    which, found = whereabouts(rows, first), {}
    for row, name in zip(rows, ("training", "validation", "test"), strict=True):
        found[f"mean number in the {name} set, of N"] = (
            np.sum(row[row >= 0] - first) / max(np.sum(row >= 0), 1)
        ) / MANY
    both = (which[1:] >= 0) & (which[:-1] >= 0)
    return {**found, "likeness of the sets of neighbours": alike(which[1:][both], which[:-1][both])}


@splitting.check("rng decides, and nothing else does")
def repeats(split, rng):
    x, y, first = numbered(rng, MANY)
    shares, seed = (0.5, 0.25, 0.25), seed_from(rng)
    chance = np.random.default_rng(seed_from(rng))
    rows = [in_rows(dealt(split, x, y, shares, one)[0], MANY) for one in (seed, seed, chance, chance)]
    return {
        "number of the first": first,
        "two generators with the same seed": rows[:2],
        "one generator, two calls": rows[2:],
    }


@repeats.summary(
    **{"likeness for the same seed": 0.3, "likeness of two calls": 0.3, "likeness of two generators": 0.3}
)
def repeats_summary(theirs, ours):
    number = int(ours["number of the first"])
    one, again = (whereabouts(rows, number) for rows in theirs["two generators with the same seed"])
    first, second = (whereabouts(rows, number) for rows in theirs["one generator, two calls"])
    return {
        "number of the first": theirs["number of the first"],
        "likeness for the same seed": alike(one, again),
        "likeness of two calls": alike(first, second),
        "likeness of two generators": alike(one, first),
    }


@splitting.example()
def example(split, rng):
    x, y, _ = numbered(rng, 24, 2)
    chance = np.random.default_rng(seed_from(rng))

    def sets(x, y):
        return {"sets": len(split(x, y, (0.5, 0.25, 0.25), chance))}

    return {"x": x, "y": y}, sets
