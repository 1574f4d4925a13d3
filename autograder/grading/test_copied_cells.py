"""Copies of the unit's own cells, and set-up that was moved, take nothing from the cells that count."""

import copy

import pytest

from autograder.grading.test_answers import WRONG, cell, place
from autograder.testing import toy_unit


@pytest.fixture
def notebook(plan):
    return toy_unit.right(plan)


READS_SET_UP = "def double(x):\n    return np.add(x, x)"


@pytest.mark.parametrize("where", ["halves", ""], ids=["midway", "at the end"])
@pytest.mark.parametrize("written", ["as it is", "import math", "x = 1"])
def test_a_copy_of_the_set_up_is_an_added_cell(grade, notebook, where, written):
    cell(notebook, "double").source = READS_SET_UP
    again = copy.deepcopy(cell(notebook, "setup"))
    if written != "as it is":
        again.source = written
    notebook.cells.insert(place(notebook, where) if where else len(notebook.cells), again)
    graded = grade(notebook)
    assert (graded.score, graded.needs_review, graded.notes) == (8, False, [])


def test_what_a_copy_of_the_set_up_was_changed_to_counts_as_added_code(grade, notebook):
    again = copy.deepcopy(cell(notebook, "setup"))
    again.source += "\nimport math"
    notebook.cells.insert(place(notebook, "halves"), again)
    cell(notebook, "quadruple").source = "def quadruple(x):\n    return math.sqrt(16) * x"
    assert grade(notebook).score == 8


def test_a_set_up_that_was_moved_down_runs_first(grade, notebook):
    cell(notebook, "double").source = READS_SET_UP
    notebook.cells.append(notebook.cells.pop(place(notebook, "setup")))
    assert grade(notebook).score == 8


def copied_to_the_end(notebook, *names, **written):
    """Copies of cells with their metadata, at the end; and what was then written into some."""
    for name in names:
        again = copy.deepcopy(cell(notebook, name))
        again.source = written.get(name, again.source)
        notebook.cells.append(again)


def test_a_check_that_was_copied_to_try_something_does_not_count(grade, notebook):
    copied_to_the_end(notebook, "double", "double-check", double=WRONG)
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


def test_a_wrong_answer_with_a_right_one_and_its_own_check_further_down_is_looked_at(grade, notebook):
    right = cell(notebook, "double").source
    cell(notebook, "double").source = WRONG
    copied_to_the_end(notebook, "double", "double-check", double=right)
    graded = grade(notebook)
    assert graded.score < 8
    assert "double: below the check of double stands another answer, which does not count" in graded.reasons


def test_the_first_check_below_an_answer_counts_where_another_stands_below_the_stub(grade, plan):
    notebook = toy_unit.right(plan, double="")
    copied_to_the_end(notebook, "double", "double-check", double="def double(x):\n    return 2.0 * x")
    graded = grade(notebook)
    assert (graded.verdicts["double"].points, graded.verdicts["double"].needs_review) == (3, False)
