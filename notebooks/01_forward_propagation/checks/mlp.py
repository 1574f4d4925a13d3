"""What `check(MLP)` looks at (lecture 3:17).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import filled, shapes_of

mlp = Checks(
    "MLP",
    kind="network",
    lecture="3:17",
    given={"Dense": keras.layers.Dense, "stable_softmax": keras.activations.softmax},
)


def _network(MLP, rng, units, D, g):
    """A network with random weights and biases, and inputs for it."""
    x = tf.constant(rng.normal(size=(6, D)), "float32")
    network = MLP(units, 3, g)
    network(x)
    return filled(network, rng), x


@mlp.check("one hidden layer")
def one_hidden_layer(MLP, rng):
    network, x = _network(MLP, rng, [5], 4, tf.tanh)
    return {"f(x)": network(x)}


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


@mlp.check("made again from its configuration")
def configuration(MLP, rng):
    x = tf.constant(rng.normal(size=(6, 4)), "float32")
    network = MLP([5, 6], 3, tf.tanh, name=f"network_{rng.integers(100, 1000)}")
    again = MLP.from_config(network.get_config())
    again(x)
    return {"f(x)": filled(again, rng)(x), "its name is kept": str(again.name == network.name)}


@mlp.example()
def example(MLP, rng, N=6, dtype="float32"):
    network, _ = _network(MLP, rng, [5], 4, tf.tanh)
    return {"x": tf.constant(rng.normal(size=(N, 4)), dtype)}, lambda x: {"f(x)": network(x)}
