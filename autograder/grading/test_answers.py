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
    first_line = ATTEMPTS[number].split("\n")[0]
    answers = [cell for cell in _solutions(notebook) if first_line in cell.source.split("\n")]
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
