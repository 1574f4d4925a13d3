"""No honest answer may be told "not yours yet": the reader is held against all that the course knows."""

import pytest

from autograder.course import catalogue
from autograder.exercise import Exercise
from autograder.grading.plan import SETUP, Plan, plan_of
from autograder.judging.not_yours import WHOLE_OPERATIONS, WHOLE_PATHS, not_yours
from helpers.operations import read
from helpers.ownership import resolved, what_is_called
from helpers.witness import Witness

UNITS = catalogue.units()


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_nothing_in_a_reference_misconception_or_alternative_is_refused(unit):
    plan = plan_of(unit)
    refused = {}
    for exercise in plan.exercises.values():
        theirs = not_yours(exercise)
        for name, source in sources(exercise):
            reading = read([source], context=setup(plan))
            found = [*reading.reaching, *reading.borrowed(theirs.paths, exercise.objects)]
            if found:
                refused[f"{exercise.name}: {name}"] = found
    assert refused == {}


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_no_right_answer_of_the_course_calls_what_it_should_write(unit):
    called = {}
    for exercise in catalogue.exercises(unit):
        theirs = not_yours(exercise)
        for name, source in right_answers(exercise):
            witness = Witness()
            candidate = exercise.make(source)
            for check in exercise.checks:
                witness.gather(exercise, check, candidate, 1, 1)
            found = what_is_called(theirs, witness.seen, read([source]))
            if found:
                called[f"{exercise.name}: {name}"] = found
    assert called == {}


def test_whole_models_are_the_libraries():
    assert all(resolved(path) is not None for path in WHOLE_PATHS)
    assert [name for name in WHOLE_OPERATIONS if not resolved(f"tensorflow.raw_ops.{name}")] == []


def sources(exercise: Exercise):
    yield "reference", exercise.source
    yield from ((rival.name, rival.source) for rival in (*exercise.misconceptions, *exercise.alternatives))


def right_answers(exercise: Exercise):
    yield "reference", exercise.source
    yield from ((rival.name, rival.source) for rival in exercise.alternatives)


def setup(plan: Plan) -> list[str]:
    return [cell.source for cell in plan.cells if cell.kind == SETUP]
