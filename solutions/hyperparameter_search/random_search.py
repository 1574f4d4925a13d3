"""RandomSearch: independent trials, of which any may die."""

import numpy as np

from autograder.exercise import Exercise
from helpers import search_probes, searching
from helpers.evidence import landmarks
from helpers.inputs import likeness
from helpers.searching import (
    Training,
    column,
    drawn_seed,
    learning_rates,
    scores,
    searched,
    settings_of,
    share_alike,
)
from solutions.hyperparameter_search.draw import draw

random_search = Exercise("RandomSearch", kind=search_probes.KIND, lecture="34:03")


@random_search.reference
class RandomSearch:
    """Random search: every trial draws its settings independently of all others; the best is kept (lecture 34:03).

    A trial is a dict:

        {"settings": {"lr": 0.0042, "units": 731}, "train": 0.99, "valid": 0.93, "error": ""}

    `train(settings, seed)` is the caller's. It trains a network and returns `{"train": score, "valid": score}`, the
    scores on the training and on the validation set; higher is better. `seed` is an integer, at least 0, and another
    one for each trial, in a later run as well: its number, say.

    Whatever happens in one trial, the next one follows. Where `train` raises, `train` and `valid` are NaN, and `error`
    holds the exception's text, or its name where it has none; where `train` returns NaN, both scores are kept as they
    are, and `error` is "". Neither is ever the best. What nobody can catch is a training that hangs: the search waits
    for it, until somebody presses Ctrl-C (or a time limit ends the process), and that must get through. So limit the
    epochs of what you train.

    Args:
        space: what `draw` takes; it stays as it is.
        seed: an integer of 0 or more. The same seed gives the same trials again, another seed none of them.
    """

    def __init__(self, space, seed=0):
        self.space = space
        self.seed = seed
        self.trials = []

    def propose(self):
        """The settings of the next trial; those of trial n depend on the seed and on n, and on nothing else.

        So whoever asks twice gets the same twice, and a new search that is handed yesterday's trials goes on with them.
        `np.random.default_rng([3, 7])` is a generator that two numbers decide, 3 and 7.
        """
        ### BEGIN SOLUTION
        rng = np.random.default_rng([self.seed, len(self.trials)])
        return draw(self.space, rng)
        ### END SOLUTION

    def run(self, train, trials):
        """Make so many more trials; each is appended to `self.trials` as soon as it is over, so that Ctrl-C loses none.

        Hand `train` a copy of the settings: what it changes there should not change what is kept.

        Args:
            train: the caller's function, called once a trial as `train(settings, seed)`.
            trials: how many more.
        Returns:
            The best of all trials so far, by validation score; None where none has a score.
        """
        ### BEGIN SOLUTION
        for _ in range(trials):
            settings = self.propose()
            trial = {"settings": settings, "train": np.nan, "valid": np.nan, "error": ""}
            try:
                scores = train(dict(settings), len(self.trials))
                trial["train"] = scores["train"]
                trial["valid"] = scores["valid"]
            except Exception as error:
                trial["error"] = str(error) or type(error).__name__
            self.trials.append(trial)
        finished = [trial for trial in self.trials if not np.isnan(trial["valid"])]
        return max(finished, key=lambda trial: trial["valid"], default=None)
        ### END SOLUTION


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
    search, best = searched(RandomSearch, seed, Training(), FEW)
    return {"seed": seed, "valid of the best": best["valid"], **scores(search.trials)}


@random_search.check("the best of all trials, also of those before")
def best_of_all(RandomSearch, rng):
    seed = drawn_seed(rng)
    search, _ = searched(RandomSearch, seed, Training(), FEW)
    # Who looks at this run alone, who takes the training score, who minimizes: each finds another one.
    worse = iter([(0.8, -1.0), (1.0, -2.0), (0.9, -3.0)])

    def train(settings, seed):
        return dict(zip(("train", "valid"), next(worse), strict=True))

    best = search.run(train, 3)
    return {"seed": seed, "valid of the best": best["valid"], **scores(search.trials)}


