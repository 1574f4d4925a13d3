"""Against Keras's softmax, and against a distribution worked out by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from solutions.forward_propagation.softmax import stable_softmax


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_it_agrees_with_keras_along_every_axis(axis):
    a = np.random.default_rng(0).normal(size=(3, 4, 5)) * 10
    expected = keras.activations.softmax(tf.constant(a), axis=axis)
    np.testing.assert_allclose(stable_softmax(tf.constant(a), axis=axis), expected, rtol=1e-12)


def test_three_classes_by_hand():
    a = tf.constant([0.0, np.log(2), np.log(5)])
    np.testing.assert_allclose(stable_softmax(a), [1 / 8, 2 / 8, 5 / 8], rtol=1e-6)


def test_its_slopes_are_the_ones_worked_out_by_hand():
    a = tf.constant([[0.3, -1.2, 2.0]], "float64")
    with tf.GradientTape() as tape:
        tape.watch(a)
        f = stable_softmax(a)
    (f,), jacobian = f.numpy(), tape.jacobian(f, a)[0, :, 0]
    # df_c/da_k = f_c(1[c = k] - f_k)
    np.testing.assert_allclose(jacobian, np.diag(f) - np.outer(f, f), rtol=1e-12)


@pytest.mark.parametrize("shift", [-3e38, -1000.0, 1000.0, 3e38])
def test_equal_pre_activations_share_equally_at_any_magnitude(shift):
    np.testing.assert_allclose(stable_softmax(tf.fill((2, 4), np.float32(shift))), 0.25)
