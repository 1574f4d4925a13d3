"""What `check(BatchNorm)` looks at (lecture 54:33).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks
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
    N, H = 7, 6
    layer = BatchNorm(momentum=float(rng.uniform(0.6, 0.9)), eps=float(rng.uniform(0.1, 0.5)), dtype=dtype)
    a = tf.constant(uneven_units(rng, N, H, widest=3), dtype)
    layer.build(a.shape)
    for weight in (layer.gamma, layer.beta):
        weight.assign(rng.normal(size=H))
    for weight in (layer.moving_mu, layer.moving_var):
        weight.assign(rng.uniform(0.5, 2, H))
    return layer, a


def marks_of(layer, a, mu, var):
    """What a wrong output may turn out to be, or lack."""
    root = tf.sqrt(var + layer.eps)
    return landmarks(
        a=a,
        a_hat=(a - mu) / root,
        centred=a - mu,
        gamma=layer.gamma,
        beta=layer.beta,
        root=root,
        examples=len(a),
    )


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
    marks = marks_of(layer, a, *tf.nn.moments(a, 0))
    return {
        "a_tilde": layer(a, training=True),
        "a_tilde of one example": layer(a[:1], training=True),
        **marks,
    }


@batch_norm.check("test time: the moving statistics, whatever the batch")
def test_time_output(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    marks = marks_of(layer, a, tf.identity(layer.moving_mu), tf.identity(layer.moving_var))
    return {"a_tilde": layer(a, training=False), "a_tilde of one example": layer(a[:1]), **marks}


@batch_norm.check("training moves the statistics a little")
def training_moves_statistics(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    # The same at each draw, and not the default: so the weights of a wrong mean have names.
    layer.momentum = 0.7
    batches = [tf.constant(uneven_units(rng, *a.shape, widest=3), "float32") for _ in range(3)]
    # Of each batch, and before them what was there.
    means, variances = [tf.identity(layer.moving_mu)], [tf.identity(layer.moving_var)]
    for batch in batches:
        mu, var = tf.nn.moments(batch, 0)
        means.append(mu)
        variances.append(var)
        layer(batch, training=True)
    still = all(any(w is m for w in layer.weights) for m in (layer.moving_mu, layer.moving_var))
    new = BatchNorm(momentum=0.7)
    new(batches[0], training=True)
    marks = landmarks(old_and_three_means=tf.stack(means), old_and_three_variances=tf.stack(variances))
    return {
        "moving_mu": layer.moving_mu,
        "moving_var": layer.moving_var,
        "moving_mu of a new layer": new.moving_mu,
        "moving_var of a new layer": new.moving_var,
        "they are still weights of the layer": str(still),
        **marks,
        **landmarks(momentum=0.7, examples=len(a)),
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
    marks = marks_of(layer, a, *tf.nn.moments(a, 0))
    with tf.GradientTape() as tape:
        tape.watch(a)
        a_tilde = layer(a, training=True)
    return {"da": tape.gradient(a_tilde, a, upstream), **marks, **landmarks(upstream=upstream)}


@batch_norm.check("it can be saved, loaded, and asked for its shape")
def saved_and_loaded(BatchNorm, rng):
    layer = BatchNorm(float(rng.uniform(0.6, 0.9)), float(rng.uniform(0.1, 0.5)), name="normalized")
    copy = BatchNorm.from_config(layer.get_config())
    return {
        "registered as": keras.saving.get_registered_name(BatchNorm),
        # Keras numbers the names that it gives.
        "name of the copy": copy.name.rstrip("_0123456789"),
        "momentum of the copy": copy.momentum,
        "eps of the copy": copy.eps,
        "output shape": layer.compute_output_shape((5, 7)),
    }


@batch_norm.check("a mean far larger than the deviation", a_tilde=0.02)
def far_mean(BatchNorm, rng):
    layer, a = at_work(BatchNorm, rng)
    return {"a_tilde": layer(a + float(rng.uniform(2000, 4000)), training=True)}


@batch_norm.example(
    without={
        "one": "normalized over itself, one example is beta whatever it holds; at test time a check takes one"
    }
)
def example(BatchNorm, rng, N=7, dtype="float32"):
    layer = BatchNorm(eps=0.2, dtype=dtype)
    a = tf.constant(uneven_units(rng, N, 5, widest=3), dtype)
    return {"a": a}, lambda a: {"a_tilde": layer(a, training=True)}
