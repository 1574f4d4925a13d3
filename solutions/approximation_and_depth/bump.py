"""bump: two sigmoid units and the output weights that make one bump."""

import numpy as np

from autograder.exercise import Exercise
from helpers.evidence import landmarks

one_bump = Exercise("bump", kind="report", lecture="9:43")


@one_bump.reference
def bump(left, right, height, sharpness):
    """Set the weights of two sigmoid units so that together they make one bump.

    bump(x) = σ(x W⁽¹⁾ + b⁽¹⁾) W⁽²⁾      (lecture 9:43)

    With sharp steps it is nearly `height` between `left` and `right`, and nearly 0 on both sides. One unit takes the step at `left`,
    the other the step at `right`: each is at one half there. Both pre-activations have the same slope, `sharpness`, or both minus that.
    There is no bias at the output.

    Args:
        left, right: where the bump begins and ends, left < right.
        height: how high it is; below 0 it goes down.
        sharpness: the size of a unit's weight, above 0.
    Returns:
        W1 (1, 2), b1 (2,) and W2 (2, 1), NumPy arrays.
    """
    ### BEGIN SOLUTION
    W1 = np.array([[sharpness, sharpness]])
    b1 = np.array([-sharpness * left, -sharpness * right])
    W2 = np.array([[height], [-height]])
    return W1, b1, W2
    ### END SOLUTION


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


