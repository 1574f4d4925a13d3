"""report: what a search found, and the one look at the test set."""

import numpy as np

from autograder.exercise import Exercise
from helpers.evidence import landmarks

reports = Exercise("report", kind="report", lecture="33:02")


@reports.reference
def report(trials, test):
    """What a search found: the trial that was chosen, its score on the test set, and how the search went.

    The trial with the highest validation score is chosen. Only then comes the test set, once, to say how good
    that one is: nothing is chosen by it (lecture 33:02). Trials that died, or whose score is NaN, are not chosen.

    Args:
        trials: dicts as `RandomSearch` keeps them, with "settings", "train", "valid" and "error". They stay as they are.
        test: a function; `test(settings)` trains with these settings and gives the score on the test set.
    Returns:
        A dict with
            "chosen": the number of the chosen trial in `trials`, from 0,
            "valid": its validation score,
            "test": its score on the test set,
            "best_so_far": array (number of trials,): the highest validation score of the trials up to and with
                each one; NaN until the first has a score,
            "dead": how many trials have no score, whether they raised or gave NaN.
    Raises:
        ValueError: if no trial has a score; the test set is not touched then.
    """
    ### BEGIN SOLUTION
    valid = np.array([trial["valid"] for trial in trials], "float64")
    dead = np.isnan(valid)
    if dead.all():
        raise ValueError(f"none of {len(trials)} trials has a score")
    chosen = int(np.nanargmax(valid))
    return {
        "chosen": chosen,
        "valid": valid[chosen],
        "test": test(trials[chosen]["settings"]),
        "best_so_far": np.fmax.accumulate(valid),
        "dead": int(dead.sum()),
    }
    ### END SOLUTION


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


