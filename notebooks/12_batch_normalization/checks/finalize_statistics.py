"""What `check(pooled_statistics, finalize_statistics)` looks at (lecture 54:33).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.evidence import landmarks


class BatchNormStandIn(keras.layers.Layer):
    """Keras's layer within one that is none of Keras's, under the names of ours: a mistake in BatchNorm counts once."""

    def __init__(self, momentum=0.9, eps=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.momentum, self.eps = momentum, eps
        self.within = keras.layers.BatchNormalization(momentum=momentum, epsilon=eps)

    def build(self, input_shape):
        self.within.build(input_shape)
        self.gamma, self.beta = self.within.gamma, self.within.beta
        self.moving_mu, self.moving_var = self.within.moving_mean, self.within.moving_variance

    def call(self, a, training=False):
        return self.within(a, training=training)

    def compute_output_shape(self, input_shape):
        return self.within.compute_output_shape(input_shape)


finalize = Checks(
    "finalize_statistics",
    kind="step",
    lecture="54:33",
    objects=("pooled_statistics", "finalize_statistics"),
    given={"BatchNorm": BatchNormStandIn},
)


def batches(rng, sizes=(6, 6, 3), H=7, far=0.0, dtype="float64"):
    """Mini-batches whose means differ, the last one smaller."""
    return [(rng.normal(size=(n, H)) + 2 * rng.normal(size=H) + far).astype(dtype) for n in sizes]


def pooled(pooled_statistics, parts, given):
    """The statistics of some batches, and beside them those of each batch alone."""
    means, variances = np.stack([a.mean(axis=0) for a in parts]), np.stack([a.var(axis=0) for a in parts])
    together = np.concatenate(parts)
    marks = {"the batches' means": means, "the batches' variances": variances, "all examples": together}
    mu, var = pooled_statistics(given)
    return {"mu": mu, "var": var, **landmarks(examples=len(together), batches=len(parts), **marks)}


def trained(rng):
    """A small network with two BatchNorm layers, weights and statistics from anywhere, and a training set."""
    dense, norm = keras.layers.Dense, BatchNormStandIn
    model = keras.Sequential(
        [
            dense(4, use_bias=False),
            norm(momentum=0.99, eps=0.1),
            keras.layers.Activation("tanh"),
            dense(4),
            norm(momentum=0.99, eps=0.1),
        ]
    )
    # by itself each is built quickly
    for layer, H in zip(model.layers, (4, 4, 4, 4, 4), strict=True):
        layer.build((None, H))
        for weight in layer.weights:
            weight.assign(
                rng.uniform(0.5, 1.5, weight.shape) * rng.choice([-1, 1]) ** (len(weight.shape) - 1)
            )
    return model, training_set(rng)


def training_set(rng):
    """19 examples of 4 inputs, as many as units everywhere, so that each mistake gives numbers; in order, so that batches differ."""
    x = rng.normal(size=(19, 4)) + np.linspace(-2, 2, 19)[:, None]
    return tf.constant(x, "float32")


def trained_with(rng, layer):
    """A layer before a BatchNorm, and that BatchNorm, with statistics from anywhere."""
    norm = BatchNormStandIn(momentum=0.99, eps=0.1)
    norm.build((None, 4))
    for statistic in (norm.moving_mu, norm.moving_var):
        statistic.assign(rng.uniform(0.5, 1.5, 4))
    return keras.Sequential([layer, norm]), norm


@finalize.check("pooled: batches of different sizes, whose means differ", points=2)
def pooled_batches(pooled_statistics, finalize_statistics, rng):
    parts = batches(rng)
    return pooled(pooled_statistics, parts, parts)


@finalize.check("pooled: batches that can be read only once, of tensors")
def pooled_read_once(pooled_statistics, finalize_statistics, rng):
    parts = batches(rng, sizes=(5, 5, 5, 1), dtype="float32")
    return pooled(pooled_statistics, parts, (tf.constant(a) for a in parts))


@finalize.check("pooled: a mean far larger than the deviation", var=1e-6)
def pooled_far_mean(pooled_statistics, finalize_statistics, rng):
    mu, var = pooled_statistics(batches(rng, far=1e6))
    return {"mu": mu, "var": var}


@finalize.check("finalized: the statistics of every BatchNorm", points=2)
def finalized_statistics(pooled_statistics, finalize_statistics, rng):
    model, x = trained(rng)
    layers = [layer for layer in model.layers if isinstance(layer, BatchNormStandIn)]
    a = model.layers[0](x)
    marks = {
        "x": x,
        "what BatchNorm 1 gets": a,
        "what BatchNorm 1 gives at first": layers[0](a),
        "the first batch of what BatchNorm 1 gets": a[:8],
        "the last batch of what BatchNorm 1 gets": a[16:],
    }
    for k, layer in enumerate(layers, 1):
        marks[f"moving_mu of BatchNorm {k} at first"] = tf.identity(layer.moving_mu)
        marks[f"moving_var of BatchNorm {k} at first"] = tf.identity(layer.moving_var)
    finalize_statistics(model, x, size=8)
    found = {}
    for k, layer in enumerate(layers, 1):
        found[f"moving_mu of BatchNorm {k}"] = layer.moving_mu
        found[f"moving_var of BatchNorm {k}"] = layer.moving_var
    return found | landmarks(**marks, examples=len(x), eps=0.1)


@finalize.check("finalized: the network's answers at test time")
def finalized_answers(pooled_statistics, finalize_statistics, rng):
    model, x = trained(rng)
    finalize_statistics(model, x, size=8)
    output = x
    for k in range(5):
        output = model.layers[k](output, training=False)
    return {"output": output, "gamma": model.layers[1].gamma, "W": model.layers[0].kernel}


@finalize.check("finalized: nothing else is changed")
def finalized_nothing_else(pooled_statistics, finalize_statistics, rng):
    model, x = trained(rng)
    finalize_statistics(model, x, size=8)
    found = {"x": x}
    for k, layer in enumerate(model.layers, 1):
        if layer.weights:
            found[f"trained weights of layer {k}"] = ", ".join(
                str(tuple(w.shape)) for w in layer.trainable_weights
            )
            found[f"one of them, in layer {k}"] = layer.gamma if hasattr(layer, "gamma") else layer.kernel
    return found


class Crowd(keras.layers.Layer):
    """Passes on what it gets, and remembers the largest batch that it saw."""

    most = 0

    def call(self, h):
        # Unknown where a graph is built.
        self.most = max(self.most, h.shape[0] or 0)
        return h


@finalize.check(
    "finalized: what is random in training is off",
    mistake="what is random in training is on during the pass",
    advice="Pass training=False to every layer, to BatchNorm and to Dropout alike.",
)
def finalized_with_dropout(pooled_statistics, finalize_statistics, rng):
    model, norm = trained_with(rng, keras.layers.Dropout(0.5))
    x, before = training_set(rng), norm.get_weights()
    found = []
    for _ in range(2):
        norm.set_weights(before)
        finalize_statistics(model, x, size=8)
        found.append(norm.moving_mu.numpy())
    return {"x": x, "moving_mu": found}


@finalized_with_dropout.summary()
def finalized_with_dropout_summary(theirs, ours):
    first, second = theirs["moving_mu"]
    return {"x": theirs["x"], "a second pass gives the same": np.allclose(first, second, rtol=1e-4)}


@finalize.check(
    "finalized: no more than `size` examples at a time",
    mistake="more than `size` examples at a time",
    advice="A training set of a million images does not fit: go through it in steps of `size`.",
)
def finalized_in_batches(pooled_statistics, finalize_statistics, rng):
    crowd, size = Crowd(), int(rng.integers(3, 9))
    model, _ = trained_with(rng, crowd)
    x = training_set(rng)
    finalize_statistics(model, x, size=size)
    return {"x": x, "given size": size, "examples at a time": crowd.most}


@finalized_in_batches.summary()
def finalized_in_batches_summary(theirs, ours):
    size = ours["given size"]
    known = {"x": theirs["x"], "given size": theirs["given size"]}
    return {**known, "more at a time": max(0, theirs["examples at a time"] - size)}


@finalize.example(
    without={
        "frozen": "statistics are not trained, frozen or not",
        "zeros": "nothing here is divided by a weight",
    }
)
def example(pooled_statistics, finalize_statistics, rng):
    model, x = trained(rng)
    return {"model": model}, lambda model: finalize_statistics(model, x, size=8) or {}
