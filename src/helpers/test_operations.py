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
    "what a comprehension's target asks for": "f = [0 for d[np.load('x') if np else 0] in [[1]]]",
    "a library as a comprehension's target": "for_all = [0 for np.isclose in [print]]",
    "what a class reads past a function": "def f(np):\n    class K:\n        x = np.load('a')\n        np = 1\n    return K",
    "a getter of two meanings": "import operator\ng = operator.attrgetter if a else operator.methodcaller\nf = g('shape', '__globals__')(h)",
    "what lies behind a namespace": "import types\nt = types.SimpleNamespace.__base__.__subclasses__()",
    "what lies behind the output": "import sys\nt = type(sys.stdout.buffer.raw)('x')",
    "vars of what only has a class's name": "class K: ...\ndef g(K):\n    return vars(K)",
    "a module that a class of Python's holds": "from operator import attrgetter\nimport warnings\nclass K:\n    _module = 1\nf = attrgetter('_module.sys')(warnings.catch_warnings())",
    "a module with two names at once": "d = [0]\nm = d[0] = np\nf = d[0].load('x')",
    "a builtin before it is bound": "f = open('x')\nopen = 1",
    "a builtin as a default of its own name": "def f(open=open):\n    return open('x')",
    "a builtin in a class in a function": "def f(open):\n    class K:\n        x = open('a')\n        open = 1\n    return K",
    "a pattern by place under a builtin's name": "int = K\nmatch f:\n    case int(g): ...",
    "memory's interface under a condition": "class K:\n    if True:\n        __array_interface__ = {}",
    "annotations by hand": "class K:\n    __annotations__ = {'x': 1}",
    "a class of texts by another type": "K = type(int)('K', (), {})",
    "type under another name": "T = type\nK = T('K', (), {})",
    "a file by a site's printer": "print(license)",
    "NumPy by way of pyplot": "f = plt.np.testing.runstring('1', {})",
    "NumPy's file by way of a module of TensorFlow's": "from tensorflow.python.ops import math_ops\nf = math_ops.np.load('x')",
    "a file of TensorFlow 2's compatibility": "f = tf.compat.v2.io.read_file('x')",
    "a file by a raw operation": "f = tf.raw_ops.ReadFile(filename='x')",
    "a lazy module of Keras's": "from keras.src.utils.module_utils import LazyModule\nf = LazyModule('os')",
    "a picture's file": "fig, ax = plt.subplots()\nfig.savefig('x.svg')",
    "a module by a function": "from sklearn.utils.extmath import get_namespace\nxp, _ = get_namespace(a)",
    "attributes handed on in parts": "import functools\nf = functools.partial(functools.update_wrapper, assigned=('__globals__',))",
    "code out of a configuration by place": "f = keras.layers.Lambda.from_config(c, None, False)",
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
    "other names like a module's": "from helpers import data\nclass K:\n    def f(self, x=None):\n        data = x or []\n        data = data if data is not None else self.rows\n        return len(data)\ndef g(x):\n    match x:\n        case [data, *rest]:\n            return len(data)\n    try:\n        return x\n    except ValueError as data:\n        return str(data)",
    "variables like Python's functions": "def sgd(vars, grads):\n    dir = [g for g in grads]\n    return list(zip(vars, dir))\nfor input, target in pairs:\n    print(input.shape)",
    "names with two underscores": "class Stack:\n    def __init__(self):\n        self.__items = []\n    def __grow(self):\n        self.__items.append(1)\n    def push(self):\n        self.__grow()",
    "private names that Python's classes have too": "class Node:\n    def __init__(self):\n        self._name = self._value = self._hash = 1\n    def _add(self, other):\n        return self._name, other._name, other._value, self._get()\n    def _get(self):\n        return self._hash",
    "attributes of values in capitals": "def run(a, b, params):\n    L = a * b\n    L.grad = 1.0\n    for W in params:\n        W.grad = 0\n    return L",
    "an abstract class": "from abc import ABCMeta\nclass Base(metaclass=ABCMeta): ...",
    "windows and assertions of NumPy's": "w = np.lib.stride_tricks.sliding_window_view(a, 3)\nnp.testing.assert_allclose(a, a)",
    "a docstring with braces": "def f(self):\n    'Returns {self._x}, the sum over {i}._x.'",
    "a local name like a module's": "from helpers import data\ndef f(data):\n    rows = list(data)\n    return [len(data), data, rows]\ndef g(x):\n    data = [x]\n    return len(data), lambda data: [data], [data for data in x]",
    "getters whose names stand there": "from operator import attrgetter, methodcaller\nf = attrgetter('shape', 'kernel.shape')\ng = methodcaller('uniform', 0, endpoint=True)",
    "sorted places": "import bisect\nfrom heapq import heappush\nbisect.insort(places, x)\nn = bisect.bisect_left(places, x)",
    "names of one's own class": "class Faults:\n    def inputs(self): ...\nknown = [n for n in vars(Faults) if n in dir(Faults)]\ndef plant(fault, model):\n    getattr(Faults, fault)(model)",
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
