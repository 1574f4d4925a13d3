"""SequentialSearch, against all that could be tried, and on a function whose maximum is known."""

import numpy as np
from scipy import stats
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from solutions.hyperparameter_search.random_search import RandomSearch
from solutions.hyperparameter_search.sequential_search import SequentialSearch

VALUES = np.linspace(0, 1, 21)


def process():
    return GaussianProcessRegressor(RBF(0.3), alpha=1e-6, optimizer=None)


def search(seed=0, first=3):
    space = {"v": lambda rng: float(VALUES[rng.integers(len(VALUES))])}
    return SequentialSearch(space, lambda settings: [settings["v"]], process, seed, first, candidates=500)


def train(settings, seed):
    return {"train": 1.0, "valid": float(np.exp(-((settings["v"] - 0.35) ** 2) / 0.02))}


def test_it_proposes_the_best_of_all_that_could_be_tried():
    searching = search()
    searching.run(train, 4)
    x = np.array([[trial["settings"]["v"]] for trial in searching.trials])
    y = np.array([trial["valid"] for trial in searching.trials])
    mean, deviation = process().fit(x, y).predict(VALUES[:, None], return_std=True)
    draws = np.random.default_rng(0).normal(size=(200_000, 1)) * deviation + mean
    # what is gained on average, by drawing from what is believed
    gain = np.maximum(draws - y.max(), 0).mean(axis=0)
    proposed = np.flatnonzero(searching.propose()["v"] == VALUES)[0]
    assert gain[proposed] > 0.98 * gain.max()


def test_it_begins_at_random():
    searching = search(first=3)
    searching.run(train, 3)
    at_random = RandomSearch(searching.space, seed=0)
    at_random.run(train, 3)
    assert [t["settings"] for t in searching.trials] == [t["settings"] for t in at_random.trials]


def test_it_finds_the_maximum_sooner_than_chance():
    found = [search(seed).run(train, 9)["valid"] == train({"v": 0.35}, 0)["valid"] for seed in range(20)]
    by_chance = 1 - (20 / 21) ** 9
    # as often as chance would find it in one of a thousand times, or more often
    assert np.sum(found) > stats.binom(20, by_chance).ppf(0.999)
