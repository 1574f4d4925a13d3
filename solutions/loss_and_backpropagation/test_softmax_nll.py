"""softmax_nll against TensorFlow's own loss, and inside Keras's fit."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from solutions.loss_and_backpropagation.softmax_nll import softmax_nll


def value_and_gradient(of, a):
    with tf.GradientTape() as tape:
        tape.watch(a)
        value = of(a)
    return value, tape.gradient(value, a)


@pytest.mark.parametrize("scale", [1, 30], ids=["ordinary", "saturated"])
def test_value_and_gradient_agree_with_tensorflow(scale):
    rng = np.random.default_rng(0)
    a, y = tf.constant(rng.normal(size=(5, 7)) * scale), tf.constant(rng.integers(7, size=5))
    ours = value_and_gradient(lambda a: softmax_nll(a, y), a)
    theirs = value_and_gradient(
        lambda a: tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, a)), a
    )
    for given, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(given, expected, rtol=1e-12, atol=1e-15)


def test_a_certain_mistake_costs_its_margin():
    loss, da = value_and_gradient(lambda a: softmax_nll(a, tf.constant([0])), tf.constant([[0.0, 5000.0]]))
    assert loss == 5000
    np.testing.assert_array_equal(da, [[-1, 1]])


def test_keras_trains_the_same_with_it_as_with_its_own_loss():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(32, 6)).astype("float32"), rng.integers(3, size=32)

    def ours(y, a):
        return softmax_nll(a, tf.cast(tf.reshape(y, [-1]), "int64"))

    weights = []
    for loss in (ours, keras.losses.SparseCategoricalCrossentropy(from_logits=True)):
        keras.utils.set_random_seed(2)
        model = keras.Sequential([keras.layers.Dense(4, activation="tanh"), keras.layers.Dense(3)])
        model.compile(keras.optimizers.SGD(0.5), loss=loss)
        model.fit(x, y, batch_size=8, epochs=2, verbose=0)
        weights.append(model.get_weights())
    for given, expected in zip(*weights, strict=True):
        # float32, eight steps
        np.testing.assert_allclose(given, expected, atol=1e-5)
