"""Calls of the built-in in many disguises are seen; what an honest answer does is no more than it is."""

import textwrap
import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import watchman
from helpers.checks import Checks
from helpers.frames import Frames
from helpers.ownership import alarms, declared
from helpers.sighting import CLASS, FUNCTION, OPERATION, Sighting
from helpers.witness import Witness

SOFTMAX = declared(["Softmax", "LogSoftmax", "tensorflow.math.reduce_logsumexp", "scipy.special.softmax"])
DROPOUT = declared(["tensorflow.nn.dropout", "keras.layers.Dropout", "keras.random.dropout"])
DENSE = declared(["keras.layers.Dense"])
CHECK = """
import keras
import numpy as np
import tensorflow as tf
from helpers.checks import Checks

exercise = Checks("f", lecture="6:52")

@exercise.check("of a matrix")
def _(f, rng):
    a = tf.constant(rng.normal(size=(3, 4)), "float32")
    with tf.GradientTape() as tape:
        tape.watch(a)
        y = f(a)
    return {"y": y, "slopes": tape.gradient(y, a), "ours": tf.nn.softmax(a)}
"""
LAYERS = """
import keras
import numpy as np
import tensorflow as tf
from helpers.checks import Checks

exercise = Checks("Layer", lecture="3:17")

@exercise.check("called, and in fit")
def _(Layer, rng):
    layer = Layer(4)
    a = tf.constant(rng.normal(size=(3, 4)), "float32")
    y = layer(a)
    model = keras.Sequential([keras.Input((4,)), Layer(4), keras.layers.Softmax()])
    model.compile(loss="mse", optimizer="sgd")
    model.fit(np.ones((8, 4)), np.ones((8, 4)), verbose=0)
    return {"y": y}
"""


def exercise_of(source: str) -> Checks:
    space: dict = {}
    exec(compile(source, "<checks>", "exec"), space)
    return space["exercise"]


def watched(cell: str, name: str, checks: str) -> tuple[Witness, str]:
    """The witness of a cell's answer, and why it gave no evidence."""
    names = {"tf": tf, "keras": keras, "np": np, "__name__": "__main__"}
    exec(compile(textwrap.dedent(cell), "<cell>", "exec"), names)
    exercise = exercise_of(checks)
    witness = Witness(names)
    failure = witness.gather(exercise, exercise.checks[0], (names[name],), 1, 1).failure
    return witness, str(failure or "")


