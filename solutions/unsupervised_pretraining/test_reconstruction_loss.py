"""reconstruction_loss against Keras's cross-entropy, by hand, and where probabilities round to 0 and 1."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from solutions.unsupervised_pretraining.autoencoder import Autoencoder
from solutions.unsupervised_pretraining.reconstruction_loss import reconstruction_loss


def made(D=6, H=4, noise=0.0):
    keras.utils.set_random_seed(1)
    autoencoder = Autoencoder(H, noise)
    x = tf.constant(np.random.default_rng(0).uniform(size=(5, D)), "float32")
    autoencoder(x)
    return autoencoder, x


def test_it_is_keras_own_cross_entropy_times_the_number_of_inputs():
    autoencoder, x = made()
    expected = 6 * keras.losses.BinaryCrossentropy()(x, autoencoder(x))
    assert float(reconstruction_loss(autoencoder, x)) == pytest.approx(float(expected), rel=1e-5)


def test_zero_weights_guess_one_half_for_each_input():
    autoencoder, x = made()
    autoencoder.W.assign(tf.zeros_like(autoencoder.W.value))
    # -log ½ an input, whatever x is
    assert float(reconstruction_loss(autoencoder, x)) == pytest.approx(6 * np.log(2), rel=1e-6)


@pytest.mark.parametrize("a_hat", [-200, -45, 45, 200])
def test_a_sure_and_wrong_reconstruction_costs_as_much_as_it_is_sure(a_hat):
    autoencoder, x = made()
    autoencoder.W.assign(tf.zeros_like(autoencoder.W.value))
    autoencoder.c.assign(a_hat * np.ones(6))
    right = tf.fill(x.shape, float(a_hat > 0))
    assert float(reconstruction_loss(autoencoder, 1 - right)) == pytest.approx(6 * abs(a_hat), rel=1e-6)
    assert float(reconstruction_loss(autoencoder, right)) == pytest.approx(0, abs=1e-12)


def test_the_target_is_clean():
    # All is lost, so that the code is σ(b), and x counts as a target only.
    autoencoder, x = made(noise=1.0)
    loss = reconstruction_loss(autoencoder, x, training=True)
    x_hat = np.array(autoencoder(tf.zeros_like(x)))
    expected = -(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat))
    assert float(loss) == pytest.approx(np.sum(expected) / 5, rel=1e-5)
