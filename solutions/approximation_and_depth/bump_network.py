"""bump_network: weights set by hand, so that one hidden layer is near any continuous function."""

import keras
import numpy as np
import tensorflow as tf  # noqa: F401  answers below use it

from autograder.exercise import Exercise
from helpers import set_by_hand
from helpers.evidence import landmarks
from helpers.set_by_hand import in_single, outputs
from solutions.approximation_and_depth.bump import bump

network = Exercise("bump_network", kind="network", lecture="9:43")


@network.reference
def bump_network(f, n):
    """Build a network that is near f on [0, 1]: n bumps side by side. Its weights are set, never trained.

    [0, 1] is cut into n cells of the same width. Over each cell stands a bump, as high as f is in the *middle* of the cell;
    where one ends, the next begins. Only the two outer edges are moved: the first bump begins at -1/n instead of 0, the last ends
    at 1 + 1/n instead of 1, so that 0 and 1 lie inside a bump. All other edges, and all middles, stay.

    network(x) = σ(x W⁽¹⁾ + b⁽¹⁾) W⁽²⁾ + b⁽²⁾      (lecture 9:43)

    The steps are to be over within a tenth of a cell: a sharpness of 100·n does it.

    An f that jumps gets the same network: n bumps, each as high as f in the middle of its cell. Beside the jump it will be
    wrong, and no network whose g is continuous could be right. Where f is infinite or no number in the middle of a cell, no bump
    has the right height: refuse.

    Args:
        f: a function of a number or of an array of them; gives the same.
        n: how many cells, at least 1.
    Returns:
        A keras.Sequential with a keras.Input, at most 2n sigmoid units and a linear output, from (N, 1) to (N, 1).
    Raises:
        ValueError: if f is not finite in the middle of some cell.
    """
    ### BEGIN SOLUTION
    edges = np.linspace(0, 1, n + 1)
    heights = [float(f(middle)) for middle in (edges[:-1] + edges[1:]) / 2]
    if not np.all(np.isfinite(heights)):
        raise ValueError(f"f should be finite in the middle of each cell, received {heights}")
    edges[0] -= 1 / n
    edges[-1] += 1 / n
    sharpness = 100 * n
    bumps = [bump(edges[i], edges[i + 1], heights[i], sharpness) for i in range(n)]
    W1, b1, W2 = zip(*bumps, strict=True)
    hidden = keras.layers.Dense(2 * n, activation="sigmoid")
    model = keras.Sequential([keras.Input((1,)), hidden, keras.layers.Dense(1)])
    model.set_weights([np.hstack(W1), np.concatenate(b1), np.vstack(W2), np.zeros(1)])
    return model
    ### END SOLUTION


# Sharper steps than asked for are right as well, and softer ones nearly.
NEAR = 5e-3


def smooth(rng):
    """A function that is steep, above 0 at the left end, and below 0 at the right one."""
    size, shift, down = rng.uniform(1.5, 2.2), rng.uniform(-0.3, 0.3), rng.uniform(0.2, 0.4)
    return lambda x: size * np.cos(3 * np.pi * np.asarray(x) + shift) - down


def within(rng, n, i=None, per_cell=3):
    """Places in the cells, away from their edges; `i` is one cell, by default all."""
    cells = np.repeat(np.arange(n) if i is None else [i], per_cell)
    return (cells + rng.uniform(0.2, 0.8, len(cells))) / n


@network.check(
    "over each cell as high as f in its middle",
    points=2,
    # at an edge a very sharp step shows float32's rounding
    **{"network(x)": NEAR, "network where two bumps meet": 0.1},
)
def in_each_cell(bump_network, rng):
    f, n = smooth(rng), 7
    x = within(rng, n)
    middle = (np.floor(x * n) + 0.5) / n
    model = bump_network(f, n)
    return {
        "network(x)": outputs(model, x)[:, 0],
        "network where two bumps meet": outputs(model, np.arange(1, n) / n)[:, 0],
        **landmarks(x=x, **{"f(x)": f(x), "f in the middle of the cell": f(middle)}),
    }


@network.check(
    "0 and 1 lie inside a bump",
    **{"network(0)": NEAR, "network(1)": NEAR, "network just inside": NEAR},
)
def at_the_ends(bump_network, rng):
    f, n = smooth(rng), 5
    given = outputs(bump_network(f, n), np.array([0, 1, 0.03, 0.97]))[:, 0]
    marks = landmarks(**{"f(0)": f(0.0), "f(1)": f(1.0), "half of f(0)": f(0.0) / 2})
    return {"network(0)": given[0], "network(1)": given[1], "network just inside": given[2:], **marks}


