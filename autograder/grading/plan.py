"""What grading trusts of a unit: its cells as students got them, and the exercises behind them.

The plan comes from course/units and solutions; nothing of a submission enters it.
"""

import copy
import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring.assemble import assemble
from autograder.authoring.public_checks import checks_source
from autograder.course import limits, operations
from autograder.course.catalogue import Unit, earlier, exercises
from autograder.course.limits import Exceptions, Limits
from autograder.exercise import Exercise, check_id, solution_id
from autograder.judging.not_yours import not_yours
from autograder.judging.sources import state
from autograder.syntax import ALONE
from helpers import judge
from helpers.ownership import NotYours

SETUP, SOLUTION, CHECK, DERIVATION = "setup", "solution", "check", "derivation"
EXPERIMENT, PROSE = "experiment", "prose"
# What nbgrader knows, and what comes back if it was deleted.
GRADED = (SETUP, SOLUTION, CHECK, DERIVATION)

# What decides on a verdict beside the evidence.
JUDGES = (Path(judge.__file__),)


@dataclass(frozen=True)
class Planned:
    """A cell as students got it.

    Attributes:
        kind: one of those above.
        node: the cell of the released notebook.
        exercise: the one that a solution or check cell belongs to; "" for other cells.
    """

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
    """A unit as it is graded.

    Attributes:
        unit: its id.
        cells: in order.
        exercises: by name.
        checks: the source of their public checks, by name.
        states: digests, by name, that change if anything does that a verdict about the exercise rests on.
        not_yours: what the student should not call, by name.
        allowed: operations that an instructor has allowed.
        exceptions: the unit's own limits of time and memory.
        earlier: the units before this one, also those that the course leaves out.
    """

    unit: str
    cells: tuple[Planned, ...]
    exercises: dict[str, Exercise]
    checks: dict[str, str]
    states: dict[str, str]
    exceptions: Exceptions = field(default_factory=dict)
    not_yours: dict[str, NotYours] = field(default_factory=dict)
    allowed: tuple[str, ...] = ()
    earlier: tuple[Unit, ...] = ()

    def limits(self, exercise: str = "") -> Limits:
        return limits.limits(self.exceptions, exercise)


def plan_of(unit: Unit, root: Path | None = None) -> Plan:
    """The plan of a unit of the course, as it was when it was asked for first.

    Args:
        unit: the unit.
        root: the course root where it is graded, whose decisions about operations hold as they are now; by default
            the unit's.

    Exercises are imported once, so a plan that was made later would tell of another state than is judged by.
    """
    courses = [course.resolve() for course in unit.courses]
    if root is not None and root.resolve() not in courses:
        courses.append(root.resolve())
    decisions = [decision for course in courses for decision in operations.read(course)]
    # Threads may ask for it, and it takes sources apart.
    with ALONE:
        return _plan_of(unit, tuple(decisions))


@functools.cache
def _plan_of(unit: Unit, decisions: tuple[operations.Decision, ...]) -> Plan:
    graded = exercises(unit)
    instructor = assemble(unit, graded)
    names = [exercise.name for exercise in graded]
    exceptions: Exceptions = {}
    for course in unit.courses:
        for name, settings in limits.read(course / "limits.yml", unit.id, names).items():
            exceptions[name] = exceptions.get(name, {}) | settings
    made = make_plan(unit.id, instructor, graded, exceptions, decisions)
    return replace(made, earlier=tuple(earlier(unit)))


def make_plan(
    unit: str,
    instructor: NotebookNode,
    exercises: Sequence[Exercise],
    exceptions: Exceptions | None = None,
    decisions: Sequence[operations.Decision] = (),
) -> Plan:
    """Turn an instructor's notebook into a plan, by nbgrader's own steps from source to release.

    Args:
        unit: its id.
        instructor: the notebook.
        exercises: those in it.
        exceptions: the unit's own limits of time and memory.
        decisions: about operations.
    """
    from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells

    exceptions = exceptions or {}
    released = copy.deepcopy(instructor)
    for step in (LockCells, ClearSolutions, ComputeChecksums):
        released, _ = step().preprocess(released, {})
    owners = {}
    for exercise in exercises:
        owners[solution_id(exercise.name)] = exercise.name
        owners[check_id(exercise.name)] = exercise.name
    cells = tuple(_planned(cell, owners) for cell in released.cells)
    setup = "\0".join(cell.source for cell in cells if cell.kind == SETUP)
    checks, states, theirs = {}, {}, {}
    for exercise in exercises:
        name = exercise.name
        checks[name] = checks_source(exercise)
        theirs[name] = operations.applied(not_yours(exercise), decisions, unit, name)
        points = [check.points for check in exercise.checks]
        rests_on = [
            state(exercise, *JUDGES),
            setup,
            limits.limits(exceptions, name),
            theirs[name].to_json(),
            points,
        ]
        states[name] = hashlib.sha256("\0".join(map(str, rests_on)).encode()).hexdigest()
    by_name = {exercise.name: exercise for exercise in exercises}
    allowed = tuple(one.operation for one in decisions if one.what == operations.ALLOW)
    return Plan(unit, cells, by_name, checks, states, exceptions, theirs, allowed)


def _planned(cell: NotebookNode, owners: dict[str, str]) -> Planned:
    about = cell.metadata.get("nbgrader")
    if not about:
        return Planned(EXPERIMENT if cell.cell_type == "code" else PROSE, cell)
    if about["solution"] and about["grade"]:
        return Planned(DERIVATION, cell)
    if about["solution"]:
        return Planned(SOLUTION, cell, owners[about["grade_id"]])
    if about["grade"]:
        return Planned(CHECK, cell, owners[about["grade_id"]])
    return Planned(SETUP, cell)
