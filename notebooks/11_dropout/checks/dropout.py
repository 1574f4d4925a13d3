"""What `check(Dropout)` looks at (lecture 50:43).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers import inputs
from helpers.checks import Checks

dropout = Checks("Dropout", kind="layer", lecture="50:43")

# 512 coins even where all units of an example, or all examples, share one
CALLS, N, H = 8, 64, 64


@dropout.check("in training a unit is kept as it is, with probability 1 - rate, or is 0")
def kept_share(Dropout, rng):
    layer, h = Dropout(inputs.uneven_probability(rng)), inputs.far_from_zero(rng, N, H)
    return {"h": h, "output": [layer(h, training=True) for _ in range(CALLS)]}


@kept_share.summary(**{"share of units kept": 0.13, "factor of the kept": 1e-3})
def kept_share_summary(theirs, ours):
    return inputs.factor_of_the_kept(theirs, ours)


@dropout.check("every example, every unit and every call has a coin of its own", points=2)
def masks(Dropout, rng):
    layer, h = Dropout(float(rng.uniform(0.4, 0.6))), inputs.far_from_zero(rng, N, H)
    return {"h": h, "output": [layer(h, training=True) for _ in range(CALLS)]}


@dropout.check("masks are fresh inside tf.function, where model.fit runs the layer")
def masks_in_graph(Dropout, rng):
    layer, h = Dropout(float(rng.uniform(0.4, 0.6))), inputs.far_from_zero(rng, N, H)
    step = tf.function(lambda h: layer(h, training=True), autograph=False)
    return {"h": h, "output": [step(h) for _ in range(CALLS)]}


@masks.summary(**inputs.AGREEMENTS)
@masks_in_graph.summary(**inputs.AGREEMENTS)
def masks_summary(theirs, ours):
    factor = theirs["output"] / ours["h"]
    found = inputs.agreements(np.abs(factor) > 1e-6)
    return found | {"values that the factor takes": len(np.unique(factor.round(3)))}


@dropout.check("at test time each unit is multiplied by the probability of keeping", points=2)
def at_test_time(Dropout, rng):
    layer, h = Dropout(inputs.uneven_probability(rng)), inputs.far_from_zero(rng, N, H)
    return {"h": h, "output": [layer(h, training=False) for _ in range(2)], "without training=": layer(h)}


@at_test_time.summary(**{"factor": 1e-3, "factor without training=": 1e-3})
def at_test_time_summary(theirs, ours):
    return inputs.factor_at_test_time(theirs, ours)


@dropout.check("the backward pass goes through the mask of the forward pass")
def backward(Dropout, rng):
    layer, h = Dropout(float(rng.uniform(0.4, 0.6))), inputs.far_from_zero(rng, N, H)
    upstream = inputs.far_from_zero(rng, 2, N, H)
    # two calls, each with a gradient of its own
    hs = tf.stack([h, h])
    with tf.GradientTape() as tape:
        tape.watch(hs)
        output = tf.stack([layer(hs[0], training=True), layer(hs[1], training=True)])
    return {"h": hs, "upstream": upstream, "output": output, "dh": tape.gradient(output, hs, upstream)}


@backward.summary(**{"largest difference of the two factors": 1e-3})
def backward_summary(theirs, ours):
    forward, backward = theirs["output"] / ours["h"], theirs["dh"] / ours["upstream"]
    return {
        "largest difference of the two factors": np.abs(forward - backward).max(),
        "values that the factor takes": len(np.unique(backward.round(3))),
    }


@dropout.check("it can be saved, loaded, and asked for its shape")
def saved_and_loaded(Dropout, rng):
    layer = Dropout(inputs.uneven_probability(rng), name="noise")
    copy = Dropout.from_config(layer.get_config())
    h = inputs.far_from_zero(rng, N, H)
    return {
        "registered as": keras.saving.get_registered_name(Dropout),
        "name of the copy": copy.name,
        "rate of the copy": copy.rate,
        "output shape": layer.compute_output_shape((5, 7)),
        "shape for a batch of any size": str(layer(keras.Input((h.shape[1],))).shape),
    }


@dropout.check("the number of dropped units is left to chance as well")
def counts(Dropout, rng):
    # Of three units, so that losing none and losing all both happen often.
    layer, h = Dropout(0.5), inputs.far_from_zero(rng, 256, 3)
    return {"h": h, "output": [layer(h, training=True) for _ in range(4)]}


@counts.summary()
def counts_summary(theirs, ours):
    kept = (np.abs(theirs["output"] / ours["h"]) > 1e-6).sum(axis=-1)
    shares = [np.mean(kept == k) for k in range(4)]
    # Of 1,024 honest examples less than 0.1; of four masks that examples share at least 0.5.
    gap = np.abs(np.array(shares) - [0.125, 0.375, 0.375, 0.125]).sum()
    return {"as many examples keep 0, 1, 2 and 3 units as coins would have it": gap < 0.25}


@dropout.example(without={"one": "nothing here depends on other examples"})
def example(Dropout, rng, N=4, dtype="float32"):
    layer = Dropout(0.4, dtype=dtype)
    h = tf.constant(rng.uniform(1, 2, size=(N, 5)), dtype)

    def both(h):
        # Times 0, so that nothing is left to chance.
        return {"training, times 0": 0 * layer(h, training=True), "test time, times 0": 0 * layer(h)}

    return {"h": h}, both
