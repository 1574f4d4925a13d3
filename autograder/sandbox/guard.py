"""Python's own functions that take an attribute's name, as a student's cells find them.

A name that is computed cannot be read beforehand, so it is looked at when it is asked for.
"""

import builtins
import types
from typing import Any

from helpers.permitted import reaches_behind

MAIN = "__main__"
# What belongs to everybody.
SHARED = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)
NOTHING = object()


def guarded() -> dict[str, Any]:
    """Python's own names, of which those that take an attribute's name refuse what leads behind a value."""
    names = dict(vars(builtins))
    for function in (_getattr, _hasattr, _setattr, _delattr, _vars):
        # AutoGraph then calls it as it is.
        function.__dict__["autograph_info__"] = {}
        names[function.__name__.removeprefix("_")] = function
    return names


def _getattr(thing: object, name: str, default: object = NOTHING, /) -> Any:
    _refuse_behind(thing, name)
    return getattr(thing, name) if default is NOTHING else getattr(thing, name, default)


def _hasattr(thing: object, name: str, /) -> bool:
    return not _leads_behind(thing, name) and hasattr(thing, name)


def _setattr(thing: object, name: str, value: object, /) -> None:
    _refuse_behind(thing, name)
    _refuse_shared(thing)
    setattr(thing, name, value)


def _delattr(thing: object, name: str, /) -> None:
    _refuse_behind(thing, name)
    _refuse_shared(thing)
    delattr(thing, name)


def _vars(*things: object) -> dict[str, Any]:
    for thing in things:
        _refuse_shared(thing)
    return vars(*things)


def _leads_behind(thing: object, name: object) -> bool:
    if not isinstance(name, str) or not reaches_behind(name):
        return False
    # What is private to the student's own classes is theirs.
    private = name.startswith("_") and not name.startswith("__")
    return not (private and type(thing).__module__ == MAIN)


def _refuse_behind(thing: object, name: object) -> None:
    if _leads_behind(thing, name):
        raise AttributeError(f".{name} reaches behind what the exercise is about")


def _refuse_shared(thing: object) -> None:
    if isinstance(thing, SHARED) and getattr(thing, "__module__", "") != MAIN:
        raise AttributeError("a library belongs to everybody, and is left as it is")
