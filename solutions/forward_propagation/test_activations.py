"""Against the standard library, one number at a time."""

import math

import numpy as np
import pytest
import tensorflow as tf

from solutions.forward_propagation.activations import relu, sigmoid, tanh

POINTS = [-30.0, -3.0, -0.5, -1e-4, 0.0, 1e-4, 0.5, 3.0, 30.0]


@pytest.mark.parametrize("a", POINTS)
def test_values_agree_with_the_standard_library(a):
    at = tf.constant(a, "float64")
    assert float(sigmoid(at)) == pytest.approx(1 / (1 + math.exp(-a)), rel=1e-12)
    assert float(tanh(at)) == pytest.approx(math.tanh(a), rel=1e-11, abs=1e-300)
    assert float(relu(at)) == max(0.0, a)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_ends_are_reached_without_overflow_in_every_dtype(dtype):
    a = tf.constant([-1000, 1000], dtype)
    assert sigmoid(a).numpy().tolist() == [0, 1]
    assert tanh(a).numpy().tolist() == [-1, 1]
    assert relu(a).numpy().tolist() == [0, 1000]
    assert {f(a).dtype.name for f in (sigmoid, tanh, relu)} == {dtype}


def test_tanh_is_a_stretched_sigmoid():
    a = tf.constant(np.linspace(-5, 5, 101))
    np.testing.assert_allclose(tanh(a), 2 * sigmoid(2 * a) - 1, atol=1e-14)
