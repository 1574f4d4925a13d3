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
    score_of,
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
    scores on the training and on the validation set; higher is better, and scores may be below 0. Each trial hands
    `train` a seed of its own, which no other trial has, in a later run neither: an integer of 0 or more, its number
    say. (The search's seed would be the same for all.)

    Whatever happens in one trial, the next one follows. Where `train` raises, `train` and `valid` are NaN. `error` is
    then the exception's text and nothing else, "out of memory" say, or the name of its class where it has no text.
    Where `train` returns NaN, both scores are kept as they are, and `error` is "". Neither is ever the best. What
    nobody can catch is a training that hangs: the search waits for it, until somebody presses Ctrl-C (or a time limit
    ends the process), and that must get through. The trial that it ends is not kept, and the next run makes it again.

    Args:
        space: what `draw` takes; it stays as it is.
        seed: an integer of 0 or more. The same seed gives the same trials again, with the same seeds for `train`;
            another seed draws other settings.
    """

    def __init__(self, space, seed=0):
        self.space = space
        self.seed = seed
        self.trials = []

    def propose(self):
        """The settings of the next trial; those of trial n depend on the seed and on n, and on nothing else.

        So whoever asks twice gets the same twice, and a new search whose `trials` are yesterday's goes on with them.
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


ERROR = 'trial["error"] = str(error) or type(error).__name__'
RNG = "rng = np.random.default_rng([self.seed, len(self.trials)])"
APPEND = "            self.trials.append(trial)\n"
LOOP = "        for _ in range(trials):\n            settings = self.propose()\n"
MAX = 'max(finished, key=lambda trial: trial["valid"], default=None)'
FINISHED = 'finished = [trial for trial in self.trials if not np.isnan(trial["valid"])]'
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
    source=random_search.edited((ERROR, "continue")),
    advice="What died has to be seen: which settings, and why. Keep the trial, with `valid` NaN and the reason in `error`. "
    "And without it the next trial has the same number, the same settings, and the same fate.",
)
random_search.misconception(
    "a dead trial scores 0",
    source=random_search.edited((ERROR, f'{ERROR}\n                trial["train"] = trial["valid"] = 0.0')),
    advice="0 is a score like others, and where scores are negative it is the best. NaN says that there is none.",
)
random_search.misconception(
    "nothing tells why a trial died",
    source=random_search.edited((ERROR, "pass")),
    advice="Keep the exception's text in `error`: `except Exception as error:` gives it a name.",
)
random_search.misconception(
    "an exception without a text leaves no error",
    source=random_search.edited((ERROR, 'trial["error"] = str(error)')),
    advice="MemoryError() has no text, and the trial looks as if nothing had happened. Then the name of its class says why.",
)
random_search.misconception(
    "the exception's name stands before its text",
    source=random_search.edited((ERROR, 'trial["error"] = f"{type(error).__name__}: {error}"')),
    advice="`error` is the text alone, str(error); the name of the class stands in for a text that is not there.",
)
random_search.misconception(
    "Ctrl-C loses the trials of the run",
    source=random_search.edited(
        (LOOP, "        begin = len(self.trials)\n" + LOOP),
        (
            f"{ERROR}\n",
            f"{ERROR}\n            except KeyboardInterrupt:\n                del self.trials[begin:]\n                raise\n",
        ),
    ),
    advice="Ctrl-C in trial 49, and 48 are lost. Append each trial to self.trials as soon as it is over.",
)
random_search.misconception(
    "a trial that Ctrl-C ended is kept",
    source=random_search.edited(
        (APPEND, "            finally:\n                self.trials.append(trial)\n")
    ),
    advice="It has neither a score nor an error, and the next run would pass over it. Append a trial after `try`, and not in `finally`.",
)
random_search.misconception(
    "the seeds of the trainings are left to chance",
    source=random_search.edited(
        (
            "(dict(settings), len(self.trials))",
            "(dict(settings), int(np.random.default_rng().integers(2**31)))",
        )
    ),
    advice="The same search would give other scores each time. The number of the trial is a seed that comes again.",
)
random_search.misconception(
    "the best has to be better than 0",
    source=random_search.edited(
        (FINISHED, FINISHED.replace('not np.isnan(trial["valid"])', 'trial["valid"] > 0'))
    ),
    advice="Scores may be below 0, a loss with a minus sign say. Begin with -inf, or with the first trial that has a score.",
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
    "where the validation score is NaN, the training score is lost",
    source=random_search.edited(
        ('trial["train"] = scores["train"]', 'trial["train"] = scores["train"] + 0 * scores["valid"]')
    ),
    advice="A training score that is there is kept, whatever became of the other one. It tells how the training went.",
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
    "more trials are made than were asked for, since some died",
    source=random_search.edited(
        (APPEND, f'{APPEND}            if trial["error"]:\n                self.run(train, 1)\n')
    ),
    advice="A dead trial is a trial: `run(train, 30)` calls `train` 30 times. Whoever waits for living ones may wait for ever.",
)
random_search.misconception(
    "the search counts its trials by itself",
    source=random_search.edited(
        ("        self.trials = []\n", "        self.trials = []\n        self.made = 0\n"),
        (RNG, RNG.replace("len(self.trials)", "self.made")),
        (APPEND, f"{APPEND}            self.made += 1\n"),
    ),
    advice="A new search that is handed yesterday's trials would begin at 0 again. A trial's number is len(self.trials).",
)
random_search.misconception(
    "all settings are proposed before the first training",
    source=random_search.edited((LOOP, "        for settings in [self.propose() for _ in range(trials)]:\n")),
    advice="`propose` counts the trials that there are, so before the first training it always gives the same. Propose, train, append.",
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
                error = str(problem) or type(problem).__name__
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
            return {"train": np.nan, "valid": np.nan, "error": str(error) or type(error).__name__}

    def run(self, train, trials):
        for _ in range(trials):
            settings = self.propose()
            self.trials.append({"settings": settings, **self.one(settings, train)})
        valid = np.array([trial["valid"] for trial in self.trials], "float64")
        if np.isnan(valid).all():
            return None
        return self.trials[int(np.nanargmax(valid))]
