"""Puts a submission's cells back into the form in which the unit was handed out."""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from autograder.grading import derivations, paper
from autograder.grading.answers import answers_placed, written
from autograder.grading.placed import ADDED, Placed
from autograder.grading.plan import CHECK, DERIVATION, GRADED, PROSE, SETUP, SOLUTION, Plan, Planned
from autograder.grading.submission import Cell, inert
from autograder.syntax import defined, definitions, statements_of
from helpers.errors import Unreadable


def restore(cells: list[Cell], plan: Plan, beside: Sequence[str] = ()) -> list[Placed]:
    """Put a submission's cells into the plan's form, in the student's order.

    Args:
        cells: what the submission holds.
        plan: the unit's.
        beside: files that were handed in with it, which may hold a derivation.
    Raises:
        Unreadable: if none of them belongs to an exercise of this unit.
    """
    claims = _claims(cells, plan)
    if not any(planned.kind in (SOLUTION, CHECK) for planned in claims.values()):
        raise Unreadable(_another_notebook(cells, plan))
    given = derivations.given_lines(plan)
    placed = []
    for position, cell in enumerate(cells):
        planned = claims.get(position)
        restored = _from_submission(cell, planned) if planned else _added(cell, position)
        restored = replace(restored, own=derivations.is_own(cell, given), id_of=cell.grade_id)
        if restored.kind != PROSE or restored.source.strip():
            placed += _with_what_was_added_to_it(restored, cell, position)
    placed = answers_placed(_with_what_is_missing(placed, plan), plan)
    return derivations.asked_for(placed, beside)


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

    def claim(planned: Planned, is_it: Callable[[Cell], bool], before: int = len(cells)) -> None:
        """Take the last cell that may be the planned one and is none yet, unless one is taken."""
        if any(claimed is planned for claimed in claims.values()):
            return
        places = list(range(before))
        # Of set-up the first: a copy further down, to restart from there, is a cell that was added.
        if planned.kind != SETUP:
            places.reverse()
        for position in places:
            if position not in claims and is_it(cells[position]):
                claims[position] = planned
                return

    def counts(check: Planned) -> int:
        """Below the place of the check cell that counts, of an exercise."""
        solution = next(
            cell for cell in plan.cells if cell.kind == SOLUTION and cell.exercise == check.exercise
        )
        return min(len(cells), _place_of_check(solution, cells, plan) + 1)

    def unclaimed() -> list[Planned]:
        taken = {planned.id for planned in claims.values()}
        return [planned for planned in plan.cells if planned.id not in taken]

    for planned in plan.cells:
        if planned.kind == SOLUTION:
            # A copy of the stub, or an attempt that was kept below the check, is not what the check saw.
            check = _place_of_check(planned, cells, plan)
            claim(planned, functools.partial(_answers, planned), before=check)
            claim(planned, functools.partial(_answers, planned))
        if planned.kind == CHECK:
            claim(planned, functools.partial(_bears_the_id, planned), before=counts(planned))
        if planned.kind == DERIVATION:
            claim(planned, functools.partial(_answers_by_hand, planned))
        claim(planned, functools.partial(_bears_the_id, planned))
    for planned in unclaimed():
        if planned.kind == CHECK:
            claim(planned, functools.partial(_same_source, planned), before=counts(planned))
        claim(planned, functools.partial(_same_source, planned))
    for planned in unclaimed():
        if planned.kind == SOLUTION:
            check = _place_of_check(planned, cells, plan)
            is_it = functools.partial(_defines_one_of, set(plan.exercises[planned.exercise].objects))
            claim(planned, is_it, before=check)
            # Where a cell above the check defines it beside another answer, what stands below is an old attempt.
            if not any(map(is_it, cells[:check])):
                claim(planned, is_it)
    return claims


def _bears_the_id(planned: Planned, cell: Cell) -> bool:
    if planned.grade_id:
        return cell.grade_id == planned.grade_id
    return cell.id == planned.id


def _answers(planned: Planned, cell: Cell) -> bool:
    """Whether a cell bears a solution cell's id and is no copy of its stub."""
    return _bears_the_id(planned, cell) and not _same_source(planned, cell)


def _answers_by_hand(planned: Planned, cell: Cell) -> bool:
    """Whether a cell bears a derivation's id and is neither empty nor a copy of what was handed out."""
    is_copy = cell.source.strip() in ("", planned.source.strip())
    return _bears_the_id(planned, cell) and (cell.attached.holds_any or not is_copy)


