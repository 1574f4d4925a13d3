"""Autoencoder: one hidden layer that learns, without labels, to give its input back."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers import inputs, lost_entries
from helpers.evidence import landmarks
from helpers.inputs import filled

autoencoder = Exercise("Autoencoder", kind="network", lecture="54:23")


@autoencoder.reference
@keras.saving.register_keras_serializable("fdl")
class Autoencoder(keras.Model):
    """One hidden layer that learns, without labels, to give its input back.

    encode:   h = sigmoid(xW + b)              the code h of an input x, whose entries lie in [0, 1]
    decode:   a_hat = hWᵀ + c                  with the same W: the weights are tied
    call:     x_hat = sigmoid(a_hat)           the reconstruction
    corrupt:  each entry of x becomes 0 with probability `noise`, by a coin of its own, and else stays as it is

    In training, `call` encodes the corrupted x; at test time, x as it is.

    Args:
        units: the number H of hidden units.    noise: a probability, at least 0 and below 1.
    Shapes:
        x, a_hat and x_hat are (N, D), h is (N, H). The weights are W (D, H), b (H,) and c (D,), made in this order;
        W starts random, as `add_weight` does by itself, b and c at 0. N is unknown while `fit` builds its graph.
    """

    def __init__(self, units, noise=0.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.noise = noise
        self.seeds = keras.random.SeedGenerator()

    def build(self, input_shape):
        """Make self.W, self.b and self.c with self.add_weight, now that D is known."""
        ### BEGIN SOLUTION
        D = input_shape[-1]
        self.W = self.add_weight(shape=(D, self.units), name="W")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")
        self.c = self.add_weight(shape=(D,), initializer="zeros", name="c")
        ### END SOLUTION

    def corrupt(self, x):
        """x with noise. `keras.random.uniform(tf.shape(x), seed=self.seeds)` draws a number in [0, 1) for each entry."""
        ### BEGIN SOLUTION
        coins = keras.random.uniform(tf.shape(x), seed=self.seeds)
        kept = tf.cast(coins >= self.noise, x.dtype)
        return x * kept
        ### END SOLUTION

    def encode(self, x):
        """The code h of x, without noise."""
        ### BEGIN SOLUTION
        a = tf.matmul(x, self.W) + self.b
        return tf.sigmoid(a)
        ### END SOLUTION

    def decode(self, h):
        """The pre-activation a_hat of a reconstruction; the sigmoid comes in `call`."""
        ### BEGIN SOLUTION
        return tf.matmul(h, self.W, transpose_b=True) + self.c
        ### END SOLUTION

    def call(self, x, training=False):
        """The reconstruction x_hat."""
        ### BEGIN SOLUTION
        seen = self.corrupt(x) if training else x
        a_hat = self.decode(self.encode(seen))
        return tf.sigmoid(a_hat)
        ### END SOLUTION

    def get_config(self):
        """What __init__ was given, so that the model can be made again; written already."""
        return {**super().get_config(), "units": self.units, "noise": self.noise}


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


DECODE = "tf.matmul(h, self.W, transpose_b=True) + self.c"
C_MADE = 'self.c = self.add_weight(shape=(D,), initializer="zeros", name="c")\n'

autoencoder.misconception(
    "the decoder has a matrix of its own",
    (C_MADE, f'{C_MADE}        self.V = self.add_weight(shape=(self.units, D), name="V")\n'),
    (DECODE, "tf.matmul(h, self.V) + self.c"),
    advice="Tied weights are one matrix that is used twice: decode with self.W, transposed, and make no other.",
)
autoencoder.misconception(
    "the decoder has no bias",
    (DECODE, "tf.matmul(h, self.W, transpose_b=True)"),
    advice="a_hat = hWᵀ + c. Without c, a code of zeros always means a reconstruction of one half.",
)
autoencoder.misconception(
    "the sigmoid comes twice",
    (DECODE, f"tf.sigmoid({DECODE})"),
    advice="`decode` gives the pre-activation a_hat, and `call` takes its sigmoid: once.",
)
autoencoder.misconception(
    "the reconstruction is a_hat: its sigmoid is missing",
    ("return tf.sigmoid(a_hat)", "return a_hat"),
    advice="x lies in [0, 1], and so should x_hat: `call` returns sigmoid(a_hat).",
)
autoencoder.misconception(
    "the code is a pre-activation: its sigmoid is missing",
    ("return tf.sigmoid(a)\n", "return a\n"),
    lecture="3:17",
    advice="h = sigmoid(a). Without the sigmoid the encoder is linear.",
)
autoencoder.misconception(
    "the encoder has no bias",
    ("tf.matmul(x, self.W) + self.b", "tf.matmul(x, self.W)"),
    lecture="3:17",
    advice="a = xW + b has two terms.",
)
autoencoder.misconception(
    "the noise stays on at test time",
    ("self.corrupt(x) if training else x", "self.corrupt(x)"),
    advice="Noise is an exercise for the weights. At test time (training=False, the default) encode x as it is.",
)
autoencoder.misconception(
    "there is never any noise",
    ("self.corrupt(x) if training else x", "x"),
    advice="In training, encode self.corrupt(x) in the place of x.",
)
autoencoder.misconception(
    "keep and drop are swapped",
    ("coins >= self.noise", "coins < self.noise"),
    advice="`noise` is the probability of becoming 0: an entry stays where its coin is at least `noise`.",
)
# Faults by `source` take no part in double faults.
autoencoder.misconception(
    "c is made before b",
    source=autoencoder.edited(
        (C_MADE, ""),
        ("        self.b = self.add_weight", f"        {C_MADE}        self.b = self.add_weight"),
    ),
    advice="get_weights and set_weights go by the order in which weights were made: W, then b, then c.",
)
autoencoder.misconception(
    "at test time x is scaled down, as in the lecture's dropout",
    source=autoencoder.edited(
        ("self.corrupt(x) if training else x", "self.corrupt(x) if training else (1 - self.noise) * x")
    ),
    lecture="53:18",
    advice="At test time the network gets x as it is, and has to give it back.",
)
autoencoder.misconception(
    "of each example exactly the share `noise` is lost",
    source=autoencoder.edited(
        (
            "coins >= self.noise",
            "tf.argsort(tf.argsort(coins)) >= tf.cast(tf.round(self.noise * x.shape[-1]), tf.int32)",
        )
    ),
    advice="Each entry has a coin of its own, so one example loses more and another less. Compare the coins with `noise`.",
)
autoencoder.misconception(
    "the decoder keeps the W of the beginning",
    source=autoencoder.edited(
        (C_MADE, f"{C_MADE}        self.V = tf.transpose(self.W.value)\n"),
        (DECODE, "tf.matmul(h, self.V) + self.c"),
    ),
    advice="A transpose that is made in `build` is a copy: W moves in training, the copy does not. Transpose in `decode`, each time.",
)
autoencoder.misconception(
    "the decoder's way back to W is cut",
    source=autoencoder.edited((DECODE, "tf.matmul(h, tf.stop_gradient(self.W), transpose_b=True) + self.c")),
    advice="W is used twice, and learns from both uses: no stop_gradient and no .numpy() on the way.",
)
autoencoder.misconception(
    "the noise strikes the code, not the input",
    source=autoencoder.edited(
        ("seen = self.corrupt(x) if training else x", "h = self.encode(x)"),
        (
            "a_hat = self.decode(self.encode(seen))",
            "a_hat = self.decode(self.corrupt(h) if training else h)",
        ),
    ),
    advice="That would be dropout. Here the input is corrupted, before it is encoded.",
)
autoencoder.misconception(
    "what is left is scaled up, as in inverted dropout",
    source=autoencoder.edited(("return x * kept", "return x * kept / (1 - self.noise)")),
    lecture="53:18",
    advice="An entry that is not lost stays as it is: the network has to tell from its neighbours what is missing.",
)
autoencoder.misconception(
    "one mask for all examples",
    source=autoencoder.edited(
        ("coins = keras.random.uniform(tf.shape(x)", "coins = keras.random.uniform(tf.shape(x)[1:]")
    ),
    lecture="52:56",
    advice="Draw as many coins as x has entries: tf.shape(x).",
)
autoencoder.misconception(
    "the same noise at every call",
    source=autoencoder.edited(
        (
            "coins = keras.random.uniform(tf.shape(x), seed=self.seeds)",
            "coins = keras.random.uniform(tf.shape(x), seed=1)",
        )
    ),
    lecture="52:56",
    advice="A fixed seed draws the same numbers each time. Hand over self.seeds, which moves on.",
)
autoencoder.misconception(
    "the biases start at random",
    source=autoencoder.edited(
        ('shape=(self.units,), initializer="zeros"', 'shape=(self.units,), initializer="glorot_uniform"'),
        ('shape=(D,), initializer="zeros"', 'shape=(D,), initializer="glorot_uniform"'),
    ),
    lecture="30:27",
    advice="The lecture starts biases at 0: initializer='zeros'.",
)
autoencoder.misconception(
    "the weights start at 0",
    source=autoencoder.edited(('self.units), name="W"', 'self.units), initializer="zeros", name="W"')),
    lecture="30:27",
    advice="From zero weights all units stay copies of one another (unit 7). Keep Keras's default for W.",
)


@autoencoder.alternative
class AutoencoderByOps(keras.Model):
    def __init__(self, units, noise=0.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.noise = noise
        self.generator = keras.random.SeedGenerator()

    def build(self, input_shape):
        width = input_shape[1]
        self.W = self.add_weight(shape=(width, self.units), initializer="glorot_uniform")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")
        self.c = self.add_weight(shape=(width,), initializer="zeros")
        super().build(input_shape)

    def corrupt(self, x):
        kept = keras.random.binomial(keras.ops.shape(x), 1, 1 - self.noise, seed=self.generator)
        return keras.ops.multiply(x, keras.ops.cast(kept, x.dtype))

    def encode(self, x):
        return keras.ops.sigmoid(keras.ops.add(keras.ops.matmul(x, self.W), self.b))

    def decode(self, h):
        return keras.ops.einsum("nh,dh->nd", h, self.W) + self.c

    def call(self, x, training=None):
        if training:
            x = self.corrupt(x)
        return keras.ops.sigmoid(self.decode(self.encode(x)))


@autoencoder.alternative
class AutoencoderByWhere(keras.Model):
    def __init__(self, units, noise=0.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.noise = noise

    def build(self, input_shape):
        D = input_shape[-1]
        self.W = self.add_weight(name="kernel", shape=[D, self.units])
        self.b = self.add_weight(name="bias", shape=[self.units], initializer="zeros")
        self.c = self.add_weight(name="visible", shape=[D], initializer="zeros")

    def corrupt(self, x):
        return tf.where(tf.random.uniform(tf.shape(x)) < self.noise, tf.zeros_like(x), x)

    def encode(self, x):
        return 1 / (1 + tf.exp(-(x @ self.W + self.b)))

    def decode(self, h):
        return h @ tf.transpose(self.W) + self.c

    def call(self, x, training=False):
        h = self.encode(self.corrupt(x)) if training else self.encode(x)
        return tf.nn.sigmoid(self.decode(h))


autoencoder.equivalent(
    "corrupt line 2: >= → >", because="a float32 coin equals noise about once in ten million throws"
)
autoencoder.equivalent(
    "corrupt line 1: without seed=self.seeds",
    because="Keras then draws from a generator of its own, which moves on too",
)
