"""plant: make a network ill in one of four ways, for somebody else to find out which."""

import keras
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise
from helpers.small_networks import (
    examined,
    outputs,
    slopes_along,
    standardizing_network,
    symptoms,
    symptoms_and_outputs,
    unscaled_examples,
)

planting = Exercise("plant", kind="step", lecture="43:37")


@planting.reference
def plant(fault, model):
    """Make a network ill in one way, and in no other.

    saturated:  more than half of the units of some hidden layer are saturated, |h| > 0.99, with inputs that are normalized;
    gradient:   f(x) is exactly what it was, and yet the tape's gradient of some W is wrong, with an error of 0.02 or more as
                `gradient_check` measures it: an activation with a slope of your own, `@tf.custom_gradient`;
    inputs:     what the first hidden layer gets has some mean or deviation above 3 in magnitude, for any data that the
                Rescaling normalizes: multiply or add much;
    rate:       the learning rate is fifty times what it was, or more; the loss then jumps      (lecture 43:37)

    Nothing else changes. One hidden layer may be saturated or all of them; the softmax keeps its W and b.

    Args:
        fault: one of the four names.
        model: compiled with an optimizer, and made of a `keras.layers.Rescaling`, which normalizes the inputs,
            hidden `Dense` layers with tanh, and a `Dense` layer with softmax. It is changed in place.
    Raises:
        ValueError: if there is no such fault; the model is then as it was.
    """
    ### BEGIN SOLUTION
    rescaling, *hidden, _ = model.layers
    if fault == "saturated":
        for layer in hidden:
            layer.kernel.assign(100 * layer.kernel)
    elif fault == "gradient":
        g = hidden[-1].activation

        @tf.custom_gradient
        def with_a_wrong_slope(a):
            return g(a), lambda dh: 2 * dh

        hidden[-1].activation = with_a_wrong_slope
    elif fault == "inputs":
        rescaling.scale = 30 * rescaling.scale
    elif fault == "rate":
        model.optimizer.learning_rate = 100 * model.optimizer.learning_rate
    else:
        raise ValueError(f"no fault is called {fault!r}")
    ### END SOLUTION


PINNED = "share of a hidden layer that is saturated, up to one half"
MAGNITUDE = "mean |h| of a hidden layer, up to 0.3"
ERROR = "relative error of a gradient, up to 0.02"


def ill(plant, rng, fault):
    """A network with a fault planted, and its outputs before that."""
    model, (x, y) = standardizing_network(rng), unscaled_examples(rng)
    before, weights = outputs(model, x)[-1].numpy(), model.get_weights()
    rescaling = model.layers[0]
    normalizes = rescaling.scale, rescaling.offset
    plant(fault, model)
    kept = [np.array_equal(was, now) for was, now in zip(weights, model.get_weights(), strict=True)]
    found = examined(model, x, y, rng)
    if fault == "inputs":
        # With wide inputs no slope can be measured, so it is measured with what they were.
        rescaling.scale, rescaling.offset = normalizes
        found |= slopes_along(model, x, y, rng)
    return {"f before": before, "W and b that are as they were": np.array(kept), **found}


def untouched(theirs, which=slice(None)):
    """Which of the weights, the softmax's last, were left alone."""
    return {"W and b that are as they were": theirs["W and b that are as they were"][which]}


def measured(theirs, ours):
    """The symptoms; what large pre-activations cost in measuring slopes is no fault."""
    found = symptoms(theirs, ours)
    if found[ERROR] < 0.01:
        found[ERROR] = 0.0
    return found


@planting.check("saturated: units sit at ±1, and nothing else is wrong")
def plants_saturated(plant, rng):
    return ill(plant, rng, "saturated")


@plants_saturated.summary()
def saturated_summary(theirs, ours):
    # Which hidden layers are saturated is free.
    return {**measured(theirs, ours), **untouched(theirs, slice(-2, None))}


@planting.check("gradient: f(x) is what it was, and a gradient is wrong")
def plants_gradient(plant, rng):
    return ill(plant, rng, "gradient")


@plants_gradient.summary()
def gradient_summary(theirs, ours):
    return {**symptoms_and_outputs(theirs, ours), **untouched(theirs)}