HONEST = {
    "tensorflow": "def f(a):\n    e = tf.exp(a - tf.reduce_max(a, -1, keepdims=True))\n    return e / tf.reduce_sum(e, -1, keepdims=True)",
    "keras.ops": "def f(a):\n    e = keras.ops.exp(a)\n    return e / keras.ops.sum(e, -1, keepdims=True)",
    "decorated": "@tf.function\ndef f(a):\n    return tf.exp(a)",
    "a local import": "def f(a):\n    import itertools, textwrap\n    return tf.exp(a)",
    "printed and asserted": "def f(a):\n    tf.print(a)\n    assert len(a.shape) == 2\n    return tf.exp(a)",
    "a closure of a class": "class F:\n    def __call__(self, a):\n        return tf.exp(a)\nf = F()",
    "a slope of its own": "@tf.custom_gradient\ndef f(a):\n    return tf.exp(a), lambda da: da * tf.exp(a)",
    "a named tuple": "from collections import namedtuple\nP = namedtuple('P', 'x')\ndef f(a):\n    return P(tf.exp(a)).x",
    "a warning": "import warnings\ndef f(a):\n    warnings.warn('large')\n    return tf.exp(a)",
    "NumPy": "def f(a):\n    return tf.constant(np.unpackbits(np.uint8([[7]]))[:3]) if False else tf.exp(a)",
    "a data set": "def f(a):\n    return tf.stack([tf.exp(row) for row in tf.data.Dataset.from_tensor_slices(a)])",
    "a generator": "def f(a):\n    def rows():\n        for row in a:\n            yield tf.exp(row)\n    return tf.stack(list(rows()))",
}
DISGUISES = {
    "called": "def f(a):\n    return tf.nn.softmax(a)",
    "an alias": "f = tf.nn.softmax",
    "a partial": "import functools\nf = functools.partial(tf.nn.softmax, axis=-1)",
    "a partial of a partial": "import functools as t\nf = t.partial(t.partial(keras.ops.softmax, axis=-1))",
    "Keras's": "f = keras.activations.softmax",
    "by a computed name": "def f(a):\n    return keras.activations.get('soft' + 'max')(a)",
    "a layer by its name": "def f(a):\n    return keras.saving.deserialize_keras_object({'module': 'keras.layers', 'class_name': 'Soft' + 'max', 'config': {}, 'registered_name': None})(a)",
    "an activation of a layer": "def f(a):\n    return keras.layers.Activation('soft' + 'max')(a)",
    "a raw operation": "def f(a):\n    return tf.raw_ops.Softmax(logits=a)",
    "traced before": "g = tf.function(tf.nn.softmax)\ng(tf.zeros((3, 4)))\ndef f(a):\n    return g(a)",
    "a concrete function": "g = tf.function(tf.nn.softmax).get_concrete_function(tf.TensorSpec((3, 4)))\ndef f(a):\n    return g(a)",
    "inside a function": "@tf.function\ndef f(a):\n    return tf.nn.softmax(a)",
    "exp of log-softmax": "def f(a):\n    return tf.exp(tf.nn.log_softmax(a))",
    "a slope of log-sum-exp": "def f(a):\n    with tf.GradientTape() as t:\n        t.watch(a)\n        y = tf.reduce_logsumexp(a, -1)\n    return t.gradient(y, a)",
    "a default": "def f(a, g=tf.nn.softmax):\n    return g(a)",
    "an operator": "class T:\n    def __rmatmul__(self, a):\n        return tf.nn.softmax(a)\n    __array_priority__ = 99\ndef f(a):\n    return T().__rmatmul__(a)",
    "a generator": "def g(a):\n    yield tf.nn.softmax(a)\ndef f(a):\n    return next(g(a))",
    "a property": "class T:\n    def __init__(self, a):\n        self.a = a\n    @property\n    def y(self):\n        return tf.nn.softmax(self.a)\ndef f(a):\n    return T(a).y",
    "a descriptor": "class D:\n    def __get__(self, one, cls):\n        return tf.nn.softmax\nclass T:\n    g = D()\ndef f(a):\n    return T().g(a)",
    "a metaclass": "class M(type):\n    def __call__(cls, a):\n        return tf.nn.softmax(a)\nclass f(metaclass=M):\n    pass\nf = f.__class__.__call__.__get__(f)",
    "at the end of an object": "class T:\n    def __del__(self):\n        box.append(tf.nn.softmax(self.a))\ndef f(a):\n    t = T()\n    t.a = a\n    del t\n    return box.pop()\nbox = []",
    "mapped": "def f(a):\n    return tf.map_fn(tf.nn.softmax, a)",
    "vectorized": "def f(a):\n    return tf.vectorized_map(tf.nn.softmax, a)",
    "in a branch": "def f(a):\n    return tf.cond(tf.size(a) > 0, lambda: tf.nn.softmax(a), lambda: a)",
    "in a function whose names are others": "import types\ng = types.FunctionType((lambda a: tf.nn.softmax(a)).__code__, {'tf': tf})\ndef f(a):\n    return g(a)",
    "by way of memory": "import sys\ndef f(a):\n    return sys.modules['tensor' + 'flow'].nn.softmax(a)",
    "in a data set": "def f(a):\n    return tf.stack([r for r in tf.data.Dataset.from_tensor_slices(a).map(tf.nn.softmax)])",
}  # fmt: skip


@pytest.mark.parametrize("cell", HONEST.values(), ids=HONEST)
def test_honest_code_calls_nothing_that_it_should_write_and_raises_no_alarm(cell):
    witness, failure = watched(cell, "f", CHECK)
    assert failure == ""
    assert SOFTMAX.called(witness.seen) == []
    assert alarms(witness.seen) == []


@pytest.mark.parametrize("cell", DISGUISES.values(), ids=DISGUISES)
def test_the_built_in_is_seen_in_disguise(cell):
    witness, failure = watched(cell, "f", CHECK)
    assert failure == ""
    assert SOFTMAX.called(witness.seen)


TRICKS = {
    "started a thread": "import threading\ndef f(a):\n    out = []\n    t = threading.Thread(target=lambda: out.append(tf.nn.softmax(a)))\n    t.start()\n    t.join()\n    return out[0]",
    "stopped the witness": "from tensorflow.python.eager import context\ndef f(a):\n    context.context().op_callbacks.clear()\n    return tf.nn.softmax(a)",
    "ran code from a text": "def f(a):\n    space = {'tf': tf}\n    exec('def g(a): return tf.exp(a)', space)\n    return space['g'](a)",
    "compiled a text": "def f(a):\n    return eval('a + 1')",
    "looked at frames": "import sys\ndef f(a):\n    sys._getframe(1)\n    return tf.exp(a)",
    "searched memory": "import gc\ndef f(a):\n    gc.get_objects()\n    return tf.exp(a)",
    "opened a file": "def f(a):\n    open('/dev/null').close()\n    return tf.exp(a)",
    "called the system": "import os\ndef f(a):\n    os.listdir('/')\n    return tf.exp(a)",
}  # fmt: skip


@pytest.mark.parametrize(("what", "cell"), TRICKS.items(), ids=TRICKS)
def test_a_trick_is_told(what, cell):
    witness, _ = watched(cell, "f", CHECK)
    assert what in alarms(witness.seen)


