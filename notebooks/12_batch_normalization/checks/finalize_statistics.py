"""What `check(pooled_statistics, finalize_statistics)` looks at (lecture 54:33).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks


class BatchNormStandIn(keras.layers.BatchNormalization):
    """Keras's layer under the names of ours, so that a mistake in BatchNorm is not counted again here."""

    @property
    def moving_mu(self):
        return self.moving_mean

    @property
    def moving_var(self):
        return self.moving_variance


finalize = Checks(
    "finalize_statistics",
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
            norm(epsilon=0.1),
            keras.layers.Activation("tanh"),
            dense(5),
            norm(epsilon=0.1),
        ]
    )
    for layer, H in zip(model.layers, (3, 4, 4, 4, 5), strict=True):  # by itself each is built quickly
        layer.build((None, H))
        for weight in layer.weights:
            weight.assign(
                rng.uniform(0.5, 1.5, weight.shape) * rng.choice([-1, 1]) ** (len(weight.shape) - 1)
            )
    x = rng.normal(size=(19, 3)) + np.linspace(-2, 2, 19)[:, None]  # in order, so that batches differ
    return model, tf.constant(x, "float32")


@finalize.check("pooled: batches of different sizes, whose means differ", points=2)
def _(pooled_statistics, finalize_statistics, rng):
    mu, var = pooled_statistics(batches(rng))
    return {"mu": mu, "var": var}


@finalize.check("pooled: batches that can be read only once, of tensors")
def _(pooled_statistics, finalize_statistics, rng):
    mu, var = pooled_statistics(tf.constant(a) for a in batches(rng, sizes=(5, 5, 5, 1), dtype="float32"))
    return {"mu": mu, "var": var}


@finalize.check("pooled: a mean far larger than the deviation", var=1e-6)
def _(pooled_statistics, finalize_statistics, rng):
    mu, var = pooled_statistics(batches(rng, far=1e6))
    return {"mu": mu, "var": var}


@finalize.check("finalized: the statistics of every BatchNorm", points=2)
def _(pooled_statistics, finalize_statistics, rng):
    model, x = trained(rng)
    finalize_statistics(model, x, size=8)
    layers = [layer for layer in model.layers if isinstance(layer, BatchNormStandIn)]
    return {f"moving_mu of BatchNorm {k}": layer.moving_mu for k, layer in enumerate(layers, 1)} | {
        f"moving_var of BatchNorm {k}": layer.moving_var for k, layer in enumerate(layers, 1)
    }


@finalize.check("finalized: the network's answers at test time")
def _(pooled_statistics, finalize_statistics, rng):
    model, x = trained(rng)
    finalize_statistics(model, x, size=8)
    output = x
    for k in range(5):
        output = model.layers[k](output, training=False)
    return {"output": output, "gamma": model.layers[1].gamma, "W": model.layers[0].kernel}