@the_best.summary()
@best_of_all.summary()
def best_summary(theirs, ours):
    chosen, valid = theirs["valid of the best"], theirs["valid of each trial"]
    return {
        "seed": theirs["seed"],
        "trials with a higher validation score": np.sum(valid > chosen),
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


@random_search.check("each training has a seed of its own, also in a second run")
def seeds(RandomSearch, rng):
    training, seed = Training(), drawn_seed(rng)
    search, _ = searched(RandomSearch, seed, training, 4)
    search.run(training, FEW - 4)
    return {"seed": seed, "seed of each training": training.seeds, **landmarks(trials=FEW)}


@seeds.summary()
def seeds_summary(theirs, ours):
    given = theirs["seed of each training"]
    return {
        "seed": theirs["seed"],
        "different seeds": len(np.unique(given)),
        "seeds that are 0 or more": np.sum(given >= 0),
    }


@random_search.check("where no trial has a score, there is no best")
def no_best(RandomSearch, rng):
    seed = drawn_seed(rng)
    search, best = searched(RandomSearch, seed, Training(raises={0, 2}, nan={1}), 3)
    return {
        "seed": seed,
        "best is None": float(best is None),
        "valid of each trial": column(search.trials, "valid", 3),
        "trials whose `error` holds the reason": searching.marks_of(search.trials, 3),
    }


@random_search.example(points=search_probes.HALF)
def example(RandomSearch, rng):
    return {}, lambda space, seed: RandomSearch(space, seed)


TRY = """            try:
                scores = train(dict(settings), len(self.trials))
                trial["train"] = scores["train"]
                trial["valid"] = scores["valid"]
            except Exception as error:
                trial["error"] = str(error) or type(error).__name__
"""
BARE = """            scores = train(dict(settings), len(self.trials))
            trial["train"] = scores["train"]
            trial["valid"] = scores["valid"]
"""
RNG = "rng = np.random.default_rng([self.seed, len(self.trials)])"
LOOP = "        for _ in range(trials):\n            settings = self.propose()\n"
MAX = 'max(finished, key=lambda trial: trial["valid"], default=None)'
FINISHED = 'finished = [trial for trial in self.trials if not np.isnan(trial["valid"])]'
random_search.misconception(
    "a dead run stops everything",
    (TRY, BARE),
    advice="Out of memory in the third trial, and the other 47 never come. Put the training into try … except Exception.",
)
random_search.misconception(
    "NaN counts as best",
    (FINISHED, "finished = list(self.trials)"),
    advice="Every comparison with NaN is False, so a NaN that comes first stays the largest. Leave trials without a score out first.",
)
random_search.misconception(
    "the best is picked by its training score",
    (MAX, MAX.replace('"valid"', '"train"')),
    lecture="33:02",
    advice="The largest network learns the training set by heart. Hyperparameters are chosen on data that trained nothing: by `valid`.",
)
random_search.misconception(
    "the score is minimized",
    (MAX, MAX.replace("max(", "min(")),
    advice="A score is better the higher it is; a loss would be the other way round. Take the maximum.",
)
random_search.misconception(
    "all trainings have the same seed",
    ("train(dict(settings), len(self.trials))", "train(dict(settings), self.seed)"),
    advice="Then chance favours the same settings in all trials. The number of the trial is a seed of its own.",
)
random_search.misconception(
    "the settings that are kept are handed out",
    ("train(dict(settings),", "train(settings,"),
    advice="`train` may pop what it has used, and then nobody knows what was tried. Hand it dict(settings).",
)
random_search.misconception(
    "every trial draws the same settings",
    (RNG, "rng = np.random.default_rng(self.seed)"),
    advice="A generator made of the seed alone begins anew each time. Make it of the seed and the number of the trial.",
)
random_search.misconception(
    "the seed of the search is not used",
    (RNG, "rng = np.random.default_rng(len(self.trials))"),
    advice="Then two searches with two seeds try the same. Make the generator of both: [self.seed, len(self.trials)].",
)
# by `source`, so that double faults do not grow with it
random_search.misconception(
    "one α for all trials",
    source=random_search.edited(
        (RNG, f"{RNG}\n        first = np.random.default_rng(self.seed)"),
        (
            "return draw(self.space, rng)",
            'settings = draw(self.space, rng)\n        settings["lr"] = draw(self.space, first)["lr"]\n        return settings',
        ),
    ),
    advice="Each trial tries another value of *every* hyperparameter: that is what random search has over a grid.",
)
random_search.misconception(
    "the two scores are exchanged",
    source=random_search.edited(
        ('trial["train"] = scores["train"]', 'trial["train"] = scores["valid"]'),
        ('trial["valid"] = scores["valid"]', 'trial["valid"] = scores["train"]'),
    ),
    advice="`train` holds the training score, `valid` the validation score, as in what the training returns.",
)
random_search.misconception(
    "a dead trial leaves no trace",
    source=random_search.edited(
        (
            '                trial["error"] = str(error) or type(error).__name__\n',
            "                continue\n",
        ),
    ),
    advice="What died has to be seen: which settings, and why. Keep the trial, with `valid` NaN and the reason in `error`. "
    "And without it the next trial has the same number, the same settings, and the same fate.",
)
random_search.misconception(
    "a dead trial scores 0",
    source=random_search.edited(
        (
            'trial["error"] = str(error) or type(error).__name__\n',
            'trial["error"] = str(error) or type(error).__name__\n                trial["train"] = trial["valid"] = 0.0\n',
        )
    ),
    advice="0 is a score like others, and where scores are negative it is the best. NaN says that there is none.",
)
random_search.misconception(
    "nothing tells why a trial died",
    source=random_search.edited(('trial["error"] = str(error) or type(error).__name__', "pass")),
    advice="Keep the exception's text in `error`: `except Exception as error:` gives it a name.",
)
random_search.misconception(
    "Ctrl-C is caught as well",
    source=random_search.edited(("except Exception as error:", "except BaseException as error:")),
    advice="KeyboardInterrupt is what stops a training that hangs. `except Exception` lets it through, a bare `except:` does not.",
)
random_search.misconception(
    "a second run begins again",
    source=random_search.edited((LOOP, "        self.trials = []\n" + LOOP)),
    advice="`run(train, 30)` and then `run(train, 20)` make 50 trials. Begin with an empty list in `__init__` alone.",
)
random_search.misconception(
    "`trials` is taken for how many there are in the end",
    source=random_search.edited(("in range(trials):", "in range(len(self.trials), trials):")),
    advice="`run` makes so many *more* trials, however many there are already.",
)
random_search.misconception(
    "the seeds of the trainings begin again with each run",
    source=random_search.edited(
        (LOOP, LOOP.replace("for _ in", "for number in")),
        ("train(dict(settings), len(self.trials))", "train(dict(settings), number)"),
    ),
    advice="After run(train, 20) the next training is number 20, not 0. How many trials there are already is len(self.trials).",
)
random_search.misconception(
    "seed and number are added: the next seed gives the same trials, one place earlier",
    source=random_search.edited((RNG, "rng = np.random.default_rng(self.seed + len(self.trials))")),
    advice="Trial 1 of seed 0 is trial 0 of seed 1, and ten searches are nearly one. Give both numbers: [self.seed, len(self.trials)].",
)
random_search.misconception(
    "a score of NaN is treated as an error, and the training score is lost",
    source=random_search.edited(
        (
            '                trial["train"] =',
            '                if np.isnan(scores["valid"]):\n                    raise ValueError\n                trial["train"] =',
        )
    ),
    advice="Nothing was raised: `error` stays empty, and both scores are kept as they are. NaN is left out where the best is chosen.",
)
random_search.misconception(
    "one generator that moves on, made with the search",
    source=random_search.edited(
        (
            "        self.trials = []\n",
            "        self.trials = []\n        self.rng = np.random.default_rng(seed)\n",
        ),
        (RNG, "rng = self.rng"),
    ),
    advice="Whoever asks twice, or hands kept trials to a new search, gets others. Make a generator of the seed and the trial's number.",
)
random_search.misconception(
    "trials are made until so many are alive",
    source=random_search.edited(
        (LOOP, LOOP.replace("range(trials)", "range(1000)")),
        (
            "            self.trials.append(trial)\n",
            "            self.trials.append(trial)\n            trials -= not trial['error']\n"
            "            if trials < 1:\n                break\n",
        ),
    ),
    advice="A dead trial is a trial: `run(train, 30)` calls `train` 30 times. If all of them die, such a loop never ends.",
)
random_search.misconception(
    "the trials are kept when the run is over",
    source=random_search.edited(
        (
            "        rng = np.random.default_rng([self.seed, len(self.trials)])",
            "        rng = np.random.default_rng([self.seed, len(self.trials) + len(getattr(self, 'new', []))])",
        ),
        (LOOP, "        self.new = []\n" + LOOP),
        ("len(self.trials))\n", "len(self.trials) + len(self.new))\n"),
        (
            "self.trials.append(trial)\n",
            "self.new.append(trial)\n        self.trials += self.new\n        self.new = []\n",
        ),
    ),
    advice="Ctrl-C in trial 49, and 48 are lost. Append each trial to self.trials as soon as it is over.",
)
random_search.misconception(
    "the best of this run only",
    source=random_search.edited(
        (FINISHED, FINISHED.replace("self.trials", "self.trials[-trials:]")),
    ),
    advice="What the search found before counts as well: look through all of self.trials.",
)
random_search.misconception(
    "one generator for the whole search, made by `run`",
    source=random_search.edited(
        (RNG, "rng = self.rng"),
        (LOOP, "        self.rng = np.random.default_rng(self.seed)\n" + LOOP),
    ),
    advice="A second `run` then repeats the first. Make a generator for each trial, of the seed and the trial's number.",
)
random_search.misconception(
    "it raises where no trial has a score",
    source=random_search.edited((", default=None)", ")")),
    advice="`max` of nothing raises ValueError. Where all trials are dead, there is no best: return None.",
)


@random_search.alternative
class SearchByLoop:
    def __init__(self, space, seed=0):
        self.space, self.seed, self.trials = space, seed, []

    def propose(self):
        number = len(self.trials)
        return draw(self.space, np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(number,))))

    def run(self, train, trials):
        for number in range(len(self.trials), len(self.trials) + trials):
            settings = self.propose()
            scores, error = {"train": float("nan"), "valid": float("nan")}, ""
            try:
                scores = train(settings.copy(), 1000 + number)
            except Exception as problem:
                error = f"{type(problem).__name__}: {problem}"
            self.trials.append({"settings": settings, "error": error, **scores})
        best = None
        for trial in self.trials:
            if np.isfinite(trial["valid"]) and (best is None or trial["valid"] > best["valid"]):
                best = trial
        return best


@random_search.alternative
class SearchByArrays:
    def __init__(self, space, seed=0):
        self.space = dict(space)
        self.seed = seed
        self.trials = []

    def propose(self):
        return draw(self.space, np.random.default_rng((len(self.trials), self.seed)))

    def one(self, settings, train):
        try:
            seed = int(np.random.default_rng([self.seed, len(self.trials), 1]).integers(2**31))
            return {"error": "", **train(dict(settings), seed)}
        except Exception as error:
            return {"train": np.nan, "valid": np.nan, "error": repr(error)}

    def run(self, train, trials):
        for _ in range(trials):
            settings = self.propose()
            self.trials.append({"settings": settings, **self.one(settings, train)})
        valid = np.array([trial["valid"] for trial in self.trials], "float64")
        if np.isnan(valid).all():
            return None
        return self.trials[int(np.nanargmax(valid))]
