"""InvertedDropout: the form that Keras uses, with nothing left to do at test time."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers import inputs

inverted_dropout = Exercise(
    "InvertedDropout",
    kind="layer",
    lecture="53:18",
    not_yours=["keras.layers.Dropout", "keras.random.dropout", "tensorflow.nn.dropout"],
)


@inverted_dropout.reference
@keras.saving.register_keras_serializable("fdl")
class InvertedDropout(keras.layers.Layer):
    """Dropout that corrects for the missing units in training, so that a network at test time is left alone.

    training:  h * mask / keep, with mask_ij = 1 with probability keep = 1 - rate, else 0
    test:      h

    The lecture multiplies by `keep` at test time instead (53:18). Here the mean of `mask / keep` is 1
    already in training. As before, every example, unit and call flips a coin of its own.

    Args:
        rate: the probability of dropping a unit, at least 0 and below 1.
    Call:
        h: activations, float tensor of shape (N, H).
        training: True in training, False at test time.
    Returns:
        Same shape and dtype as `h`.
    Raises:
        ValueError: if `rate` is not in [0, 1).
    """

    def __init__(self, rate=0.5, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(f"rate must be at least 0 and below 1, received {rate}")
        self.rate = rate
        self.seeds = keras.random.SeedGenerator()

    def call(self, h, training=False):
        ### BEGIN SOLUTION
        keep = 1 - self.rate
        if not training:
            return h
        mask = keras.random.uniform(tf.shape(h), seed=self.seeds) < keep
        return h * tf.cast(mask, h.dtype) / keep
        ### END SOLUTION

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}


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


inverted_dropout.misconception(
    "not divided in training",
    ("h.dtype) / keep", "h.dtype)"),
    advice="Without the division the next layer sees only a share of its input in training and all of it at test time. "
    "Divide what is kept by the probability of keeping.",
)
inverted_dropout.misconception(
    "the lecture's form: multiplied at test time",
    ("h.dtype) / keep", "h.dtype)"),
    ("return h\n", "return h * keep\n"),
    advice="That is the exercise above. The inverted form divides in training, and leaves h alone at test time.",
)
inverted_dropout.misconception(
    "corrected twice: divided in training and multiplied at test time",
    ("return h\n", "return h * keep\n"),
    advice="The mean of mask / keep is 1 already in training. Return h unchanged at test time.",
)
inverted_dropout.misconception(
    "divided by the probability of dropping",
    ("h.dtype) / keep", "h.dtype) / self.rate"),
    advice="The mean of the mask is the probability of keeping: divide by 1 - rate.",
)
inverted_dropout.misconception(
    "multiplied in training where it should be divided",
    ("h.dtype) / keep", "h.dtype) * keep"),
    advice="Fewer units are on, so those that stay must count for more: divide by the probability of keeping.",
)
inverted_dropout.misconception(
    "divided by the square root of the probability",
    ("h.dtype) / keep", "h.dtype) / tf.sqrt(keep)"),
    advice="The square root would keep the mean square. It is the mean of h that must stay: divide by keep itself.",
)
inverted_dropout.misconception(
    "rate is taken for the probability of keeping",
    ("keep = 1 - self.rate", "keep = self.rate"),
    advice="`rate` is the probability of dropping, as in Keras. A unit stays with probability 1 - rate.",
)
inverted_dropout.misconception(
    "active at test time as well",
    ("        if not training:\n            return h\n", ""),
    advice="At test time no coin is flipped: look at `training` first and return h.",
)
inverted_dropout.misconception(
    "one mask is shared by the whole batch",
    ("tf.shape(h)", "tf.shape(h)[1:]"),
    lecture="52:56",
    advice="Draw as many coins as `h` has entries, batch axis included: the shape of the mask is tf.shape(h).",
)
inverted_dropout.misconception(
    "the mask is drawn once and kept",
    ("seed=self.seeds", "seed=1"),
    lecture="52:56",
    advice="An integer seed gives the same numbers at every call. Pass self.seeds, which moves on with each draw.",
)
inverted_dropout.misconception(
    "the factor is missing from the backward pass",
    (
        "return h * tf.cast(mask, h.dtype) / keep",
        "m = tf.cast(mask, h.dtype)\n        return h * m + tf.stop_gradient(h * m * (1 / keep - 1))",
    ),
    advice="The factor is part of the forward pass, so the gradient is multiplied by mask / keep as well.",
)
inverted_dropout.misconception(
    "the mask is rescaled by how many units it happened to keep",
    (
        "(tf.shape(h), seed=self.seeds) < keep\n        return h * tf.cast(mask, h.dtype) / keep",
        "(tf.shape(h), seed=self.seeds) < keep\n        m = tf.cast(mask, h.dtype)\n"
        "        return h * m / tf.reduce_mean(m, axis=-1, keepdims=True)",
    ),
    advice="Divide by the probability, which is a constant, and not by the share of this very mask: "
    "otherwise the units of a layer are no longer independent.",
)


@inverted_dropout.alternative
@keras.saving.register_keras_serializable("fdl")
class InvertedByWhere(keras.layers.Layer):
    def __init__(self, rate=0.5, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, h, training=None):
        if training:
            h = tf.where(tf.random.uniform(tf.shape(h)) >= self.rate, h / (1 - self.rate), 0.0)
        return h

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}


@inverted_dropout.alternative
@keras.saving.register_keras_serializable("fdl")
class InvertedByCoins(keras.layers.Layer):
    def __init__(self, rate=0.5, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.coins = keras.random.SeedGenerator()

    def call(self, h, training=False):
        if not training:
            return h
        coins = keras.random.binomial(keras.ops.shape(h), 1, 1 - self.rate, seed=self.coins)
        return h * keras.ops.cast(coins, h.dtype) * (1.0 / (1.0 - self.rate))

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}


inverted_dropout.equivalent(
    "call line 4: < → <=", because="a float32 coin equals keep about once in ten million throws"
)
inverted_dropout.equivalent(
    "call line 4: without seed=self.seeds",
    because="Keras then draws from a generator of its own, which moves on too",
)
