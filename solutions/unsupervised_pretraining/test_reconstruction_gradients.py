"""reconstruction_gradients against tf.GradientTape and against central differences in float64."""

import numpy as np
import pytest
import tensorflow as tf

from solutions.unsupervised_pretraining.reconstruction_gradients import drawn, reconstruction_gradients


def loss(x, noisy, W, b, c):
    """Built from TensorFlow's own loss."""
    a_hat = tf.matmul(tf.nn.sigmoid(noisy @ W + b), W, transpose_b=True) + c
    return tf.reduce_mean(tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(x, a_hat), axis=1))


@pytest.mark.parametrize("seed", range(4))
def test_parameters_get_the_gradients_of_the_tape(seed):
    x, noisy, *params = drawn(np.random.default_rng(seed))
    found = reconstruction_gradients(x, noisy, *params)
    params = [tf.Variable(p) for p in params]
    with tf.GradientTape() as tape:
        value = loss(x, noisy, *params)
    for name, expected in zip(("dW", "db", "dc"), tape.gradient(value, params), strict=True):
        np.testing.assert_allclose(found[name], expected, rtol=1e-10, atol=1e-14)


def test_the_entries_of_W_get_their_central_differences():
    x, noisy, W, b, c = drawn(np.random.default_rng(5))
    dW = reconstruction_gradients(x, noisy, W, b, c)["dW"]
    eps = 1e-5
    for d, j in ((0, 0), (4, 2), (10, 6)):
        shift = np.zeros_like(W)
        shift[d, j] = eps
        up, down = (loss(x, noisy, W + s * shift, b, c) for s in (1, -1))
        assert dW[d, j] == pytest.approx(float(up - down) / (2 * eps), abs=1e-8)


def test_the_two_shares_are_those_of_two_matrices():
    x, noisy, W, b, c = drawn(np.random.default_rng(6))
    encoder, decoder = tf.Variable(W), tf.Variable(W.T)
    with tf.GradientTape() as tape:
        a_hat = tf.nn.sigmoid(noisy @ encoder + b) @ decoder + c
        entropies = tf.nn.sigmoid_cross_entropy_with_logits(x, a_hat)
        value = tf.reduce_mean(tf.reduce_sum(entropies, axis=1))
    first, second = tape.gradient(value, [encoder, decoder])
    dW = reconstruction_gradients(x, noisy, W, b, c)["dW"]
    np.testing.assert_allclose(dW, first + tf.transpose(second), rtol=1e-10, atol=1e-14)


def test_a_perfect_reconstruction_has_nothing_to_learn():
    _, noisy, W, b, c = drawn(np.random.default_rng(7))
    h = 1 / (1 + np.exp(-(noisy @ W + b)))
    x = 1 / (1 + np.exp(-(h @ W.T + c)))
    for gradient in reconstruction_gradients(x, noisy, W, b, c).values():
        np.testing.assert_allclose(gradient, 0, atol=1e-15)
