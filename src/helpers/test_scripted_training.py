"""A scripted training calls the hooks that `fit` calls, in its order, and moves the weights as it says."""

import keras
import numpy as np
import pytest

from helpers import scripted_training
from helpers.scripted_training import NEVER, RATE, logs_of, trained, weights_at


class Diary(keras.callbacks.Callback):
    """Writes down which hooks are called, and with which numbers."""

    HOOKS = (
        "train_begin",
        "train_end",
        "epoch_begin",
        "epoch_end",
        "train_batch_begin",
        "train_batch_end",
        "test_begin",
        "test_end",
        "test_batch_begin",
        "test_batch_end",
    )

    def __init__(self):
        super().__init__()
        self.seen = []
        for hook in self.HOOKS:
            setattr(self, f"on_{hook}", self._note(hook))

    def _note(self, hook):
        def note(*arguments, logs=None):
            numbers = [one for one in arguments if isinstance(one, int)]
            self.seen.append((hook, *numbers))

        return note


def test_the_hooks_are_those_of_a_real_fit_in_the_same_order():
    scripted, real = Diary(), Diary()
    trained(scripted, logs_of([0.5, 0.4]), batches=2, first=3)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")
    model.fit(
        x, y, batch_size=2, initial_epoch=3, epochs=5, validation_data=(x, y), callbacks=[real], verbose=0
    )
    assert scripted.seen == real.seen


class StopAt(keras.callbacks.Callback):
    def __init__(self, last):
        super().__init__()
        self.last = last

    def on_epoch_end(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.1 * (epoch + 1)
        self.model.stop_training = epoch == self.last


def test_it_ends_when_a_callback_asks_for_it():
    found = trained(StopAt(2), logs_of(np.ones(6)), each=True)
    assert found["epochs run"] == 3
    np.testing.assert_allclose(
        found["rate after each epoch"], [0.1, 0.2, 0.3, NEVER, NEVER, NEVER], rtol=1e-6
    )
    np.testing.assert_array_equal(found["weights at the end"], weights_at(2))
    np.testing.assert_array_equal(found["weights after each epoch"][0], weights_at(0))
    assert np.all(found["weights after each epoch"][2:] == NEVER)


def test_the_next_training_begins_with_the_first_rate_and_is_not_stopped():
    trained(StopAt(0), logs_of(np.ones(3)))
    found = trained(keras.callbacks.Callback(), logs_of(np.ones(3)), rates=[np.nan, 0.25])
    np.testing.assert_allclose(found["rate after each epoch"], [RATE, 0.25, 0.25])
    assert found["epochs run"] == 3


@pytest.mark.parametrize("patience", [2, 3, 5])
def test_scores_are_as_their_names_say(patience):
    rng = np.random.default_rng(patience)
    for _ in range(50):
        assert np.all(np.diff(scripted_training.falling(rng, 8)) < 0)
        best = scripted_training.worse_from_the_start(rng, 15)
        assert best.argmin() == 0
        # Each second epoch is better than the one before it, and none is better than the best.
        assert np.any(np.diff(best) < 0)
        scores = scripted_training.fall_wait_fall(rng, patience, 15)
        assert len(scores) == 15
        since, waits = 0, []
        for epoch, score in enumerate(scores):
            better = epoch == 0 or score < scores[:epoch].min()
            since = 0 if better else since + 1
            waits.append(since)
        first_end = waits.index(patience)
        assert patience - 1 in waits[:first_end]
        # The wait before the second fall is one too short.
        assert 0 in waits[waits.index(patience - 1) : first_end]
        ties = scripted_training.with_ties(rng, max(patience, 3), 15)
        assert np.sum(ties == ties.min()) > 1