@network.check("whatever n is, 1 as well", **{"network(x) for n = 1": NEAR, "network(x) for n = 23": NEAR})
def any_number(bump_network, rng):
    wave = smooth(rng)

    def f(x):
        # well below 0 in the middle of [0, 1]
        return wave(x) - 1

    found = {}
    for n in (1, 23):
        # with n = 1 the only cell is the first and the last
        x = np.concatenate([within(rng, n, per_cell=2), [0, 1]])
        found[f"network(x) for n = {n}"] = outputs(bump_network(f, n), x)[:, 0]
    return found


@network.check("a function that jumps gets its n bumps too", **{"network(x)": NEAR})
def a_jump(bump_network, rng):
    n, low, high = 6, float(rng.uniform(-2, -1)), float(rng.uniform(1, 2))
    # In the left half of a cell, where one cell more or less would have its middle on the other side.
    where = (3 + float(rng.uniform(0.3, 0.4))) / n
    x = np.append(within(rng, n), 3.25 / n)
    return {"network(x)": outputs(bump_network(lambda x: np.where(x < where, low, high), n), x)[:, 0]}


@network.check("an f without a value in the middle of a cell is refused")
def no_value(bump_network, rng):
    n = 5
    bad, elsewhere = int(rng.integers(1, n - 1)) + 0.5, float(rng.normal())
    found = {"f elsewhere": elsewhere}
    for name, value in (("is no number", np.nan), ("is infinite", np.inf)):

        def f(x, value=value):
            # Around the middle of one cell, and nowhere else.
            return np.where(np.abs(np.asarray(x) * n - bad) < 0.1, value, elsewhere)

        try:
            bump_network(f, n)
            found[f"where f {name}"] = "a network"
        except ValueError:
            found[f"where f {name}"] = "ValueError"
    # Infinite at an edge alone: no middle is touched. So small elsewhere that nothing looks like a jump.
    pole = float(rng.integers(2))
    try:
        with np.errstate(divide="ignore"):
            bump_network(lambda x: 0.1 / np.abs(np.asarray(x, "float64") - pole), n)
        found["where f is infinite at 0 or 1 only"] = "a network"
    except ValueError:
        found["where f is infinite at 0 or 1 only"] = "ValueError"
    return found


@network.check("the output is linear, and comes from weights alone", **{"network(x), all weights 0": 1e-6})
def from_weights(bump_network, rng):
    x = within(rng, 5)
    return {"x": x, "network(x), all weights 0": set_by_hand.without_weights(bump_network(smooth(rng), 5), x)}


@network.check("at most 2n units: 6n + 1 weights and biases")
def size(bump_network, rng):
    f, x = smooth(rng), rng.uniform(size=3)
    sizes = [set_by_hand.size_of(bump_network(f, n), x) for n in (4, 9)]
    return {"x": x, "weights and biases for n = 4 and 9": np.array(sizes)}


@size.summary()
def size_summary(theirs, ours):
    sizes = theirs["weights and biases for n = 4 and 9"]
    return {"x": theirs["x"], "too many, for n = 4 and 9": set_by_hand.beyond(sizes, np.array([25, 55]))}


@network.check("its weights are set, not trained", mistake=set_by_hand.TRAINED, advice=set_by_hand.SET_THEM)
def not_trained(bump_network, rng):
    f = smooth(rng)
    return set_by_hand.set_twice(lambda: bump_network(f, 4), within(rng, 4))


@not_trained.summary()
def not_trained_summary(theirs, ours):
    return set_by_hand.set_twice_summary(theirs, ours)


@network.example()
def example(bump_network, rng, N=4):
    model = bump_network(smooth(rng), 5)
    # Around the middle of the last cell, where f is below 0 and nothing is steep.
    x = (4 + rng.uniform(0.4, 0.6, (N, 1))) / 5
    return {"x": x.astype("float32")}, lambda x: {"f": in_single(model(x))}


