"""What `check(InvertedDropout)` looks at (lecture 53:18).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks

inverted_dropout = Checks("InvertedDropout", lecture="53:18")

CALLS, N, H = 8, 64, 64  # 512 coins even where all units of an example, or all examples, share one


def activations(rng):
    """Activations far from zero, so that a zero in the output was put there by a mask."""
    return tf.constant(rng.choice([1.0, 1.25, 1.5, 2.0], (N, H)), "float32")


def uneven(rng):
    """A rate far from one half, on either side: a rate and its complement are easily told apart."""
    return float(rng.uniform(0.15, 0.25) if rng.random() < 0.5 else rng.uniform(0.75, 0.85))


def constant(factor):
    """The one value that all factors have; NaN if they differ, since a mean would hide that."""
    return factor.mean() if np.ptp(factor) < 1e-3 else np.nan


def agreement(a, b):
    """How often two masks agree, scaled: 0 if they are independent, 1 if they are the same."""
    p = np.mean([a.mean(), b.mean()])
    chance = p**2 + (1 - p) ** 2
    return ((a == b).mean() - chance) / max(1 - chance, 1e-9)


@inverted_dropout.check("in training the kept are divided by the probability of keeping", points=2)
def training(InvertedDropout, rng):
    layer, h = InvertedDropout(uneven(rng)), activations(rng)
    return {"h": h, "output": [layer(h, training=True) for _ in range(CALLS)]}


@training.summary(**{"share of units kept": 0.13, "factor of the kept": 1e-3})
def _(theirs, ours):
    factor = theirs["output"] / ours["h"]
    kept = factor[factor != 0]
    return {"share of units kept": kept.size / factor.size, "factor of the kept": constant(kept)}


@inverted_dropout.check("at test time nothing happens")
def at_test_time(InvertedDropout, rng):
    layer, h = InvertedDropout(uneven(rng)), activations(rng)
    return {"h": h, "output": [layer(h, training=False) for _ in range(2)], "without training=": layer(h)}


@at_test_time.summary(**{"factor": 1e-3, "factor without training=": 1e-3})
def _(theirs, ours):
    return {
        "factor": constant(theirs["output"] / ours["h"]),
        "factor without training=": constant(theirs["without training="] / ours["h"]),
    }


@inverted_dropout.check("every example, every unit and every call has a coin of its own")
def masks(InvertedDropout, rng):
    layer, h = InvertedDropout(float(rng.uniform(0.4, 0.6))), activations(rng)
    step = tf.function(lambda h: layer(h, training=True), autograph=False)  # a graph, as in model.fit
    return {"h": h, "output": [step(h) for _ in range(CALLS)]}


@masks.summary(**{"agreement of examples": 0.4, "agreement of units": 0.4, "agreement of calls": 0.4})
def _(theirs, ours):
    mask = np.abs(theirs["output"] / ours["h"]) > 1e-6
    return {
        "agreement of examples": agreement(mask[:, 1:], mask[:, :-1]),
        "agreement of units": agreement(mask[:, :, 1:], mask[:, :, :-1]),
        "agreement of calls": agreement(mask[1:], mask[:-1]),
        "two factors only": len(np.unique((theirs["output"] / ours["h"]).round(3))) == 2,
    }


@inverted_dropout.check("the backward pass carries the same factors")
def backward(InvertedDropout, rng):
    layer, h = InvertedDropout(float(rng.uniform(0.3, 0.4))), activations(rng)
    upstream = tf.constant(rng.choice([1.0, 1.25, 1.5, 2.0], (N, H)), "float32")
    with tf.GradientTape() as tape:
        tape.watch(h)
        output = layer(h, training=True)
    return {"h": h, "upstream": upstream, "output": output, "dh": tape.gradient(output, h, upstream)}


@backward.summary(**{"largest difference of the two factors": 1e-3, "factor of dh where it is not 0": 1e-3})
def _(theirs, ours):
    forward, backward = theirs["output"] / ours["h"], theirs["dh"] / ours["upstream"]
    return {
        "largest difference of the two factors": np.abs(forward - backward).max(),
        "factor of dh where it is not 0": constant(backward[backward != 0]),
    }
