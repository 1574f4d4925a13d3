"""Kinds of ways around the witness, each in more than one spelling: seen, or told as an alarm."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers.op_callbacks import traced
from helpers.ownership import NotYours, alarms, declared
from helpers.sighting import FUNCTION, Sighting
from helpers.test_witness import BASE, CHECK, LAYERS, exercise_of, watched
from helpers.witness import MADE_BEFORE, OTHER_OBJECTS, TRACED_BEFORE, WHOLE_STEP, Witness

SOFTMAX = declared(["Softmax", "LogSoftmax", "tensorflow.math.reduce_logsumexp", "keras.ops.logsumexp"])
DENSE = declared(["keras.layers.Dense"])
SEEN = {
    "through keras.src": "import keras.src.ops.nn as n\ndef f(a):\n    return n.softmax(a)",
    "through compat.v1": "def f(a):\n    return tf.compat.v1.nn.softmax(a)",
    "through importlib": "import importlib\ndef f(a):\n    return importlib.import_module('tensorflow').nn.softmax(a)",
    "a module of TensorFlow's": "class M(tf.Module):\n    def __call__(self, a):\n        return tf.nn.softmax(a)\nf = M()",
    "in a loop of a graph": "def f(a):\n    step = lambda i, y: (i + 1, tf.nn.softmax(a))\n"
    "    return tf.while_loop(lambda i, y: i < 1, step, (0, a))[1]",
    "in a switch": "def f(a):\n    return tf.switch_case(tf.constant(0), [lambda: tf.nn.softmax(a)])",
    "mapped by Keras": "def f(a):\n    return keras.tree.map_structure(tf.nn.softmax, a)",
    "a Lambda": "def f(a):\n    return keras.layers.Lambda(lambda x: tf.nn.softmax(x))(a)",
    "a cloned model": "m = keras.Sequential([keras.Input((4,)), keras.layers.Activation('softmax')])\n"
    "m = keras.models.clone_model(m)\ndef f(a):\n    return m(a)",
    "compiled by XLA, traced before": "g = tf.function(tf.nn.softmax, jit_compile=True)\ng(tf.zeros((3, 4)))\ndef f(a):\n    return g(a)",
    "traced before, called in a graph": "g = tf.function(tf.nn.softmax)\ng(tf.zeros((3, 4)))\n@tf.function\ndef f(a):\n    return g(a)",
    "a finalizer": "import weakref\nclass T:\n    pass\nbox = []\n"
    "def f(a):\n    t = T()\n    weakref.finalize(t, lambda: box.append(tf.nn.softmax(a)))\n    del t\n    return box.pop()",
    "log-sum-exp of Keras": "def f(a):\n    return tf.exp(a - keras.ops.logsumexp(a, -1, keepdims=True))",
    "the callback taken out and put back": "from tensorflow.python.eager import context\ndef f(a):\n"
    "    c = context.context().op_callbacks\n    kept = list(c)\n    c.clear()\n"
    "    y = tf.function(tf.nn.softmax)(a)\n    c.extend(kept)\n    return y",
}  # fmt: skip
OUT_OF_SIGHT = {
    "a function of NumPy's": "@tf.function\ndef f(a):\n    return tf.numpy_function(np.exp, [a], a.dtype)",
    "a function of Python's": "def f(a):\n    return tf.py_function(tf.nn.softmax, [a], a.dtype)",
    "a generator in a data set": "def f(a):\n    def rows():\n        yield tf.nn.softmax(a)\n    spec = tf.TensorSpec(a.shape, a.dtype)\n"
    "    return next(iter(tf.data.Dataset.from_generator(rows, output_signature=spec)))",
}  # fmt: skip


@pytest.mark.parametrize("cell", SEEN.values(), ids=SEEN)
def test_a_way_around_leads_past_the_witness(cell):
    witness, _ = watched(cell, "f", CHECK)
    assert SOFTMAX.called(witness.seen)


@pytest.mark.parametrize("cell", OUT_OF_SIGHT.values(), ids=OUT_OF_SIGHT)
def test_python_in_a_thread_of_tensorflows_is_an_alarm(cell):
    witness, _ = watched(cell, "f", CHECK)
    assert "ran Python in a thread of TensorFlow's" in alarms(witness.seen)


def test_a_data_set_that_was_made_before_is_an_alarm():
    made = "x = tf.Variable(tf.zeros((3, 4)))\ns = tf.data.Dataset.from_tensors(0).map(lambda _: tf.nn.softmax(x))\n"
    for taken in ("s.get_single_element()", "next(iter(s))"):
        witness, failure = watched(f"{made}def f(a):\n    x.assign(a)\n    return a + {taken}", "f", CHECK)
        assert failure == ""
        assert MADE_BEFORE in alarms(witness.seen)
    here, _ = watched(
        "def f(a):\n    s = tf.data.Dataset.from_tensors(a)\n    return s.get_single_element()", "f", CHECK
    )
    assert alarms(here.seen) == []


@pytest.mark.parametrize("inside_a_graph", [False, True])
def test_a_graph_that_was_traced_before_is_an_alarm_and_one_that_is_traced_now_is_none(inside_a_graph):
    names = {"tf": tf, "__name__": "__main__"}
    call = "tf.function(lambda a: g(a))(a)" if inside_a_graph else "g(a)"
    exec(
        f"@tf.function(autograph=False)\ndef g(a):\n    return tf.exp(a)\ndef f(a):\n    return {call}", names
    )
    exercise = exercise_of(CHECK)

    def seen(before):
        witness = Witness(names, traced_before=before)
        witness.gather(exercise, exercise.checks[0], (names["f"],), 1, 1)
        return alarms(witness.seen)

    before = traced()
    assert seen(before) == []
    assert seen(before) == []
    assert seen(traced()) == [TRACED_BEFORE]


def test_a_step_of_an_optimizer_in_one_operation_is_an_alarm():
    cell = """
