"""HalveOnPlateau against Keras's ReduceLROnPlateau, and by hand."""

import keras
import numpy as np
import pytest

from helpers.scripted_training import RATE, fall_wait_fall, falling, logs_of, trained, worse_from_the_start
from solutions.normalization_and_early_stopping.halve_on_plateau import HalveOnPlateau


@pytest.mark.parametrize("patience", [1, 2, 3])
@pytest.mark.parametrize("least", [0.0, 0.15])
def test_the_rates_are_those_of_keras_own(patience, least):
    rng = np.random.default_rng(patience)
    for scores in (falling(rng, 15), worse_from_the_start(rng, 15), fall_wait_fall(rng, 3, 15)):
        ours = HalveOnPlateau(patience=patience, min_lr=least)
        theirs = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=patience, min_delta=0, min_lr=least)
        expected = trained(theirs, logs_of(scores))["rate after each epoch"]
        np.testing.assert_allclose(
            trained(ours, logs_of(scores))["rate after each epoch"], expected, rtol=1e-6
        )


def test_it_halves_each_time_that_the_look_ahead_is_over():
    found = trained(HalveOnPlateau(patience=2), logs_of([1.0, 2.0, 2.0, 2.0, 2.0, 0.5, 0.6]))
    by_hand = [RATE, RATE, RATE / 2, RATE / 2, RATE / 4, RATE / 4, RATE / 4]
    np.testing.assert_allclose(found["rate after each epoch"], by_hand)


def test_the_next_step_of_a_real_fit_is_half_as_long():
    unit = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((1,)), unit])
    model.compile(keras.optimizers.SGD(0.25), "mse")
    x = np.ones((4, 1), "float32")
    # A validation loss that rises with every step on the way from 0 to 1.
    callback = HalveOnPlateau(patience=1)
    model.fit(x, x, validation_data=(x, 0 * x), epochs=3, callbacks=[callback], batch_size=4, verbose=0)
    # The slope is 2(w − 1): the distance to 1 is multiplied by 1 − 2α each time, α = 1/4, 1/4, 1/8. Epoch 0 is the best.
    assert float(model.get_weights()[0][0, 0]) == pytest.approx(1 - 0.5 * 0.5 * 0.75)
    assert float(model.optimizer.learning_rate) == pytest.approx(1 / 16)


def test_a_missing_score_is_named():
    with pytest.raises(KeyError, match="val_error"):
        trained(HalveOnPlateau(monitor="val_error"), logs_of([1.0]))
