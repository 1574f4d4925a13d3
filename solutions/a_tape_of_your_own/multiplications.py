"""multiplications: what a forward and a backward pass cost, counted."""

import numpy as np

from autograder.exercise import Exercise
from helpers.evidence import landmarks

cost = Exercise("multiplications", kind="report", lecture="24:00")


@cost.reference
def multiplications(N, sizes):
    """Count the multiplications in the matrix products of one forward and one backward pass.

    Forward, each layer computes h W. Backward, it computes dW = hᵀ da, and dh = da Wᵀ for the layer below;
    the first layer stands on the input, which nobody trains: it computes dW alone.
    The product of an (n, m) and an (m, k) matrix takes n·m·k multiplications.      (lecture 24:00)

    Args:
        N: the number of examples in the batch.
        sizes: the layers' sizes from the input to the output, [D, H1, …, C]; at least two.
    Returns:
        forward, backward: two integers.
    """
    ### BEGIN SOLUTION
    layers = [N * sizes[k] * sizes[k + 1] for k in range(len(sizes) - 1)]
    forward = sum(layers)
    backward = 2 * forward - layers[0]
    return forward, backward
    ### END SOLUTION


def _counts(multiplications, cases):
    """What is counted for several networks, each given by N and its sizes."""
    found = [multiplications(N, sizes) for N, sizes in cases]
    forward, backward = zip(*found, strict=True)
    first = [N * sizes[0] * sizes[1] for N, sizes in cases]
    last = [N * sizes[-2] * sizes[-1] for N, sizes in cases]
    marks = {
        "N": [N for N, _ in cases],
        "the product of the first layer": first,
        "the product of the last layer": last,
    }
    return {
        "forward": np.array([float(n) for n in forward]),
        "backward": np.array([float(n) for n in backward]),
        **landmarks(**marks),
    }


def _networks(rng, layers):
    """Five networks of so many layers, of which the last has layers of one size."""
    sizes = rng.integers(3, 90, size=(5, layers + 1))
    sizes[-1] = sizes[-1, 0]
    return [(int(rng.integers(3, 90)), [int(n) for n in row]) for row in sizes]


@cost.check("one layer")
def one_layer(multiplications, rng):
    return _counts(multiplications, _networks(rng, 1))


@cost.check("several layers", points=2)
def several_layers(multiplications, rng):
    return _counts(multiplications, _networks(rng, 4))


@cost.check("they are integers, since they count")
def integers(multiplications, rng):
    N, D, C = (int(n) for n in rng.integers(3, 90, size=3))
    counts = multiplications(N, [D, C])
    kinds = ["a whole number" if np.asarray(n).dtype.kind in "iu" else "no integer" for n in counts]
    return {"N, D, C": [N, D, C], "forward": kinds[0], "backward": kinds[1]}


@cost.example()
def example(multiplications, rng):
    N = int(rng.integers(3, 90))
    sizes = [int(n) for n in rng.integers(3, 90, size=4)]

    def counted(sizes):
        forward, backward = multiplications(N, sizes)
        return {"millions forward": forward / 1e6, "millions backward": backward / 1e6}

    return {"sizes": sizes}, counted


cost.misconception(
    "the counts are floating-point numbers",
    ("return forward, backward", "return float(forward), float(backward)"),
    advice="A count is a whole number, and above 2⁵³ a float no longer tells neighbours apart. Leave out float, and divide with //.",
)
cost.misconception(
    "one of the counts is a floating-point number",
    ("2 * forward - layers[0]", "2.0 * forward - layers[0]"),
    advice="A count is a whole number. 2.0 makes a float of it, and so does a division by /: write 2, and divide with //.",
)
cost.misconception(
    "nothing is counted backward for the first layer",
    ("2 * forward - layers[0]", "2 * (forward - layers[0])"),
    advice="The first layer hands no gradient to x, but it has weights: its dW is counted.",
)
cost.misconception(
    "the forward pass is counted in backward as well",
    ("2 * forward - layers[0]", "3 * forward - layers[0]"),
    advice="`backward` holds the products of the backward pass alone: dW of each layer, and dh of each but the first.",
)
cost.misconception(
    "W is taken for square in dh",
    ("2 * forward - layers[0]", "forward + sum(N * n * n for n in sizes[1:-1])"),
    advice="dh = da Wᵀ of a layer is the product of an (N, n) and an (n, m) matrix, with the layer's own two sizes n and m.",
)
cost.misconception(
    "all sizes are multiplied together",
    ("sum(layers)", "N * int(np.prod(sizes))"),
    advice="The layers come one after the other, so their products add up: N·D·H₁ + N·H₁·H₂ + …",
)
cost.misconception(
    "a gradient for the input is counted",
    ("2 * forward - layers[0]", "2 * forward"),
    advice="x is data, not a parameter: the first layer needs dW only. Twice the forward pass is the limit for deep networks.",
)
cost.misconception(
    "only dW is counted",
    ("2 * forward - layers[0]", "forward"),
    advice="Each layer but the first also hands a gradient down: dh = da Wᵀ, another product as large as the forward one.",
)
cost.misconception(
    "only dh is counted",
    ("2 * forward - layers[0]", "forward - layers[0]"),
    advice="dh takes the gradient down; the weights' own gradient, dW = hᵀ da, costs as much again.",
)
cost.misconception(
    "the dh of the last layer is left out",
    ("2 * forward - layers[0]", "2 * forward - layers[-1]"),
    advice="The output layer hands its gradient down too. It is the first layer that has nobody below to hand it to.",
)
cost.misconception(
    "layers of the same sizes are counted once",
    ("return forward, backward", "forward = sum(set(layers))\n    return forward, 2 * forward - layers[0]"),
    advice="A set, or a dict by sizes, holds equal layers once. Each of them costs its products: add up a list.",
)
cost.misconception(
    "the batch is forgotten",
    ("N * sizes[k] * sizes[k + 1]", "sizes[k] * sizes[k + 1]"),
    advice="Each of the N rows is multiplied by W: an (N, m) by an (m, n) matrix takes N·m·n multiplications.",
)
cost.misconception(
    "dW is counted once for the whole batch",
    ("2 * forward - layers[0]", "forward // N + forward - layers[0]"),
    advice="dW has m·n entries, and each of them is a sum over the N examples: hᵀ da takes N·m·n multiplications.",
)
cost.misconception(
    "a forward pass for every weight",
    ("2 * forward - layers[0]", "forward * forward // N"),
    advice="That is what finite differences would cost. Backpropagation gets all gradients in one pass, layer by layer.",
)
cost.misconception(
    "the biases are counted among the inputs",
    ("N * sizes[k] * sizes[k + 1]", "N * (sizes[k] + 1) * sizes[k + 1]"),
    advice="A bias is added, not multiplied. Count the matrix products only.",
)


@cost.alternative
def by_loop(N, sizes):
    forward, backward = 0, 0
    for k in range(1, len(sizes)):
        product = N * sizes[k - 1] * sizes[k]
        forward += product
        backward += product if k == 1 else product + product
    return forward, backward


@cost.alternative
def by_numpy(N, sizes):
    sizes = np.array(sizes)
    layers = N * sizes[:-1] * sizes[1:]
    return layers.sum(), layers.sum() + layers[1:].sum()
