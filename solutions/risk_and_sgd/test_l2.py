"""Against Keras's own regularizer."""

import keras
import numpy as np
import pytest

from solutions.risk_and_sgd.l2 import L2


@pytest.mark.parametrize("shape", [(5, 3), (7,), (2, 3, 4)], ids=str)
def test_it_costs_what_keras_says(shape):
    w = np.random.default_rng(0).normal(size=shape).astype("float32")
    np.testing.assert_allclose(L2(0.3)(w), keras.regularizers.L2(0.3)(w), rtol=1e-6)


def test_fit_with_it_is_fit_with_keras_own():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)).astype("float32"), rng.normal(size=(20, 2)).astype("float32")
    found = []
    for regularizer in (L2(0.2), keras.regularizers.L2(0.2)):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.layers.Dense(2, kernel_regularizer=regularizer)])
        model.compile(keras.optimizers.SGD(0.1), loss="mse")
        model.fit(x, y, epochs=3, batch_size=7, verbose=0)
        found.append(model.get_weights())
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


def test_a_loaded_model_has_the_same_penalty(tmp_path):
    layer = keras.layers.Dense(4, kernel_regularizer=L2(0.07))
    model = keras.Sequential([keras.Input((3,)), layer])
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert again.layers[0].kernel_regularizer.lam == 0.07
    np.testing.assert_array_equal(again.losses, model.losses)


def test_a_negative_strength_is_refused():
    with pytest.raises(ValueError, match="received -0.5"):
        L2(-0.5)
