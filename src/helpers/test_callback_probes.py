"""Probes of callbacks: each notices what it is there for, and nothing else."""

import warnings

import keras
import numpy as np
import pytest

from helpers import callback_probes
from helpers.checks import Checks, gather
from helpers.compare import same, summarize
from helpers.probes import BATTERIES
from helpers.scripted_training import fall_wait_fall, logs_of, trained

ALL = {probe.key for probe in BATTERIES[callback_probes.KIND]}


class Right(keras.callbacks.Callback):
    """Stops after two epochs that are no better, and goes back to the best."""

    def on_train_begin(self, logs=None):
        self.best, self.wait, self.kept = np.inf, 0, None

    def score(self, logs):
        return logs["val_loss"]

    def better(self, score):
        return score < self.best

    def weights(self):
        return self.model.get_weights()

    def on_epoch_end(self, epoch, logs=None):
        score = self.score(logs)
        if self.better(score):
            self.best, self.wait, self.kept = score, 0, self.weights()
            return
        self.wait += 1
        self.model.stop_training = self.wait >= 2

    def on_train_end(self, logs=None):
        if self.kept:
            self.model.set_weights(self.kept)


class SetOnce(Right):
    def __init__(self):
        super().__init__()
        Right.on_train_begin(self)

    def on_train_begin(self, logs=None):
        pass


class KeepsVariables(Right):
    def weights(self):
        return self.model.weights


class KeepsValues(Right):
    def weights(self):
        return [w.value for w in self.model.weights]


class KeepsTheModel(Right):
    def weights(self):
        self.best_model = self.model
        return self.model.weights


class TakesOut(Right):
    def score(self, logs):
        return logs.pop("val_loss")


class SilentWhereMissing(Right):
    def score(self, logs):
        return logs.get("val_loss", 1.0)


class UnclearWhereMissing(Right):
    def score(self, logs):
        return logs.get("val_loss")


class NanIsBetter(Right):
    def better(self, score):
        return not score >= self.best


class CountsBatches(Right):
    def on_train_batch_end(self, batch, logs=None):
        self.wait += batch > 0


class BeginsAtNumberZero(Right):
    def __init__(self):
        super().__init__()
        self.best, self.wait, self.kept = -np.inf, 0, None

    def on_train_begin(self, logs=None):
        pass

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            Right.on_train_begin(self)
        super().on_epoch_end(epoch, logs)


class NoRestore(Right):
    def on_train_end(self, logs=None):
        pass


class NamesVariablesToo(Right):
    def on_train_begin(self, logs=None):
        super().on_train_begin()
        self.variables = self.model.weights


class Warns(Right):
    def score(self, logs):
        if "val_loss" not in logs:
            warnings.warn("val_loss is not available", stacklevel=2)
            return np.inf
        return logs["val_loss"]


def passed(answer):
    """The keys of the probes that a callback passes, held against the right one."""
    exercise = Checks("Stop", kind=callback_probes.KIND, lecture="0:00")

    @exercise.example()
    def example(Stop, rng):
        return {"callback": Stop(), "logs": logs_of(fall_wait_fall(rng, 2, 12))}, trained

    keys = set()
    for check in exercise.checks:
        ours = gather(exercise, check, (Right,), 1, 2)
        theirs = gather(exercise, check, (answer,), 1, 3)
        assert not ours.failure
        if same(check, summarize(check, theirs, ours), summarize(check, ours, ours)):
            keys.add(check.probe)
    return keys


@pytest.mark.parametrize(
    ("answer", "missed"),
    [
        (Right, set()),
        (Warns, set()),
        (NamesVariablesToo, set()),
        (NoRestore, set()),
        (SetOnce, {"anew"}),
        (KeepsVariables, {"copies"}),
        (KeepsValues, {"copies"}),
        (KeepsTheModel, {"copies"}),
        (TakesOut, {"logs"}),
        (SilentWhereMissing, {"missing"}),
        (UnclearWhereMissing, {"missing"}),
        (NanIsBetter, {"nan"}),
        (CountsBatches, {"batches"}),
        (BeginsAtNumberZero, {"initial"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_probe_fails_where_its_property_is_lacking_and_nowhere_else(answer, missed):
    assert ALL - passed(answer) == missed


def test_a_failed_probe_says_what_it_means():
    for probe in BATTERIES[callback_probes.KIND]:
        assert probe.mistake
        assert probe.advice.endswith((".", "`"))
