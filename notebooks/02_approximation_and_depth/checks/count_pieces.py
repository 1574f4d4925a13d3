"""What `check(count_pieces)` looks at (lecture 47:06).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from functools import cache

import keras
import numpy as np

from helpers.checks import Checks

pieces = Checks("count_pieces", kind="report", lecture="47:06")


@cache
def built(units):
    """A ReLU network of that shape."""
    hidden = [keras.layers.Dense(n, activation="relu") for n in units]
    return keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])


def shallow(kinks, slopes, v, c=0.25):
    """One hidden layer: unit j has its kink at kinks[j], a slope there and an output weight."""
    kinks, slopes, v = (np.asarray(part, "float64") for part in (kinks, slopes, v))
    model = built((len(kinks),))
    model.set_weights([slopes[None, :], -slopes * kinks, v[:, None], np.array([c])])
    return model


def whole(rng, *shape):
    """Whole numbers between -3 and 3, none of them 0."""
    return rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], shape)


def sixteenths(rng, n, low, high):
    """Different multiples of 1/16 between two of them, those left out."""
    return rng.permutation(np.arange(16 * low + 1, 16 * high))[:n] / 16


# Networks whose layers all bend the line, and in which it shows however they are counted wrongly.
NUMBERS = {
    (5, 7): (5, 8, 9, 10, 12, 15, 24, 26),
    (3, 11): (4, 5, 6, 8, 9, 17, 21, 27),
    (5, 7, 3): (31, 35, 39, 53, 67, 73, 74, 78),
}


def up_and_down(rng, n):
    """Slopes of n units that switch on and off in turn."""
    return np.abs(whole(rng, n)) * (-1.0) ** np.arange(n)


def deep(chance, units):
    """Several hidden layers; kinks of the first lie in [0, 1], so that there is much to fold."""
    model = built(units)
    number = chance.choice(NUMBERS[units])
    rng = np.random.default_rng([number, *units])
    values = [whole(rng, 1, units[0])]
    values.append(-values[0][0] * sixteenths(rng, units[0], 0, 1))
    for below, above in zip(units, (*units[1:], 1), strict=True):
        values.append(whole(rng, below, above))
        # no multiple of a sixteenth, so that no unit is exactly 0 at a kink of another layer
        values.append(rng.integers(-6, 7, above) / 7 + 1 / 31)
    # nobody reads the first unit
    values[2][0] = 0
    # a power of two rounds nothing
    larger = 2.0 ** chance.integers(-2, 3)
    model.set_weights([*values[:-2], larger * values[-2], larger * values[-1]])
    return model


def weights_of(model):
    """All weights in one row: what a draw has drawn."""
    return np.concatenate([np.ravel(w) for w in model.get_weights()])


@pieces.check("one hidden layer", points=2)
def one_hidden_layer(count_pieces, rng):
    found, drawn = [], []
    zigzag = shallow(np.sort(sixteenths(rng, 3, 0, 1)), np.ones(3), np.array([2.0, -2.0, 2.0]))
    found.append(count_pieces(zigzag))
    for units, scale in ((7, 1e-7), (11, 1)):
        v = scale * np.abs(whole(rng, units))
        model = shallow(sixteenths(rng, units, 0, 1), up_and_down(rng, units), v, c=scale / 4)
        drawn.append(weights_of(model))
        found.append(count_pieces(model))
    return {"weights": np.concatenate(drawn), "pieces with 3, 7 and 11 units": np.array(found)}


@pieces.check("kinks outside of the interval do not count")
def outside(count_pieces, rng):
    inside, more = sixteenths(rng, 4, 0, 1), sixteenths(rng, 5, 1, 3)
    kinks = np.concatenate([inside, more, -sixteenths(rng, 2, 0, 1)])
    model = shallow(kinks, up_and_down(rng, 11), np.abs(whole(rng, 11)))
    return {"kinks": kinks, "pieces of a network with 11 units": np.array([count_pieces(model)])}


@pieces.check("another interval")
def another_interval(count_pieces, rng):
    kinks, slopes = sixteenths(rng, 11, -2, 2), up_and_down(rng, 11)
    # two units at each kink: where they cross is the same but for rounding
    model = shallow(np.tile(kinks, 2), np.append(slopes, 3 * slopes), np.abs(whole(rng, 22)))
    found = [count_pieces(model, -1.03, 1.57), count_pieces(model, -2, -0.51), count_pieces(model, 5.0, 6.0)]
    return {"kinks": kinks, "pieces on [-1.03, 1.57], [-2, -0.51] and [5, 6]": np.array(found)}


@pieces.check("a kink that leaves the slope as it was makes no piece", points=2)
def no_change(count_pieces, rng):
    # a little off, so that slopes which should be equal differ by rounding
    kinks = sixteenths(rng, 5, 0, 1) + rng.uniform(0, 0.01)
    slopes, v = np.abs(whole(rng, 5)), -np.abs(whole(rng, 5))
    # ReLU(s(x - c)) and -ReLU(s(c - x)) side by side are a straight line.
    twin_kinks = np.concatenate([kinks, kinks[:2]])
    twin_slopes = np.concatenate([slopes, -slopes[:2]])
    twins = np.concatenate([v, -v[:2]])
    cancelled = count_pieces(shallow(twin_kinks, twin_slopes, twins, c=100))
    v[0] = 0
    unread = count_pieces(shallow(kinks, slopes, v, c=100))
    found = np.array([cancelled, unread])
    return {"kinks": kinks, "pieces where two units are cancelled, and where one is not read": found}


@pieces.check("pieces too narrow for a grid")
def narrow(count_pieces, rng):
    kinks = sixteenths(rng, 3, 0, 1)
    beside = kinks + rng.uniform(1, 3, 3) * [1e-5, -1e-5, 1e-7]
    weights = np.abs(whole(rng, 3))
    model = shallow(np.concatenate([kinks, beside]), np.ones(6), np.concatenate([weights, 2 * weights]))
    return {"kinks": kinks, "pieces with 6 kinks, two by two": np.array([count_pieces(model)])}


@pieces.check("two hidden layers: what the second folds", points=2)
def two_hidden_layers(count_pieces, rng):
    found, drawn = [], []
    for units in ((5, 7), (3, 11)):
        model = deep(rng, units)
        drawn.append(weights_of(model))
        found.append(count_pieces(model))
    return {"weights": np.concatenate(drawn), "pieces with 5 and 7, with 3 and 11 units": np.array(found)}


@pieces.check("three hidden layers")
def three_hidden_layers(count_pieces, rng):
    found, drawn = [], []
    for _ in range(3):
        model = deep(rng, (5, 7, 3))
        drawn.append(weights_of(model))
        found.append(count_pieces(model, -1, 2))
    return {"weights": np.concatenate(drawn), "pieces of three networks": np.array(found)}


@pieces.check("no kink at all: one piece")
def straight(count_pieces, rng):
    kinks = sixteenths(rng, 3, 2, 4)
    model = shallow(kinks, np.abs(whole(rng, 3)), np.abs(whole(rng, 3)))
    line = count_pieces(model, 5.0, 7.0)
    flat = count_pieces(shallow([0.5, 0.25, 0.75], [1, 1, -1], [0, 0, 0]))
    return {"kinks": kinks, "pieces of a straight line and of a constant": np.array([line, flat])}


@pieces.example()
def example(count_pieces, rng):
    return {"model": deep(rng, (5, 7))}, lambda model: {"pieces": np.array([float(count_pieces(model))])}
