"""sawtooth: a tent in each layer, and a number of linear pieces that doubles with it."""

import keras
import numpy as np
import tensorflow as tf  # noqa: F401  answers below use it

from autograder.exercise import Exercise
from helpers import set_by_hand
from helpers.evidence import landmarks
from helpers.set_by_hand import in_single, outputs

saw = Exercise("sawtooth", kind="network", lecture="47:06")


@saw.reference
def sawtooth(depth):
    """Build a ReLU network with 2^depth linear pieces on [0, 1]: each layer folds once more. Its weights are set, never trained.

    t(x) = 2x up to ½, 2 - 2x from there on,      network(x) = t(t(… t(x)))   with `depth` tents

    A tent is a sum of two ReLU units. Two units a layer are enough: what one tent adds up, the next layer's weights can hold.

    Args:
        depth: how many tents, at least 1.
    Returns:
        A keras.Sequential with a keras.Input, Dense layers with ReLU and a linear output, from (N, 1) to (N, 1), with at most
        20·depth weights and biases. Only what it gives on [0, 1] matters.
    """
    ### BEGIN SOLUTION
    hidden = [keras.layers.Dense(2, activation="relu") for _ in range(depth)]
    model = keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])
    tent = np.array([[2.0], [-4.0]])
    W, b = np.ones((1, 2)), np.array([0.0, -0.5])
    weights = []
    for _ in range(depth):
        weights += [W, b]
        W = np.hstack([tent, tent])
    model.set_weights([*weights, tent, np.zeros(1)])
    return model
    ### END SOLUTION


# of float32, whose rounding each tent doubles
NEAR = 1e-3


def folded(rng, depth):
    """Places in [0, 1] of which each lies in a piece of its own, and which piece."""
    piece = rng.permutation(2**depth)[:12]
    return (piece + rng.uniform(0.1, 0.9, len(piece))) / 2**depth, piece


@saw.check("one layer: one tent", **{"network(x)": NEAR})
def one_tent(sawtooth, rng):
    x = np.sort(np.concatenate([[0, 0.5, 1], rng.uniform(0, 1, 6)]))
    return {"network(x)": outputs(sawtooth(1), x)[:, 0], **landmarks(x=x)}


@saw.check("two layers and three: a tent of a tent", points=2, **{"two layers": NEAR, "three layers": NEAR})
def few_tents(sawtooth, rng):
    x = rng.uniform(0, 1, 9)
    return {
        "two layers": outputs(sawtooth(2), x)[:, 0],
        "three layers": outputs(sawtooth(3), x)[:, 0],
        **landmarks(x=x, **{"one tent": 1 - np.abs(2 * x - 1)}),
    }


@saw.check("deep: its peaks and its zeros", **{"network at multiples of 1/64": NEAR})
def deep(sawtooth, rng):
    x = rng.permutation(65)[:20] / 64
    return {"network at multiples of 1/64": outputs(sawtooth(6), x)[:, 0]}


@saw.check("a constant number of units a layer: at most 20·depth weights and biases")
def size(sawtooth, rng):
    x = rng.uniform(size=3)
    return {"x": x, "weights and biases for depth 7": set_by_hand.size_of(sawtooth(7), x)}


@size.summary()
def size_summary(theirs, ours):
    too_many = set_by_hand.beyond(theirs["weights and biases for depth 7"], np.array(140))
    return {"x": theirs["x"], "too many, for depth 7": too_many}


@saw.check("what it gives comes from its weights")
def from_weights(sawtooth, rng):
    x = rng.uniform(size=5)
    return {"x": x, "with all weights 0": set_by_hand.without_weights(sawtooth(2), x)}


@from_weights.summary()
def from_weights_summary(theirs, ours):
    return {"x": theirs["x"], "with all weights 0, answers differ by": np.ptp(theirs["with all weights 0"])}


@saw.check("its weights are set, not trained", mistake=set_by_hand.TRAINED, advice=set_by_hand.SET_THEM)
def not_trained(sawtooth, rng):
    return set_by_hand.set_twice(lambda: sawtooth(2), rng.uniform(size=7))


@not_trained.summary()
def not_trained_summary(theirs, ours):
    return set_by_hand.set_twice_summary(theirs, ours)


