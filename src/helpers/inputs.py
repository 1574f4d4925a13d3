"""What the checks of several exercises share: inputs that tell answers apart, and summaries of what is random.

`rng` is a check's own generator: what is drawn from it, and in which order, decides all that a check tries.
"""

from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from helpers.checks import fill

# What differentiates by itself, for exercises that ask to do it by hand.
BY_ITSELF = ("tensorflow.GradientTape", "tensorflow.autodiff.ForwardAccumulator", "tensorflow.gradients")

# Tolerances of `agreements`, wide enough for 512 coins: independent masks stay below, shared ones above.
AGREEMENTS = {"agreement of examples": 0.4, "agreement of units": 0.4, "agreement of calls": 0.4}


def far_from_zero(rng: np.random.Generator, *shape: int) -> tf.Tensor:
    """Activations far from zero, so that a zero in the output was put there by a mask.

    Returns:
        A float32 tensor of that shape, with values between 1 and 2.
    """
    return tf.constant(rng.choice([1.0, 1.25, 1.5, 2.0], shape), "float32")


def generator(rng: np.random.Generator) -> np.random.Generator:
    """A generator of its own for an answer, which the check's draws decide.

    Args:
        rng: the check's; one number of it is drawn, however many the answer draws.
    """
    return np.random.default_rng(int(rng.integers(1 << 30)))


def short(number: float) -> float:
    """A number near to this one that float32 holds to the last digit: `tf.cast(lr, "float64")` goes through it.

    So whoever hands a number of Python's to TensorFlow loses nothing where everything else is float64.
    """
    return round(1024 * number) / 1024


def uneven_probability(rng: np.random.Generator, most: float = 0.25) -> float:
    """A probability far from one half, on either side: it and its complement are easily told apart.

    Args:
        most: how near to one half it may come, from below; from above it is 1 - most.
    """
    if rng.random() < 0.5:
        return short(rng.uniform(0.15, most))
    return short(rng.uniform(1 - most, 0.85))


def uneven_units(rng: np.random.Generator, N: int, H: int, widest: float) -> np.ndarray:
    """A mini-batch of pre-activations whose units each have a mean and a scale of their own.

    Args:
        widest: the largest scale; the smallest is one half.
    Returns:
        A float64 array of shape (N, H).
    """
    return rng.normal(size=(N, H)) * rng.uniform(0.5, widest, H) + rng.normal(size=H)


def labelled_examples(
    rng: np.random.Generator, N: int, D: int = 4, C: int = 3, dtype: str = "float32"
) -> tuple[tf.Tensor, tf.Tensor]:
    """Examples of a classification, drawn from a normal and a uniform distribution.

    Args:
        N: how many.    D: inputs of each.    C: how many classes there are.
        dtype: of the inputs.
    Returns:
        x, y: tensors of shapes (N, D) and (N,), the latter of integers.
    """
    x = tf.constant(rng.normal(size=(N, D)), dtype)
    return x, tf.constant(rng.integers(C, size=N))


def labelled_pre_activations(
    rng: np.random.Generator, N: int = 4, C: int = 6
) -> tuple[np.ndarray, np.ndarray]:
    """Pre-activations of an output that they do not saturate, and the correct classes.

    Args:
        N: how many examples.    C: how many classes there are.
    Returns:
        a, y: arrays of shapes (N, C) and (N,), of float64 and of integers.
    """
    a = rng.normal(size=(N, C)) * 1.5
    return a, rng.integers(C, size=N)


def classifier(D: int, H: int, C: int, activation: str = "tanh") -> keras.Sequential:
    """A network with one hidden layer and a softmax at the output.

    Args:
        D: inputs.    H: hidden units.    C: classes.
        activation: of the hidden units.
    """
    hidden = keras.layers.Dense(H, activation=activation)
    model = keras.Sequential([hidden, keras.layers.Dense(C, activation="softmax")])
    model.build((None, D))
    return model


def filled(layer: Any, rng: np.random.Generator, scale: float = 0.5) -> Any:
    """Draw every weight and bias of a layer or model anew, as `helpers.checks.fill` does it.

    Args:
        scale: the standard deviation of what is drawn.
    Returns:
        The same layer or model.
    """
    fill(layer, rng, scale)
    return layer


