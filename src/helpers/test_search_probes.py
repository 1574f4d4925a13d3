"""Probes of searches: each notices what it is there for, whatever is tried."""

import numpy as np
import pytest

from helpers import search_probes, searching
from helpers.checks import Checks, gather
from helpers.compare import same, summarize
from helpers.evidence import as_evidence
from helpers.search_probes import BATTERIES, KIND


class Searching:
    """The right answer that the others are made of: settings of its own liking, reliably."""

    def __init__(self, space, seed):
        self.space = space
        self.seed = seed
        self.trials = []

    def generator(self):
        return np.random.default_rng([self.seed, len(self.trials)])

    def propose(self):
        rng = self.generator()
        return {name: draw(rng) for name, draw in self.space.items()}

    def score(self, train, settings):
        return train(settings, len(self.trials))

    def run(self, train, trials):
        for _ in range(trials):
            trial = {"settings": self.propose(), "valid": np.nan, "error": ""}
            try:
                trial |= self.score(train, dict(trial["settings"]))
            except Exception as error:
                trial["error"] = str(error)
            self.trials.append(trial)
        return self.best()

    def best(self):
        return max(self.trials, key=lambda trial: np.nan_to_num(trial["valid"], nan=-np.inf))


class AlwaysSmall(Searching):
    """Other settings, and the worst for the best: no probe is about values."""

    def propose(self):
        settings = super().propose()
        return settings | {"lr": settings["lr"] / 1000}

    def best(self):
        return min(self.trials, key=lambda trial: np.nan_to_num(trial["valid"], nan=np.inf))


class Emptying(Searching):
    def propose(self):
        settings = super().propose()
        self.space |= {name: lambda rng, value=value: value for name, value in settings.items()}
        return settings


class Global(Searching):
    def generator(self):
        return np.random.mtrand._rand

    def propose(self):
        return {"lr": float(np.random.uniform()), "units": 10}


class Unseeded(Searching):
    def generator(self):
        return np.random.default_rng(len(self.trials))


class Stopping(Searching):
    def run(self, train, trials):
        for _ in range(trials):
            settings = self.propose()
            self.trials.append({"settings": settings, "error": "", **self.score(train, settings)})
        return self.best()


class Holed(Searching):
    """What raises leaves no trace."""

    def run(self, train, trials):
        for number in range(trials):
            self.trials.append({"settings": {}, "valid": np.nan, "error": ""})
            settings = np.random.default_rng([self.seed, number]).uniform(size=2)
            del self.trials[-1]
            drawn = {"lr": float(settings[0]), "units": 10}
            try:
                self.trials.append({"settings": drawn, "error": "", **train(drawn, number)})
            except Exception:
                continue
        return self.best()


class NaNWins(Searching):
    def best(self):
        return max(self.trials, key=lambda trial: trial["valid"])


class Twice(Searching):
    def score(self, train, settings):
        train(settings, 0)
        return train(settings, 0)


class BareExcept(Searching):
    def score(self, train, settings):
        try:
            return train(settings, 0)
        except BaseException as error:
            raise RuntimeError(str(error)) from None


def exercise():
    made = Checks("Searching", kind=KIND, lecture="0:00")

    @made.example(points=search_probes.HALF)
    def example(answer, rng):
        return {}, lambda space, seed: answer(space, seed)

    return made


def failed(answer):
    """The keys of the probes that an answer fails."""
    of = exercise()
    keys = set()
    for check in of.checks:
        ours = gather(of, check, (Searching,), 1, 2)
        theirs = gather(of, check, (answer,), 1, 3)
        if not same(check, summarize(check, theirs, ours), summarize(check, ours, ours)):
            keys.add(check.probe)
    return keys


@pytest.mark.parametrize("answer", [Searching, AlwaysSmall], ids=["right", "other values"])
def test_what_is_tried_and_chosen_is_not_looked_at(answer):
    assert failed(answer) == set()


@pytest.mark.parametrize(
    ("answer", "keys"),
    [
        (Emptying, {"space", "resumed"}),
        (Global, {"again", "resumed"}),
        (Unseeded, {"seeds"}),
        (Stopping, {"raises"}),
        (Holed, {"raises", "resumed"}),
        (NaNWins, {"nan"}),
        (Twice, {"once", "raises", "nan"}),
        (BareExcept, {"interrupted"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_each_fault_fails_its_own_probe(answer, keys):
    assert failed(answer) == keys


@pytest.mark.parametrize("probe", BATTERIES[KIND], ids=lambda probe: probe.key)
def test_each_probe_notices_its_sabotage(probe):
    of = exercise()
    (check,) = [check for check in of.checks if check.probe == probe.key]
    ours = as_evidence(check.run(Searching, np.random.default_rng(1)))
    spoiled = as_evidence(check.run(Searching, np.random.default_rng(1), sabotage=probe.sabotage))
    assert not same(check, summarize(check, spoiled, ours), summarize(check, ours, ours))


def test_a_failed_probe_says_what_it_means():
    for check in exercise().checks:
        assert check.mistake
        assert check.advice.endswith(".")


def test_a_made_up_training_is_best_where_it_says():
    best = {"lr": searching.BEST_LR, "units": searching.BEST_UNITS}
    assert searching.valid_score(best) == 1
    assert searching.valid_score(best | {"units": 400}) < 1
    assert searching.train_score(best | {"units": 400}) > searching.train_score(best)


def test_a_row_is_filled_with_nan():
    row = searching.column([{"lr": 1}, {"lr": "one"}, {}], "lr", 4)
    np.testing.assert_array_equal(row, [1, np.nan, np.nan, np.nan])
