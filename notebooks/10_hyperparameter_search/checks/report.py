"""What `check(report)` looks at (lecture 33:02).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers.checks import Checks
from helpers.evidence import landmarks

reports = Checks("report", kind="report", lecture="33:02")

# Trials, and those that have no score: NaN without an error is one as well.
TRIALS = 13

DEAD = (0, 1, 6)


class TestSet:
    """A test set that notes who asked: its score of settings, and how often it was asked."""

    def __init__(self, trials, scores):
        self.scores = {trial["settings"]["lr"]: score for trial, score in zip(trials, scores, strict=True)}
        self.asked = []

    def __call__(self, settings):
        self.asked.append(settings["lr"])
        return self.scores[settings["lr"]]


def searched(rng, dead=DEAD, shift=0.0):
    """Trials and their test set: the best on training, on validation and on test data are three different ones.

    With a shift all validation scores are below 0, as a loss with a minus sign is.
    """
    rates = rng.uniform(0.001, 0.1, size=TRIALS)
    train, valid, test = rng.uniform(0.2, 0.7, size=(3, TRIALS))
    alive = [place for place in range(TRIALS) if place not in DEAD]
    # The last one and the first one are none of them.
    best_train, best_valid, best_test, worst = rng.choice(alive[1:-1], 4, replace=False)
    train[best_train], valid[best_valid], test[best_test] = rng.uniform(0.8, 0.95, size=3)
    # The best on test data is the second on validation: who lets the test set choose among a few finds it.
    valid[best_test] = float(rng.uniform(0.72, 0.78))
    valid[worst] = float(rng.uniform(0.05, 0.15))
    valid += shift
    trials = []
    for place, lr in enumerate(rates):
        trial = {"settings": {"lr": float(lr)}, "train": train[place], "valid": valid[place], "error": ""}
        if place in dead:
            # another object than np.nan
            trial["valid"] = float("nan")
        if place in dead[:1]:
            trial |= {"train": np.nan, "error": "out of memory"}
        trials.append(trial)
    return trials, TestSet(trials, [float(score) for score in test])


def marks(trials):
    """The scores of all trials, to be recognized."""
    train = [trial["train"] for trial in trials]
    valid = [trial["valid"] for trial in trials]
    return landmarks(**{"train of each trial": train, "valid of each trial": valid, "trials": len(trials)})


@reports.check("chosen by the validation score", points=2)
def chosen(report, rng):
    trials, test = searched(rng, dead=())
    found = report(trials, test)
    return {"chosen": found["chosen"], "valid": found["valid"], **marks(trials)}


@reports.check("the test set is asked once, about the chosen settings", points=2)
def test_once(report, rng):
    trials, test = searched(rng)
    found = report(trials, test)
    return {"test": found["test"], "lr that the test set was asked about": test.asked, **marks(trials)}


@reports.check("dead trials are counted, and never chosen")
def dead_trials(report, rng):
    trials, test = searched(rng, shift=-1.0)
    found = report(trials, test)
    return {
        "dead": found["dead"],
        "chosen": found["chosen"],
        "valid": found["valid"],
        **marks(trials),
    }


@reports.check("the best so far, trial by trial", points=2)
def so_far(report, rng):
    below, test_below = searched(rng, shift=-1.0)
    trials, test = searched(rng)
    return {
        "best_so_far": report(trials, test)["best_so_far"],
        "best_so_far, scores below 0": report(below, test_below)["best_so_far"],
        **marks(trials),
    }


@reports.check("where no trial has a score it raises, and the test set stays untouched")
def nothing(report, rng):
    trials, test = searched(rng, dead=tuple(range(TRIALS)))
    refused = False
    try:
        report(trials, test)
    except ValueError:
        refused = True
    return {
        "lr of each trial": [trial["settings"]["lr"] for trial in trials],
        "ValueError is raised": refused,
        "times that the test set was asked": len(test.asked),
    }


@reports.check("the trials stay as they were")
def trials_stay(report, rng):
    trials, test = searched(rng)
    rates = [trial["settings"]["lr"] for trial in trials]
    before = [described(trial) for trial in trials]
    report(trials, test)
    after = [described(trial) for trial in trials]
    kept = sum(now == then for now, then in zip(after, before, strict=False))
    return {"lr of each trial": rates, "trials that are where and what they were": kept}


def described(trial):
    """All that is in a trial, as text: NaN equals NaN there."""
    return repr(sorted(trial.items()))


@reports.example(without={"untouched": "a check of its own looks at the trials"})
def example(report, rng):
    trials, test = searched(rng)

    def reported(lr):
        found = report(trials, test)
        return {name: found[name] for name in ("chosen", "valid", "test", "best_so_far", "dead")}

    return {"lr": np.array([trial["settings"]["lr"] for trial in trials])}, reported
