"""What `check(dropout_backward)` looks at (lecture 50:43).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from helpers.checks import Checks

backward = Checks("dropout_backward", lecture="50:43")


def network(rng, keep=0.6, N=6, D=3, H=5, C=4):
    """Input, classes, a mask and parameters, none of them zero or square."""
    mask = (rng.random((N, H)) < keep).astype("float64")
    mask[0], mask[1], mask[:, 0] = 0, 1, [0, 1, 0, 1, 1, 0]  # an example without units, one with all of them
    return (
        rng.normal(size=(N, D)),
        rng.integers(0, C, N),
        mask,
        *(rng.normal(size=shape) for shape in ((D, H), (H,), (H, C), (C,))),
    )


def part(*keys):
    """A check's body: these gradients of one random network."""

    def run(dropout_backward, rng):
        gradients = dropout_backward(*network(rng))
        return {key: gradients[key] for key in keys}

    return run


@backward.check("line 1: da2, behind the softmax")
def _(dropout_backward, rng):
    return part("da2")(dropout_backward, rng)


@backward.check("line 2: dW2 and db2, of the output layer")
def _(dropout_backward, rng):
    return part("dW2", "db2")(dropout_backward, rng)


@backward.check("line 3: dh1, back through W2")
def _(dropout_backward, rng):
    return part("dh1")(dropout_backward, rng)


@backward.check("line 4: da1, back through the mask and the sigmoid")
def _(dropout_backward, rng):
    return part("da1")(dropout_backward, rng)


@backward.check("line 5: dW1 and db1, of the hidden layer")
def _(dropout_backward, rng):
    return part("dW1", "db1")(dropout_backward, rng)
