"""Tanh and ReLU against central differences, and against values worked out by hand."""

import numpy as np
import pytest

from helpers.graph import Leaf
from solutions.a_tape_of_your_own.tanh_and_relu import ReLU, Tanh

EPS = 1e-6


@pytest.mark.parametrize("operation", [Tanh, ReLU])
def test_bprop_agrees_with_central_differences(operation):
    rng = np.random.default_rng(1)
    a, grad = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    (da,) = operation(Leaf(a)).bprop(grad)
    up, down = operation(Leaf(a + EPS)).value, operation(Leaf(a - EPS)).value
    # rounding is 1e-16 / EPS
    np.testing.assert_allclose(da, grad * (up - down) / (2 * EPS), atol=1e-8)


def test_tanh_of_half_the_logarithm_of_three_is_one_half_with_slope_three_quarters():
    node = Tanh(Leaf([np.log(3) / 2]))
    np.testing.assert_allclose(node.value, [0.5], rtol=1e-14)
    np.testing.assert_allclose(node.bprop(np.array([2.0]))[0], [1.5], rtol=1e-14)


def test_relu_passes_gradients_of_either_sign_where_it_is_on_and_nothing_at_zero():
    (da,) = ReLU(Leaf([-1.0, 0.0, 2.0, 3.0])).bprop(np.array([5.0, 6.0, -7.0, 8.0]))
    np.testing.assert_array_equal(da, [0, 0, -7, 8])
