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
    """What one submission may use.

    Attributes:
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
# by exercise, "" for the unit
Exceptions = dict[str, dict[str, float]]


def limits(exceptions: Exceptions, exercise: str = "") -> Limits:
    """The limits of an exercise, or of the unit for what belongs to none.

    Args:
        exceptions: the unit's.
        exercise: its name, "" for the unit.
    """
    settings = {**exceptions.get("", {}), **exceptions.get(exercise, {})}
    return replace(DEFAULT, **settings)  # type: ignore[arg-type]


def read(file: Path, unit: str, exercises: Collection[str]) -> Exceptions:
    """A unit's exceptions; none if there is no file.

    Args:
        file: limits.yml.
        unit: its id.
        exercises: the names of its exercises.
    Raises:
        AuthoringError: if there is anything in it that would not be kept to.
    """
    if not file.exists():
        return {"": {}}
    by_unit = yaml.safe_load(file.read_text("utf-8")) or {}
    of_unit: Any = dict(by_unit.get(unit) or {})
    by_exercise = of_unit.pop("exercises", None) or {}
    strange = by_exercise.keys() - set(exercises)
    if strange:
        raise AuthoringError(f"{file}: {unit} has no exercise {', '.join(sorted(strange))}")
    _hold_to_what_there_is(f"{file}, {unit}", of_unit)
    for exercise, settings in by_exercise.items():
        _hold_to_what_there_is(f"{file}, {exercise}", settings)
    return {"": of_unit, **by_exercise}


def _hold_to_what_there_is(where: str, settings: dict[str, Any]) -> None:
    """Refuse settings that no limit bears, and values that none can have."""
    known = {field.name for field in fields(Limits)}
    for name, value in settings.items():
        if name not in known:
            raise AuthoringError(f"{where}: {name!r} is none of {', '.join(sorted(known))}")
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or value <= 0:
            raise AuthoringError(f"{where}: {name} must be a number above 0, not {value!r}")
