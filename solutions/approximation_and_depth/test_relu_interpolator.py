"""relu_interpolator against np.interp."""

import numpy as np
import pytest

from solutions.approximation_and_depth.relu_interpolator import relu_interpolator


@pytest.mark.parametrize("n", [2, 3, 12])
def test_between_the_outer_points_it_is_linear_interpolation(n):
    rng = np.random.default_rng(n)
    x, y = rng.permutation(np.cumsum(rng.uniform(0.2, 1, n))) - 3, rng.normal(size=n)
    inside = np.linspace(x.min(), x.max(), 101)
    order = np.argsort(x)
    given = relu_interpolator(x, y)(inside[:, None].astype("float32")).numpy()[:, 0]
    # float32: a dozen terms, slopes of ten and more times distances up to ten
    np.testing.assert_allclose(given, np.interp(inside, x[order], y[order]), atol=1e-3)


def test_it_has_a_unit_less_than_points():
    model = relu_interpolator(np.arange(9.0), np.ones(9))
    assert [layer.units for layer in model.layers] == [8, 1]
