"""SequentialSearch: each trial is chosen by what the trials before it have shown."""

import numpy as np

from autograder.exercise import Exercise
from helpers import search_probes, searching
from helpers.evidence import landmarks
from helpers.made_up_beliefs import DUELS, FINISHED, beliefs, duel, features, few_settings, history, maker
from helpers.searching import REASON
from solutions.hyperparameter_search.draw import draw
from solutions.hyperparameter_search.expected_improvement import expected_improvement
from solutions.hyperparameter_search.random_search import RandomSearch

sequential = Exercise("SequentialSearch", kind=search_probes.KIND, lecture="36:12")


@sequential.reference
class SequentialSearch(RandomSearch):
    """Sequential model-based search: a Gaussian process learns the score as a function of the settings (lecture 36:12).

    Until `first` trials have a score, settings are drawn at random. From then on, for each trial:

    1. A new Gaussian process, `self.process()`, is fitted to the features of all trials that have a score, and to
       their validation scores.
    2. `self.candidates` settings are drawn at random from the space, others each time, also after a dead trial.
    3. The process predicts a mean and a deviation for each: `predict(x, return_std=True)`.
    4. The candidate with the largest expected improvement over the best score so far is the next trial.

    Everything else, `run` and `trials`, is inherited from `RandomSearch`. Trials without a score, whose `valid` is NaN,
    tell the process nothing: it takes numbers only.

    Args:
        space, seed: as for `RandomSearch`.
        features: a function of settings that gives a list of numbers of about the same size, `[log10 α, units / 100]`
            say: what the process sees of them.
        process: a function without arguments that makes a Gaussian process with `fit(x, y)` and
            `predict(x, return_std=True)`, as scikit-learn's `GaussianProcessRegressor`.
        first: how many trials have to have a score before the process takes over, at least 1.
        candidates: how many settings are drawn to choose from.
    """

    def __init__(self, space, features, process, seed=0, first=5, candidates=200):
        super().__init__(space, seed)
        self.features = features
        self.process = process
        self.first = first
        self.candidates = candidates

    def propose(self):
        """The settings of the next trial; they depend on the seed and on `self.trials`, and on nothing else.

        So a generator is made here, as in `RandomSearch.propose`, and none is carried along.
        """
        ### BEGIN SOLUTION
        rng = np.random.default_rng([self.seed, len(self.trials)])
        finished = [trial for trial in self.trials if not np.isnan(trial["valid"])]
        if len(finished) < self.first:
            return draw(self.space, rng)
        x = np.array([self.features(trial["settings"]) for trial in finished])
        y = np.array([trial["valid"] for trial in finished])
        process = self.process()
        process.fit(x, y)
        candidates = [draw(self.space, rng) for _ in range(self.candidates)]
        inputs = np.array([self.features(settings) for settings in candidates])
        mean, deviation = process.predict(inputs, return_std=True)
        gain = expected_improvement(mean, deviation, np.max(y))
        return candidates[int(np.argmax(gain))]
        ### END SOLUTION


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


