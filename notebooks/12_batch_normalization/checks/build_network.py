"""What `check(build_network)` looks at (lecture 54:33).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import BatchNormStandIn

capstone = Checks("build_network", kind="network", lecture="54:33", given={"BatchNorm": BatchNormStandIn})


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


@capstone.check("at most 6000 parameters")
def budget(build_network, rng):
    return {"x": inputs(rng), "sizes": padded([w.numpy().size for w in build_network().weights])}


@budget.summary()
def budget_summary(theirs, ours):
    sizes = theirs["sizes"]
    whole = np.all(sizes == np.floor(sizes)) and np.all(sizes >= 0) and sizes.sum() > 0
    return {
        "x": theirs["x"][0, :3],
        "parameters over the budget": max(0, sizes.sum() - BUDGET) if whole else np.nan,
    }


@capstone.check("at test time an answer depends on its example alone")
def alone(build_network, rng):
    model, x = build_network(), inputs(rng, 4)
    model(x, training=True)
    return {"x": x, "together": model(x), "alone": tf.concat([model(x[:1]), model(x[1:2])], 0)}


@alone.summary()
def alone_summary(theirs, ours):
    gap = np.abs(theirs["together"][:2] - theirs["alone"]).max()
    return {"x": theirs["x"][0, :3], "the batch or luck changes an answer": gap > 1e-4}


@capstone.check("every trained weight gets a gradient")
def gradients(build_network, rng):
    model, x, y = build_network(), inputs(rng), rng.integers(0, 10, 32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x, training=True)))
    found = tape.gradient(loss, model.trainable_weights)
    largest = [0.0 if d is None else np.abs(tf.convert_to_tensor(d)).max() for d in found]
    return {
        "x": x,
        "largest entry of each gradient": padded([1.0, *largest]),
        "weights": padded([1.0] * len(found)),
    }


@gradients.summary()
def gradients_summary(theirs, ours):
    weights = int(theirs["weights"].sum())
    sizes = theirs["largest entry of each gradient"][1 : weights + 1]
    return {
        "x": theirs["x"][0, :3],
        # a bias before BatchNorm gets what rounding leaves, 1e-7 of what the others get
        "trained weights without a gradient": (sizes <= 1e-5 * sizes.max()).sum() if weights else np.nan,
    }


@capstone.check("each call draws fresh weights")
def fresh(build_network, rng):
    first, second = ([w.numpy() for w in build_network().weights] for _ in range(2))
    return {
        "x": inputs(rng),
        "sums of the first network": padded([np.abs(w).sum() for w in first]),
        "sums of the second": padded([np.abs(w).sum() for w in second]),
        # biases and γ may well begin as one number
        "drawn": padded([np.ptp(w) for w in first]),
    }


@fresh.summary()
def fresh_summary(theirs, ours):
    alike = theirs["sums of the first network"] == theirs["sums of the second"]
    return {
        "x": theirs["x"][0, :3],
        "two calls begin with the same weights": np.any(alike & (theirs["drawn"] > 0)),
    }
