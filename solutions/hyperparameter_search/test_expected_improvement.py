"""expected_improvement, against the integral that it stands for and against draws."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from solutions.hyperparameter_search.expected_improvement import expected_improvement


@pytest.mark.parametrize(("mean", "deviation", "best"), [(0.5, 0.2, 0.4), (0.1, 0.3, 0.6), (-7.0, 2.0, -9.0)])
def test_it_is_the_integral(mean, deviation, best):
    def above(s):
        return (s - best) * stats.norm.pdf(s, mean, deviation)

    integral, _ = quad(above, best, best + 20 * deviation, points=[mean] if mean > best else None)
    found = expected_improvement(np.array([mean]), np.array([deviation]), best)
    np.testing.assert_allclose(found, integral, rtol=1e-7)


def test_it_is_the_mean_of_what_is_gained():
    rng = np.random.default_rng(0)
    gains = np.maximum(rng.normal(0.5, 0.2, size=100_000) - 0.6, 0)
    found = expected_improvement(np.array([0.5]), np.array([0.2]), 0.6)
    # five deviations of the mean
    assert abs(found[0] - gains.mean()) < 5 * gains.std() / np.sqrt(len(gains))


def test_what_is_known():
    found = expected_improvement(np.array([0.7, 0.5]), np.zeros(2), 0.6)
    np.testing.assert_allclose(found, [0.1, 0], atol=1e-12)
