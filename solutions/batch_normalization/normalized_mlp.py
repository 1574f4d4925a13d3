"""normalized_mlp: where batch normalization stands in a network, and what it makes superfluous."""

import keras

from autograder.exercise import Exercise
from helpers.checks import fill
from solutions.batch_normalization.batch_norm import BatchNorm

normalized = Exercise(
    "normalized_mlp",
    kind="network",
    lecture="54:33",
    not_yours=["keras.layers.BatchNormalization"],
)


@normalized.reference
def normalized_mlp(D, units, C):
    """Build a network whose hidden pre-activations are normalized.

    each hidden layer:   a = h W,   a_tilde = BatchNorm(a),   h = ReLU(a_tilde)      (lecture 54:33)
    the output layer:    f = softmax(h W + b)

    No weight may be without effect on the output: leave out what BatchNorm makes superfluous. Here you may use
    keras.Sequential, Input, Dense, ReLU, Softmax and Activation, and your own BatchNorm with its defaults, momentum 0.9 and
    eps 0.001.

    Args:
        D: the number of inputs.    units: a list, how many units each hidden layer has.    C: of classes.
    Returns:
        A keras.Sequential, from (N, D) to (N, C); the experiments walk along its layers.
    """
    ### BEGIN SOLUTION
    layers = [keras.Input((D,))]
    for H in units:
        layers.append(keras.layers.Dense(H, use_bias=False))
        layers.append(BatchNorm())
        layers.append(keras.layers.ReLU())
    layers.append(keras.layers.Dense(C, activation="softmax"))
    return keras.Sequential(layers)
    ### END SOLUTION


def filled(model, rng):
    """Draw all weights anew, by shape; a BatchNorm's four whatever the order in which it made them. Vectors are positive."""
    # Small, so that no softmax is 0 and 1 whatever went wrong below it.
    fill(model, rng, scale=0.4)
    for each in model.layers:
        weights, values = each.weights, each.get_weights()
        if hasattr(each, "moving_mu"):
            weights = [each.gamma, each.beta, each.moving_mu, each.moving_var]
        for weight, value in zip(weights, values, strict=True):
            weight.assign(0.5 + abs(value) if value.ndim == 1 else value)
    return model


def batch(rng, N):
    return rng.normal(size=(N, 5)).astype("float32")


@normalized.check("the weights, layer by layer", points=2)
def weights_by_layer(normalized_mlp, rng):
    D, units, C = int(rng.integers(20, 40)), [int(n) for n in rng.integers(5, 20, 2)], 4
    model = normalized_mlp(D, units, C)
    return {
        "kind of model": type(model).__name__,
        "trained weights": ", ".join(str(tuple(w.shape)) for w in model.trainable_weights),
        "all weights": ", ".join(sorted(str(tuple(w.shape)) for w in model.weights)),
    }


@normalized.check("in training: normalized before the activation", points=2)
def in_training(normalized_mlp, rng):
    x = batch(rng, 8)
    model = filled(normalized_mlp(5, [7], 4), rng)
    return {"f": model(x, training=True)}


@normalized.check("at test time, and with layers of the same width")
def at_test_time(normalized_mlp, rng):
    first, second = batch(rng, 8), batch(rng, 8)
    model = filled(normalized_mlp(5, [6, 6], 4), rng)
    model(first, training=True)
    return {"f": model(second)}


@normalized.check("without a hidden layer")
def no_hidden_layer(normalized_mlp, rng):
    x = batch(rng, 3)
    return {"f": filled(normalized_mlp(5, [], 4), rng)(x)}


@normalized.example()
def example(normalized_mlp, rng, N=4):
    x = batch(rng, N)
    # So many units that for one example, too, some are off and some are on.
    model = filled(normalized_mlp(5, [24], 4), rng)
    return {"x": x}, lambda x: {"f": model(x)}


