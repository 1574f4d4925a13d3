"""Puts a submission's cells back into the form in which the unit was handed out."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from autograder.grading.plan import CHECK, DERIVATION, GRADED, PROSE, SETUP, SOLUTION, Plan, Planned
from autograder.grading.submission import Cell, inert
from autograder.syntax import defined
from helpers.errors import Unreadable

ADDED = "added"
LOST = "\n\n*(This cell was missing from the submission. If the answer stands in a cell that the student added, grade that one.)*"


@dataclass(frozen=True)
class Placed:
    """A cell of the restored notebook.

    Attributes:
        kind: as in the plan, or `ADDED` if the student added it.
        id: the plan's, or one of our own.
        source: what counts of it.
        planned: the plan's cell; None if the student added it.
        markdown: whether it is text.
        missing: whether it was missing from the submission, and came back from the plan.
        changed: whether the submission changed it though it is locked; then `source` is the plan's.
        pictures: what is attached to it.
    """

    kind: str
    id: str
    source: str
    planned: Planned | None = None
    markdown: bool = False
    missing: bool = False
    changed: bool = False
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def exercise(self) -> str:
        return self.planned.exercise if self.planned else ""


def restore(cells: list[Cell], plan: Plan) -> list[Placed]:
    """Put a submission's cells into the plan's form, in the student's order.

    Args:
        cells: what the submission holds.
        plan: the unit's.
    Raises:
        Unreadable: if none of them belongs to an exercise of this unit.
    """
    claims = _claims(cells, plan)
    if not any(planned.kind in (SOLUTION, CHECK) for planned in claims.values()):
        raise Unreadable(_another_notebook(cells, plan))
    placed = []
    for position, cell in enumerate(cells):
        planned = claims.get(position)
        restored = _from_submission(cell, planned) if planned else _added(cell, position)
        if restored.kind != PROSE or restored.source.strip():
            placed.append(restored)
    return _with_what_is_missing(placed, plan)


def _another_notebook(cells: list[Cell], plan: Plan) -> str:
    """A sentence about a notebook that is not this unit's."""
    ids = [cell.grade_id for cell in cells if re.fullmatch(r"[\w-]{1,60}", cell.grade_id)]
    holds = "It holds no exercise at all."
    if ids:
        holds = f"It holds {', '.join(ids[:6])}."
    return f"This is not the notebook of {plan.unit}. {holds} Hand in {plan.unit}.ipynb."


def blank(plan: Plan) -> list[Placed]:
    """The unit as it was handed out, for a submission that cannot be read."""
    return [_from_plan(planned) for planned in plan.cells]


def _claims(cells: list[Cell], plan: Plan) -> dict[int, Planned]:
    """Which of the plan's cells each submitted cell is, by its position."""
    claims: dict[int, Planned] = {}

    def claim(planned: Planned, is_it: Callable[[Cell], bool]) -> None:
        """Take the last cell that may be the planned one and is none yet."""
        for position in reversed(range(len(cells))):
            if position not in claims and is_it(cells[position]):
                claims[position] = planned
                return

    def unclaimed() -> list[Planned]:
        taken = {planned.id for planned in claims.values()}
        return [planned for planned in plan.cells if planned.id not in taken]

    for planned in plan.cells:
        claim(planned, functools.partial(_bears_the_id, planned))
    for planned in unclaimed():
        claim(planned, functools.partial(_same_source, planned))
    for planned in unclaimed():
        if planned.kind == SOLUTION:
            objects = set(plan.exercises[planned.exercise].objects)
            claim(planned, functools.partial(_defines_one_of, objects))
    return claims


def _bears_the_id(planned: Planned, cell: Cell) -> bool:
    if planned.grade_id:
        return cell.grade_id == planned.grade_id
    return cell.id == planned.id


def _same_source(planned: Planned, cell: Cell) -> bool:
    return cell.source.strip() == planned.source.strip()


def _defines_one_of(objects: set[str], cell: Cell) -> bool:
    return cell.type == "code" and bool(objects & defined(cell.source))


def _added(cell: Cell, position: int) -> Placed:
    """A cell that belongs to none of the plan's."""
    id = f"added-{position}"
    if cell.type == "code":
        return Placed(ADDED, id, cell.source, pictures=cell.pictures)
    return Placed(PROSE, id, inert(cell.source), markdown=True, pictures=cell.pictures)


def _from_submission(cell: Cell, planned: Planned) -> Placed:
    """A cell that is one of the plan's."""
    markdown = planned.kind in (DERIVATION, PROSE)
    locked = planned.kind in (SETUP, CHECK)
    same = _same_source(planned, cell)
    if same or locked:
        source = planned.source
    elif markdown:
        source = inert(cell.source)
    else:
        source = cell.source
    pictures = cell.pictures if markdown else {}
    changed = locked and not same
    return Placed(planned.kind, planned.id, source, planned, markdown, changed=changed, pictures=pictures)


def _from_plan(planned: Planned, missing: bool = False) -> Placed:
    """A cell as it was handed out."""
    markdown = planned.kind in (DERIVATION, PROSE)
    return Placed(planned.kind, planned.id, planned.source, planned, markdown, missing)


def _with_what_is_missing(placed: list[Placed], plan: Plan) -> list[Placed]:
    """Bring back the plan's graded cells that are not there, each behind the one that it followed."""
    submitted = {cell.id for cell in placed}
    # Nobody but a person can tell whether added text is the answer to a derivation.
    written = any(cell.kind == PROSE and not cell.planned for cell in placed)
    placed = _without_checks_before_answers(placed)
    before = ""
    for planned in plan.cells:
        if planned.kind not in GRADED:
            continue
        ids = [cell.id for cell in placed]
        if planned.id not in ids:
            back = _from_plan(planned, missing=planned.id not in submitted)
            if planned.kind == DERIVATION and written:
                back = replace(back, source=back.source + LOST)
            if planned.kind == CHECK:
                before = _answer_to(planned, placed)
            place = ids.index(before) + 1 if before else 0
            placed.insert(place, back)
        before = planned.id
    return placed


def _without_checks_before_answers(placed: list[Placed]) -> list[Placed]:
    """Leave out the checks that stand before their solution cells: they could only fail there."""
    solved = {cell.exercise: place for place, cell in enumerate(placed) if cell.kind == SOLUTION}
    kept = []
    for place, cell in enumerate(placed):
        if cell.kind != CHECK or place > solved.get(cell.exercise, -1):
            kept.append(cell)
    return kept


def _answer_to(check: Planned, placed: list[Placed]) -> str:
    """The id of the solution cell that a check belongs to."""
    return next(cell.id for cell in placed if cell.kind == SOLUTION and cell.exercise == check.exercise)
