"""What `check(pretrain)` looks at (lecture 54:23).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.stand_in_training import KnownNoise, RecordedPretraining

pretraining = Checks("pretrain", kind="report", lecture="54:23", given={"Autoencoder": KnownNoise})

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
