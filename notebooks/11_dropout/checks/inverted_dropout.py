"""What `check(InvertedDropout)` looks at (lecture 53:18).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers import inputs
from helpers.checks import Checks

inverted_dropout = Checks(
    "InvertedDropout",
    kind="layer",
    lecture="53:18",
    not_yours=["keras.layers.Dropout", "keras.random.dropout", "tensorflow.nn.dropout"],
)

# 512 coins even where all units of an example, or all examples, share one
CALLS, N, H = 8, 64, 64


@inverted_dropout.check("in training the kept are divided by the probability of keeping", points=2)
def training(InvertedDropout, rng):
    layer, h = InvertedDropout(inputs.uneven_probability(rng)), inputs.far_from_zero(rng, N, H)
    return {"h": h, "output": [layer(h, training=True) for _ in range(CALLS)]}


@training.summary(**{"share of units kept": 0.13, "factor of the kept": 1e-3})
def training_summary(theirs, ours):
    return inputs.factor_of_the_kept(theirs, ours)


@inverted_dropout.check("at test time nothing happens")
def at_test_time(InvertedDropout, rng):
    layer, h = InvertedDropout(inputs.uneven_probability(rng)), inputs.far_from_zero(rng, N, H)
    return {"h": h, "output": [layer(h, training=False) for _ in range(2)], "without training=": layer(h)}


@at_test_time.summary(**{"factor": 1e-3, "factor without training=": 1e-3})
def at_test_time_summary(theirs, ours):
    return inputs.factor_at_test_time(theirs, ours)


@inverted_dropout.check("every example, every unit and every call has a coin of its own")
def masks(InvertedDropout, rng):
    layer, h = InvertedDropout(float(rng.uniform(0.4, 0.6))), inputs.far_from_zero(rng, N, H)
    # a graph, as in model.fit
    step = tf.function(lambda h: layer(h, training=True), autograph=False)
    return {"h": h, "output": [step(h) for _ in range(CALLS)]}


@masks.summary(**inputs.AGREEMENTS)
def masks_summary(theirs, ours):
    factor = theirs["output"] / ours["h"]
    found = inputs.agreements(np.abs(factor) > 1e-6)
    return found | {"two factors only": len(np.unique(factor.round(3))) == 2}


@inverted_dropout.check("the backward pass carries the same factors")
def backward(InvertedDropout, rng):
    layer, h = InvertedDropout(float(rng.uniform(0.3, 0.4))), inputs.far_from_zero(rng, N, H)
    upstream = inputs.far_from_zero(rng, N, H)
    with tf.GradientTape() as tape:
        tape.watch(h)
        output = layer(h, training=True)
    return {"h": h, "upstream": upstream, "output": output, "dh": tape.gradient(output, h, upstream)}


@backward.summary(**{"largest difference of the two factors": 1e-3, "factor of dh where it is not 0": 1e-3})
def backward_summary(theirs, ours):
    forward, backward = theirs["output"] / ours["h"], theirs["dh"] / ours["upstream"]
    return {
        "largest difference of the two factors": np.abs(forward - backward).max(),
        "factor of dh where it is not 0": inputs.constant_factor(backward[backward != 0]),
    }


@inverted_dropout.check("the number of dropped units is left to chance as well")
def counts(InvertedDropout, rng):
    # Of three units, so that losing none and losing all both happen often.
    layer, h = InvertedDropout(0.5), inputs.far_from_zero(rng, 256, 3)
    return {"h": h, "output": [layer(h, training=True) for _ in range(4)]}


@counts.summary()
def counts_summary(theirs, ours):
    kept = (np.abs(theirs["output"] / ours["h"]) > 1e-6).sum(axis=-1)
    shares = [np.mean(kept == k) for k in range(4)]
    # Of 1,024 honest examples less than 0.1; of four masks that examples share at least 0.5.
    gap = np.abs(np.array(shares) - [0.125, 0.375, 0.375, 0.125]).sum()
    return {"as many examples keep 0, 1, 2 and 3 units as coins would have it": gap < 0.25}


@inverted_dropout.example(without={"one": "nothing here depends on other examples"})
def example(InvertedDropout, rng, N=4, dtype="float32"):
    layer = InvertedDropout(0.4, dtype=dtype)
    h = tf.constant(rng.uniform(1, 2, size=(N, 5)), dtype)

    def both(h):
        # Times 0, so that nothing is left to chance.
        return {"training, times 0": 0 * layer(h, training=True), "test time, times 0": 0 * layer(h)}

    return {"h": h}, both
