"""uniform, log_uniform, integers and choice: what a space holds for each hyperparameter."""

import numpy as np

from autograder.exercise import Exercise
from helpers.inputs import generator

dists = Exercise(
    "distributions",
    kind="generator",
    lecture="34:03",
    objects=["uniform", "log_uniform", "integers", "choice"],
)


@dists.reference
def uniform(low, high):
    """A distribution: every value between `low` and `high` is as likely as any other.

    Returns:
        A function of a `numpy.random.Generator`. Each call `distribution(rng)` draws a value, a float.
    """
    ### BEGIN SOLUTION
    return lambda rng: rng.uniform(low, high)
    ### END SOLUTION


@dists.reference
def log_uniform(low, high):
    """A distribution: the logarithm is uniform, so 0.001 to 0.01 is as likely as 0.01 to 0.1 (lecture 34:03).

    log v ~ U(log low, log high)

    Args:
        low, high: both above 0.
    Returns:
        A function of a generator, as for `uniform`; it draws a float between `low` and `high`.
    """
    ### BEGIN SOLUTION
    return lambda rng: np.exp(rng.uniform(np.log(low), np.log(high)))
    ### END SOLUTION


@dists.reference
def integers(low, high):
    """A distribution: every whole number from `low` to `high`, both included, is as likely as any other.

    Args:
        low, high: whole numbers, also below 0.
    Returns:
        A function of a generator, as for `uniform`; it draws an integer, since a layer has a whole number of units.
    """
    ### BEGIN SOLUTION
    return lambda rng: int(rng.integers(low, high + 1))
    ### END SOLUTION


@dists.reference
def choice(values):
    """A distribution: each of the listed values is as likely as any other.

    Args:
        values: a list of anything; what is drawn is one of these very things. (NumPy's `rng.choice(values)` makes
            an array of them first, in which 7 beside "relu" becomes the text "7": draw their number instead.)
    Returns:
        A function of a generator, as for `uniform`.
    """
    ### BEGIN SOLUTION
    return lambda rng: values[rng.integers(len(values))]
    ### END SOLUTION


# so many that a quantile is known to a hundredth
MANY = 2000
QUANTILES = (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1)


def values_of(distribution, rng, n=MANY):
    """So many values of one distribution, one after another from one generator."""
    chance = generator(rng)
    return np.array([distribution(chance) for _ in range(n)])


@dists.check("uniform: every part of the interval is as likely as any other")
def uniform_values(uniform, log_uniform, integers, choice, rng):
    low = float(rng.uniform(2, 5))
    high = low + float(rng.uniform(3, 7))
    return {"values": values_of(uniform(low, high), rng), "low": low, "high": high}


@uniform_values.summary(**{"quantiles, as parts of the interval": 0.06, "different values of 2000": 20})
def uniform_summary(theirs, ours):
    part = (theirs["values"] - ours["low"]) / (ours["high"] - ours["low"])
    # one value throughout: chance decides which one that is
    quantiles = np.quantile(part, QUANTILES) if np.ptp(part) > 0 else np.zeros(len(QUANTILES))
    return {
        "low": theirs["low"],
        "quantiles, as parts of the interval": quantiles,
        "different values of 2000": len(np.unique(part)),
    }


@dists.check("log_uniform: every decade is as likely as any other", points=2)
def log_uniform_values(uniform, log_uniform, integers, choice, rng):
    low = 10 ** float(rng.uniform(-5, -4))
    high = low * 10 ** float(rng.uniform(2, 3))
    return {"values": values_of(log_uniform(low, high), rng), "low": low, "high": high}


@log_uniform_values.summary(
    **{"quantiles of log v, as parts of the interval": 0.06, "different values of 2000": 20}
)
def log_uniform_summary(theirs, ours):
    values, low, high = theirs["values"], ours["low"], ours["high"]
    part = np.log(np.maximum(values, 1e-300) / low) / np.log(high / low)
    return {
        "low": theirs["low"],
        "quantiles of log v, as parts of the interval": np.quantile(part, QUANTILES),
        "different values of 2000": len(np.unique(values)),
    }


@dists.check("integers: whole numbers, and both ends are as likely as the rest", points=2)
def integer_values(uniform, log_uniform, integers, choice, rng):
    low = int(rng.integers(3, 50))
    high = low + 4
    return {
        "values": values_of(integers(low, high), rng),
        "values from -2 to 2": values_of(integers(-2, 2), rng),
        "low": low,
        "high": high,
    }


@integer_values.summary(
    **{
        "share of each whole number": 0.06,
        "share of each from -2 to 2": 0.06,
        "share of numbers outside": 0.001,
    }
)
def integer_summary(theirs, ours):
    inside = np.arange(ours["low"], ours["high"] + 1)
    values, around_zero = theirs["values"], theirs["values from -2 to 2"]
    return {
        "share of each whole number": np.mean(values[:, None] == inside, axis=0),
        "share of each from -2 to 2": np.mean(around_zero[:, None] == np.arange(-2, 3), axis=0),
        "share of numbers outside": 1 - np.mean(np.isin(values, inside)),
    }


