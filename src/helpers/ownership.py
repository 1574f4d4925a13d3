"""What is not the student's to call in an exercise, and what of that the witness saw."""

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from helpers.frames import name_of
from helpers.witness import ALARM, IMPORT, Sighting


@dataclass(frozen=True)
class NotYours:
    """What an exercise asks to write, by the names under which it could be called instead.

    Attributes:
        names: what the witness would see, "Softmax" or "tensorflow.python.ops.nn_ops.softmax_v2", and the
            public path for it, "tensorflow.nn.softmax".
        paths: the public paths.
    """

    names: dict[str, str] = field(default_factory=dict)
    paths: tuple[str, ...] = ()

    def __or__(self, other: "NotYours") -> "NotYours":
        return NotYours(self.names | other.names, tuple(sorted({*self.paths, *other.paths})))

    def without(self, paths: Iterable[str]) -> "NotYours":
        """The same, but that some paths may be used."""
        taken = set(paths)
        names = {name: path for name, path in self.names.items() if path not in taken}
        return NotYours(names, tuple(path for path in self.paths if path not in taken))

    def called(self, seen: Iterable[Sighting]) -> list[str]:
        """The public paths of what the witness saw of it, each once."""
        found = {self.names[name] for kind, name in seen if name in self.names and kind not in (ALARM, IMPORT)}
        return sorted(found)

    def to_json(self) -> dict[str, Any]:
        return {"names": dict(sorted(self.names.items())), "paths": sorted(self.paths)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "NotYours":
        """Read what `to_json` wrote."""
        return cls(dict(data["names"]), tuple(data["paths"]))


def declared(paths: Iterable[str]) -> NotYours:
    """What somebody names by hand, as the witness would see it.

    Args:
        paths: public paths, "keras.layers.Dropout"; or an operation's type, "Softmax".
    Raises:
        ValueError: if a path leads nowhere.
    """
    names = {}
    for path in paths:
        if "." in path:
            names[name_of(resolved(path))] = path
        else:
            names[path] = path
    return NotYours(names, tuple(sorted(paths)))


def resolved(path: str) -> Any:
    """What stands at a dotted path.

    Args:
        path: "tensorflow.nn.softmax".
    Raises:
        ValueError: if nothing does.
    """
    root, *rest = path.split(".")
    try:
        thing: Any = importlib.import_module(root)
        so_far = root
        for name in rest:
            so_far += f".{name}"
            if isinstance(thing, ModuleType) and not hasattr(thing, name):
                importlib.import_module(so_far)
            thing = getattr(thing, name)
    except (ImportError, AttributeError):
        raise ValueError(f"there is no {path}") from None
    return thing


def alarms(seen: Iterable[Sighting]) -> list[str]:
    """What the witness saw that no answer needs: "started a thread"."""
    return sorted({name for kind, name in seen if kind == ALARM})


def public(path: str) -> str:
    """A path as a student writes it, "tf.nn.softmax"."""
    for module, short in (("tensorflow.", "tf."), ("numpy.", "np.")):
        if path.startswith(module):
            return short + path.removeprefix(module)
    return path
