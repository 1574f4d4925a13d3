"""What a course of one's own chooses: course.yml in its root.

id: autumn-2030                             # its name in nbgrader's exchange
units:                                      # those that it takes; all, if they are not listed
  - 01_forward_propagation
  - 11_dropout
points:                                     # of exercises, where they are others than their checks add up to
  11_dropout: {Dropout: 10}
zone: Europe/Berlin                         # whose clocks the dates are read by
due:
  11_dropout: 2030-01-31 23:59
late:                                       # what nbgrader_config.py calls LateDays
  points_per_day: 2
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from autograder.course.layout import COURSE_FILE
from helpers.errors import AuthoringError

KEYS = ("id", "units", "points", "zone", "due", "late")


@dataclass(frozen=True)
class CourseFile:
    """A course.yml.

    Attributes:
        file: where it lies.
        id: what nbgrader calls the course; "" leaves that to nbgrader_config.py.
        units: the ids of the units that it takes; None for all.
        points: of exercises, by unit and name.
        zone: whose clocks the dates are read by; None for those of the machine.
        due: when units are due, as it was written, by unit.
        late: settings of LateDays, as they were written.
    """

    file: Path
    id: str = ""
    units: tuple[str, ...] | None = None
    points: dict[str, dict[str, float]] = field(default_factory=dict)
    zone: str | None = None
    due: dict[str, str] = field(default_factory=dict)
    late: dict[str, str] = field(default_factory=dict)


def read(root: Path) -> CourseFile | None:
    """The course.yml of a course root; None if it has none.

    Args:
        root: the course root.
    Raises:
        AuthoringError: if it says what cannot be; it names the file and the key.
    """
    file = root / COURSE_FILE
    if not file.is_file():
        return None
    try:
        # Every value is a text: YAML would read some dates as dates and others as text.
        data = yaml.load(file.read_text("utf-8"), yaml.BaseLoader) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise AuthoringError(f"{file} cannot be read: {' '.join(str(error).split())}") from None
    _must_be(isinstance(data, dict), f"{file} should say {', '.join(KEYS)}, each followed by a colon")
    strange = [key for key in data if key not in KEYS]
    _must_be(not strange, f"{file} says {', '.join(strange)}, which is none of {', '.join(KEYS)}")
    return CourseFile(
        file,
        id=_text(file, data, "id"),
        units=_units(file, data.get("units")),
        points=_points(file, _table(file, data, "points")),
        zone=_text(file, data, "zone") or None,
        due=_table_of_texts(file, data, "due"),
        late=_table_of_texts(file, data, "late"),
    )


def _units(file: Path, listed: Any) -> tuple[str, ...] | None:
    if listed is None:
        return None
    fine = isinstance(listed, list) and all(isinstance(name, str) and name for name in listed)
    _must_be(fine, f"{file}, units: write a line `- ID` for each unit, or leave `units:` out to take all")
    return tuple(listed)


def _points(file: Path, by_unit: dict[str, Any]) -> dict[str, dict[str, float]]:
    every = {}
    for unit, by_exercise in by_unit.items():
        where = f"{file}, points, {unit}"
        _must_be(isinstance(by_exercise, dict), f"{where}: write a line `EXERCISE: POINTS` for each exercise")
        every[unit] = {name: _number(f"{where}, {name}", text) for name, text in by_exercise.items()}
    return every


def _number(where: str, text: Any) -> float:
    try:
        points = float(text)
    except (TypeError, ValueError):
        points = 0
    _must_be(0 < points < 1000, f"{where}: points should be a number above 0, received {text!r}")
    return points


def _text(file: Path, data: dict[str, Any], key: str) -> str:
    text = data.get(key, "")
    _must_be(isinstance(text, str), f"{file}, {key}: write one value on its line")
    return text


def _table(file: Path, data: dict[str, Any], key: str) -> dict[str, Any]:
    # An empty key is a text without a letter.
    table = data.get(key) or {}
    _must_be(isinstance(table, dict), f"{file}, {key}: write lines `NAME: VALUE` below it, indented")
    return table


def _table_of_texts(file: Path, data: dict[str, Any], key: str) -> dict[str, str]:
    table = _table(file, data, key)
    for name, value in table.items():
        _must_be(
            isinstance(value, str) and bool(value), f"{file}, {key}, {name}: write one value on its line"
        )
    return table


def _must_be(fine: bool, otherwise: str) -> None:
    if not fine:
        raise AuthoringError(otherwise)
