"""What `check(mlp_backward)` looks at (lecture 21:30).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import itertools

import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import BY_ITSELF, labelled_examples


# These stand in for the three exercises above while the checks run, by TensorFlow's own differentiation.
def _loss(a, y):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, a))


def _through_layer(da, h, W):
    h, W, b = tf.convert_to_tensor(h), tf.convert_to_tensor(W), tf.zeros(W.shape[1], W.dtype)
    with tf.GradientTape() as tape:
        tape.watch([h, W, b])
        a = h @ W + b
    return tape.gradient(a, [W, b, h], output_gradients=da)


def _through_activation(dh, a, g):
    with tf.GradientTape() as tape:
        tape.watch(a)
        h = {"sigmoid": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}[g](a)
    return tape.gradient(h, a, output_gradients=dh)


network = Checks(
    "mlp_backward",
    kind="gradient",
    lecture="21:30",
    given={
        "softmax_nll": _loss,
        "layer_backward": _through_layer,
        "activation_backward": _through_activation,
    },
    not_yours=BY_ITSELF,
)


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


def _found(grads):
    named = {}
    for k, (dW, db) in enumerate(grads, 1):
        named |= {f"dW{k}": dW, f"db{k}": db}
    return named


@network.check("the loss")
def loss_value(mlp_backward, rng):
    loss, _ = mlp_backward(*_network(rng, [4, 5, 3]))
    return {"loss": loss}


@network.check("no hidden layer")
def no_hidden_layer(mlp_backward, rng):
    _, grads = mlp_backward(*_network(rng, [4, 3]))
    return _found(grads)


@network.check("one hidden layer", points=2)
def one_hidden_layer(mlp_backward, rng):
    _, grads = mlp_backward(*_network(rng, [4, 6, 3]))
    return _found(grads)


@network.check("three hidden layers of different widths", points=2)
def three_hidden_layers(mlp_backward, rng):
    _, grads = mlp_backward(*_network(rng, [4, 6, 5, 7, 3]))
    return _found(grads)


@network.check("sigmoid units")
def sigmoid_units(mlp_backward, rng):
    _, grads = mlp_backward(*_network(rng, [4, 5, 6, 3]), g="sigmoid")
    return _found(grads)


@network.check("ReLU units")
def relu_units(mlp_backward, rng):
    _, grads = mlp_backward(*_network(rng, [4, 5, 6, 4], N=8), g="relu")
    return _found(grads)


@network.check("all sizes equal, where a wrong product has the right shape")
def equal_sizes(mlp_backward, rng):
    _, grads = mlp_backward(*_network(rng, [4, 4, 4, 4], N=4, dtype="float64"))
    return _found(grads)


@network.check("ReLU units whose pre-activation is exactly 0")
def relu_at_0(mlp_backward, rng):
    params, x, y = _network(rng, [4, 5, 3], N=6)
    (W, b), output = params
    dark = tf.constant([[1.0], [0.0], [1.0], [0.0], [1.0], [1.0]])
    _, grads = mlp_backward([(W, tf.zeros_like(b)), output], dark * x, y, g="relu")
    return _found(grads)


@network.example(
    without={"untouched": "tensors cannot be changed", "square": "a check of its own has all sizes equal"}
)
def example(mlp_backward, rng, N=5, dtype="float32"):
    params, x, y = _network(rng, [4, 5, 3], N, dtype)

    def passes(x, y):
        loss, grads = mlp_backward(params, x, y)
        return {"loss": loss, **_found(grads)}

    return {"x": x, "y": y}, passes
