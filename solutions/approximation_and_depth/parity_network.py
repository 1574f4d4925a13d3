"""parity_network: exact for all 2ⁿ inputs with a number of weights that grows like n, because it is deep."""

import keras
import numpy as np
import tensorflow as tf  # noqa: F401  answers below use it

from autograder.exercise import Exercise
from helpers import set_by_hand
from helpers.evidence import landmarks
from helpers.set_by_hand import every_input, in_single, outputs

parity = Exercise("parity_network", kind="network", lecture="47:06")


@parity.reference
def parity_network(n):
    """Build a deep network that says whether an odd number of its n inputs is 1. Its weights are set, never trained.

    network(x) = 1 if x₁ + … + xₙ is odd, else 0      exact for each of the 2ⁿ inputs of zeros and ones      (lecture 47:06)

    The parity of k inputs and the next input make the parity of k + 1: p ← p XOR xₖ₊₁. One XOR takes a hidden layer of two
    ReLU units, and what comes out is an input of the next one. Any other way is fine that uses Dense layers, is exact, and has at
    most 12n weights and biases.

    Args:
        n: the number of inputs, at least 2, odd or even.
    Returns:
        A keras.Model that begins with keras.Input, from (N, n) to (N, 1).
    """
    ### BEGIN SOLUTION
    x = keras.Input((n,))
    p = x[:, :1]
    for k in range(1, n):
        pair = keras.layers.Concatenate()([p, x[:, k : k + 1]])
        hidden = keras.layers.Dense(2, activation="relu")
        output = keras.layers.Dense(1)
        p = output(hidden(pair))
        hidden.set_weights([np.ones((2, 2)), np.array([0.0, -1.0])])
        output.set_weights([np.array([[1.0], [-2.0]]), np.zeros(1)])
    return keras.Model(x, p)
    ### END SOLUTION


def in_some_order(rng, n):
    """Every input at least once, in an order that tells draws apart."""
    rows = np.concatenate([np.arange(2**n), rng.integers(0, 2**n, 12)])
    return every_input(n)[rng.permutation(rows)]


def known(x):
    return landmarks(**{"the number of ones": x.sum(axis=1, keepdims=True)})


@parity.check("an odd number of inputs", points=2)
def odd_number(parity_network, rng):
    x = in_some_order(rng, 5)
    return {"parity of five": outputs(parity_network(5), x), **known(x)}


@parity.check("an even number of inputs")
def even_number(parity_network, rng):
    x = in_some_order(rng, 4)
    return {"parity of four": outputs(parity_network(4), x), **known(x)}


@parity.check("two inputs: XOR")
def two_inputs(parity_network, rng):
    x = in_some_order(rng, 2)
    return {"parity of two": outputs(parity_network(2), x), **known(x)}


@parity.check("at most 12 weights and biases for each input")
def size(parity_network, rng):
    x = rng.integers(0, 2, (2, 10))
    return {"x": x, "weights and biases for n = 10": set_by_hand.size_of(parity_network(10), x)}


@size.summary()
def size_summary(theirs, ours):
    too_many = set_by_hand.beyond(theirs["weights and biases for n = 10"], np.array(120))
    return {"x": theirs["x"], "too many, for n = 10": too_many}


@parity.check("what it says comes from its weights")
def from_weights(parity_network, rng):
    x = in_some_order(rng, 3)
    model = parity_network(3)
    answers = set_by_hand.without_weights(model, x)
    return {"x": x, "with all weights 0": answers, "weights": np.array([len(model.trainable_weights)])}


@from_weights.summary()
def from_weights_summary(theirs, ours):
    answers = theirs["with all weights 0"]
    return {
        "x": theirs["x"],
        "with all weights 0, answers differ by": np.ptp(answers),
        "it has weights": theirs["weights"] > 0,
    }


@parity.check("its weights are set, not trained", mistake=set_by_hand.TRAINED, advice=set_by_hand.SET_THEM)
def not_trained(parity_network, rng):
    return set_by_hand.set_twice(lambda: parity_network(3), in_some_order(rng, 3))


@not_trained.summary()
def not_trained_summary(theirs, ours):
    return set_by_hand.set_twice_summary(theirs, ours)


@parity.example(without={"one": "the parity of one example is right half of the time, whatever the answer"})
def example(parity_network, rng, N=4):
    model = parity_network(4)
    return {"x": rng.integers(0, 2, (N, 4)).astype("float32")}, lambda x: {"f": in_single(model(x))}


