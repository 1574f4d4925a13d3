"""Against the closed form of gradient descent in a bowl."""

import keras
import numpy as np
import tensorflow as tf

from solutions.optimizers.momentum import Momentum
from solutions.optimizers.path import path


def test_gradient_descent_in_a_bowl_shrinks_each_axis_by_its_own_factor():
    steepness, start = np.array([1.0, 5.0]), np.array([2.0, -1.0])
    places = path(keras.optimizers.SGD(0.1), lambda t: tf.reduce_sum(steepness * t**2) / 2, start, 7)
    expected = start * (1 - 0.1 * steepness) ** np.arange(8)[:, None]
    np.testing.assert_allclose(places, expected, rtol=1e-5, atol=1e-6)
    assert places.dtype == "float32"


def test_the_optimizer_remembers_and_counts():
    optimizer = Momentum(0.1, beta=0.5)
    places = path(optimizer, lambda t: tf.reduce_sum(t), [0, 0], 3)
    # Under the gradient 1 the steps are 0.1, 0.15 and 0.175.
    np.testing.assert_allclose(places[:, 0], [0, -0.1, -0.25, -0.425], rtol=1e-6)
    assert int(optimizer.iterations.numpy()) == 3


def test_without_a_step_there_is_the_start():
    start = [1, 2, 3]
    np.testing.assert_array_equal(path(keras.optimizers.SGD(0.1), tf.reduce_sum, start, 0), [start])
