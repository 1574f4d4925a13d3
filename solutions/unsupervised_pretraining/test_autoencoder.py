"""Autoencoder against NumPy, against the binomial distribution, and in Keras: fitted, saved, loaded."""

import keras
import numpy as np
import pytest

from solutions.unsupervised_pretraining.autoencoder import Autoencoder


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def made(D=5, H=3, noise=0.0):
    keras.utils.set_random_seed(1)
    autoencoder = Autoencoder(H, noise)
    x = np.random.default_rng(0).uniform(size=(4, D)).astype("float32")
    autoencoder(x)
    autoencoder.b.assign([0.5, -1.0, 2.0])
    autoencoder.c.assign(np.linspace(-1, 1, D))
    return autoencoder, x


def test_a_reconstruction_is_what_numpy_makes_of_the_same_weights():
    autoencoder, x = made()
    W, b, c = autoencoder.get_weights()
    expected = sigmoid(sigmoid(x @ W + b) @ W.T + c)
    np.testing.assert_allclose(autoencoder(x), expected, rtol=1e-5)


def test_there_is_one_matrix():
    autoencoder, _ = made()
    assert [tuple(w.shape) for w in autoencoder.trainable_weights] == [(5, 3), (3,), (5,)]


@pytest.mark.parametrize("noise", [0.1, 0.5, 0.8])
def test_the_share_that_is_lost_is_binomial(noise):
    keras.utils.set_random_seed(2)
    x = np.ones((300, 100), "float32")
    corrupted = np.array(Autoencoder(3, noise).corrupt(x))
    assert set(np.unique(corrupted)) == {0.0, 1.0}
    # five standard errors of 30,000 coins
    assert abs(corrupted.mean() - (1 - noise)) < 5 * np.sqrt(noise * (1 - noise) / corrupted.size)


def test_noise_is_for_training_only():
    autoencoder, x = made(noise=0.5)
    np.testing.assert_array_equal(autoencoder(x), autoencoder(x, training=False))
    # Two masks of twenty fair coins are the same once in a million calls.
    assert not np.allclose(autoencoder(x, training=True), autoencoder(x, training=True))


def test_it_is_fitted_saved_and_loaded(tmp_path):
    keras.utils.set_random_seed(3)
    autoencoder = Autoencoder(3, 0.2)
    x = np.random.default_rng(1).uniform(size=(32, 5)).astype("float32")
    autoencoder.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
    history = autoencoder.fit(x, x, epochs=20, verbose=0).history["loss"]
    assert history[-1] < history[0]
    autoencoder.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert (loaded.units, loaded.noise) == (3, 0.2)
    np.testing.assert_allclose(loaded(x), autoencoder(x), rtol=1e-6)
