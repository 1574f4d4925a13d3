"""What `check(reconstruction_loss)` looks at (lecture 54:23).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.stand_in_training import KnownNoise

loss = Checks("reconstruction_loss", kind="function", lecture="54:23")

D, H = 7, 3


def examples(rng, N=5, dtype="float32"):
    return tf.constant(rng.uniform(0.1, 0.9, size=(N, D)), dtype)


def built(noise=0.0, dtype="float32"):
    """An autoencoder whose noise is known; it has its weights."""
    autoencoder = KnownNoise(H, noise, dtype=dtype)
    autoencoder.build((None, D))
    return autoencoder


def known(autoencoder, x):
    """What a wrong answer may have put in a place of the right one."""
    return landmarks(
        x=x,
        examples=len(x),
        inputs=D,
        units=H,
        **{"the mean of x_hat": np.mean(autoencoder(x)), "the mean of x": np.mean(x)},
    )


@loss.check("one example")
def one_example(reconstruction_loss, rng):
    autoencoder, x = built(), examples(rng, 1)
    return {"L": reconstruction_loss(autoencoder, x), **known(autoencoder, x)}


@loss.check("several examples: a sum over the inputs, a mean over the examples")
def several_examples(reconstruction_loss, rng):
    autoencoder = built()
    sizes = {f"L of {N} examples": examples(rng, N) for N in (2, 5, 11, 13)}
    found = {name: reconstruction_loss(autoencoder, x) for name, x in sizes.items()}
    return {**found, **landmarks(inputs=D)}


@loss.check("in training: noise on the input, not on the target", points=2)
def in_training(reconstruction_loss, rng):
    autoencoder, x = built(noise=0.3), examples(rng)
    noisy = autoencoder.corrupt(x)
    without = reconstruction_loss(built(), x, training=True)
    marks = known(autoencoder, x) | landmarks(**{"x with noise": noisy})
    return {
        "L": reconstruction_loss(autoencoder, x, training=True),
        "L where noise is 0": without,
        **marks,
    }


@loss.check("outside of training: no noise")
def outside_of_training(reconstruction_loss, rng):
    autoencoder, x = built(noise=0.3), examples(rng)
    return {
        "L": reconstruction_loss(autoencoder, x, training=False),
        "L, training not given": reconstruction_loss(autoencoder, x),
        **known(autoencoder, x),
    }


@loss.check("reconstructions that are sure, and wrong")
def sure(reconstruction_loss, rng):
    autoencoder, x = built(), examples(rng)
    # sigmoid(45) is exactly 1 in float32, while exp(45) is still finite; exp(120) is not.
    sizes = {"large": float(rng.uniform(42, 48)), "huge": float(rng.uniform(120, 200))}
    found = {}
    for size, value in sizes.items():
        for sign, c in (("positive", value), ("negative", -value)):
            autoencoder.c.assign(np.full(D, c))
            found[f"L where a_hat is {size} and {sign}"] = reconstruction_loss(autoencoder, x)
    return {**found, **landmarks(x=x, examples=len(x), inputs=D)}


@loss.check("the gradient of W, b and c")
def gradients(reconstruction_loss, rng):
    autoencoder, x = built(noise=0.3), examples(rng)
    with tf.GradientTape() as tape:
        value = reconstruction_loss(autoencoder, x, training=True)
    weights = [autoencoder.W.value, autoencoder.b.value, autoencoder.c.value]
    found = tape.gradient(value, weights)
    return dict(zip(("dW", "db", "dc"), found, strict=True)) | known(autoencoder, x)


@loss.example(without={"untouched": "tensors cannot be changed"})
def example(reconstruction_loss, rng, N=5, dtype="float32"):
    autoencoder = built(noise=0.3, dtype=dtype)

    def both(x):
        return {
            "L": reconstruction_loss(autoencoder, x),
            "L in training": reconstruction_loss(autoencoder, x, training=True),
        }

    return {"x": examples(rng, N, dtype)}, both
