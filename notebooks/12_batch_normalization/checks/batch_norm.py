"""What `check(BatchNorm)` looks at (lecture 54:33).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import uneven_units

batch_norm = Checks(
    "BatchNorm",
    kind="layer",
    lecture="54:33",
    not_yours=[
        "keras.layers.BatchNormalization",
        "keras.ops.batch_normalization",
        "tensorflow.nn.batch_normalization",
        "FusedBatchNormV3",
    ],
)


def at_work(BatchNorm, rng, dtype="float32"):
    """A layer in the middle of its life, and a mini-batch with units of many scales."""
    N, H = 7, 5
    layer = BatchNorm(momentum=float(rng.uniform(0.6, 0.9)), eps=float(rng.uniform(0.1, 0.5)), dtype=dtype)
    a = tf.constant(uneven_units(rng, N, H, widest=3), dtype)
    layer.build(a.shape)
    for weight in (layer.gamma, layer.beta):
        weight.assign(rng.normal(size=H))
    for weight in (layer.moving_mu, layer.moving_var):
        weight.assign(rng.uniform(0.5, 2, H))
    return layer, a


@batch_norm.check("a new layer: four weights and how they start")
def new_layer(BatchNorm, rng):
    H = int(rng.integers(3, 60))
    layer = BatchNorm()
    layer.build((None, H))
    names = ("gamma", "beta", "moving_mu", "moving_var")
    weights = (layer.gamma, layer.beta, layer.moving_mu, layer.moving_var)
    trained = [any(w is t for t in layer.trainable_weights) for w in weights]
    return {f"{n} at first": w for n, w in zip(names, weights, strict=True)} | {
        f"{n} is trained": str(t) for n, t in zip(names, trained, strict=True)
    }


@batch_norm.check("training: normalized over the mini-batch, then scaled and shifted", points=2)
def training_output(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    return {"a_tilde": layer(a, training=True)}


@batch_norm.check("test time: the moving statistics, whatever the batch")
def test_time_output(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    return {"a_tilde": layer(a, training=False), "a_tilde of one example": layer(a[:1])}


@batch_norm.check("training moves the statistics a little")
def training_moves_statistics(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    for k in (1.0, 2.0, 3.0):
        layer(k * a + k, training=True)
    still = all(any(w is m for w in layer.weights) for m in (layer.moving_mu, layer.moving_var))
    return {
        "moving_mu": layer.moving_mu,
        "moving_var": layer.moving_var,
        "they are still weights of the layer": str(still),
    }


@batch_norm.check("test time leaves the statistics alone")
def test_time_keeps_statistics(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    layer(a, training=False)
    layer(a)
    return {"moving_mu": layer.moving_mu, "moving_var": layer.moving_var, "gamma": layer.gamma}


@batch_norm.check("the gradient goes through mu and var", points=2)
def gradient_through_statistics(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    upstream = tf.constant(rng.normal(size=a.shape), "float32")
    with tf.GradientTape() as tape:
        tape.watch(a)
        a_tilde = layer(a, training=True)
    return {"da": tape.gradient(a_tilde, a, upstream)}


@batch_norm.check("it can be saved, loaded, and asked for its shape")
def saved_and_loaded(BatchNorm, rng):
    layer = BatchNorm(float(rng.uniform(0.6, 0.9)), float(rng.uniform(0.1, 0.5)), name="normalized")
    copy = BatchNorm.from_config(layer.get_config())
    return {
        "registered as": keras.saving.get_registered_name(BatchNorm),
        "name of the copy": copy.name,
        "momentum of the copy": copy.momentum,
        "eps of the copy": copy.eps,
        "output shape": layer.compute_output_shape((5, 7)),
    }


@batch_norm.check("a mean far larger than the deviation", a_tilde=0.02)
def far_mean(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    return {"a_tilde": layer(a + float(rng.uniform(2000, 4000)), training=True)}


@batch_norm.example()
def example(BatchNorm, rng, N=7, dtype="float32"):
    layer = BatchNorm(eps=0.2, dtype=dtype)
    a = tf.constant(uneven_units(rng, N, 5, widest=3), dtype)
    return {"a": a}, lambda a: {"a_tilde": layer(a, training=True)}