def test_a_thread_that_waits_since_an_earlier_cell_is_told():
    cell = """
    import queue, threading
    asked, told = queue.Queue(), queue.Queue()
    def serve():
        a = asked.get()
        told.put(tf.nn.softmax(a))
    threading.Thread(target=serve, daemon=True).start()
    def f(a):
        asked.put(a)
        return told.get()
    """
    witness, _ = watched(cell, "f", CHECK)
    assert "keeps a thread running" in alarms(witness.seen)


BASE = """
class Layer(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
"""
LAYERS_OF_DENSE = {
    "the library's own": "Layer = keras.layers.Dense",
    "a subclass that adds nothing": "class Layer(keras.layers.Dense):\n    pass",
    "a layer inside": BASE + "        self.inner = keras.layers.Dense(units)\n\n    def call(self, a):\n        return self.inner(a)",
    "its weights only": BASE
    + "        self.inner = keras.layers.Dense(units)\n\n    def build(self, s):\n        self.inner.build(s)\n\n"
    + "    def call(self, a):\n        return a @ self.inner.kernel + self.inner.bias",
    "its methods": BASE + "        self.kwargs = {}\n\n    build = keras.layers.Dense.build\n    call = keras.layers.Dense.call",
    "in a model": BASE + "        self.net = keras.Sequential([keras.layers.Dense(units)])\n\n    def call(self, a):\n        return self.net(a)",
}  # fmt: skip


@pytest.mark.parametrize("cell", LAYERS_OF_DENSE.values(), ids=LAYERS_OF_DENSE)
def test_a_layer_of_kerass_is_seen_within_the_students(cell):
    witness, _ = watched(cell, "Layer", LAYERS)
    assert DENSE.called(witness.seen) == ["keras.layers.Dense"]


def test_a_layer_of_the_students_own_calls_none_of_kerass():
    cell = f"""{BASE}
    def build(self, shape):
        self.W = self.add_weight(shape=(shape[-1], self.units), initializer="glorot_uniform")

    def call(self, a):
        return tf.matmul(a, self.W)
"""
    witness, failure = watched(cell, "Layer", LAYERS)
    assert failure == ""
    assert DENSE.called(witness.seen) == []
    # What the check itself does, and the loss, is nobody's answer.
    assert Sighting(OPERATION, "Softmax") not in witness.seen
    assert Sighting(OPERATION, "MatMul") in witness.seen


def test_a_type_that_honest_answers_share_is_told_by_the_function():
    honest, _ = watched(
        "def f(a):\n    return tf.where(tf.random.uniform(tf.shape(a)) < 0.5, a, 0.0)", "f", CHECK
    )
    borrowed, _ = watched("def f(a):\n    return tf.nn.dropout(a, 0.5)", "f", CHECK)
    assert DROPOUT.called(honest.seen) == []
    assert DROPOUT.called(borrowed.seen) == ["tensorflow.nn.dropout"]


def test_what_stands_in_for_an_earlier_exercise_is_not_the_students():
    checks = CHECK.replace('lecture="6:52"', 'lecture="6:52", given={"softmax": lambda a: tf.nn.softmax(a)}')
    witness, failure = watched("def f(a):\n    return softmax(a) + 1", "f", checks)
    assert failure == ""
    assert SOFTMAX.called(witness.seen) == []


@pytest.mark.parametrize(
    ("held", "name"),
    [
        ("np.tanh", "numpy.tanh"),
        ("staticmethod(np.tanh)", "numpy.tanh"),
        ("np.vectorize(np.tanh)", "numpy.tanh"),
    ],
)
def test_what_runs_no_operation_is_seen_under_the_students_name(held, name):
    witness, _ = watched(f"class Layer:\n    forward = {held}", "Layer", LAYERS)
    assert Sighting(FUNCTION, name) in witness.seen


def test_a_class_is_told_by_what_it_descends_from():
    witness, _ = watched("class Layer(keras.layers.Softmax):\n    pass", "Layer", LAYERS)
    assert Sighting(CLASS, "keras.src.layers.activations.softmax.Softmax") in witness.seen


def test_each_thing_is_told_once_and_as_soon_as_it_is_seen():
    told: list[Sighting] = []
    names = {"tf": tf, "np": np}
    exec(
        "def f(a):\n    b = tf.exp(a)\n    np.asarray(len(told))\n    return tf.exp(b)",
        names | {"told": told},
        names,
    )
    exercise = exercise_of(CHECK)
    Witness(names, told.extend).gather(exercise, exercise.checks[0], (names["f"],), 1, 1)
    assert told.count(Sighting(OPERATION, "Exp")) == 1


def test_what_lies_in_the_place_of_another_threads_frame_stops_nothing(monkeypatch):
    monkeypatch.setattr(watchman.sys, "_current_frames", lambda: {-1: types.CellType(1)})
    assert not watchman.threads_of(Frames({}, (), ()))
