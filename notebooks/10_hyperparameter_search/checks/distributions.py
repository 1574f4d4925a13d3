"""What `check(uniform, log_uniform, integers, choice)` looks at (lecture 34:03).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.inputs import generator

dists = Checks(
    "distributions",
    kind="generator",
    lecture="34:03",
    objects=["uniform", "log_uniform", "integers", "choice"],
)

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
