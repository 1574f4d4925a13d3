"""What the checks of hyperparameter searches share: a space, trainings that are made up, and trials as rows of numbers.

A made-up training costs microseconds: its scores are closed forms of the settings. It has the form of a real one,
`train(settings, seed)`, and gives a training and a validation score, both better the higher they are.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

import numpy as np

Settings = dict[str, Any]
Trial = dict[str, Any]
Space = dict[str, Any]
# Where the validation score is highest.
BEST_LR, BEST_UNITS = 10**-2.4, 300
# What a made-up training that breaks down says.
REASON = "out of memory"


class BrokenDown(Exception):
    """What a made-up training raises."""


def space() -> Space:
    """A learning rate between 1e-4 and 1e-1, log-uniform, and between 10 and 1000 units: functions of a generator."""
    return {"lr": _learning_rate, "units": _units}


def _learning_rate(rng: np.random.Generator) -> float:
    return float(10 ** rng.uniform(-4, -1))


def _units(rng: np.random.Generator) -> int:
    return int(rng.integers(10, 1001))


def valid_score(settings: Settings) -> float:
    """The validation score of a made-up training: 1 at the best learning rate and number of units."""
    from_lr = np.log10(settings["lr"] / BEST_LR)
    from_units = (settings["units"] - BEST_UNITS) / 1000
    return float(1 / (1 + from_lr**2 + from_units**2))


def train_score(settings: Settings) -> float:
    """Its training score, which only grows with the number of units."""
    return 0.7 + 0.3 * settings["units"] / 1000


class Training:
    """A training that is made up, and notes how it was called.

    Attributes:
        calls: the settings of each call, copied.
        seeds: what each call got beside them.
    """

    def __init__(
        self,
        raises: Collection[int] = (),
        nan: Collection[int] = (),
        silent: Collection[int] = (),
        interrupted: Collection[int] = (),
        shift: float = 0.0,
        empties: bool = False,
    ):
        """Say which calls go wrong.

        Args:
            raises: numbers of the calls, from 0, that raise `BrokenDown`.
            nan: of those whose validation score is NaN.
            silent: of those that raise `BrokenDown` without a text.
            interrupted: of those during which somebody presses Ctrl-C.
            shift: added to each validation score: with -2 all are below 0.
            empties: whether each call takes everything out of the settings that it was given.
        """
        self.raises = raises
        self.nan = nan
        self.silent = silent
        self.interrupted = interrupted
        self.shift = shift
        self.empties = empties
        self.calls: list[Settings] = []
        self.seeds: list[Any] = []

    def __call__(self, settings: Settings, seed: int) -> dict[str, float]:
        number = len(self.calls)
        drawn = dict(settings)
        self.calls.append(drawn)
        self.seeds.append(seed)
        if self.empties:
            settings.clear()
        if number in self.interrupted:
            raise KeyboardInterrupt
        if number in self.silent:
            raise BrokenDown
        if number in self.raises:
            raise BrokenDown(f"{REASON} at call {number}")
        valid = valid_score(drawn) + self.shift
        if number in self.nan:
            # another object than np.nan
            valid = float("nan")
        return {"train": train_score(drawn), "valid": valid}


def column(dicts: Iterable[dict[str, Any]], name: str, length: int) -> np.ndarray:
    """One number of each dict as a row of a fixed length: NaN where it, or the whole dict, is missing.

    Args:
        dicts: settings, or trials.
        name: of the number.
        length: of the row; what is beyond it is left out.
    """
    row = np.full(length, np.nan)
    for place, one in enumerate(list(dicts)[:length]):
        row[place] = _number(one.get(name))
    return row


def _number(value: Any) -> float:
    """A value as a float; NaN where it is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return np.nan


def settings_of(trials: Iterable[Trial]) -> list[Settings]:
    """The settings of each trial."""
    return [trial["settings"] for trial in trials]


def learning_rates(search: Any, length: int) -> np.ndarray:
    """The learning rate of each of a search's trials, as a row of a fixed length.

    Args:
        search: has `trials`.
        length: of the row.
    """
    return column(settings_of(search.trials), "lr", length)


def share_alike(first: np.ndarray, second: np.ndarray) -> float:
    """The share of places in which two rows hold the same number, or both none.

    Args:
        first, second: of the same length.
    """
    return float(np.mean(np.isclose(first, second, rtol=1e-12, atol=0, equal_nan=True)))


def marks_of(trials: Iterable[Trial], length: int) -> np.ndarray:
    """Which trials tell why they have no score: 1 where the reason stands in `error`, 0 elsewhere.

    Args:
        trials: a search's.
        length: of the row.
    """
    row = np.zeros(length)
    for place, trial in enumerate(list(trials)[:length]):
        row[place] = float(REASON in str(trial.get("error")))
    return row


def errors_of(trials: Iterable[Trial]) -> dict[str, Any]:
    """What each trial says of why it has no score, by words that tell the trial."""
    return {f"error of trial {number}": trial["error"] for number, trial in enumerate(trials)}


def score_of(best: Trial | None) -> float:
    """The validation score of the best trial; NaN where there is none."""
    return np.nan if best is None else _number(best["valid"])


def run_until_interrupted(run: Callable[..., Any], train: Callable[..., Any], trials: int) -> bool:
    """Whether Ctrl-C during a training gets through `run(train, trials)`.

    Args:
        run: a search's method.
        train: raises KeyboardInterrupt at some time.
        trials: how many.
    """
    try:
        run(train, trials)
    except KeyboardInterrupt:
        return True
    return False


def run_quietly(run: Callable[..., Any], train: Training, trials: int) -> Any:
    """What `run(train, trials)` gives; None where the search lets a training stop it.

    Args:
        run: a search's method.
        train: raises `BrokenDown` now and then.
        trials: how many.
    """
    try:
        return run(train, trials)
    except BrokenDown:
        return None


def drawn_seed(rng: np.random.Generator) -> int:
    """The seed of a search.

    Args:
        rng: decides it.
    """
    return int(rng.integers(1 << 30))


def searched(make: Callable[..., Any], seed: int, train: Training, trials: int) -> tuple[Any, Any]:
    """A search over the space that has run so many trials, and the best of them.

    Args:
        make: makes a search of a space and a seed.
        seed: the search's.
        train: the training.
        trials: how many.
    """
    search = make(space(), seed)
    best = search.run(train, trials)
    return search, best


def scores(trials: Iterable[Trial]) -> dict[str, list[float]]:
    """Both scores of each trial, as they were kept."""
    kept = list(trials)
    return {
        "train of each trial": [float(trial["train"]) for trial in kept],
        "valid of each trial": [float(trial["valid"]) for trial in kept],
    }
