"""The distributions, against SciPy's."""

import numpy as np
import pytest
from scipy import stats

from solutions.hyperparameter_search.draw import choice, draw, integers, log_uniform, uniform

N = 4000


@pytest.mark.parametrize(
    ("ours", "scipys"),
    [(uniform(-2, 5), stats.uniform(-2, 7)), (log_uniform(1e-4, 0.1), stats.loguniform(1e-4, 0.1))],
    ids=["uniform", "log_uniform"],
)
def test_values_are_distributed_as_scipy_says(ours, scipys):
    rng = np.random.default_rng(0)
    found = [ours(rng) for _ in range(N)]
    # the largest difference of two distribution functions, which a right one exceeds once in 10⁵ seeds
    assert stats.kstest(found, scipys.cdf).pvalue > 1e-5


@pytest.mark.parametrize(("ours", "values"), [(integers(3, 6), [3, 4, 5, 6]), (choice("abc"), list("abc"))])
def test_each_value_comes_as_often_as_any_other(ours, values):
    rng = np.random.default_rng(0)
    found = [ours(rng) for _ in range(N)]
    counts = [found.count(value) for value in values]
    assert sum(counts) == N
    assert stats.chisquare(counts).pvalue > 1e-5


def test_whole_numbers_are_whole():
    drawn = integers(3, 6)(np.random.default_rng(0))
    assert isinstance(drawn, int)
    assert integers(5, 5)(np.random.default_rng(0)) == 5


def test_what_is_fixed_stays():
    space = {"lr": uniform(0, 1), "epochs": 20}
    settings = draw(space, np.random.default_rng(0))
    assert settings["epochs"] == 20
    assert 0 <= settings["lr"] <= 1
    assert callable(space["lr"])


def test_hyperparameters_have_nothing_to_do_with_each_other():
    rng = np.random.default_rng(0)
    space = {"a": uniform(0, 1), "b": uniform(0, 1)}
    drawn = np.array([list(draw(space, rng).values()) for _ in range(N)])
    # five deviations of the correlation of independent numbers
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 5 / np.sqrt(N)