normalized.misconception(
    "the bias is kept before BatchNorm",
    (", use_bias=False", ""),
    advice="BatchNorm subtracts the mean, and any bias with it; beta takes its place. Pass use_bias=False.",
)
normalized.misconception(
    "normalized after the activation, not before",
    (
        "        layers.append(BatchNorm())\n        layers.append(keras.layers.ReLU())\n",
        "        layers.append(keras.layers.ReLU())\n        layers.append(BatchNorm())\n",
    ),
    advice="The lecture normalizes the pre-activation: Dense, then BatchNorm, then ReLU.",
)
normalized.misconception(
    "BatchNorm stands before the Dense layer, not behind it",
    (
        "        layers.append(keras.layers.Dense(H, use_bias=False))\n        layers.append(BatchNorm())\n",
        "        layers.append(BatchNorm())\n        layers.append(keras.layers.Dense(H, use_bias=False))\n",
    ),
    advice="It is the pre-activation that is normalized: a = h W comes first, then BatchNorm(a), then ReLU.",
)
normalized.misconception(
    "the activation is forgotten",
    ("        layers.append(keras.layers.ReLU())\n", ""),
    lecture="5:42",
    advice="Without an activation the hidden layers collapse to one linear map. Put ReLU behind each BatchNorm.",
)
normalized.misconception(
    "nothing is normalized",
    ("        layers.append(BatchNorm())\n", ""),
    advice="Put a BatchNorm between each hidden Dense layer and its activation.",
)
normalized.misconception(
    "only the first hidden layer is normalized",
    (
        "        layers.append(BatchNorm())\n",
        "        if len(layers) == 2:\n            layers.append(BatchNorm())\n",
    ),
    advice="Every hidden layer gets a BatchNorm of its own.",
)
normalized.misconception(
    "one BatchNorm for all layers",
    source=normalized.edited(
        ("    for H in units:", "    norm = BatchNorm()\n    for H in units:"),
        ("layers.append(BatchNorm())", "layers.append(norm)"),
    ),
    advice="Each layer has statistics, gamma and beta of its own: make a new BatchNorm in each round of the loop.",
)
normalized.misconception(
    "the output layer is normalized as well",
    (
        '    layers.append(keras.layers.Dense(C, activation="softmax"))',
        "    layers.append(keras.layers.Dense(C, use_bias=False))\n    layers.append(BatchNorm())\n"
        "    layers.append(keras.layers.Softmax())",
    ),
    advice="Only hidden pre-activations are normalized. The output layer keeps its own scale, and its bias.",
)
normalized.misconception(
    "the output layer has no bias",
    (
        'keras.layers.Dense(C, activation="softmax")',
        'keras.layers.Dense(C, activation="softmax", use_bias=False)',
    ),
    advice="No BatchNorm follows the output layer, so nothing replaces its bias. Keep it.",
)
normalized.misconception(
    "the output is not a distribution: softmax is missing",
    ('keras.layers.Dense(C, activation="softmax")', "keras.layers.Dense(C)"),
    lecture="6:52",
    advice='The output layer has an activation of its own: activation="softmax".',
)
normalized.misconception(
    "the output layer has a sigmoid, not a softmax",
    ('activation="softmax"', 'activation="sigmoid"'),
    lecture="6:52",
    advice='Sigmoids of several classes do not sum to 1. The output layer takes activation="softmax".',
)


@normalized.alternative
def by_comprehension(D, units, C):
    def hidden(H):
        return [keras.layers.Dense(H, None, False), BatchNorm(), keras.layers.Activation("relu")]

    stack = [layer for H in units for layer in hidden(H)]
    return keras.Sequential([keras.Input(shape=(D,)), *stack, keras.layers.Dense(C), keras.layers.Softmax()])


@normalized.alternative
def by_add(D, units, C):
    model = keras.models.Sequential()
    model.add(keras.layers.Input((D,)))
    for width in units:
        model.add(keras.layers.Dense(width, use_bias=False, kernel_initializer="he_uniform"))
        model.add(BatchNorm(momentum=0.9))
        model.add(keras.layers.Activation(keras.activations.relu))
    model.add(keras.layers.Dense(C, activation=keras.activations.softmax))
    return model
