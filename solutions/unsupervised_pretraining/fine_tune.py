"""fine_tune: the pre-trained layers, stacked, a softmax on top, and all of it trained on labels."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.evidence import landmarks
from helpers.stand_in_training import RecordedTraining, trained_encoders

tuning = Exercise("fine_tune", kind="report", lecture="54:23")


@tuning.reference
def fine_tune(encoders, x, y, C, train):
    """Stack pre-trained layers, put a softmax on top, and train everything on labelled examples.

    h⁽⁰⁾ = x,   h⁽ᵏ⁾ = encoder k of h⁽ᵏ⁻¹⁾,   f(x) = softmax(h⁽ᴸ⁾W + b),   W and b new, one column for each of C classes

    The network begins where pre-training ended. `train` then moves whatever of the network is trainable, and that
    should be all: the encoders too.

    Args:
        encoders: the layers that `pretrain` gave, from below; may be empty. They may be trained in place.
        x: inputs (N, D).    y: their classes, integers of shape (N,). Some of the C classes may not be among them.
        C: the number of classes.
        train: a function; `train(model, x, y)` trains a model, which gives probabilities, on x and y as they are,
            and builds it before if need be. Call it once.
    Returns:
        The trained model, from x to f(x) (N, C).
    """
    ### BEGIN SOLUTION
    layers = [keras.Input((x.shape[1],))]
    layers += encoders
    layers.append(keras.layers.Dense(C, activation="softmax"))
    model = keras.Sequential(layers)
    train(model, x, y)
    return model
    ### END SOLUTION


D, C = 11, 5


def examples(rng, N=13):
    """The last class is not among them."""
    x = rng.uniform(size=(N, D)).astype("float32")
    return x, rng.permutation(np.arange(N) % (C - 1))


def tuned(fine_tune, rng, units, steps=0, first=0):
    """The model, the record of its training, and what it says of other inputs.

    Classes below `first` are not among the labels, nor is the last.
    """
    encoders = trained_encoders(rng, D, units)
    train = RecordedTraining(rng, units, steps)
    x, y = examples(rng)
    y = np.maximum(y, first)
    model = fine_tune(encoders, x, y, C, train)
    other, _ = examples(rng, 7)
    return model, train.only, {"f": model(other), **landmarks(x=other, classes=C)}


def shapes(weights):
    return ", ".join(sorted(str(tuple(w.shape)) for w in weights))


@tuning.check("stacked: training begins where pre-training ended", points=2)
def beginning(fine_tune, rng):
    _, given, found = tuned(fine_tune, rng, [7, 3])
    return {"f of the examples, before": given["f before"], **found}


@tuning.check("trained on x and y as they are")
def trained_on(fine_tune, rng):
    _, given, _ = tuned(fine_tune, rng, [7, 3], first=1)
    return {"x in training": given["x"], "y in training": given["y"]}


@tuning.check("everything is trained", points=2)
def everything(fine_tune, rng):
    model, _, found = tuned(fine_tune, rng, [7, 3], steps=3)
    return {"trained weights": shapes(model.trainable_weights), **found}


@tuning.check("the weights: encoders and one layer on top, no decoder")
def weights(fine_tune, rng):
    found = {}
    for L in (1, 3):
        units = [int(H) for H in rng.integers(20, 99, size=L)]
        model, _, _ = tuned(fine_tune, rng, units)
        found[f"weights on {L} encoders"] = shapes(model.weights)
    return found


@tuning.check("without encoders: a softmax of x")
def no_encoders(fine_tune, rng):
    model, _, found = tuned(fine_tune, rng, [], steps=2)
    return {"trained weights": shapes(model.trainable_weights), **found}


@tuning.check("many encoders, from below")
def many(fine_tune, rng):
    _, _, found = tuned(fine_tune, rng, [11, 11, 11, 11], steps=1)
    return found


@tuning.example()
def example(fine_tune, rng, N=13):
    seed = int(rng.integers(1 << 30))
    x, y = examples(rng, N)

    def tuned_again(x, y):
        # All of it anew, since encoders may be trained in place.
        again = np.random.default_rng(seed)
        encoders = trained_encoders(again, D, [7])
        train = RecordedTraining(again, [7])
        model = fine_tune(encoders, x, y, C, train)
        if not train.calls:
            raise ValueError("`train(model, x, y)` was never called, so f is left to chance")
        return {"f": model(x)}

    return {"x": x, "y": y}, tuned_again


STACK = "layers += encoders"
TOP = 'layers.append(keras.layers.Dense(C, activation="softmax"))'
TRAIN = "    train(model, x, y)\n"

tuning.misconception(
    "the encoders are frozen",
    (STACK, f"for encoder in encoders:\n        encoder.trainable = False\n    {STACK}"),
    advice="Fine-tuning moves the whole network. Leave `trainable` alone.",
    question="Which weights does your network move while it is trained on labels?",
)
tuning.misconception(
    "the encoders are made anew, and what they learned is lost",
    (STACK, "layers += [type(layer).from_config(layer.get_config()) for layer in encoders]"),
    advice="A configuration holds no weights: these layers start at random. Stack the encoders themselves, or copy their weights too.",
)
tuning.misconception(
    "the output has no softmax",
    (TOP, "layers.append(keras.layers.Dense(C))"),
    lecture="6:52",
    advice='f(x) is a distribution over the classes: activation="softmax".',
)
tuning.misconception(
    "the output has a sigmoid, not a softmax",
    (TOP, 'layers.append(keras.layers.Dense(C, activation="sigmoid"))'),
    lecture="6:52",
    advice="Sigmoids of several classes do not sum to 1. The classes exclude one another: softmax.",
)
tuning.misconception(
    "the output layer has no bias",
    (TOP, 'layers.append(keras.layers.Dense(C, activation="softmax", use_bias=False))'),
    lecture="3:17",
    advice="f(x) = softmax(hW + b): keep b.",
)
tuning.misconception(
    "the classes are counted in y",
    (TOP, 'layers.append(keras.layers.Dense(len(np.unique(y)), activation="softmax"))'),
    advice="With few labels a class may be missing in y, and the network must be able to name it all the same: C columns.",
)
tuning.misconception(
    "the last encoder is left out",
    (STACK, "layers += encoders[:-1]"),
    advice="All encoders are hidden layers of the network: stack the whole list.",
)
tuning.misconception(
    "only the first encoder is used",
    (STACK, "layers += encoders[:1]"),
    advice="All encoders are hidden layers of the network: stack the whole list.",
)
tuning.misconception(
    "the encoders are left out: a fresh network",
    (STACK, "layers += encoders[:0]"),
    advice="Between x and the softmax stand the encoders, with what they have learned.",
)
# Faults by `source` take no part in double faults.
tuning.misconception(
    "the encoders from above",
    source=tuning.edited((STACK, "layers += encoders[::-1]")),
    advice="encoders[0] stands next to x.",
)
tuning.misconception(
    "only the softmax is trained, on the codes",
    source="""
    def fine_tune(encoders, x, y, C, train):
        codes = x
        for encoder in encoders:
            codes = encoder(codes)
        top = keras.layers.Dense(C, activation="softmax")
        train(keras.Sequential([keras.Input((codes.shape[1],)), top]), codes, y)
        return keras.Sequential([keras.Input((x.shape[1],)), *encoders, top])
    """,
    advice="That trains one layer on fixed codes. Stack all of it first, and hand the whole network, with x, to `train`.",
)
tuning.misconception(
    "nothing is trained",
    source=tuning.edited((TRAIN, "")),
    advice="Call train(model, x, y) before the model is returned.",
)
tuning.misconception(
    "y is numbered anew",
    source=tuning.edited((TRAIN, "    train(model, x, np.unique(y, return_inverse=True)[1])\n")),
    advice="Class 3 stays class 3, whether or not the others occur: hand y on as it is.",
)
tuning.misconception(
    "y is turned into one-hot vectors",
    source=tuning.edited((TRAIN, "    train(model, x, np.eye(C)[y])\n")),
    advice="`train` takes the classes as integers: hand y on as it is.",
)
tuning.misconception(
    "the layer on top is trained first, and then everything",
    source=tuning.edited(
        (
            TRAIN,
            "    for encoder in encoders:\n        encoder.trainable = False\n    train(model, x, y)\n"
            "    for encoder in encoders:\n        encoder.trainable = True\n    train(model, x, y)\n",
        )
    ),
    advice="That is a method as well, but another one: here everything is trained from the beginning, by one call of `train`.",
)
tuning.misconception(
    "the codes of the encoders are encoded once more",
    source=tuning.edited(
        (
            TRAIN,
            "    h = x\n    for encoder in encoders:\n        h = encoder(h)\n    train(model, h, y)\n",
        )
    ),
    advice="The encoders are inside the model, which takes x: train(model, x, y).",
)
tuning.misconception(
    "the model is not returned",
    source=tuning.edited(("return model\n", "return train\n")),
    advice="`train` works in place and returns nothing of use. Return the model.",
)


@tuning.alternative
def by_functions(encoders, x, y, C, train):
    inputs = keras.Input(shape=(np.shape(x)[-1],))
    h = inputs
    for layer in encoders:
        h = layer(h)
    a = keras.layers.Dense(C)(h)
    model = keras.Model(inputs, keras.layers.Softmax()(a))
    train(model, x, y)
    return model


@tuning.alternative
def with_copies(encoders, x, y, C, train):
    model = keras.Sequential()
    h = tf.constant(x)
    for encoder in encoders:
        copy = keras.layers.Dense(encoder.units, activation=encoder.activation)
        copy.build(h.shape)
        copy.set_weights(encoder.get_weights())
        model.add(copy)
        h = copy(h)
    model.add(keras.layers.Dense(C, "softmax", kernel_initializer="zeros"))
    train(model, x, y)
    return model
