"""Where in a submission the answers stand: merged, split, copied and moved as people do it.

The notebook is read as Jupyter runs it. The answer to an exercise is the last definition of its objects above its
check, in whatever cell it stands; if there is only one below, that one. A stub is no definition. What had to be
guessed is said with the cell, and a person looks at it.
"""

from collections.abc import Sequence
from dataclasses import replace

from autograder.exercise import Exercise
from autograder.grading.placed import ADDED, Placed
from autograder.grading.plan import CHECK, SOLUTION, Plan
from autograder.syntax import definitions


def answers_placed(placed: list[Placed], plan: Plan) -> list[Placed]:
    """A submission whose checks stand behind their answers, and whose stubs are told from these.

    Args:
        placed: the cells, in the student's order.
        plan: the unit's.
    """
    for exercise in plan.exercises.values():
        placed = _with_its_answer(placed, exercise, plan)
    return placed


def answered(placed: Sequence[Placed], plan: Plan) -> list[str]:
    """The exercises of which something is defined in another way than it was handed out.

    Args:
        placed: the cells of a submission.
        plan: the unit's.
    """
    names = []
    for exercise in plan.exercises.values():
        stub = _stub(exercise, plan)
        if any(_defines(cell, exercise, stub) for cell in placed):
            names.append(exercise.name)
    return names


def _with_its_answer(placed: list[Placed], exercise: Exercise, plan: Plan) -> list[Placed]:
    stub = _stub(exercise, plan)
    check = _place_of_check(placed, exercise)
    holders = [place for place, cell in enumerate(placed) if _defines(cell, exercise, stub)]
    above = [place for place in holders if place < check]
    guess, if_wrong = "", ""
    if holders and not above:
        guess = _below(exercise, holders)
        placed = _check_moved_behind(placed, check, holders[-1])
    elif _is_another_below(placed, exercise, above, holders):
        if_wrong = f"below the check of {exercise.name} stands another answer, which does not count"
    found = []
    for cell in placed:
        if holders and cell.kind in (SOLUTION, ADDED) and _is_only_the_stub(cell, exercise, stub):
            cell = replace(cell, idle=True)
        if cell.kind == CHECK and cell.exercise == exercise.name:
            cell = replace(cell, guess=guess, if_wrong=if_wrong)
        found.append(cell)
    return found


def _stub(exercise: Exercise, plan: Plan) -> dict[str, str]:
    """What the exercise's cell defined when it was handed out."""
    for planned in plan.cells:
        if planned.kind == SOLUTION and planned.exercise == exercise.name:
            return definitions(planned.source)
    return {}


def _place_of_check(placed: Sequence[Placed], exercise: Exercise) -> int:
    for place, cell in enumerate(placed):
        if cell.kind == CHECK and cell.exercise == exercise.name:
            return place
    return len(placed)


def _defines(cell: Placed, exercise: Exercise, stub: dict[str, str]) -> bool:
    """Whether a cell defines one of an exercise's objects in another way than it was handed out."""
    if cell.kind not in (SOLUTION, ADDED):
        return False
    found = definitions(cell.source)
    return any(name in found and found[name] != stub.get(name) for name in exercise.objects)


def _is_only_the_stub(cell: Placed, exercise: Exercise, stub: dict[str, str]) -> bool:
    """Whether a cell defines what was handed out, and nothing else."""
    found = definitions(cell.source)
    return bool(found) and all(found[name] == stub.get(name) for name in found)


def _below(exercise: Exercise, holders: Sequence[int]) -> str:
    """What is said of an answer that stands below its check."""
    if len(holders) == 1:
        return f"the answer to {exercise.name} stands below its check"
    return f"{len(holders)} answers to {exercise.name} stand below its check; the last counts"


def _is_another_below(
    placed: Sequence[Placed], exercise: Exercise, above: Sequence[int], holders: Sequence[int]
) -> bool:
    """Whether an answer was kept below the check that differs from the one above."""
    counts: dict[str, str] = {}
    for place in above:
        counts |= _of(placed[place], exercise)
    below = [_of(placed[place], exercise) for place in holders if place not in above]
    return any(other.get(name, code) != code for other in below for name, code in counts.items())


def _of(cell: Placed, exercise: Exercise) -> dict[str, str]:
    found = definitions(cell.source)
    return {name: found[name] for name in exercise.objects if name in found}


def _check_moved_behind(placed: list[Placed], check: int, answer: int) -> list[Placed]:
    moved = list(placed)
    moved.insert(answer, moved.pop(check))
    return moved
