"""Calls of the built-in in many disguises, and honest code that must raise no alarm."""

import pytest

from helpers.checks import Checks
from helpers.operations import violations

SETUP = "import keras\nimport numpy as np\nimport tensorflow as tf"
DENSE = Checks("Dense", lecture="3:17")
SOFTMAX = Checks("stable_softmax", lecture="6:52")
TANH = Checks("tanh", lecture="5:26")
GLOROT = Checks("GlorotUniform", lecture="32:09")

DISGUISES = {
    "called": (SOFTMAX, "f = tf.nn.softmax(a)"),
    "by keras": (SOFTMAX, "f = keras.activations.softmax(a)"),
    "by keras.ops": (SOFTMAX, "f = keras.ops.softmax(a)"),
    "by tf.keras": (SOFTMAX, "f = tf.keras.activations.softmax(a)"),
    "by a layer": (SOFTMAX, "f = keras.layers.Softmax()(a)"),
    "by logsumexp": (SOFTMAX, "f = tf.exp(a - tf.reduce_logsumexp(a))"),
    "by keras.ops.logsumexp": (SOFTMAX, "f = keras.ops.logsumexp(a)"),
    "by log_softmax": (SOFTMAX, "f = tf.exp(tf.nn.log_softmax(a))"),
    "by scipy": (SOFTMAX, "from scipy.special import softmax"),
    "imported name": (SOFTMAX, "from tensorflow.nn import softmax as f"),
    "imported module": (SOFTMAX, "import tensorflow.nn as n\nf = n.softmax(a)"),
    "alias": (SOFTMAX, "g = tf.nn\nf = g.softmax(a)"),
    "alias bound below": (SOFTMAX, "def f(a):\n    return g(a)\ng = tf.nn.softmax"),
    "tuple of aliases": (SOFTMAX, "g, k = tf.nn, 3\nf = g.softmax(a)"),
    "walrus": (SOFTMAX, "f = (g := tf.nn).softmax(a)"),
    "either or": (SOFTMAX, "f = (tf.nn if True else np).softmax(a)"),
    "or": (SOFTMAX, "f = (None or tf.nn).softmax(a)"),
    "default argument": (SOFTMAX, "def f(a, g=tf.nn.softmax):\n    return g(a)"),
    "in a dictionary": (SOFTMAX, "d = {'g': tf.nn.softmax}"),
    "a module in a list": (SOFTMAX, "d = [tf]\nf = d[0].nn.softmax(a)"),
    "a module as an argument": (SOFTMAX, "def f(t, a):\n    return t.nn.softmax(a)\nf(tf, a)"),
    "a module on self": (SOFTMAX, "class F:\n    def __init__(self):\n        self.t = keras.activations"),
    "getattr": (SOFTMAX, "f = getattr(tf.nn, 'soft' + 'max')(a)"),
    "attrgetter": (SOFTMAX, "from operator import attrgetter\nf = attrgetter('nn.softmax')(tf)"),
    "eval": (SOFTMAX, "f = eval('tf.nn.softmax')"),
    "__import__": (SOFTMAX, "t = __import__('tensorflow')"),
    "importlib": (SOFTMAX, "import importlib"),
    "sys.modules": (SOFTMAX, "import sys\nt = sys.modules['tensorflow']"),
    "__dict__": (SOFTMAX, "f = tf.nn.__dict__['softmax']"),
    "vars": (SOFTMAX, "f = vars(tf.nn)['softmax']"),
    "globals": (SOFTMAX, "f = globals()['tf'].nn.softmax"),
    "star": (SOFTMAX, "from tensorflow.nn import *\nf = softmax(a)"),
    "raw ops": (SOFTMAX, "f = tf.raw_ops.Softmax(logits=a)"),
    "compat": (SOFTMAX, "f = tf.compat.v1.nn.softmax(a)"),
    "private module": (SOFTMAX, "from keras.src.activations import softmax"),
    "python module": (SOFTMAX, "from tensorflow.python.ops.nn_ops import softmax_v2"),
    "by name": (SOFTMAX, "f = keras.activations.get('softmax')"),
    "deserialized": (SOFTMAX, "f = keras.saving.deserialize_keras_object('softmax')"),
    "subclassed": (DENSE, "class Dense(keras.layers.Dense):\n    pass"),
    "wrapped": (
        DENSE,
        "class Dense(keras.layers.Layer):\n    def build(self, s):\n        self.d = keras.layers.Dense(3)",
    ),
    "an equal layer": (DENSE, "class Dense(keras.layers.EinsumDense):\n    pass"),
    "subclasses": (DENSE, "d = keras.layers.Layer.__subclasses__()"),
    "__class__": (DENSE, "d = keras.Model().__class__"),
    "patched library": (DENSE, "tf.matmul = print"),
    "patched base class": (DENSE, "keras.layers.Layer.call = print"),
    "patched alias": (DENSE, "L = keras.layers.Layer\nL.call = print"),
    "patched by type": (DENSE, "type(layer).call = print"),
    "setattr": (DENSE, "setattr(np, 'isclose', print)"),
    "reads files": (DENSE, "open('/etc/passwd')"),
    "numpy reads files": (DENSE, "np.load('solutions.npy')"),
    "tensorflow reads files": (DENSE, "tf.io.read_file('x')"),
    "shell": (DENSE, "get_ipython().system('ls')"),
    "os": (DENSE, "import os"),
    "tanh by numpy": (TANH, "f = np.tanh(a)"),
    "tanh by tf.math": (TANH, "f = tf.math.tanh(a)"),
    "tanh by tf": (TANH, "f = tf.tanh(a)"),
    "tanh by sigmoid": (TANH, "f = 2 * tf.sigmoid(2 * a) - 1"),
    "initializer": (GLOROT, "w = keras.initializers.GlorotUniform()"),
    "initializer by name": (
        GLOROT,
        "w = keras.layers.Layer().add_weight((2, 3), initializer='glorot_uniform')",
    ),
    "math's tanh, element by element": (TANH, "import math\ng = np.vectorize(math.tanh)"),
    "an attribute of a class": (SOFTMAX, "class K:\n    m = tf\nf = K.m.nn.softmax(a)"),
    "an attribute of a class, in a loop": (
        SOFTMAX,
        "class K:\n    if 1:\n        m = tf\nf = K.m.nn.softmax(a)",
    ),
    "an import in a class": (SOFTMAX, "class K:\n    import tensorflow as m\nf = K.m.nn.softmax(a)"),
    "an item in a tuple of targets": (SOFTMAX, "d = {}\nd['m'], y = tf, 1\nf = d['m'].nn.softmax(a)"),
    "a starred target": (SOFTMAX, "x, *y = 1, tf\nf = y[0].nn.softmax(a)"),
    "two targets": (SOFTMAX, "x = (y, z) = (tf, 1)\nf = x[0].nn.softmax(a)"),
    "a module of pyplot": (
        SOFTMAX,
        "import matplotlib.pyplot as plt\nt = plt.importlib.import_module('tensorflow')",
    ),
    "a module of dataclasses": (SOFTMAX, "import dataclasses\nt = dataclasses.sys.modules['tensorflow']"),
    "a module of enum": (SOFTMAX, "from enum import sys"),
    "a module of helpers": (SOFTMAX, "from helpers import published\nt = published.importlib"),
    "a module of plots": (SOFTMAX, "from helpers import plots\nt = plots.np"),
    "a module of statistics": (SOFTMAX, "from statistics import sys"),
    "type hints": (SOFTMAX, "import typing\ndef g(x: 't'): ...\nf = typing.get_type_hints(g)"),
    "dispatch by type hints": (
        SOFTMAX,
        "from functools import singledispatch\n@singledispatch\ndef g(x): ...",
    ),
    "a formatter": (SOFTMAX, "import string\nt = string.Formatter().get_field('0.x', (f,), {})"),
    "a generator's frame": (SOFTMAX, "g = (i for i in [])\nt = g.gi_frame.f_builtins"),
    "a traceback's frame": (SOFTMAX, "def f(e):\n    return e.with_traceback(None).tb_frame"),
    "a pattern": (SOFTMAX, "match f:\n    case object(__globals__=g): g['tf'].nn.softmax(a)"),
    "an operation by its name": (
        SOFTMAX,
        "def f(a):\n    return a.graph.create_op('Softmax', [a], [a.dtype])",
    ),
    "the inside of an operation": (SOFTMAX, "g = tf.exp._tf_decorator"),
    "the inside of a value": (SOFTMAX, "g = [tf.exp][0]._tf_decorator"),
    "memory": (SOFTMAX, "p = np.zeros(3).ctypes"),
    "a layer from its configuration": (DENSE, "m = keras.Model.from_config({})"),
    "a layer from its configuration, by a subclass": (
        DENSE,
        "class M(keras.Model):\n    def from_config(self): ...\nm = M.from_config({})",
    ),
    "a loss by its name": (SOFTMAX, "def f(model):\n    model.compile(loss='categorical_crossentropy')"),
    "initializer by get": (GLOROT, "w = keras.initializers.get('glorot_uniform')"),
}

