"""What `check(bump)` looks at (lecture 9:43).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks

one_bump = Checks("bump", kind="report", lecture="9:43")


def values(weights, x):
    """What the two units give at x, whatever the shapes in which their weights came."""
    W1, b1, W2 = (np.asarray(part, "float64") for part in weights)
    a = np.outer(x, W1.ravel()) + b1.ravel()
    h = 0.5 * (1 + np.tanh(a / 2))
    return (h @ W2.ravel()).astype("float32")


def drawn(rng):
    """Edges, a height and a sharpness at which the edges stay apart."""
    begin = float(rng.uniform(2.2, 2.8))
    width = float(rng.uniform(1.1, 1.9))
    return begin, begin + width, float(rng.uniform(1.5, 3)), float(rng.uniform(80, 120))


def known(left, right, height, sharpness, **more):
    return landmarks(left=left, right=right, height=height, sharpness=sharpness, **more)


@one_bump.check("between its edges it has its height")
def inside(bump, rng):
    left, right, height, sharpness = drawn(rng)
    x = left + (right - left) * rng.uniform(0.35, 0.65, 5)
    return {
        "f inside": values(bump(left, right, height, sharpness), x),
        **known(left, right, height, sharpness),
    }


@one_bump.check("on both sides nothing is left", **{"f on the left": 1e-4, "f on the right": 1e-4})
def outside(bump, rng):
    left, right, height, sharpness = drawn(rng)
    # so close to each other that no step slips through
    far = np.linspace(0.4, 3, 41) + rng.uniform(0, 0.02)
    weights = bump(left, right, height, sharpness)
    return {
        "how far away": far,
        "f on the left": values(weights, left - far),
        "f on the right": values(weights, right + far),
        **known(left, right, height, sharpness),
    }


@one_bump.check("each edge lies where it should, and is as steep", points=2)
def edges(bump, rng):
    left, right, height, sharpness = drawn(rng)
    sharpness = sharpness / 18
    weights = bump(left, right, height, sharpness)
    near = rng.uniform(0.1, 0.3, 4) * [-1, 1, -1, 1]
    return {
        "f at the edges": values(weights, [left, right]),
        "f around the left edge": values(weights, left + near),
        "f around the right edge": values(weights, right + near),
        **known(left, right, height, sharpness),
    }


@one_bump.check("it may go down, and stand anywhere")
def anywhere(bump, rng):
    left, right, height, sharpness = drawn(rng)
    # whole numbers as well: the notebook asks for a sharpness of 15
    left, right, sharpness = left - 7, right - 7, round(sharpness)
    x = np.concatenate(
        [left + (right - left) * rng.uniform(0.3, 0.7, 3), left + rng.uniform(0.01, 0.05, 3) * [-1, 1, 1]]
    )
    return {"f": values(bump(left, right, -height, sharpness), x), **known(left, right, -height, sharpness)}


@one_bump.check("one input, two hidden units, one output")
def form(bump, rng):
    given = drawn(rng)
    W1, b1, W2 = (np.asarray(part) for part in bump(*given))
    return {
        "left, right, height, sharpness": given,
        "shape of W1": W1.shape,
        "shape of b1": b1.shape,
        "shape of W2": W2.shape,
    }


@one_bump.example(without={"untouched": "numbers cannot be changed"})
def example(bump, rng):
    left, right, height, sharpness = drawn(rng)
    x = rng.uniform(-1, 4, 7)

    def call(left, right, height, sharpness):
        return {"f": values(bump(left, right, height, sharpness), x)}

    return {"left": left, "right": right, "height": height, "sharpness": sharpness}, call
