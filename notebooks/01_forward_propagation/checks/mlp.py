"""What `check(MLP)` looks at (lecture 3:17).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import filled, shapes_of

mlp = Checks("MLP", kind="network", lecture="3:17")


def _network(MLP, rng, units, D, g):
    """A network with random weights and biases, and inputs for it."""
    x = tf.constant(rng.normal(size=(6, D)), "float32")
    network = MLP(units, 3, g)
    network(x)
    return filled(network, rng), x


@mlp.check("one hidden layer")
def one_hidden_layer(MLP, rng):
    network, x = _network(MLP, rng, [5], 4, tf.tanh)
    return {"f(x)": network(x), "f(x) in training": network(x, training=True)}


@mlp.check("two hidden layers of different sizes", points=2)
def two_hidden_layers(MLP, rng):
    network, x = _network(MLP, rng, [7, 5], 4, tf.tanh)
    return {"f(x)": network(x), "shapes": shapes_of(network.trainable_weights)}


@mlp.check("no hidden layer")
def no_hidden_layer(MLP, rng):
    network, x = _network(MLP, rng, [], 4, tf.tanh)
    return {"f(x)": network(x)}


@mlp.check("each layer has weights of its own")
def own_weights(MLP, rng):
    network, x = _network(MLP, rng, [6, 6, 6], 6, tf.tanh)
    return {"f(x)": network(x)}


@mlp.check("whatever activation function is given")
def given_activation(MLP, rng):
    c = float(rng.uniform(0.5, 2))
    network, x = _network(MLP, rng, [5, 4], 4, lambda a: tf.sin(c * a) - 1)
    return {"f(x)": network(x)}


@mlp.check("gradients reach every weight")
def gradients(MLP, rng):
    network, x = _network(MLP, rng, [5], 4, tf.tanh)
    target = tf.constant(rng.normal(size=(6, 3)), "float32")
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(target * network(x))
    gradients = tape.gradient(loss, network.trainable_weights)
    pairs = zip(network.trainable_weights, gradients, strict=True)
    return {f"gradient of shape {tuple(w.shape)}": tf.zeros(w.shape) if d is None else d for w, d in pairs}


@mlp.example()
def example(MLP, rng, N=6, dtype="float32"):
    network, _ = _network(MLP, rng, [5], 4, tf.tanh)
    return {"x": tf.constant(rng.normal(size=(N, 4)), dtype)}, lambda x: {"f(x)": network(x)}


@mlp.check("two networks are made of one list, which stays as it was")
def made_twice(MLP, rng):
    units = [int(n) for n in rng.integers(10, 99, size=2)]
    _network(MLP, rng, units, 4, tf.tanh)
    afterwards = list(units)
    second, _ = _network(MLP, rng, units, 4, tf.tanh)
    return {
        "units afterwards": np.array(afterwards, int),
        "shapes of the second": shapes_of(second.trainable_weights),
    }
