"""Dropout: switch hidden units off at random while training."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers import inputs

dropout = Exercise("Dropout", kind="layer", lecture="50:43")


@dropout.reference
@keras.saving.register_keras_serializable("fdl")
class Dropout(keras.layers.Layer):
    """Switch each hidden unit off with probability `rate` in training, as the lecture does it.

    training:  h * mask, with mask_ij = 1 with probability 1 - rate, else 0      (lecture 50:43)
    test:      h * (1 - rate), the mean of the mask                              (lecture 53:18)

    Every example, every unit and every call gets a coin flip of its own, also inside `tf.function`,
    where `model.fit` runs it. Draw from `self.seeds`: it moves on with each draw. How many examples there are is unknown
    while the graph is built; `tf.shape` asks when it runs.

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
            return h * keep
        mask = keras.random.uniform(tf.shape(h), seed=self.seeds) < keep
        return h * tf.cast(mask, h.dtype)
        ### END SOLUTION

    def compute_output_shape(self, input_shape):
        ### BEGIN SOLUTION
        return input_shape
        ### END SOLUTION

    def get_config(self):
        """What `from_config` needs to make this layer again: Keras's own entries, and `rate`."""
        ### BEGIN SOLUTION
        return {**super().get_config(), "rate": self.rate}
        ### END SOLUTION


# 512 coins even where all units of an example, or all examples, share one
CALLS, N, H = 8, 64, 64


@dropout.check("in training a unit is kept as it is, with probability 1 - rate, or is 0")
def kept_share(Dropout, rng):
    layer, h = Dropout(inputs.uneven_probability(rng)), inputs.far_from_zero(rng, N, H)
    return {"h": h, "output": [layer(h, training=True) for _ in range(CALLS)]}


@kept_share.summary(**{"share of units kept": 0.13, "factor of the kept": 1e-3})
def kept_share_summary(theirs, ours):
    return inputs.factor_of_the_kept(theirs, ours)


@dropout.check("every example, every unit and every call has a coin of its own", points=2)
def masks(Dropout, rng):
    layer, h = Dropout(float(rng.uniform(0.4, 0.6))), inputs.far_from_zero(rng, N, H)
    return {"h": h, "output": [layer(h, training=True) for _ in range(CALLS)]}


@dropout.check("masks are fresh inside tf.function, where model.fit runs the layer")
def masks_in_graph(Dropout, rng):
    layer, h = Dropout(float(rng.uniform(0.4, 0.6))), inputs.far_from_zero(rng, N, H)
    step = tf.function(lambda h: layer(h, training=True), autograph=False)
    return {"h": h, "output": [step(h) for _ in range(CALLS)]}


@masks.summary(**inputs.AGREEMENTS)
@masks_in_graph.summary(**inputs.AGREEMENTS)
def masks_summary(theirs, ours):
    factor = theirs["output"] / ours["h"]
    found = inputs.agreements(np.abs(factor) > 1e-6)
    return found | {"values that the factor takes": len(np.unique(factor.round(3)))}


@dropout.check("at test time each unit is multiplied by the probability of keeping", points=2)
def at_test_time(Dropout, rng):
    layer, h = Dropout(inputs.uneven_probability(rng)), inputs.far_from_zero(rng, N, H)
    return {"h": h, "output": [layer(h, training=False) for _ in range(2)], "without training=": layer(h)}


@at_test_time.summary(**{"factor": 1e-3, "factor without training=": 1e-3})
def at_test_time_summary(theirs, ours):
    return inputs.factor_at_test_time(theirs, ours)


@dropout.check("the backward pass goes through the mask of the forward pass")
def backward(Dropout, rng):
    layer, h = Dropout(float(rng.uniform(0.4, 0.6))), inputs.far_from_zero(rng, N, H)
    upstream = inputs.far_from_zero(rng, 2, N, H)
    # two calls, each with a gradient of its own
    hs = tf.stack([h, h])
    with tf.GradientTape() as tape:
        tape.watch(hs)
        output = tf.stack([layer(hs[0], training=True), layer(hs[1], training=True)])
    return {"h": hs, "upstream": upstream, "output": output, "dh": tape.gradient(output, hs, upstream)}


