"""A right notebook that was edited as people edit it: full marks, or a person is asked; nothing is lost in silence."""

import copy
from dataclasses import replace

import nbformat
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograder.grading.plan import DERIVATION, SOLUTION
from autograder.grading.restore import restore
from autograder.grading.submission import parse
from autograder.grading.test_submission import with_derivation
from autograder.testing import toy_unit

WRONG = "def double(x):\n    return x * x"


@pytest.fixture
def notebook(plan):
    return toy_unit.right(plan)


def place(notebook, name):
    return toy_unit.ids(notebook.cells).index(name)


def cell(notebook, name):
    return notebook.cells[place(notebook, name)]


def merge(notebook, *names):
    """As *Merge Cells* does: the first cell has the sources of all, the others are gone."""
    first, *others = [cell(notebook, name) for name in names]
    for other in others:
        first.source += "\n\n" + other.source
        notebook.cells.remove(other)


def test_merged_cells_have_full_marks_without_review(grade, plan, notebook):
    merge(notebook, "double", "halves", "quadruple")
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


def test_all_answers_in_one_added_cell_above_untouched_stubs(grade, plan):
    notebook = toy_unit.work(plan)
    answers = "\n\n".join(exercise.source for exercise in plan.exercises.values())
    notebook.cells.insert(place(notebook, "double"), toy_unit.added(answers))
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


def test_all_answers_at_the_end_count_and_a_person_is_told(grade, plan):
    notebook = toy_unit.work(plan)
    answers = "\n\n".join(exercise.source for exercise in plan.exercises.values())
    notebook.cells.append(toy_unit.added(answers))
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, True)
    assert "double: the answer to double stands below its check" in graded.reasons


def test_a_stub_that_was_pasted_again_overwrites_nothing(grade, plan, notebook):
    stub = next(c for c in plan.cells if c.kind == SOLUTION and c.exercise == "double")
    notebook.cells.insert(place(notebook, "double-check") + 1, copy.deepcopy(stub.node))
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


def test_an_old_attempt_that_was_kept_at_the_end_does_not_count(grade, notebook):
    notebook.cells.append(cell(notebook, "double").copy() | {"source": WRONG})
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


def test_a_wrong_answer_with_another_one_below_its_check_is_looked_at(grade, notebook):
    right = cell(notebook, "double").source
    cell(notebook, "double").source = WRONG
    notebook.cells.append(toy_unit.added(right))
    graded = grade(notebook)
    assert graded.score < 8
    assert "double: below the check of double stands another answer, which does not count" in graded.reasons


@pytest.mark.parametrize("name", ["setup", "double-check"])
def test_an_import_that_was_added_to_a_locked_cell_is_kept(grade, notebook, name):
    locked = cell(notebook, name)
    locked.source = f"import math\n{locked.source}"
    cell(notebook, "double").source = "def double(x):\n    return math.sqrt(4) * x"
    graded = grade(notebook)
    assert graded.score == 8


def test_answers_are_split_over_several_cells(grade, notebook):
    whole = cell(notebook, "halves")
    first, second = whole.source.split("\n\n", 1)
    whole.source = second.strip()
    notebook.cells.insert(place(notebook, "halves"), toy_unit.added(first))
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


MAGICS = {
    "a measured call": "%timeit -n1 -r1 double(2)",
    "help": "double?",
    "a command over lines": "!echo \\\n  a \\\n  b",
    "a command's lines": "files = !ls",
    "a timed definition and an operator": "%time x = 1\ny = (7\n% 4)",
}


@pytest.mark.parametrize("magic", MAGICS.values(), ids=MAGICS)
def test_magics_in_an_answers_cell_change_nothing(grade, notebook, magic):
    cell(notebook, "double").source += f"\n{magic}"
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


def test_a_cell_under_a_cell_magic_is_run(grade, notebook):
    cell(notebook, "double").source = f"%%time\n{cell(notebook, 'double').source}"
    assert grade(notebook).score == 8


# As people edit: each takes a notebook and numbers that decide where.


def merge_two(notebook, a, b):
    solutions = _solutions(notebook)
    first, second = sorted([a % len(solutions), b % len(solutions)]) if solutions else (0, 0)
    if first < second:
        solutions[first].source += "\n\n" + solutions[second].source
        notebook.cells.remove(solutions[second])


def move(notebook, a, b):
    notebook.cells.insert(b % len(notebook.cells), notebook.cells.pop(a % len(notebook.cells)))


def copy_one(notebook, a, b):
    notebook.cells.insert(b % len(notebook.cells), copy.deepcopy(notebook.cells[a % len(notebook.cells)]))