@planting.check("inputs: what the first layer gets is wide, the weights are as they were")
def plants_inputs(plant, rng):
    tiny = standardizing_network(rng)
    tiny.layers[0].scale, tiny.layers[0].offset = 1000.0, 0.0
    data = tf.constant(rng.normal(size=(23, 5)) / 1000)
    before = widest(tiny.layers[0](data))
    plant("inputs", tiny)
    after = widest(tiny.layers[0](data))
    # Data that are normalized by what was planted: a scale or an offset that is set, and not changed, leaves them so.
    rescaling = tiny.layers[0]
    other = (rng.normal(size=(23, 5)) - rescaling.offset) / rescaling.scale
    plant("inputs", tiny)
    return {
        **ill(plant, rng, "inputs"),
        "what was widest of tiny data": before,
        "what is widest of tiny data": after,
        "what is widest of data with another offset": widest(rescaling(tf.constant(other))),
    }


def widest(x):
    """The largest mean or deviation of an input."""
    x = np.asarray(x)
    return max(np.abs(x.mean(axis=0)).max(), x.std(axis=0).max())


@plants_inputs.summary()
def inputs_summary(theirs, ours):
    found, expected = measured(theirs, ours), symptoms(ours, ours)
    # How far wide inputs push the units depends on how wide they are.
    if found["inputs are not normalized"]:
        found |= {name: expected[name] for name in (PINNED, MAGNITUDE)}
    now, before = theirs["what is widest of tiny data"], ours["what was widest of tiny data"]
    moved = theirs["what is widest of data with another offset"]
    others = {
        "tiny data are not normalized": now > 3,
        "tiny data are wider than before": now > before,
        "data with another offset are not normalized": moved > 3,
    }
    return {**found, **others, **untouched(theirs)}


@planting.check("rate: fifty times as large, and nothing else is wrong")
def plants_rate(plant, rng):
    fast = standardizing_network(rng)
    fast.compile(keras.optimizers.SGD(4.0, momentum=0.25))
    plant("rate", fast)
    about = {"rate that was 4": float(fast.optimizer.learning_rate), "momentum": fast.optimizer.momentum}
    return {**ill(plant, rng, "rate"), **about}


@plants_rate.summary()
def rate_summary(theirs, ours):
    times = min(np.round(theirs["rate that was 4"] / 4, 3), 50)
    about = {"a rate of 4 in multiples of what it was, up to 50": times, "momentum": theirs["momentum"]}
    return {**symptoms_and_outputs(theirs, ours), **about, **untouched(theirs)}


@planting.check("a fault that nobody knows: ValueError, and nothing is changed")
def unknown_fault(plant, rng):
    model, (x, _) = standardizing_network(rng), unscaled_examples(rng)
    before = model(x).numpy()
    heard = "nothing"
    try:
        plant("overfitting", model)
    except ValueError:
        heard = "ValueError"
    share = np.mean(model(x).numpy() == before)
    return {
        "f(x) before": before,
        "what the caller hears": heard,
        "share of f(x) that is as it was": share,
        "learning rate": float(model.optimizer.learning_rate),
    }


@planting.example(
    without={
        "frozen": "a fault may be planted in a frozen layer as well",
        "zeros": "there is nothing to saturate",
    }
)
def example(plant, rng):
    return {}, lambda: {}


