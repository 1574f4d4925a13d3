"""What a source uses is found with its line; what reaches out is told, and honest code is left in peace."""

import pytest

from helpers.operations import read

SETUP = "import keras\nimport matplotlib.pyplot as plt\nimport numpy as np\nimport tensorflow as tf"

REACHING = {
    "eval": "f = eval('tf.nn.softmax')",
    "__import__": "t = __import__('tensorflow')",
    "importlib": "import importlib\nt = importlib.import_module('tensorflow')",
    "sys.modules": "import sys\nt = sys.modules['tensorflow']",
    "os": "import os\nos.getcwd()",
    "a graph library": "import graphlib\ns = graphlib.TopologicalSorter({})",
    "globals": "f = globals()['tf'].nn.softmax",
    "vars of a module": "f = vars(tf.nn)['softmax']",
    "an attribute by a computed name": "f = getattr(tf.nn, 'soft' + 'max')(a)",
    "an attribute behind a function, by its name": "f = getattr(f, '__globals__')",
    "attrgetter": "from operator import attrgetter\nf = attrgetter('nn.softmax')(tf)",
    "a star": "from tensorflow.nn import *\nf = softmax(a)",
    "a star of what reads texts": "from typing import *\nf = get_type_hints(g)",
    "a star of another module": "from os import *\nf = getcwd()",
    "a star of the whole of helpers": "from helpers import *\nf = check",
    "__dict__": "f = tf.nn.__dict__['softmax']",
    "a private module": "from keras.src.activations import softmax\nsoftmax._x",
    "a private name of a library": "t = tf.dtypes._sys",
    "subclasses": "d = keras.layers.Layer.__subclasses__()",
    "a patched library": "tf.matmul = print",
    "a patched base class": "keras.layers.Layer.call = print",
    "a patched alias": "L = keras.layers.Layer\nL.call = print",
    "patched by type": "type(layer).call = print",
    "patched by setattr": "setattr(np, 'isclose', print)",
    "a file": "open('/etc/passwd')",
    "NumPy's file": "np.load('solutions.npy')",
    "TensorFlow's file": "tf.io.read_file('x')",
    "the shell": "get_ipython().system('ls')",
    "Python out of sight": "def f(a):\n    return tf.py_function(g, [a], tf.float32)",
    "a module of pyplot": "t = plt.cm.mpl.sys.modules",
    "a module of dataclasses": "import dataclasses\nt = dataclasses.sys.modules['tensorflow']",
    "a module of enum": "from enum import sys\nsys.modules",
    "what lies behind a function of helpers": "from helpers import check\nt = check.__globals__",
    "what lies behind the settings": "from helpers import settings\nt = settings.__globals__['Path']",
    "the module of the settings": "from helpers import attempts\nt = attempts.Path",
    "what lies behind a class of helpers": "from helpers.graph import Node\nt = Node.__init__.__globals__",
    "a module of helpers": "from helpers import published\nt = published.importlib",
    "a module as a value": "d = [tf]\nf = d[0].nn.softmax(a)",
    "a module of ours as a value": "from helpers import plots\nd = [plots]\nf = d[0].np",
    "a module as an attribute": "class K:\n    m = tf\nf = K.m.nn.softmax(a)",
    "an import in a class": "class K:\n    import tensorflow as m\nf = K.m.nn.softmax(a)",
    "type hints": "import typing\ndef g(x: 't'): ...\nf = typing.get_type_hints(g)",
    "a reference that is evaluated": "class K:\n    def _evaluate(self): ...\n(r,) = K.x\nr._evaluate({}, {}, set())",
    "a formatter": "import string\nt = string.Formatter().get_field('0.x', (f,), {})",
    "a format that asks for a frame": "t = '{0.tb_frame.f_back}'.format(error)",
    "a format that is put together": "t = ('{0.' + 'tb_frame}').format(error)",
    "a generator's frame": "g = (i for i in [])\nt = g.gi_frame.f_builtins",
    "a traceback's frame": "def f(e):\n    return e.with_traceback(None).tb_frame",
    "a pattern": "match f:\n    case object(__globals__=g): g['tf'].nn.softmax(a)",
    "patterns by position": "class K:\n    __match_args__ = ('__globals__',)",
    "memory": "p = np.zeros(3).ctypes",
    "memory by an interface": "class K:\n    @property\n    def __array_interface__(self): ...",
    "attributes that are caught": "class K:\n    def __setattr__(self, name, value): ...",
    "attributes that are handed on": "import functools\nfunctools.update_wrapper(a, b, assigned=('__globals__',))",
    "the same by position": "import functools\nfunctools.update_wrapper(a, b, ('__globals__',))",
    "a class of texts": "K = type('K', (), {'__match_args__': ('__globals__',)})",
    "a class of classes": "class M(type): ...",
    "a class by another": "class K(metaclass=M): ...",
    "a frame's name as one's own": "class K:\n    tb_frame = f_locals = None",
    "a frame's name on oneself": "class K:\n    def f(self, other):\n        self.f_back = other.f_back",
    "memory's name as one's own": "class K:\n    ctypes = None\np = np.zeros(1).ctypes",
    "self outside of a class": "def look(self, name):\n    return getattr(self, name)",
    "self in a static method": "class K:\n    @staticmethod\n    def look(self, name):\n        return getattr(self, name)",
    "another self in a method": "class K:\n    def f(self):\n        return [getattr(self, n) for n in 'ab'], lambda self, n: getattr(self, n)",
    "the dictionary of another self": "def inside(self):\n    return self.__dict__",
    "fields by their place": "match e:\n    case OfFrame(back, here): ...",
    "TensorFlow's inside": "from tensorflow.python.util import tf_inspect\ns = tf_inspect.stack()",
    "a text run by TensorFlow": "from tensorflow.python.autograph.pyct import loader\nloader.load_source('1')",
    "code out of a configuration": "f = keras.layers.Lambda.from_config({}, safe_mode=False)",
    "a graph of TensorFlow 1": "s = tf.compat.v1.Session()",
    "a thread of TensorFlow's": "t = tf.compat.v1.train.LooperThread.loop(None, None)",
    "objects of another class": "class K:\n    def __new__(cls, units):\n        return keras.layers.Dense(units)",
    "another class afterwards": "class K:\n    def f(self):\n        self.__class__ = keras.layers.Dense",
    "a builtin after a local one was deleted": "eval = 3\ndel eval\neval('1')",
    "what attrgetter reaches": "from operator import attrgetter\nf = attrgetter('__globals__')(g)",
    "what attrgetter reaches further on": "from operator import attrgetter\nf = attrgetter('a', 'b.gi_frame')(g)",
    "a method by a computed name": "import operator\nf = operator.methodcaller('to' + 'file', 'x')(a)",
    "a getter that is handed on": "import operator\nf = list(map(operator.attrgetter, names))",
    "vars of a value": "def f(model):\n    return vars(model)",
    "a default of an argument like a library's": "def f(np=np.load('x')):\n    return np",
    "an annotation of an argument like a library's": "def f(np: np.load('x')):\n    return np",
    "a decorator below an argument like a library's": "@np.load\ndef f(np):\n    return np",
    "a local name for a library": "def f(a):\n    np = tf if a else np\n    return np.io.read_file(a)",
    "a library under a local name in a function within": "def f(a):\n    m = 1\n    def g():\n        nonlocal m\n        m = np\n    return m.load(a)",
    "an import under an argument's name": "def f(m):\n    import numpy as m\n    return m.load('x')",
    "what a comprehension goes over": "f = [np for np in np.load('x')]",
    "a module of types": "import types\nf = types.CodeType",
    "a builtin where another function has a local one": "def f(open):\n    return open\ndef g():\n    return open('x')",
}
HONEST = {
    "tensorflow": "def f(a, axis=-1):\n    e = tf.exp(a - tf.reduce_max(a, axis))\n    return e / tf.reduce_sum(e, axis, True)",
    "an operation that no list knows": "def f(a):\n    return tf.linalg.band_part(a, -1, 0) + np.unpackbits(np.uint8([3]))",
    "a layer": (
        "@keras.saving.register_keras_serializable('fdl')\nclass Dense(keras.layers.Layer):\n"
        "    def __init__(self, units, **kw):\n        super().__init__(**kw)\n        self.units = units\n"
        "    def build(self, s):\n        self.W = self.add_weight(shape=(s[-1], self.units), initializer='glorot_uniform')\n"
        "    def get_config(self):\n        return {**super().get_config(), 'units': self.units}"
    ),
    "a helper of Keras's": "def f(x):\n    return keras.Sequential([keras.layers.Rescaling(2.0)])(x)",
    "a data set": "def f(x):\n    return tf.data.Dataset.from_tensor_slices(x).shuffle(9).batch(3)",
    "a local name like Python's": "def f(out):\n    open, input = [out], out\n    while open:\n        input = open.pop()\n    return input",
    "a name like Python's at the top": "input = np.ones(3)\ndef f():\n    return input",
    "an unused import": "import os\nimport subprocess as s\ndef f(a):\n    return a",
    "the recursion limit": "import sys\nsys.setrecursionlimit(10_000)",
    "one's own attributes by name": (
        "class K:\n    def __init__(self, **given):\n        for name, value in given.items():\n"
        "            setattr(self, name, value)\n    def get_config(self):\n        return vars(self).copy()\n"
        "    def get(self, name):\n        return getattr(self, name, None) if hasattr(self, name) else self.__dict__[name]"
    ),
    "an attribute of a value by its name": "w = getattr(layer, 'kernel', None)",
    "patterns": "match a:\n    case int(n) | float(n): ...\n    case [first, *rest]: ...\n    case K(units=n): ...",
    "private modules of operations": "from tensorflow.python.ops import math_ops\nfrom keras.src.layers import Layer\ny = math_ops.exp(a)\nclass K(Layer): ...",
    "oneself in a closure": "class K:\n    def f(self, names):\n        return {n: getattr(self, n) for n in names}, lambda n: getattr(self, n)",
    "the name of one's class": "class K:\n    def f(self):\n        return self.__class__.__name__",
    "a class that gets a name": "def make():\n    class K: ...\n    return K\nTanh, ReLU = make(), make()\nTanh.__name__, ReLU.__name__ = 'Tanh', 'ReLU'",
    "the state of a generator": "state = rng.bit_generator.state\nrng.bit_generator.state = state",
    "a counter on a function": "def f(a):\n    f.calls += 1\nf.calls = 0",
    "a message": "def f(a):\n    tf.print('shape', tf.shape(a))\n    assert a is not None, f'{a.shape}: {a!r}'\n    print('{} of {:.3f}'.format(1, 2.0))",
    "operators": "class V:\n    def __radd__(self, o): ...\n    def __itruediv__(self, o): ...\n    def __bool__(self): ...",
    "a private attribute of one's own": "class K:\n    def __init__(self):\n        self._W = 1\n    def _backward(self, other):\n        other._backward(other._W)",
    "a named tuple": "from collections import namedtuple\nP = namedtuple('P', 'x y')\np = P(1, 2)._replace(x=3)",
    "a picture": "fig, ax = plt.subplots()\nax.plot([1])\nplt.show()",
    "wrapped": "import functools\ndef d(f):\n    @functools.wraps(f)\n    def g(*a):\n        return f(*a)\n    return g",
    "standard library": "import math\nfrom dataclasses import dataclass\nfrom contextlib import contextmanager\nf = math.sqrt(2)",
    "the settings of checks": "from helpers import settings\nsettings(steps=False)",
    "a star of the standard library": "from math import *\nfrom collections.abc import *\ndef f(a):\n    return a * sqrt(pi)",
    "a local name like a module's": "from helpers import data\ndef f(data):\n    rows = list(data)\n    return [len(data), data, rows]\ndef g(x):\n    data = [x]\n    return len(data), lambda data: [data], [data for data in x]",
    "getters whose names stand there": "from operator import attrgetter, methodcaller\nf = attrgetter('shape', 'kernel.shape')\ng = methodcaller('uniform', 0, endpoint=True)",
    "sorted places": "import bisect\nfrom heapq import heappush\nbisect.insort(places, x)\nn = bisect.bisect_left(places, x)",
    "names of one's own class": "class Faults:\n    def inputs(self): ...\nknown = [n for n in vars(Faults) if n in dir(Faults)]",
    "a namespace": "from types import SimpleNamespace\nimport json\ns = SimpleNamespace(a=1)\ns.b = json.dumps([s.a])",
    "the type of a value": "def f(a):\n    return type(a)(a) if type(a) is list else a",
    "a configuration": "def f(layer):\n    return layer.__class__.from_config(layer.get_config())",
    "compiled": "def f(model):\n    model.compile(loss='mse')\n    return model",
}


