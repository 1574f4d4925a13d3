"""What `check(SequentialSearch)` looks at (lecture 36:12).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import search_probes, searching
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.made_up_beliefs import DUELS, FINISHED, beliefs, duel, features, few_settings, history, maker
from helpers.searching import REASON

sequential = Checks("SequentialSearch", kind=search_probes.KIND, lecture="36:12")

# Beliefs as in `DUELS`. For expected improvement the second one wins, and so it does for mean + deviation; with the root of
# the deviation the first one would.
ONE_MORE = ((-0.2, 0.15), (0.02, 0.0004))

# candidates, so many that all of the few settings are among them
CANDIDATES = 250

# searches of a check that looks at chance, candidates of one that looks at these
SEARCHES, ONLY = 4, 5


def proposed(SequentialSearch, rng, trials, process, first=FINISHED):
    """What comes after these trials."""
    seed = int(rng.integers(1 << 30))
    search = SequentialSearch(few_settings(), features, process, seed, first, CANDIDATES)
    search.trials = [dict(trial) for trial in trials]
    return search.propose()


def as_rows(proposals):
    """What was proposed, a row for each hyperparameter."""
    return {
        "log10 of the proposed lr": [np.log10(settings["lr"]) for settings in proposals],
        "proposed units": [settings["units"] for settings in proposals],
    }


@sequential.check("the candidate with the largest expected improvement", points=3)
def largest(SequentialSearch, rng):
    proposals, tops = [], []
    for number, two in enumerate([*DUELS, ONE_MORE]):
        # by turns, so that who stumbles over the dead is told from who never gets it right
        trials = history(rng, dead=2 * (number % 2))
        top = trials[int(np.nanargmax([trial["valid"] for trial in trials]))]
        process, _ = maker(*duel(rng, two, top["valid"]))
        proposals.append(proposed(SequentialSearch, rng, trials, process))
        tops.append(top["settings"]["units"])
    return as_rows(proposals) | landmarks(**{"units of the best so far": tops})


@sequential.check("the process sees features and validation scores, of the trials that have one")
def seen(SequentialSearch, rng):
    trials, (process, made) = history(rng, dead=2), maker(*beliefs(rng))
    # there are more with a score than the process waits for
    proposed(SequentialSearch, rng, trials, process, FINISHED - 2)
    x, y = made[-1].seen[-1]
    order = np.lexsort(x.T)
    marks = {"train of each trial": [trial["train"] for trial in trials], "trials": len(trials)}
    return {
        "x that was fitted": x[order],
        "y that was fitted": np.ravel(y)[order],
        "processes that were made": len(made),
        **landmarks(**marks),
    }


@sequential.check("until enough trials have a score, settings are drawn at random", points=2)
def at_first(SequentialSearch, rng):
    process, made = maker(*beliefs(rng))
    found = {"what is believed": process().mean}
    for finished, dead in ((FINISHED - 1, 3), (2, 0), (0, 0)):
        made.clear()
        trials, rates = history(rng, finished, dead), set()
        for _ in range(SEARCHES):
            search = SequentialSearch(
                searching.space(), features, process, int(rng.integers(1 << 30)), FINISHED
            )
            search.trials = [dict(trial) for trial in trials]
            rates.add(search.propose()["lr"])
        words = f"after {finished} scores and {dead} dead trials"
        found[f"processes that were made {words}"] = len(made)
        found[f"different settings, by {SEARCHES} seeds, {words}"] = len(rates)
    return found


@sequential.check("each time, other candidates")
def other_candidates(SequentialSearch, rng):
    process, made = maker(*beliefs(rng))
    trials, seed = history(rng), int(rng.integers(1 << 30))
    search = SequentialSearch(searching.space(), features, process, seed, FINISHED, ONLY)
    search.trials = [dict(trial) for trial in trials]
    found, asked = {"seed": seed}, 0
    # between the last two a trial died
    for words, valid, error in (("the first", 0.5, ""), ("the next", np.nan, REASON), ("the last", 0.5, "")):
        settings = search.propose()
        search.trials.append({"settings": settings, "train": 0.5, "valid": valid, "error": error})
        rows = np.concatenate([x for one in made for x in one.asked])
        found[f"features of {words} candidates"] = rows[asked:]
        asked = len(rows)
    return found


# Two numbers of units may be the same by chance.
@other_candidates.summary(
    **{"share of features that come again": 0.35, "share that comes again after a dead trial": 0.35}
)
def other_candidates_summary(theirs, ours):
    first, second, last = [
        theirs[f"features of the {which} candidates"] for which in ("first", "next", "last")
    ]
    within = (np.abs(first[:, 0] + 2.5) < 1.6) & (np.abs(first[:, 1] - 1.7) < 1.8)
    return {
        "seed": theirs["seed"],
        "share of features that come again": np.mean(first == second),
        "share that comes again after a dead trial": np.mean(second == last),
        "candidates within the space": np.sum(within),
        "different candidates": len(np.unique(first, axis=0)),
    }


@sequential.example(
    points=search_probes.HALF,
    without={
        "once": "`run` is RandomSearch's",
        "interrupted": "`run` is RandomSearch's",
    },
)
def example(SequentialSearch, rng):
    process, _ = maker(*beliefs(rng))
    return {}, lambda space, seed: SequentialSearch(space, features, process, seed, 2, 20)
