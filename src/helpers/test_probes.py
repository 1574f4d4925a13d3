"""Probes: each notices what it is there for, and nothing else."""

import numpy as np
import pytest
import tensorflow as tf

from helpers.checks import Checks, gather
from helpers.compare import same, summarize
from helpers.probes import BATTERIES, checks_of


def doubled(kind, **without):
    """An exercise that asks for twice x, of some kind."""
    exercise = Checks("double", kind=kind, lecture="0:00")

    @exercise.example(without=without)
    def example(double, rng, N=4, H=3, dtype="float32"):
        x = rng.normal(size=(N, H)).astype(dtype)
        if kind == "function":
            x = tf.constant(x)
        return {"x": x}, lambda x: {"y": double(x)}

    return exercise


def passed(exercise, answer, right=lambda x: 2 * x):
    """The keys of the probes that an answer passes."""
    keys = set()
    for check in exercise.checks:
        ours = gather(exercise, check, (right,), 1, 2)
        theirs = gather(exercise, check, (answer,), 1, 3)
        if same(check, summarize(check, theirs, ours), summarize(check, ours, ours)):
            keys.add(check.probe)
    return keys


@pytest.fixture
def function():
    return doubled("function", untouched="tensors cannot be changed")


@pytest.fixture
def gradient():
    return doubled("gradient")


def test_a_right_answer_passes_all(function, gradient):
    assert passed(function, lambda x: x + x) == {"graph", "dtype", "one"}
    assert passed(gradient, lambda x: x + x) == {"untouched", "dtype", "one", "square", "unit"}


def test_a_wrong_value_fails_none_that_is_not_about_values(gradient):
    assert passed(gradient, lambda x: 3 * x) == {"untouched", "dtype"}


def test_an_argument_that_is_changed_in_place_is_noticed(gradient):
    def in_place(x):
        x *= 2
        return x.copy()

    assert "untouched" not in passed(gradient, in_place)


def test_a_buffer_that_only_fits_where_all_sizes_agree_is_noticed(gradient):
    def into_the_input(x):
        if x.shape == (4, 4):
            return {"y": np.multiply(x, 2, out=x)}["y"].copy()
        return 2 * x

    assert "untouched" not in passed(gradient, into_the_input)


def test_a_wrong_shape_is_no_second_call_that_differs():
    report = doubled("report", untouched="asked elsewhere")
    assert passed(report, lambda x: [[x]]) == {"again"}
    assert passed(report, lambda x: np.random.default_rng().normal(size=x.shape)) == set()


def test_a_dtype_that_is_taken_for_granted_is_noticed(function):
    assert passed(function, lambda x: tf.cast(2 * x, "float32")) == {"graph", "one"}


def test_a_batch_of_known_size_is_noticed(function):
    assert passed(function, lambda x: tf.reshape(2 * x, (x.shape[0], 3))) == {"dtype", "one"}
    assert "graph" not in passed(function, lambda x: 2 * x.numpy())


def test_a_failed_probe_says_what_it_means(gradient):
    for check in gradient.checks:
        assert check.mistake
        assert check.advice.endswith((".", "`"))


def test_a_probe_is_left_out_only_for_a_reason():
    with pytest.raises(ValueError, match="say why the probe 'one' is left out"):
        doubled("gradient", one="")
    with pytest.raises(ValueError, match="a gradient has no probe 'graph'"):
        doubled("gradient", graph="why not")


def test_there_is_no_kind_without_a_name():
    with pytest.raises(ValueError, match="'thing' is no kind of exercise"):
        checks_of("thing", lambda: ({}, dict), {}, {})


def test_a_probe_of_sizes_needs_an_example_of_any_size():
    def example(f, rng, N=4):
        return {"x": np.ones(N)}, lambda x: {"y": f(x)}

    with pytest.raises(ValueError, match="needs it"):
        checks_of("gradient", example, {}, {})


def test_keys_are_unique_in_each_battery():
    for battery in BATTERIES.values():
        keys = [probe.key for probe in battery]
        assert len(keys) == len(set(keys))
