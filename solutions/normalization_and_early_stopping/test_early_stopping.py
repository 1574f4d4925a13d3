"""EarlyStopping against Keras's own in a real fit, and by hand where it differs."""

import keras
import numpy as np
import pytest

from helpers.scripted_training import logs_of, trained, weights_at
from solutions.normalization_and_early_stopping.early_stopping import EarlyStopping


def fitted(callback, aim, epochs=30, first=0):
    """A weight on its way from 0 to 1, beside a validation set that would have it at `aim`."""
    unit = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((1,)), unit])
    model.compile(keras.optimizers.SGD(0.05), "mse")
    x = np.ones((4, 1), "float32")
    history = model.fit(
        x,
        x,
        validation_data=(x, x * aim),
        epochs=epochs,
        initial_epoch=first,
        callbacks=[callback],
        batch_size=4,
        verbose=0,
    )
    return len(history.epoch), float(model.get_weights()[0][0, 0])


@pytest.mark.parametrize(("patience", "aim"), [(1, 0.5), (3, 0.5), (4, 0.8), (50, 0.6)])
def test_a_real_fit_ends_as_with_keras_own(patience, aim):
    ours = EarlyStopping(patience=patience)
    theirs = keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)
    assert fitted(ours, aim) == fitted(theirs, aim)
    assert ours.best == pytest.approx(theirs.best)
    assert ours.best_epoch == theirs.best_epoch


def test_epochs_are_numbered_as_fit_does():
    callback = EarlyStopping(patience=2)
    fitted(callback, 0.5, epochs=30, first=7)
    again = EarlyStopping(patience=2)
    fitted(again, 0.5)
    assert callback.best_epoch == again.best_epoch + 7


def test_the_first_epoch_may_be_the_last_with_a_score():
    # Keras's own does not stop after epoch 0 whatever its patience; there is nothing to be stopped by either.
    found = trained(EarlyStopping(patience=2), logs_of([np.nan, 3.0, np.nan, np.nan, np.nan]))
    assert found["epochs run"] == 4
    np.testing.assert_array_equal(found["weights at the end"], weights_at(1))


def test_without_any_score_the_weights_stay():
    found = trained(EarlyStopping(patience=2), logs_of([np.nan] * 5))
    assert found["epochs run"] == 2
    np.testing.assert_array_equal(found["weights at the end"], weights_at(1))


def test_a_tie_is_no_improvement():
    found = trained(EarlyStopping(patience=2), logs_of([2.0, 1.0, 1.0, 1.0, 0.5]))
    assert found["epochs run"] == 4
    np.testing.assert_array_equal(found["weights at the end"], weights_at(1))


def test_a_missing_score_is_named():
    (told,) = logs_of([1.0])
    del told["val_loss"]
    with pytest.raises(KeyError, match="val_loss"):
        trained(EarlyStopping(), [told])