@backward.summary(**{"largest difference of the two factors": 1e-3})
def backward_summary(theirs, ours):
    forward, backward = theirs["output"] / ours["h"], theirs["dh"] / ours["upstream"]
    return {
        "largest difference of the two factors": np.abs(forward - backward).max(),
        "values that the factor takes": len(np.unique(backward.round(3))),
    }


@dropout.check("it can be saved, loaded, and asked for its shape")
def saved_and_loaded(Dropout, rng):
    layer = Dropout(inputs.uneven_probability(rng), name="noise")
    copy = Dropout.from_config(layer.get_config())
    h = inputs.far_from_zero(rng, N, H)
    return {
        "registered as": keras.saving.get_registered_name(Dropout),
        "name of the copy": copy.name,
        "rate of the copy": copy.rate,
        "output shape": layer.compute_output_shape((5, 7)),
        "shape for a batch of any size": str(layer(keras.Input((h.shape[1],))).shape),
    }


@dropout.check("the number of dropped units is left to chance as well")
def counts(Dropout, rng):
    # Of three units, so that losing none and losing all both happen often.
    layer, h = Dropout(0.5), inputs.far_from_zero(rng, 256, 3)
    return {"h": h, "output": [layer(h, training=True) for _ in range(4)]}


@counts.summary()
def counts_summary(theirs, ours):
    kept = (np.abs(theirs["output"] / ours["h"]) > 1e-6).sum(axis=-1)
    shares = [np.mean(kept == k) for k in range(4)]
    # Of 1,024 honest examples less than 0.1; of four masks that examples share at least 0.5.
    gap = np.abs(np.array(shares) - [0.125, 0.375, 0.375, 0.125]).sum()
    return {"as many examples keep 0, 1, 2 and 3 units as coins would have it": gap < 0.25}


@dropout.example(without={"one": "nothing here depends on other examples"})
def example(Dropout, rng, N=4, dtype="float32"):
    layer = Dropout(0.4, dtype=dtype)
    h = tf.constant(rng.uniform(1, 2, size=(N, 5)), dtype)

    def both(h):
        # Times 0, so that nothing is left to chance.
        return {"training, times 0": 0 * layer(h, training=True), "test time, times 0": 0 * layer(h)}

    return {"h": h}, both


