"""Standardizer against scikit-learn's StandardScaler and Keras's Normalization."""

import keras
import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from solutions.normalization_and_early_stopping.standardizer import Standardizer


@pytest.fixture
def x():
    rng = np.random.default_rng(0)
    return (rng.normal(size=(53, 6)) * [0.01, 1, 3, 10, 50, 0.5] + rng.normal(size=6)).astype("float32")


def adapted(x):
    layer = Standardizer()
    layer.adapt(x)
    return layer


def test_it_agrees_with_scikit_learn_and_keras(x):
    new = 2 * x[:9] + 1
    by_sklearn = StandardScaler().fit(x).transform(new)
    normalization = keras.layers.Normalization()
    normalization.adapt(x)
    found = adapted(x)(new)
    np.testing.assert_allclose(found, by_sklearn, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found, normalization(new), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("value", [0.1, 0.7, 1 / 3, 123.456])
def test_a_constant_is_centred_and_divided_by_one_as_in_scikit_learn(x, value):
    x[:, 2] = value
    new = x[:5] + np.float32(0.25)
    expected = StandardScaler().fit(x.astype("float64")).transform(new)
    np.testing.assert_allclose(adapted(x)(new)[:, 2], expected[:, 2], rtol=1e-3)


def test_binary_inputs_stay(x):
    x[:, 1] = x[:, 1] > 0
    x[:, 3] = 0
    x[:, 4] = 1
    found = adapted(x)(x).numpy()
    np.testing.assert_array_equal(found[:, [1, 3, 4]], x[:, [1, 3, 4]])


def test_a_real_fit_leaves_it_alone_and_a_saved_network_keeps_it(x, tmp_path):
    layer = adapted(x)
    model = keras.Sequential([keras.Input((6,)), layer, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    before = [np.array(w) for w in layer.weights]
    model.fit(x, x[:, :1], epochs=1, verbose=0)
    for w, value in zip(layer.weights, before, strict=True):
        np.testing.assert_array_equal(w, value)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded(x), model(x), rtol=1e-5)
