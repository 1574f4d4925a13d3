"""relu_interpolator: a network that goes through n points exactly, with n - 1 ReLU units."""

import keras
import numpy as np
import tensorflow as tf  # noqa: F401  answers below use it

from autograder.exercise import Exercise
from helpers import set_by_hand
from helpers.evidence import landmarks
from helpers.set_by_hand import outputs

interpolator = Exercise("relu_interpolator", kind="report", lecture="9:43")


@interpolator.reference
def relu_interpolator(x, y):
    """Build a network that goes through n points and is straight between neighbours; its weights are set, never trained.

    network(x) = ReLU(x W⁽¹⁾ + b⁽¹⁾) W⁽²⁾ + b⁽²⁾      one hidden layer of n - 1 units

    Left of its kink a ReLU unit is 0, right of it a straight line. So each unit that begins at a point changes the slope there, and
    leaves everything on its left as it was.

    Args:
        x: where the points lie, n different numbers in any order, an array of shape (n,); n is at least 2.
        y: how high they lie, an array of shape (n,). Both may be arrays of integers.
    Returns:
        A keras.Sequential with a keras.Input, n - 1 ReLU units and a linear output, from (N, 1) to (N, 1). What it gives left of
        the first point and right of the last does not matter.
    """
    ### BEGIN SOLUTION
    order = np.argsort(x)
    x = np.asarray(x)[order]
    y = np.asarray(y)[order]
    slopes = np.diff(y) / np.diff(x)
    changes = np.diff(slopes, prepend=0.0)
    hidden = keras.layers.Dense(len(x) - 1, activation="relu")
    model = keras.Sequential([keras.Input((1,)), hidden, keras.layers.Dense(1)])
    W1 = np.ones((1, len(x) - 1))
    model.set_weights([W1, -x[:-1], changes[:, None], y[:1]])
    return model
    ### END SOLUTION


# of float32 sums with slopes up to ten
NEAR = 1e-3


def points(rng, n, first=-1.0):
    """Points from left to right, at uneven distances."""
    x = first + np.cumsum(rng.uniform(0.3, 1.2, n))
    # up and down, so that some are below 0
    signs = rng.choice([-1, 1]) * (-1.0) ** np.arange(n)
    return x, signs * rng.uniform(0.5, 2.5, n)


def known(x, y):
    slopes = (y[1:] - y[:-1]) / (x[1:] - x[:-1])
    return landmarks(points=len(x), **{"y of the points": y, "slopes of the segments": slopes})


@interpolator.check("through every point", points=2, **{"network at the points": NEAR})
def at_the_points(relu_interpolator, rng):
    x, y = points(rng, 7)
    return {"network at the points": outputs(relu_interpolator(x, y), x)[:, 0], **known(x, y)}


@interpolator.check("straight between them", **{"network between the points": NEAR})
def between(relu_interpolator, rng):
    x, y = points(rng, 7)
    share = np.array([[0.05], [0.4], [0.9]]) + rng.uniform(0, 0.05, (3, 6))
    inside = ((1 - share) * x[:-1] + share * x[1:]).ravel()
    return {"network between the points": outputs(relu_interpolator(x, y), inside)[:, 0], **known(x, y)}


@interpolator.check("in whatever order the points come", **{"network at the points": NEAR})
def any_order(relu_interpolator, rng):
    # integers, whose slopes are fractions
    x = np.cumsum([-7, *rng.permutation([3, 3, 5, 5, 7, 7])])
    y = (1 + rng.permutation(7)) * (-1) ** np.arange(7)
    turned = np.concatenate([[6, 0], 1 + rng.permutation(5)])
    return {"network at the points": outputs(relu_interpolator(x[turned], y[turned]), x)[:, 0]}


@interpolator.check(
    "two points: one line; and points of which three are in line", **{"a line": NEAR, "three in line": NEAR}
)
def few_points(relu_interpolator, rng):
    x, y = points(rng, 2, first=3)
    # It falls, so that heights that are sorted by themselves show.
    y = np.sort(y)[::-1]
    line = outputs(relu_interpolator(x, y), np.linspace(*x, 5))[:, 0]
    x, y = points(rng, 4, first=-5)
    y[1] = y[0] + (y[2] - y[0]) * (x[1] - x[0]) / (x[2] - x[0])
    return {"a line": line, "three in line": outputs(relu_interpolator(x, y), x)[:, 0]}


@interpolator.check("n - 1 units: 3n - 2 weights and biases")
def size(relu_interpolator, rng):
    x = rng.uniform(size=3)
    sizes = [set_by_hand.size_of(relu_interpolator(*points(rng, n)), x) for n in (5, 11)]
    return {"x": x, "weights and biases for n = 5 and 11": np.array(sizes)}


