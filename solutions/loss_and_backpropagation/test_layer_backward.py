"""layer_backward against TensorFlow's tape and a hand computation."""

import numpy as np
import tensorflow as tf

from solutions.loss_and_backpropagation.layer_backward import layer_backward


def test_it_agrees_with_tensorflow():
    rng = np.random.default_rng(0)
    h, W, b = (tf.constant(rng.normal(size=shape)) for shape in [(4, 3), (3, 5), (5,)])
    da = tf.constant(rng.normal(size=(4, 5)))
    with tf.GradientTape() as tape:
        tape.watch([h, W, b])
        a = h @ W + b
    dW, db, dh = tape.gradient(a, [W, b, h], output_gradients=da)
    for given, expected in zip(layer_backward(da, h, W), (dW, db, dh), strict=True):
        np.testing.assert_allclose(given, expected, rtol=1e-12)


def test_one_example_by_hand():
    da, h, W = tf.constant([[1.0, -2.0]]), tf.constant([[3.0, 5.0]]), tf.constant([[1.0, 2.0], [0.0, 4.0]])
    dW, db, dh = layer_backward(da, h, W)
    np.testing.assert_array_equal(dW, [[3, -6], [5, -10]])
    np.testing.assert_array_equal(db, [1, -2])
    np.testing.assert_array_equal(dh, [[-3, -8]])
