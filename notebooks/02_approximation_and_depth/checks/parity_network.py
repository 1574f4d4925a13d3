"""What `check(parity_network)` looks at (lecture 47:06).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import set_by_hand
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.set_by_hand import every_input, in_single, outputs

parity = Checks("parity_network", kind="network", lecture="47:06")


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