HONEST = {
    "tensorflow": "def f(a, axis=-1):\n    e = tf.exp(a - tf.reduce_max(a, axis))\n    return e / tf.reduce_sum(e, axis, True)",
    "numpy": "def f(a):\n    e = np.exp(a - a.max(-1, keepdims=True))\n    return e / e.sum(-1, keepdims=True)",
    "keras.ops": "from keras import ops\ndef f(a):\n    return ops.einsum('nd,dh->nh', a, a)",
    "tf.math and linalg": "def f(a):\n    return tf.linalg.matmul(a, a, transpose_b=True) / tf.math.sqrt(a)",
    "a layer": (
        "@keras.saving.register_keras_serializable('fdl')\nclass Dense(keras.layers.Layer):\n"
        "    def __init__(self, units, **kw):\n        super().__init__(**kw)\n        self.units = units\n"
        "    def build(self, s):\n        self.W = self.add_weight(shape=(s[-1], self.units), initializer='glorot_uniform')\n"
        "    def call(self, h):\n        return h @ self.W\n"
        "    def get_config(self):\n        return {**super().get_config(), 'units': self.units}"
    ),
    "a nested attribute of one's own": "def f(self, node):\n    self.args[0].grad = 1.0\n    node.left.grad += 2.0",
    "standard library": "import math\nfrom dataclasses import dataclass\nfrom collections import defaultdict\nf = math.sqrt(2)",
    "more of it": "import itertools, functools, operator\nf = functools.reduce(operator.mul, itertools.chain([1], [2]))\n"
    "from collections.abc import Sequence\nimport collections.abc\nfrom typing import Any, NamedTuple",
    "a private attribute of one's own": (
        "class K:\n    def __init__(self):\n        self._W = 1\n    def _g(self):\n        return self._W + self._g()"
    ),
    "a named tuple": "from collections import namedtuple\nP = namedtuple('P', 'x y')\np = P(1, 2)._replace(x=3)",
    "several names": "a, b = np.exp, tf.exp\nc = d = tf.math\ne = c.log(1.0) + d.exp(2.0)",
    "methods of values": "y = tf.exp(a).numpy().astype('float32').reshape(-1).tolist()\nz = 'x'.join(['a']).format(3)",
    "a picture": "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1])\nplt.show()",
    "constants of types": "m = tf.float32.max + np.finfo('f4').eps",
    "a tuple of shapes": "def f(h):\n    n, d = tf.shape(h)[0], h.shape[-1]\n    return tf.zeros((n, d), h.dtype)",
    "random numbers": "rng = np.random.default_rng(3)\nu = tf.random.uniform((2, 3)) < keras.random.uniform((2, 3))",
    "a printed message": "print(f'{np.pi:.3f}', np.float32(3), tf.float32)",
}


