"""spread: how wide activations and gradients are, layer by layer."""

from functools import cache

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.inputs import filled

spreads = Exercise("spread", kind="report", lecture="48:24")


@spreads.reference
def spread(layers, x, upstream):
    """The standard deviation of every layer's activations, and of the gradient that comes back to them.

    forward:   h1 = layer1(x), h2 = layer2(h1), …, and std(h_k) over all examples and units
    backward:  std(∇_{h_k} L) over all examples and units, where ∇ at the last h is `upstream`      (lecture 48:24)

    `tape.gradient` takes any tensors as sources that were computed under the tape. It starts from `output_gradients` where
    they are given, and from ones where they are not. `tape.watch(x)` makes it record also where no layer has variables.

    Args:
        layers: callables, each of which takes the h of the one before; the first takes x.
        x: inputs, float tensor of shape (N, D).
        upstream: the gradient with respect to the last layer's h, in its shape.
    Returns:
        forward, backward: two arrays with one number for each layer, the first layer's first.
    """
    ### BEGIN SOLUTION
    hs, h = [], x
    with tf.GradientTape() as tape:
        tape.watch(x)
        for layer in layers:
            h = layer(h)
            hs.append(h)
    # by name, since TensorFlow crashes if targets are a list and their gradient is one tensor
    dhs = tape.gradient(target=h, sources=hs, output_gradients=upstream)
    return np.array([np.std(h) for h in hs]), np.array([np.std(dh) for dh in dhs])
    ### END SOLUTION


# Making layers takes longer than all checks; each check fills them anew.
@cache
def built():
    """Three layers of different sizes, 4 inputs."""
    layers, below = [], 4
    for units in (7, 5, 6):
        layers.append(keras.layers.Dense(units, activation="tanh"))
        layers[-1].build((None, below))
        below = units
    return layers


def drawn(rng):
    """Layers, x and upstream, none of them with mean 0."""
    layers = [filled(layer, rng, scale=0.7) for layer in built()]
    x, upstream = rng.normal(size=(8, 4)) + 0.5, rng.normal(size=(8, 6)) * 0.1 + 0.05
    return layers, tf.constant(x, "float32"), tf.constant(upstream, "float32")


@spreads.check("forward, through tanh")
def forward_through_tanh(spread, rng):
    return {"std of h": np.asarray(spread(*drawn(rng))[0], "float32")}


@spreads.check("backward, through tanh")
def backward_through_tanh(spread, rng):
    return {"std of the gradient of h": np.asarray(spread(*drawn(rng))[1], "float32")}


@spreads.check("both ways, through ReLU, whose activations have no mean of 0")
def both_ways_through_relu(spread, rng):
    def layer(H_in, H_out):
        W = tf.constant(rng.normal(size=(H_in, H_out)), "float32")
        return lambda h: tf.maximum(h @ W, 0)

    _, x, upstream = drawn(rng)
    forward, backward = spread([layer(4, 9), layer(9, 6)], x, upstream)
    return {
        "std of h": np.asarray(forward, "float32"),
        "std of the gradient of h": np.asarray(backward, "float32"),
    }


@spreads.example()
def example(spread, rng):
    layers, x, upstream = drawn(rng)

    def report(**layers):
        forward, backward = spread(list(layers.values()), x, upstream)
        return {
            "std of h": np.asarray(forward, "float32"),
            "std of the gradient of h": np.asarray(backward, "float32"),
        }

    return {f"layer {k}": layer for k, layer in enumerate(layers, 1)}, report