HEIGHTS = "(edges[:-1] + edges[1:]) / 2"
OUTER = "    edges[0] -= 1 / n\n    edges[-1] += 1 / n\n"
BUMPS = "bumps = [bump(edges[i], edges[i + 1], heights[i], sharpness) for i in range(n)]"
CHECKED = (
    "    if not np.all(np.isfinite(heights)):\n"
    '        raise ValueError(f"f should be finite in the middle of each cell, received {heights}")\n'
)
network.misconception(
    "the outer bumps end at 0 and at 1",
    (OUTER, ""),
    advice="At the edge of a bump one unit is at one half: at 0 and 1 only half of f is left. Let the first bump begin at -1/n "
    "and the last end at 1 + 1/n.",
)
network.misconception(
    "the height is taken at the left end of the cell",
    (HEIGHTS, "edges[:-1]"),
    advice="From the left end f has a whole cell to run away, from the middle half a cell to each side: take f((left + right) / 2).",
)
network.misconception(
    "the height is taken at the right end of the cell",
    source=network.edited((HEIGHTS, "edges[1:]")),
    advice="From the right end f has a whole cell to run away, from the middle half a cell to each side: take f((left + right) / 2).",
)
network.misconception(
    "the height is the mean of f at both edges of the cell",
    source=network.edited(
        (
            f"[float(f(middle)) for middle in {HEIGHTS}]",
            "[float(f(edges[i]) + f(edges[i + 1])) / 2 for i in range(n)]",
        )
    ),
    advice="Between two edges f may be anywhere, and at an edge alone it may be infinite: the height is f in the *middle*, "
    "f((left + right) / 2).",
)
network.misconception(
    "an f without a value there gets a network",
    source=network.edited((CHECKED, "")),
    advice="NaN or ∞ as a weight spoils the network everywhere, and another number in its place is made up. Raise ValueError unless "
    "np.isfinite holds for *every* height.",
)
network.misconception(
    "NaN is refused, infinity is not",
    source=network.edited(("not np.all(np.isfinite(heights))", "np.any(np.isnan(heights))")),
    advice="∞ is no height either: np.isfinite is false for NaN and for both infinities.",
)
network.misconception(
    "f is asked at the edges as well, and refused for what it is there",
    source=network.edited(
        (
            "not np.all(np.isfinite(heights))",
            "not np.all(np.isfinite([*heights, *(float(f(edge)) for edge in edges)]))",
        )
    ),
    advice="Only the middles become heights: an f that is infinite at 0 alone, as 1/x, has its n bumps.",
)
network.misconception(
    "each bump is a little wider than its cell: neighbours overlap",
    source=network.edited(
        (BUMPS, BUMPS.replace("edges[i], edges[i + 1]", "edges[i] - 0.1 / n, edges[i + 1] + 0.1 / n"))
    ),
    advice="Where one bump ends, the next begins, at the same edge: halfway up and halfway down add to the mean of both heights.",
)
network.misconception(
    "the output is squashed: it is no longer linear",
    ("keras.layers.Dense(1)", 'keras.layers.Dense(1, activation="sigmoid")'),
    advice="f goes where it likes; a sigmoid at the output stays in (0, 1). The theorem has a linear output (9:43): Dense(1).",
)
network.misconception(
    "ReLU at the output",
    source=network.edited(("keras.layers.Dense(1)", 'keras.layers.Dense(1, activation="relu")')),
    advice="f may be negative, and ReLU cuts that off. The theorem has a linear output (9:43): Dense(1).",
)
network.misconception(
    "tanh units with the output weights of sigmoid units",
    ('activation="sigmoid"', 'activation="tanh"'),
    lecture="5:26",
    advice="tanh goes from -1 to 1, so that a bump is twice as high, and tanh(a) steps twice as fast. Take sigmoid, or halve the "
    "output weights.",
)
network.misconception(
    "the same sharpness for any n",
    source=network.edited(("sharpness = 100 * n", "sharpness = 50")),
    advice="The narrower the cells, the sharper the steps have to be, or neighbouring bumps flow into each other: let sharpness "
    "grow with n.",
)
network.misconception(
    "one cell too few",
    source=network.edited(
        ("np.linspace(0, 1, n + 1)", "np.linspace(0, 1, n)"),
        ("for i in range(n)]", "for i in range(n - 1)]"),
        ("Dense(2 * n,", "Dense(2 * n - 2,"),
    ),
    advice="n cells have n + 1 edges: np.linspace(0, 1, n + 1).",
)
network.misconception(
    "steps that nobody takes back: each adds the whole height",
    source=network.edited((BUMPS, BUMPS + "\n    bumps = [(W, b, W2 * [[1], [0]]) for W, b, W2 in bumps]")),
    advice="A step up stays on for ever. Pair it with one that takes it away at the right edge of the cell, as `bump` does.",
)
network.misconception(
    "right at the middles only: narrow bumps with nothing between them",
    source=network.edited(
        (
            BUMPS,
            "m = np.linspace(0, 1, 2 * n + 1)[1::2]\n    w = 0.15 / n\n    bumps = [bump(m[i] - w, m[i] + w, heights[i], 4 * "
            "sharpness) for i in range(n)]",
        )
    ),
    advice="n right values are no approximation: between them the network is 0. A bump reaches from edge to edge, where its "
    "neighbour begins.",
)
network.misconception(
    "two bumps more, one beyond either end",
    source=network.edited(
        (OUTER, "    edges = np.concatenate([[-1 / n], edges, [1 + 1 / n]])\n"),
        (
            "heights[i], sharpness) for i in range(n)]",
            "[heights[0], *heights, heights[-1]][i], sharpness) for i in range(n + 2)]",
        ),
        ("Dense(2 * n,", "Dense(2 * n + 4,"),
    ),
    advice="n bumps and 2n units are enough: do not add bumps, move the two outer edges, the first to -1/n and the last to 1 + 1/n.",
)
network.misconception(
    "the network has no input shape, so no weights yet",
    source=network.edited(("[keras.Input((1,)), hidden", "[hidden")),
    advice="Without keras.Input((1,)) the layers do not know how many numbers come in, and make their weights only when they see some. "
    "Begin with keras.Input((1,)).",
)
network.misconception(
    "a function that jumps is refused",
    source=network.edited(
        (
            CHECKED,
            CHECKED
            + "    if n > 1 and np.abs(np.diff(heights)).max() > 1:\n        raise ValueError('f is not continuous')\n",
        )
    ),
    advice="From n heights nobody can tell a jump from a steep slope. Make the network; what it cannot do shows in the cell of the jump.",
)
network.misconception(
    "a table in the place of units",
    source=network.edited(
        (
            'hidden = keras.layers.Dense(2 * n, activation="sigmoid")\n',
            "table = keras.layers.Lambda(lambda x: tf.gather(tf.constant(heights, 'float32'), tf.clip_by_value(tf.cast(x * n, "
            "'int32'), 0, n - 1)))\n",
        ),
        (
            "    model = keras.Sequential([keras.Input((1,)), hidden, keras.layers.Dense(1)])\n",
            "    return keras.Sequential([keras.Input((1,)), table])\n",
        ),
        (
            "    model.set_weights([np.hstack(W1), np.concatenate(b1), np.vstack(W2), np.zeros(1)])\n    return model\n",
            "",
        ),
    ),
    advice="The question is what *units* can do: one Dense layer of sigmoids and a linear one, whose weights hold the heights.",
)
network.misconception(
    set_by_hand.TRAINED,
    source="""
    def bump_network(f, n):
        edges = np.linspace(0, 1, n + 1)
        heights = [float(f(middle)) for middle in (edges[:-1] + edges[1:]) / 2]
        if not np.all(np.isfinite(heights)):
            raise ValueError(f"received {heights}")
        first = keras.initializers.RandomUniform(-50, 50, seed=1)
        layers = [keras.layers.Dense(2 * n, "sigmoid", kernel_initializer=first), keras.layers.Dense(1, kernel_initializer="zeros")]
        model = keras.Sequential([keras.Input((1,)), *layers])
        model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
        x = np.linspace(0, 1, 33)[:, None]
        model.train_on_batch(x, np.array([float(f(value)) for value in x[:, 0]])[:, None])
        return model
    """,
    advice=set_by_hand.SET_THEM,
)
network.misconception(
    "the middles are those of the moved cells",
    source=network.edited(
        ("    heights = [", "    edges[0] -= 1 / n\n    edges[-1] += 1 / n\n    heights = ["),
        ("\n    edges[0] -= 1 / n\n    edges[-1] += 1 / n\n    sharpness", "\n    sharpness"),
    ),
    advice="Take the heights first and move the outer edges afterwards: f's middles stay where they are.",
)


