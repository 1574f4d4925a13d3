"""What an instructor has decided about operations that no list knew: course/operations.yml.

- allow: tensorflow.nn.softplus      # everywhere
- refuse: tensorflow.linalg.normalize
  unit: 01_forward_propagation       # in one unit
  exercise: stable_softmax           # or in one exercise

A later line decides over an earlier one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from helpers.errors import AuthoringError
from helpers.ownership import NotYours, declared

FILE = "operations.yml"
ALLOW, REFUSE = "allow", "refuse"


@dataclass(frozen=True)
class Decision:
    """What was decided about an operation.

    Attributes:
        what: allow or refuse.
        operation: its public path, "tensorflow.linalg.normalize".
        unit: where it holds; "" for everywhere.
        exercise: where it holds; "" for all.
    """

    what: str
    operation: str
    unit: str = ""
    exercise: str = ""

    def holds(self, unit: str, exercise: str) -> bool:
        """Whether it is about an exercise."""
        return self.unit in ("", unit) and self.exercise in ("", exercise)

    def __str__(self) -> str:
        where = " ".join(part for part in (self.unit, self.exercise) if part) or "everywhere"
        return f"{self.what} {self.operation}: {where}"


def read(course: Path) -> list[Decision]:
    """The decisions of a course root, in their order.

    Args:
        course: the root.
    Raises:
        AuthoringError: if the file says something else.
    """
    file = course / FILE
    if not file.exists():
        return []
    try:
        rows = yaml.safe_load(file.read_text("utf-8")) or []
        return [_decision(row) for row in rows]
    except (yaml.YAMLError, TypeError, AttributeError, ValueError) as error:
        raise AuthoringError(f"{file}: {error}; write a list of `allow: NAME` and `refuse: NAME`") from None


def _decision(row: dict[str, str]) -> Decision:
    about = {key: str(value) for key, value in row.items()}
    whats = [what for what in (ALLOW, REFUSE) if what in about]
    if len(whats) != 1 or about.keys() - {ALLOW, REFUSE, "unit", "exercise"}:
        raise ValueError(f"{row} is no decision")
    operation = about[whats[0]]
    return Decision(whats[0], operation, about.get("unit", ""), about.get("exercise", ""))


def write(course: Path, decisions: Iterable[Decision]) -> Path:
    """Write a course root's decisions; returns the file."""
    rows = []
    for one in decisions:
        row = {one.what: one.operation, "unit": one.unit, "exercise": one.exercise}
        rows.append({key: value for key, value in row.items() if value})
    file = course / FILE
    file.write_text(yaml.safe_dump(rows, sort_keys=False), "utf-8")
    return file


def decide(course: Path, decision: Decision) -> Path:
    """Add a decision; one about the same operation in the same place gives way.

    Args:
        course: the root.
        decision: the new one.
    Raises:
        ValueError: if there is no such operation.
    """
    declared([decision.operation])
    return write(course, [*_others(course, decision), decision])


def undo(course: Path, decision: Decision) -> Path:
    """Take back what was decided about an operation in a place."""
    return write(course, _others(course, decision))


def _others(course: Path, decision: Decision) -> list[Decision]:
    about = decision.operation, decision.unit, decision.exercise
    return [one for one in read(course) if (one.operation, one.unit, one.exercise) != about]


def applied(not_yours: NotYours, decisions: Iterable[Decision], unit: str, exercise: str) -> NotYours:
    """What is not the student's, once an instructor has decided.

    Args:
        not_yours: what the census and the author say.
        decisions: in their order.
        unit: the exercise's.
        exercise: its name.
    """
    for decision in decisions:
        if not decision.holds(unit, exercise):
            continue
        named = declared([decision.operation])
        if decision.what == ALLOW:
            not_yours = not_yours.without_names(named)
            continue
        not_yours = not_yours | named
    return not_yours
