"""What `check(dropout_backward)` looks at (lecture 50:43).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF, entries

backward = Checks("dropout_backward", kind="gradient", lecture="50:43", not_yours=BY_ITSELF)


def network(rng, keep=0.6, N=7, D=11, H=5, C=3):
    """Input, classes, a mask and parameters, none of them zero or square."""
    mask = (rng.random((N, H)) < keep).astype("float64")
    # an example without units, one with all of them
    mask[0], mask[1], mask[:, 0] = 0, 1, [0, 1, 0, 1, 1, 0, 1]
    return (
        rng.normal(size=(N, D)),
        rng.integers(0, C, N),
        mask,
        *(rng.normal(size=shape) for shape in ((D, H), (H,), (H, C), (C,))),
    )


def looked_at(dropout_backward, inputs, *names):
    """Some gradients, and beside them what a wrong answer may have put in their place."""
    x, y, mask, W1, b1, W2, _ = inputs
    units = tf.sigmoid(x @ W1 + b1).numpy()
    onehot = np.eye(W2.shape[1])[y]
    marks = landmarks(
        x=x,
        mask=mask,
        s=units,
        h1=units * mask,
        slope=units * (1 - units),
        W2=W2,
        onehot=onehot,
        examples=len(x),
    )
    return {**entries(dropout_backward(*inputs), *names), **marks}


@backward.check("line 1: da2, behind the softmax")
def line_1_da2(dropout_backward, rng):
    return looked_at(dropout_backward, network(rng), "da2")


@backward.check("line 2: dW2 and db2, of the output layer")
def line_2_dW2_db2(dropout_backward, rng):
    return looked_at(dropout_backward, network(rng), "dW2", "db2")


@backward.check("line 3: dh1, back through W2")
def line_3_dh1(dropout_backward, rng):
    return looked_at(dropout_backward, network(rng), "dh1")


@backward.check("line 4: da1, back through the mask and the sigmoid")
def line_4_da1(dropout_backward, rng):
    return looked_at(dropout_backward, network(rng), "da1")


@backward.check("line 5: dW1 and db1, of the hidden layer")
def line_5_dW1_db1(dropout_backward, rng):
    return looked_at(dropout_backward, network(rng), "dW1", "db1")


@backward.example(without={"dtype": "all of it is in float64"})
def example(dropout_backward, rng, N=7, H=5):
    D, C = (H, H) if N == H else (11, 3)
    shapes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
    inputs = {
        "x": rng.normal(size=(N, D)),
        "y": rng.integers(0, C, N),
        # Some are kept and some dropped, however few there are.
        "mask": rng.permutation(np.resize([1.0, 0.0], N * H)).reshape(N, H),
        **{name: rng.normal(size=shape) for name, shape in shapes.items()},
    }
    return inputs, lambda **given: dropout_backward(**given)
