"""What an answer needs of other cells is had, or what keeps it from it is told."""

import pytest

from autograder.grading.test_answers import cell, place
from autograder.testing import toy_unit


def test_an_answer_in_an_experiment_is_told(grade, plan):
    notebook = toy_unit.right(plan, double="", halves="")
    experiment = next(cell for cell in notebook.cells if "an experiment" in cell.source)
    experiment.source += f"\n\n{plan.exercises['halves'].source}"
    graded = grade(notebook)
    assert graded.verdicts["halves"].doubts == (
        "the answer to halve, third stands in an experiment, and experiments are not run while grading",
    )
    assert not graded.verdicts["double"].needs_review


BY_HELPER = "def double(x):\n    return twice(x)"
HELPER = "def twice(x):\n    return 2.0 * x"
FAILS_HERE = {
    "a package that is not installed": (
        "import torch_of_mine",
        "ModuleNotFoundError: No module named 'torch_of_mine'",
    ),
    "a machine of another kind": ("raise SystemError('no GPU')", "SystemError: no GPU"),
    "another version": ("assert np.__version__ > '9', 'old'", "AssertionError: old"),
}


@pytest.mark.parametrize(("line", "why"), FAILS_HERE.values(), ids=FAILS_HERE)
@pytest.mark.parametrize("where", ["added", "set-up"])
def test_a_cell_that_fails_only_where_it_is_graded_is_told_where_an_answer_needs_it(
    grade, plan, line, why, where
):
    notebook = toy_unit.right(plan, double=BY_HELPER)
    if where == "added":
        notebook.cells.insert(place(notebook, "double"), toy_unit.added(f"{line}\n{HELPER}"))
    else:
        cell(notebook, "setup").source += f"\n{line}\n{HELPER}"
    graded = grade(notebook)
    assert graded.verdicts["double"].doubts == (f"a cell above it failed: {why}",)
    assert not graded.verdicts["halves"].needs_review


def test_imports_beside_one_that_is_not_installed_are_had(grade, plan):
    notebook = toy_unit.right(plan, double="def double(x):\n    return math.sqrt(4) * x")
    imports = "import torch_of_mine\nimport math"
    notebook.cells.insert(place(notebook, "double"), toy_unit.added(imports))
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


def test_a_needed_cell_that_fails_everywhere_is_the_students_to_mend(grade, plan):
    notebook = toy_unit.right(plan, double=BY_HELPER)
    notebook.cells.insert(
        place(notebook, "double"), toy_unit.added("twice = lambda x: x\nraise NotImplementedError")
    )
    graded = grade(notebook)
    assert (graded.verdicts["double"].points, graded.verdicts["double"].needs_review) == (0, False)


@pytest.mark.parametrize("magic", ["%run my_utils.py", "%load_ext my_utils"])
def test_a_name_that_a_magic_may_have_brought_is_told(grade, plan, magic):
    notebook = toy_unit.right(plan, double=BY_HELPER)
    notebook.cells.insert(place(notebook, "double"), toy_unit.added(magic))
    graded = grade(notebook)
    assert graded.verdicts["double"].doubts == (
        f"it uses twice, and this is left out while grading: {magic}",
    )


@pytest.mark.parametrize("where", [0, "setup"], ids=["in a cell of its own", "in the set-up"])
def test_annotations_from_the_future_hold_for_later_cells(grade, plan, where):
    annotated = "def {}(x: Tensor):\n    return {}"
    notebook = toy_unit.right(
        plan,
        double=annotated.format("double", "x + x"),
        quadruple=annotated.format("quadruple", "double(double(x))"),
    )
    future = "from __future__ import annotations\nprint(np.polyval([2.0, 0], 3))"
    if where:
        cell(notebook, "setup").source = f"{future}\n{cell(notebook, 'setup').source}"
    else:
        notebook.cells.insert(0, toy_unit.added(future))
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


HALF = "def halve(x):\n    return x / 2.0"


def test_one_of_two_answers_below_the_untouched_stub_has_its_points(grade, plan):
    notebook = toy_unit.right(plan, halves="")
    notebook.cells.insert(place(notebook, "halves-check"), toy_unit.added(HALF))
    graded = grade(notebook)
    assert graded.verdicts["halves"].points == 1
    assert [check.kind for check in graded.verdicts["halves"].checks] == ["passed", "not_written"]


def test_an_import_at_the_head_of_a_stubs_cell_is_kept_where_the_answer_is_below(grade, plan):
    notebook = toy_unit.right(plan, double="")
    cell(notebook, "double").source = f"import math\n\n{cell(notebook, 'double').source}"
    notebook.cells.insert(
        place(notebook, "double-check"), toy_unit.added("def double(x):\n    return math.sqrt(4) * x")
    )
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


def test_an_answer_that_builds_on_the_stub_finds_it(grade, plan):
    notebook = toy_unit.right(plan, double="")
    builds_on_it = "double = lambda x, stub=double: 2.0 * x"
    notebook.cells.insert(place(notebook, "double-check"), toy_unit.added(builds_on_it))
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)
