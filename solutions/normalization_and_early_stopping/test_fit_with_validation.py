"""fit_with_validation with a real network: what it returns is what one finds by doing the steps by hand."""

import keras
import numpy as np
import pytest

from helpers import data
from solutions.normalization_and_early_stopping.fit_with_validation import fit_with_validation
from solutions.normalization_and_early_stopping.split import split


def build(standardizer):
    layers = [keras.Input((64,)), standardizer, keras.layers.Dense(10, activation="softmax")]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    return model


@pytest.fixture(scope="module")
def fitted():
    (x, y), _, _ = data.digits()
    x, y = x[:300], y[:300]
    keras.utils.set_random_seed(0)
    model, score = fit_with_validation(
        build, x, y, (0.6, 0.2, 0.2), np.random.default_rng(5), epochs=12, halve_after=1, stop_after=3
    )
    return model, score, split(x, y, (0.6, 0.2, 0.2), np.random.default_rng(5))


def test_the_score_is_that_of_the_returned_network_on_the_test_set(fitted):
    model, score, (_, _, (x_test, y_test)) = fitted
    f = model.predict(x_test, verbose=0)
    by_hand = -np.log(f[np.arange(len(y_test)), y_test]).mean()
    assert score == pytest.approx(by_hand, rel=1e-4)


def test_the_network_is_that_of_the_lowest_validation_loss(fitted):
    model, _, (_, valid, _) = fitted
    lowest = min(model.history.history["val_loss"])
    assert model.evaluate(*valid, verbose=0) == pytest.approx(lowest, rel=1e-4)


def test_the_standardizer_has_measured_the_training_set(fitted):
    model, _, ((x_train, _), _, _) = fitted
    layer = model.layers[0]
    real = np.ptp(x_train, axis=0) > 0
    np.testing.assert_allclose(np.array(layer.mu)[real], x_train.mean(0)[real], rtol=1e-4, atol=1e-5)
