"""What is not the student's to call in an exercise, and what of that the witness saw."""

import importlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from helpers.frames import name_of
from helpers.operations import Reading
from helpers.permitted import canonical
from helpers.sighting import ALARM, CLASS, IMPORT, Sighting
from helpers.witness import ALARMS

# In a unit's folder of checks.
FILE = "not_yours.json"
STRANGER = "sent what no witness says"
SHORT = (("tensorflow.", "tf."), ("numpy.", "np."))


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

    def without_names(self, other: "NotYours") -> "NotYours":
        """The same, but for what others name: an operation goes by each of its paths, and by its type."""
        public = set(other.paths) | {self.names[name] for name in other.names if name in self.names}
        names = {}
        for name, path in self.names.items():
            if name not in other.names and path not in public:
                names[name] = path
        return NotYours(names, tuple(path for path in self.paths if path not in public))

    def called(self, seen: Iterable[Sighting]) -> list[str]:
        """The public paths of what the witness saw of it, each once."""
        found = set()
        # Of a class of Keras's, TensorFlow has kept an older one of the same name.
        classes = {}
        for name, path in self.names.items():
            if name.startswith("keras.") and name.rpartition(".")[2][:1].isupper():
                classes[name.rpartition(".")[2]] = path
        for kind, name in seen:
            if kind in (ALARM, IMPORT):
                continue
            # A method is its class's.
            for one in (name, name.rpartition(".")[0]):
                if one in self.names:
                    found.add(self.names[one])
            if kind == CLASS and name.rpartition(".")[2] in classes:
                found.add(classes[name.rpartition(".")[2]])
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
            names |= dict.fromkeys(_older(path), path)
        else:
            names[path] = path
    return NotYours(names, tuple(sorted(paths)))


def _older(path: str) -> list[str]:
    """The name of the older one that TensorFlow has kept of a function, if there is one."""
    root, _, rest = path.partition(".")
    if root != "tensorflow":
        return []
    try:
        thing = resolved(f"tensorflow.compat.v1.{rest}")
    except ValueError:
        return []
    return [] if isinstance(thing, type) else [name_of(thing)]


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


def what_is_called(not_yours: NotYours, seen: Iterable[Sighting], reading: Reading) -> str:
    """The first thing that an answer called although it should write it, in words; "" if nothing.

    Args:
        not_yours: what the student should not call.
        seen: what the witness saw.
        reading: of the answer's source, for the line.
    """
    for path in not_yours.called(seen):
        line = reading.line_of(path)
        where = f"line {line}: " if line else ""
        return f"{where}it calls {public(path)}, which this exercise asks you to write"
    return ""


def alarms(seen: Iterable[Sighting]) -> list[str]:
    """What the witness saw that no answer needs: "started a thread".

    What comes from a student's process may be anybody's words.
    """
    told = {name for kind, name in seen if kind == ALARM}
    known = sorted(told & ALARMS)
    return known if told <= ALARMS else [*known, STRANGER]


def written(file: Path) -> dict[str, NotYours]:
    """What students get of it, by the exercise's name; nothing if the file is missing or damaged."""
    try:
        data = json.loads(file.read_text("utf-8"))
        return {name: NotYours.from_json(entry) for name, entry in data.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def save(file: Path, every: Mapping[str, NotYours]) -> None:
    """Write what students get of it; the same content gives the same bytes."""
    data = {name: one.to_json() for name, one in every.items()}
    file.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", "utf-8", newline="\n")


def whole(path: str) -> str:
    """The one path of what a student writes as "tf.nn.softmax"."""
    for module, short in SHORT:
        if path.startswith(short):
            path = module + path.removeprefix(short)
    return canonical(path)


def public(path: str) -> str:
    """A path as a student writes it, "tf.nn.softmax"."""
    for module, short in SHORT:
        if path.startswith(module):
            return short + path.removeprefix(module)
    return path
