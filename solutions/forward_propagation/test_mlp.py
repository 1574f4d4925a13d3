"""Against a model put together from Keras's own layers, and against products written out."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from solutions.forward_propagation.activations import tanh
from solutions.forward_propagation.mlp import MLP


@pytest.mark.parametrize("units", [[], [5], [6, 4], [3, 3, 3]], ids=str)
def test_it_computes_what_a_sequential_model_computes(units):
    x = tf.constant(np.random.default_rng(0).normal(size=(8, 7)), "float32")
    ours = MLP(units, 3, keras.activations.tanh)
    layers = [keras.layers.Dense(n, activation="tanh") for n in units]
    theirs = keras.Sequential([*layers, keras.layers.Dense(3, activation="softmax")])
    ours(x), theirs(x)
    theirs.set_weights([np.random.default_rng(1).normal(size=w.shape) for w in theirs.weights])
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(x), theirs(x), rtol=1e-5)


def test_one_example_by_hand():
    network = MLP([2], 2, tanh)
    network(tf.zeros((1, 2)))
    network.set_weights([np.eye(2), np.zeros(2), np.array([[1.0, 0], [0, 1]]), np.array([0, np.log(3)])])
    np.testing.assert_allclose(network(tf.zeros((1, 2))), [[1 / 4, 3 / 4]], rtol=1e-6)


def test_fit_lowers_the_loss():
    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
    y = (x[:, 0] > 0).astype("int64")
    network = MLP([8], 2, tanh)
    network.compile(optimizer=keras.optimizers.SGD(0.5), loss="sparse_categorical_crossentropy")
    losses = network.fit(x, y, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < 0.7 * losses[0]
