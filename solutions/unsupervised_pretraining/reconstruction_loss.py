"""reconstruction_loss: how far what comes back is from what went in, in training from what went in before the noise."""

import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.stand_in_training import KnownNoise

loss = Exercise("reconstruction_loss", kind="function", lecture="54:23")


@loss.reference
def reconstruction_loss(autoencoder, x, training=False):
    """The mean over the examples of the cross-entropy between an input and its reconstruction, summed over its D entries.

    L = -(1/N) Σ_n Σ_d [ x_nd log x_hat_nd + (1 - x_nd) log(1 - x_hat_nd) ],    x_hat = sigmoid(a_hat)

    Where `training` is true, the autoencoder encodes `autoencoder.corrupt(x)`. It is compared with the clean x all the same.

    Reconstructions may be very sure: in float32 sigmoid(20) is exactly 1, and log(1 - 1) is -∞. So go from a_hat to L
    without x_hat. `tf.nn.softplus(a)` is log(1 + exp(a)), safe for any a; write both logarithms with it.

    Args:
        autoencoder: has the methods `corrupt`, `encode` and `decode` of your Autoencoder; decode gives a_hat.
        x: inputs in [0, 1], float tensor of shape (N, D).    training: whether there is noise on the input.
    Returns:
        L, a scalar of the dtype of x.
    """
    ### BEGIN SOLUTION
    seen = autoencoder.corrupt(x) if training else x
    a_hat = autoencoder.decode(autoencoder.encode(seen))
    # -log sigmoid(a) is softplus(-a), which is softplus(a) - a
    losses = tf.nn.softplus(a_hat) - x * a_hat
    of_examples = tf.reduce_sum(losses, axis=1)
    return tf.reduce_mean(of_examples)
    ### END SOLUTION


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


SEEN = "seen = autoencoder.corrupt(x) if training else x"
LOSSES = "losses = tf.nn.softplus(a_hat) - x * a_hat"
SUM = "of_examples = tf.reduce_sum(losses, axis=1)"
MEAN = "return tf.reduce_mean(of_examples)"

