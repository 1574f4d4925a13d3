from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from autograder.cli import tables
from autograder.gradebook.grade_class import Report, Row
from autograder.grading.engine import Graded
from autograder.testing import made_up_results
from helpers.verdict import Kind


def graded(*verdicts):
    """What the engine found about a submission with these verdicts."""
    notebook = new_notebook()
    return Graded(notebook, verdicts={cell.graded.exercise: cell.graded for cell in verdicts})


@pytest.mark.parametrize(
    ("kind", "looks"),
    [
        (Kind.NOTHING, "nothing to grade"),
        (Kind.NOT_WRITTEN, "not written yet"),
        (Kind.NOT_YOURS, "not yours yet"),
        (Kind.STOPPED, "stopped"),
        (Kind.NOT_REACHED, "not reached"),
        (Kind.RAISED, "raised an exception"),
        (Kind.WRONG_VALUE, "3 of 3 checks"),
        (Kind.WRONG_FORM, "3 of 3 checks"),
    ],
    ids=str,
)
def test_an_exercise_all_of_which_is_wrong_says_in_which_way(kind, looks):
    assert tables.misunderstood(graded(made_up_results.verdict("Dense", "all", kind=kind))) == looks


def test_each_exercise_that_lost_points_has_a_line():
    named = made_up_results.verdict("Dense", ["a = hW + b"], "the bias is forgotten")
    wrong = made_up_results.verdict("softmax", ["large values"])
    right = made_up_results.verdict("softmax")
    assert tables.misunderstood(graded(named, right)) == "Dense: the bias is forgotten"
    assert (
        tables.misunderstood(graded(named, wrong)) == "Dense: the bias is forgotten\nsoftmax: 1 of 2 checks"
    )
    assert tables.misunderstood(graded(right)) == ""


def test_an_exception_is_told_by_its_type_and_a_fact_where_nothing_is_recognized():
    raised = made_up_results.verdict("Dense", "all", kind=Kind.RAISED, raised="TypeError")
    fact = made_up_results.verdict("Dense", "all", fact="a: transposed")
    assert tables.misunderstood(graded(raised)) == "raised TypeError"
    assert tables.misunderstood(graded(fact)) == "a: transposed"


def test_what_stands_in_a_name_is_shown_as_it_stands(capsys):
    row = Row("[red]Ada[/red] :smile:", graded(made_up_results.verdict("Dense")))
    tables.show_class(Report("90_made_up", "nothing", [row]), Path("course"))
    shown = capsys.readouterr().out
    assert "[red]Ada[/red] :smile:" in shown
    assert "3 of 3" in shown
    assert "Needs review" not in shown


def test_who_needs_review_is_told_why_in_one_line_however_long(capsys):
    why = "the gradebook has it not: it went on" + " and on" * 40
    row = Row("ada", graded(made_up_results.verdict("Dense", "all")), error=why)
    tables.show_class(Report("90_made_up", "nothing", [row]), Path("course"))
    shown = capsys.readouterr().out
    assert f"  ada: {why}\n" in shown
    assert "1 to review" in shown


def test_the_table_says_total_penalty_and_what_waits_for_a_grader(capsys):
    waits = {
        "score": 21.5,
        "penalty": 2,
        "total": 19.5,
        "max_score": 31,
        "to_read": {"proof": 4.0, "shift": 4.0},
    }
    read = {"score": 31, "penalty": 0, "total": 31, "max_score": 31, "to_read": {}}
    found = graded(made_up_results.verdict("Dense"))
    rows = [Row("ada", found, waits), Row("bo", found, read)]
    tables.show_class(Report("90_made_up", "nothing", rows), Path("course"))
    shown = capsys.readouterr().out
    lines = {line.split()[0]: line.split() for line in shown.splitlines() if line.strip()}
    assert lines["ada"] == ["ada", "19.5", "of", "31", "-2", "8"]
    assert lines["bo"] == ["bo", "31", "of", "31"]
    assert "To read (formgrader, Manual Grading): proof (1 answer), shift (1 answer)" in shown
