"""What `check(RandomSearch)` looks at (lecture 34:03).

Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with
what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is
graded, the course's own copy runs, on inputs drawn anew as well.
"""

import numpy as np

from helpers import search_probes, searching
from helpers.checks import Checks
from helpers.evidence import landmarks
from helpers.inputs import likeness
from helpers.searching import Training, column, drawn_seed, learning_rates, score_of, scores, searched, settings_of, share_alike

random_search = Checks("RandomSearch", kind=search_probes.KIND, lecture="34:03")

# trials of a check that looks at how they are distributed, and of the others
MANY, FEW = 200, 11


@random_search.check("every hyperparameter is drawn anew for each trial", points=2)
def anew(RandomSearch, rng):
    seed = drawn_seed(rng)
    search, _ = searched(RandomSearch, seed, Training(), MANY)
    drawn = settings_of(search.trials)
    return {"seed": seed, "lr": [one["lr"] for one in drawn], "units": [one["units"] for one in drawn]}


@anew.summary(
    **{
        "different learning rates": 2,
        "different numbers of units": 40,
        "likeness of lr and units": 0.5,
        "likeness of a trial and the next": 0.5,
        "quantiles of log10 lr": 0.7,
    }
)
def anew_summary(theirs, ours):
    log_lr, units = np.log10(theirs["lr"]), theirs["units"]
    return {
        "seed": theirs["seed"],
        "different learning rates": len(np.unique(log_lr)),
        "different numbers of units": len(np.unique(units)),
        "likeness of lr and units": likeness(log_lr, units),
        "likeness of a trial and the next": likeness(log_lr[1:], log_lr[:-1]),
        "quantiles of log10 lr": np.quantile(log_lr, (0.25, 0.5, 0.75)),
    }


@random_search.check("what a trial keeps is what it trained with, and both scores")
def kept(RandomSearch, rng):
    training, seed = Training(), drawn_seed(rng)
    search, _ = searched(RandomSearch, seed, training, FEW)
    return {
        "seed": seed,
        "lr that was trained": [one["lr"] for one in training.calls],
        "lr of each trial": learning_rates(search, FEW),
        **scores(search.trials),
    }


@kept.summary()
def kept_summary(theirs, ours):
    settings = [theirs["lr that was trained"], theirs["lr of each trial"]]
    return {
        "seed": theirs["seed"],
        "share of trials that keep their settings": share_alike(*settings),
        "trials whose training score is 0.7 to 1": np.sum(
            np.abs(theirs["train of each trial"] - 0.85) < 0.16
        ),
        "trials whose validation score is 0 to 1": np.sum(np.abs(theirs["valid of each trial"] - 0.5) < 0.51),
    }


@random_search.check("the settings that are kept are no longer the training's to change")
def copied(RandomSearch, rng):
    training, seed = Training(empties=True), drawn_seed(rng)
    search, _ = searched(RandomSearch, seed, training, FEW)
    return {
        "seed": seed,
        "hyperparameters of each trial": [len(one) for one in settings_of(search.trials)],
        "trainings": len(training.calls),
    }


@random_search.check("the best has the highest validation score", points=2)
def the_best(RandomSearch, rng):
    seed = drawn_seed(rng)
    # scores below 0
    search, best = searched(RandomSearch, seed, Training(shift=-2), FEW)
    return {"seed": seed, "valid of the best": score_of(best), **scores(search.trials)}


@random_search.check("the best of all trials, also of those before")
def best_of_all(RandomSearch, rng):
    seed = drawn_seed(rng)
    search, _ = searched(RandomSearch, seed, Training(), FEW)
    # Who looks at this run alone, who takes the training score, who minimizes: each finds another one.
    worse = iter([(0.8, -1.0), (1.0, -2.0), (0.9, -3.0)])

    def train(settings, seed):
        return dict(zip(("train", "valid"), next(worse), strict=True))

    best = search.run(train, 3)
    return {"seed": seed, "valid of the best": score_of(best), **scores(search.trials)}


@the_best.summary()
@best_of_all.summary()
def best_summary(theirs, ours):
    chosen, valid = theirs["valid of the best"], theirs["valid of each trial"]
    return {
        "seed": theirs["seed"],
        # all of them where none was chosen
        "trials with a higher validation score": np.sum(~(valid <= chosen)),
        "trials": len(valid),
    }


@random_search.check("a dead trial leaves no hole: the others are what they would have been")
def no_hole(RandomSearch, rng):
    seed = drawn_seed(rng)
    found = {"seed": seed}
    for words, training in (("", Training()), (", some of them dead", Training(raises={0, 3, 4}))):
        search = RandomSearch(searching.space(), seed)
        searching.run_quietly(search.run, training, FEW)
        found[f"lr of each trial{words}"] = learning_rates(search, FEW)
    return found


@no_hole.summary()
def no_hole_summary(theirs, ours):
    share = share_alike(theirs["lr of each trial"], theirs["lr of each trial, some of them dead"])
    return {"seed": theirs["seed"], "share of trials that are the same": share}


@random_search.check("each training has a seed of its own, and the same search the same seeds")
def seeds(RandomSearch, rng):
    seed, again = drawn_seed(rng), Training()
    found = {"seed": seed}
    for words, training in (("", Training()), (", the same search again", again)):
        search, _ = searched(RandomSearch, seed, training, 4)
        search.run(training, FEW - 4)
        found[f"seed of each training{words}"] = training.seeds
    return found | landmarks(trials=FEW)


@seeds.summary()
def seeds_summary(theirs, ours):
    given = theirs["seed of each training"]
    return {
        "seed": theirs["seed"],
        "different seeds": len(np.unique(given)),
        "seeds that are 0 or more": np.sum(given >= 0),
        "share of seeds that come again": share_alike(
            given, theirs["seed of each training, the same search again"]
        ),
    }


@random_search.check("where no trial has a score there is no best, and each trial says what happened")
def no_best(RandomSearch, rng):
    seed = drawn_seed(rng)
    search, best = searched(RandomSearch, seed, Training(raises={0}, silent={1}, nan={2}), 3)
    return {
        "seed": seed,
        "best is None": float(best is None),
        "valid of each trial": column(search.trials, "valid", 3),
        "trials whose training score is a number": np.isfinite(column(search.trials, "train", 3)),
        **searching.errors_of(search.trials[:2]),
        "the trial that gave NaN has an error": bool(search.trials[-1]["error"]),
    }


@random_search.check("a trial that Ctrl-C ends is not kept, and those before it are")
def interrupted(RandomSearch, rng):
    seed = drawn_seed(rng)
    search = RandomSearch(searching.space(), seed)
    training = Training(interrupted={4})
    searching.run_until_interrupted(search.run, training, FEW)
    return {"seed": seed, "trials that are kept": len(search.trials)}


@random_search.example(points=search_probes.HALF)
def example(RandomSearch, rng):
    return {}, lambda space, seed: RandomSearch(space, seed)