@size.summary()
def size_summary(theirs, ours):
    sizes = theirs["weights and biases for n = 5 and 11"]
    return {"x": theirs["x"], "too many, for n = 5 and 11": set_by_hand.beyond(sizes, np.array([13, 31]))}


@interpolator.check("all that it gives comes from weights", **{"network(x), all weights 0": 1e-6})
def from_weights(relu_interpolator, rng):
    x, y = points(rng, 5)
    return {"x": x, "network(x), all weights 0": set_by_hand.without_weights(relu_interpolator(x, y), x)}


@interpolator.check(
    "its weights are set, not trained", mistake=set_by_hand.TRAINED, advice=set_by_hand.SET_THEM
)
def not_trained(relu_interpolator, rng):
    x, y = points(rng, 4)
    return set_by_hand.set_twice(lambda: relu_interpolator(x, y), x)


@not_trained.summary()
def not_trained_summary(theirs, ours):
    return set_by_hand.set_twice_summary(theirs, ours)


@interpolator.example()
def example(relu_interpolator, rng):
    x, y = points(rng, 5)
    turned = np.concatenate([[4, 0], 1 + rng.permutation(3)])

    def call(x, y):
        return {"f": outputs(relu_interpolator(x, y), np.sort(np.array(x)))}

    return {"x": x[turned], "y": y[turned]}, call


