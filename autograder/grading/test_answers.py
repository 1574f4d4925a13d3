"""A right notebook that was edited as people edit it: full marks, or a person is asked; nothing is lost in silence."""

import copy
import re
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


def test_a_stub_whose_docstring_was_translated_is_still_one(grade, plan, notebook):
    right = cell(notebook, "double").source
    cell(
        notebook, "double"
    ).source = 'def double(x):\n    """Das Doppelte."""\n    raise NotImplementedError()'
    notebook.cells.insert(place(notebook, "double"), toy_unit.added(right))
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


def test_an_answer_below_a_check_that_was_moved_up_counts_and_a_person_is_told(grade, notebook):
    notebook.cells.insert(0, notebook.cells.pop(place(notebook, "halves-check")))
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, True)
    assert "halves: the answer to halves stands below its check" in graded.reasons


def test_an_old_attempt_that_was_kept_at_the_end_does_not_count(grade, notebook):
    notebook.cells.append(cell(notebook, "double").copy() | {"source": WRONG})
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


@pytest.mark.parametrize("forgotten", [(), ("halves-check",)], ids=["with ids", "the check without its id"])
def test_an_old_attempt_at_the_end_does_not_count_where_the_answer_is_in_a_merged_cell(
    forgotten, grade, notebook
):
    merge(notebook, "double", "halves")
    for name in forgotten:
        cell(notebook, name).metadata = nbformat.from_dict({})
    notebook.cells.append(toy_unit.added(ATTEMPTS[1]))
    graded = grade(notebook)
    assert (graded.score, graded.needs_review) == (8, False)


def test_a_wrong_answer_with_another_one_below_its_check_is_looked_at(grade, notebook):
    right = cell(notebook, "double").source
    cell(notebook, "double").source = WRONG
    notebook.cells.append(toy_unit.added(right))
    graded = grade(notebook)
    assert graded.score < 8
    assert "double: below the check of double stands another answer, which does not count" in graded.reasons


def test_a_part_of_an_answer_that_stands_below_the_check_alone_is_looked_at(grade, plan, notebook):
    halve, third = cell(notebook, "halves").source.split("\n\n", 1)
    cell(notebook, "halves").source = halve
    notebook.cells.append(toy_unit.added(third.strip()))
    graded = grade(notebook)
    assert graded.score < 8
    assert "halves: below the check of halves stands another answer, which does not count" in graded.reasons


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
    if len(solutions) > 1:
        one = a % len(solutions)
        other = (one + 1 + b % (len(solutions) - 1)) % len(solutions)
        first, second = solutions[min(one, other)], solutions[max(one, other)]
        # A cell magic is one at the beginning of a cell only.
        if not second.source.startswith("%%"):
            first.source += "\n\n" + second.source
            notebook.cells.remove(second)


def split_one(notebook, a, b):
    """As *Split Cell* does: both cells have the metadata of the one, or as by cutting out what is pasted below."""
    whole = _one_of(_solutions(notebook), a)
    if whole and "\n\n" in whole.source:
        parts = re.split(r"\n\n+(?=\S)", whole.source)
        at = 1 + b % max(1, len(parts) - 1)
        rest = "\n\n".join(parts[at:])
        below = copy.deepcopy(whole) if b % 2 else toy_unit.added("")
        whole.source, below.source = "\n\n".join(parts[:at]), rest
        notebook.cells.insert(_place(notebook, whole) + 1, below)


def move(notebook, a, b):
    notebook.cells.insert(b % len(notebook.cells), notebook.cells.pop(a % len(notebook.cells)))


def move_by_one(notebook, a, b):
    place = a % len(notebook.cells)
    notebook.cells.insert(max(0, place + (-1, 1)[b % 2]), notebook.cells.pop(place))


def copy_one(notebook, a, b):
    notebook.cells.insert(b % len(notebook.cells), copy.deepcopy(notebook.cells[a % len(notebook.cells)]))


def copy_a_text(notebook, a, b):
    cell = notebook.cells[a % len(notebook.cells)]
    kind = "code" if cell.cell_type == "code" else "markdown"
    notebook.cells.insert(b % (len(notebook.cells) + 1), toy_unit.added(cell.source, kind))


def forget_ids(notebook, a, b):
    cell = notebook.cells[a % len(notebook.cells)]
    cell.metadata = nbformat.from_dict({})
    cell.pop("id", None)


def delete_a_check(notebook, a, b):
    check = _one_of([c for c in notebook.cells if c.source.startswith("check(")], a)
    if check:
        notebook.cells.remove(check)


def add_a_note(notebook, a, b):
    kind = ("code", "markdown")[b % 2]
    notebook.cells.insert(a % (len(notebook.cells) + 1), toy_unit.added("print(1)  # a note", kind))


