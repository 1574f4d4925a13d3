"""Whose code a frame runs: a library's, ours, the student's, or the step from a check into a candidate."""

import inspect
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

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
HANDING_ON = (
    "traceback_utils dispatch weak_tensor_ops tf_export deprecation tensor_math_operator_overrides "
    "override_binary_operator core op_callbacks execute ops"
).split()
# A class is told by its methods where these modules define it.
WITH_CLASSES = tuple(
    f"keras.src.{kind}" for kind in "layers initializers regularizers losses optimizers models".split()
)


class Place(NamedTuple):
    """What is known of a piece of code.

    Attributes:
        kind: whose it is.
        sightings: what is recorded of it: its function and its class, where a library's say something.
        has_self: whether it is a method, of an object that might be the student's.
    """

    kind: str
    sightings: tuple[Sighting, ...] = ()
    has_self: bool = False


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
        self.ours = [
            thing.__globals__ for thing in map(inspect.unwrap, ours) if isinstance(thing, FunctionType)
        ]
        self.classes = tuple(thing for thing in candidate if inspect.isclass(thing))
        self.standing_in = tuple(thing for thing in ours if inspect.isclass(thing))
        # Ways from an operation up to the student's code that have been gone before.
        self.ways: set[tuple[object, ...]] = set()
        # Places by their code's id; the code is kept, so that nothing else gets its id.
        self.known: dict[int, tuple[CodeType, Place]] = {}

    def place(self, frame: FrameType) -> Place:
        """What is known of the code that a frame runs."""
        code = frame.f_code
        known = self.known.get(id(code))
        if known is None:
            known = code, self._place(code, frame.f_globals)
            self.known[id(code)] = known
        return known[1]

    def _place(self, code: CodeType, names: dict[str, Any]) -> Place:
        file = code.co_filename
        if file == ENTRY_FILE and code.co_name.endswith("enter"):
            return Place(ENTRY)
        converted = CONVERTED in file
        if converted and names.get("__file__") == ENTRY_FILE:
            return Place(ENTRY)
        if names is self.names:
            return Place(STUDENT)
        if any(names is space for space in self.ours):
            return Place(OURS)
        if file.startswith(HELPERS):
            # What of helpers a student's code calls passes it on.
            return Place(OURS if file.endswith("checks.py") else LIBRARY, has_self=_has_self(code))
        if converted or file.startswith(INSTALLED):
            return _of_library(code, names)
        return Place(STUDENT)

    def owner(self, frame: FrameType) -> str:
        """For whom a method of a library's runs: an object of the candidate's class, or of one that stands in."""
        if not self.classes and not self.standing_in:
            return LIBRARY
        owner = frame.f_locals.get("self")
        if isinstance(owner, self.standing_in):
            return OURS
        return STUDENT if isinstance(owner, self.classes) else LIBRARY


def _of_library(code: CodeType, names: dict[str, Any]) -> Place:
    module = names.get("__name__", "")
    last = module.rpartition(".")[2]
    if not root_of(module) or last in HANDING_ON:
        return Place(LIBRARY)
    found = []
    owner = code.co_qualname.rpartition(".")[0]
    if module.startswith(WITH_CLASSES) and owner and "<" not in owner:
        found.append(Sighting(CLASS, f"{module}.{owner}"))
    if not code.co_name.startswith(("_", "<")):
        found.append(Sighting(FUNCTION, f"{module}.{code.co_qualname}"))
    return Place(LIBRARY, tuple(found), module.startswith("keras.") and _has_self(code))


def caller() -> FrameType | None:
    """The frame of who called whoever asks; unlike `sys._getframe` this is no event that a hook is told of."""
    try:
        raise LookupError
    except LookupError as error:
        here = error.__traceback__
    asking = here.tb_frame.f_back if here else None
    return asking.f_back if asking else None


def _has_self(code: CodeType) -> bool:
    return code.co_varnames[:1] == ("self",)


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


ENTRY_FILE = str(Path(__file__).with_name("witness.py"))
