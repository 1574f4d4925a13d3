"""In every unit: a right answer has its points whatever the earlier answers are that it rests on."""

import pytest

from autograder.course import catalogue
from autograder.course.layout import NOTEBOOKS
from autograder.grading import engine, rules, stand_ins
from autograder.grading.draws import Draw
from autograder.grading.plan import plan_of
from autograder.grading.restore import restore
from autograder.grading.submission import parse
from autograder.judging.lazy_tables import LazyTables
from autograder.testing import toy_unit
from autograder.testing.in_process_sandbox import InProcess


@pytest.mark.parametrize("unit", catalogue.units(), ids=str)
def test_a_right_answer_rests_on_no_earlier_one(unit):
    plan = plan_of(unit)
    whole = toy_unit.data(toy_unit.right(plan))
    resting = {}
    for name, exercise in plan.exercises.items():
        need = rules.need(exercise, restore(parse(whole), plan), plan)
        if stand_ins.rests_on(exercise, need, plan):
            resting[name] = exercise.source
    alone = toy_unit.data(toy_unit.work(plan, **resting))
    graded = engine.grade(alone, plan, Draw(0, 4711), InProcess().run, LazyTables([NOTEBOOKS]))
    earned = {name: verdict.points for name, verdict in graded.verdicts.items()}
    # What rests on nothing was not written.
    assert earned == {name: exercise.points * (name in resting) for name, exercise in plan.exercises.items()}
    assert not graded.needs_review
