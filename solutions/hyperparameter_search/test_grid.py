"""grid, against counting and against scikit-learn's ParameterGrid."""

import math

import pytest
from sklearn.model_selection import ParameterGrid

from solutions.hyperparameter_search.grid import grid

SPACES = {
    "the lecture's": {"units": [100, 1000, 2000], "lr": [0.01, 0.001]},
    "one value each": {"units": [100], "lr": [0.01], "depth": [3]},
    "texts": {"activation": ["relu", "tanh"], "units": [10, 20, 30], "decay": [None, 0.1]},
}


@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)
def test_it_holds_what_scikit_learn_holds(space):
    found = grid(space)
    expected = list(ParameterGrid(space))
    assert len(found) == math.prod(len(values) for values in space.values())
    assert sorted(map(repr, _in_order(found))) == sorted(map(repr, _in_order(expected)))


def _in_order(combinations):
    return [dict(sorted(settings.items())) for settings in combinations]


def test_the_lecture_has_six():
    assert grid(SPACES["the lecture's"])[0] == {"units": 100, "lr": 0.01}
    assert len(grid(SPACES["the lecture's"])) == 6


def test_equal_values_are_two():
    assert len(grid({"decay": [False, 0.0], "lr": [0.1]})) == 2


def test_the_extremes():
    assert grid({}) == [{}]
    assert grid({"units": [], "lr": [0.1]}) == []