def shapes_of(weights: Iterable[Any]) -> np.ndarray:
    """The shapes of weights and biases, whatever the order in which they were made.

    Args:
        weights: with one axis or two.
    Returns:
        Two columns, each sorted by itself: the lengths of the first axes, and of the second, 0 for a bias.
    """
    shapes = [[*weight.shape, 0, 0][:2] for weight in weights]
    return np.sort(shapes, axis=0)


def entries(found: dict[str, Any], *names: str) -> dict[str, Any]:
    """Those entries of an answer that a check looks at.

    Args:
        found: the answer, values by name.
        names: of the entries.
    """
    return {name: found[name] for name in names}


def agreement(a: np.ndarray, b: np.ndarray) -> float:
    """How often two masks agree, scaled: 0 if they are independent, 1 if they are the same.

    Args:
        a, b: bools, or zeros and ones, of the same shape.
    """
    p = np.mean([a.mean(), b.mean()])
    chance = p**2 + (1 - p) ** 2
    return ((a == b).mean() - chance) / max(1 - chance, 1e-9)


def agreements(mask: np.ndarray) -> dict[str, float]:
    """Whether examples, units and calls have coins of their own: how far neighbours along each axis agree.

    Args:
        mask: what was kept, bools of shape (calls, N, H).
    """
    return {
        "agreement of examples": agreement(mask[:, 1:], mask[:, :-1]),
        "agreement of units": agreement(mask[:, :, 1:], mask[:, :, :-1]),
        "agreement of calls": agreement(mask[1:], mask[:-1]),
    }


def constant_factor(factor: np.ndarray) -> float:
    """The one value that all factors have; NaN if they differ, since a mean would hide that.

    Args:
        factor: what numbers were multiplied by, one for each; not empty.
    """
    if np.ptp(factor) < 1e-3:
        return factor.mean()
    return np.nan


def left_to_chance(mask: np.ndarray) -> dict[str, bool]:
    """Whether the number of units that an example keeps is one that coins would give.

    Args:
        mask: what was kept of three units by fair coins, bools of shape (calls, N, 3).
    """
    kept = mask.sum(axis=-1)
    differs = bool((np.ptp(kept, axis=1) > 0).any())
    none = np.mean(kept == 0)
    # Of 1,024 honest examples a share of 0.125 ± 0.01; of four masks that examples share a number of quarters.
    return {
        "examples of one call keep different numbers of units": differs,
        "some of these examples lose all units": differs and none > 0,
        "as many of them as coins would have it": differs and abs(none - 0.125) < 0.0625,
    }


def values_of_the_factor(factor: np.ndarray) -> int:
    """How many different values factors have; 5 stands for any larger number, which luck decides.

    Args:
        factor: what numbers were multiplied by.
    """
    return min(5, len(np.unique(factor.round(3))))


def factor_of_the_kept(theirs: dict, ours: dict) -> dict[str, float]:
    """What a mask leaves: the share of activations that are kept, and what those are multiplied by.

    Args:
        theirs: evidence with the activations after the mask, "output".
        ours: the reference's, with those before it, "h".
    """
    factor = theirs["output"] / ours["h"]
    kept = factor[factor != 0]
    share = kept.size / factor.size
    return {"share of units kept": share, "factor of the kept": constant_factor(kept)}


def factor_at_test_time(theirs: dict, ours: dict) -> dict[str, float]:
    """What activations are multiplied by at test time.

    Args:
        theirs: evidence with what came out where `training` is False, "output", and where it is left out,
            "without training=".
        ours: the reference's, with the activations themselves, "h".
    """
    factor = theirs["output"] / ours["h"]
    by_default = theirs["without training="] / ours["h"]
    return {"factor": constant_factor(factor), "factor without training=": constant_factor(by_default)}


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """0 if two draws have nothing to do with each other, 1 if they are the same.

    Args:
        a, b: as many numbers each, in the order in which they were drawn.
    """
    return np.corrcoef(a.astype("float64"), b.astype("float64"))[0, 1]


def likeness_of_orders(a: np.ndarray, b: np.ndarray) -> float:
    """The likeness of two orders of examples; NaN if half of them are missing.

    Args:
        a, b: the examples' numbers in the order in which they came, -1 in the place of one that did not.
    """
    came = (a >= 0) & (b >= 0)
    if came.sum() > len(a) / 2:
        return likeness(a[came], b[came])
    return np.nan
