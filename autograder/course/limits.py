"""What a student's code may use while it is graded. Exceptions stand in course/limits.yml:

11_dropout:                      # a unit
  notebook: 300
  exercises:
    Dropout: {check: 20}         # takes longer than others
"""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import yaml

from helpers.errors import AuthoringError


@dataclass(frozen=True)
class Limits:
    """Args:
    cell: seconds for a cell.
    check: seconds for one check on one draw.
    notebook: seconds for all of a notebook.
    memory: GB, of the whole process.
    output: characters of printed text that are kept of a cell.
    """

    cell: float = 30.0
    check: float = 10.0
    notebook: float = 240.0
    memory: float = 4.0
    output: int = 200_000


DEFAULT = Limits()
Exceptions = dict[str, dict[str, float]]  # by exercise, "" for the unit


def limits(exceptions: Exceptions, exercise: str = "") -> Limits:
    """The limits of an exercise, or of the unit for what belongs to none."""
    return replace(DEFAULT, **{**exceptions.get("", {}), **exceptions.get(exercise, {})})  # type: ignore[arg-type]


def read(file: Path, unit: str, exercises: Collection[str]) -> Exceptions:
    """A unit's exceptions; none if there is no file.

    Raises:
        ValueError: if there is anything in it that would not be kept to.
    """
    written = (yaml.safe_load(file.read_text("utf-8")) if file.exists() else None) or {}
    found: Any = dict(written.get(unit) or {})
    by_exercise = found.pop("exercises", None) or {}
    if strange := by_exercise.keys() - set(exercises):
        raise AuthoringError(f"{file}: {unit} has no exercise {', '.join(sorted(strange))}")
    known = {f.name for f in fields(Limits)}
    for where, settings in {unit: found, **by_exercise}.items():
        for name, value in settings.items():
            if name not in known:
                raise AuthoringError(f"{file}, {where}: {name!r} is none of {', '.join(sorted(known))}")
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise AuthoringError(f"{file}, {where}: {name} must be a number above 0, not {value!r}")
    return {"": found, **by_exercise}
