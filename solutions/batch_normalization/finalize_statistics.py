"""pooled_statistics and finalize_statistics: a full pass over the training set, before test time."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from solutions.batch_normalization.batch_norm import BatchNorm


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


finalize = Exercise(
    "finalize_statistics",
    kind="step",
    lecture="54:33",
    objects=("pooled_statistics", "finalize_statistics"),
    given={"BatchNorm": BatchNormStandIn},
)


@finalize.reference
def pooled_statistics(batches):
    """The mean and the variance of all examples, seen one mini-batch at a time.

    mu  = sum over examples of a / N,    var = sum over examples of (a - mu)^2 / N

    Examples of different batches differ by more than those of one batch: the means of the batches vary, too.

    Args:
        batches: an iterable, perhaps a generator that can be read only once, of arrays or tensors (n, H).
            n may differ from batch to batch; the last is often smaller.
    Returns:
        mu, var: (H,), float64, accurate also where mu is many times larger than the deviation.
    """
    ### BEGIN SOLUTION
    parts = [np.asarray(a, "float64") for a in batches]
    n = np.array([len(a) for a in parts])[:, None]
    mu_b = np.array([a.mean(axis=0) for a in parts])
    var_b = np.array([a.var(axis=0) for a in parts])
    mu = (n * mu_b).sum(axis=0) / n.sum()
    var = (n * (var_b + (mu_b - mu) ** 2)).sum(axis=0) / n.sum()
    return mu, var
    ### END SOLUTION


@finalize.reference
def finalize_statistics(model, x, size=64):
    """Give each BatchNorm of a model the statistics of the whole training set      (lecture 54:33).

    Layer by layer: what reaches a BatchNorm has passed through the layers before it as they are at test time, with
    their final statistics. Mini-batches of `size` examples keep memory small.

    Args:
        model: has a list `model.layers`, each applied to the output of the one before.
        x: the training set's inputs (N, D).    size: of a mini-batch; N need not be a multiple of it.
    Returns:
        Nothing; it assigns moving_mu and moving_var of each BatchNorm, and changes nothing else.
    """
    ### BEGIN SOLUTION
    h = [x[i : i + size] for i in range(0, len(x), size)]
    for layer in model.layers:
        if isinstance(layer, BatchNorm):
            mu, var = pooled_statistics(h)
            layer.moving_mu.assign(mu)
            layer.moving_var.assign(var)
        h = [layer(part, training=False) for part in h]
    ### END SOLUTION


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


finalize.misconception(
    "the whole training set in one batch",
    ("h = [x[i : i + size] for i in range(0, len(x), size)]", "h = [x]"),
    advice="The numbers are the same, and a training set of a million images does not fit: `size` examples at a time is what "
    "pooled_statistics is for.",
)
finalize.misconception(
    "the mean of the batches' variances",
    ("(n * (var_b + (mu_b - mu) ** 2))", "(n * var_b)"),
    advice="The batches' means vary as well. A deviation from mu is one from the batch's mean plus that mean's own: "
    "add (mu_b - mu)^2 to each batch's variance.",
)
finalize.misconception(
    "every batch counts the same, however small",
    ("mu = (n * mu_b).sum(axis=0) / n.sum()", "mu = mu_b.mean(axis=0)"),
    ("(n * (var_b + (mu_b - mu) ** 2)).sum(axis=0) / n.sum()", "(var_b + (mu_b - mu) ** 2).mean(axis=0)"),
    advice="The last batch is smaller, so it weighs less: weight each batch by its number of examples.",
)
finalize.misconception(
    "the variance of the batches' means",
    ("(n * (var_b + (mu_b - mu) ** 2))", "(n * (mu_b - mu) ** 2)"),
    advice="Within a batch the examples differ as well: add each batch's own variance.",
)
finalize.misconception(
    "the variance divides by N - 1",
    (".sum(axis=0) / n.sum()\n    return", ".sum(axis=0) / (n.sum() - 1)\n    return"),
    advice="As in training, var is the mean of the squared deviations: divide by N.",
)
finalize.misconception(
    "the mean of the squares minus the square of the mean",
    ('parts = [np.asarray(a, "float64")', "parts = [np.asarray(a)"),
    (
        "var = (n * (var_b + (mu_b - mu) ** 2)).sum(axis=0) / n.sum()",
        'var = (n * np.array([(np.asarray(a, "float64") ** 2).mean(axis=0) for a in parts])).sum(axis=0) / n.sum() - mu**2',
    ),
    advice="Right on paper. Where mu is large, two nearly equal numbers are subtracted and the digits are lost: "
    "square the deviations instead.",
)
finalize.misconception(
    "standard deviations are averaged",
    (
        "(n * (var_b + (mu_b - mu) ** 2)).sum(axis=0) / n.sum()",
        "((n * np.sqrt(var_b + (mu_b - mu) ** 2)).sum(axis=0) / n.sum()) ** 2",
    ),
    advice="Squared deviations add up, their roots do not: average variances, and take the root where you divide.",
)
finalize.misconception(
    "the last, smaller batch is left out",
    ("range(0, len(x), size)", "range(0, len(x) - size + 1, size)"),
    advice="Every example of the training set counts: let the last batch be as small as it is.",
)
finalize.misconception(
    "the pass runs in training mode",
    ("training=False", "training=True"),
    advice="In training mode a BatchNorm normalizes by the batch, and moves its statistics again. "
    "Pass training=False: the layers behind it shall see what they will see at test time.",
)
finalize.misconception(
    "the statistics of what a BatchNorm gives, not of what it gets",
    (
        "        if isinstance(layer, BatchNorm):\n            mu",
        "        h = [layer(part, training=False) for part in h]\n        if isinstance(layer, BatchNorm):\n            mu",
    ),
    ("assign(var)\n        h = [layer(part, training=False) for part in h]", "assign(var)"),
    advice="A BatchNorm divides its input: measure h before the layer is applied.",
)
finalize.misconception(
    "later layers are measured behind old statistics",
    (
        "            layer.moving_mu.assign(mu)\n            layer.moving_var.assign(var)\n"
        "        h = [layer(part, training=False) for part in h]",
        "        h = [layer(part, training=False) for part in h]\n        if isinstance(layer, BatchNorm):\n"
        "            layer.moving_mu.assign(mu)\n            layer.moving_var.assign(var)",
    ),
    advice="Assign a layer's statistics before you pass the examples through it: "
    "the next layer then sees what it will see at test time.",
)
finalize.misconception(
    "only the first BatchNorm is finalized",
    (
        "            layer.moving_var.assign(var)\n",
        "            layer.moving_var.assign(var)\n            break\n",
    ),
    advice="Go on to the end of model.layers: each BatchNorm has statistics of its own.",
)
# What follows is by `source`, so that double faults do not grow with it.
PASS_ON = "        h = [layer(part, training=False) for part in h]\n"
finalize.misconception(
    "no BatchNorm gets new statistics",
    source=finalize.edited(
        ("isinstance(layer, BatchNorm)", "isinstance(layer, keras.layers.BatchNormalization)")
    ),
    advice="All of them keep what they had. Look for your own class, isinstance(layer, BatchNorm), not for Keras's "
    "BatchNormalization, and assign mu and var.",
)
finalize.misconception(
    "only the first mini-batch is looked at",
    source=finalize.edited(("range(0, len(x), size)", "range(0, size, size)")),
    advice="Global statistics are those of all examples: go on in steps of `size` to the end of x.",
)
finalize.misconception(
    "the statistics of x, whatever reaches a BatchNorm",
    source=finalize.edited((PASS_ON, "")),
    advice="A BatchNorm divides what it gets: pass the examples through each layer before you come to the next.",
)
finalize.misconception(
    "the statistics of what a BatchNorm gives, then passed on anew",
    source=finalize.edited(("pooled_statistics(h)", "pooled_statistics([layer(part) for part in h])")),
    advice="A BatchNorm divides its input: measure h before the layer is applied.",
)
finalize.misconception(
    "what is random in training is on during the pass",
    source=finalize.edited(("training=False", "training=not isinstance(layer, BatchNorm)")),
    advice="Pass training=False to every layer, to BatchNorm and to Dropout alike.",
)
finalize.misconception(
    "gamma and beta are reset as well",
    source=finalize.edited(
        (
            "            layer.moving_var.assign(var)\n",
            "            layer.moving_var.assign(var)\n"
            "            layer.gamma.assign(0 * layer.gamma + 1)\n            layer.beta.assign(0 * layer.beta)\n",
        )
    ),
    advice="gamma and beta were learned. Only moving_mu and moving_var are measured anew.",
)
finalize.misconception(
    "each BatchNorm is frozen",
    source=finalize.edited(
        (
            "            layer.moving_var.assign(var)\n",
            "            layer.moving_var.assign(var)\n            layer.trainable = False\n",
        )
    ),
    advice="gamma and beta could not be trained on any more. Only moving_mu and moving_var are assigned; leave `trainable` alone.",
)
finalize.misconception(
    "batch by batch, a mean's distance from the others counts in full",
    source=finalize.edited(
        (
            "    mu = (n * mu_b).sum(axis=0) / n.sum()\n"
            "    var = (n * (var_b + (mu_b - mu) ** 2)).sum(axis=0) / n.sum()\n",
            "    mu, squares = mu_b[0], n[0] * var_b[0]\n"
            "    for k in range(1, len(n)):\n"
            "        d = mu_b[k] - mu\n"
            "        squares = squares + n[k] * (var_b[k] + d**2)\n"
            "        mu = mu + d * n[k] / n[: k + 1].sum()\n"
            "    var = squares / n.sum()\n",
        )
    ),
    advice="Where m examples are joined by n others, the common mean lies between the two: with d from one mean to the other, "
    "the squares grow by d^2 m n / (m + n).",
)
finalize.misconception(
    "the first batch of a generator is lost",
    source=finalize.edited(
        (
            'parts = [np.asarray(a, "float64") for a in batches]',
            "shift = np.mean(next(iter(batches)), axis=0)\n"
            '    parts = [np.asarray(a, "float64") - shift for a in batches]',
        ),
        ("    return mu, var", "    return mu + shift, var"),
    ),
    advice="next(iter(batches)) takes the first batch out of a generator, and the loop begins with the second. Look at it within the loop.",
)
finalize.misconception(
    "the batches' statistics are moved, as in training",
    source=finalize.edited(
        (
            "    mu = (n * mu_b).sum(axis=0) / n.sum()\n"
            "    var = (n * (var_b + (mu_b - mu) ** 2)).sum(axis=0) / n.sum()\n",
            "    mu, var = mu_b[0], var_b[0]\n"
            "    for m, v in zip(mu_b[1:], var_b[1:]):\n"
            "        mu, var = 0.9 * mu + 0.1 * m, 0.9 * var + 0.1 * v\n",
        )
    ),
    advice="A moving average forgets: every example of the training set should count the same.",
)
finalize.misconception(
    "the statistics are moved, not replaced",
    ("layer.moving_mu.assign(mu)", "layer.moving_mu.assign(0.9 * layer.moving_mu + 0.1 * mu)"),
    ("layer.moving_var.assign(var)", "layer.moving_var.assign(0.9 * layer.moving_var + 0.1 * var)"),
    advice="The full pass has seen everything, so nothing of the old guess should stay: assign mu and var as they are.",
)
finalize.misconception(
    "moving_var gets the standard deviation",
    ("layer.moving_var.assign(var)", "layer.moving_var.assign(np.sqrt(var))"),
    advice="The layer takes the root itself. Assign the variance.",
)

finalize.alternative(
    name="running sums of deviations",
    source="""
    def pooled_statistics(batches):
        count, mu, total = 0, 0.0, 0.0
        for a in batches:
            a = np.asarray(a).astype("float64")
            n, mean = len(a), np.mean(a, axis=0)
            shift = mean - mu
            total = total + np.sum((a - mean) ** 2, axis=0) + shift**2 * count * n / (count + n)
            mu = mu + shift * n / (count + n)
            count += n
        return mu, total / count

    def finalize_statistics(model, x, size=64):
        done = []
        def run(part):
            for layer in done:
                part = layer(part)
            return part
        for layer in model.layers:
            if isinstance(layer, BatchNorm):
                starts = np.arange(0, x.shape[0], size)
                mu, var = pooled_statistics(run(x[s : min(s + size, x.shape[0])]) for s in starts)
                layer.moving_var.assign(tf.cast(var, "float32"))
                layer.moving_mu.assign(tf.cast(mu, "float32"))
            done.append(layer)
    """,
)
finalize.alternative(
    name="the statistics of everything at once",
    source="""
    def pooled_statistics(batches):
        a = np.concatenate([np.asarray(part, dtype="float64") for part in batches])
        return np.mean(a, 0), np.mean(np.square(a - np.mean(a, 0)), 0)

    def finalize_statistics(model, x, size=64):
        h = tf.convert_to_tensor(x)
        for layer in model.layers:
            if isinstance(layer, BatchNorm):
                for weight, value in zip((layer.moving_mu, layer.moving_var), pooled_statistics([h])):
                    weight.assign(value)
            h = tf.concat([layer(h[i : i + size]) for i in range(0, len(h), size)], axis=0)
    """,
)