CHANGES = "np.diff(slopes, prepend=0.0)"
SETS = "model.set_weights([W1, -x[:-1], changes[:, None], y[:1]])"
interpolator.misconception(
    "slopes as weights, not their changes",
    (CHANGES, "slopes"),
    advice="Every unit on the left is still on and adds its slope. A unit's weight is by how much the slope *changes* at its kink.",
)
interpolator.misconception(
    "heights as weights",
    (CHANGES, "y[1:]"),
    advice="A ReLU unit adds a slope, not a height: its weight is the change of slope at its kink.",
)
interpolator.misconception(
    "changes of height, not of slope",
    source=interpolator.edited((CHANGES, "np.diff(np.diff(y), prepend=0.0)")),
    advice="The points are not one apart: a slope is Δy/Δx.",
)
interpolator.misconception(
    "the first slope is lost",
    (CHANGES, "np.diff(slopes, prepend=slopes[0])"),
    advice="Left of the first kink the slope is 0, so the first change is the first slope itself.",
)
interpolator.misconception(
    "the first height is lost",
    source=interpolator.edited((", y[:1]])", ", np.zeros(1)])")),
    advice="At the first point all units are still 0: what the network gives there is the output's bias, y of the first point.",
)
interpolator.misconception(
    "the points are taken as they come",
    ("np.argsort(x)", "np.arange(len(x))"),
    advice="Neighbours are neighbours on the line, not in the list: sort the points by x, and y along with them.",
)
interpolator.misconception(
    "y is not sorted along with x",
    source=interpolator.edited(("y = np.asarray(y)[order]", "y = np.asarray(y)")),
    advice="Each point keeps its height: take y[order] with the order of x.",
)
interpolator.misconception(
    "x and y are sorted each for itself",
    source=interpolator.edited(("y = np.asarray(y)[order]", "y = np.sort(y)")),
    advice="A point keeps its height: sort once, by x, and take y in the same order, y[order].",
)
interpolator.misconception(
    "the output's bias is the height of the point that came first",
    source=interpolator.edited(
        ("    order = np.argsort(x)\n", "    order = np.argsort(x)\n    came_first = np.asarray(y)[:1]\n"),
        (", y[:1]])", ", came_first])"),
    ),
    advice="The first point is the leftmost one: y[:1] after sorting.",
)
interpolator.misconception(
    "each change belongs to the point after: the first slope is lost, and the last is taken away",
    source=interpolator.edited((CHANGES, "np.diff(slopes, append=0.0)")),
    advice="At a point the slope changes from that of the segment on its left to that on its right: prepend the 0, do not append it.",
)
interpolator.misconception(
    "the bias has the wrong sign",
    ("-x[:-1]", "x[:-1]"),
    advice="The unit ReLU(x + b) begins at x = -b. It should begin at the point: b is minus its x.",
)
interpolator.misconception(
    "the kinks are one point too far to the right",
    source=interpolator.edited(("-x[:-1]", "-x[1:]")),
    advice="The slope of a segment begins at its left end: the kinks stand at all points but the last.",
)
interpolator.misconception(
    "the distances are taken for equal",
    source=interpolator.edited(("/ np.diff(x)", "/ np.diff(x).mean()")),
    advice="Each segment has a width of its own: np.diff(y) / np.diff(x).",
)
interpolator.misconception(
    "one unit for each point",
    source=interpolator.edited(
        ("Dense(len(x) - 1,", "Dense(len(x),"),
        ("np.ones((1, len(x) - 1))", "np.ones((1, len(x)))"),
        (SETS, "model.set_weights([W1, -x, np.append(changes, 0.0)[:, None], y[:1]])"),
    ),
    advice="A unit that begins at the last point has nothing to do. n points have n - 1 segments, and n - 1 units suffice.",
)
interpolator.misconception(
    "sigmoid steps in the place of ReLU",
    source="""
    def relu_interpolator(x, y):
        order = np.argsort(x)
        x, y = np.asarray(x)[order], np.asarray(y)[order]
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(len(x) - 1, "sigmoid"), keras.layers.Dense(1)])
        middle = (x[1:] + x[:-1]) / 2
        model.set_weights([np.full((1, len(x) - 1), 100.0), -100 * middle, np.diff(y)[:, None], y[:1]])
        return model
    """,
    advice="That goes through the points and makes steps between them. ReLU units make straight lines: the kinks stand at the points.",
)
interpolator.misconception(
    "ReLU at the output",
    source=interpolator.edited(("keras.layers.Dense(1)]", 'keras.layers.Dense(1, activation="relu")]')),
    advice="y may be negative, and ReLU cuts that off. The output is linear.",
)
interpolator.misconception(
    "the hidden layer is linear",
    source=interpolator.edited((', activation="relu"', "")),
    advice='Without a kink the sum of all units is one straight line: activation="relu".',
)
interpolator.misconception(
    "the network has no input shape, so no weights yet",
    source=interpolator.edited(("[keras.Input((1,)), hidden", "[hidden")),
    advice="Without keras.Input((1,)) the layers do not know how many numbers come in, and make their weights only when they see some. "
    "Begin with keras.Input((1,)).",
)
interpolator.misconception(
    "x and y are sorted in place",
    source=interpolator.edited(
        (
            "    x = np.asarray(x)[order]\n    y = np.asarray(y)[order]\n",
            "    y[:] = y[order]\n    x[:] = x[order]\n",
        )
    ),
    advice="Whoever called still needs their points: x = x[order] makes a new array, x[:] = x[order] and x.sort() write into the "
    "old one.",
)
interpolator.misconception(
    set_by_hand.TRAINED,
    source="""
    def relu_interpolator(x, y):
        x, y = np.asarray(x), np.asarray(y)
        first = keras.initializers.RandomUniform(-1, 1, seed=1)
        layers = [keras.layers.Dense(len(x) - 1, "relu", kernel_initializer=first), keras.layers.Dense(1, kernel_initializer=first)]
        model = keras.Sequential([keras.Input((1,)), *layers])
        model.compile(keras.optimizers.SGD(0.01), "mse", run_eagerly=True)
        order = np.argsort(x)
        model.train_on_batch(x[order, None], y[order, None])
        return model
    """,
    advice=set_by_hand.SET_THEM,
)
interpolator.misconception(
    "the slopes are cut to whole numbers where y is",
    source=interpolator.edited(
        ("slopes = np.diff(y) / np.diff(x)", "slopes = (np.diff(y) / np.diff(x)).astype(y.dtype)")
    ),
    advice="np.zeros_like(y) has the dtype of y, and whole numbers hold no slopes. Make y floats first.",
)


@interpolator.alternative
def from_the_right(x, y):
    place = np.argsort(-np.asarray(x))
    x, y = np.asarray(x)[place], np.asarray(y)[place]
    weights, slope = [], 0.0
    for i in range(len(x) - 1):
        # Units that look to the left: ReLU(x_i - x).
        wanted = (y[i + 1] - y[i]) / (x[i] - x[i + 1])
        weights.append([wanted - slope])
        slope = wanted
    inputs = keras.Input((1,))
    h = keras.layers.Dense(len(weights), activation="relu")
    out = keras.layers.Dense(1)
    model = keras.Model(inputs, out(h(inputs)))
    h.set_weights([-np.ones((1, len(weights))), x[:-1]])
    out.set_weights([np.array(weights), y[:1]])
    return model


@interpolator.alternative
def by_solving(x, y):
    pairs = sorted(zip(x, y))  # noqa: B905
    x, y = (np.array(part) for part in zip(*pairs))  # noqa: B905
    h = np.maximum(0, x[:, None] - x[:-1])
    found = np.linalg.solve(np.hstack([h, np.ones((len(x), 1))]), y)
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(len(x) - 1), keras.layers.ReLU(), keras.layers.Dense(1)]
    )
    model.set_weights([np.ones((1, len(x) - 1)), -x[:-1], found[:-1, None], found[-1:]])
    return model