@saw.example()
def example(sawtooth, rng, N=4):
    model = sawtooth(2)
    # behind the last peak
    return {"x": rng.uniform(0.8, 0.95, (N, 1)).astype("float32")}, lambda x: {"f": in_single(model(x))}


TENT = "np.array([[2.0], [-4.0]])"
BIAS = "np.array([0.0, -0.5])"
saw.misconception(
    "the tent is half as high",
    (TENT, "np.array([[1.0], [-2.0]])"),
    advice="t(½) should be 1, so that the next layer sees all of [0, 1]: the slope is 2 up to ½.",
)
saw.misconception(
    "flat behind the peak",
    (TENT, "np.array([[2.0], [-2.0]])"),
    advice="Behind ½ the slope goes from 2 to -2: it changes by -4, and that is the second unit's weight.",
)
saw.misconception(
    "the second kink stands at 1",
    (BIAS, "np.array([0.0, -1.0])"),
    advice="ReLU(x + b) begins at x = -b: for a kink at ½ the bias is -½.",
)
saw.misconception(
    "one layer too few",
    ("for _ in range(depth)]", "for _ in range(max(1, depth - 1))]"),
    ("    for _ in range(depth):\n", "    for _ in range(max(1, depth - 1)):\n"),
    advice="`depth` counts the tents, and each is a hidden layer; the output comes on top.",
)
saw.misconception(
    "one layer too many",
    source=saw.edited(
        ("for _ in range(depth)]", "for _ in range(depth + 1)]"),
        ("    for _ in range(depth):\n", "    for _ in range(depth + 1):\n"),
    ),
    advice="`depth` counts the tents, and each is a hidden layer: the linear output is none.",
)
saw.misconception(
    "W holds the tent in its rows, not in its columns",
    source=saw.edited(("np.hstack([tent, tent])", "np.hstack([tent, tent]).T")),
    advice="a = hW: column j holds what unit j reads. Both columns are the tent, (2, -4).",
)
saw.misconception(
    "the hidden layers are linear",
    ('activation="relu"', 'activation="linear"'),
    lecture="3:17",
    advice="Without a kink a chain of layers is one straight line.",
)
saw.misconception(
    "the slope changes by 2, with the bias of the output in the place of the rest",
    source=saw.edited(("np.hstack([tent, tent])", "np.hstack([tent, tent / 2])")),
    advice="Both units of the next layer read the same t(x): the two columns of W are equal, and the biases tell them apart.",
)
saw.misconception(
    "the units of the next layer read one unit each",
    source=saw.edited(("np.hstack([tent, tent])", "np.diag([2.0, -4.0])")),
    advice="Each unit of the next layer needs the whole tent 2h₁ - 4h₂: every column of W holds both weights.",
)
saw.misconception(
    "one wide layer: a unit for every piece",
    source="""
    def sawtooth(depth):
        n = 2**depth
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(n, activation="relu"), keras.layers.Dense(1)])
        bends = 2.0 * n * (-1.0) ** np.arange(n)
        bends[0] = n
        model.set_weights([np.ones((1, n)), -np.arange(n) / n, bends[:, None], np.zeros(1)])
        return model
    """,
    advice="Right, with 2^depth units. Let the layers do it: a tent of a tent has twice as many pieces.",
)
saw.misconception(
    "tents side by side are added, not put into each other",
    source="""
    def sawtooth(depth):
        hidden, output = keras.layers.Dense(2 * depth, activation="relu"), keras.layers.Dense(1)
        model = keras.Sequential([keras.Input((1,)), hidden, output])
        b = np.concatenate([[0.0, -0.5 / (k + 1)] for k in range(depth)])
        W2 = np.concatenate([[[2.0], [-4.0]] for k in range(depth)])
        model.set_weights([np.ones((1, 2 * depth)), b, W2, np.zeros(1)])
        return model
    """,
    advice="In one layer kinks only add up, 2·depth of them. Feed the tent into the next layer: t(t(x)).",
)
saw.misconception(
    "the width doubles with each layer",
    source="""
    def sawtooth(depth):
        hidden = [keras.layers.Dense(2 ** (k + 1), activation="relu") for k in range(depth)]
        model = keras.Sequential([keras.Input((1,)), *hidden, keras.layers.Dense(1)])
        weights, W = [], np.ones((1, 2))
        for k in range(depth):
            units = 2 ** (k + 1)
            weights += [np.resize(W, (W.shape[0], units)), np.resize([0.0, -0.5], units)]
            W = np.resize([[2.0], [-4.0]], (units, 1)) / 2**k
        model.set_weights([*weights, W, np.zeros(1)])
        return model
    """,
    advice="Two units a layer suffice: whatever the number of pieces, the next layer reads one number, t(x).",
)
saw.misconception(
    "teeth that jump back: the rest of 2x",
    source="""
    def sawtooth(depth):
        x = keras.Input((1,))
        h = x
        for _ in range(depth):
            h = keras.layers.Dense(1, use_bias=False, kernel_initializer=keras.initializers.Constant(2.0))(h)
            h = keras.ops.mod(h, 1.0)
        return keras.Model(x, h)
    """,
    advice="A ReLU network is continuous and cannot jump. The tent goes up to 1 and down again.",
)
saw.misconception(
    "the loop is outside of the network",
    source="""
    def sawtooth(depth):
        tent = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2, activation="relu"), keras.layers.Dense(1)])
        tent.set_weights([np.ones((1, 2)), np.array([0.0, -0.5]), np.array([[2.0], [-4.0]]), np.zeros(1)])

        def network(x):
            for _ in range(depth):
                x = tent(x)
            return x

        return network
    """,
    advice="A function that calls a network again and again is a program. Make one network of it, with a layer for each tent.",
)
saw.misconception(
    "the tent is a formula, not units",
    source="""
    def sawtooth(depth):
        x = h = keras.Input((1,))
        for _ in range(depth):
            h = 1 - keras.ops.abs(2 * h - 1)
        return keras.Model(x, h)
    """,
    advice="The question is what *units* can do: Dense layers with ReLU, whose weights make the tent.",
)
saw.misconception(
    "the network has no input shape, so no weights yet",
    source=saw.edited(("[keras.Input((1,)), *hidden", "[*hidden")),
    advice="Without keras.Input((1,)) the layers do not know how many numbers come in, and make their weights only when they see some. "
    "Begin with keras.Input((1,)).",
)
saw.misconception(
    set_by_hand.TRAINED,
    source=saw.edited(
        (
            "    return model",
            '    model.compile(keras.optimizers.SGD(0.02), "mse", run_eagerly=True)\n'
            "    x = np.linspace(0, 1, 11)[:, None]\n"
            "    model.train_on_batch(x, np.sin(9 * x))\n"
            "    return model",
        )
    ),
    advice=set_by_hand.SET_THEM,
)
saw.misconception(
    "the tents stand beside each other, in one layer",
    source="""
        def sawtooth(depth):
            starts = np.arange(depth) / depth
            kinks = np.stack([starts, starts + 1 / (2 * depth)], axis=1).ravel()
            changes = np.resize([4.0 * depth, -4.0 * depth], 2 * depth)
            changes[0] = 2.0 * depth
            hidden = keras.layers.Dense(2 * depth, activation="relu")
            model = keras.Sequential([keras.Input((1,)), hidden, keras.layers.Dense(1)])
            model.set_weights([np.ones((1, 2 * depth)), -kinks, changes[:, None], np.zeros(1)])
            return model
    """,
    lecture="47:06",
    advice="Beside each other, depth tents have 2·depth pieces. One after the other each layer doubles them: 2^depth.",
)


@saw.alternative
def with_a_unit_between(depth):
    model = keras.Sequential([keras.Input((1,))])
    for _ in range(depth):
        model.add(keras.layers.Dense(2, activation="relu"))
        model.add(keras.layers.Dense(1))
    model.set_weights(
        [np.ones((1, 2)), np.array([0.0, -0.5]), np.array([[2.0], [-4.0]]), np.zeros(1)] * depth
    )
    return model


@saw.alternative
def from_both_sides(depth):
    x = keras.Input((1,))
    h = x
    for _ in range(depth):
        # 1 - ReLU(2x - 1) - ReLU(1 - 2x)
        hidden, output = keras.layers.Dense(2), keras.layers.Dense(1, activation="relu")
        h = output(keras.layers.ReLU()(hidden(h)))
        hidden.set_weights([np.array([[2.0, -2.0]]), np.array([-1.0, 1.0])])
        output.set_weights([-np.ones((2, 1)), np.ones(1)])
    return keras.Model(x, h)