def forget_ids(notebook, a, b):
    cell = notebook.cells[a % len(notebook.cells)]
    cell.metadata = nbformat.from_dict({})
    cell.pop("id", None)


def delete_a_check(notebook, a, b):
    checks = [c for c in notebook.cells if c.source.startswith("check(")]
    if checks:
        notebook.cells.remove(checks[a % len(checks)])


def add_a_note(notebook, a, b):
    kind = ("code", "markdown")[b % 2]
    notebook.cells.insert(a % (len(notebook.cells) + 1), toy_unit.added("print(1)  # a note", kind))


def split(notebook, a, b):
    parted = [c for c in _solutions(notebook) if "\n\n" in c.source]
    if parted:
        whole = parted[a % len(parted)]
        first, second = whole.source.split("\n\n", 1)
        notebook.cells.insert(notebook.cells.index(whole), toy_unit.added(first))
        whole.source = second


def add_a_magic(notebook, a, b):
    solutions = _solutions(notebook)
    if solutions:
        magic = [*MAGICS.values()][b % len(MAGICS)]
        solutions[a % len(solutions)].source += f"\n{magic}"


def add_an_import(notebook, a, b):
    """Into a locked cell as well."""
    code = [c for c in notebook.cells if c.cell_type == "code" and not c.source.startswith("%%")]
    code[a % len(code)].source = f"import math\n{code[a % len(code)].source}"


def keep_what_was_before(notebook, a, b):
    solutions = _solutions(notebook)
    if solutions:
        now = solutions[a % len(solutions)]
        before = "\n".join(f"# {line}" for line in now.source.split("\n"))
        notebook.cells.insert(notebook.cells.index(now), toy_unit.added(before))


def _solutions(notebook):
    return [c for c in notebook.cells if c.cell_type == "code" and "def " in c.source]


EDITS = (
    merge_two,
    split,
    move,
    copy_one,
    forget_ids,
    delete_a_check,
    add_a_note,
    add_a_magic,
    add_an_import,
    keep_what_was_before,
)
EDIT = st.tuples(st.sampled_from(EDITS), st.integers(0, 50), st.integers(0, 50))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(EDIT, min_size=1, max_size=5), old_attempt=st.booleans())
@example(edits=[(forget_ids, 3, 0)], old_attempt=True)
def test_a_right_notebook_edited_at_random_has_full_marks_or_a_person_is_asked(
    edits, old_attempt, grade, plan
):
    notebook = toy_unit.right(plan)
    for edit, a, b in edits:
        edit(notebook, a, b)
    # Below everything, where no later edit can put it above the check.
    if old_attempt:
        notebook.cells.append(toy_unit.added(WRONG))
    graded = grade(notebook)
    assert graded.score == 8 or graded.needs_review, [edit.__name__ for edit, _, _ in edits]


# Derivations


@pytest.fixture
def derivation(plan):
    """The plan with a derivation behind everything, and its cell."""
    planned = with_derivation().cells[0]
    return replace(plan, cells=(*plan.cells, planned)), planned


def derivation_in(plan, notebook, beside=()):
    cells = parse(toy_unit.data(notebook))
    return next(placed for placed in restore(cells, plan, beside) if placed.kind == DERIVATION)


@pytest.mark.parametrize("kind", ["markdown", "code"])
@pytest.mark.parametrize("where", [0, 1], ids=["above", "below"])
def test_an_answer_beside_a_derivations_cell_is_for_a_person_to_find(derivation, kind, where):
    both, planned = derivation
    notebook = toy_unit.right(both)
    notebook.cells.insert(len(notebook.cells) - 1 + where, toy_unit.added("# since exp(a + c) = …", kind))
    found = derivation_in(both, notebook)
    assert found.source.startswith(planned.source)
    assert "Beside it stands a cell that the student added" in found.source


@pytest.mark.parametrize("file", ["proof.pdf", "IMG_1.HEIC", "a.webp", "a.svg"])
def test_a_file_beside_the_notebook_may_be_a_derivation(derivation, file):
    both, _ = derivation
    found = derivation_in(both, toy_unit.right(both), [file, "timestamp.txt"])
    assert f"With the notebook was handed in: {file}." in found.source


def test_a_derivation_that_is_answered_or_left_alone_stays_as_it_is(derivation):
    both, planned = derivation
    notebook = toy_unit.right(both)
    assert derivation_in(both, notebook, ["timestamp.txt", "data.csv"]).source == planned.source
    notebook.cells[-1].source = "It follows."
    assert derivation_in(both, notebook, ["proof.pdf"]).source == "It follows."
