"""Probes of optimizers: each notices what it is there for, whatever the step is."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import optimizer_probes
from helpers.checks import Checks, gather
from helpers.compare import same, summarize
from helpers.optimizer_probes import BATTERIES, KIND


@keras.saving.register_keras_serializable("fdl_tests")
class Remembering(keras.optimizers.Optimizer):
    """The right answer that the others are made of: θ ← θ - α v, v ← g + v/2."""

    def __init__(self, learning_rate=0.01, part=0.9, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.part = part

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.slots = self.add_optimizer_variables(variables, "v")

    def slot_of(self, variable):
        return self.slots[self._get_variable_index(variable)]

    def update_step(self, gradient, variable, learning_rate):
        slot = self.slot_of(variable)
        self.assign(slot, gradient + self.part * slot)
        self.assign_sub(variable, keras.ops.cast(learning_rate, variable.dtype) * slot)

    def get_config(self):
        return {**super().get_config(), "part": self.part}


class Twice(Remembering):
    """Another step, taken rightly: no probe is about values."""

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(2 * gradient, variable, learning_rate)


class OneSlot(Remembering):
    def slot_of(self, variable):
        return self.slots[0]


class Returning(Remembering):
    def update_step(self, gradient, variable, learning_rate):
        return variable - learning_rate * gradient


class RateInside(Remembering):
    def update_step(self, gradient, variable, learning_rate):
        slot, lr = self.slot_of(variable), keras.ops.cast(learning_rate, variable.dtype)
        self.assign(slot, lr * gradient + self.part * slot)
        self.assign_sub(variable, slot)


class Untracked(Remembering):
    def build(self, variables):
        super().build(variables)
        self.slots = [tf.Variable(tf.zeros(v.shape, v.dtype)) for v in variables]


class CountingInPython(Remembering):
    calls = 0

    def update_step(self, gradient, variable, learning_rate):
        self.calls += 1
        super().update_step(self.calls * gradient, variable, learning_rate)


class Counting(Remembering):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient, variable, learning_rate)
        self.iterations.assign_add(1)


class MovingAll(Remembering):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient, variable, learning_rate)
        for v, slot in zip(self._trainable_variables, self.slots, strict=True):
            self.assign_sub(v.value, keras.ops.cast(learning_rate, v.dtype) * slot)


class Forgetful(Remembering):
    def get_config(self):
        return super(Remembering, self).get_config()


class Dividing(Remembering):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(
            gradient * keras.ops.abs(gradient) / keras.ops.abs(gradient), variable, learning_rate
        )


class Single(Remembering):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(tf.cast(tf.cast(gradient, "float32"), gradient.dtype), variable, learning_rate)


def exercise():
    made = Checks("Remembering", kind=KIND, lecture="0:00")

    @made.example(points=optimizer_probes.HALF)
    def example(answer, rng):
        return {}, lambda learning_rate: answer(learning_rate, part=0.5)

    return made


def failed(answer):
    """The keys of the probes that an answer fails."""
    # A class of a test's own is registered here, under its own name.
    registered = keras.saving.register_keras_serializable("fdl_tests")(answer)
    keys, tried = set(), exercise()
    for check in tried.checks:
        ours = gather(tried, check, (Remembering,), 1, 2)
        theirs = gather(tried, check, (registered,), 1, 3)
        found, right = summarize(check, theirs, ours), summarize(check, ours, ours)
        # Under another name an answer is another's.
        found.arrays.pop("registered", None)
        right.arrays.pop("registered", None)
        if not same(check, found, right):
            keys.add(check.probe)
    return keys


def test_whoever_takes_another_step_everywhere_fails_none():
    assert failed(Twice) == set()


@pytest.mark.parametrize(
    ("answer", "keys"),
    [
        # Here the variables of several dtypes share it.
        (OneSlot, {"slots", "dtype"}),
        (RateInside, {"schedule"}),
        (Untracked, {"saved"}),
        # A schedule goes by the count.
        (Counting, {"iterations", "schedule"}),
        (Forgetful, {"config", "saved"}),
        (Dividing, {"zero"}),
        (Single, {"dtype"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_property_that_is_missing_is_noticed_and_no_other(answer, keys):
    assert failed(answer) == keys


def test_new_values_that_are_returned_are_noticed():
    assert "assigned" in failed(Returning)


def test_a_variable_that_gets_no_gradient_and_moves_is_noticed():
    assert {"unlisted", "slots"} <= failed(MovingAll)


def test_a_number_that_python_counts_up_is_noticed_in_a_graph():
    assert {"graph", "slots"} <= failed(CountingInPython)


def test_every_probe_notices_its_sabotage():
    tried = exercise()
    for check in tried.checks:
        sabotage = next(probe.sabotage for probe in BATTERIES[KIND] if probe.key == check.probe)
        ours = gather(tried, check, (Remembering,), 1, 2)
        plain = check.run
        check.run = lambda *arguments, plain=plain, sabotage=sabotage: plain(*arguments, sabotage=sabotage)
        theirs = gather(tried, check, (Remembering,), 1, 3)
        assert not same(check, summarize(check, theirs, ours), summarize(check, ours, ours)), check.probe


def test_a_probe_says_what_its_failure_means():
    for probe in BATTERIES[KIND]:
        assert probe.mistake
        assert probe.advice.endswith(".")
    keys = [probe.key for probe in BATTERIES[KIND]]
    assert len(keys) == len(set(keys))


def test_the_weight_of_all_probes_together_is_half_a_point_each():
    points = sum(check.points for check in exercise().checks)
    np.testing.assert_allclose(points, len(BATTERIES[KIND]) / 2)
