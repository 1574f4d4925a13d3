"""What noise on an input takes away: entries that become 0, at a small rate and at a large one."""

from typing import Any

import numpy as np
import tensorflow as tf

from helpers import inputs

SIZES = "small", "large"
# Of 512 coins, even where all entries of an example, or all examples, share one.
CALLS, ROWS, COLUMNS = 8, 64, 64
# Five deviations of their share are 0.11 at most.
SHARE = 0.13
TOLERANCES = {
    "share of entries kept, small noise": SHARE,
    "factor of the kept, small noise": 1e-3,
    "share of entries kept, large noise": SHARE,
    "factor of the kept, large noise": 1e-3,
}
SEEN_AS = {"share of x_hat as if x were clean": SHARE, "share of x_hat as if x were 0": SHARE}


def at_two_noises(model_class: Any, rng: np.random.Generator, H: int = 3) -> dict[str, Any]:
    """Inputs before and after they are corrupted, at each of two rates.

    Args:
        model_class: makes a model with a method `corrupt` from a number of units and a rate.
        rng: draws the rates and the inputs.
        H: units.
    """
    found: dict[str, Any] = {}
    for size, noise in zip(SIZES, (rng.uniform(0.15, 0.25), rng.uniform(0.75, 0.85)), strict=True):
        x = inputs.far_from_zero(rng, ROWS, COLUMNS)
        found[f"x, {size} noise"] = x
        model = model_class(H, float(noise))
        found[f"corrupted, {size} noise"] = [model.corrupt(x) for _ in range(CALLS)]
    return found


def shares_and_factors(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, float]:
    """The share of entries that are kept, and what those are multiplied by.

    Args:
        theirs: evidence of `at_two_noises`.
        ours: the reference's.
    Returns:
        A number for each name in `TOLERANCES`.
    """
    found = {}
    for size in SIZES:
        factor = theirs[f"corrupted, {size} noise"] / ours[f"x, {size} noise"]
        kept = factor[factor != 0]
        found[f"share of entries kept, {size} noise"] = kept.size / factor.size
        found[f"factor of the kept, {size} noise"] = inputs.constant_factor(kept) if kept.size else 0.0
    return found


def one_input_a_unit(model: Any, rng: np.random.Generator) -> dict[str, Any]:
    """Reconstructions by which it can be told what was lost, and where: each unit has an input of its own and gives it back.

    Args:
        model: takes (N, `COLUMNS`) and has as many units.
        rng: draws the one number of which x is full.
    """
    value = float(rng.uniform(0.6, 1.0))
    x = tf.constant(np.full((ROWS, COLUMNS), value), "float32")
    model(x)
    for weight in model.weights:
        if len(weight.shape) == 2:
            weight.assign(4 * np.eye(COLUMNS))
        else:
            weight.assign(np.zeros(weight.shape))
    return {
        "x": value,
        "x_hat": [model(x, training=True) for _ in range(CALLS)],
        "x_hat of x": model(x),
        "x_hat of zeros": model(0 * x),
    }


def seen_as(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, float]:
    """The shares of entries that came back as if nothing, and as if their input, had been lost.

    Args:
        theirs: evidence of `one_input_a_unit`.
        ours: the reference's.
    Returns:
        A number for each name in `SEEN_AS`.
    """
    found = theirs["x_hat"]
    return {
        "x": theirs["x"],
        "share of x_hat as if x were clean": np.mean(np.isclose(found, ours["x_hat of x"], atol=1e-3)),
        "share of x_hat as if x were 0": np.mean(np.isclose(found, ours["x_hat of zeros"], atol=1e-3)),
    }