loss.misconception(
    "the noise is in the target as well",
    (SEEN, f"x = {SEEN}"),
    advice="Then losing an entry is what it learns to repeat. Keep the clean x for the comparison: give the noisy one a name of its own.",
    question="With what should the reconstruction of a noisy input be compared?",
)
loss.misconception(
    "the noise is there outside of training",
    (SEEN, "seen = autoencoder.corrupt(x)"),
    advice="Corrupt x only where `training` is true.",
)
loss.misconception(
    "there is never any noise",
    (SEEN, "seen = x"),
    advice="Where `training` is true, encode autoencoder.corrupt(x).",
)
loss.misconception(
    "the mean over the inputs, not the sum",
    (SUM, "of_examples = tf.reduce_mean(losses, axis=1)"),
    advice="An example's loss is the sum over its D entries; only over the examples it is a mean. "
    "A mean over both makes the gradient D times smaller.",
)
loss.misconception(
    "the sum over the examples, not the mean",
    (MEAN, "return tf.reduce_sum(of_examples)"),
    lecture="39:31",
    advice="The loss of a batch is the mean over its examples, so that the step does not grow with the batch.",
)
loss.misconception(
    "the ink only: the second logarithm is missing",
    (LOSSES, "losses = x * tf.nn.softplus(-a_hat)"),
    advice="A pixel without ink counts as well: (1 - x) log(1 - x_hat). Without it, a reconstruction that is black all over costs nothing.",
)
loss.misconception(
    "the sign is turned round",
    (LOSSES, "losses = x * a_hat - tf.nn.softplus(a_hat)"),
    lecture="16:10",
    advice="Logarithms of probabilities are negative, and the loss has a minus before them: it is positive.",
)
loss.misconception(
    "the squared error",
    (LOSSES, "losses = (tf.sigmoid(a_hat) - x) ** 2"),
    advice="That is another loss, for inputs of any size. Entries in [0, 1] are compared as probabilities, by the cross-entropy.",
)
loss.misconception(
    "x is multiplied by x_hat, not by a_hat",
    (LOSSES, "losses = tf.nn.softplus(a_hat) - tf.sigmoid(a_hat) * x"),
    advice="-x log x_hat - (1 - x) log(1 - x_hat) = softplus(a_hat) - x a_hat. Check it for x = 1: softplus(-a_hat).",
)
# Faults by `source` take no part in double faults.
loss.misconception(
    "the target is noisy, the input is not",
    source=loss.edited(
        (SEEN, "noisy = autoencoder.corrupt(x) if training else x"),
        ("autoencoder.encode(seen)", "autoencoder.encode(x)"),
        ("- x * a_hat", "- noisy * a_hat"),
    ),
    advice="It is the other way round: the noisy x is encoded, and the clean x is what should come back.",
)
loss.misconception(
    "noise outside of training, and none in it",
    source=loss.edited((SEEN, "seen = x if training else autoencoder.corrupt(x)")),
    advice="`autoencoder.corrupt(x) if training else x`: noise belongs to training.",
)
loss.misconception(
    "the logarithm of 0",
    source=loss.edited(
        (
            LOSSES,
            "x_hat = tf.sigmoid(a_hat)\n    losses = -x * tf.math.log(x_hat) - (1 - x) * tf.math.log(1 - x_hat)",
        )
    ),
    lecture="16:10",
    advice="Where a_hat is large, x_hat is exactly 1 in a float, and log(1 - x_hat) is -∞. Go from a_hat to the logarithms: "
    "-log sigmoid(a) = softplus(-a), -log(1 - sigmoid(a)) = softplus(a).",
)
loss.misconception(
    "exp overflows: log(1 + exp(a_hat)) is written out",
    source=loss.edited((LOSSES, "losses = tf.math.log(1 + tf.exp(a_hat)) - x * a_hat")),
    lecture="16:10",
    advice="In float32 exp(89) is infinite already, though the logarithm of it is only 89. tf.nn.softplus(a_hat) is the same "
    "number without that overflow.",
)
loss.misconception(
    "exp overflows at either sign: both logarithms are written out",
    source=loss.edited(
        (
            LOSSES,
            "losses = x * tf.math.log(1 + tf.exp(-a_hat)) + (1 - x) * tf.math.log(1 + tf.exp(a_hat))",
        )
    ),
    lecture="16:10",
    advice="In float32 exp(89) is infinite already, though the logarithm of it is only 89. tf.nn.softplus(-a_hat) and "
    "tf.nn.softplus(a_hat) are the same numbers without that overflow.",
)
loss.misconception(
    "the two softplus are swapped: of a_hat for ink, of -a_hat for paper",
    source=loss.edited((LOSSES, "losses = x * tf.nn.softplus(a_hat) + (1 - x) * tf.nn.softplus(-a_hat)")),
    lecture="16:10",
    advice="-log sigmoid(a) is softplus(-a), and belongs to x; -log(1 - sigmoid(a)) is softplus(a), and belongs to 1 - x. "
    "Try x = 1 and a large a: that is a good reconstruction, and should cost nothing.",
)
loss.misconception(
    "softplus is taken of -a_hat in the place of a_hat",
    source=loss.edited((LOSSES, "losses = tf.nn.softplus(-a_hat) - x * a_hat")),
    lecture="16:10",
    advice="Either softplus(a) - x a or softplus(-a) + (1 - x) a: the two halves of one formula go together. "
    "Try x = 0 and a large a: a wrong reconstruction, which should cost about a.",
)
loss.misconception(
    "the probabilities are clipped before the logarithm",
    source=loss.edited(
        (
            LOSSES,
            "x_hat = tf.clip_by_value(tf.sigmoid(a_hat), 1e-7, 1 - 1e-7)\n"
            "    losses = -x * tf.math.log(x_hat) - (1 - x) * tf.math.log(1 - x_hat)",
        )
    ),
    lecture="16:10",
    advice="A reconstruction that is sure and wrong then costs 16 at most, and nothing pulls it back. Go from a_hat to the logarithms: "
    "-log sigmoid(a) = softplus(-a), -log(1 - sigmoid(a)) = softplus(a).",
)
loss.misconception(
    "a pixel is ink or paper, and nothing between",
    source=loss.edited((LOSSES, f"x = tf.cast(x > 0.5, x.dtype)\n    {LOSSES}")),
    advice="x is grey, from 0 to 1, and weighs the two logarithms: x log x_hat + (1 - x) log(1 - x_hat). Do not round it.",
)
loss.misconception(
    "the entropy of x is subtracted",
    source=loss.edited((LOSSES, f"{LOSSES} + tf.math.xlogy(x, x) + tf.math.xlogy(1 - x, 1 - x)")),
    lecture="16:10",
    advice="That is the Kullback-Leibler divergence, with the same gradient. The cross-entropy of a grey x is not 0, even where x_hat = x.",
)
loss.misconception(
    "the sigmoid comes twice",
    source=loss.edited(
        (
            "a_hat = autoencoder.decode(autoencoder.encode(seen))",
            "a_hat = tf.sigmoid(autoencoder.decode(autoencoder.encode(seen)))",
        )
    ),
    advice="softplus takes the pre-activation a_hat, as `decode` gives it: the sigmoid is inside the formula.",
)
loss.misconception(
    "the axes are swapped",
    source=loss.edited((SUM, "of_examples = tf.reduce_sum(losses, axis=0)")),
    advice="axis=1 runs over the entries of an example: sum over that, then take the mean over the examples.",
)
loss.misconception(
    "the code is compared, not the reconstruction",
    source=loss.edited(
        (
            LOSSES,
            "again = autoencoder.encode(tf.sigmoid(a_hat))\n"
            "    losses = (again - autoencoder.encode(seen)) ** 2",
        )
    ),
    advice="x_hat is compared with x, entry by entry; the code is only the way there.",
)


@loss.alternative
def by_tensorflow(autoencoder, x, training=False):
    h = autoencoder.encode(x)
    if training:
        h = autoencoder.encode(autoencoder.corrupt(x))
    entropies = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=autoencoder.decode(h))
    return tf.reduce_mean(tf.reduce_sum(entropies, -1))


@loss.alternative
def two_logarithms(autoencoder, x, training=False):
    a = autoencoder.decode(autoencoder.encode(autoencoder.corrupt(x) if training else x))
    ink = -x * tf.math.log_sigmoid(a)
    paper = -(1 - x) * tf.math.log_sigmoid(-a)
    total = tf.reduce_sum(ink + paper)
    return total / tf.cast(tf.shape(x)[0], x.dtype)


@loss.alternative
def by_einsum(autoencoder, x, training=False):
    noisy = x
    if training:
        noisy = autoencoder.corrupt(x)
    a_hat = autoencoder.decode(autoencoder.encode(noisy))
    # log(1 + exp a) without overflow, and without the slope of max at 0
    size = tf.abs(a_hat)
    losses = 0.5 * (a_hat + size) + tf.math.log1p(tf.exp(-size)) - x * a_hat
    return tf.reduce_mean(tf.einsum("nd->n", losses))
