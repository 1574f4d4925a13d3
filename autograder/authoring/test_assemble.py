"""A unit's file and its exercises become the instructor's notebook."""

from dataclasses import replace

import nbformat
import pytest

from autograder.authoring.assemble import answer_cell, assemble
from autograder.authoring.build import build
from autograder.course import catalogue, derivation
from autograder.course.catalogue import Unit
from autograder.exercise import BEGIN, END, check_id, solution_id
from autograder.testing.small_unit import ID, TEXT, by_grade_id, unit_of
from solutions.forward_propagation.softmax import softmax


def nbgrader(cell):
    return cell.metadata.get("nbgrader", {})


def assembled(unit):
    return assemble(unit, catalogue.exercises(unit))


def test_every_kind_of_cell_gets_its_place_in_nbgrader(sample):
    kinds = [
        (c.cell_type, nbgrader(c).get("grade_id"), nbgrader(c).get("points"))
        for c in assemble(sample, catalogue.exercises(sample)).cells
    ]
    assert kinds == [
        ("markdown", None, None),
        ("code", "setup", None),
        ("markdown", None, None),
        # What is the student's to write.
        ("markdown", None, None),
        ("code", "stable_softmax", None),
        ("code", "stable_softmax-check", 8),
        ("code", None, None),
        ("code", "setup-2", None),
    ]


def test_solution_and_check_cells_are_what_nbgrader_grades(sample):
    cells = by_grade_id(assemble(sample, catalogue.exercises(sample)))
    flags = {name: [nbgrader(c)[k] for k in ("grade", "solution", "locked")] for name, c in cells.items()}
    assert flags == {
        "setup": [False, False, True],
        "stable_softmax": [False, True, False],
        "stable_softmax-check": [True, False, True],
        "setup-2": [False, False, True],
    }
    assert cells["stable_softmax"].source == softmax.source
    assert cells["stable_softmax-check"].source == "check(stable_softmax)"


def test_the_header_of_the_file_stays_behind(sample):
    assert assemble(sample, catalogue.exercises(sample)).cells[0].source.startswith("# Softmax\n")


def test_assembling_twice_gives_the_same_cells_and_prose_does_not_rename_the_rest(sample, tmp_path):
    ids = [c.id for c in assemble(sample, catalogue.exercises(sample)).cells]
    assert ids == [c.id for c in assemble(sample, catalogue.exercises(sample)).cells]
    assert len(set(ids)) == len(ids)
    more = TEXT + "\n# %% [markdown]\n# The end.\n"
    assert [c.id for c in assembled(unit_of(more, tmp_path)).cells][: len(ids)] == ids


@pytest.mark.parametrize(
    ("name", "wanted"), [("Dense", "Dense"), ("sigmoid, tanh", "sigmoid-tanh"), ("σ′ (a)", "a")]
)
def test_names_become_ids_that_nbgrader_takes(monkeypatch, name, wanted):
    monkeypatch.setattr(softmax, "name", name)
    assert (solution_id(softmax.name), check_id(softmax.name)) == (wanted, f"{wanted}-check")


CASES = {
    "code of no kind": ("# %%\nprint(1)\n", 'an experiment, headed `# %% tags=["experiment"]`'),
    "code after an import": (
        "# %%\nfrom solutions.forward_propagation.softmax import stable_softmax\nx = 1\n",
        "import <its objects>` and nothing else",
    ),
    "an import under another name": (
        "# %%\nfrom solutions.forward_propagation.softmax import stable_softmax as f\n",
        "import <its objects>` and nothing else",
    ),
    "two kinds at once": ('# %% tags=["setup", "experiment"]\nx = 1\n', "should be one of"),
    "a private import in an experiment": (
        '# %% tags=["experiment"]\nx = 1\nfrom solutions.forward_propagation.softmax import softmax\n',
        "imports from solutions, which students do not have",
    ),
}


@pytest.mark.parametrize(("more", "says"), CASES.values(), ids=CASES)
def test_a_cell_of_no_kind_is_named_by_file_and_line(tmp_path, more, says):
    unit = unit_of(TEXT + "\n" + more, tmp_path)
    with pytest.raises(ValueError, match="should be one of|students do not have") as error:
        assemble(unit, catalogue.exercises(unit))
    line = TEXT.count("\n") + 3  # an empty line, the cell's header, its first line
    assert f"{unit.path}, line {line}: " in str(error.value)
    assert says in str(error.value)