@dists.check("choice: each of the values, whatever they are", points=2)
def choices(uniform, log_uniform, integers, choice, rng):
    width = int(rng.integers(10, 99))
    values = [None, "relu", (width, width // 2), 0.5, width]
    chance, distribution = generator(rng), choice(values)
    drawn = [distribution(chance) for _ in range(MANY)]
    # of one length: an array of them has rows, and the layers would be gone
    layers = [[width, 5], [width, 9]]
    one_of = choice(layers)
    return {
        "width": width,
        "the number of the value that was drawn": [place_of(one, values) for one in drawn],
        "the number of the list that was drawn": [place_of(one_of(chance), layers) for _ in range(MANY)],
    }


def place_of(one, values):
    """Which of the values one is; -1 if none."""
    for place, value in enumerate(values):
        if type(one) is type(value) and one == value:
            return place
    return -1


@choices.summary(**{"share of each value": 0.06, "share of each list": 0.06})
def choices_summary(theirs, ours):
    places = theirs["the number of the value that was drawn"]
    shares = np.mean(places[:, None] == np.arange(-1, 5), axis=0)
    lists = theirs["the number of the list that was drawn"]
    return {
        "width": theirs["width"],
        "share of each value": shares,
        "share of each list": np.mean(lists[:, None] == np.arange(-1, 2), axis=0),
    }


@dists.check("rng decides what is drawn, and nothing else does")
def repeats(uniform, log_uniform, integers, choice, rng):
    seed, values = int(rng.integers(1 << 30)), [float(v) for v in rng.normal(size=1000)]
    space = {
        "uniform": uniform(0, 1),
        "log_uniform": log_uniform(1e-3, 1),
        "integers": integers(0, 10**6),
        "choice": choice(values),
    }
    found = {"seed": seed, "given values": values}
    for words, number in (("", seed), (", the same seed", seed), (", the next seed", seed + 1)):
        chance = np.random.default_rng(number)
        settings = [{name: space[name](chance) for name in space} for _ in range(5)]
        found |= {f"{name}{words}": [float(one[name]) for one in settings] for name in space}
    return found


@repeats.summary()
def repeats_summary(theirs, ours):
    found = {"seed": theirs["seed"], "given values": theirs["given values"]}
    for name in ("uniform", "log_uniform", "integers", "choice"):
        found[f"{name}: the same seed gives the same"] = np.all(
            theirs[name] == theirs[f"{name}, the same seed"]
        )
        found[f"{name}: another seed gives another"] = np.any(
            theirs[name] != theirs[f"{name}, the next seed"]
        )
    return found


@dists.example()
def example(uniform, log_uniform, integers, choice, rng):
    values, chance = [float(v) for v in rng.normal(size=7)], generator(rng)

    def drawn(values):
        distribution = choice(values)
        return {"values that were drawn": [distribution(chance) for _ in range(5)]}

    return {"values": values}, drawn


LOG = "np.exp(rng.uniform(np.log(low), np.log(high)))"
WHOLE = "int(rng.integers(low, high + 1))"
PICK = "values[rng.integers(len(values))]"
dists.misconception(
    "linear for logarithmic",
    (LOG, "rng.uniform(low, high)"),
    advice="Between 0.0001 and 0.1 nine of ten uniform numbers are above 0.01. Draw the logarithm uniformly, then take exp of it.",
)
dists.misconception(
    "the logarithm is drawn, and not undone",
    (LOG, "rng.uniform(np.log(low), np.log(high))"),
    advice="That is log v, a negative number for small rates. Take exp of it.",
)
dists.misconception(
    "two bases are mixed",
    (LOG, "10 ** rng.uniform(np.log(low), np.log(high))"),
    advice="np.log is the natural logarithm, and exp undoes it; 10 ** … undoes np.log10.",
)
dists.misconception(
    "the highest whole number never comes",
    (WHOLE, "int(rng.integers(low, high))"),
    advice="NumPy's rng.integers stops before its second number: ask up to high + 1, or with endpoint=True.",
)
dists.misconception(
    "numbers of units are floats",
    (WHOLE, "rng.uniform(low, high)"),
    advice="No layer has 731.4 units. Draw a whole number: rng.integers.",
)
dists.misconception(
    "the last of the values never comes",
    (PICK, "values[rng.integers(len(values) - 1)]"),
    advice="rng.integers(n) gives 0 … n - 1 already: these are the places of n values.",
)
dists.misconception(
    "exp of a uniform number",
    source=dists.edited((LOG, "np.exp(rng.uniform(low, high))")),
    advice="The ends have to be logarithms, so that exp gives low and high again: rng.uniform(np.log(low), np.log(high)).",
)
dists.misconception(
    "powers of ten only",
    source=dists.edited(
        (LOG, "10.0 ** rng.integers(round(np.log10(low)), round(np.log10(high)), endpoint=True)")
    ),
    advice="That is a grid again, with a handful of values. The exponent is any number, not a whole one.",
)
dists.misconception(
    "the smallest and the largest rounded number come half as often",
    source=dists.edited((WHOLE, "round(rng.uniform(low, high))")),
    advice="Only half a unit's width rounds to `low`, a whole one to its neighbour. Draw with rng.integers.",
)
dists.misconception(
    "int() is taken for rounding down, also below 0",
    source=dists.edited((WHOLE, "int(rng.uniform(low, high + 1))")),
    advice="int(-0.5) is 0: below 0 it rounds up, so 0 comes too often and the lowest number hardly ever. Draw with rng.integers.",
)
dists.misconception(
    "numbers of units are rounded, and stay floats",
    source=dists.edited((WHOLE, "float(rng.integers(low, high + 1))")),
    advice="keras.layers.Dense(100.0) raises an error. Give an integer.",
)
dists.misconception(
    "a normal distribution around the middle",
    source=dists.edited(
        ("lambda rng: rng.uniform(low, high)", "lambda rng: rng.normal((low + high) / 2, (high - low) / 4)")
    ),
    advice="A normal distribution prefers the middle, and leaves the interval. Every value is as likely as any other: rng.uniform.",
)
dists.misconception(
    "the value is drawn when the distribution is made",
    source=dists.edited(
        (
            "    return lambda rng: rng.uniform(low, high)",
            "    value = np.random.default_rng(0).uniform(low, high)\n    return lambda rng: value",
        )
    ),
    advice="Each call of the distribution draws anew, from the generator that it is given: draw inside the function that you return.",
)
dists.misconception(
    "numbers come from NumPy's global generator",
    source=dists.edited(
        (LOG, "np.exp(np.random.uniform(np.log(low), np.log(high)))"),
    ),
    advice="Then nobody can repeat a search. Draw from the `rng` that was given.",
)
dists.misconception(
    "the values are drawn by NumPy, which makes an array of them",
    source=dists.edited((PICK, "np.array(values, dtype='U')[rng.integers(len(values))]")),
    advice="In an array all values have one type, and 7 beside 'relu' becomes '7'. Draw the place of a value instead, with rng.integers.",
)
dists.misconception(
    "the values are made an array of objects, and lists of one length its rows",
    source=dists.edited((PICK, "rng.choice(np.array(values, dtype=object))")),
    advice="[64, 32] and [32, 16] make an array of two rows, and a row is no list. Draw the place of a value, with rng.integers.",
)
dists.misconception(
    "a generator of its own, and not the one that is given",
    source=dists.edited(
        (
            "    return lambda rng: rng.uniform(low, high)",
            "    own = np.random.default_rng(0)\n    return lambda rng: own.uniform(low, high)",
        )
    ),
    advice="Then the caller's seed decides nothing. Draw from the `rng` that each call is given.",
)
dists.misconception(
    "the highest number is taken for the width",
    source=dists.edited(("lambda rng: rng.uniform(low, high)", "lambda rng: low + high * rng.random()")),
    advice="From low to high it is high - low: low + (high - low) · u.",
)
dists.misconception(
    "the power of ten is drawn, then a number in front of it, uniformly",
    source=dists.edited(
        (
            LOG,
            "np.clip(rng.uniform(1, 10) * 10.0 ** np.floor(rng.uniform(np.log10(low), np.log10(high))), low, high)",
        )
    ),
    advice="Within a decade that is uniform again: 1 to 3.16 gets a quarter of it and not a half. Draw the whole logarithm uniformly.",
)
dists.misconception(
    "the values are shuffled in place",
    source=dists.edited((PICK, "(rng.shuffle(values), values[0])[1]")),
    advice="The caller's list would be in another order afterwards. Draw the number of a value.",
)
dists.alternative(
    name="by inverse distribution functions",
    source="""
    def uniform(low, high):
        def distribution(rng):
            return low + (high - low) * rng.random()
        return distribution

    def log_uniform(low, high):
        def distribution(rng):
            return float(low * (high / low) ** rng.random())
        return distribution

    def integers(low, high):
        def distribution(rng):
            return int(np.floor(low + (high - low + 1) * rng.random()))
        return distribution

    def choice(values):
        def distribution(rng):
            return values[int(len(values) * rng.random())]
        return distribution

    """,
)
dists.alternative(
    name="as classes",
    source="""
    class uniform:
        def __init__(self, low, high):
            self.low, self.high = low, high

        def __call__(self, rng):
            return float(rng.uniform(self.low, self.high))

    class log_uniform(uniform):
        def __call__(self, rng):
            return 10 ** float(rng.uniform(np.log10(self.low), np.log10(self.high)))

    class integers(uniform):
        def __call__(self, rng):
            return rng.integers(self.low, self.high, endpoint=True)

    class choice:
        def __init__(self, values):
            self.values = list(values)

        def __call__(self, rng):
            return self.values[rng.permutation(len(self.values))[0]]

    """,
)
