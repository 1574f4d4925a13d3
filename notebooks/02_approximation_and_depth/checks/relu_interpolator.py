"""What `check(relu_interpolator)` looks at (lecture 9:43).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import set_by_hand
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.set_by_hand import outputs

interpolator = Checks("relu_interpolator", kind="report", lecture="9:43")

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
