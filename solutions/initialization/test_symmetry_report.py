"""Against gradients worked out by hand for a network of zeros, and central differences in float64."""

import keras
import numpy as np

from solutions.initialization.symmetry_report import symmetry_report


def network(weights, activation="tanh", dtype="float64"):
    model = keras.Sequential(
        [keras.layers.Dense(4, activation, dtype=dtype), keras.layers.Dense(3, "softmax", dtype=dtype)]
    )
    model.build((None, 2))
    model.set_weights(weights)
    return model


SHAPES = [(2, 4), (4,), (4, 3), (3,)]


def test_zero_weights_by_hand():
    x, y = np.random.default_rng(0).normal(size=(4, 2)), np.array([0, 0, 1, 2])
    norms, distinct = symmetry_report(network([np.zeros(shape) for shape in SHAPES]), x, y)
    # f = 1/3 each, and the classes have 2, 1 and 1 of 4 examples: db = 1/3 - (1/2, 1/4, 1/4)
    expected = np.linalg.norm([1 / 3 - 1 / 2, 1 / 3 - 1 / 4, 1 / 3 - 1 / 4])
    np.testing.assert_allclose(norms, [0, 0, 0, expected], atol=1e-12)
    np.testing.assert_array_equal(distinct, [1, 1, 1, 2])


def test_norms_agree_with_central_differences():
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=shape) for shape in SHAPES]
    x, y = rng.normal(size=(5, 2)), rng.integers(3, size=5)
    model = network(weights)

    def loss():
        return -np.mean(np.log(np.asarray(model(x))[np.arange(5), y]))

    expected = []
    for variable, value in zip(model.trainable_variables, weights, strict=True):
        slopes = []
        for i in np.ndindex(value.shape):
            step = np.zeros_like(value)
            step[i] = 1e-6
            variable.assign(value + step)
            above = loss()
            variable.assign(value - step)
            slopes.append((above - loss()) / 2e-6)
        variable.assign(value)
        expected.append(np.linalg.norm(slopes))
    norms, distinct = symmetry_report(model, x, y)
    np.testing.assert_allclose(norms, expected, rtol=1e-7)
    np.testing.assert_array_equal(distinct, [4, 4, 3, 3])
