"""Probes of searches: what every search through hyperparameters should do, whichever settings it tries.

An exercise's example shows how a search over a space is made:

    @random_search.example()
    def example(RandomSearch, rng):
        return {}, lambda space, seed: RandomSearch(space, seed)

The trainings are made up (helpers.searching) and cost microseconds. A search is held against itself: with the same seed
and with another, in one piece and in two. So one that proposes other settings passes, if it does so reliably.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from helpers import searching
from helpers.probes import BATTERIES, Call, Example, Probe, Sabotage
from helpers.searching import (
    Training,
    column,
    learning_rates,
    marks_of,
    run_quietly,
    run_until_interrupted,
    score_of,
    share_alike,
)
from helpers.single_check import Arrays

KIND = "search"
# Trials of a search, and of its first part where it runs in two.
TRIALS, FIRST_PART = 7, 3
RunOf = Callable[[Any, Callable[..., Any]], Callable[..., Any]]


def _maker(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> tuple[Call, int]:
    """What makes a search of a space and a seed, and a seed."""
    _, make = example(*objects, rng)
    return sabotage(make), int(rng.integers(1 << 30))


def _with_another_run(run_of: RunOf) -> Sabotage:
    """A sabotage that puts another `run` in the place of a search's own.

    Args:
        run_of: `run_of(search, run)` gives the other.
    """

    def sabotage(make: Call) -> Call:
        def made(space: dict[str, Any], seed: int) -> Any:
            search: Any = make(space, seed)
            search.run = run_of(search, search.run)
            return search

        return made

    return sabotage


# ---- the space stays as it was


def _space(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    make, seed = _maker(example, objects, rng, sabotage)
    space = searching.space()
    before = dict(space)
    search: Any = make(space, seed)
    search.run(Training(), TRIALS)
    return {
        "seed": seed,
        "hyperparameters afterwards": len(space),
        "those that are as they were": sum(space.get(name) is value for name, value in before.items()),
    }


def _emptied(make: Call) -> Call:
    def made(space: dict[str, Any], seed: int) -> Any:
        search = make(dict(space), seed)
        space.popitem()
        return search

    return made


SPACE = Probe(
    "space",
    "the space stays as it was",
    "the space is changed",
    "The space describes what may be drawn, and is needed for the next trial and by whoever made it. Draw into a new dict; "
    "`space[name] = …` and `space.pop(name)` change the caller's.",
    _space,
    None,
    _emptied,
)


# ---- the same seed gives the same again


def _again(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    make, seed = _maker(example, objects, rng, sabotage)
    first, second = _rates_of(make, seed), _rates_of(make, seed, asked=True)
    return {"seed": seed, "lr of each trial": first, "lr of each trial, again": second}


def _rates_of(make: Call, seed: int, asked: bool = False) -> np.ndarray:
    search: Any = make(searching.space(), seed)
    # who asks what comes next changes nothing
    if asked:
        search.propose()
    search.run(Training(), TRIALS)
    return learning_rates(search, TRIALS)


def _again_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    share = share_alike(theirs["lr of each trial"], theirs["lr of each trial, again"])
    return {"seed": theirs["seed"], "share of trials that the same seed gives again": share}


def _always_another(make: Call) -> Call:
    numbers = itertools.count()
    return lambda space, seed: make(space, seed + next(numbers))


AGAIN = Probe(
    "again",
    "the same seed gives the same search again",
    "the same seed gives other trials",
    "A search that cannot be repeated proves nothing. Draw from `np.random.default_rng(…)` with a seed that is made of the search's "
    "own: `np.random.…`, a generator without a seed and one that moves on at each `propose` give other numbers.",
    _again,
    _again_summary,
    _always_another,
)


# ---- another seed gives another search


def _seeds(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    make, seed = _maker(example, objects, rng, sabotage)
    first, second = _rates_of(make, seed), _rates_of(make, seed + 1)
    return {"seed": seed, "lr of each trial": first, "lr of each trial with the next seed": second}


def _seeds_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    first, second = theirs["lr of each trial"], theirs["lr of each trial with the next seed"]
    known = np.isfinite(first)
    # at any place: seed + number gives the same trials, one place earlier
    alike = float(np.mean(np.isin(first[known], second))) if known.any() else 0.0
    return {"seed": theirs["seed"], "share of trials that another seed gives as well": alike}


def _one_seed(make: Call) -> Call:
    return lambda space, seed: make(space, 0)


SEEDS = Probe(
    "seeds",
    "another seed gives another search",
    "another seed gives some trials or all of them again",
    "Two searches with two seeds should try different settings: make each generator of the list of seed and number.",
    _seeds,
    _seeds_summary,
    _one_seed,
)


# ---- a training that raises


def _raises(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    make, seed = _maker(example, objects, rng, sabotage)
    training = Training(raises={1, 4})
    search: Any = make(searching.space(), seed)
    run_quietly(search.run, training, TRIALS)
    return {
        "seed": seed,
        "trainings, of which two break down": len(training.calls),
        "trials that are kept": len(search.trials),
        "trials whose `error` holds the reason": marks_of(search.trials, TRIALS),
        "trials whose validation score is a number": np.isfinite(column(search.trials, "valid", TRIALS)),
    }


def _stop_early(search: Any, run: Callable[..., Any]) -> Callable[..., Any]:
    return lambda train, trials: run(train, 2)


RAISES = Probe(
    "raises",
    "a training that raises stops nothing and leaves a mark",
    "a training that raises stops the search, or vanishes from it",
    "Out of memory, a crash: it happens in one trial of fifty, and the other 49 are worth keeping. `try:` the training, and keep the "
    "trial with `valid` NaN and what was raised in `error`.",
    _raises,
    None,
    _with_another_run(_stop_early),
)


# ---- a training that gives NaN


def _nan(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    make, seed = _maker(example, objects, rng, sabotage)
    # The first one: every comparison with it is False. And scores below 0: NaN is not 0 either.
    training = Training(nan={0, 3}, shift=-2)
    search: Any = make(searching.space(), seed)
    best = search.run(training, TRIALS)
    return {
        "seed": seed,
        "trainings, of which two give NaN": len(training.calls),
        "trials whose validation score is a number": np.isfinite(column(search.trials, "valid", TRIALS)),
        "the best one's score is NaN": best is not None and np.isnan(score_of(best)),
    }


def _praise_the_first(search: Any, run: Callable[..., Any]) -> Callable[..., Any]:
    def praising(train: Any, trials: int) -> Any:
        run(train, trials)
        return search.trials[0]

    return praising


NAN = Probe(
    "nan",
    "a training that gives NaN stops nothing and is never the best",
    "NaN is taken for a score",
    "A training that diverges scores NaN, and every comparison with NaN is False: `max`, `np.argmax` and `sorted` then give anything. "
    "Keep the trial, and leave it out where scores are compared.",
    _nan,
    None,
    _with_another_run(_praise_the_first),
)


# ---- in two parts


def _resumed(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    make, seed = _maker(example, objects, rng, sabotage)
    search: Any = make(searching.space(), seed)
    search.run(Training(), FIRST_PART)
    search.run(Training(), TRIALS - FIRST_PART)
    in_two = learning_rates(search, TRIALS)
    # the trials of yesterday, in a search of today
    other: Any = make(searching.space(), seed)
    other.trials = search.trials[:FIRST_PART]
    other.run(Training(), TRIALS - FIRST_PART)
    return {
        "seed": seed,
        "lr of each trial": _rates_of(make, seed),
        "lr of each trial, in two parts": in_two,
        "lr of each trial, the rest by another search": learning_rates(other, TRIALS),
    }


def _resumed_summary(theirs: Arrays, ours: Arrays) -> Arrays:
    whole = theirs["lr of each trial"]
    return {
        "seed": theirs["seed"],
        "share of trials that are the same in two parts": share_alike(
            whole, theirs["lr of each trial, in two parts"]
        ),
        "share that are the same where another search goes on": share_alike(
            whole, theirs["lr of each trial, the rest by another search"]
        ),
    }


def _forget(search: Any, run: Callable[..., Any]) -> Callable[..., Any]:
    def forgetful(train: Any, trials: int) -> Any:
        search.trials.clear()
        return run(train, trials)

    return forgetful


RESUMED = Probe(
    "resumed",
    "run again, it goes on where it was",
    "a second `run` does not go on where the first ended",
    "Fifty trials may take a night, and twenty more another one. `run` adds to `self.trials`; the seed of a trial comes from its number, "
    "which is how many there are already.",
    _resumed,
    _resumed_summary,
    _with_another_run(_forget),
)


# ---- one training a trial


def _once(example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage) -> Arrays:
    make, seed = _maker(example, objects, rng, sabotage)
    training = Training()
    search: Any = make(searching.space(), seed)
    search.run(training, TRIALS)
    return {"seed": seed, "trials": TRIALS, "trainings": len(training.calls)}


def _train_twice(search: Any, run: Callable[..., Any]) -> Callable[..., Any]:
    def doubled(train: Any, trials: int) -> Any:
        def twice(settings: Any, seed: int) -> Any:
            train(settings, seed)
            return train(settings, seed)

        return run(twice, trials)

    return doubled


ONCE = Probe(
    "once",
    "one training a trial",
    "a trial trains more than once, or not at all",
    "A training may take an hour. Call `train` once a trial, keep what it returns under a name, and take both scores from there.",
    _once,
    None,
    _with_another_run(_train_twice),
)


# ---- whoever searches may stop it


def _interrupted(
    example: Example, objects: Sequence[Any], rng: np.random.Generator, sabotage: Sabotage
) -> Arrays:
    make, seed = _maker(example, objects, rng, sabotage)
    search: Any = make(searching.space(), seed)
    training = Training(interrupted={FIRST_PART - 1})
    came_through = run_until_interrupted(search.run, training, TRIALS)
    return {
        "seed": seed,
        "trainings, the last one interrupted": len(training.calls),
        "it stops": came_through,
        "the trials before are kept": len(search.trials) > 0,
    }


def _go_on(search: Any, run: Callable[..., Any]) -> Callable[..., Any]:
    def going_on(train: Any, trials: int) -> Any:
        def shielded(settings: Any, seed: int) -> Any:
            try:
                return train(settings, seed)
            except KeyboardInterrupt:
                return {"train": 0.0, "valid": 0.0}

        return run(shielded, trials)

    return going_on


INTERRUPTED = Probe(
    "interrupted",
    "Ctrl-C stops it",
    "the search swallows the key that should stop it",
    "A bare `except:` catches KeyboardInterrupt as well, and nobody can stop a training that hangs. `except Exception` lets it through.",
    _interrupted,
    None,
    _with_another_run(_go_on),
)

BATTERIES[KIND] = (SPACE, AGAIN, SEEDS, RAISES, NAN, RESUMED, ONCE, INTERRUPTED)
# Each looks at one property, and what is tried at all counts for more.
HALF = {probe.key: 0.5 for probe in BATTERIES[KIND]}
