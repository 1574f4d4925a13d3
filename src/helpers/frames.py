"""Whose code a frame runs: a library's, ours, the student's, or the step from a check into a candidate."""

import functools
import inspect
import sys
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

import numpy as np

from helpers.sighting import CLASS, FUNCTION, Sighting

LIBRARY, OURS, STUDENT, ENTRY = "library", "ours", "student", "entry"
LIBRARIES = ("tensorflow", "keras", "numpy", "scipy", "sklearn")
HELPERS = str(Path(__file__).parent)
# Where libraries and Python itself lie.
INSTALLED = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")} | {"<frozen "}
)
CONVERTED = "__autograph_generated_file"
# Modules that hand every call on; they say nothing of what was called.
HANDING_ON = frozenset(
    "traceback_utils dispatch weak_tensor_ops tf_export deprecation tensor_math_operator_overrides "
    "override_binary_operator core op_callbacks execute ops".split()
)
# A class is told by its methods where these modules define it.
WITH_CLASSES = (
    *(f"keras.src.{kind}" for kind in "layers initializers regularizers losses optimizers models".split()),
    # TensorFlow has kept older ones.
    "tensorflow.python.keras",
    "tensorflow.python.ops.init_ops",
)


# Of the process, by the code's identity; the code is kept with it.
_libraries: dict[int, tuple[CodeType, "Place"]] = {}


# How an operation was reached.
Way = tuple[object, ...]
# As `id`, of each call of which Python tells its audit hooks.
identity = object.__hash__


class Place(NamedTuple):
    """What is known of a piece of code.

    Attributes:
        kind: whose it is.
        sightings: what is recorded of it: its function and its class, where a library's say something.
        is_method: whether it is a method that an object of the student's may have.
    """

    kind: str
    sightings: tuple[Sighting, ...] = ()
    is_method: bool = False


class Frames:
    """Tells frames apart, each piece of code once.

    Args:
        names: the global names of the student's code.
        ours: functions and classes whose module is the exercise's: its checks, and what stands in.
        candidate: the exercise's objects.
    """

    def __init__(self, names: dict[str, Any] | None, ours: Iterable[Any], candidate: Iterable[Any]) -> None:
        self.names = names
        ours = list(ours)
        functions = [thing for thing in map(inspect.unwrap, ours) if isinstance(thing, FunctionType)]
        self.ours = {identity(function.__globals__) for function in functions}
        self.classes = tuple(thing for thing in candidate if inspect.isclass(thing))
        self.standing_in = tuple(thing for thing in ours if inspect.isclass(thing))
        # What objects of these classes can do, by the code's identity.
        self.methods: set[int] = set()
        for cls in (*self.classes, *self.standing_in):
            self.methods |= _methods_of(cls)
        # Ways from an operation upwards that have been gone before, and at which steps of each an object's class counts.
        self.ways: dict[Way, list[int]] = {}
        # Whether a library's code has these global names, by their identity; and the names, so that it stays theirs.
        self.spaces: dict[int, bool] = {}
        self.names_of_spaces: list[dict[str, Any]] = []
        # Places by their code's identity; the code is kept, so that nothing else gets its identity.
        self.known: dict[int, tuple[CodeType, Place]] = {}

    def place(self, frame: FrameType) -> Place:
        """What is known of the code that a frame runs."""
        code = frame.f_code
        known = self.known.get(identity(code))
        if known is None:
            place = self._place(code, frame.f_globals)
            if place.kind == LIBRARY and identity(code) in self.methods:
                place = place._replace(is_method=True)
            known = code, place
            self.known[identity(code)] = known
        return known[1]

    def leads_on(self, frame: FrameType) -> bool:
        """Whether a frame's global names are a library's, as far as is known."""
        is_library = self.place(frame).kind == LIBRARY
        self.spaces[identity(frame.f_globals)] = is_library
        self.names_of_spaces.append(frame.f_globals)
        return is_library

    def way(self, op_type: str, frame: FrameType | None) -> Way:
        """How an operation was reached: each step by its module, and where in its code it stands.

        Python tells its audit hooks of each look at a frame's code, so that is not looked at here.

        Args:
            op_type: the operation's.
            frame: who asked for it.
        Returns:
            The way up to the first code that is no library's; () if there is none.
        """
        way: list[object] = [op_type]
        is_library_at = self.spaces.get
        while frame is not None:
            space = identity(frame.f_globals)
            way.append(space)
            is_library = is_library_at(space)
            if is_library is None:
                is_library = self.leads_on(frame)
            if not is_library:
                return tuple(way)
            way.append(frame.f_lasti)
            frame = frame.f_back
        return ()

    def _place(self, code: CodeType, names: dict[str, Any]) -> Place:
        file = code.co_filename
        if file == ENTRY_FILE and code.co_name.endswith("enter"):
            return Place(ENTRY)
        converted = CONVERTED in file
        if converted and names.get("__file__") == ENTRY_FILE:
            return Place(ENTRY)
        if names is self.names:
            return Place(STUDENT)
        if identity(names) in self.ours:
            return Place(OURS)
        if file.startswith(HELPERS):
            # What of helpers a student's code calls passes it on.
            return Place(OURS if file.endswith("checks.py") else LIBRARY)
        if converted or file.startswith(INSTALLED):
            return _of_library(code, names)
        return Place(STUDENT)

    def owner(self, frame: FrameType) -> str:
        """For whom a method of a library's runs: an object of the candidate's class, or of one that stands in."""
        code = frame.f_code
        owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
        if isinstance(owner, self.standing_in):
            return OURS
        return STUDENT if isinstance(owner, self.classes) else LIBRARY