@pytest.mark.parametrize("source", REACHING.values(), ids=REACHING)
def test_what_reaches_out_of_an_exercise_is_told_with_its_line(source):
    reaching = read([source], [SETUP]).reaching
    assert reaching
    assert all(sentence.startswith("line ") for sentence in reaching)


@pytest.mark.parametrize("source", HONEST.values(), ids=HONEST)
def test_honest_code_raises_no_alarm(source):
    assert read([source], [SETUP]).reaching == ()


def test_a_callback_of_kerass_runs_no_operation_and_is_read():
    source = "class Stop(keras.callbacks.Callback):\n    def __init__(self):\n        self.inner = keras.callbacks.EarlyStopping()"
    reading = read([source], [SETUP])
    assert reading.borrowed(["keras.callbacks.EarlyStopping"]) == [
        "line 3: keras.callbacks.EarlyStopping does what this exercise asks you to write"
    ]
    assert reading.borrowed(["keras.callbacks.ReduceLROnPlateau"]) == []


@pytest.mark.parametrize(
    "source",
    [
        "f = np.tanh(a)",
        "f = (np if True else tf).tanh(a)",
        "from numpy import tanh as g\nf = g(a)",
        "def f(a, g=np.tanh):\n    return g(a)",
        "f = getattr(np, 'tanh')(a)",
        "g = h = np\nf = h.tanh(a)",
        "import math\nf = np.vectorize(math.tanh)",
        "from math import *\nf = np.vectorize(tanh)",
        "from scipy.special import expit as e\nf = e(a)",
    ],
)
def test_a_library_that_runs_no_operation_is_read(source):
    reading = read([source], [SETUP])
    assert reading.borrowed(["numpy.tanh", "scipy.special.expit"], ["tanh"])