FINISHED_ONES = 'finished = [trial for trial in self.trials if not np.isnan(trial["valid"])]'
RNG = "rng = np.random.default_rng([self.seed, len(self.trials)])"
Y = 'y = np.array([trial["valid"] for trial in finished])'
ENOUGH = "if len(finished) < self.first:"
GAIN = "gain = expected_improvement(mean, deviation, np.max(y))"
PICK = "candidates[int(np.argmax(gain))]"
sequential.misconception(
    "the highest mean is tried: what is known is explored again",
    (GAIN, "gain = mean"),
    advice="The highest mean is beside the best so far, over and over. Expected improvement also counts how little is known.",
)
sequential.misconception(
    "the least known is tried, however bad it looks",
    (GAIN, "gain = deviation"),
    advice="The largest deviation is far from all trials, in the corners of the space. Expected improvement weighs both.",
)
sequential.misconception(
    "the smallest expected improvement",
    (PICK, "candidates[int(np.argmin(gain))]"),
    advice="The candidate that promises most is the next: argmax.",
)
sequential.misconception(
    "the process learns the training score",
    (Y, 'y = np.array([trial["train"] for trial in finished])'),
    lecture="33:02",
    advice="It would lead to the settings that overfit best. The validation score is what is searched for.",
)
sequential.misconception(
    "improvement over the mean of the scores, not over the best",
    (GAIN, GAIN.replace("np.max(y)", "np.mean(y)")),
    advice="Better than the average is easy. What counts is to be better than the best so far: np.max(y).",
)
sequential.misconception(
    "dead trials count as scores of 0",
    (FINISHED_ONES, "finished = self.trials"),
    (Y, 'y = np.nan_to_num([trial["valid"] for trial in finished])'),
    advice="A machine that ran out of memory says nothing about α. Leave trials without a score out.",
)
sequential.misconception(
    "the same candidates at each step",
    (RNG, "rng = np.random.default_rng(self.seed)"),
    advice="A generator made of the seed alone draws the same each time. Make it of the seed and the number of the trial.",
)
sequential.misconception(
    "dead trials are counted among the first",
    (ENOUGH, "if len(self.trials) < self.first:"),
    advice="What counts is how many trials have a score: the process cannot learn from the others.",
)
# What follows is by `source`, so that double faults do not grow with it.
sequential.misconception(
    "NaN is given to the process",
    source=sequential.edited((FINISHED_ONES, "finished = self.trials")),
    advice="scikit-learn refuses NaN, and the search ends at the first dead trial. Leave out what has no score.",
)
sequential.misconception(
    "improvement over the worst score",
    source=sequential.edited((GAIN, GAIN.replace("np.max(y)", "np.min(y)"))),
    advice="Scores are better the higher they are, so the best so far is np.max(y).",
)
sequential.misconception(
    "improvement over the highest mean of the candidates",
    source=sequential.edited((GAIN, GAIN.replace("np.max(y)", "np.max(mean)"))),
    advice="The best so far is the highest score that was measured, np.max(y), and not one that is hoped for.",
)
sequential.misconception(
    "the variance is handed on in the place of the deviation",
    source=sequential.edited((GAIN, GAIN.replace("deviation", "deviation**2"))),
    advice="return_std=True gives deviations already, and expected_improvement takes these.",
)
sequential.misconception(
    "mean and deviation exchanged",
    source=sequential.edited(("mean, deviation = process", "deviation, mean = process")),
    advice="predict(x, return_std=True) gives the mean first, then the deviation.",
)
sequential.misconception(
    "one trial too many is drawn at random",
    source=sequential.edited((ENOUGH, "if len(finished) <= self.first:")),
    advice="With `first` scores the process takes over: draw at random while there are fewer.",
)
sequential.misconception(
    "never at random",
    source=sequential.edited((ENOUGH, "if not finished:")),
    advice="A process that has seen one score knows nothing. Draw at random until `first` trials have one.",
)
sequential.misconception(
    "the settings of the best so far are proposed again",
    source=sequential.edited((PICK, 'finished[int(np.argmax(y))]["settings"]')),
    advice="That score is known. Propose the candidate with the largest expected improvement.",
)
sequential.misconception(
    "the features are proposed, not the settings",
    source=sequential.edited((PICK, "inputs[int(np.argmax(gain))]")),
    advice="`train` needs settings, a dict. Keep the candidates, and give back the one whose features came out first.",
)
sequential.misconception(
    "the process sees the settings as they are, without features",
    source=sequential.edited(
        ('[self.features(trial["settings"])', '[list(trial["settings"].values())'),
        ("[self.features(settings)", "[list(settings.values())"),
    ),
    advice="900 units and a rate of 0.001: the process would see the units only. `self.features` puts them on one scale.",
)
sequential.misconception(
    "the process has seen the latest trial only",
    source=sequential.edited(("process.fit(x, y)", "process.fit(x[-1:], y[-1:])")),
    advice="`fit` forgets what was fitted before. Fit all that has a score, each time.",
)
sequential.misconception(
    "the process sees so many trials as it waits for",
    source=sequential.edited(("process.fit(x, y)", "process.fit(x[-self.first :], y[-self.first :])")),
    advice="`first` says when the process takes over, not how much it sees: fit all trials that have a score.",
)
sequential.misconception(
    "the best so far is NaN, once a trial is dead",
    source=sequential.edited((GAIN, GAIN.replace("np.max(y)", "np.max([t['valid'] for t in self.trials])"))),
    advice="np.max hands NaN on, then every gain is NaN, and argmax takes the first candidate. Take the best of those that have a score.",
)
sequential.misconception(
    "the mean plus the deviation",
    source=sequential.edited((GAIN, "gain = mean + deviation")),
    advice="That is an upper confidence bound, another rule. Here expected improvement decides.",
)
sequential.misconception(
    "the root of the deviation, as if that were a variance",
    source=sequential.edited((GAIN, GAIN.replace("deviation", "np.sqrt(deviation)"))),
    advice="return_std=True gives deviations already, and expected_improvement takes these.",
)
sequential.misconception(
    "after a dead trial the same candidates come again",
    source=sequential.edited(
        (f"        {RNG}\n", ""),
        (FINISHED_ONES, f"{FINISHED_ONES}\n        {RNG.replace('self.trials', 'finished')}"),
    ),
    advice="The process has learnt nothing from it, so the same one would be tried, and may die again. Count all trials: len(self.trials).",
)
sequential.misconception(
    "the candidates come from one generator that moves on",
    source=sequential.edited(
        (
            "self.candidates = candidates\n",
            "self.candidates = candidates\n        self.rng = np.random.default_rng(seed)\n",
        ),
        ("draw(self.space, rng) for _", "draw(self.space, self.rng) for _"),
    ),
    advice="Whoever asks twice, or hands kept trials to a new search, gets others. Make a generator of the seed and the trial's number.",
)
sequential.misconception(
    "random search under another name",
    source=sequential.edited((PICK, "candidates[0]")),
    advice="The candidates are there to choose from: the one with the largest expected improvement.",
)


