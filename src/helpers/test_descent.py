"""Descent against Keras's own SGD with momentum, step by step."""

import keras
import numpy as np
import tensorflow as tf

from helpers.descent import Descent


def line(seed=0):
    """A linear model, examples for it, and its loss."""
    rng = np.random.default_rng(seed)
    W = keras.Variable(rng.normal(size=(3, 2)).astype("float32"))
    x, y = rng.normal(size=(7, 3)).astype("float32"), rng.normal(size=(7, 2)).astype("float32")
    return W, x, y, lambda x, y: tf.reduce_mean((x @ W - y) ** 2)


def test_whole_batches_move_it_as_keras_moves_it():
    W, x, y, loss = line()
    theirs = keras.Variable(W.value)
    optimizer = keras.optimizers.SGD(0.1, momentum=0.8)
    for _ in range(5):
        with tf.GradientTape() as tape:
            value = tf.reduce_mean((tf.matmul(x, theirs.value) - y) ** 2)
        optimizer.apply_gradients([(tape.gradient(value, theirs.value), theirs)])
    Descent([W], loss, x, y, lr=0.1, beta=0.8).go(5)
    np.testing.assert_allclose(W.value, theirs.value, rtol=1e-5, atol=1e-6)


def test_two_pieces_are_one_whole():
    first, x, y, loss = line()
    Descent([first], loss, x, y, size=2, seed=3).go(4).go(5)
    second, x, y, loss = line()
    Descent([second], loss, x, y, size=2, seed=3).go(9)
    np.testing.assert_allclose(first.value, second.value, rtol=1e-5, atol=1e-6)


def test_an_epoch_sees_every_example_once():
    W, x, y, loss = line()
    descent = Descent([W], loss, x, y, size=2)
    seen = np.concatenate([descent._rows() for _ in range(7)])
    assert sorted(seen) == sorted([*range(7), *range(7)])
