"""BatchNorm against Keras's own layer, and in Keras: saved, loaded, fitted."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from solutions.batch_normalization.batch_norm import BatchNorm


def pair(H, momentum=0.8, eps=0.01):
    """Our layer and Keras's, with the same random weights."""
    ours, theirs = BatchNorm(momentum, eps), keras.layers.BatchNormalization(momentum=momentum, epsilon=eps)
    ours.build((None, H))
    theirs.build((None, H))
    rng = np.random.default_rng(H)
    for mine, other in (
        (ours.gamma, theirs.gamma),
        (ours.beta, theirs.beta),
        (ours.moving_mu, theirs.moving_mean),
        (ours.moving_var, theirs.moving_variance),
    ):
        values = rng.uniform(0.5, 2, H)
        mine.assign(values)
        other.assign(values)
    return ours, theirs


@pytest.mark.parametrize("training", [True, False])
def test_output_and_gradient_equal_keras(training):
    ours, theirs = pair(5)
    a = tf.random.stateless_normal((9, 5), (1, 2)) * 3 + 1
    upstream = tf.random.stateless_normal((9, 5), (3, 4))
    results = []
    for layer in (ours, theirs):
        with tf.GradientTape() as tape:
            tape.watch(a)
            output = layer(a, training=training)
        results.append([output, *tape.gradient(output, [a, layer.gamma, layer.beta], upstream)])
    for mine, other in zip(*results, strict=True):
        # float32: the two libraries order their sums differently
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-5)


def test_moving_statistics_equal_keras():
    ours, theirs = pair(4)
    for k in range(5):
        a = tf.random.stateless_normal((7, 4), (k, 0)) * (k + 1)
        ours(a, training=True)
        theirs(a, training=True)
    np.testing.assert_allclose(ours.moving_mu, theirs.moving_mean, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ours.moving_var, theirs.moving_variance, rtol=1e-5)


def test_a_bias_before_it_cancels_in_training():
    layer, a = BatchNorm(), tf.random.stateless_normal((6, 3), (5, 6))
    bias = tf.constant([10.0, -20.0, 5.0])
    np.testing.assert_allclose(layer(a + bias, training=True), layer(a, training=True), atol=1e-4)


def test_a_model_with_it_is_fitted_saved_and_loaded(tmp_path):
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8), BatchNorm(eps=0.01), keras.layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
    model.fit(x, x[:, :1], epochs=2, batch_size=8, verbose=0)
    # the graph of model.fit moved them
    assert np.abs(model.layers[1].moving_mu).max() > 0.01
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert (loaded.layers[1].eps, loaded.layers[1].momentum) == (0.01, 0.9)
    np.testing.assert_allclose(loaded(x), model(x), rtol=1e-6)