def comment_an_attempt_out(notebook, a, b):
    """Above the answer, in its cell or in one of its own."""
    answer = _one_of(_solutions(notebook), a)
    if answer:
        old = "\n".join(f"# {line}" for line in ATTEMPTS[b % len(ATTEMPTS)].split("\n"))
        if b % 2 and not answer.source.startswith("%%"):
            answer.source = f"{old}\n{answer.source}"
        else:
            notebook.cells.insert(_place(notebook, answer), toy_unit.added(old))


def add_a_magic(notebook, a, b):
    answer = _one_of(_solutions(notebook), a)
    if answer:
        answer.source += "\n" + LINES[b % len(LINES)]


def time_a_cell(notebook, a, b):
    answer = _one_of(_solutions(notebook), a)
    if answer and not answer.source.startswith("%%"):
        answer.source = f"%%time\n{answer.source}"


# The last thing that somebody does: cells that are moved after these may make a right answer a wrong one.


def keep_an_attempt_below(notebook, a, b):
    """At the end, as a copy of an answer's cell or as a new one, of an exercise whose check stands above it."""
    number = a % len(ATTEMPTS)
    if any(CHECKS[number] in cell.source for cell in notebook.cells):
        notebook.cells.append(_attempt(notebook, number, b))


def keep_an_attempt_above(notebook, a, b):
    """Next to the first answer, so that no check of another exercise stands between."""
    number = a % len(ATTEMPTS)
    # Of an answer in several cells, above all: Jupyter, too, takes what stands below.
    begins = {line for line in ATTEMPTS[number].split("\n") if line.startswith("def ")}
    answers = [cell for cell in _solutions(notebook) if begins.intersection(cell.source.split("\n"))]
    if answers:
        notebook.cells.insert(_place(notebook, answers[0]), _attempt(notebook, number, b))


def import_in_a_locked_cell(notebook, a, b):
    """An import that an answer needs, in the set-up or in a check cell: this answer's, or one above that."""
    sources = [cell.source for cell in notebook.cells]
    first_check = next((place for place, source in enumerate(sources) if CHECKS[1] in source), 0)
    above = notebook.cells[: first_check + 1]
    locked = _one_of([c for c in above if c.source.startswith(("check(", "from helpers import check"))], b)
    if locked:
        locked.source = f"import math\n{locked.source}"
        for answer in _solutions(notebook):
            answer.source = answer.source.replace("x / 2.0", "x / math.sqrt(4.0)")


def nothing(notebook, a, b):
    pass


NAMES = ("double", "halves", "quadruple")
CHECKS = ("check(double)", "check(halve, third)", "check(quadruple)")
ATTEMPTS = (
    WRONG,
    "def halve(x):\n    return x - 2.0\n\n\ndef third(x):\n    return x - 3.0",
    "def quadruple(x):\n    return double(x)",
)
LINES = (
    "%timeit -n1 -r1 1 + 1",
    "%timeit -n1 -r1 1 + \\\n  1",
    "%time x = 1",
    "files = !ls",
    "double?",
    "?len",
)


def _solutions(notebook):
    return [c for c in notebook.cells if c.cell_type == "code" and re.search("^def ", c.source, re.MULTILINE)]


def _attempt(notebook, number, b):
    cells = [c for c in _solutions(notebook) if toy_unit.ids([c]) == [NAMES[number]]]
    old = copy.deepcopy(cells[0]) if cells and b % 2 else toy_unit.added("")
    old.source = ATTEMPTS[number]
    return old


def _one_of(cells, number):
    return cells[number % len(cells)] if cells else None


def _place(notebook, cell):
    return next(place for place, other in enumerate(notebook.cells) if other is cell)


EDITS = (
    merge_two,
    split_one,
    move,
    move_by_one,
    copy_one,
    copy_a_text,
    forget_ids,
    delete_a_check,
    add_a_note,
    comment_an_attempt_out,
    add_a_magic,
    time_a_cell,
)
LAST = (nothing, keep_an_attempt_below, keep_an_attempt_above, import_in_a_locked_cell)
PLACES = st.integers(0, 50), st.integers(0, 50)
EDIT = st.tuples(st.sampled_from(EDITS), *PLACES)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(EDIT, min_size=1, max_size=5), last=st.tuples(st.sampled_from(LAST), *PLACES))
@example(edits=[(forget_ids, 3, 0)], last=(keep_an_attempt_below, 0, 0))
def test_a_right_notebook_edited_at_random_has_full_marks_or_a_person_is_asked(edits, last, grade, plan):
    notebook = toy_unit.right(plan)
    for edit, a, b in (*edits, last):
        edit(notebook, a, b)
    graded = grade(notebook)
    assert graded.score == 8 or graded.needs_review, [edit.__name__ for edit, _, _ in (*edits, last)]


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
