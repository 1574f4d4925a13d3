"""Against Keras's own SGD, and what theory says of zeros."""

import keras
import numpy as np
import pytest

from solutions.initialization.train_and_watch import train_and_watch


def network(activation, initializer="glorot_uniform"):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.Dense(5, activation, kernel_initializer=initializer),
            keras.layers.Dense(3, "softmax", kernel_initializer=initializer),
        ]
    )
    model.build((None, 4))
    return model


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    return rng.normal(size=(7, 4)).astype("float32"), np.array([0, 0, 0, 0, 1, 1, 2])


def test_it_trains_as_keras_own_sgd_does(batch):
    ours, theirs = network("tanh"), network("tanh")
    theirs.compile(keras.optimizers.SGD(0.3), loss="sparse_categorical_crossentropy")
    gaps = []
    for _ in range(3):
        W = theirs.get_weights()[0]
        gaps.append(np.abs(W - W[:, :1]).max())
        theirs.train_on_batch(*batch)
    norms, gap = train_and_watch(ours, *batch, 0.3, 3)
    assert norms.shape == (3, 4)
    np.testing.assert_allclose(gap, gaps, rtol=1e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_zeros_and_tanh_are_stuck_but_for_the_output_bias(batch):
    model = network("tanh", "zeros")
    norms, gap = train_and_watch(model, *batch, 1.0, 200)
    assert not norms[:, :3].any()
    assert not gap.any()
    f = np.asarray(model(batch[0]))
    # the classes' frequencies
    np.testing.assert_allclose(f, np.tile([4 / 7, 2 / 7, 1 / 7], (7, 1)), atol=1e-3)


def test_zeros_and_sigmoid_move_as_one_unit(batch):
    norms, gap = train_and_watch(network("sigmoid", "zeros"), *batch, 1.0, 5)
    assert norms[0, 0] == 0
    assert norms[1, 0] > 0
    np.testing.assert_allclose(gap, 0, atol=1e-6)
