"""RandomSearch, against draws that are made one by one."""

import numpy as np
import pytest

from helpers.searching import Training, space, valid_score
from solutions.hyperparameter_search.draw import draw
from solutions.hyperparameter_search.random_search import RandomSearch


def test_each_trial_stands_for_itself():
    search = RandomSearch(space(), seed=5)
    search.run(Training(raises={1}), 4)
    for number, trial in enumerate(search.trials):
        assert trial["settings"] == draw(space(), np.random.default_rng([5, number]))


def test_the_best_is_found():
    search = RandomSearch(space(), seed=5)
    best = search.run(Training(nan={0}), 20)
    scores = [valid_score(trial["settings"]) for trial in search.trials[1:]]
    assert best["valid"] == max(scores)


def test_what_died_says_why():
    search = RandomSearch(space())
    search.run(Training(raises={2}), 3)
    assert search.trials[2]["error"] == "out of memory at call 2"
    assert np.isnan(search.trials[2]["valid"])


def test_what_died_without_a_word_is_told_by_its_class():
    search = RandomSearch(space())
    search.run(Training(silent={0}), 1)
    assert search.trials[0]["error"] == "BrokenDown"


def test_the_best_may_be_below_zero():
    best = RandomSearch(space(), seed=5).run(Training(nan={0}, shift=-2), 20)
    assert -2 < best["valid"] < 0


def test_nobody_is_best_where_all_died():
    assert RandomSearch(space()).run(Training(raises={0, 1}), 2) is None


def test_an_interrupt_gets_through_and_its_trial_is_not_kept():
    search = RandomSearch(space())
    with pytest.raises(KeyboardInterrupt):
        search.run(Training(interrupted={2}), 5)
    assert len(search.trials) == 2
