"""split: one data set becomes a training, a validation and a test set."""

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.inputs import likeness

splitting = Exercise("split", kind="generator", lecture="33:02")


@splitting.reference
def split(x, y, shares, rng):
    """Deal a data set out at random: what is learned from, what is chosen by, and what is tested on in the end.

    Every example goes into one of the three sets and into no other, with its class. Data often lie sorted, so it is chance
    that decides which. `x` and `y` themselves stay as they are (lecture 33:02).

    Args:
        x: inputs, array of shape (N, ...).    y: classes, array of shape (N,).
        shares: of training, validation and test set, three numbers, 0 or more, that sum to 1. A set gets its share of N, up to
            an example or two that rounding leaves over; together they hold all N.
        rng: a `numpy.random.Generator`, and the only source of chance: each call of `split` moves it on.
    Returns:
        Three pairs, (x_train, y_train), (x_valid, y_valid), (x_test, y_test).
    """
    ### BEGIN SOLUTION
    N = len(x)
    order = rng.permutation(N)
    first = round(shares[0] * N)
    second = round((shares[0] + shares[1]) * N)
    rows_of_each = order[:first], order[first:second], order[second:]
    return tuple((x[rows], y[rows]) for rows in rows_of_each)
    ### END SOLUTION


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


ORDER = "order = rng.permutation(N)"
PARTS = "return tuple((x[rows], y[rows]) for rows in rows_of_each)"
splitting.misconception(
    "the sets are cut as the data lie",
    (ORDER, "order = np.arange(N)"),
    advice="Data often lie sorted, by class or by writer: the last examples would be the test set, shuffled or not. "
    "Draw an order of all examples first, rng.permutation(N), and cut that.",
)
splitting.misconception(
    "x is shuffled without y",
    ("x[rows], y[rows]", "x[rows], y[np.isin(order, rows)]"),
    advice="Each image would get another image's class. Take the same rows of both.",
)
splitting.misconception(
    "the order is always the same",
    (ORDER, "order = np.random.default_rng(0).permutation(N)"),
    advice="A generator made anew from a fixed seed gives the same order at each call. Draw from the `rng` that was given.",
)
splitting.misconception(
    "the order is drawn from NumPy's global generator",
    # By `source`, as it is random in another way.
    source=splitting.edited((ORDER, "order = np.random.permutation(N)")),
    advice="Then nobody can repeat the split. Draw from the `rng` that was given.",
)
splitting.misconception(
    "the training set keeps all examples",
    ("order[:first]", "order"),
    advice="An example that was trained on says nothing about new ones. The training set ends where the validation set begins.",
)
splitting.misconception(
    "the validation set is a part of the training set",
    ("order[first:second]", "order[: second - first]"),
    advice="A score on examples that were trained on is no validation. Begin where the training set ends.",
)
splitting.misconception(
    "validation and test set are the same",
    ("order[second:]", "order[first:second]"),
    advice="What was chosen by the validation set flatters there. The test set holds examples of its own.",
)
splitting.misconception(
    "test before validation",
    ("order[first:second], order[second:]", "order[second:], order[first:second]"),
    advice="The order is training, validation, test. Nobody notices the difference until the test set has been used a hundred times.",
)
splitting.misconception(
    "one example is lost at each cut",
    ("order[first:second], order[second:]", "order[first + 1 : second], order[second + 1 :]"),
    advice="A slice leaves its second index out already, so the next one begins with it.",
)
# What follows is by `source`, so that double faults do not grow with it.
splitting.misconception(
    "x and y are shuffled each in an order of its own",
    source=splitting.edited(
        (PARTS, "other = rng.permutation(N)\n    " + PARTS.replace("y[rows]", "y[other[rows]]"))
    ),
    advice="Draw one order and use it for both.",
)
splitting.misconception(
    "the second share is taken of what the first has left",
    source=splitting.edited(("round((shares[0] + shares[1]) * N)", "first + round(shares[1] * (N - first))")),
    advice="All three shares are shares of N. What is left for the test set follows.",
)
splitting.misconception(
    "rows are drawn with replacement",
    source=splitting.edited((ORDER, "order = rng.integers(N, size=N)")),
    advice="Then some examples are in two sets, and a third of them in none. A permutation holds each row once.",
)
splitting.misconception(
    "each set is drawn by itself",
    source="""
    def split(x, y, shares, rng):
        rows = [rng.choice(len(x), round(share * len(x)), replace=False) for share in shares]
        return tuple((x[r], y[r]) for r in rows)
    """,
    advice="Three draws overlap. Draw one order of all examples, and cut it twice.",
)
splitting.misconception(
    "each example draws its set by itself",
    source="""
    def split(x, y, shares, rng):
        which = rng.choice(3, size=len(x), p=shares)
        return tuple((x[which == k], y[which == k]) for k in range(3))
    """,
    advice="Then the sets have these shares on average only. Shuffle, and cut where the shares say.",
)
splitting.misconception(
    "what is left over belongs to nobody",
    source=splitting.edited(
        (
            "order[first:second], order[second:]",
            "order[first:second], order[second : second + int(shares[2] * N)]",
        ),
        ("first = round(shares[0] * N)", "first = int(shares[0] * N)"),
        ("second = round((shares[0] + shares[1]) * N)", "second = first + int(shares[1] * N)"),
    ),
    advice="Rounded down three times, some examples are in no set. Let the last one hold all that is left.",
)
splitting.misconception(
    "counted from the end, a share of 0 takes everything",
    source="""
    def split(x, y, shares, rng):
        rows = rng.permutation(len(x))
        n_valid, n_test = round(shares[1] * len(x)), round(shares[2] * len(x))
        rest, test = rows[:-n_test], rows[-n_test:]
        parts = rest[n_valid:], rest[:n_valid], test
        return tuple((x[part], y[part]) for part in parts)
    """,
    advice="-0 is 0, so rows[-0:] holds all rows, and rows[:-0] none. Count both cuts from the front.",
)
splitting.misconception(
    "the order is drawn from a copy of the generator",
    source=splitting.edited((ORDER, "import copy\n\n    order = copy.deepcopy(rng).permutation(N)")),
    advice="The generator stays where it was, and the next split with it deals out alike. Draw from the `rng` that was given.",
)
splitting.misconception(
    "x and y are shuffled in place",
    source=splitting.edited(
        (ORDER, ORDER + "\n    x[:], y[:] = x[order], y[order]\n    order = np.arange(N)")
    ),
    advice="The caller's arrays would change under their feet. Shuffle row numbers, and index with them.",
)


