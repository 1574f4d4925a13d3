"""No honest answer may be told "not yours yet": the allow-lists are held against all that the course knows."""

import pytest

from autograder.course import catalogue
from autograder.exercise import Exercise
from autograder.grading.plan import SETUP, Plan, plan_of
from helpers.operations import violations

UNITS = catalogue.units()


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_no_reference_misconception_or_alternative_is_refused(unit):
    plan = plan_of(unit)
    refused = {
        f"{exercise.name}: {name}": found
        for exercise in plan.exercises.values()
        for name, source in sources(exercise)
        if (found := violations(exercise, [source], context=setup(plan)))
    }
    assert refused == {}


def sources(exercise: Exercise):
    yield "reference", exercise.source
    yield from ((rival.name, rival.source) for rival in (*exercise.misconceptions, *exercise.alternatives))


def setup(plan: Plan) -> list[str]:
    return [cell.source for cell in plan.cells if cell.kind == SETUP]
