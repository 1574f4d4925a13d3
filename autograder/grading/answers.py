"""Where in a submission the answers stand: merged, split, copied and moved as people do it.

The notebook is read as Jupyter runs it. The answer to an exercise is the last definition of its objects above its
check, in whatever cell it stands; if there is only one below, that one. A stub is no definition. What had to be
guessed is said with the cell, and a person looks at it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from autograder.exercise import Exercise
from autograder.grading.derivations import is_asked_for_elsewhere
from autograder.grading.placed import ADDED, Placed
from autograder.grading.plan import CHECK, DERIVATION, EXPERIMENT, SOLUTION, Plan
from autograder.syntax import definitions, names, read_at_once, without

# Begins a stub's cell where answers stand in other cells, and something in it counts beside them.
REST = "# What counts of this cell; other cells define the rest."


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
    found = []
    for exercise in plan.exercises.values():
        stub = _stub(exercise, plan)
        if any(_defines(cell, exercise, stub) for cell in placed):
            found.append(exercise.name)
    return found


def code_of(placed: Sequence[Placed], plan: Plan) -> dict[str, str]:
    """What a student defined in answers and added cells, by name, but what is as it was handed out.

    Args:
        placed: the cells of a submission.
        plan: the unit's.
    """
    handed_out: dict[str, str] = {}
    for exercise in plan.exercises.values():
        handed_out |= _stub(exercise, plan)
    found = {}
    for cell in placed:
        if cell.kind in (SOLUTION, ADDED):
            for name, code in definitions(cell.source).items():
                if code != handed_out.get(name):
                    found[name] = code
    return found


def texts_of(placed: Sequence[Placed]) -> dict[str, object]:
    """The derivations that a student wrote, with what is attached to them, by name."""
    found: dict[str, object] = {}
    for cell in placed:
        if cell.kind != DERIVATION or not cell.planned or is_asked_for_elsewhere(cell.source):
            continue
        if cell.pictures or cell.source.strip() != cell.planned.source.strip():
            found[cell.planned.grade_id] = cell.source.strip(), cell.pictures, cell.files
    return found


def _with_its_answer(placed: list[Placed], exercise: Exercise, plan: Plan) -> list[Placed]:
    stub = _stub(exercise, plan)
    check = _place_of_check(placed, exercise)
    holders = [place for place, cell in enumerate(placed) if _defines(cell, exercise, stub)]
    above = [place for place in holders if place < check]
    answers = [placed[place] for place in above or holders]
    guess, if_wrong = "", ""
    if holders and not above:
        guess = _below(exercise, holders)
        placed = _check_moved_behind(placed, check, holders[-1])
    elif _is_another_below(placed, exercise, stub, above, holders):
        if_wrong = f"below the check of {exercise.name} stands another answer, which does not count"
    in_experiments = _in_experiments(placed, exercise, plan, answers)
    if in_experiments:
        if_wrong = f"the answer to {in_experiments} stands in an experiment, and experiments are not run while grading"
    found: list[Placed] = []
    for cell in placed:
        if holders and cell.kind in (SOLUTION, ADDED) and _is_only_the_stub(cell, exercise, stub):
            seen = {other.id for other in found}
            cell = _without_what_is_answered(cell, answers, [one for one in answers if one.id not in seen])
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
    return cell.kind in (SOLUTION, ADDED) and bool(_written(cell, exercise, stub))


def _written(cell: Placed, exercise: Exercise, stub: Mapping[str, str]) -> set[str]:
    """The objects of an exercise that a cell defines in another way than they were handed out."""
    return written(cell.source, exercise.objects, stub)


def written(source: str, objects: Iterable[str], stub: Mapping[str, str]) -> set[str]:
    """The names that code defines in another way than they were handed out.

    Args:
        source: as it stands in a cell.
        objects: the names that are looked for.
        stub: what the cell that was handed out defines.
    """
    found = definitions(source)
    return {name for name in objects if name in found and found[name] != stub.get(name)}


def _is_only_the_stub(cell: Placed, exercise: Exercise, stub: dict[str, str]) -> bool:
    """Whether a cell defines what was handed out, and nothing else."""
    found = definitions(cell.source)
    return bool(found) and all(found[name] == stub.get(name) for name in found)


def _without_what_is_answered(cell: Placed, answers: Sequence[Placed], below: Sequence[Placed]) -> Placed:
    """A stub's cell with what it has beside the answers elsewhere: another object, an import, a base class.

    Args:
        cell: the stub's.
        answers: the cells that define objects of the exercise.
        below: those of them that run after the stub's, and may need what it defines.
    """
    elsewhere: set[str] = set()
    for answer in answers:
        elsewhere |= definitions(answer.source).keys()
    for answer in below:
        elsewhere -= read_at_once(answer.source)
    rest = without(cell.source, elsewhere)
    found = names(rest)
    if not (found.binds or found.changes or found.star):
        return replace(cell, idle=True)
    return replace(cell, source=f"{REST}\n{rest}")


def _in_experiments(
    placed: Sequence[Placed], exercise: Exercise, plan: Plan, answers: Sequence[Placed]
) -> str:
    """Objects of an exercise that are written in an experiment, and in no answer; "" if there are none."""
    stub = _stub(exercise, plan)
    written: set[str] = set()
    for answer in answers:
        written |= _written(answer, exercise, stub)
    there: set[str] = set()
    for cell in placed:
        if cell.kind == EXPERIMENT and cell.planned:
            # What the unit's own experiment defines is no answer.
            there |= _written(cell, exercise, stub | definitions(cell.planned.source))
    return ", ".join(name for name in exercise.objects if name in there - written)


def _below(exercise: Exercise, holders: Sequence[int]) -> str:
    """What is said of an answer that stands below its check."""
    if len(holders) == 1:
        return f"the answer to {exercise.name} stands below its check"
    return f"{len(holders)} answers to {exercise.name} stand below its check; the last counts"


def _is_another_below(
    placed: Sequence[Placed],
    exercise: Exercise,
    stub: Mapping[str, str],
    above: Sequence[int],
    holders: Sequence[int],
) -> bool:
    """Whether an answer was kept below the check that differs from the one above, or of which there is none above."""
    counts: dict[str, str] = {}
    for place in above:
        counts |= _of(placed[place], exercise)
    below = [placed[place] for place in holders if place not in above]
    if any(_written(other, exercise, stub) - counts.keys() for other in below):
        return True
    others = [_of(other, exercise) for other in below]
    return any(other.get(name, code) != code for other in others for name, code in counts.items())


def _of(cell: Placed, exercise: Exercise) -> dict[str, str]:
    found = definitions(cell.source)
    return {name: found[name] for name in exercise.objects if name in found}


def _check_moved_behind(placed: list[Placed], check: int, answer: int) -> list[Placed]:
    moved = list(placed)
    moved.insert(answer, moved.pop(check))
    return moved
