"""Against numbers worked out by hand, closed forms, and tf.GradientTape."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from solutions.debugging_a_network.numerical_gradient import numerical_gradient


def test_a_cube_by_hand():
    w = tf.Variable(2.0, dtype="float64")
    # (2.1³ - 1.9³) / 0.2 = (9.261 - 6.859) / 0.2
    assert numerical_gradient(lambda: w**3, w, 0.1) == pytest.approx(12.01, abs=1e-9)


def test_a_parabola_is_exact_for_any_eps():
    w = tf.Variable([1.0, -2.0, 3.0], dtype="float64")
    np.testing.assert_allclose(
        numerical_gradient(lambda: tf.reduce_sum(w**2), w, 0.7), [2, -4, 6], rtol=1e-12
    )


def test_it_agrees_with_the_tape_on_a_network():
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((4,), dtype="float64"),
            keras.layers.Dense(5, "tanh", dtype="float64"),
            keras.layers.Dense(2, dtype="float64"),
        ]
    )
    x = np.random.default_rng(1).normal(size=(6, 4))

    def loss():
        return tf.reduce_mean(tf.square(model(x)))

    with tf.GradientTape() as tape:
        value = loss()
    for v, g in zip(model.trainable_variables, tape.gradient(value, model.trainable_variables), strict=True):
        # rounding leaves some 1e-10
        np.testing.assert_allclose(numerical_gradient(loss, v), g, atol=1e-8)


def test_the_variable_has_the_same_bits_afterwards():
    w = tf.Variable(np.random.default_rng(2).normal(size=(3, 4)))
    before = w.numpy().tobytes()
    numerical_gradient(lambda: tf.reduce_sum(tf.exp(w)), w, 1 / 3)
    assert w.numpy().tobytes() == before


def test_it_is_put_back_where_f_raises_and_the_exception_is_heard():
    w = tf.Variable([1.0, 2.0])

    def breaks():
        raise OSError("no more disk")

    with pytest.raises(OSError, match="no more disk"):
        numerical_gradient(breaks, w)
    np.testing.assert_array_equal(w, [1, 2])
