"""bump against the formula of its two steps, written with logistic functions of SciPy."""

import numpy as np
import pytest
from scipy.special import expit

from solutions.approximation_and_depth.bump import bump


@pytest.mark.parametrize("height", [2.5, -0.75])
def test_it_is_the_difference_of_two_logistic_steps(height):
    x = np.linspace(-4, 4, 81)
    W1, b1, W2 = bump(-1.5, 0.25, height, 7.0)
    expected = height * (expit(7 * (x + 1.5)) - expit(7 * (x - 0.25)))
    np.testing.assert_allclose((expit(x[:, None] @ W1 + b1) @ W2)[:, 0], expected, atol=1e-12)


def test_a_sharp_bump_is_a_box():
    W1, b1, W2 = bump(0.2, 0.6, 3.0, 1e4)
    x = np.array([0.1, 0.19, 0.21, 0.4, 0.59, 0.61, 0.9])
    np.testing.assert_allclose((expit(x[:, None] @ W1 + b1) @ W2)[:, 0], [0, 0, 3, 3, 3, 0, 0], atol=1e-12)