B1 = "np.array([-sharpness * left, -sharpness * right])"
W1 = "np.array([[sharpness, sharpness]])"
W2 = "np.array([[height], [-height]])"
one_bump.misconception(
    "a step up, and no step down",
    (W2, "np.array([[height], [0.0]])"),
    advice="The first unit stays on for ever. Take the second away from it: its output weight is -height.",
)
one_bump.misconception(
    "both steps go up: the second is added",
    (W2, "np.array([[height], [height]])"),
    advice="Right of `right` both units are on. There they should cancel: the output weights are height and -height.",
)
one_bump.misconception(
    "the bias is the edge, without the weight",
    (B1, "np.array([-left, -right])"),
    advice="A unit is undecided where its pre-activation is 0: sharpness·x + b = 0 at x = left. Solve for b.",
)
one_bump.misconception(
    "the bias has the wrong sign",
    (B1, "np.array([sharpness * left, sharpness * right])"),
    advice="sharpness·x + b = 0 at x = left gives b = -sharpness·left. With the other sign the steps stand at -left and -right.",
)
one_bump.misconception(
    "the weights of the units are 1: the steps are soft",
    (W1, "np.array([[1.0, 1.0]])"),
    (B1, "np.array([-left, -right])"),
    advice="The larger a unit's weight, the sharper its step: W1 holds `sharpness`, and the biases move along.",
)
one_bump.misconception(
    "the width of the bump stands in the place of its right edge",
    (B1, "np.array([-sharpness * left, -sharpness * (right - left)])"),
    advice="The second unit steps at x = right: its bias is -sharpness·right.",
)
one_bump.misconception(
    "the two units have changed places",
    (B1, "np.array([-sharpness * right, -sharpness * left])"),
    advice="The bump is upside down. The unit that steps at `left` counts +height, the one that steps at `right` -height.",
)
one_bump.misconception(
    "the height is spread over the two units",
    (W2, "np.array([[height / 2], [-height / 2]])"),
    advice="Between the edges only the first unit is on, and it alone makes the height.",
)
one_bump.misconception(
    "the height multiplies the pre-activation",
    source=one_bump.edited(
        (W1, "np.array([[sharpness * height, sharpness * height]])"), (W2, "np.array([[1.0], [-1.0]])")
    ),
    advice="A sigmoid is never above 1, whatever its weight. What is as high as you like is the output: the height belongs to W2.",
)
one_bump.misconception(
    "the height multiplies the pre-activation, its bias as well",
    source=one_bump.edited(
        (W1, "np.array([[sharpness * height, sharpness * height]])"),
        (B1, "np.array([-sharpness * height * left, -sharpness * height * right])"),
        (W2, "np.array([[1.0], [-1.0]])"),
    ),
    advice="A sigmoid is never above 1, whatever its weight. What is as high as you like is the output: the height belongs to W2.",
)
one_bump.misconception(
    "the biases are cut to whole numbers where `sharpness` is one",
    source=one_bump.edited((B1, "np.array([-sharpness * left, -sharpness * right]).astype(W1.dtype)")),
    advice="An array that is made of whole numbers (np.array of an int, zeros_like of it) cuts off what stands behind the point: "
    "make the biases with dtype float.",
)
one_bump.misconception(
    "the unit itself has the slope `sharpness`: its weight is four times as large",
    source=one_bump.edited(
        (W1, "np.array([[4 * sharpness, 4 * sharpness]])"),
        (B1, "np.array([-4 * sharpness * left, -4 * sharpness * right])"),
    ),
    advice="`sharpness` is the slope of the pre-activation, so the weight itself; the sigmoid's own slope is then a quarter of it.",
)
one_bump.misconception(
    "the step down is taken away: -height left of the bump, and height right of it",
    source=one_bump.edited(
        (W1, "np.array([[sharpness, -sharpness]])"),
        (B1, "np.array([-sharpness * left, sharpness * right])"),
    ),
    advice="A unit with weight -sharpness is on *left* of its edge. Either turn the unit round or subtract it, not both.",
)
one_bump.misconception(
    "sharpness is divided by the width of the bump",
    source=one_bump.edited(
        (W1, "np.array([[sharpness, sharpness]]) / (right - left)"),
        (B1, "np.array([-sharpness * left, -sharpness * right]) / (right - left)"),
    ),
    advice="How steep an edge is does not depend on how far away the other one lies: the weight is `sharpness`.",
)
one_bump.misconception(
    "sharpness divides",
    source=one_bump.edited(
        (W1, "np.array([[1 / sharpness, 1 / sharpness]])"),
        (B1, "np.array([-left / sharpness, -right / sharpness])"),
    ),
    advice="A sigmoid's step becomes sharper with a *larger* weight: multiply by `sharpness`.",
)
one_bump.misconception(
    "a step up and a step down, added: the height is left on both sides",
    source=one_bump.edited(
        (W1, "np.array([[sharpness, -sharpness]])"),
        (B1, "np.array([-sharpness * left, sharpness * right])"),
        (W2, "np.array([[height], [height]])"),
    ),
    advice="Of a step up at `left` and one down at `right` one is on outside and both are on inside, so the height is everywhere, "
    "and twice it inside. "
    "There is no output bias to take it away: let both go up, and subtract.",
)
one_bump.misconception(
    "the edges are half as steep",
    source=one_bump.edited(
        (W1, "np.array([[sharpness / 2, sharpness / 2]])"),
        (B1, "np.array([-sharpness * left / 2, -sharpness * right / 2])"),
    ),
    advice="The slope of a unit's pre-activation is its weight: that is `sharpness`, whole.",
)
one_bump.misconception(
    "the bump is `left` to `left + right`",
    source=one_bump.edited((B1, "np.array([-sharpness * left, -sharpness * (left + right)])")),
    advice="`right` is a place, not a width: the second unit's bias is -sharpness·right.",
)
one_bump.misconception(
    "W1 and W2 stand as the lecture writes them, transposed",
    source=one_bump.edited(
        (W1, "np.array([[sharpness], [sharpness]])"), (W2, "np.array([[height, -height]])")
    ),
    lecture="3:17",
    advice="One example is one row here: h = σ(xW1 + b1), so that W1 has a row for the input and a column for each unit.",
)
one_bump.misconception(
    "the biases are cut to whole numbers",
    source=one_bump.edited(
        (
            "np.array([-sharpness * left, -sharpness * right])",
            "np.array([-sharpness * left, -sharpness * right]).astype(int)",
        )
    ),
    advice="An array that is made of whole numbers cuts off what is written into it. Begin with np.zeros(2).",
)
one_bump.misconception(
    "the steps stand outside of the edges",
    source=one_bump.edited(
        (
            "np.array([-sharpness * left, -sharpness * right])",
            "np.array([-sharpness * left + 5, -sharpness * right - 5])",
        )
    ),
    advice="At its edge a step is at one half: its pre-activation is 0 there, s·left + b = 0.",
)


@one_bump.alternative
def downwards(left, right, height, sharpness):
    W1 = [[-sharpness, -sharpness]]
    b1 = [sharpness * right, sharpness * left]
    return np.array(W1), np.array(b1), np.array([height, -height]).reshape(2, 1)


@one_bump.alternative
def in_single_precision(left, right, height, sharpness):
    W1 = np.full((1, 2), sharpness, "float32")
    b1 = -W1[0] * np.array([left, right], "float32")
    return W1, b1, np.float32(height) * np.array([[1], [-1]], "float32")