def f(a):
    v = tf.Variable(a)
    tf.raw_ops.ResourceApplyGradientDescent(var=v.handle, alpha=1.0, delta=a)
    return a + v
"""
    witness, failure = watched(cell, "f", CHECK)
    assert failure == ""
    assert alarms(witness.seen) == [WHOLE_STEP]


def test_a_class_whose_objects_may_be_of_another_is_an_alarm():
    cell = "class Layer:\n    def __new__(cls, units):\n        return keras.layers.Dense(units)"
    witness, failure = watched(cell, "Layer", LAYERS)
    assert failure == ""
    assert OTHER_OBJECTS in alarms(witness.seen)
    honest, _ = watched(f"import enum\nclass Kind(enum.Enum):\n    A = 1\n{BASE}", "Layer", LAYERS)
    assert alarms(honest.seen) == []


def test_what_a_function_in_a_class_s_place_gives_is_looked_at():
    witness, failure = watched("def Layer(units):\n    return keras.layers.Dense(units)", "Layer", LAYERS)
    assert failure == ""
    assert DENSE.called(witness.seen) == ["keras.layers.Dense"]
    heir, _ = watched(
        "class Heir(keras.layers.Dense): ...\ndef Layer(units):\n    return Heir(units)", "Layer", LAYERS
    )
    assert DENSE.called(heir.seen) == ["keras.layers.Dense"]


def test_an_older_class_of_tensorflows_goes_by_the_name_of_kerass():
    cell = f"""
from tensorflow.python.keras.layers import Dense
{BASE}        self.inner = Dense(units)

    def call(self, a):
        return self.inner(a)
"""
    witness, _ = watched(cell, "Layer", LAYERS)
    assert DENSE.called(witness.seen) == ["keras.layers.Dense"]


def test_an_older_initializer_of_tensorflows_goes_by_the_name_of_kerass():
    variance = NotYours(
        {"keras.src.initializers.random_initializers.VarianceScaling": "keras.initializers.VarianceScaling"}
    )
    cell = "def f(a):\n    return a + tf.compat.v1.glorot_uniform_initializer()((3, 4), tf.float32)"
    witness, failure = watched(cell, "f", CHECK)
    assert failure == ""
    assert variance.called(witness.seen) == ["keras.initializers.VarianceScaling"]


def test_a_layer_is_looked_at_again_where_it_has_changed():
    exercise = exercise_of(LAYERS)
    layer = type(
        "Layer", (keras.layers.Layer,), {"call": lambda self, a: a, "__init__": lambda self, units: None}
    )
    witness = Witness({})
    witness.gather(exercise, exercise.checks[0], (layer,), 1, 1)
    assert Sighting(FUNCTION, "numpy.tanh") not in witness.seen
    layer.forward = staticmethod(np.tanh)  # type: ignore[attr-defined]
    witness.gather(exercise, exercise.checks[0], (layer,), 1, 1)
    assert Sighting(FUNCTION, "numpy.tanh") in witness.seen
