"""A mistake costs its points once: the course's own earlier answers stand in where a later one rests on them."""

import pytest

from autograder.grading.conftest import messages, points
from autograder.grading.engine import still_doubtful
from autograder.grading.judged_exercise import ANOTHER_STOPPED
from autograder.grading.stand_ins import merge
from autograder.judging.lazy_tables import NOT_FOR_FRESH
from autograder.testing import toy_unit
from helpers.verdict import Kind, Outcome, Verdict

FULL = {"double": 3, "halves": 2, "quadruple": 3}
RESTS = "Graded with the course's own `double` in the place of yours, so that a mistake there costs its points once."
WRONG = "def double(x):\n    return x * 1.5"
MERGED = f"{WRONG}\n\n\ndef quadruple(x):\n    return double(double(x))"


@pytest.mark.parametrize(
    "wrong",
    [WRONG, "raise RuntimeError", "def double(x):\n    raise Died('took longer than 10 s')", "x = 5"],
    ids=["wrong", "its cell raises", "stopped", "not defined"],
)
def test_a_wrong_earlier_answer_costs_its_points_once(grade, plan, wrong):
    graded = grade(toy_unit.right(plan, double=wrong))
    assert points(graded) == FULL | {"double": 0}
    assert RESTS in graded.verdicts["quadruple"].notes


def test_cells_that_were_merged_cost_only_what_is_wrong_in_them(grade, plan):
    assert points(grade(toy_unit.right(plan, double=WRONG, quadruple=MERGED)))["quadruple"] == 3


def test_what_is_right_by_itself_is_run_once(grade, plan, kernel):
    graded = grade(toy_unit.right(plan))
    assert not [step.id for job in kernel.jobs for step in job.steps if step.id.startswith("given")]
    assert not graded.verdicts["quadruple"].notes


def test_an_answer_that_uses_no_other_or_is_not_begun_is_run_once(grade, plan, kernel):
    grade(toy_unit.right(plan, double=WRONG, quadruple="def quadruple(x):\n    return 3.0 * x"))
    grade(toy_unit.work(plan, double=WRONG))
    assert not [step.id for job in kernel.jobs for step in job.steps if step.id.startswith("given")]


def test_what_stands_in_is_never_where_its_own_exercise_is_checked(grade, plan, kernel):
    grade(toy_unit.right(plan, double=WRONG))
    with_stand_ins = [job for job in kernel.jobs if any(step.id.startswith("given") for step in job.steps)]
    assert with_stand_ins
    for job in with_stand_ins:
        assert {step.exercise for step in job.steps if step.exercise} == {"quadruple"}


def test_nothing_is_shown_of_a_run_with_stand_ins(grade, plan):
    thief = "def quadruple(x):\n    print(double.__code__.co_consts)\n    raise ValueError(double.__doc__)"
    graded = grade(toy_unit.right(plan, double=WRONG, quadruple=thief))
    assert points(graded)["quadruple"] == 0
    assert not any("Twice" in message or "BEGIN" in message for message in messages(graded, "quadruple"))
    assert "wice" not in str(graded.notebook.cells[-1].outputs)


def outcome(check, kind, **about):
    return Outcome(check, 1, kind, **about)


def test_the_run_that_earns_more_counts_and_a_name_stands_at_a_failure_alone():
    alone = (outcome("value", Kind.PASSED), outcome("dtype", Kind.PASSED), outcome("rows", Kind.WRONG_VALUE))
    given = (
        outcome("value", Kind.WRONG_VALUE, names=("squares",)),
        outcome("dtype", Kind.PASSED, counts=False),
        outcome("rows", Kind.WRONG_VALUE, names=("squares",)),
    )
    merged = merge(Verdict("f", alone, (), "unrecognized"), Verdict("f", given, ("squares",), "whole"))
    assert merged.points == 2
    assert [one.names for one in merged.outcomes] == [(), (), ("squares",)]


def test_a_doubt_about_fresh_inputs_remains_only_where_the_answer_itself_fails_on_them():
    wrong = outcome("rows", Kind.WRONG_VALUE, message="rows is 1, expected 2")
    on_fresh = outcome("value", Kind.WRONG_VALUE, message=NOT_FOR_FRESH)
    for failed, remaining in ((wrong, []), (on_fresh, [NOT_FOR_FRESH])):
        verdict = Verdict("f", (outcome("dtype", Kind.PASSED), failed), (), "unrecognized")
        assert still_doubtful([NOT_FOR_FRESH, ANOTHER_STOPPED], verdict) == [*remaining, ANOTHER_STOPPED]


def test_two_wrong_answers_do_not_make_up_for_each_other():
    first = (
        outcome("value", Kind.PASSED),
        outcome("rows", Kind.WRONG_VALUE),
        outcome("again", Kind.WRONG_VALUE),
    )
    second = (outcome("value", Kind.WRONG_VALUE), outcome("rows", Kind.PASSED), outcome("again", Kind.PASSED))
    merged = merge(Verdict("f", first, (), "unrecognized"), Verdict("f", second, (), "unrecognized"))
    assert not merged.right
    assert merged.points == 2
    assert "not beside the course's own" in merged.outcomes[0].message


def test_what_fails_with_the_course_s_own_earlier_answers_too_is_not_called_unwritten():
    alone = (outcome("value", Kind.NOT_WRITTEN), outcome("rows", Kind.NOT_WRITTEN))
    given = (outcome("value", Kind.PASSED), outcome("rows", Kind.WRONG_VALUE))
    merged = merge(Verdict("f", alone, (), "unrecognized"), Verdict("f", given, (), "unrecognized"))
    assert [one.kind for one in merged.outcomes] == [Kind.PASSED, Kind.WRONG_VALUE]
    assert "earlier answer" in merged.outcomes[1].message
