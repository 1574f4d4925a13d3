"""What `check(Dropout)` looks at (lecture 50:43).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks

dropout = Checks("Dropout", lecture="50:43")

CALLS, N, H = 8, 64, 64  # 512 coins even where all units of an example, or all examples, share one


def activations(rng):
    """Activations far from zero, so that a zero in the output was put there by a mask."""
    return tf.constant(rng.choice([1.0, 1.25, 1.5, 2.0], (N, H)), "float32")


def uneven(rng):
    """A rate far from one half, on either side: a rate and its complement are easily told apart."""
    return float(rng.uniform(0.15, 0.25) if rng.random() < 0.5 else rng.uniform(0.75, 0.85))


def agreement(a, b):
    """How often two masks agree, scaled: 0 if they are independent, 1 if they are the same."""
    p = np.mean([a.mean(), b.mean()])
    chance = p**2 + (1 - p) ** 2
    return ((a == b).mean() - chance) / max(1 - chance, 1e-9)


def constant(factor):
    """The one value that all factors have; NaN if they differ, since a mean would hide that."""
    return factor.mean() if np.ptp(factor) < 1e-3 else np.nan


@dropout.check("in training a unit is kept as it is, with probability 1 - rate, or is 0")
def kept_share(Dropout, rng):
    layer, h = Dropout(uneven(rng)), activations(rng)
    return {"h": h, "output": [layer(h, training=True) for _ in range(CALLS)]}


@kept_share.summary(**{"share of units kept": 0.13, "factor of the kept": 1e-3})
def _(theirs, ours):
    factor = theirs["output"] / ours["h"]
    kept = factor[factor != 0]
    return {"share of units kept": kept.size / factor.size, "factor of the kept": constant(kept)}


@dropout.check("every example, every unit and every call has a coin of its own", points=2)
def masks(Dropout, rng):
    layer, h = Dropout(float(rng.uniform(0.4, 0.6))), activations(rng)
    return {"h": h, "output": [layer(h, training=True) for _ in range(CALLS)]}


@dropout.check("masks are fresh inside tf.function, where model.fit runs the layer")
def masks_in_graph(Dropout, rng):
    layer, h = Dropout(float(rng.uniform(0.4, 0.6))), activations(rng)
    step = tf.function(lambda h: layer(h, training=True), autograph=False)
    return {"h": h, "output": [step(h) for _ in range(CALLS)]}


@masks.summary(**{"agreement of examples": 0.4, "agreement of units": 0.4, "agreement of calls": 0.4})
@masks_in_graph.summary(
    **{"agreement of examples": 0.4, "agreement of units": 0.4, "agreement of calls": 0.4}
)
def _(theirs, ours):
    mask = np.abs(theirs["output"] / ours["h"]) > 1e-6
    return {
        "agreement of examples": agreement(mask[:, 1:], mask[:, :-1]),
        "agreement of units": agreement(mask[:, :, 1:], mask[:, :, :-1]),
        "agreement of calls": agreement(mask[1:], mask[:-1]),
        "values that the factor takes": len(np.unique((theirs["output"] / ours["h"]).round(3))),
    }


@dropout.check("at test time each unit is multiplied by the probability of keeping", points=2)
def at_test_time(Dropout, rng):
    layer, h = Dropout(uneven(rng)), activations(rng)
    return {"h": h, "output": [layer(h, training=False) for _ in range(2)], "without training=": layer(h)}


@at_test_time.summary(**{"factor": 1e-3, "factor without training=": 1e-3})
def _(theirs, ours):
    return {
        "factor": constant(theirs["output"] / ours["h"]),
        "factor without training=": constant(theirs["without training="] / ours["h"]),
    }


@dropout.check("the backward pass goes through the mask of the forward pass")
def backward(Dropout, rng):
    layer, h = Dropout(float(rng.uniform(0.4, 0.6))), activations(rng)
    upstream = tf.constant(rng.choice([1.0, 1.25, 1.5, 2.0], (2, N, H)), "float32")
    hs = tf.stack([h, h])  # two calls, each with a gradient of its own
    with tf.GradientTape() as tape:
        tape.watch(hs)
        output = tf.stack([layer(hs[0], training=True), layer(hs[1], training=True)])
    return {"h": hs, "upstream": upstream, "output": output, "dh": tape.gradient(output, hs, upstream)}


@backward.summary(**{"largest difference of the two factors": 1e-3})
def _(theirs, ours):
    forward, backward = theirs["output"] / ours["h"], theirs["dh"] / ours["upstream"]
    return {
        "largest difference of the two factors": np.abs(forward - backward).max(),
        "values that the factor takes": len(np.unique(backward.round(3))),
    }


@dropout.check("it can be saved, loaded, and asked for its shape")
def _(Dropout, rng):
    layer = Dropout(uneven(rng), name="noise")
    copy = Dropout.from_config(layer.get_config())
    h = activations(rng)
    return {
        "registered as": keras.saving.get_registered_name(Dropout),
        "name of the copy": copy.name,
        "rate of the copy": copy.rate,
        "output shape": layer.compute_output_shape((5, 7)),
        "shape for a batch of any size": str(layer(keras.Input((h.shape[1],))).shape),
    }


@dropout.check("the dtype of h is kept")
def dtypes(Dropout, rng):
    h = rng.uniform(1, 2, (3, 4))
    found = {"h": h}
    for dtype in ("float64", "float16"):
        layer = Dropout(0.5, dtype=dtype)
        found[f"{dtype} in training"] = layer(tf.constant(h, dtype), training=True)
        found[f"{dtype} at test time"] = layer(tf.constant(h, dtype), training=False)
    return found


@dtypes.summary()
def _(theirs, ours):
    return {"h": theirs["h"]}  # dtypes and shapes are compared before any summary, and values elsewhere
