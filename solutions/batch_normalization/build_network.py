"""build_network: the capstone's form, checked by machine; what the network achieves is graded by hand."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from solutions.batch_normalization.batch_norm import BatchNorm

capstone = Exercise(
    "build_network",
    kind="network",
    lecture="54:33",
)


@capstone.reference
def build_network():
    """Build, but do not train, your best network for MNIST-1D within the budget.

    It maps x (N, 40) to f (N, 10), a distribution over the ten classes, with at most 6000 parameters, counting
    trained ones and others. Everything that the course has taught may be used, your own BatchNorm or any layer of
    keras.layers.

    Three rules: no example's answer depends on the others of its batch or on luck at test time; every trained weight
    gets a gradient, and a bias right before a BatchNorm gets none; each call draws fresh weights.

    Returns:
        A Keras model that begins with keras.Input, so that its weights exist before it sees any data.
    """
    ### BEGIN SOLUTION
    layers = [keras.Input((40,))]
    for H in (56, 40):
        layers.append(keras.layers.Dense(H, use_bias=False, kernel_initializer="he_uniform"))
        layers.append(BatchNorm())
        layers.append(keras.layers.ReLU())
    layers.append(keras.layers.Dropout(0.1))
    layers.append(keras.layers.Dense(10, activation="softmax"))
    return keras.Sequential(layers)
    ### END SOLUTION


@capstone.example(
    without={
        "graph": "a network whose answers depend on luck has a check of its own",
        "one": "a check of its own asks for one example alone",
    }
)
def example(build_network, rng, N=5):
    model = build_network()
    return {"x": inputs(rng, N)}, lambda x: {"f": model(x)}


BUDGET = 6000
# arrays of parameters; a network of 6000 parameters has far fewer
MOST_WEIGHTS = 200


def inputs(rng, N=32):
    return rng.normal(size=(N, 40)).astype("float32")


def padded(values):
    """As many numbers whatever the network, so that the evidence has one shape."""
    return np.pad(np.asarray(values, "float64"), (0, MOST_WEIGHTS - len(values)))


@capstone.check("from 40 inputs to a distribution over 10 classes")
def form(build_network, rng):
    x = inputs(rng)
    return {"x": x, "f": build_network()(x)}


@form.summary()
def form_summary(theirs, ours):
    f = theirs["f"]
    return {
        "x": theirs["x"][0, :3],
        "every row sums to 1": np.all(np.abs(f.sum(axis=1) - 1) < 1e-3),
        "every column sums to 1": np.all(np.abs(f.sum(axis=0) - 1) < 1e-4),
        "negative probabilities": np.any(f < 0),
    }


@capstone.check(
    "at most 6000 parameters",
    mistake="over the budget",
    advice="Count with model.count_params(): W of a layer has inputs times units entries, and a BatchNorm four for each unit.",
)
def budget(build_network, rng):
    return {"x": inputs(rng), "sizes": padded([w.numpy().size for w in build_network().weights])}


@budget.summary()
def budget_summary(theirs, ours):
    sizes = theirs["sizes"]
    whole = np.all(sizes == np.floor(sizes)) and np.all(sizes >= 0) and sizes.sum() > 0
    if not whole:
        raise ValueError("a network without weights, or sizes that are none")
    return {"x": theirs["x"][0, :3], "parameters over the budget": max(0, sizes.sum() - BUDGET)}


@capstone.check("at test time an answer depends on its example alone")
def alone(build_network, rng):
    model, x = build_network(), inputs(rng, 4)
    model(x, training=True)
    alone = tf.concat([model(x[:1]), model(x[1:2])], 0)
    return {"x": x, "together": model(x), "together again": model(x), "alone": alone}


@alone.summary()
def alone_summary(theirs, ours):
    luck = np.abs(theirs["together"] - theirs["together again"]).max() > 1e-4
    batch = np.abs(theirs["together"][:2] - theirs["alone"]).max() > 1e-4
    return {
        "x": theirs["x"][0, :3],
        "luck changes an answer": luck,
        "the others of its batch change an answer": batch and not luck,
    }


@capstone.check("every trained weight gets a gradient")
def gradients(build_network, rng):
    model, x, y = build_network(), inputs(rng), rng.integers(0, 10, 32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x, training=True)))
    weights = model.trainable_weights
    found = tape.gradient(loss, weights)
    largest = [-1.0 if d is None else np.abs(tf.convert_to_tensor(d)).max() for d in found]
    # Vectors may well begin as one number.
    spreads = [np.ptp(w.numpy()) if len(w.shape) > 1 else 1.0 for w in weights]
    return {
        "x": x,
        "largest entry of each gradient, -1 for none": padded([1.0, *largest]),
        "weights": padded([1.0] * len(found)),
        "spread of each matrix": padded([1.0, *spreads]),
    }


@gradients.summary()
def gradients_summary(theirs, ours):
    weights = int(theirs["weights"].sum())
    if not weights:
        raise ValueError("a network without trained weights")
    sizes = theirs["largest entry of each gradient, -1 for none"][1 : weights + 1]
    spreads = theirs["spread of each matrix"][1 : weights + 1]
    nothing = sizes == 0
    # a bias before BatchNorm gets what rounding leaves, 1e-7 of what the others get
    rounding = (sizes > 0) & (sizes <= 1e-5 * sizes.max())
    return {
        "x": theirs["x"][0, :3],
        "no way leads back to a weight": np.any(sizes < 0),
        "a gradient is 0": np.any(nothing),
        "that of a matrix of equal numbers": np.any(nothing & (spreads == 0)),
        "a gradient is what rounding leaves": np.any(rounding),
        "a gradient is no number": not np.all(np.isfinite(sizes)),
    }


@capstone.check("each call draws fresh weights")
def fresh(build_network, rng):
    first, second = ([w.numpy() for w in build_network().weights] for _ in range(2))
    return {
        "x": inputs(rng),
        "sums of the first network": padded([np.abs(w).sum() for w in first]),
        "sums of the second": padded([np.abs(w).sum() for w in second]),
        # vectors may well begin alike: biases, γ, an LSTM's
        "drawn": padded([np.ptp(w) * (w.ndim > 1) for w in first]),
    }


@fresh.summary()
def fresh_summary(theirs, ours):
    alike = theirs["sums of the first network"] == theirs["sums of the second"]
    return {
        "x": theirs["x"][0, :3],
        "two calls begin with the same weights": np.any(alike & (theirs["drawn"] > 0)),
    }


capstone.misconception(
    "over the budget",
    ("(56, 40)", "(80, 60)"),
    advice="Count with model.count_params(): W of a layer has inputs times units entries, and a BatchNorm four for each unit.",
)
capstone.misconception(
    "the output is no distribution: some of it is negative",
    # By `source`: with another fault its rows, which do not sum to 1 either, are what is told.
    source=capstone.edited((', activation="softmax"', "")),
    lecture="6:52",
    advice='End with the softmax: Dense(10, activation="softmax").',
)
capstone.misconception(
    "the output is no distribution: its rows do not sum to 1",
    ('activation="softmax"', 'activation="sigmoid"'),
    lecture="6:52",
    advice='Sigmoids of several classes do not sum to 1. End with the softmax: Dense(10, activation="softmax").',
)
capstone.misconception(
    "softmax over the batch",
    (
        'layers.append(keras.layers.Dense(10, activation="softmax"))',
        "layers.append(keras.layers.Dense(10))\n    layers.append(keras.layers.Lambda(lambda a: tf.nn.softmax(a, axis=0)))",
    ),
    lecture="6:52",
    advice="Each row is a distribution of its own: the softmax runs over the classes, axis -1.",
)
capstone.misconception(
    "something random stays on at test time",
    (
        "    layers.append(keras.layers.Dropout(0.1))\n",
        "    layers.append(keras.layers.Lambda(lambda h: h * tf.cast(tf.random.uniform(tf.shape(h)) < 0.5, h.dtype)))\n",
    ),
    lecture="53:18",
    advice="Use a layer that knows `training`, keras.layers.Dropout for instance; never fix training=True inside a network.",
)
capstone.misconception(
    "at test time the other examples of the batch count",
    (
        "        layers.append(BatchNorm())\n",
        "        layers.append(keras.layers.Lambda(lambda a: a - tf.reduce_mean(a, axis=0)))\n",
    ),
    lecture="54:33",
    advice="At test time there may be one example alone. Let BatchNorm use its moving statistics: never fix training=True inside "
    "a network, and take no mean over the batch of your own.",
)
capstone.misconception(
    "a W starts with all its numbers alike, at zero for instance, and gets no gradient",
    ('kernel_initializer="he_uniform"', 'kernel_initializer="zeros"'),
    lecture="30:27",
    advice="With zero weights the hidden units get no gradient and never part. Start small and random.",
)
capstone.misconception(
    "some weights begin the same in every network",
    ('"he_uniform"', "keras.initializers.HeUniform(seed=0)"),
    advice="A fixed seed draws the same numbers each time, so several runs tell nothing about luck. Leave it out.",
)
capstone.misconception(
    "what a weight adds is taken away again, as a bias is before BatchNorm",
    ("use_bias=False, ", ""),
    advice="BatchNorm subtracts a bias again, so its gradient is zero and it only costs parameters. Pass use_bias=False.",
)
capstone.misconception(
    "some weights are cut off: their gradient is exactly 0",
    (
        "    layers.append(keras.layers.Dropout(0.1))\n",
        "    layers.append(keras.layers.Lambda(lambda h: 0.0 * h))\n",
    ),
    advice="What is multiplied by 0, or stands behind a ReLU that never opens, cannot learn: leave it out, or let it count.",
)
capstone.misconception(
    "a step without a slope stands behind some weights",
    (
        "    layers.append(keras.layers.Dropout(0.1))\n",
        "    layers.append(keras.layers.Lambda(tf.stop_gradient))\n",
    ),
    advice="A comparison, a rounding, an argmax have no slope, and stop_gradient says so: no gradient comes through. "
    "Take a smooth step, a sigmoid for a gate.",
)


@capstone.alternative
def by_calls():
    x = keras.Input((40,))
    h = keras.layers.Reshape((40, 1))(x)
    for filters in (12, 16, 16):
        h = keras.layers.Conv1D(filters, 5, strides=2, padding="same", activation="relu")(h)
    h = keras.layers.Flatten()(h)
    return keras.Model(x, keras.layers.Dense(10, activation="softmax")(h))


@capstone.alternative
def plain():
    dense = keras.layers.Dense
    hidden = [dense(48, activation="tanh", kernel_regularizer=keras.regularizers.L2(1e-4)), dense(40, "relu")]
    return keras.Sequential([keras.Input((40,)), *hidden, dense(10), keras.layers.Softmax()])


for mutant in (
    "line 2: 56 → 57",
    "line 2: 40 → 41",
    "line 3: without layers.append(keras.layers.Dense(H, use_bias=False, kernel_…",
    "line 3: without kernel_initializer='he_uniform'",
    "line 4: without layers.append(BatchNorm())",
    "line 6: without layers.append(keras.layers.Dropout(0.1))",
):
    capstone.equivalent(
        mutant, because="another network that keeps the rules; how good it is, is graded by hand"
    )