dropout.misconception(
    "rate is taken for the probability of keeping",
    ("keep = 1 - self.rate", "keep = self.rate"),
    advice="`rate` is the probability of dropping, as in Keras. A unit stays with probability 1 - rate.",
)
dropout.misconception(
    "the rate is always one half",
    ("keep = 1 - self.rate", "keep = 0.5"),
    advice="One half is only the default. Compute the probability of keeping from self.rate.",
)
dropout.misconception(
    "one mask is shared by the whole batch",
    ("tf.shape(h)", "tf.shape(h)[1:]"),
    lecture="52:56",
    advice="Draw as many coins as `h` has entries, batch axis included: the shape of the mask is tf.shape(h).",
)
dropout.misconception(
    "whole examples are dropped instead of units",
    ("uniform(tf.shape(h), seed", "uniform((tf.shape(h)[0], 1), seed"),
    advice="Each unit of each example flips a coin of its own: draw a mask of shape (N, H), not (N, 1).",
)
dropout.misconception(
    "the mask is drawn once and kept",
    ("seed=self.seeds", "seed=1"),
    lecture="52:56",
    advice="An integer seed gives the same numbers at every call. Pass self.seeds, which moves on with each draw.",
)
dropout.misconception(
    "the mask is drawn by NumPy, which tf.function runs only once",
    ("keras.random.uniform(tf.shape(h), seed=self.seeds)", "np.random.uniform(size=h.shape)"),
    lecture="52:56",
    advice="model.fit turns `call` into a graph: NumPy runs while the graph is built, and its mask becomes a constant. "
    "Draw with keras.random or tf.random, which become part of the graph.",
)
dropout.misconception(
    "active at test time as well",
    ("        if not training:\n            return h * keep\n", ""),
    lecture="53:18",
    advice="At test time no coin is flipped: look at `training` first, and return h times the probability of keeping.",
)
dropout.misconception(
    "not scaled at test time",
    ("return h * keep", "return h"),
    lecture="53:18",
    advice="The next layer was trained on a share 1 - rate of its inputs and would now see all of them. "
    "Multiply by the probability of keeping.",
)
dropout.misconception(
    "scaled at test time by the probability of dropping",
    ("return h * keep", "return h * self.rate"),
    lecture="53:18",
    advice="The mean of a mask is the probability of a 1, that is of keeping: 1 - rate.",
)
dropout.misconception(
    "scaled twice: in training and at test time",
    ("tf.cast(mask, h.dtype)", "tf.cast(mask, h.dtype) / keep"),
    lecture="53:18",
    advice="Correct for the missing units once. The lecture leaves training alone and multiplies at test time.",
)
dropout.misconception(
    "the inverted form: divided in training, left alone at test time",
    ("tf.cast(mask, h.dtype)", "tf.cast(mask, h.dtype) / keep"),
    ("return h * keep", "return h"),
    lecture="53:18",
    advice="That is how Keras does it, and an exercise below asks for it. Here write the lecture's form: "
    "a plain mask in training, times 1 - rate at test time.",
)
dropout.misconception(
    "the mask is missing from the backward pass",
    ("return h * tf.cast(mask, h.dtype)", "return h + tf.stop_gradient(h * tf.cast(mask, h.dtype) - h)"),
    lecture="50:43",
    advice="A dropped unit did not touch the loss, so its gradient is 0. Multiply by the mask, and let the tape "
    "differentiate the product.",
)
dropout.misconception(
    "float32 is hard-coded",
    ("tf.cast(mask, h.dtype)", 'tf.cast(mask, "float32")'),
    advice="A layer computes in the dtype of its input: cast the mask to h.dtype.",
)
# Faults by `source` take no part in double faults: what they spoil, no other fault touches.
dropout.misconception(
    "the rate is missing from the configuration",
    source=dropout.edited(('{**super().get_config(), "rate": self.rate}', "super().get_config()")),
    advice="A loaded layer is made from get_config alone. Without `rate` it silently falls back to 0.5.",
)
dropout.misconception(
    "the layer is not registered with Keras",
    source=dropout.edited(('@keras.saving.register_keras_serializable("fdl")\n', "")),
    advice='Keep @keras.saving.register_keras_serializable("fdl") above the class: '
    "without it, Keras cannot load a model that holds the layer.",
)


@dropout.alternative
@keras.saving.register_keras_serializable("fdl")
class DropoutByWhere(keras.layers.Layer):
    def __init__(self, rate=0.5, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, h, training=None):
        coin = tf.random.uniform(tf.shape(h))
        return tf.where(coin >= self.rate, h, tf.zeros_like(h)) if training else h - self.rate * h

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        config = super().get_config()
        config.update(rate=self.rate)
        return config


@dropout.alternative
@keras.saving.register_keras_serializable("fdl")
class DropoutByBinomial(keras.layers.Layer):
    def __init__(self, rate=0.5, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.generator = keras.random.SeedGenerator()

    def call(self, h, training=False):
        keep = keras.ops.cast(1.0 - self.rate, h.dtype)
        if training:
            mask = keras.random.binomial(keras.ops.shape(h), 1, 1 - self.rate, seed=self.generator)
            return keras.ops.multiply(h, keras.ops.cast(mask, h.dtype))
        return keras.ops.multiply(h, keep)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"rate": float(self.rate)}


dropout.equivalent(
    "call line 4: < → <=", because="a float32 coin equals keep about once in ten million throws"
)
dropout.equivalent(
    "call line 4: without seed=self.seeds",
    because="Keras then draws from a generator of its own, which moves on too",
)
