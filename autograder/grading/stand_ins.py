"""A second run of an answer that rests on earlier ones: the course's own stand in for these.

So a mistake costs its points once. The answers of all earlier exercises are given, in a process that checks nothing but
this one; nothing that is printed or raised there is shown: all that comes of it is which checks pass then.
"""

from collections.abc import Iterator
from dataclasses import replace

from autograder import syntax
from autograder.course.catalogue import Unit, exercises
from autograder.exercise import Exercise
from autograder.grading.plan import CHECK, SETUP, SOLUTION, Plan, plan_of
from autograder.grading.rules import Need
from autograder.grading.running import Work, check_steps, future_step, holds_for_later_cells, solution_step
from autograder.sandbox import Step
from helpers.verdict import Kind, Verdict

BESIDE_YOURS = "this is passed beside your own earlier answer, and not beside the course's own"
NEITHER = "an earlier answer that yours calls is not written yet; with the course's own in its place, this is not passed either"


def rests_on(exercise: Exercise, need: Need, plan: Plan) -> list[str]:
    """The earlier answers that an answer uses, by the names that it uses.

    Args:
        exercise: the exercise.
        need: what its answer needs of the notebook.
        plan: the unit's.
    Returns:
        Objects of this unit's earlier exercises, and of earlier units' where the notebook does not define them.
    """
    names = []
    for other in _earlier(exercise, plan):
        if other.name in need.exercises:
            names += [name for name in other.objects if name in need.wanted]
    return names + [
        name for unit in _units(need, plan) for name in _objects(unit) if name in _undefined(need)
    ]


def steps(work: Work, exercise: Exercise, need: Need) -> list[Step]:
    """What the second run does: the earlier answers as the course has them, the answer, its checks.

    Args:
        work: the submission.
        exercise: the exercise.
        need: what its answer needs of the notebook.
    """
    return list(_steps(work, exercise, need))


def _steps(work: Work, exercise: Exercise, need: Need) -> Iterator[Step]:
    plan = work.plan
    for unit in _units(need, plan):
        other = plan_of(unit)
        for planned in other.cells:
            if planned.kind == SETUP:
                yield Step(f"{unit} {planned.id}", syntax.runnable(planned.source))
        for given in other.exercises.values():
            yield Step(f"{unit} {given.name}", given.source)
    for cell in work.placed:
        if cell.kind == SETUP:
            yield solution_step(work, cell)
    earlier = _earlier(exercise, plan)
    for given in earlier:
        yield Step(f"given {given.name}", given.source)
    bound: set[str] = set()
    needed = {cell.id for cell in need.cells}
    for cell in work.placed:
        if cell.id in needed:
            bound |= syntax.names(cell.source).binds.keys()
            yield solution_step(work, cell)
        elif holds_for_later_cells(cell):
            yield future_step(cell)
    # A cell may hold several answers.
    for given in earlier:
        if bound.intersection(given.objects):
            yield Step(f"given {given.name} again", given.source)
    for cell in work.placed:
        if cell.kind == CHECK and cell.exercise == exercise.name:
            yield from check_steps(work, cell)


def merge(alone: Verdict, given: Verdict) -> Verdict:
    """What counts: the run that earns more, as a whole. Check by check, two wrong answers could make up for each other.

    What an answer looks like is told by the run in which nobody else's mistakes are in the way.

    Args:
        alone: of the notebook as it is.
        given: with the course's own earlier answers.
    """
    earns_more = given.points > alone.points
    outcomes = []
    for own, other in zip(alone.outcomes, given.outcomes, strict=True):
        outcome = own
        if earns_more and other.passed:
            outcome = other
        elif earns_more and own.passed:
            outcome = replace(own, kind=Kind.WRONG_VALUE, message=BESIDE_YOURS, counts=True)
        elif not own.passed and own.kind == Kind.NOT_WRITTEN and other.kind != Kind.NOT_WRITTEN:
            # It is an earlier answer that is not written.
            outcome = replace(own, kind=Kind.WRONG_VALUE, message=NEITHER)
        if not outcome.passed and other.names:
            outcome = replace(outcome, names=other.names, fact="")
        outcomes.append(outcome)
    if all(outcome.passed for outcome in outcomes):
        return Verdict(alone.exercise, tuple(outcomes), names=(), how="right")
    named = given if given.names else alone
    return Verdict(alone.exercise, tuple(outcomes), named.names, named.how)


def is_untouched(exercise: Exercise, work: Work) -> bool:
    """Whether the exercise's own cell is as it was handed out, whatever it is that raises."""
    for cell in work.placed:
        if cell.kind == SOLUTION and cell.exercise == exercise.name and cell.planned:
            return not cell.idle and cell.source.strip() == cell.planned.source.strip()
    return False


def note(names: list[str]) -> str:
    """What the card says of checks that pass with the course's own earlier answers.

    Args:
        names: of what the answer rests on.
    """
    those = ", ".join(f"`{name}`" for name in names)
    return f"Graded with the course's own {those} in the place of yours, so that a mistake there costs its points once"


def _earlier(exercise: Exercise, plan: Plan) -> list[Exercise]:
    """The exercises of the unit before this one."""
    every = list(plan.exercises.values())
    return every[: every.index(exercise)]


def _units(need: Need, plan: Plan) -> list[Unit]:
    """Earlier units that define names which the notebook does not."""
    missing = _undefined(need)
    return [unit for unit in plan.earlier if missing and missing & _objects(unit)]


def _undefined(need: Need) -> set[str]:
    bound: set[str] = set()
    for cell in need.cells:
        bound |= syntax.names(cell.source).binds.keys()
    return set(need.shared - bound)


def _objects(unit: Unit) -> set[str]:
    # Where they are imported, their sources are taken apart.
    with syntax.ALONE:
        return {name for exercise in exercises(unit) for name in exercise.objects}
