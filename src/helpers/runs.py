"""Runs of training as numbers, for a diagnosis to be made from: healthy ones, and parts of ill ones.

A run is a dict of arrays: means and deviations of the inputs; the share of saturated activations of each hidden layer;
errors and norms of the gradient of each variable; and the loss, step by step.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

LAYERS, VARIABLES, INPUTS, STEPS = 3, 8, 7, 20
Run = dict[str, np.ndarray]


def healthy(rng: np.random.Generator, **measured: np.ndarray) -> Run:
    """A run with nothing wrong, but for what is given.

    Args:
        measured: what takes the place of healthy numbers, by name.
    """
    falls = np.cumsum(rng.uniform(0.01, 0.1, size=STEPS + 1))
    run = {
        "means": rng.uniform(-1, 1, size=INPUTS),
        "deviations": rng.uniform(0.5, 1.5, size=INPUTS),
        "saturated": rng.uniform(0, 0.2, size=LAYERS),
        "errors": 10 ** rng.uniform(-9, -6, size=VARIABLES),
        "norms": 10 ** rng.uniform(-3, 0, size=VARIABLES),
        "losses": 2.3 * np.exp(-falls),
    }
    return run | measured


def with_one(values: np.ndarray, number: float, place: int) -> np.ndarray:
    """The values, one of them replaced.

    Args:
        values: left as they are.
        number: what stands at the place.
        place: its index.
    """
    changed = values.copy()
    changed[place] = number
    return changed


def pushed(rng: np.random.Generator, layer: int) -> np.ndarray:
    """One hidden layer saturated, the others hardly at all: not half of all units.

    Args:
        layer: from 0, the lowest.
    """
    return with_one(rng.uniform(0, 0.2, size=LAYERS), rng.uniform(0.6, 0.95), layer)


def wrong_gradient(rng: np.random.Generator, error: float = 0.0, norm: float = 0.0) -> Run:
    """Errors of which one cannot be rounding, and norms.

    Args:
        error: how large it is; 0 draws it.
        norm: of that variable's gradient; 0 draws it.
    """
    place = int(rng.integers(VARIABLES))
    run = healthy(rng)
    errors = with_one(run["errors"], error or rng.uniform(0.01, 0.9), place)
    norms = with_one(run["norms"], norm or 0.1, place)
    return {"errors": errors, "norms": norms}


def wide(rng: np.random.Generator) -> Run:
    """Deviations of the inputs, one of them far above 1."""
    deviations = rng.uniform(0.5, 1.5, size=INPUTS)
    return {"deviations": with_one(deviations, rng.uniform(6, 60), int(rng.integers(INPUTS)))}


def jumping(rng: np.random.Generator) -> np.ndarray:
    """Losses that end lower than they began, and rise at every second step on their way."""
    steps = np.arange(STEPS + 1)
    return 2.3 * np.exp(-0.05 * steps) + np.where(steps % 2, rng.uniform(0.5, 0.9), 0)


def in_words(causes: Iterable[Any]) -> str:
    """The causes of a diagnosis as one text, in alphabetical order.

    Args:
        causes: a set or a list of names; a text stays as it is.
    """
    if isinstance(causes, str):
        return causes
    return ", ".join(sorted({str(cause) for cause in causes}))
