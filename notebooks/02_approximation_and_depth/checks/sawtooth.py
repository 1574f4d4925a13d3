"""What `check(sawtooth)` looks at (lecture 47:06).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import set_by_hand
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.set_by_hand import in_single, outputs

saw = Checks("sawtooth", kind="network", lecture="47:06")

# of float32, whose rounding each tent doubles
NEAR = 1e-3


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