@network.alternative
def by_steps(f, n):
    edges = np.arange(1, n) / n
    heights = np.array([float(f((i + 0.5) / n)) for i in range(n)])
    if not np.isfinite(heights).all():
        raise ValueError("f is not finite")
    # One step for each change of height; the first height is the output's bias.
    units = max(1, n - 1)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(units, "sigmoid"), keras.layers.Dense(1)])
    if n == 1:
        model.set_weights([np.zeros((1, 1)), np.zeros(1), np.zeros((1, 1)), heights])
        return model
    s = 200.0 * n
    model.set_weights([np.full((1, units), s), -s * edges, np.diff(heights)[:, None], heights[:1]])
    return model


@network.alternative
def by_tanh(f, n):
    x = keras.Input((1,))
    hidden, last = keras.layers.Dense(2 * n, activation="tanh"), keras.layers.Dense(1, use_bias=False)
    model = keras.Model(x, last(hidden(x)))
    left = np.arange(n) / n
    right = left + 1 / n
    heights = np.asarray(f((left + right) / 2), "float64") * np.ones(n)
    if np.any(~np.isfinite(heights)):
        raise ValueError("not finite")
    left[0], right[-1] = -1, 2
    s = 60 * n
    hidden.kernel.assign(np.full((1, 2 * n), s))
    hidden.bias.assign(-s * np.concatenate([left, right]))
    last.kernel.assign(np.concatenate([heights, -heights])[:, None] / 2)
    return model


for mutant in ("line 5: / → *", "line 5: 1 → 2", "line 6: / → *", "line 6: 1 → 2"):
    network.equivalent(mutant, because="how far the outer bumps reach beyond 0 and 1 does not matter")
network.equivalent("line 7: 100 → 101", because="a step that is a little sharper is over as well")
network.equivalent("line 9: True → False", because="every bump has three parts")