def _place_of_check(solution: Planned, cells: list[Cell], plan: Plan) -> int:
    """Where the check cell of a solution cell's exercise stands that counts; behind all others if there is none.

    That is the first with an answer above it, or else the first: a copy further down, to try something, is none.
    """
    exercise = plan.exercises[solution.exercise]
    checks = [cell for cell in plan.cells if cell.kind == CHECK and cell.exercise == exercise.name]
    answered = _place_of_answer(solution, cells, exercise.objects)
    for is_it in (_bears_the_id, _same_source):
        found = [place for place, cell in enumerate(cells) if any(is_it(check, cell) for check in checks)]
        if found:
            return next((place for place in found if place > answered), found[0])
    return len(cells)


def _place_of_answer(solution: Planned, cells: list[Cell], objects: Sequence[str]) -> int:
    """Where the first cell stands that defines one of some objects in another way than it was handed out."""
    stub = definitions(solution.source)
    for place, cell in enumerate(cells):
        if cell.type == "code" and written(cell.source, objects, stub):
            return place
    return len(cells)


def _same_source(planned: Planned, cell: Cell) -> bool:
    return cell.source.strip() == planned.source.strip()


def _defines_one_of(objects: set[str], cell: Cell) -> bool:
    return cell.type == "code" and bool(objects & defined(cell.source))


def _added(cell: Cell, position: int) -> Placed:
    """A cell that belongs to none of the plan's."""
    id = f"added-{position}"
    if cell.type == "code":
        return Placed(ADDED, id, cell.source)
    text = inert(cell.source, cell.attached.names)
    if not text.strip():
        text = paper.shown_alone(cell.attached)
    text += paper.told(cell.attached, id)
    return Placed(PROSE, id, text, markdown=True, **_attached(cell, id))


def _with_what_was_added_to_it(restored: Placed, cell: Cell, position: int) -> list[Placed]:
    """A locked cell with what the student wrote into it, as a cell of theirs: behind set-up, before a check."""
    if not restored.changed or cell.type != "code":
        return [restored]
    theirs = set(statements_of(restored.source))
    added = [statement for statement in statements_of(cell.source) if statement not in theirs]
    if not added:
        return [restored]
    extra = Placed(ADDED, f"added-{position}", "\n".join(added), beside_locked=True)
    return [restored, extra] if restored.kind == SETUP else [extra, restored]


def _from_submission(cell: Cell, planned: Planned) -> Placed:
    """A cell that is one of the plan's."""
    markdown = planned.kind in (DERIVATION, PROSE)
    locked = planned.kind in (SETUP, CHECK)
    same = _same_source(planned, cell)
    source = cell.source
    if same or locked:
        source = planned.source
    elif markdown:
        source = inert(cell.source, cell.attached.names)
    attached = {}
    if markdown:
        if same:
            source += paper.shown_alone(cell.attached)
        source += paper.told(cell.attached, planned.id)
        attached = _attached(cell, planned.id)
    changed = locked and not same
    return Placed(planned.kind, planned.id, source, planned, markdown, changed=changed, **attached)


def _attached(cell: Cell, id: str) -> dict[str, Any]:
    """What is attached to a text cell."""
    files = {paper.file_name(id, name): data for name, data in cell.attached.files.items()}
    return {"pictures": cell.attached.pictures, "files": files, "left_out": cell.attached.left_out}


def _from_plan(planned: Planned, missing: bool = False) -> Placed:
    """A cell as it was handed out."""
    markdown = planned.kind in (DERIVATION, PROSE)
    return Placed(planned.kind, planned.id, planned.source, planned, markdown, missing)


def _with_what_is_missing(placed: list[Placed], plan: Plan) -> list[Placed]:
    """Bring back the plan's graded cells that are not there, each behind the one that it followed."""
    submitted = {cell.id for cell in placed}
    before = ""
    for planned in plan.cells:
        if planned.kind not in GRADED:
            continue
        ids = [cell.id for cell in placed]
        if planned.id not in ids:
            back = _from_plan(planned, missing=planned.id not in submitted)
            if planned.kind == CHECK:
                before = _answer_to(planned, placed)
            place = ids.index(before) + 1 if before else 0
            placed.insert(place, back)
        before = planned.id
    return placed


def _answer_to(check: Planned, placed: list[Placed]) -> str:
    """The id of the solution cell that a check belongs to."""
    return next(cell.id for cell in placed if cell.kind == SOLUTION and cell.exercise == check.exercise)
