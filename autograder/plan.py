"""What grading trusts of a unit: its cells as students got them, and the exercises behind them.

The plan comes from course/units and solutions; nothing of a submission enters it.
"""

import copy
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.assemble import assemble, check_id, solution_id
from autograder.catalogue import Unit, exercises
from autograder.extract import checks_source, file_of
from solutions.exercise import Exercise

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
    """A unit as it is graded: its cells in order, and by name its exercises and their checks' source."""

    unit: str
    cells: tuple[Planned, ...]
    exercises: dict[str, Exercise]
    checks: dict[str, str]

    def fingerprint(self, exercise: str) -> str:
        """Changes if anything does that the verdict about an exercise rests on."""
        parts = [c.source for c in self.cells if c.kind == SETUP]
        parts += [self.checks[exercise], file_of(self.exercises[exercise]).read_text("utf-8")]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def plan_of(unit: Unit) -> Plan:
    """The plan of a unit of the course."""
    return make_plan(unit.id, assemble(unit), exercises(unit))


def make_plan(unit: str, instructor: NotebookNode, exercises: Sequence[Exercise]) -> Plan:
    """Turn an instructor's notebook into a plan, by nbgrader's own steps from source to release."""
    # Costs two seconds, for a format check of addresses that nbgrader never needs.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells

    nb = copy.deepcopy(instructor)
    for step in (LockCells, ClearSolutions, ComputeChecksums):
        nb, _ = step().preprocess(nb, {})
    owner = {name(e): e.name for e in exercises for name in (solution_id, check_id)}
    cells = tuple(_planned(cell, owner) for cell in nb.cells)
    return Plan(unit, cells, {e.name: e for e in exercises}, {e.name: checks_source(e) for e in exercises})


def _planned(cell: NotebookNode, owner: dict[str, str]) -> Planned:
    about = cell.metadata.get("nbgrader")
    if not about:
        return Planned(EXPERIMENT if cell.cell_type == "code" else PROSE, cell)
    if about["solution"] and about["grade"]:
        return Planned(DERIVATION, cell)
    if about["solution"] or about["grade"]:
        return Planned(SOLUTION if about["solution"] else CHECK, cell, owner[about["grade_id"]])
    return Planned(SETUP, cell)