FOR_HIDDEN = "        for layer in hidden:"
SATURATED = "            layer.kernel.assign(100 * layer.kernel)"
GRADIENT = "            return g(a), lambda dh: 2 * dh"
INPUTS = "        rescaling.scale = 30 * rescaling.scale"
RATE = "model.optimizer.learning_rate"
FASTER = f"        {RATE} = 100 * {RATE}"
REFUSED = """    else:
        raise ValueError(f"no fault is called {fault!r}")
"""
planting.misconception(
    "the output layer is saturated as well, and nothing else",
    source=planting.edited((FOR_HIDDEN, "        for layer in model.layers[-1:]:")),
    advice="The softmax is sure of itself then, but the hidden units are not saturated: change *their* W.",
)
planting.misconception(
    "all layers are saturated, the softmax among them",
    source=planting.edited((FOR_HIDDEN, "        for layer in model.layers[1:]:")),
    advice="The softmax is no hidden layer: leave its W as it is, model.layers[1:-1].",
)
planting.misconception(
    "weights that are a little larger",
    (SATURATED, "            layer.kernel.assign(2 * layer.kernel)"),
    advice="tanh is above 0.99 only beyond 2.65. Multiply by much more, or shift the biases.",
)
planting.misconception(
    "the inputs are blown up to saturate the units",
    source=planting.edited(
        (f"{FOR_HIDDEN}\n{SATURATED}", "        rescaling.scale = 1000 * rescaling.scale")
    ),
    advice="That saturates them, and plants another fault as well. Leave the inputs as they are and change W.",
)
planting.misconception(
    "the new weights are computed and thrown away",
    (SATURATED, "            kernel = 100 * layer.kernel  # noqa: F841"),
    advice="`kernel = …` makes a tensor and leaves the layer alone: layer.kernel.assign(…).",
)
planting.misconception(
    "saturated: the weights become NaN",
    source=planting.edited((SATURATED, "            layer.kernel.assign(np.nan * layer.kernel)")),
    advice="Saturated units give ±1, not NaN: multiply W by a number such as 100.",
)
planting.misconception(
    "another activation, with its right slope",
    source=planting.edited(("        @tf.custom_gradient\n", ""), (GRADIENT, "            return g(a) / 2")),
    advice="Then f is another function, and its gradient is right. Keep the values and change only what goes back.",
)
planting.misconception(
    "the gradient is cut off by taking another activation",
    source=planting.edited((GRADIENT, "            return a, lambda dh: dh")),
    advice="f(x) has to be what it was: return g(a), and do wrong only on the way back.",
)
planting.misconception(
    "no gradient has become wrong",
    (GRADIENT, "            return g(a), lambda dh: dh * (1 - g(a) ** 2)"),
    advice="1 - tanh² is right for tanh. Leave it out, or take another; and hand the new activation to the layer: layer.activation = ….",
)
planting.misconception(
    "the weights are changed in the place of the gradient",
    source=planting.edited(
        ("hidden[-1].activation = with_a_wrong_slope", "hidden[-1].kernel.assign(-hidden[-1].kernel)")
    ),
    advice="Other weights make another network, with a right gradient. The forward pass has to stay what it was.",
)
planting.misconception(
    "the inputs are scaled down",
    source=planting.edited((INPUTS, "        rescaling.scale = rescaling.scale / 2")),
    advice="Small inputs are not asked for: some mean or deviation has to be above 3 in magnitude. Multiply by much.",
)
planting.misconception(
    "the inputs are scaled up a little",
    source=planting.edited((INPUTS, "        rescaling.scale = 1.4 * rescaling.scale")),
    advice="A deviation of 1.4 does no harm. Beyond 3 it does: multiply by far more.",
)
planting.misconception(
    "the weights of the first layer are scaled in the place of the inputs",
    source=planting.edited((INPUTS, "        hidden[0].kernel.assign(30 * hidden[0].kernel)")),
    advice="The pre-activations are the same as with wide inputs, but the inputs are fine, and the weights are not. Change the Rescaling.",
)
planting.misconception(
    "the first layer is told that nothing is trained",
    source=planting.edited((INPUTS, "        rescaling.trainable = False")),
    advice="A Rescaling has nothing to train. Its `scale` and `offset` say what the next layer gets.",
)
planting.misconception(
    "wide inputs for some data, and not for others",
    source=planting.edited((INPUTS, "        rescaling.offset = 50 * rescaling.offset")),
    advice="Where data have mean 0 the offset is 0, and fifty times 0 is 0; where they are small, a scale of 50 is small. "
    "Multiply the scale that is there, or add to the offset.",
)
planting.misconception(
    "the offset is set to 5, whatever it was",
    source=planting.edited((INPUTS, "        rescaling.offset = 5.0")),
    advice="Data of mean -20 and deviation 5 have an offset of 4: with 5 their mean is 1. Add to the offset that is there, "
    "or multiply the scale.",
)
planting.misconception(
    "the rate grows by fifty, not fifty times",
    source=planting.edited((FASTER, f"        {RATE} = 50 + {RATE}")),
    advice="Added to a large rate 50 is little. Multiply.",
)
planting.misconception(
    "a new optimizer, without what the old one was told",
    source=planting.edited((FASTER, f"        model.compile(keras.optimizers.SGD(100 * {RATE}))")),
    advice="Nothing else may change, and momentum is lost here. Set the rate of the optimizer that is there.",
)
planting.misconception(
    "the rate is ten times what it was",
    source=planting.edited((FASTER, f"        {RATE} = 10 * {RATE}")),
    advice="Some networks bear ten times the rate. Fifty times, or more.",
)
planting.misconception(
    "the rate is a fixed number, not so large for a rate of 0.5",
    source=planting.edited((FASTER, f"        {RATE} = 10.0")),
    advice="What is large depends on what it was: multiply it, by fifty or more.",
)
planting.misconception(
    "the rate is doubled",
    (FASTER, f"        {RATE} = 2 * {RATE}"),
    advice="Most networks bear twice the rate. Take fifty times, or more.",
)
planting.misconception(
    "the rate is a hundredth",
    source=planting.edited((FASTER, f"        {RATE} = {RATE} / 100")),
    advice="Then training is slow, and the loss falls smoothly. Too large is the other way.",
)
planting.misconception(
    "the rate is an attribute of the model",
    source=planting.edited((FASTER, f"        model.learning_rate = 100 * {RATE}")),
    advice="Python makes a new attribute that nobody reads. The optimizer holds the rate: model.optimizer.learning_rate.",
)
planting.misconception(
    "a copy is made ill, and the network stays healthy",
    source=planting.edited(
        (
            "    rescaling, *hidden, _ = model.layers",
            "    model = keras.models.clone_model(model)\n"
            "    model.compile(keras.optimizers.SGD(0.1))\n"
            "    rescaling, *hidden, _ = model.layers",
        )
    ),
    advice="Change the model that is handed in. (Copy it before, if you still need the healthy one.)",
)
planting.misconception(
    "every fault is planted, whichever is named",
    source="""
    def plant(fault, model):
        if fault not in ("saturated", "gradient", "inputs", "rate"):
            raise ValueError(fault)
        rescaling, *hidden, _ = model.layers
        for layer in hidden:
            layer.kernel.assign(100 * layer.kernel)
        g = hidden[-1].activation
        hidden[-1].activation = tf.custom_gradient(lambda a: (g(a), lambda dh: dh))
        rescaling.scale = 30 * rescaling.scale
        model.optimizer.learning_rate = 100 * model.optimizer.learning_rate
    """,
    advice="One fault at a time, the one that is named: `if`, `elif`.",
)
planting.misconception(
    "an unknown fault is passed over in silence",
    source=planting.edited((REFUSED, "")),
    advice="A misspelt name would leave a healthy network, and a classmate searching for ever. Raise a ValueError.",
)
planting.misconception(
    "an unknown fault is taken for the learning rate",
    source=planting.edited((REFUSED, ""), ('    elif fault == "rate":', "    else:")),
    advice="Ask for each name, and raise a ValueError for all others.",
)