GATE = "np.array([[1.0], [-2.0]])"
parity.misconception(
    "OR in the place of XOR",
    (GATE, "np.array([[1.0], [-1.0]])"),
    advice="For two ones p + x is 2, and has to come out as 0: ReLU(p + x) - 2·ReLU(p + x - 1).",
)
parity.misconception(
    "the last input is left out",
    ("range(1, n)", "range(1, n - 1)"),
    advice="range(1, n) ends with n - 1, the index of the last input.",
)
parity.misconception(
    "the first input counts twice: the loop begins at 0",
    source=parity.edited(("range(1, n)", "range(n)")),
    advice="p is the first input already, and x₁ XOR x₁ is 0: go on with the second, range(1, n).",
)
parity.misconception(
    "one tent over the whole sum",
    source="""
    def parity_network(n):
        model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(2, activation="relu"), keras.layers.Dense(1)])
        model.set_weights([np.ones((n, 2)), np.array([0.0, -1.0]), np.array([[1.0], [-2.0]]), np.zeros(1)])
        return model
    """,
    advice="The tent 0, 1, 0 goes on to -1, -2, … for three ones and more. XOR is of two: take in one input after the other.",
)
parity.misconception(
    "only neighbours are compared",
    ("Concatenate()([p, ", "Concatenate()([x[:, k - 1 : k], "),
    advice="The parity so far is what the last XOR gave: feed that, p, into the next one.",
)
parity.misconception(
    "the gates are linear",
    ('Dense(2, activation="relu")', "Dense(2)"),
    lecture="3:17",
    advice='Without a kink a chain of layers is one matrix, and no straight line does an XOR: activation="relu".',
)
parity.misconception(
    "an even number of ones gives 1",
    ("x[:, :1]\n    for", "1 - x[:, :1]\n    for"),
    advice="Parity is 1 where the number of ones is odd: begin with the first input itself, or with 0.",
)
parity.misconception(
    "the second unit begins at 0 as well",
    source=parity.edited(("np.array([0.0, -1.0])", "np.array([0.0, 0.0])")),
    advice="ReLU(s) - 2·ReLU(s) is -ReLU(s). The second unit has to wait until s = p + x is above 1: its bias is -1.",
)
parity.misconception(
    "the second unit begins at ½, as in the tent over [0, 1]",
    source=parity.edited(("np.array([0.0, -1.0])", "np.array([0.0, -0.5])")),
    advice="p + x is 0, 1 or 2, and this tent has its peak at 1: the second unit begins there, and its bias is -1.",
)
# What follows is shorter as a network of two layers: ReLU units on the number of ones.
LAYERS = """
    def parity_network(n):
        layers = [keras.layers.Dense(1), keras.layers.Dense(n, activation="relu"), keras.layers.Dense(1)]
        model = keras.Sequential([keras.Input((n,)), *layers])
        bends = 2.0 * (-1.0) ** np.arange(n)
        bends[0] = 1
        values = [np.ones((n, 1)), np.zeros(1), np.ones((1, n)), -np.arange(n), bends[:, None], np.zeros(1)]
"""
parity.misconception(
    "pairs of inputs, and the last of an odd number is dropped",
    source="""
    def parity_network(n):
        x = keras.Input((n,))
        parts = [x[:, k : k + 1] for k in range(n)]
        while len(parts) > 1:
            above = []
            for k in range(0, len(parts) - 1, 2):
                hidden, output = keras.layers.Dense(2, activation="relu"), keras.layers.Dense(1)
                above.append(output(hidden(keras.layers.Concatenate()(parts[k : k + 2]))))
                hidden.set_weights([np.ones((2, 2)), np.array([0.0, -1.0])])
                output.set_weights([np.array([[1.0], [-2.0]]), np.zeros(1)])
            parts = above
        return keras.Model(x, parts[0])
    """,
    advice="Where the number is odd one is left over: hand it on to the next layer as it is.",
)
parity.misconception(
    "nearly: sigmoids that are not quite 0 or 1",
    source=LAYERS.replace('"relu"', '"sigmoid"')
    + """
        signs = (-1.0) ** np.arange(n)
        model.set_weights([np.ones((n, 1)), np.zeros(1), np.full((1, n), 10.0), -10 * (np.arange(n) + 0.5), signs[:, None], np.zeros(1)])
        return model
    """,
    advice="A sigmoid that is half a step from its edge is still a little off. ReLU units give integers exactly.",
)
parity.misconception(
    "the ones are counted",
    source="""
    def parity_network(n):
        model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(1)])
        model.set_weights([np.ones((n, 1)), np.zeros(1)])
        return model
    """,
    advice="Two ones are as even as none. The sum has to go down again at 2, up at 3, and so on: that takes kinks.",
)
parity.misconception(
    "an AND for each input with an odd number of ones: exponentially many units",
    source="""
    def parity_network(n):
        patterns = (np.arange(2**n)[:, None] >> np.arange(n)) % 2
        odd = patterns[patterns.sum(axis=1) % 2 == 1]
        model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(len(odd), activation="relu"), keras.layers.Dense(1)])
        model.set_weights([2.0 * odd.T - 1, 1.0 - odd.sum(axis=1), np.ones((len(odd), 1)), np.zeros(1)])
        return model
    """,
    advice="Right, and hopeless: 2ⁿ⁻¹ units. Depth does it with two units for each further input.",
)
parity.misconception(
    "every layer reads all inputs: n² weights",
    source="""
    def parity_network(n):
        model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(n, activation="relu"), keras.layers.Dense(1)])
        bends = 2.0 * (-1.0) ** np.arange(n)
        bends[0] = 1
        model.set_weights([np.ones((n, n)), -np.arange(n), bends[:, None], np.zeros(1)])
        return model
    """,
    advice="n units that each read n inputs have n² weights. Let each layer read the parity so far and one more input, or first "
    "add up the inputs in one unit.",
)
parity.misconception(
    "the loop is outside of the network",
    source="""
    def parity_network(n):
        gate = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation="relu"), keras.layers.Dense(1)])
        gate.set_weights([np.ones((2, 2)), np.array([0.0, -1.0]), np.array([[1.0], [-2.0]]), np.zeros(1)])

        def network(x):
            p = x[:, :1]
            for k in range(1, n):
                p = gate(tf.concat([p, x[:, k : k + 1]], axis=1))
            return p

        return network
    """,
    advice="A function that calls a network again and again is a program. Make one network of it: keras.Model(x, p), with a layer "
    "for each step.",
)
parity.misconception(
    "no units at all: the parity comes from a formula, not from weights",
    source="""
    def parity_network(n):
        x = keras.Input((n,))
        return keras.Model(x, keras.ops.mod(keras.ops.sum(x, axis=1, keepdims=True), 2))
    """,
    advice="The question is what units can do: every layer is a Dense, and what it computes comes from its weights.",
)
parity.misconception(
    "the network has no input shape, so no weights yet",
    source=LAYERS.replace("keras.Input((n,)), ", "")
    + """
        model.set_weights(values)
        return model
    """,
    advice="Without keras.Input((n,)) the layers do not know how many numbers come in, and make their weights only when they see some. "
    "Begin with keras.Input((n,)).",
)
parity.misconception(
    set_by_hand.TRAINED,
    source=LAYERS
    + """
        first = np.random.default_rng(1)
        model.set_weights([value + 0.1 * first.normal(size=value.shape) for value in values])
        model.compile(keras.optimizers.SGD(0.01), "mse", run_eagerly=True)
        x = first.integers(0, 2, (16, n))
        model.train_on_batch(x, x.sum(axis=1, keepdims=True) % 2)
        return model
    """,
    advice=set_by_hand.SET_THEM,
)