VALID = 'valid = np.array([trial["valid"] for trial in trials], "float64")'
CHOSEN = "chosen = int(np.nanargmax(valid))"
TEST = 'test(trials[chosen]["settings"])'
SO_FAR = "np.fmax.accumulate(valid)"
reports.misconception(
    "chosen by the test score: the test set is used for choosing",
    (CHOSEN, 'chosen = int(np.argmax([test(trial["settings"]) for trial in trials]))'),
    advice="What was chosen by a score looks better by it than it is. Choose on validation, and ask the test set once, about that one.",
)
reports.misconception(
    "chosen by the training score",
    (CHOSEN, 'chosen = int(np.nanargmax([trial["train"] for trial in trials]))'),
    advice="The largest network learns the training set by heart. The validation score chooses.",
)
reports.misconception(
    "NaN is the largest",
    (CHOSEN, "chosen = int(np.argmax(valid))"),
    advice="np.argmax gives the place of the first NaN. np.nanargmax leaves NaN out.",
)
reports.misconception(
    "the lowest score is chosen",
    (CHOSEN, "chosen = int(np.nanargmin(valid))"),
    advice="A score is better the higher it is. With a loss it would be the lowest.",
)
reports.misconception(
    "the number of the chosen trial counts the finished ones only",
    (CHOSEN, "chosen = int(np.argmax(valid[~dead]))"),
    advice="Leaving the dead out shifts the numbers behind them. Look up the number in the whole list: np.nanargmax(valid).",
)
reports.misconception(
    "from the first dead trial on, the best so far is NaN",
    (SO_FAR, "np.maximum.accumulate(valid)"),
    advice="np.maximum hands NaN on for ever. np.fmax prefers a number.",
)
reports.misconception(
    "the scores themselves in the place of the best so far",
    (SO_FAR, "valid"),
    advice="The best so far never falls: it is the highest score of all trials up to this one.",
)
reports.misconception(
    "trials that died and tell why are counted, and those with NaN are not",
    ("int(dead.sum())", 'sum(bool(trial["error"]) for trial in trials)'),
    advice="A training that diverged has no error and no score. What counts is the NaN.",
)
reports.misconception(
    "the best so far is at least 0",
    (SO_FAR, f"np.maximum({SO_FAR}, 0)"),
    advice="Scores may lie below 0, as a loss with a minus sign does. Begin with the first score, not with 0.",
)
# What follows is by `source`, so that double faults do not grow with it.
reports.misconception(
    "the number is that among the finished trials",
    source=reports.edited(
        (CHOSEN, "chosen = int(np.argmax(valid[~dead]))\n    alive = np.flatnonzero(~dead)"),
        ('"valid": valid[chosen]', '"valid": valid[alive[chosen]]'),
        (TEST, 'test(trials[alive[chosen]]["settings"])'),
    ),
    advice="The score belongs to the right trial, the number does not: the dead before it were not counted. np.nanargmax(valid).",
)
reports.misconception(
    "the test score chooses, among the trials that have a score",
    source=reports.edited(
        (
            CHOSEN,
            'tests = [np.nan if dead[i] else test(t["settings"]) for i, t in enumerate(trials)]\n    chosen = int(np.nanargmax(tests))',
        ),
        (TEST, "tests[chosen]"),
    ),
    advice="What was chosen by a score looks better by it than it is. Choose on validation, and ask the test set once, about that one.",
)
reports.misconception(
    "the test set has the last word among the best three",
    source=reports.edited(
        (
            CHOSEN,
            "order = np.argsort(-np.nan_to_num(valid))\n    tests = [test(trials[i]['settings']) for i in order[:3]]\n"
            "    chosen = order[np.argmax(tests)]",
        ),
        (TEST, "max(tests)"),
    ),
    advice="A choice among three by their test scores is a choice by the test set. One trial is chosen, on validation; then it is asked.",
)
reports.misconception(
    "the test set is asked about every trial",
    source=reports.edited((TEST, '[test(trial["settings"]) for trial in trials][chosen]')),
    advice="Whoever knows all test scores will use them. Ask about the chosen settings only.",
)
reports.misconception(
    "the test set is asked twice",
    source=reports.edited((TEST, f"max({TEST}, {TEST})")),
    advice="Once. A better second look at the test set is a choice made by it.",
)
reports.misconception(
    "the validation score stands in for the test score",
    source=reports.edited((TEST, f"({TEST}, valid[chosen])[1]")),
    advice="The highest of many validation scores flatters. `test` is what test(settings) returns.",
)
reports.misconception(
    "the last trial is reported",
    source=reports.edited((CHOSEN, "chosen = len(trials) - 1")),
    advice="Trials come in any order. The one with the highest validation score is chosen.",
)
reports.misconception(
    "numbers of trials begin with 1",
    source=reports.edited(('"chosen": chosen', '"chosen": chosen + 1')),
    advice="trials[0] is the first: `trials[chosen]` should be the one.",
)
reports.misconception(
    "the scores in ascending order in the place of the best so far",
    source=reports.edited((SO_FAR, "np.sort(valid)")),
    advice="The order of the trials is what shows how the search went. Go through them and keep the highest.",
)
reports.misconception(
    "the best so far is 0 before the first score",
    source=reports.edited((SO_FAR, "np.maximum.accumulate(np.nan_to_num(valid))")),
    advice="Before the first score there is none, which NaN says. 0 would be a score, and where scores are negative the best.",
)
reports.misconception(
    "the best so far leaves the dead trials out",
    source=reports.edited((SO_FAR, "np.maximum.accumulate(valid[~dead])")),
    advice="A dead trial costs time as well: the array has a value for each trial, the old best where one died.",
)
reports.misconception(
    "the best so far without this trial",
    source=reports.edited((SO_FAR, "np.fmax.accumulate(np.concatenate([[np.nan], valid[:-1]]))")),
    advice="Up to *and with* each trial: the first one with a score is the best so far at once.",
)
reports.misconception(
    "the trials are sorted in place",
    source=reports.edited(
        (
            CHOSEN,
            CHOSEN
            + "\n    best_trial = trials[chosen]\n    trials.sort(key=lambda trial: -np.nan_to_num(trial['valid']))",
        ),
        (TEST, 'test(best_trial["settings"])'),
    ),
    advice="Whoever called still needs the order in which things were tried. `sorted` makes a new list, `sort` changes theirs.",
)
reports.misconception(
    "what is dead is deleted from the trials",
    source=reports.edited(
        (TEST, f"({TEST}, [trials.remove(t) for t in [trials[i] for i in np.flatnonzero(dead)]])[0]")
    ),
    advice="A report reads. Leave the caller's list as it is, and leave dead trials out of what you compare.",
)
reports.misconception(
    "a trial without a score counts as 0",
    source=reports.edited((CHOSEN, "chosen = int(np.argmax(np.nan_to_num(valid)))")),
    advice="Scores may be below 0, a loss with a minus sign say, and then 0 would be the highest. NaN is no score: np.nanargmax.",
)
reports.misconception(
    "where no trial has a score, something is chosen all the same",
    source=reports.edited(
        ("if dead.all():", "if len(trials) == 0:"),
        (CHOSEN, "chosen = int(np.argmax(np.nan_to_num(valid, nan=-np.inf)))"),
    ),
    advice="Then there is nothing to test. Raise ValueError, before the test set is asked.",
)
reports.misconception(
    "the mean of the validation scores",
    source=reports.edited(('"valid": valid[chosen]', '"valid": np.nanmean(valid)')),
    advice="`valid` is the score of the one trial that was chosen.",
)


@reports.alternative
def by_loop(trials, test):
    chosen, dead, best_so_far = None, 0, []
    for number, trial in enumerate(trials):
        score = trial["valid"]
        if score != score:
            dead += 1
        elif chosen is None or score > trials[chosen]["valid"]:
            chosen = number
        best_so_far.append(float("nan") if chosen is None else float(trials[chosen]["valid"]))
    if chosen is None:
        raise ValueError("no trial has a score")
    best = trials[chosen]
    return {
        "chosen": chosen,
        "valid": float(best["valid"]),
        "test": test(best["settings"]),
        "best_so_far": best_so_far,
        "dead": dead,
    }


@reports.alternative
def by_masking(trials, test):
    valid = np.asarray([float(trial["valid"]) for trial in trials])
    lowest = np.where(np.isnan(valid), -np.inf, valid)
    if not np.isfinite(lowest).any():
        raise ValueError(f"no score among {len(trials)} trials")
    highest = np.maximum.accumulate(lowest)
    place = lowest.argmax()
    return {
        "dead": np.count_nonzero(np.isnan(valid)),
        "chosen": place,
        "valid": lowest[place],
        "test": test(dict(trials[place]["settings"])),
        "best_so_far": np.where(np.isinf(highest), np.nan, highest),
    }


reports.equivalent(
    "line 3: without if dead.all():",
    because="nanargmax raises a ValueError of its own where all are NaN",
)