def test_a_library_that_runs_operations_is_left_to_the_witness_but_its_line_is_known():
    reading = read(["x = 1\nf = tf.nn.softmax(x)"], [SETUP])
    assert reading.borrowed(["tensorflow.nn.softmax"]) == []
    assert reading.line_of("tensorflow.nn.softmax") == 2
    assert reading.mentions(["tensorflow.nn.softmax"])


def test_another_cell_cannot_smuggle_an_answer_in():
    cells = ["def f(a):\n    return helper(a)", "helper = np.tanh"]
    sentence = "line 1: numpy.tanh does what this exercise asks you to write"
    assert sentence in read(cells, [SETUP]).borrowed(["numpy.tanh"])


def test_a_cell_that_does_not_parse_is_passed_over():
    assert read(["def f(:"]).reaching == ()


def test_the_courses_own_cells_may_use_what_they_like():
    assert read(["def f(a):\n    return a"], [f"{SETUP}\nimport os\nos.listdir()"]).reaching == ()


@pytest.mark.parametrize(
    "knot",
    ["a = tf\n" + "a = a.x\n" * 600, "a = tf\n" + "a = a.x if 1 else a.y\n" * 40, "a = tf" + ".x" * 200],
    ids=["a chain", "a tree", "a path"],
)
def test_a_knot_is_refused_before_it_takes_minutes(knot):
    assert "names are bound anew too often to follow them" in read([knot], [SETUP]).reaching[0]


def test_many_uses_are_read_as_fast_as_few():
    assert read(["tf.exp(a)\n" * 10_000], [SETUP]).reaching == ()