parity.alternative(
    name="on the number of ones",
    source=LAYERS
    + """
        model.set_weights(values)
        return model
    """,
)
parity.alternative(
    name="folded in halves",
    source="""
    def parity_network(n):
        folds = int(np.ceil(np.log2(n)))
        layers = [keras.layers.Dense(2, activation="relu") for _ in range(folds)]
        model = keras.Sequential([keras.Input((n,)), *layers, keras.layers.Dense(1)])
        W, values = np.ones((n, 2)), []
        for k in range(folds, 0, -1):
            # s above half of 2^k counts as 2^k - s, which has the same parity
            values += [W, np.array([0.0, -(2.0 ** (k - 1))])]
            W = np.array([[1.0, 1.0], [-2.0, -2.0]])
        model.set_weights([*values, W[:, :1], np.zeros(1)])
        return model
    """,
)
parity.alternative(
    name="a class, whose call goes from input to input",
    source="""
    def parity_network(n):
        class Parity(keras.Model):
            def __init__(self):
                super().__init__()
                self.hidden, self.out = keras.layers.Dense(2, activation="relu"), keras.layers.Dense(1)

            def call(self, x):
                p = x[:, :1]
                for k in range(1, n):
                    p = self.out(self.hidden(tf.concat([p, x[:, k : k + 1]], axis=1)))
                return p

        model = Parity()
        model(tf.zeros((1, n)))
        model.hidden.set_weights([np.array([[1.0, -1.0], [-1.0, 1.0]]), np.zeros(2)])
        model.out.set_weights([np.ones((2, 1)), np.zeros(1)])
        return model
    """,
)