@sequential.alternative
class SearchInParts(RandomSearch):
    def __init__(self, space, features, process, seed=0, first=5, candidates=200):
        RandomSearch.__init__(self, space, seed)
        self.features, self.process, self.first, self.candidates = features, process, first, candidates

    def propose(self):
        known = [(self.features(t["settings"]), t["valid"]) for t in self.trials if np.isfinite(t["valid"])]
        rng = np.random.default_rng((len(self.trials), self.seed))
        if len(known) < self.first:
            return draw(self.space, rng)
        x, y = zip(*known)  # noqa: B905
        fitted = self.process().fit(np.array(x), np.array(y))
        best, promise = None, -np.inf
        drawn = [draw(self.space, rng) for _ in range(self.candidates)]
        mean, deviation = fitted.predict([self.features(one) for one in drawn], return_std=True)
        for one, ei in zip(drawn, expected_improvement(mean, deviation, max(y))):  # noqa: B905
            if ei > promise:
                best, promise = one, ei
        return best


@sequential.alternative
class SearchBySorting(RandomSearch):
    def __init__(self, space, features, process, seed=0, first=5, candidates=200):
        super().__init__(space, seed)
        self.features = features
        self.process = process
        self.first = first
        self.candidates = candidates

    def propose(self):
        valid = np.array([trial["valid"] for trial in self.trials], "float64")
        good = np.flatnonzero(~np.isnan(valid))
        if good.size < self.first:
            return super().propose()
        x = np.stack([np.asarray(self.features(self.trials[i]["settings"]), "float64") for i in good])
        process = self.process()
        process.fit(x, valid[good])
        rng = np.random.default_rng([self.seed, len(self.trials), 1])
        drawn = [draw(self.space, rng) for _ in range(self.candidates)]
        mean, deviation = process.predict(np.stack([self.features(one) for one in drawn]), return_std=True)
        order = np.argsort(-expected_improvement(mean, deviation, valid[good].max()), kind="stable")
        return drawn[order[0]]
