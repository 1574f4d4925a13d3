"""pretrain: one layer after the other, each on the codes of the one below."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.stand_in_training import KnownNoise, RecordedPretraining
from solutions.unsupervised_pretraining.autoencoder import Autoencoder

pretraining = Exercise("pretrain", kind="report", lecture="54:23", given={"Autoencoder": KnownNoise})


@pretraining.reference
def pretrain(x, units, noise, train):
    """Greedy layer-wise pre-training: the hidden layers of a network, found one by one, without labels.

    For each number H in `units`, from below: make an `Autoencoder(H, noise)`; hand it to `train`, with what the layer
    is to see: the first sees x, each other one the codes (without noise) of the layer below. Then keep its W and b in a
    layer of its own, keras.layers.Dense with a sigmoid, and throw the decoder away.

    A Dense layer takes weights once it is built: `layer.build((None, D))`, then `layer.set_weights([W, b])`.

    Args:
        x: inputs in [0, 1], float32 array of shape (N, D); nobody's labels.    units: how many units each layer has, from below.
        noise: the probability with which an entry is lost, for each of the autoencoders.
        train: a function; `train(autoencoder, h)` trains an autoencoder in place, on inputs h, and builds it before if need be.
            Call it once for each layer.
    Returns:
        A list of keras layers, from below, as many as `units` has numbers: layer(h) gives the codes of h, and its
        weights are W and b, trained and still trainable.
    """
    ### BEGIN SOLUTION
    encoders = []
    h = x
    for H in units:
        autoencoder = Autoencoder(H, noise)
        train(autoencoder, h)
        encoder = keras.layers.Dense(H, activation="sigmoid")
        encoder.build((None, h.shape[1]))
        encoder.set_weights([autoencoder.W.numpy(), autoencoder.b.numpy()])
        encoders.append(encoder)
        h = encoder(h)
    return encoders
    ### END SOLUTION


D, NOISE = 11, 0.3


def examples(rng, N=6):
    return rng.uniform(0.1, 0.9, size=(N, D)).astype("float32")


def pretrained(pretrain, rng, units, noise=NOISE):
    """Input, layers, and the record of their training."""
    x = examples(rng)
    train = RecordedPretraining(rng)
    return x, with_weights(pretrain(x, units, noise, train)), train


def with_weights(layers):
    """The layers, if all of them have weights: what has none draws some when it is called."""
    for layer in layers:
        if not layer.weights:
            raise ValueError("a layer came back without weights: it was never built")
    return layers


def shapes(weights):
    return ", ".join(str(tuple(w.shape)) for w in weights)


@pretraining.check("each layer is trained on the codes of the one below", points=2)
def trained_on(pretrain, rng):
    x, _, train = pretrained(pretrain, rng, [7, 5, 3])
    found = {f"what layer {k + 1} is trained on": h for k, h in enumerate(train.inputs)}
    return {**found, **landmarks(x=x)}


@pretraining.check("the layers that come back give the codes")
def codes(pretrain, rng):
    x, layers, _ = pretrained(pretrain, rng, [7, 5])
    found, h = {}, x
    for k, layer in enumerate(layers):
        h = layer(h)
        found[f"codes of layer {k + 1}"] = h
    return {**found, **landmarks(x=x)}


@pretraining.check("a layer's weights are W and b; the decoder is gone", points=2)
def weights_kept(pretrain, rng):
    # None as wide as x.
    widths = sorted(int(n) for n in rng.choice(np.arange(D + 1, 40), size=2, replace=False))
    _, layers, _ = pretrained(pretrain, rng, widths)
    found = {"layers": len(layers)}
    for k, layer in enumerate(layers):
        found[f"weights of layer {k + 1}"] = shapes(layer.weights)
        found[f"of these trainable, layer {k + 1}"] = shapes(layer.trainable_weights)
    return found


@pretraining.check("they hold what training found, not what it began with")
def after_training(pretrain, rng):
    _, layers, _ = pretrained(pretrain, rng, [5])
    found = {f"weight of {len(w.shape)} axes": np.array(w) for w in layers[0].weights}
    begin = KnownNoise(5)
    begin.build((None, D))
    return {**found, **landmarks(**{"W at the beginning": begin.W, "b at the beginning": begin.b})}


@pretraining.check("the noise that was asked for, layer by layer")
def noises(pretrain, rng):
    found = {}
    for noise in (0.0, float(rng.uniform(0.1, 0.9))):
        _, _, train = pretrained(pretrain, rng, [5, 3], noise)
        found[f"noises of the layers, for {'no noise' if not noise else 'some'}"] = train.noises
    return found


@pretraining.check("one layer, or many")
def one_or_many(pretrain, rng):
    found = {}
    for units in ([3], [2, 7, 3, 5]):
        x, layers, train = pretrained(pretrain, rng, units)
        h = x
        for layer in layers:
            h = layer(h)
        found[f"widths of what {len(units)} autoencoders are trained on"] = [
            h.shape[-1] for h in train.inputs
        ]
        found[f"codes on top of {len(units)}"] = h
    return found


@pretraining.example()
def example(pretrain, rng, N=6):
    seed = int(rng.integers(1 << 30))

    def codes_on_top(x, units):
        train = RecordedPretraining(np.random.default_rng(seed))
        h = x
        for layer in with_weights(pretrain(x, units, NOISE, train)):
            h = layer(h)
        return {"codes": h}

    return {"x": examples(rng, N), "units": [5, 3]}, codes_on_top


MAKE = "autoencoder = Autoencoder(H, noise)"
TRAIN = "        train(autoencoder, h)\n"
KEEP = "encoders.append(encoder)"
NEXT = "h = encoder(h)"
WEIGHTS = "[autoencoder.W.numpy(), autoencoder.b.numpy()]"

pretraining.misconception(
    "the codes are made from a noisy input",
    (NEXT, "h = encoder(autoencoder.corrupt(h))"),
    advice="Noise belongs to an autoencoder's own training, and `train` sees to it. The next layer gets codes of the clean input.",
)
pretraining.misconception(
    "the decoder is kept",
    (KEEP, "encoders.append(autoencoder)"),
    advice="An autoencoder called as a layer gives x_hat, not h, and it holds c. Keep W and b in a Dense layer, and let the rest go.",
)
pretraining.misconception(
    "the noise is not handed on",
    (MAKE, "autoencoder = Autoencoder(H)"),
    advice="Without a second argument an Autoencoder has no noise: Autoencoder(H, noise).",
)
pretraining.misconception(
    "the encoders are frozen",
    (KEEP, "encoder.trainable = False\n        encoders.append(encoder)"),
    advice="Pre-training finds where fine-tuning begins; there all layers are trained. Leave `trainable` alone.",
)
pretraining.misconception(
    "the encoder's bias is lost",
    (WEIGHTS, "[autoencoder.W.numpy(), np.zeros(H)]"),
    advice="h = sigmoid(xW + b): both W and b were trained, and both are kept.",
)
pretraining.misconception(
    "the kept layer has no sigmoid",
    ('keras.layers.Dense(H, activation="sigmoid")', "keras.layers.Dense(H)"),
    lecture="3:17",
    advice='A code is sigmoid(xW + b). Dense alone gives the pre-activation: pass activation="sigmoid".',
)
pretraining.misconception(
    "the layers are made from above",
    ("for H in units:", "for H in units[::-1]:"),
    advice="units[0] belongs to the layer next to x.",
)
pretraining.misconception(
    "only the first layer is pre-trained",
    ("for H in units:", "for H in units[:1]:"),
    advice="Go through all of `units`: each number is a layer, and has its own autoencoder.",
)
pretraining.misconception(
    "only the last layer is returned",
    ("return encoders\n", "return encoders[-1:]\n"),
    advice="The network needs all of them, from below: return the whole list.",
)
# Faults by `source` take no part in double faults.
pretraining.misconception(
    "every layer is trained on x",
    source=pretraining.edited(
        (TRAIN, "        train(autoencoder, x)\n"),
        ("encoder.build((None, h.shape[1]))", "encoder.build((None, x.shape[1]))"),
        (NEXT, "h = encoder(x)"),
    ),
    advice="Layer 2 will see what layer 1 gives, so it has to learn from that: train it on the codes h of the layer below.",
    question="What will the second layer see once the layers are stacked?",
)
pretraining.misconception(
    "only the first autoencoder has noise",
    source=pretraining.edited((MAKE, "autoencoder = Autoencoder(H, 0.0 if encoders else noise)")),
    advice="Each autoencoder has to find the entries that its own input has lost, codes as well as pixels: Autoencoder(H, noise).",
)
pretraining.misconception(
    "the codes are stretched to the whole of [0, 1]",
    source=pretraining.edited(
        (NEXT, f"{NEXT}.numpy()\n        h = (h - h.min(axis=0)) / np.maximum(np.ptp(h, axis=0), 1e-6)")
    ),
    advice="Once the layers are stacked, nothing stretches. Train each on the codes as the layer below gives them.",
)
pretraining.misconception(
    "the next layer gets the reconstruction",
    source=pretraining.edited((NEXT, "h = autoencoder(h)")),
    advice="x_hat is x again, and nothing has been gained. What goes up is the code, `encode(h)`.",
)
pretraining.misconception(
    "the weights are copied before training",
    source=pretraining.edited(
        (TRAIN, ""),
        ('activation="sigmoid")', 'activation="sigmoid")\n        autoencoder(h)'),
        (KEEP, f"train(autoencoder, h)\n        {KEEP}"),
    ),
    advice="`set_weights` copies the numbers of that moment. Train first, then copy.",
)
pretraining.misconception(
    "nothing is trained",
    source=pretraining.edited((TRAIN, "        autoencoder(h)\n")),
    advice="Call train(autoencoder, h) for each layer before its weights are kept.",
)
pretraining.misconception(
    "a layer is trained twice",
    source=pretraining.edited((TRAIN, 2 * TRAIN)),
    advice="`train` does the whole training of an autoencoder. Call it once a layer.",
)
pretraining.misconception(
    "the layers are made, and their weights are not set",
    source=pretraining.edited(
        ("        encoder.build((None, h.shape[1]))\n", ""),
        (f"        encoder.set_weights({WEIGHTS})\n", ""),
        (NEXT, "h = autoencoder.encode(h)"),
    ),
    advice="A new Dense layer starts at random. Build it and give it the autoencoder's W and b with set_weights.",
)
pretraining.misconception(
    "one autoencoder for all layers",
    source=pretraining.edited(
        ("    encoders = []\n", f"    encoders = []\n    H = units[0]\n    {MAKE}\n"),
        (f"        {MAKE}\n", ""),
    ),
    advice="Each layer has weights of its own: make a new Autoencoder in each round of the loop.",
)


@pretraining.alternative
def by_encode(x, units, noise, train):
    layers, codes = [], tf.constant(x)
    for number in units:
        model = Autoencoder(number, noise=noise)
        train(model, codes)
        W, b, _ = model.get_weights()
        layer = keras.layers.Dense(number, activation=keras.activations.sigmoid)
        layer(codes)
        layer.kernel.assign(W)
        layer.bias.assign(b)
        layers += [layer]
        codes = model.encode(codes)
    return layers


@pretraining.alternative
def by_initializers(x, units, noise, train):
    if not len(units):
        return []
    autoencoder = Autoencoder(units[0], noise)
    train(autoencoder, x)
    first = keras.layers.Dense(
        units[0],
        "sigmoid",
        kernel_initializer=lambda shape, dtype=None: tf.identity(autoencoder.W),
        bias_initializer=lambda shape, dtype=None: tf.identity(autoencoder.b),
    )
    codes = first(x).numpy()
    return [first, *by_initializers(codes, units[1:], noise, train)]
