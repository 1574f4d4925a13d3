"""mlp_backward against tf.GradientTape over a network of Keras's functions."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from solutions.loss_and_backpropagation.mlp_backward import mlp_backward


@pytest.mark.parametrize("g", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("sizes", [[4, 3], [4, 5, 3], [4, 6, 5, 7, 3]], ids=["flat", "shallow", "deep"])
def test_loss_and_gradients_agree_with_tensorflow(sizes, g):
    rng = np.random.default_rng(len(sizes))
    params = [
        (tf.Variable(rng.normal(size=(m, n))), tf.Variable(rng.normal(size=n)))
        for m, n in itertools.pairwise(sizes)
    ]
    x, y = tf.constant(rng.normal(size=(6, 4))), tf.constant(rng.integers(3, size=6))
    with tf.GradientTape() as tape:
        h = x
        for W, b in params[:-1]:
            h = keras.activations.get(g)(h @ W + b)
        a = h @ params[-1][0] + params[-1][1]
        expected = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, a))

    loss, grads = mlp_backward(params, x, y, g)
    np.testing.assert_allclose(loss, expected, rtol=1e-12)
    flat = [d for pair in grads for d in pair]
    for given, wanted in zip(
        flat, tape.gradient(expected, [p for pair in params for p in pair]), strict=True
    ):
        np.testing.assert_allclose(given, wanted, rtol=1e-11, atol=1e-14)