@splitting.alternative
def by_splitting(x, y, shares, rng):
    x, y = np.array(x), np.array(y)
    rows = np.arange(len(y))
    rng.shuffle(rows)
    cuts = np.floor(np.cumsum(shares)[:2] * len(y)).astype(int)
    return [(x[part], y[part]) for part in np.split(rows, cuts)]


@splitting.alternative
def test_set_first(x, y, shares, rng):
    order = list(np.argsort(rng.random(len(x))))
    n_valid, n_test = int(shares[1] * len(x)), int(shares[2] * len(x))
    test = [order.pop() for _ in range(n_test)]
    valid = [order.pop() for _ in range(n_valid)]
    return (x[order], y[order]), (x[valid], y[valid]), (x[test], y[test])


@splitting.alternative
def in_the_order_of_the_data(x, y, shares, rng):
    N = len(y)
    label = np.repeat([0, 1, 2], np.diff([0, round(shares[0] * N), round((shares[0] + shares[1]) * N), N]))
    rng.shuffle(label)
    return tuple((x[label == part], y[label == part]) for part in range(3))


@splitting.alternative
def set_by_set(x, y, shares, rng):
    left, parts = np.arange(len(x)), []
    for share in shares[:2]:
        taken = rng.choice(left, round(share * len(x)), replace=False)
        left = np.setdiff1d(left, taken)
        parts.append((x[taken], y[taken]))
    return (*parts, (x[left], y[left]))


@splitting.alternative
def by_tensors(x, y, shares, rng):
    order = rng.permutation(np.arange(len(x)))
    a = int(np.ceil(shares[0] * len(x)))
    b = a + int(shares[1] * len(x))
    parts = order[:a], order[a:b], order[b:]
    return tuple((tf.gather(x, rows), tf.gather(y, rows)) for rows in parts)
