"""What checks ask of a network whose weights were set by hand: its values, its size, and that nobody trained it."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

# What a failure of `set_twice` means, whatever the answer, and one thing to try.
TRAINED = "trained or drawn at random, where weights should be set"
SET_THEM = (
    "Work out what each weight has to be and put it there: model.set_weights([W1, b1, W2, b2]). No `fit`, no optimizer, no loop "
    "that improves: the same call then makes the same network every time."
)


def outputs(model: Any, x: Any) -> Any:
    """What a network gives for examples.

    Args:
        model: takes float32.
        x: numbers, one input each, of shape (N,); or examples of shape (N, D).
    """
    x = np.asarray(x, "float32")
    if x.ndim == 1:
        x = x[:, None]
    return in_single(model(tf.constant(x)))


def in_single(h: Any) -> Any:
    """What a network gives, in float32: how exactly it computes inside is its own business.

    Args:
        h: of any float dtype; anything else stays as it is.
    """
    return tf.cast(h, "float32") if getattr(h, "dtype", None) == "float64" else h


def every_input(n: int) -> np.ndarray:
    """All 2ⁿ inputs of n zeros and ones, float32 of shape (2ⁿ, n)."""
    return np.array(list(itertools.product([0, 1], repeat=n)), "float32")


def without_weights(model: Any, x: Any) -> Any:
    """What a network gives once all its weights are 0: only what does not come from weights is left.

    Args:
        model: changed in place.    x: as for `outputs`.
    """
    outputs(model, x)
    for weight in model.weights:
        weight.assign(tf.zeros_like(weight))
    return outputs(model, x)


def size_of(model: Any, x: Any) -> float:
    """How many weights and biases a network has, once it has met an example."""
    outputs(model, x)
    return float(sum(np.prod(weight.shape) for weight in model.weights))


def set_twice(make: Callable[[], Any], x: Any) -> dict[str, Any]:
    """Evidence that weights were set: two networks that the same call makes, and what an optimizer did to the first.

    Args:
        make: makes a network.    x: as for `outputs`.
    """
    first, second = make(), make()
    optimizer = getattr(first, "optimizer", None)
    steps = 0.0
    if optimizer is not None:
        steps = float(optimizer.iterations)
    return {
        "x": x,
        "f": outputs(first, x),
        "f of a second network": outputs(second, x),
        "steps of an optimizer": steps,
    }


def set_twice_summary(theirs: dict, ours: dict) -> dict[str, Any]:
    """Whether two networks are alike, and whether an optimizer has moved the first one's weights.

    Args:
        theirs, ours: evidence as `set_twice` gives it.
    """
    first, second = theirs["f"], theirs["f of a second network"]
    alike = np.allclose(first, second, rtol=1e-4, atol=1e-4)
    return {
        "x": theirs["x"],
        "a second network is another one": not alike,
        "an optimizer took steps": theirs["steps of an optimizer"] > 0,
    }


def beyond(sizes: np.ndarray, most: np.ndarray) -> np.ndarray:
    """How many weights there are too many.

    Args:
        sizes: of networks.    most: what each may have.
    """
    return np.maximum(0, sizes - most)
