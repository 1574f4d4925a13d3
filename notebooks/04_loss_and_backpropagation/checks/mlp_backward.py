"""What `check(mlp_backward)` looks at (lecture 21:30).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import itertools

import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import BY_ITSELF, labelled_examples

network = Checks("mlp_backward", kind="gradient", lecture="21:30", not_yours=BY_ITSELF)


def _network(rng, sizes, N=5, dtype="float32"):
    """params, x and y; the weights keep the units from saturating, and the output has pre-activations of both signs."""
    params = [
        (
            tf.constant(rng.normal(size=(m, n)) / m**0.5, dtype),
            tf.constant(rng.normal(size=n) / 2, dtype),
        )
        for m, n in itertools.pairwise(sizes)
    ]
    signs = np.resize([1, -1], sizes[-1])
    params[-1] = params[-1][0], tf.constant(signs * rng.uniform(1.5, 2.5, size=sizes[-1]), dtype)
    return params, *labelled_examples(rng, N, sizes[0], sizes[-1], dtype)


def _marks(params, x, y, g="tanh"):
    """What a wrong answer may take in the place of something else: each layer's h, and the gradient at its a."""
    known = {"x": x, "examples": len(x)}
    a, below = x, []
    with tf.GradientTape() as tape:
        tape.watch(x)
        for k, (W, b) in enumerate(params):
            if k:
                a = {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}[g](a)
                known[f"h{k}"] = a
            a = tf.nn.bias_add(a @ W, b)
            below.append(a)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, a))
    for k, da in enumerate(tape.gradient(loss, below), 1):
        known[f"da{k}"] = da
    return landmarks(**known)


def _found(grads):
    named = {}
    for k, (dW, db) in enumerate(grads, 1):
        named |= {f"dW{k}": dW, f"db{k}": db}
    return named


def _tried(mlp_backward, params, x, y, **g):
    """The gradients that an answer gives, and what is there to be recognized in them."""
    _, grads = mlp_backward(params, x, y, **g)
    return _found(grads) | _marks(params, x, y, **g)


@network.check("the loss")
def loss_value(mlp_backward, rng):
    inputs = _network(rng, [4, 5, 3])
    losses = {f"loss, {g}": mlp_backward(*inputs, g=g)[0] for g in ("tanh", "sigmoid", "relu")}
    return {**losses, **landmarks(examples=5, classes=3)}


@network.check("no hidden layer")
def no_hidden_layer(mlp_backward, rng):
    return _tried(mlp_backward, *_network(rng, [4, 3]))


@network.check("one hidden layer", points=2)
def one_hidden_layer(mlp_backward, rng):
    return _tried(mlp_backward, *_network(rng, [4, 6, 3]))


@network.check("three hidden layers of different widths", points=2)
def three_hidden_layers(mlp_backward, rng):
    return _tried(mlp_backward, *_network(rng, [4, 6, 5, 7, 3]))


@network.check("sigmoid units")
def sigmoid_units(mlp_backward, rng):
    return _tried(mlp_backward, *_network(rng, [4, 5, 6, 3]), g="sigmoid")


@network.check("ReLU units")
def relu_units(mlp_backward, rng):
    params, x, y = _network(rng, [4, 5, 6, 4], N=8)
    h = x
    for k, (W, _) in enumerate(params[:-1]):
        # Each unit is lit by some examples and dark for others: where all are dark, nothing flows back.
        b = -tf.reduce_mean(h @ W, axis=0)
        params[k] = W, b
        h = tf.nn.relu(h @ W + b)
    return _tried(mlp_backward, params, x, y, g="relu")


@network.check("all sizes equal, where a wrong product has the right shape")
def equal_sizes(mlp_backward, rng):
    return _tried(mlp_backward, *_network(rng, [4, 4, 4, 4], N=4, dtype="float64"))


@network.check("pre-activations of any magnitude")
def any_magnitude(mlp_backward, rng):
    [(W, b)], x, y = _network(rng, [4, 3], N=7)
    W *= 300
    # f is 0 or 1 here: db would be 0 where each class is right as often as it is taken.
    taken = np.bincount(np.argmax(x @ W + b, axis=1), minlength=3)
    y = tf.concat([tf.fill([4], tf.cast(np.argmin(taken), y.dtype)), y[4:]], axis=0)
    loss, _ = mlp_backward([(W, b)], x, y)
    return {"loss": loss} | _tried(mlp_backward, [(W, b)], x, y)


@network.check("ReLU units whose pre-activation is exactly 0")
def relu_at_0(mlp_backward, rng):
    params, x, y = _network(rng, [4, 5, 3], N=6)
    (W, b), output = params
    dark = tf.constant([[1.0], [0.0], [1.0], [0.0], [1.0], [1.0]])
    inputs = [(W, tf.zeros_like(b)), output], dark * x, y
    return _tried(mlp_backward, *inputs, g="relu")


@network.example(
    without={"untouched": "tensors cannot be changed", "square": "a check of its own has all sizes equal"}
)
def example(mlp_backward, rng, N=5, H=5, dtype="float32"):
    params, x, y = _network(rng, [4, H, 3], N, dtype)

    def passes(x, y):
        loss, grads = mlp_backward(params, x, y)
        return {"loss": loss, **_found(grads)}

    return {"x": x, "y": y}, passes
