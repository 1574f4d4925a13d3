"""Beliefs that are made up, in the place of a Gaussian process's, and histories of searches that lead to them.

A search that is sequential asks a process what it believes of each candidate. Where a check decides what is believed, it knows
which candidate each rule would choose, and no process has to be fitted.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.searching import REASON, Settings, Space, Trial

Rng = np.random.Generator
# Of each of the few settings: what is believed of its score.
Beliefs = tuple[np.ndarray, np.ndarray]
# Few settings, all of which are among so many candidates: then chance does not matter.
RATES = tuple(10.0 ** (-4 + 0.75 * np.arange(5)))
UNITS = (100, 400, 900)
# of the trials that have a score, where the process takes over
FINISHED = 5
# Scores below the best: their mean is far from it, and the lowest farther.
BEHIND = np.array([0, 0.1, 0.15, 0.25, 1.0])
# What is believed of two settings, where all others are hopeless: mean above the best score so far, and deviation. The rules that
# one might think of agree on some of them, and no two on all.
DUELS = (
    ((-0.02, 0.01), (-0.12, 0.3)),
    ((0.2, 0.05), (-0.5, 0.4)),
    ((0.02, 0.02), (-0.05, 0.2)),
    ((-0.08, 0.01), (-0.1, 0.3)),
    ((-0.05, 0.01), (-0.1, 1.0)),
    ((-0.3, 0.25), (-0.6, 0.5)),
    ((0.2, 0.05), (-0.3, 0.5)),
    ((0.05, 0.05), (-0.25, 0.4)),
)
# They promise next to nothing, and yet each another bit of it: who looks for the least finds one.
HOPELESS = 0.12
# of each of the few settings, what the process sees
ROWS = np.array([[np.log10(lr), units / 300] for units in UNITS for lr in RATES])


def few_settings() -> Space:
    """A space of 15 settings."""
    return {
        "lr": lambda rng: float(RATES[rng.integers(len(RATES))]),
        "units": lambda rng: UNITS[rng.integers(len(UNITS))],
    }


def features(settings: Settings) -> list[float]:
    """Two numbers of about the same size."""
    return [np.log10(settings["lr"]), settings["units"] / 300]


class Believing:
    """In the place of a Gaussian process: it believes what it is told to, and notes what it was asked."""

    def __init__(self, mean: np.ndarray, deviation: np.ndarray):
        """Say what it believes.

        Args:
            mean, deviation: of the score of each of the few settings.
        """
        self.mean = mean
        self.deviation = deviation
        self.seen: list[tuple[np.ndarray, np.ndarray]] = []
        self.asked: list[np.ndarray] = []

    def fit(self, x: Any, y: Any) -> "Believing":
        """Note what it was shown; as scikit-learn's, it refuses NaN.

        Args:
            x, y: features and scores.
        """
        x, y = np.array(x, "float64"), np.array(y, "float64")
        if np.isnan(y).any():
            raise ValueError("Input y contains NaN.")
        self.seen.append((x, y))
        return self

    def predict(self, x: Any, return_std: bool = False) -> Any:
        """What is believed of the nearest of the few settings.

        Args:
            x: features of candidates.
            return_std: whether to give the deviations as well.
        """
        x = np.array(x, "float64")
        self.asked.append(x)
        nearest = np.argmin(np.abs(x[:, None] - ROWS).sum(axis=2), axis=1)
        if return_std:
            return self.mean[nearest], self.deviation[nearest]
        return self.mean[nearest]


def maker(mean: np.ndarray, deviation: np.ndarray) -> tuple[Callable[[], Believing], list[Believing]]:
    """A function that makes such processes, all with the same beliefs, and the list of those that it has made.

    Args:
        mean, deviation: of the score of each of the few settings.
    """
    made: list[Believing] = []

    def process() -> Believing:
        made.append(Believing(mean, deviation))
        return made[-1]

    return process, made


def beliefs(rng: Rng) -> Beliefs:
    """A mean and a deviation for each of the few settings."""
    return rng.uniform(0.1, 0.9, size=len(ROWS)), rng.uniform(0.05, 0.7, size=len(ROWS))


def duel(rng: Rng, two: Any, best: float) -> Beliefs:
    """Beliefs by which two of the settings are worth a thought.

    Args:
        two: one of `DUELS`.
        best: the best score so far.
    """
    mean, deviation = rng.uniform(0, 0.02, size=len(ROWS)), np.full(len(ROWS), HOPELESS)
    for place, (above, spread) in zip(rng.choice(len(ROWS), 2, replace=False), two, strict=True):
        mean[place] = best + above * rng.uniform(0.97, 1.03)
        deviation[place] = spread * rng.uniform(0.97, 1.03)
    return mean, deviation


def history(rng: Rng, finished: int = FINISHED, dead: int = 0) -> list[Trial]:
    """Trials as a search keeps them: different settings, the dead ones first; the training score says something else.

    Args:
        finished, dead: how many have a score, and how many have none.
    """
    places = rng.choice(len(ROWS), finished + dead, replace=False)
    # Far below the training scores: whoever takes those for the best so far chooses otherwise in a duel.
    best = rng.uniform(0.7, 0.74)
    scores = best - rng.permutation(BEHIND)[:finished] * rng.uniform(0.97, 1.03, size=finished)
    trials = []
    for place, valid in zip(places, [*[np.nan] * dead, *scores], strict=True):
        settings = {"lr": float(RATES[place % len(RATES)]), "units": UNITS[place // len(RATES)]}
        trial: Trial = {
            "settings": settings,
            "train": float(rng.uniform(0.97, 1)),
            "valid": float(valid),
            "error": "",
        }
        if np.isnan(valid):
            trial |= {"train": np.nan, "error": REASON}
        trials.append(trial)
    return trials
