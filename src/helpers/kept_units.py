"""What a mask of dropout keeps, at a small rate and at a large one."""

from typing import Any

import numpy as np

from helpers import inputs
from helpers.evidence import landmarks

SIZES = "small", "large"
# Of 512 coins, even where all units of an example, or all examples, share one.
CALLS, N, H = 8, 64, 64
TOLERANCES = {
    "share of units kept, small rate": 0.13,
    "factor of the kept, small rate": 1e-3,
    "share of units kept, large rate": 0.13,
    "factor of the kept, large rate": 1e-3,
}


def at_two_rates(layer_class: Any, rng: np.random.Generator) -> dict[str, Any]:
    """Activations before and after a dropout layer in training, several times, at each of two rates.

    Whatever a coin is in the place of one that falls with probability p, it may be near one of them, but not near both.

    Args:
        layer_class: makes a layer from a rate.
        rng: draws the rates and the activations.
    Returns:
        "h, small rate": (N, H); "output, small rate": `CALLS` of that shape; and the same for the large rate.
    """
    found: dict[str, Any] = {}
    for size, rate in zip(SIZES, (rng.uniform(0.15, 0.25), rng.uniform(0.75, 0.85)), strict=True):
        layer, h = layer_class(float(rate)), inputs.far_from_zero(rng, N, H)
        found[f"h, {size} rate"] = h
        found[f"output, {size} rate"] = [layer(h, training=True) for _ in range(CALLS)]
        found |= landmarks(**{f"{size} rate": rate})
    return found


def shares_and_factors(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, float]:
    """The share of units that are kept, and what those are multiplied by, at either rate.

    Args:
        theirs: evidence of `at_two_rates`.
        ours: the reference's.
    Returns:
        A number for each name in `TOLERANCES`.
    """
    found = {}
    for size in SIZES:
        output, h = theirs[f"output, {size} rate"], ours[f"h, {size} rate"]
        for name, number in inputs.factor_of_the_kept({"output": output}, {"h": h}).items():
            found[f"{name}, {size} rate"] = number
    return found
