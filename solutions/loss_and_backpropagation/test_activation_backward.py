"""activation_backward against central differences of Keras's activation functions, and at saturation."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from solutions.loss_and_backpropagation.activation_backward import activation_backward


@pytest.mark.parametrize("g", ["sigmoid", "tanh", "relu"])
def test_it_agrees_with_central_differences(g):
    rng, eps = np.random.default_rng(0), 1e-6
    a, dh = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    function = keras.activations.get(g)
    slope = (function(tf.constant(a + eps)) - function(tf.constant(a - eps))) / (2 * eps)
    np.testing.assert_allclose(activation_backward(tf.constant(dh), tf.constant(a), g), dh * slope, atol=1e-8)


@pytest.mark.parametrize(("g", "steepest"), [("sigmoid", 0.25), ("tanh", 1.0), ("relu", 0.0)])
def test_at_zero_the_slopes_are_one_quarter_one_and_none(g, steepest):
    assert activation_backward(tf.constant([1.0]), tf.constant([0.0]), g) == steepest


@pytest.mark.parametrize("g", ["sigmoid", "tanh"])
def test_a_saturated_unit_passes_nothing(g):
    np.testing.assert_array_equal(
        activation_backward(tf.constant([1.0, 1.0]), tf.constant([-1000.0, 1000.0]), g), [0, 0]
    )
