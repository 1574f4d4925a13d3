"""What `check(plant)` looks at (lecture 43:37).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import Checks
from helpers.small_networks import examined, outputs, slopes_along, standardizing_network, symptoms, symptoms_and_outputs, unscaled_examples

planting = Checks("plant", kind="step", lecture="43:37")

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
