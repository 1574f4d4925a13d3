"""Dropout against what the binomial distribution says, and in Keras: saved, loaded, fitted."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from solutions.dropout.dropout import Dropout

N, H = 400, 250


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_the_share_kept_is_binomial(rate):
    keras.utils.set_random_seed(1)
    output = Dropout(rate)(tf.ones((N, H)), training=True).numpy()
    assert set(np.unique(output)) == {0.0, 1.0}
    sigma = np.sqrt(rate * (1 - rate))
    assert abs(output.mean() - (1 - rate)) < 5 * sigma / np.sqrt(N * H)
    # independent coins: sums over examples and over units have the variance of a binomial, here to a third
    assert output.sum(axis=0).var() == pytest.approx(N * sigma**2, rel=1 / 3)
    assert output.sum(axis=1).var() == pytest.approx(H * sigma**2, rel=1 / 3)


def test_test_time_is_the_mean_over_many_masks():
    keras.utils.set_random_seed(2)
    layer, h = Dropout(0.3), tf.random.normal((3, 4))
    mean = np.mean([layer(h, training=True) for _ in range(3000)], axis=0)
    # 3000 coins of deviation 0.46: five standard errors are 0.042
    np.testing.assert_allclose(mean / h, layer(h, training=False) / h, atol=0.042)


def test_it_equals_keras_but_for_the_place_of_the_factor():
    h = tf.random.normal((5, 6))
    np.testing.assert_allclose(Dropout(0.4)(h), 0.6 * keras.layers.Dropout(0.4)(h), rtol=1e-6)


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5])
def test_a_rate_that_is_no_probability_is_refused(rate):
    with pytest.raises(ValueError, match=f"received {rate}"):
        Dropout(rate)


def test_a_model_with_it_is_fitted_saved_and_loaded(tmp_path):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8), Dropout(0.3), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(32, 4)).astype("float32")
    model.fit(x, x[:, :1], epochs=1, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.layers[1].rate == 0.3
    np.testing.assert_allclose(loaded(x), model(x), rtol=1e-6)


def test_mixed_precision_keeps_float16():
    layer = Dropout(0.5, dtype="mixed_float16")
    assert layer(tf.ones((2, 3)), training=True).dtype == tf.float16
