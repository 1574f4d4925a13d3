"""bump_network against the staircase that it should be, and against the bound of the proof."""

import numpy as np
import pytest

from solutions.approximation_and_depth.bump_network import bump_network


def f(x):
    return np.sin(6 * x) - 2 * x


@pytest.mark.parametrize("n", [1, 3, 10])
def test_away_from_the_edges_it_is_a_staircase(n):
    x = (np.arange(n)[:, None] + [0.2, 0.5, 0.8]).ravel() / n
    cell = np.minimum(np.floor(x * n), n - 1)
    given = bump_network(f, n)(x[:, None].astype("float32")).numpy()[:, 0]
    np.testing.assert_allclose(given, f((cell + 0.5) / n), atol=1e-4)


@pytest.mark.parametrize("n", [5, 20, 80])
def test_its_largest_error_is_at_most_that_of_the_mean_value_theorem(n):
    x = np.linspace(0, 1, 2001)
    given = bump_network(f, n)(x[:, None].astype("float32")).numpy()[:, 0]
    # |f'| is at most 6 + 2; within a cell x is 1/(2n) from the middle, and float32 adds its rounding.
    assert np.abs(given - f(x)).max() < 8 / (2 * n) + 1e-4


def test_beside_a_jump_it_stays_wrong_by_nearly_half_of_it():
    x = np.linspace(0, 1, 20001)
    for n in (10, 100):
        given = bump_network(lambda x: np.where(x < 0.333, 0.0, 1.0), n)(x[:, None].astype("float32"))
        assert np.abs(given.numpy()[:, 0] - (x >= 0.333)).max() > 0.45


def test_an_f_without_a_value_is_refused_with_its_heights():
    with pytest.raises(ValueError, match="received .*inf"):
        bump_network(lambda x: np.inf if x < 0.2 else 1.0, 5)
