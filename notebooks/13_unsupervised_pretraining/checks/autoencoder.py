"""What `check(Autoencoder)` looks at (lecture 54:23).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers import inputs, lost_entries
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import filled

autoencoder = Checks("Autoencoder", kind="network", lecture="54:23")

N, D, H = 5, 7, 3


def examples(rng, rows=N):
    return tf.constant(rng.uniform(size=(rows, D)), "float32")


def made(Autoencoder, rng, noise=0.0):
    """An autoencoder that has seen an input, and holds random weights since then."""
    # So that what it began with belongs to the draw as well, should an answer have kept it.
    keras.utils.set_random_seed(int(rng.integers(1 << 30)))
    model = Autoencoder(H, noise)
    model(examples(rng))
    return filled(model, rng, scale=1.0)


@autoencoder.check("three weights: W, b and c")
def three_weights(Autoencoder, rng):
    units, width = (int(n) for n in rng.choice(np.arange(20, 200), size=2, replace=False))
    model = Autoencoder(units)
    early = len(model.trainable_weights)
    model(tf.constant(rng.uniform(size=(2, width)), "float32"))
    shapes = [str(tuple(w.shape)) for w in model.trainable_weights]
    return {
        "trained weights": ", ".join(sorted(shapes)),
        "in the order in which they were made": ", ".join(shapes),
        "weights before the first input": early,
    }


@autoencoder.check("they start as they should: W random, b and c at 0")
def start(Autoencoder, rng):
    model = Autoencoder(H)
    model(examples(rng))
    vectors = [np.ravel(w) for w in model.weights if len(w.shape) == 1]
    matrices = [np.ravel(w) for w in model.weights if len(w.shape) == 2]
    return {
        "x": examples(rng),
        "vectors": np.resize(np.concatenate([*vectors, [0.0]]), 40).astype("float32"),
        "matrices": np.resize(np.concatenate([*matrices, [0.0]]), 40).astype("float32"),
    }


@start.summary()
def start_summary(theirs, ours):
    return {
        "x": theirs["x"],
        "some of b or c is not 0": np.any(theirs["vectors"] != 0),
        "entries of W are equal": len(np.unique(theirs["matrices"])) < D * H,
    }


@autoencoder.check("encode: the code h")
def code(Autoencoder, rng):
    model, x = made(Autoencoder, rng, noise=0.4), examples(rng)
    return {"h": model.encode(x), **landmarks(x=x)}


@autoencoder.check("decode: back by the same W", points=2)
def decoded(Autoencoder, rng):
    model = made(Autoencoder, rng)
    h = tf.constant(rng.uniform(size=(N, H)), "float32")
    return {"a_hat": model.decode(h), **landmarks(h=h)}


@autoencoder.check("both ways at once: what W learns from an x_hat")
def both_ways(Autoencoder, rng):
    model, x = made(Autoencoder, rng), examples(rng)
    upstream = tf.constant(rng.normal(size=(N, D)), "float32")
    with tf.GradientTape() as tape:
        x_hat = model(x)
    weights = [w for w in model.trainable_weights if len(w.shape) == 2]
    gradients = tape.gradient(x_hat, weights, upstream)
    shown = {f"gradient of matrix {number + 1}": g for number, g in enumerate(gradients)}
    return {**shown, **landmarks(x=x, upstream=upstream)}


@autoencoder.check("at test time: the reconstruction, without noise")
def at_test_time(Autoencoder, rng):
    model, x = made(Autoencoder, rng, noise=0.4), examples(rng)
    both = {"x_hat": model(x), "x_hat for training=False": model(x, training=False)}
    return {**both, **landmarks(x=x)}


# float32, where a sigmoid may be written in several ways
@at_test_time.summary(x_hat=1e-5)
def at_test_time_summary(theirs, ours):
    """What chance decided differs from itself: then it is no use to look at the values."""
    first, second = theirs["x_hat"], theirs["x_hat for training=False"]
    if not np.allclose(first, second, atol=1e-5):
        return {"x_hat": np.zeros_like(first), "two calls agree": False}
    return {"x_hat": first, "two calls agree": True}


@autoencoder.check("corrupt: an entry becomes 0 with probability noise, or stays")
def corrupted(Autoencoder, rng):
    return lost_entries.at_two_noises(Autoencoder, rng)


@corrupted.summary(**lost_entries.TOLERANCES)
def corrupted_summary(theirs, ours):
    return lost_entries.shares_and_factors(theirs, ours)


@autoencoder.check("corrupt: every example, entry and call has a coin of its own")
def coins(Autoencoder, rng):
    model = Autoencoder(H, float(rng.uniform(0.4, 0.6)))
    x = inputs.far_from_zero(rng, lost_entries.ROWS, lost_entries.COLUMNS)
    step = tf.function(model.corrupt, autograph=False)
    return {"x": x, "corrupted": [step(x) for _ in range(lost_entries.CALLS)]}


@coins.summary(**inputs.AGREEMENTS)
def coins_summary(theirs, ours):
    kept = np.abs(theirs["corrupted"] / ours["x"]) > 1e-6
    differ = np.ptp(kept.sum(axis=-1), axis=1) > 0
    return {
        "x": theirs["x"],
        "examples keep different numbers of entries": differ.any(),
        **inputs.agreements(kept),
    }


@autoencoder.check("in training: the noise strikes the input, and nothing else", points=2)
def in_training(Autoencoder, rng):
    model = Autoencoder(lost_entries.COLUMNS, float(rng.uniform(0.45, 0.55)))
    return lost_entries.one_input_a_unit(model, rng)


@in_training.summary(**lost_entries.SEEN_AS)
def in_training_summary(theirs, ours):
    return lost_entries.seen_as(theirs, ours)


@autoencoder.example()
def example(Autoencoder, rng, N=N):
    clean, noisy = made(Autoencoder, rng), made(Autoencoder, rng, noise=0.4)

    def both(x):
        # Times 0, so that nothing is left to chance.
        return {"x_hat": clean(x), "with noise, times 0": 0 * noisy(x, training=True)}

    return {"x": examples(rng, N)}, both
