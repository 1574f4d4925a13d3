"""What reaches out of an exercise: files, other modules, memory, and what lies behind functions and values.

Libraries that compute may be used as they come; whether they are the answer is seen while it runs (helpers.witness).
"""

import importlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

# They compute. What they offer under a public path may be used.
COMPUTING = ("tensorflow", "numpy", "keras", "scipy", "sklearn", "matplotlib")
# Of these operations show while they run.
WATCHED = ("tensorflow", "keras")
# But none of these: methods of callbacks, and what computes by NumPy.
WITHOUT_OPERATIONS = (
    "keras.callbacks.",
    "keras.src.callbacks.",
    "tensorflow.python.keras.callbacks.",
    "keras.utils.",
)
# Of these, what they offer by their own account, and nothing that they themselves have imported.
STANDARD = (
    "math cmath functools itertools collections collections.abc typing dataclasses numbers random copy abc warnings time "
    "enum string fractions decimal statistics operator heapq bisect textwrap contextlib pprint json queue datetime array "
    "__future__".split()
)
# These evaluate a text, fetch by one what it names, or make a class of texts.
BY_TEXT = frozenset(
    "typing.get_type_hints typing.get_overloads typing.ForwardRef typing.get_args string.Formatter string.Template "
    "functools.singledispatch functools.singledispatchmethod operator.attrgetter operator.methodcaller "
    "dataclasses.make_dataclass contextlib.chdir".split()
)
# Of modules that lead to more, what leads nowhere.
OF_OTHERS = frozenset(
    "types.SimpleNamespace types.MappingProxyType "
    "sys.setrecursionlimit sys.getrecursionlimit sys.float_info sys.maxsize sys.version sys.version_info sys.byteorder "
    "sys.getsizeof sys.stdout sys.stderr".split()
)
OTHERS = tuple(sorted({path.partition(".")[0] for path in OF_OTHERS}))
OURS = frozenset(
    "helpers.check helpers.commit helpers.settings helpers.data.digits helpers.data.mnist1d helpers.data.mnist helpers.graph.Node "
    "helpers.graph.Leaf helpers.graph.draw_graph helpers.plots.style helpers.plots.panels helpers.plots.label "
    "helpers.plots.lines helpers.plots.history helpers.plots.images helpers.plots.regions helpers.plots.bars".split()
)
# Of libraries: files, memory, and Python that runs where nobody sees it.
OUTSIDE = frozenset(
    "tensorflow.io tensorflow.saved_model tensorflow.py_function tensorflow.numpy_function tensorflow.load_library "
    "tensorflow.load_op_library tensorflow.train tensorflow.summary tensorflow.profiler tensorflow.distribute "
    "tensorflow.config tensorflow.data.experimental tensorflow.experimental.dlpack tensorflow.lite tensorflow.tpu "
    "numpy.load numpy.loadtxt numpy.save numpy.savez numpy.savez_compressed numpy.savetxt numpy.fromfile numpy.memmap "
    "numpy.genfromtxt numpy.fromregex numpy.from_dlpack numpy.frombuffer numpy.ctypeslib numpy.f2py numpy.distutils "
    "numpy.testing numpy.lib keras.saving.load_model keras.models.load_model keras.saving.save_model keras.export "
    "keras.models.save_model keras.saving.load_weights keras.saving.save_weights keras.utils.get_file keras.datasets "
    "keras.callbacks.ModelCheckpoint keras.callbacks.CSVLogger keras.callbacks.TensorBoard "
    "keras.callbacks.BackupAndRestore scipy.io scipy.datasets sklearn.datasets matplotlib.pyplot.savefig "
    "matplotlib.pyplot.imsave matplotlib.pyplot.imread matplotlib.style matplotlib.rcParams matplotlib.cbook matplotlib.image "
    "matplotlib.backends numpy.rec sklearn.utils.discovery scipy.sparse.load_npz scipy.sparse.save_npz "
    # Python from texts and bytes, and graphs that nobody is told of.
    "keras.config.enable_unsafe_deserialization tensorflow.Graph tensorflow.compat.v1.Graph tensorflow.compat.v1.train "
    "tensorflow.compat.v1.Session tensorflow.compat.v1.InteractiveSession tensorflow.compat.v1.wrap_function "
    "tensorflow.compat.v1.gfile tensorflow.raw_ops.ReadFile tensorflow.raw_ops.WriteFile tensorflow.raw_ops.MatchingFiles "
    "tensorflow.raw_ops.PyFunc tensorflow.raw_ops.EagerPyFunc tensorflow.raw_ops.PyFuncStateless tensorflow.python.ops.io_ops "
    "tensorflow.python.ops.gen_io_ops tensorflow.python.ops.script_ops tensorflow.python.ops.gen_script_ops "
    "keras.src.saving keras.src.utils.module_utils keras.src.utils.file_utils keras.src.utils.python_utils "
    "keras.src.utils.io_utils".split()
)
# Of those, what reads and writes nothing.
INSIDE_OF_OUTSIDE = frozenset(
    "numpy.lib.stride_tricks.sliding_window_view tensorflow.data.experimental.cardinality tensorflow.data.experimental.AUTOTUNE "
    "numpy.testing.assert_allclose numpy.testing.assert_array_equal numpy.testing.assert_array_almost_equal "
    "numpy.testing.assert_almost_equal numpy.testing.assert_equal".split()
)
# What of TensorFlow's private modules is operations and layers; the others reach its inside.
PRIVATE, OF_OPERATIONS = "tensorflow.python", ("tensorflow.python.ops", "tensorflow.python.keras")
# Python's own that could reach anything.
DYNAMIC = frozenset(
    "eval exec compile __import__ globals locals open input breakpoint __builtins__ __loader__ __spec__ get_ipython "
    "memoryview In Out exit quit license credits copyright help".split()
)
# These take an object and the name of an attribute, or all of them.
BY_NAME = frozenset("getattr setattr delattr vars dir".split())
# Those that classes define, and that values are asked for.
DUNDERS = frozenset(
    "__init__ __call__ __name__ __qualname__ __module__ __class__ __len__ __getitem__ __setitem__ __delitem__ __iter__ __next__ "
    "__repr__ __str__ __format__ __version__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __bool__ __int__ __float__ __index__ "
    "__post_init__ __slots__ __all__ __doc__ __annotations__ __enter__ __exit__ __contains__ __reversed__ __copy__ "
    "__deepcopy__ __missing__ __array__ __array_priority__ __neg__ __pos__ __abs__ __invert__ __round__".split()
    + [
        f"__{kind}{name}__"
        for kind in ("", "r", "i")
        for name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift divmod".split()
    ]
)
# Attributes of values that lead behind them: to frames, code and memory, which nobody else's attributes are called, and to
# files. INSIDE are beginnings.
OF_FRAMES = ("ag_", "co_", "cr_", "gi_", "tb_")
INSIDE = ("_", *OF_FRAMES)
OF_PYTHON = frozenset(
    "_module _evaluate f_back f_builtins f_code f_globals f_lasti f_lineno f_locals f_trace mro with_traceback ctypes cffi capsule".split()
)
REACHING = OF_PYTHON | frozenset(
    "python_function get_concrete_function function_spec function_type dump dumps tofile getfield setfield load "
    "load_weights save savefig save_weights get_namespace array_namespace load_own_variables save_own_variables export".split()
)
NAMED_TUPLE = frozenset("_asdict _fields _make _replace".split())
HARMLESS = DUNDERS | NAMED_TUPLE


