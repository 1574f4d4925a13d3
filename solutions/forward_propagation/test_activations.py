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


@pytest.mark.parametrize(
    ("g", "dg"),
    [
        (sigmoid, lambda a: math.exp(-abs(a)) / (1 + math.exp(-abs(a))) ** 2),
        (tanh, lambda a: 1 - math.tanh(a) ** 2),
        (relu, lambda a: float(a > 0)),
    ],
    ids=["sigmoid", "tanh", "relu"],
)
@pytest.mark.parametrize("a", [-1000.0, -3.0, 0.0, 0.5, 1000.0])
def test_slopes_agree_with_the_derivatives_far_out_and_at_0(g, dg, a):
    at = tf.Variable(a, dtype="float64")
    with tf.GradientTape() as tape:
        h = g(at)
    assert float(tape.gradient(h, at)) == pytest.approx(dg(a), rel=1e-12, abs=1e-12)


def test_tanh_is_a_stretched_sigmoid():
    a = tf.constant(np.linspace(-5, 5, 101))
    np.testing.assert_allclose(tanh(a), 2 * sigmoid(2 * a) - 1, atol=1e-14)
