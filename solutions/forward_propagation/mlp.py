"""MLP: layers chained into a network."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.inputs import filled, shapes_of
from solutions.forward_propagation.dense import Dense
from solutions.forward_propagation.softmax import stable_softmax

mlp = Exercise(
    "MLP",
    kind="network",
    lecture="3:17",
)


@mlp.reference
@keras.saving.register_keras_serializable("fdl")
class MLP(keras.Model):
    """A network with L hidden layers, from an input to a distribution over classes.

    h⁽⁰⁾ = x,   h⁽ᵏ⁾ = g(h⁽ᵏ⁻¹⁾W⁽ᵏ⁾ + b⁽ᵏ⁾),   f(x) = softmax(h⁽ᴸ⁾W⁽ᴸ⁺¹⁾ + b⁽ᴸ⁺¹⁾)      (lecture 2:04, 3:17)

    Made of your `Dense` and `stable_softmax`.

    Args:
        units: how many units each hidden layer has, a list of L numbers, the first layer first; may be empty; it stays as it is.
        classes: number of classes C, one output unit each.
        g: the hidden layers' activation function, such as `relu`.
    Shapes:
        x is (N, D), f(x) is (N, C), each row a distribution.
    """

    def __init__(self, units, classes, g, **kwargs):
        super().__init__(**kwargs)
        # For get_config, below.
        self.given = {"units": units, "classes": classes, "g": g}
        ### BEGIN SOLUTION
        self.hidden = [Dense(n) for n in units]
        self.output_layer = Dense(classes)
        self.g = g
        ### END SOLUTION

    def call(self, x):
        """Forward propagation: from x to f(x)."""
        ### BEGIN SOLUTION
        h = x
        for layer in self.hidden:
            h = self.g(layer(h))
        return stable_softmax(self.output_layer(h))
        ### END SOLUTION

    def get_config(self):
        """What __init__ was given, so that the network can be made again; written already, as you know it from `Dense`."""
        return {**super().get_config(), **self.given}


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


mlp.misconception(
    "the output layer gets g as well",
    ("stable_softmax(self.output_layer(h))", "stable_softmax(self.g(self.output_layer(h)))"),
    advice="The output layer has an activation of its own: softmax takes its pre-activation as it is.",
)
mlp.misconception(
    "no activation between the layers",
    ("h = self.g(layer(h))", "h = layer(h)"),
    advice="Without g the layers collapse into one: a product of matrices is a matrix. h⁽ᵏ⁾ = g(a⁽ᵏ⁾).",
)
mlp.misconception(
    "g only after the last hidden layer",
    ("            h = self.g(layer(h))\n", "            h = layer(h)\n        h = self.g(h)\n"),
    advice="Every hidden layer has its activation: apply g inside the loop.",
)
mlp.misconception(
    "g before the layer instead of after it",
    ("h = self.g(layer(h))", "h = layer(self.g(h))"),
    advice="First the pre-activation a, then h = g(a). The input x itself is not activated.",
)
mlp.misconception(
    "no softmax",
    ("return stable_softmax(self.output_layer(h))", "return self.output_layer(h)"),
    lecture="6:52",
    advice="f(x) is a distribution over classes: each row is positive and sums to 1.",
)
mlp.misconception(
    "softmax twice",
    (
        "return stable_softmax(self.output_layer(h))",
        "return stable_softmax(stable_softmax(self.output_layer(h)))",
    ),
    lecture="6:52",
    advice="A second softmax flattens the distribution: no class can get more than e times another.",
)
mlp.misconception(
    "softmax over the batch",
    ("return stable_softmax(self.output_layer(h))", "return stable_softmax(self.output_layer(h), axis=0)"),
    lecture="6:52",
    advice="Each example has a distribution over the classes: normalize each row, the default axis.",
)
mlp.misconception(
    "every layer reads x",
    ("h = self.g(layer(h))", "h = self.g(layer(x))"),
    advice="A layer reads what the one before it gave: layer(h).",
)
mlp.misconception(
    "one layer used for all",
    ("[Dense(n) for n in units]", "[Dense(n) for n in units[:1]] * len(units)"),
    advice="[layer] * L holds one layer L times. Make a new Dense for each entry of `units`.",
)
mlp.misconception(
    "the hidden layers in reverse",
    ("[Dense(n) for n in units]", "[Dense(n) for n in reversed(units)]"),
    advice="units[0] belongs to the layer next to the input.",
)
mlp.misconception(
    "the last hidden layer is left out",
    ("for layer in self.hidden:", "for layer in self.hidden[:-1]:"),
    advice="Go through all hidden layers; the output layer comes after them.",
)
mlp.misconception(
    "always ReLU",
    ("self.g = g", "self.g = lambda a: tf.maximum(a, 0)"),
    lecture="4:50",
    advice="Keep the g that __init__ was given, and call that.",
)
mlp.misconception(
    "always tanh",
    ("self.g = g", "self.g = tf.tanh"),
    lecture="4:50",
    advice="Keep the g that __init__ was given, and call that.",
)
mlp.misconception(
    "a sigmoid in the place of softmax",
    ("stable_softmax(self.output_layer(h))", "1 / (1 + tf.exp(-self.output_layer(h)))"),
    lecture="6:52",
    advice="Sigmoids answer one question for each class. The classes exclude one another: softmax, whose rows sum to 1.",
)
mlp.misconception(
    "g on the first hidden layer only",
    (
        "            h = self.g(layer(h))\n",
        "            h = self.g(layer(h)) if layer is self.hidden[0] else layer(h)\n",
    ),
    advice="Every hidden layer has its activation: apply g inside the loop, each time.",
)
mlp.misconception(
    "the gradient is cut",
    ("stable_softmax(self.output_layer(h))", "stable_softmax(self.output_layer(tf.stop_gradient(h)))"),
    lecture="24:00",
    advice="Something between the layers leaves TensorFlow, as .numpy() and stop_gradient do; training would not reach below it.",
)
mlp.misconception(
    "only the first hidden layer is made",
    ("[Dense(n) for n in units]", "[Dense(n) for n in units[:1]]"),
    advice="`units` holds a number for each hidden layer: make a Dense for every one of them.",
)
mlp.misconception(
    "g is applied to the input x",
    ("        h = x\n", "        h = self.g(x)\n"),
    advice="h⁽⁰⁾ is x as it is. The first g comes after the first layer.",
)
mlp.misconception(
    "no g on the last hidden layer",
    (
        "            h = self.g(layer(h))\n",
        "            h = layer(h) if layer is self.hidden[-1] else self.g(layer(h))\n",
    ),
    advice="Every hidden layer has its activation, the last one as well; the output's softmax does not take its place.",
)


mlp.misconception(
    "`units` is emptied while the layers are made",
    ("[Dense(n) for n in units]", "[Dense(units.pop(0)) for _ in range(len(units))]"),
    advice="The list belongs to whoever wrote it, and `given` keeps it for get_config. Go through it, and leave it as it is.",
)
mlp.misconception(
    "the softmax is left out in training",
    (
        "    def call(self, x):",
        "    def call(self, x, training=False):",
    ),
    (
        "return stable_softmax(self.output_layer(h))",
        "a = self.output_layer(h)\n        return a if training else stable_softmax(a)",
    ),
    lecture="6:52",
    advice="f(x) is a distribution in training as well; the course's losses take it as that. Nothing here depends on `training`.",
)


@mlp.alternative
class MLPInOneList(keras.Model):
    def __init__(self, units, classes, g, **kwargs):
        super().__init__(**kwargs)
        self.stack = [Dense(n) for n in [*units, classes]]
        self.activation = g

    def call(self, x):
        *hidden, last = self.stack
        for layer in hidden:
            x = self.activation(layer(x))
        return stable_softmax(last(x), axis=-1)


@mlp.alternative
class MLPFromBelow(keras.Model):
    def __init__(self, units, classes, g, **kwargs):
        super().__init__(**kwargs)
        self.g, self.chain = g, []
        for n in units:
            self.chain.append(Dense(n))
        self.chain.append(Dense(classes))

    def call(self, inputs):
        a = self.chain[0](inputs)
        for layer in self.chain[1:]:
            a = layer(self.g(a))
        return stable_softmax(a)