@cache
def offered(module: str) -> frozenset[str]:
    """The paths of what a module of the standard library offers.

    Its own imports are not among them: `dataclasses.sys` would be a way to everything.

    Args:
        module: its name, "collections.abc".
    Returns:
        The public names in it, each with the module before it.
    """
    home = importlib.import_module(module)
    names = getattr(home, "__all__", None) or _defined_in(home)
    return frozenset(f"{module}.{name}" for name in names if not name.startswith("_")) - BY_TEXT


@cache
def by_star(module: str) -> tuple[str, ...]:
    """The names that `from module import *` binds, of a module of the standard library.

    Args:
        module: its name, "math".
    """
    home = importlib.import_module(module)
    return tuple(getattr(home, "__all__", None) or [name for name in vars(home) if not name.startswith("_")])


def _defined_in(home: ModuleType) -> list[str]:
    """A module's names but for those that it imports; what is written in C comes from a module with a _ before its name."""
    own = []
    for name, thing in vars(home).items():
        if getattr(thing, "__module__", home.__name__) in (home.__name__, f"_{home.__name__}"):
            own.append(name)
    return own


def beginnings(path: str) -> Iterator[str]:
    """What a dotted path leads through.

    Args:
        path: "tensorflow.math.exp".
    Returns:
        "tensorflow" and "tensorflow.math".
    """
    for i, sign in enumerate(path):
        if sign == ".":
            yield path[:i]


def canonical(path: str) -> str:
    """One path for what has several.

    Args:
        path: a dotted path, "tensorflow.keras.layers".
    Returns:
        The path as it is listed, "keras.layers".
    """
    return _spelled(_of_module(path))


def _spelled(path: str) -> str:
    path = re.sub(r"^tensorflow(\._api\.v2)?(\.compat\.v2)?(?=\.)", "tensorflow", path)
    return re.sub(r"^tensorflow(\.compat\.v[12])?\.keras(?=\.|$)|^tf_keras(?=\.|$)", "keras", path)


