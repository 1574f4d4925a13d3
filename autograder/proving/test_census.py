"""The census finds what is an exercise's answer, under every name and form, and nothing that is not."""

import signal
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from autograder.proving import census, operations_tried
from autograder.proving.census import Census
from autograder.testing.tiny_exercise import tiny

SOFT = '''
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise

soft = Exercise("soft", lecture="6:52")


@soft.reference
def soft_max(a, axis=-1):
    """Probabilities."""
    ### BEGIN SOLUTION
    e = tf.exp(a - tf.reduce_max(a, axis=axis, keepdims=True))
    return e / tf.reduce_sum(e, axis=axis, keepdims=True)
    ### END SOLUTION


@soft.check("rows")
def rows(soft_max, rng):
    return {"f": soft_max(tf.constant(rng.normal(size=(5, 7)), "float32"))}


@soft.check("along the first axis")
def along_first(soft_max, rng):
    return {"f": soft_max(tf.constant(rng.normal(size=(5, 7)), "float32"), axis=0)}


@soft.check("large")
def large(soft_max, rng):
    return {"f": soft_max(tf.constant(300 * rng.normal(size=(5, 7)), "float32"))}


soft.misconception("not normalized", ("e / tf.reduce_sum(e, axis=axis, keepdims=True)", "e"), advice="Divide.")
'''.replace('Exercise("soft"', 'Exercise("soft_max"')


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations_tried, "HOMES", ["tensorflow.nn", "scipy.special"])
        return Census(tiny(tmp_path_factory.mktemp("soft"), text=SOFT)).take()


@pytest.mark.parametrize(
    "path",
    [
        "tensorflow.nn.softmax",
        "scipy.special.softmax",
        "tensorflow.nn.log_softmax",
        "scipy.special.log_softmax",
    ],
)
def test_whatever_gives_the_answer_is_found_also_under_exp(found, path):
    assert path in found.paths


def test_what_leaves_the_answer_under_exp_is_found(found):
    assert "scipy.special.logsumexp" in found.paths


@pytest.mark.parametrize("path", ["tensorflow.nn.relu", "tensorflow.nn.moments", "scipy.special.expit"])
def test_whatever_gives_something_else_is_not(found, path):
    assert path not in found.paths


RAMP = '''
import numpy as np
import tensorflow as tf

from autograder.exercise import Exercise

exercise = Exercise("ramp", lecture="6:52")


@exercise.reference
def ramp(a):
    """What is above 0."""
    ### BEGIN SOLUTION
    return tf.maximum(a, 0)
    ### END SOLUTION


def slope(ramp, a):
    with tf.GradientTape() as tape:
        tape.watch(a)
        f = ramp(a)
    return {"slope": tape.gradient(f, a)}


@exercise.check("above 0")
def above(ramp, rng):
    return {"f": ramp(tf.constant(rng.uniform(1, 2, size=5)))}


@exercise.check("below 0")
def below(ramp, rng):
    return {"f": ramp(tf.constant(rng.uniform(-2, 1, size=5)))}


@exercise.check("slopes above 0")
def slopes_above(ramp, rng):
    return slope(ramp, tf.constant(rng.uniform(1, 2, size=5)))


@exercise.check("slopes below 0")
def slopes_below(ramp, rng):
    return slope(ramp, tf.constant(rng.uniform(-2, -1, size=5)))


exercise.misconception("half of it", ("tf.maximum(a, 0)", "tf.maximum(a, 0) / 2"), advice="All of it.")
'''


def test_a_slope_that_was_lent_makes_nothing_an_answer(tmp_path, monkeypatch):
    tried = {"numpy.abs": np.abs, "numpy.asarray": np.asarray, "tensorflow.nn.relu": tf.nn.relu}
    monkeypatch.setattr(census, "operations", tried.items)
    found = Census(tiny(tmp_path, text=RAMP)).take()
    assert set(found.paths) == {"tensorflow.nn.relu"}


TWICE = '''
import keras
import numpy as np

from autograder.exercise import Exercise

exercise = Exercise("Twice", lecture="6:52")


@exercise.reference
class Twice(keras.layers.Layer):
    """Twice what it is given."""

    def call(self, h):
        ### BEGIN SOLUTION
        return h + h
        ### END SOLUTION


@exercise.check("a row has a shape")
def row(Twice, rng):
    return {"shape": np.shape(Twice()(rng.normal(size=5).astype("float32")))}


@exercise.check("a table has a shape")
def table(Twice, rng):
    return {"shape": np.shape(Twice()(rng.normal(size=(5, 7)).astype("float32")))}


@exercise.check("values")
def values(Twice, rng):
    return {"h": Twice()(rng.normal(size=(5, 7)).astype("float32"))}


exercise.misconception("once", ("h + h", "h"), advice="Twice.")
'''


def test_what_a_layer_that_gives_back_its_input_passes_makes_nothing_an_answer(tmp_path, monkeypatch):
    tried = {"tensorflow.abs": lambda h, *rate: tf.abs(h), "tensorflow.twice": lambda h, *rate: 2 * h}
    monkeypatch.setattr(census, "operations", tried.items)
    assert Census(tiny(tmp_path, text=TWICE)).take().paths == ("tensorflow.twice",)


def test_what_ended_a_process_is_known_and_can_be_left_out(tmp_path, monkeypatch):
    tried = {"tensorflow.nn.relu": tf.nn.relu, "numpy.abs": np.abs}
    monkeypatch.setattr(census, "operations", tried.items)
    trying = tmp_path / "trying"
    assert Census(tiny(tmp_path, text=RAMP), ["tensorflow.nn.relu"], trying).take().paths == ()
    assert trying.read_text() == "numpy.abs"


def test_an_operation_is_known_by_its_type_as_well(found):
    assert {"Softmax", "LogSoftmax"} <= found.names.keys()


def test_what_the_reference_itself_runs_is_nobodys_answer(found):
    assert not found.names.keys() & {"Exp", "Max", "Sum", "RealDiv", "Sub"}


def test_what_does_not_come_back_ends_its_process_alone():
    # An exponent of which no alarm interrupts the power.
    program = (
        "from autograder.proving import census; census.STUCK = 0.2; census._limited(lambda: 7 ** (7 ** 10))"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=False)
    assert ended.returncode == -signal.SIGVTALRM
