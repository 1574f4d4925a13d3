"""What `check(pooled_statistics, finalize_statistics)` looks at (lecture 54:33).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.inputs import BatchNormStandIn

finalize = Checks(
    "finalize_statistics",
    kind="step",
    lecture="54:33",
    objects=("pooled_statistics", "finalize_statistics"),
    given={"BatchNorm": BatchNormStandIn},
)


def batches(rng, sizes=(6, 6, 3), H=4, far=0.0, dtype="float64"):
    """Mini-batches whose means differ, the last one smaller."""
    return [(rng.normal(size=(n, H)) + 2 * rng.normal(size=H) + far).astype(dtype) for n in sizes]


def trained(rng):
    """A small network with two BatchNorm layers, weights and statistics from anywhere, and a training set."""
    dense, norm = keras.layers.Dense, BatchNormStandIn
    model = keras.Sequential(
        [
            dense(4, use_bias=False),
            norm(momentum=0.99, eps=0.1),
            keras.layers.Activation("tanh"),
            dense(5),
            norm(momentum=0.99, eps=0.1),
        ]
    )
    # by itself each is built quickly
    for layer, H in zip(model.layers, (3, 4, 4, 4, 5), strict=True):
        layer.build((None, H))
        for weight in layer.weights:
            weight.assign(
                rng.uniform(0.5, 1.5, weight.shape) * rng.choice([-1, 1]) ** (len(weight.shape) - 1)
            )
    return model, training_set(rng)


def training_set(rng):
    """19 examples of 3 inputs, in order, so that batches differ."""
    x = rng.normal(size=(19, 3)) + np.linspace(-2, 2, 19)[:, None]
    return tf.constant(x, "float32")


def trained_with(rng, layer):
    """A layer before a BatchNorm, and that BatchNorm, with statistics from anywhere."""
    norm = BatchNormStandIn(momentum=0.99, eps=0.1)
    norm.build((None, 3))
    for statistic in (norm.moving_mu, norm.moving_var):
        statistic.assign(rng.uniform(0.5, 1.5, 3))
    return keras.Sequential([layer, norm]), norm


@finalize.check("pooled: batches of different sizes, whose means differ", points=2)
def pooled_batches(pooled_statistics, finalize_statistics, rng):
    mu, var = pooled_statistics(batches(rng))
    return {"mu": mu, "var": var}


@finalize.check("pooled: batches that can be read only once, of tensors")
def pooled_read_once(pooled_statistics, finalize_statistics, rng):
    mu, var = pooled_statistics(tf.constant(a) for a in batches(rng, sizes=(5, 5, 5, 1), dtype="float32"))
    return {"mu": mu, "var": var}


@finalize.check("pooled: a mean far larger than the deviation", var=1e-6)
def pooled_far_mean(pooled_statistics, finalize_statistics, rng):
    mu, var = pooled_statistics(batches(rng, far=1e6))
    return {"mu": mu, "var": var}


@finalize.check("finalized: the statistics of every BatchNorm", points=2)
def finalized_statistics(pooled_statistics, finalize_statistics, rng):
    model, x = trained(rng)
    finalize_statistics(model, x, size=8)
    layers = [layer for layer in model.layers if isinstance(layer, BatchNormStandIn)]
    return {f"moving_mu of BatchNorm {k}": layer.moving_mu for k, layer in enumerate(layers, 1)} | {
        f"moving_var of BatchNorm {k}": layer.moving_var for k, layer in enumerate(layers, 1)
    }


@finalize.check("finalized: the network's answers at test time")
def finalized_answers(pooled_statistics, finalize_statistics, rng):
    model, x = trained(rng)
    finalize_statistics(model, x, size=8)
    output = x
    for k in range(5):
        output = model.layers[k](output, training=False)
    return {"output": output, "gamma": model.layers[1].gamma, "W": model.layers[0].kernel}


class Crowd(keras.layers.Layer):
    """Passes on what it gets, and remembers the largest batch that it saw."""

    most = 0

    def call(self, h):
        self.most = max(self.most, len(h))
        return h


@finalize.check("finalized: what is random in training is off")
def finalized_with_dropout(pooled_statistics, finalize_statistics, rng):
    model, norm = trained_with(rng, keras.layers.Dropout(0.5))
    finalize_statistics(model, training_set(rng), size=8)
    return {"moving_mu": norm.moving_mu, "moving_var": norm.moving_var}


@finalized_with_dropout.summary()
def finalized_with_dropout_summary(theirs, ours):
    return {f"{name} as without dropout": np.allclose(theirs[name], ours[name], rtol=1e-4) for name in ours}


@finalize.check("finalized: no more than `size` examples at a time")
def finalized_in_batches(pooled_statistics, finalize_statistics, rng):
    crowd, size = Crowd(), int(rng.integers(3, 9))
    model, norm = trained_with(rng, crowd)
    finalize_statistics(model, training_set(rng), size=size)
    return {"given size": size, "examples at a time": crowd.most, "moving_mu": norm.moving_mu}


@finalize.example(
    without={
        "frozen": "statistics are not trained, frozen or not",
        "zeros": "nothing here is divided by a weight",
    }
)
def example(pooled_statistics, finalize_statistics, rng):
    model, x = trained(rng)
    return {"model": model}, lambda model: finalize_statistics(model, x, size=8) or {}