spreads.misconception(
    "every layer is given x",
    ("h = layer(h)", "h = layer(x)"),
    advice="A layer takes the h of the layer before; only the first takes x. Overwrite h in the loop.",
)
spreads.misconception(
    "the mean is not subtracted",
    ("np.std(h)", "np.sqrt(np.mean(np.square(h)))"),
    ("np.std(dh)", "np.sqrt(np.mean(np.square(dh)))"),
    advice="That is the root of the mean square. The standard deviation measures from the mean: np.std or tf.math.reduce_std.",
)
spreads.misconception(
    "the variance instead of the deviation",
    ("np.std(h)", "np.var(h)"),
    ("np.std(dh)", "np.var(dh)"),
    advice="The standard deviation is the root of the variance, and has the unit of h itself.",
)
spreads.misconception(
    "divided by one less than the number of values",
    ("np.std(h)", "np.std(h, ddof=1)"),
    ("np.std(dh)", "np.std(dh, ddof=1)"),
    advice="That estimates the deviation of what the values are a sample of. Here they are all there are: leave out ddof.",
)
spreads.misconception(
    "the deviation within each unit, averaged",
    ("np.std(h)", "np.mean(np.std(h, axis=0))"),
    ("np.std(dh)", "np.mean(np.std(dh, axis=0))"),
    advice="Take one standard deviation over all N·H numbers: no axis.",
)
spreads.misconception(
    "the gradients in the order in which they come back",
    ("np.std(dh) for dh in dhs", "np.std(dh) for dh in dhs[::-1]"),
    advice="The backward pass begins at the last layer, the list at the first.",
)
spreads.misconception(
    "upstream is ignored",
    (", output_gradients=upstream", ""),
    advice="The tape then starts from ones, as for the loss sum(h). Start it from upstream: output_gradients=upstream.",
)
spreads.misconception(
    "the mean of h · upstream instead of the sum",
    (
        "tape.gradient(target=h, sources=hs, output_gradients=upstream)",
        "tape.gradient(target=h, sources=hs, output_gradients=upstream / tf.cast(tf.size(h), h.dtype))",
    ),
    advice="The gradient at the last h is `upstream` itself, and that of a mean is smaller by the number of terms. "
    "Use output_gradients=upstream, or a sum.",
)
spreads.misconception(
    "forward and backward are exchanged",
    (
        "return np.array([np.std(h) for h in hs]), np.array([np.std(dh) for dh in dhs])",
        "return np.array([np.std(dh) for dh in dhs]), np.array([np.std(h) for h in hs])",
    ),
    advice="Return what goes up first, and then what comes down.",
)
spreads.misconception(
    "the gradients of the weights instead of the activations",
    ("sources=hs", "sources=[layer.kernel for layer in layers]"),
    advice="Ask the tape for the gradients with respect to the list of h.",
)
# By `source`, so that double faults do not grow with it.
spreads.misconception(
    "the gradients at the inputs of the layers instead of their outputs",
    source=spreads.edited(("sources=hs", "sources=[x, *hs[:-1]]")),
    advice="∇ at h_k is what comes back to layer k's *output*: the last is `upstream` itself, and the one at x is not asked for.",
)
spreads.misconception(
    "x is not watched",
    ("        tape.watch(x)\n", ""),
    advice="A tape follows variables by itself, and a tensor only after tape.watch: a layer may be a plain function of x.",
)
spreads.misconception(
    "x is counted, the last layer is not",
    (
        "            h = layer(h)\n            hs.append(h)\n",
        "            hs.append(h)\n            h = layer(h)\n",
    ),
    advice="The first number belongs to the first layer's h: append after the layer has been called.",
)


@spreads.alternative
def by_steps(layers, x, upstream):
    steps, h = [], tf.convert_to_tensor(x)
    for layer in layers:
        with tf.GradientTape() as tape:
            tape.watch(h)
            out = layer(h)
        steps.append((tape, h, out))
        h = out
    backward, dh = [], upstream
    for tape, below, out in reversed(steps):
        backward.append(float(tf.math.reduce_std(dh)))
        dh = tape.gradient(out, below, output_gradients=dh)
    return [float(tf.math.reduce_std(out)) for _, _, out in steps], backward[::-1]


@spreads.alternative
def by_product(layers, x, upstream):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        hs = [layers[0](x)]
        for layer in layers[1:]:
            hs.append(layer(hs[-1]))
        target = tf.reduce_sum(hs[-1] * upstream)
    return tf.stack([tf.math.reduce_std(h) for h in hs]), tf.stack(
        [tf.math.reduce_std(tape.gradient(target, h)) for h in hs]
    )
