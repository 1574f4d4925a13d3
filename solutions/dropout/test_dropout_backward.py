"""dropout_backward against tf.GradientTape and against central differences in float64."""

import numpy as np
import pytest
import tensorflow as tf

from solutions.dropout.dropout_backward import dropout_backward, network

NAMES = ("W1", "b1", "W2", "b2")


def loss(x, y, mask, W1, b1, W2, b2):
    """Built from TensorFlow's own sigmoid and loss."""
    h1 = tf.nn.sigmoid(x @ W1 + b1) * mask
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, h1 @ W2 + b2))


@pytest.mark.parametrize("seed", range(4))
def test_parameters_get_the_gradients_of_the_tape(seed):
    x, y, mask, *params = network(np.random.default_rng(seed))
    found = dropout_backward(x, y, mask, *params)
    params = [tf.Variable(p) for p in params]
    with tf.GradientTape() as tape:
        value = loss(x, y, mask, *params)
    for name, expected in zip(NAMES, tape.gradient(value, params), strict=True):
        np.testing.assert_allclose(found[f"d{name}"], expected, rtol=1e-10, atol=1e-14)


def test_a_pre_activation_gets_its_central_difference():
    x, y, mask, W1, b1, W2, b2 = network(np.random.default_rng(9))
    da1 = dropout_backward(x, y, mask, W1, b1, W2, b2)["da1"]
    eps, eye = 1e-5, np.eye(len(x))
    for n, unit in ((1, 2), (3, 0), (4, 3)):
        # one example's pre-activation alone moves by way of an input of its own
        more, shift = np.hstack([x, eye[:, [n]]]), np.zeros((1, W1.shape[1]))
        shift[0, unit] = eps
        up, down = (loss(more, y, mask, np.vstack([W1, s * shift]), b1, W2, b2) for s in (1, -1))
        assert da1[n, unit] == pytest.approx(float(up - down) / (2 * eps), abs=1e-9)


def test_a_unit_that_is_off_everywhere_learns_nothing():
    x, y, mask, *params = network(np.random.default_rng(3))
    mask[:, 2] = 0
    found = dropout_backward(x, y, mask, *params)
    assert not found["dW1"][:, 2].any()
    assert not found["dW2"][2].any()
    # though the loss would have liked it to
    assert found["dh1"][:, 2].all()
