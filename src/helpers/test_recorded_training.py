"""The recorder writes down what it is given, and lets callbacks work as in a real fit."""

import keras
import numpy as np
import pytest

from helpers.recorded_training import CLASS, Recorder, numbered_examples, numbers_of
from helpers.scripted_training import RATE


@pytest.fixture
def examples():
    return numbered_examples(np.random.default_rng(0), 10)


def test_examples_are_known_by_their_numbers(examples):
    x, y = examples
    np.testing.assert_array_equal(numbers_of(x[[3, 1]]) - numbers_of(x)[0], [3, 1])
    np.testing.assert_array_equal(y - CLASS, numbers_of(x))


def test_it_notes_what_is_trained_validated_and_tested_on(examples):
    x, y = examples
    model = Recorder(None, [0.5, 0.4, 0.3])
    model.evaluate(x[9:], y[9:], verbose=0)
    history = model.fit(x[:4], y[:4], epochs=2, validation_data=(x[4:6], y[4:6]), batch_size=2)
    model.predict(x[6:8])
    (fit,) = model.fits
    numbers = numbers_of(x)
    np.testing.assert_array_equal(fit.x, numbers[:4])
    np.testing.assert_array_equal(fit.valid[0], numbers[4:6])
    assert fit.tests == 1
    assert [list(test.x) for test in model.tests] == [[numbers[9]], list(numbers[6:8])]
    assert history.history["val_loss"] == [0.5, 0.4]


def test_keras_own_callbacks_work_with_it(examples):
    model = Recorder(None, [0.5, 0.6, 0.7, 0.8, 0.9])
    callbacks = [
        keras.callbacks.EarlyStopping(patience=3),
        keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=2, min_delta=0),
    ]
    model.fit(*examples, epochs=5, validation_data=examples, callbacks=callbacks)
    found = model.fits[0].found
    assert found["epochs run"] == 4
    np.testing.assert_allclose(found["rate after each epoch"], [RATE, RATE, RATE / 2, RATE / 2, -1])


def test_without_validation_data_there_are_no_validation_scores(examples):
    model = Recorder(None, [0.5, 0.4])
    history = model.fit(*examples, epochs=2)
    assert not [name for name in history.history if name.startswith("val_")]
