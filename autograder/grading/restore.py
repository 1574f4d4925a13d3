"""Puts a submission's cells back into the form in which the unit was handed out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from autograder.grading.plan import CHECK, DERIVATION, GRADED, PROSE, SETUP, SOLUTION, Plan, Planned
from autograder.grading.submission import Cell, inert
from autograder.syntax import defined
from helpers.errors import Unreadable

ADDED = "added"


LOST = "\n\n*(This cell was missing from the submission. If the answer stands in a cell that the student added, grade that one.)*"


@dataclass(frozen=True)
class Placed:
    """A cell of the restored notebook: its kind, the plan's cell unless the student added it, and the source."""

    kind: str
    id: str
    source: str
    planned: Planned | None = None
    markdown: bool = False
    missing: bool = False  # from the submission; it came back from the plan
    changed: bool = False  # in the submission, though it is locked; the plan's source is used
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def exercise(self) -> str:
        return self.planned.exercise if self.planned else ""


def restore(cells: list[Cell], plan: Plan) -> list[Placed]:
    """Put a submission's cells into the plan's form, in the student's order.

    Raises:
        Unreadable: if none of them belongs to an exercise of this unit.
    """
    claims = _claims(cells, plan)
    if not any(p.kind in (SOLUTION, CHECK) for p in claims.values()):
        ids = [c.grade_id for c in cells if c.grade_id and re.fullmatch(r"[\w-]{1,60}", c.grade_id)]
        holds = f"It holds {', '.join(ids[:6])}." if ids else "It holds no exercise at all."
        raise Unreadable(f"This is not the notebook of {plan.unit}. {holds} Hand in {plan.unit}.ipynb.")
    placed = [_placed(i, cell, claims.get(i)) for i, cell in enumerate(cells)]
    return _with_what_is_missing([p for p in placed if p.kind != PROSE or p.source.strip()], plan)


def blank(plan: Plan) -> list[Placed]:
    """The unit as it was handed out, for a submission that cannot be read."""
    return [_from_plan(p) for p in plan.cells]


def _claims(cells: list[Cell], plan: Plan) -> dict[int, Planned]:
    """Which of the plan's cells each submitted cell is, by its position."""
    claims: dict[int, Planned] = {}

    def claim(planned: Planned, positions: Iterator[int]) -> None:
        position = max((i for i in positions if i not in claims), default=None)
        if position is not None:
            claims[position] = planned

    def open_cells() -> list[Planned]:
        taken = {p.id for p in claims.values()}
        return [p for p in plan.cells if p.id not in taken]

    for p in plan.cells:
        by_id = (i for i, c in enumerate(cells) if (c.grade_id == p.grade_id if p.grade_id else c.id == p.id))
        claim(p, by_id)
    for p in open_cells():
        claim(p, (i for i, c in enumerate(cells) if c.source.strip() == p.source.strip()))
    for p in open_cells():
        if p.kind == SOLUTION:
            objects = set(plan.exercises[p.exercise].objects)
            claim(p, (i for i, c in enumerate(cells) if c.type == "code" and objects & defined(c.source)))
    return claims


def _placed(position: int, cell: Cell, planned: Planned | None) -> Placed:
    if planned is None:
        id, markdown = f"added-{position}", cell.type != "code"
        source = inert(cell.source) if markdown else cell.source
        return Placed(PROSE if markdown else ADDED, id, source, None, markdown, pictures=cell.pictures)
    markdown = planned.kind in (DERIVATION, PROSE)
    same = cell.source.strip() == planned.source.strip()
    locked = planned.kind in (SETUP, CHECK)
    source = planned.source if same or locked else inert(cell.source) if markdown else cell.source
    pictures = cell.pictures if markdown else {}
    return Placed(
        planned.kind, planned.id, source, planned, markdown, changed=locked and not same, pictures=pictures
    )


def _from_plan(planned: Planned, missing: bool = False) -> Placed:
    markdown = planned.kind in (DERIVATION, PROSE)
    return Placed(planned.kind, planned.id, planned.source, planned, markdown, missing)


def _with_what_is_missing(placed: list[Placed], plan: Plan) -> list[Placed]:
    """Bring back the plan's graded cells that are not there, each behind the one that it followed.

    A check that stands before its solution cell is moved behind it: it could only fail there.
    """
    where = {p.id: i for i, p in enumerate(placed)}
    solved = {p.exercise: where[p.id] for p in placed if p.kind == SOLUTION}
    placed = [p for i, p in enumerate(placed) if p.kind != CHECK or i > solved.get(p.exercise, -1)]
    written = any(p.kind == PROSE and not p.planned for p in placed)
    before = ""
    for planned in plan.cells:
        if planned.kind not in GRADED:
            continue
        ids = [p.id for p in placed]
        if planned.id not in ids:
            if planned.kind == CHECK:
                before = next(p.id for p in placed if p.kind == SOLUTION and p.exercise == planned.exercise)
            back = _from_plan(planned, missing=planned.id not in where)
            if (
                planned.kind == DERIVATION and written
            ):  # nobody but a person can tell whether it is the answer
                back = replace(back, source=back.source + LOST)
            placed.insert(ids.index(before) + 1 if before else 0, back)
        before = planned.id
    return placed
