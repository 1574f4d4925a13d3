"""The distributions, against SciPy's."""

import numpy as np
import pytest
from scipy import stats

from solutions.hyperparameter_search.distributions import choice, integers, log_uniform, uniform

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


@pytest.mark.parametrize(
    ("ours", "values"),
    [(integers(3, 6), [3, 4, 5, 6]), (integers(-2, 1), [-2, -1, 0, 1]), (choice("abc"), list("abc"))],
)
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