def test_an_exercise_enters_once(tmp_path):
    more = "\n# %%\nfrom solutions.forward_propagation.softmax import stable_softmax\n"
    with pytest.raises(ValueError, match="two cells would be called 'stable_softmax'"):
        assembled(unit_of(TEXT + more, tmp_path))


def test_a_unit_without_a_file_says_what_to_write():
    with pytest.raises(ValueError, match="no file yet: write course/units/NN_dropout.py"):
        assembled(Unit("dropout", None, "dropout"))


# Derivations

DERIVATION = """\
---
points: 4
lecture: 5:26
---
## Answer
tanh a = 2σ(2a) − 1, since …

## Rubric
- 2 points: the fraction is multiplied by $e^{-a}$.
- 1.5 points: σ(2a) is written out
  and recognized.
- 0.5 points: it is said that this is allowed.

## Common errors
- σ(a) for σ(2a).
"""


@pytest.fixture
def derived(known_evidence, tmp_path):
    """A unit with a derivation whose answer lies in a folder of its own."""
    folder = tmp_path / "solutions" / "forward_propagation"
    folder.mkdir(parents=True)
    (folder / "tanh_from_sigmoid.md").write_text(DERIVATION, "utf-8")
    more = '\n# %% [markdown] derivation="tanh_from_sigmoid"\n# ### Derivation\n# Show it.\n'
    return replace(unit_of(TEXT + more, tmp_path), own=tmp_path)


def test_a_derivation_is_a_task_and_a_cell_graded_by_hand(derived):
    task, answer = assemble(derived, catalogue.exercises(derived)).cells[-2:]
    assert (task.source, task.metadata) == ("### Derivation\nShow it.", {})
    about = nbgrader(answer)
    assert [about[k] for k in ("grade_id", "points", "grade", "solution", "locked")] == [
        "tanh_from_sigmoid",
        4,
        True,
        True,
        False,
    ]
    shown, hidden = answer.source.split(BEGIN)
    assert "(4 points, graded by hand; lecture 5:26)" in shown
    assert all(part in hidden.split(END)[0] for part in ("2σ(2a)", "2 points: the fraction", "σ(a) for"))


def test_students_see_neither_answer_nor_rubric(derived, tmp_path):
    build([derived], course=tmp_path / "course", notebooks=tmp_path / "notebooks")
    notebook = nbformat.read(tmp_path / "notebooks" / ID / f"{ID}.ipynb", 4)
    assert by_grade_id(notebook)["tanh_from_sigmoid"].source == (
        "**Your answer** (4 points, graded by hand; lecture 5:26)\n\nYOUR ANSWER HERE"
    )


BROKEN = {
    "no front matter": (DERIVATION.split("---\n")[2], "should begin with"),
    "no points": (DERIVATION.replace("points: 4\n", ""), "its front matter should say points"),
    "points that are no number": (DERIVATION.replace("4", "four"), "received 'four'"),
    "no points to win": (DERIVATION.replace("4", "0"), "a number above 0, received '0'"),
    "no rubric": (DERIVATION.replace("## Rubric", "## Points"), "has no ## Rubric"),
    "a rubric that adds up to something else": (
        DERIVATION.replace("- 1.5", "- 1"),
        "should add up to 4 points and give 3.5",
    ),
    "an empty answer": (DERIVATION.replace("tanh a = 2σ(2a) − 1, since …", ""), "has no ## Answer"),
    "no YAML": (DERIVATION.replace("points: 4", "points: [4"), "its front matter is not YAML"),
}


@pytest.mark.parametrize(("text", "says"), BROKEN.values(), ids=BROKEN)
def test_a_derivation_that_lacks_something_says_what(tmp_path, text, says):
    path = tmp_path / "d.md"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match="d.md") as error:
        derivation.read(path)
    assert says in str(error.value)


def test_a_rubric_has_items_that_graders_can_click(tmp_path):
    path = tmp_path / "d.md"
    path.write_text(DERIVATION, "utf-8")
    items = [(item.points, item.text) for item in derivation.read(path).items]
    assert items == [
        (2, "the fraction is multiplied by $e^{-a}$."),
        (1.5, "σ(2a) is written out and recognized."),
        (0.5, "it is said that this is allowed."),
    ]


def test_a_derivation_without_an_answer_names_the_file_to_write(derived):
    with pytest.raises(ValueError, match=r"'shift' has no answer; write .*forward_propagation/shift\.md"):
        answer_cell(derived, "shift")
