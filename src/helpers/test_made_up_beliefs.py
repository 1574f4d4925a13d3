"""Beliefs that are made up: which rule would choose what."""

import numpy as np
import pytest
from scipy.stats import norm

from helpers.made_up_beliefs import DUELS, ROWS, Believing, beliefs, duel, features, history, maker


def expected(mean, deviation, best):
    z = (mean - best) / deviation
    return (mean - best) * norm.cdf(z) + deviation * norm.pdf(z)


def chosen(rule, seed):
    """What a rule chooses in each duel."""
    rng = np.random.default_rng(seed)
    places = []
    for two in DUELS:
        scores = np.array([trial["valid"] for trial in history(rng)])
        mean, deviation = duel(rng, two, scores.max())
        places.append(int(np.argmax(rule(mean, deviation, scores))))
    return tuple(places)


RULES = {
    "expected improvement": lambda mean, deviation, y: expected(mean, deviation, y.max()),
    "highest mean": lambda mean, deviation, y: mean,
    "largest deviation": lambda mean, deviation, y: deviation,
    "over the mean score": lambda mean, deviation, y: expected(mean, deviation, y.mean()),
    "over the worst score": lambda mean, deviation, y: expected(mean, deviation, y.min()),
    "over the highest mean": lambda mean, deviation, y: expected(mean, deviation, mean.max()),
    "variance": lambda mean, deviation, y: expected(mean, deviation**2, y.max()),
    "mean plus deviation": lambda mean, deviation, y: mean + deviation,
    "exchanged": lambda mean, deviation, y: expected(deviation, mean, y.max()),
}


@pytest.mark.parametrize("seed", range(20))
def test_no_two_rules_choose_the_same_in_all_duels(seed):
    found = {chosen(rule, seed) for rule in RULES.values()}
    assert len(found) == len(RULES)


def test_a_process_believes_what_it_was_told():
    mean, deviation = beliefs(np.random.default_rng(0))
    process, made = maker(mean, deviation)
    found = process().predict(ROWS, return_std=True)
    np.testing.assert_array_equal(found, [mean, deviation])
    assert len(made) == 1


def test_it_refuses_nan():
    trials = history(np.random.default_rng(0), dead=1)
    x = [features(trial["settings"]) for trial in trials]
    with pytest.raises(ValueError, match="Input y contains NaN."):
        Believing(ROWS[:, 0], ROWS[:, 1]).fit(x, [trial["valid"] for trial in trials])


def test_a_history_has_as_many_of_each_as_were_asked_for():
    trials = history(np.random.default_rng(0), finished=3, dead=2)
    assert [np.isnan(trial["valid"]) for trial in trials] == [True, True, False, False, False]
    assert len({str(trial["settings"]) for trial in trials}) == 5
