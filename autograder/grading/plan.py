"""What grading trusts of a unit: its cells as students got them, and the exercises behind them.

The plan comes from course/units and solutions; nothing of a submission enters it.
"""

import copy
import functools
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.authoring.assemble import assemble
from autograder.authoring.public_checks import checks_source
from autograder.course import limits
from autograder.course.catalogue import Unit, exercises
from autograder.course.limits import Exceptions, Limits
from autograder.exercise import Exercise, check_id, solution_id
from autograder.judging.sources import state

SETUP, SOLUTION, CHECK, DERIVATION = "setup", "solution", "check", "derivation"
EXPERIMENT, PROSE = "experiment", "prose"
GRADED = (SETUP, SOLUTION, CHECK, DERIVATION)  # what nbgrader knows, and what comes back if it was deleted


@dataclass(frozen=True)
class Planned:
    """A cell as students got it. `exercise` names the one that a solution or check cell belongs to."""

    kind: str
    node: NotebookNode
    exercise: str = ""

    @property
    def id(self) -> str:
        return self.node.id

    @property
    def grade_id(self) -> str:
        return self.node.metadata.get("nbgrader", {}).get("grade_id", "")

    @property
    def source(self) -> str:
        return self.node.source


@dataclass(frozen=True)
class Plan:
    """A unit as it is graded: its cells in order, and by name its exercises and their checks' source.

    `states` holds, by name, a digest that changes if anything does that a verdict about the exercise rests on.
    `exceptions` are its own limits of time and memory.
    """

    unit: str
    cells: tuple[Planned, ...]
    exercises: dict[str, Exercise]
    checks: dict[str, str]
    states: dict[str, str]
    exceptions: Exceptions = field(default_factory=dict)

    def limits(self, exercise: str = "") -> Limits:
        return limits.limits(self.exceptions, exercise)


@functools.cache
def plan_of(unit: Unit) -> Plan:
    """The plan of a unit of the course, as it was when it was asked for first.

    Exercises are imported once, so a plan that was made later would tell of another state than is judged by.
    """
    found = exercises(unit)
    assembled = assemble(unit, found)
    assert unit.path
    file = unit.path.parent.with_name("limits.yml")
    return make_plan(unit.id, assembled, found, limits.read(file, unit.id, [e.name for e in found]))


def make_plan(
    unit: str, instructor: NotebookNode, exercises: Sequence[Exercise], exceptions: Exceptions | None = None
) -> Plan:
    """Turn an instructor's notebook into a plan, by nbgrader's own steps from source to release."""
    # Costs two seconds, for a format check of addresses that nbgrader never needs.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells

    nb = copy.deepcopy(instructor)
    for step in (LockCells, ClearSolutions, ComputeChecksums):
        nb, _ = step().preprocess(nb, {})
    owner = {cell_id(e.name): e.name for e in exercises for cell_id in (solution_id, check_id)}
    cells = tuple(_planned(cell, owner) for cell in nb.cells)
    setup = "\0".join(c.source for c in cells if c.kind == SETUP)
    kept = {e.name: limits.limits(exceptions or {}, e.name) for e in exercises}
    digests = {e.name: f"{state(e)}\0{setup}\0{kept[e.name]}".encode() for e in exercises}
    return Plan(
        unit,
        cells,
        {e.name: e for e in exercises},
        {e.name: checks_source(e) for e in exercises},
        {name: hashlib.sha256(digest).hexdigest() for name, digest in digests.items()},
        exceptions or {},
    )


def _planned(cell: NotebookNode, owner: dict[str, str]) -> Planned:
    about = cell.metadata.get("nbgrader")
    if not about:
        return Planned(EXPERIMENT if cell.cell_type == "code" else PROSE, cell)
    if about["solution"] and about["grade"]:
        return Planned(DERIVATION, cell)
    if about["solution"] or about["grade"]:
        return Planned(SOLUTION if about["solution"] else CHECK, cell, owner[about["grade_id"]])
    return Planned(SETUP, cell)
