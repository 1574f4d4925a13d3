"""expected_best against every way that k draws can fall, and against closed forms."""

from itertools import product

import numpy as np
import pytest

from solutions.normalization_and_early_stopping.expected_best import expected_best


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_it_is_the_mean_over_all_ways_that_k_draws_can_fall(k):
    scores, p = np.array([0.5, -1.0, 2.0, 0.25]), np.array([0.1, 0.2, 0.3, 0.4])
    mean = 0.0
    for drawn in product(range(4), repeat=k):
        mean += max(scores[list(drawn)]) * np.prod(p[list(drawn)])
    assert expected_best(scores, p, k) == pytest.approx(mean)


@pytest.mark.parametrize("k", [1, 2, 5, 40])
def test_of_a_fine_uniform_distribution_it_is_nearly_k_of_k_plus_1(k):
    M = 100_000
    scores = (np.arange(M) + 0.5) / M
    assert expected_best(scores, np.full(M, 1 / M), k) == pytest.approx(k / (k + 1), abs=1e-4)


def test_it_stays_below_the_bound_for_normal_scores():
    z = np.linspace(-9, 9, 20_001)
    p = np.exp(-(z**2) / 2)
    p /= p.sum()
    # The expected maximum of 40 normal numbers, from tables: 2.16.
    assert expected_best(z, p, 40) == pytest.approx(2.16, abs=0.005)
    assert expected_best(z, p, 40) < np.sqrt(2 * np.log(40))
