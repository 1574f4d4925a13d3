"""What `check(reconstruction_gradients)` looks at (lecture 21:30).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF, entries

gradients = Checks("reconstruction_gradients", kind="gradient", lecture="21:30", not_yours=BY_ITSELF)


def drawn(rng, N=5, D=11, H=7):
    """An input, the same with entries that are lost, and parameters, none of them zero or square."""
    x = rng.uniform(0.1, 0.9, size=(N, D))
    kept = rng.random((N, D)) < 0.6
    # in each example something is lost, and something is kept
    kept[:, 0], kept[:, 1] = True, False
    return x, x * kept, rng.normal(size=(D, H)), rng.normal(size=H), rng.normal(size=D)


def looked_at(reconstruction_gradients, inputs, *names):
    """Some gradients, and beside them what a wrong answer may have put in their place."""
    x, noisy, W, b, c = inputs
    code = tf.sigmoid(noisy @ W + b).numpy()
    again = tf.sigmoid(tf.einsum("nh,dh->nd", code, W) + c).numpy()
    marks = {
        "x": x,
        "noisy": noisy,
        "W": W,
        "h": code,
        "x_hat": again,
        "slope of h": code * (1 - code),
        "slope of x_hat": again * (1 - again),
        "examples": len(x),
        "inputs": x.shape[1],
    }
    return {**entries(reconstruction_gradients(*inputs), *names), **landmarks(**marks)}


@gradients.check("line 1: da_hat, behind the sigmoid and the cross-entropy")
def line_1_da_hat(reconstruction_gradients, rng):
    return looked_at(reconstruction_gradients, drawn(rng), "da_hat")


@gradients.check("line 2: dc, of the decoder's bias")
def line_2_dc(reconstruction_gradients, rng):
    return looked_at(reconstruction_gradients, drawn(rng), "dc")


@gradients.check("line 3: dh, back through the decoder")
def line_3_dh(reconstruction_gradients, rng):
    return looked_at(reconstruction_gradients, drawn(rng), "dh")


@gradients.check("line 4: da and db, back through the code's sigmoid")
def line_4_da_db(reconstruction_gradients, rng):
    return looked_at(reconstruction_gradients, drawn(rng), "da", "db")


@gradients.check("line 5: dW, of the matrix that is used twice", points=2)
def line_5_dW(reconstruction_gradients, rng):
    return looked_at(reconstruction_gradients, drawn(rng), "dW")


@gradients.check("without noise: the same five lines")
def without_noise(reconstruction_gradients, rng):
    x, _, *weights = drawn(rng)
    return dict(reconstruction_gradients(x, x.copy(), *weights))


@gradients.example(without={"dtype": "all of it is in float64"})
def example(reconstruction_gradients, rng, N=5, H=7):
    D = H if N == H else 11
    x, noisy, W, b, c = drawn(rng, N, D, H)
    inputs = {"x": x, "noisy": noisy, "W": W, "b": b, "c": c}
    return inputs, lambda **given: reconstruction_gradients(**given)
