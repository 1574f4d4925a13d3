"""multiplications: what a forward and a backward pass cost, counted."""

import numpy as np

from autograder.exercise import Exercise

cost = Exercise("multiplications", kind="report", lecture="24:00")


@cost.reference
def multiplications(N, sizes):
    """Count the multiplications in the matrix products of one forward and one backward pass.

    Forward, each layer computes h W. Backward, it computes dW = hᵀ da, and dh = da Wᵀ for the layer below;
    below the first hidden layer stands the input, which nobody trains: no gradient is computed for x.
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


def _counts(found):
    forward, backward = found
    return {"forward": float(forward), "backward": float(backward)}


@cost.check("one layer")
def one_layer(multiplications, rng):
    N, D, C = (int(n) for n in rng.integers(3, 90, size=3))
    return _counts(multiplications(N, [D, C]))


@cost.check("several layers", points=2)
def several_layers(multiplications, rng):
    return _counts(multiplications(int(rng.integers(3, 90)), [int(n) for n in rng.integers(3, 90, size=5)]))


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
    return {"sizes": sizes}, lambda sizes: _counts(multiplications(N, sizes))


cost.misconception(
    "the counts are floating-point numbers",
    ("return forward, backward", "return float(forward), float(backward)"),
    advice="A count is a whole number, and above 2⁵³ a float no longer tells neighbours apart. Leave out float, and divide with //.",
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