@cache
def _of_module(path: str) -> str:
    """The path by the name of the last module on its way."""
    root, *rest = path.split(".")
    if root not in COMPUTING:
        return path
    try:
        thing: Any = importlib.import_module(root)
    except ImportError:
        return path
    for i, name in enumerate(rest):
        found = _attribute(thing, name)
        if not isinstance(found, ModuleType):
            break
        thing = found
        its = _spelled(getattr(found, "__name__", ""))
        if its.partition(".")[0] in COMPUTING and not any(p.startswith("_") for p in its.split(".")):
            path = ".".join([its, *rest[i + 1 :]])
    return path


@cache
def reaches_out(path: str) -> bool:
    """Whether a dotted path leads out of what an answer needs.

    Args:
        path: of something in a module, "tensorflow.math.exp".
    Returns:
        True for other modules, for files, and for what is private.
    """
    path = canonical(path)
    root = path.partition(".")[0]
    every = [*beginnings(path), path]
    if root == "helpers":
        return path not in _on_the_way(OURS) and not _is_ours(every)
    if root in OTHERS:
        of_others = [part for part in every if part in OF_OTHERS]
        behind = path[len(of_others[0]) :].split(".") if of_others else []
        return path != root and (
            not of_others or any(reaches_behind(n) or n in ("__class__", "buffer") for n in behind)
        )
    if root in STANDARD or path in STANDARD:
        return not _is_offered(every)
    if root not in COMPUTING:
        return True
    if any(part in OUTSIDE for part in every) and not any(part in INSIDE_OF_OUTSIDE for part in every):
        return True
    if PRIVATE in every[:-1] and not any(part in OF_OPERATIONS for part in every):
        return True
    return any(reaches_behind(name) for name in path.split(".")[1:]) or _leaves(path)


def _is_ours(every: list[str]) -> bool:
    """Whether a path lies within what students import of ours, and leads behind nothing there."""
    behind = [part.rpartition(".")[2] for part in every if any(up in OURS for up in beginnings(part))]
    return any(part in OURS for part in every) and not any(reaches_behind(name) for name in behind)


def _on_the_way(paths: frozenset[str]) -> set[str]:
    return {part for path in paths for part in beginnings(path)}


def _is_offered(every: list[str]) -> bool:
    """Whether a path lies within what the standard library offers, and leads behind nothing there."""
    modules = [part for part in every if part in STANDARD]
    behind = every[len(modules) :]
    if not behind:
        return True
    if not any(behind[0] in offered(module) for module in modules):
        return False
    return not any(reaches_behind(part.rpartition(".")[2]) for part in behind[1:])


def _leaves(path: str) -> bool:
    """Whether a path through a library leads into a module of another: `matplotlib.pyplot.cm.mpl.sys`."""
    root, *rest = path.split(".")
    try:
        thing: Any = importlib.import_module(root)
    except ImportError:
        return False
    for name in rest:
        thing = _attribute(thing, name)
        if isinstance(thing, ModuleType) and thing.__name__.partition(".")[0] not in COMPUTING:
            return True
    return False


def _attribute(thing: Any, name: str) -> Any:
    """A part of a module; None if there is none, or if it is no module's."""
    if not isinstance(thing, ModuleType):
        return None
    found = getattr(thing, name, None)
    if found is None:
        found = sys.modules.get(f"{thing.__name__}.{name}")
    return found


@cache
def is_module(path: str) -> bool:
    """Whether a path is a module, and nothing by itself.

    Args:
        path: a dotted path, "tensorflow.math".
    """
    path = canonical(path)
    if path in _on_the_way(OURS):
        return True
    if path in STANDARD or path.partition(".")[0] not in COMPUTING:
        return path in STANDARD or "." not in path
    root, *rest = path.split(".")
    try:
        thing: Any = importlib.import_module(root)
    except ImportError:
        return not rest
    for name in rest:
        thing = _attribute(thing, name)
    return isinstance(thing, ModuleType)


def reaches_behind(attribute: str) -> bool:
    """Whether an attribute of a value leads behind it.

    Args:
        attribute: its name.
    Returns:
        True if it leads to frames, code, memory or files.
    """
    if attribute in REACHING:
        return True
    return attribute.startswith(INSIDE) and attribute not in HARMLESS


def is_pythons_own(attribute: str) -> bool:
    """Whether an attribute is called as those are that lead to frames, code or memory, which no answer calls its own so.

    Args:
        attribute: its name.
    """
    return attribute in OF_PYTHON or attribute.startswith(OF_FRAMES)
