"""What `check(dropout_backward)` looks at (lecture 50:43).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

from helpers.checks import Checks
from helpers.inputs import BY_ITSELF, entries

backward = Checks("dropout_backward", kind="gradient", lecture="50:43", not_yours=BY_ITSELF)


def network(rng, keep=0.6, N=6, D=3, H=5, C=4):
    """Input, classes, a mask and parameters, none of them zero or square."""
    mask = (rng.random((N, H)) < keep).astype("float64")
    # an example without units, one with all of them
    mask[0], mask[1], mask[:, 0] = 0, 1, [0, 1, 0, 1, 1, 0]
    return (
        rng.normal(size=(N, D)),
        rng.integers(0, C, N),
        mask,
        *(rng.normal(size=shape) for shape in ((D, H), (H,), (H, C), (C,))),
    )


@backward.check("line 1: da2, behind the softmax")
def line_1_da2(dropout_backward, rng):
    return entries(dropout_backward(*network(rng)), "da2")


@backward.check("line 2: dW2 and db2, of the output layer")
def line_2_dW2_db2(dropout_backward, rng):
    return entries(dropout_backward(*network(rng)), "dW2", "db2")


@backward.check("line 3: dh1, back through W2")
def line_3_dh1(dropout_backward, rng):
    return entries(dropout_backward(*network(rng)), "dh1")


@backward.check("line 4: da1, back through the mask and the sigmoid")
def line_4_da1(dropout_backward, rng):
    return entries(dropout_backward(*network(rng)), "da1")


@backward.check("line 5: dW1 and db1, of the hidden layer")
def line_5_dW1_db1(dropout_backward, rng):
    return entries(dropout_backward(*network(rng)), "dW1", "db1")


@backward.example(without={"dtype": "all of it is in float64"})
def example(dropout_backward, rng, N=6, H=5):
    D, C = (H, H) if N == H else (3, 4)
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    inputs = {
        "x": rng.normal(size=(N, D)),
        "y": rng.integers(0, C, N),
        "mask": (rng.random((N, H)) < 0.6).astype("float64"),
        **{name: rng.normal(size=shape) for name, shape in shapes.items()},
    }
    return inputs, lambda **given: dropout_backward(**given)