@planting.alternative
def by_biases(fault, model):
    layers = model.layers
    if fault == "saturated":
        W, b = layers[1].get_weights()
        layers[1].set_weights([W, b + 50])
    elif fault == "gradient":

        @tf.custom_gradient
        def wrong(a):
            h = tf.tanh(a)

            def back(dh):
                return -dh * (1 - h**2)

            return h, back

        layers[1].activation = wrong
    elif fault == "inputs":
        layers[0].offset = layers[0].offset + 40
    elif fault == "rate":
        model.optimizer.learning_rate.assign(1000 * model.optimizer.learning_rate)
    else:
        raise ValueError("choose saturated, gradient, inputs or rate")


@planting.alternative
def by_a_table(fault, model):
    def saturate():
        kernel = model.layers[2].kernel
        kernel.assign(tf.sign(kernel) * 100)

    def mislead():
        slow = tf.custom_gradient(
            lambda a: (keras.ops.tanh(a), lambda dh: dh * (1 - keras.ops.tanh(a) ** 2) / 2)
        )
        model.layers[2].activation = slow

    def widen():
        model.layers[0].scale *= 60
        model.layers[0].offset *= 60

    def hurry():
        model.optimizer.learning_rate.assign(500.0)

    faults = {"saturated": saturate, "gradient": mislead, "inputs": widen, "rate": hurry}
    if fault not in faults:
        raise ValueError(fault)
    faults[fault]()


for change in ("4: * → /", "4: 100 → 101", "14: 30 → 31", "16: 100 → 101"):
    planting.equivalent(f"line {change}", because="the factor is large all the same")
for change in ("10: * → /", "10: 2 → 3"):
    planting.equivalent(f"line {change}", because="that slope is wrong as well")
for change in ("6: -1 → 0", "12: -1 → 0"):
    planting.equivalent(f"line {change}", because="any hidden layer will do")
