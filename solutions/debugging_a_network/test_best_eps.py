"""Against a central difference of a cube, the rounding of real float32 numbers, and a search over ε."""

import numpy as np
import pytest

from solutions.debugging_a_network.best_eps import best_eps, rounding, truncation


@pytest.mark.parametrize("eps", [0.5, 0.1, 0.01])
def test_a_cube_has_no_other_error_than_the_truncation(eps):
    # f = -2w³ at w = 3: f′ = -54, f‴ = -12
    measured = (-2 * (3 + eps) ** 3 + 2 * (3 - eps) ** 3) / (2 * eps)
    assert truncation(-12.0, eps) == pytest.approx(abs(measured + 54), rel=1e-6)


def test_no_rounding_in_float32_is_worse_than_the_bound():
    eps, u = 1e-3, 2.0**-24
    w = np.random.default_rng(0).uniform(1, 2, size=2000)
    # one number after another, exactly and rounded: nothing else is wrong than what rounding does
    above, below = -np.exp(w + eps), -np.exp(w - eps)
    off = (above.astype("float32").astype("float64") - below.astype("float32") - (above - below)) / (2 * eps)
    # the bound speaks of f between both; 1.001 allows for the larger of the two
    bounds = np.array([rounding(value, eps, u) for value in below])
    assert np.all(np.abs(off) <= 1.01 * bounds)
    assert np.max(np.abs(off) / bounds) > 0.8


@pytest.mark.parametrize("u", [1.1e-16, 6.0e-8], ids=["float64", "float32"])
@pytest.mark.parametrize(("value", "third"), [(2.3, 0.1), (-0.5, 40.0), (100.0, -3.0)])
def test_no_eps_of_a_search_is_better(value, third, u):
    tried = np.geomspace(1e-9, 1e2, 4001)
    sums = [truncation(third, eps) + rounding(value, eps, u) for eps in tried]
    assert best_eps(value, third, u) == pytest.approx(tried[np.argmin(sums)], rel=0.01)