def _of_library(code: CodeType, names: dict[str, Any]) -> Place:
    """The place of a library's code, which is the same for all exercises."""
    known = _libraries.get(identity(code))
    if known is None:
        known = code, _read(code, names)
        _libraries[identity(code)] = known
    return known[1]


def _read(code: CodeType, names: dict[str, Any]) -> Place:
    module = names.get("__name__", "")
    last = module.rpartition(".")[2]
    with_classes = module.startswith(WITH_CLASSES)
    if not root_of(module) or (last in HANDING_ON and not with_classes):
        return Place(LIBRARY)
    found = []
    owner = code.co_qualname.rpartition(".")[0]
    if with_classes and owner and "<" not in owner:
        found.append(Sighting(CLASS, f"{module}.{owner}"))
    if not code.co_name.startswith(("_", "<")):
        found.append(Sighting(FUNCTION, f"{module}.{code.co_qualname}"))
    return Place(LIBRARY, tuple(found))


def caller() -> FrameType | None:
    """The frame of who called whoever asks; unlike `sys._getframe` this is no event that a hook is told of."""
    try:
        raise LookupError
    except LookupError as error:
        here = error.__traceback__
    asking = here.tb_frame.f_back if here else None
    return asking.f_back if asking else None


def _methods_of(cls: type) -> frozenset[int]:
    """The identities of the code of all methods of a class, those that it inherits from a library among them."""
    found: set[int] = set()
    for one in cls.__mro__:
        if root_of(one.__module__):
            found |= _own_methods_of(one)
        else:
            found |= _read_methods(one)
    return frozenset(found)


@cache
def _own_methods_of(cls: type) -> frozenset[int]:
    """The same of a library's class alone."""
    return _read_methods(cls)


def _read_methods(cls: type) -> frozenset[int]:
    found = set()
    for part in list(vars(cls).values()):
        part = plain_function(part)
        if isinstance(part, FunctionType):
            found.add(identity(inspect.unwrap(part).__code__))
    return frozenset(found)


def root_of(name: str) -> str:
    """The library to which a dotted name belongs; "" if to none."""
    root = (name or "").partition(".")[0]
    return root if root in LIBRARIES else ""


def name_of(thing: Any) -> str:
    """How a function or class of a library is recorded: by the code that runs, whatever its public names are.

    Args:
        thing: a function, a class, a ufunc.
    Returns:
        "tensorflow.python.ops.nn_ops.softmax_v2"; "numpy.tanh" where there is no code to be seen.
    """
    try:
        thing = inspect.unwrap(thing)
    except ValueError:
        return ""
    if isinstance(thing, FunctionType):
        return f"{thing.__globals__.get('__name__', '')}.{thing.__code__.co_qualname}"
    module = getattr(thing, "__module__", None) or ""
    if not isinstance(module, str):
        return ""
    if type(thing).__name__ == "ufunc":
        module = "scipy.special" if thing.__name__ not in vars(sys.modules["numpy"]) else "numpy"
    name = getattr(thing, "__qualname__", None) or getattr(thing, "__name__", "")
    return f"{module}.{name}"


def plain_function(part: Any) -> Any:
    """The function within a method, a property, a partial or a ufunc's wrapper."""
    for _ in range(5):
        if isinstance(part, staticmethod | classmethod):
            part = part.__func__
        elif isinstance(part, property):
            part = part.fget
        elif isinstance(part, functools.partial | functools.partialmethod):
            part = part.func
        elif isinstance(part, np.vectorize):
            part = part.pyfunc
    return part


ENTRY_FILE = str(Path(__file__).with_name("witness.py"))