@pytest.mark.parametrize(("exercise", "source"), DISGUISES.values(), ids=DISGUISES)
def test_the_built_in_is_seen_in_disguise(exercise, source):
    assert violations(exercise, [source], [SETUP])


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
def test_honest_code_raises_no_alarm(source):
    assert violations(DENSE, [source], [SETUP]) == []


def test_another_cell_cannot_smuggle_the_built_in_in():
    cells = ["def f(a):\n    return helper(a)", "helper = tf.nn.softmax"]
    assert (
        "line 1: tensorflow.nn.softmax is not among the operations of this exercise; write it yourself"
        in violations(SOFTMAX, cells, [SETUP])
    )


def test_an_exercise_may_be_allowed_more_and_less():
    source = ["f = tf.tanh(a)"]
    assert violations(Checks("MLP", lecture="3:17", allow=["tanh"]), source, [SETUP]) == []
    assert violations(Checks("MLP", lecture="3:17", allow=["tensorflow.tanh"]), source, [SETUP]) == []
    assert violations(Checks("exp", lecture="3:17", forbid=["exp"]), ["f = np.exp(a)"], [SETUP])
    tape = Checks("step", lecture="3:17", allow=["tensorflow.GradientTape"])
    assert violations(tape, ["with tf.GradientTape() as t:\n    pass"], [SETUP]) == []
    assert violations(DENSE, ["with tf.GradientTape() as t:\n    pass"], [SETUP])


def test_an_exercise_may_forbid_an_attribute():
    weights = Checks("GlorotUniform", lecture="32:09", forbid=[".add_weight"])
    assert violations(weights, ["def f(layer, name):\n    return layer.add_weight((2,), initializer=name)"])


def test_a_cell_that_does_not_parse_is_passed_over():
    assert violations(DENSE, ["def f(:"]) == []


def test_the_courses_own_cells_may_use_what_they_like():
    assert (
        violations(DENSE, ["def f(a):\n    return a"], [SETUP + "\nimport os\nkeras.layers.Dense(3)"]) == []
    )


@pytest.mark.parametrize(
    "knot",
    ["a = tf\n" + "a = a.x\n" * 600, "a = tf\n" + "a = a.x if 1 else a.y\n" * 40, "a = tf" + ".x" * 200],
    ids=["a chain", "a tree", "a path"],
)
def test_a_knot_is_refused_before_it_takes_minutes(knot):
    assert "names are bound anew too often to follow them" in violations(DENSE, [knot], [SETUP])[0]


def test_many_uses_are_read_as_fast_as_few():
    assert violations(DENSE, ["tf.exp(a)\n" * 10_000], [SETUP]) == []
