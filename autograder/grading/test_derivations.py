"""A derivation without an answer is 0 in silence only where nothing else that was handed in could be it."""

import copy
import io
import re
import zipfile
from dataclasses import replace

import nbformat
import pytest

from autograder import limited
from autograder.grading import files
from autograder.grading.grader import beside_notebook, read_at
from autograder.grading.paper import taken_out
from autograder.grading.plan import DERIVATION, EXPERIMENT, PROSE, plan_of
from autograder.grading.restore import restore
from autograder.grading.submission import MAX_SOURCE, parse
from autograder.testing import toy_unit

SOMETHING = "Since 2 is not 0, it cancels."
IDS = (toy_unit.PROOF, "third_of_triple")
ASKED = "If the answer stands there, grade that."


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """The toy unit, with two derivations at its end."""
    folder = tmp_path_factory.mktemp("derived")
    made = plan_of(replace(toy_unit.make_unit(folder, derivation=True), own=folder))
    second = [
        _again(made.cells[-2], "### Derivation\nShow that it is the third of the triple."),
        _again(made.cells[-1]),
    ]
    return replace(made, cells=(*made.cells, *second))


def _again(planned, source=None):
    """A cell of the plan, as one of a second derivation."""
    node = nbformat.from_dict({**planned.node, "id": f"{planned.id}-2"})
    if planned.grade_id:
        node.metadata = nbformat.from_dict(
            {"nbgrader": {**planned.node.metadata.nbgrader, "grade_id": IDS[1]}}
        )
    node.source = source or node.source
    return replace(planned, node=node)


def derivations_in(plan, notebook, beside=()):
    """The sources of the derivations' cells, as they are put before a grader, in the plan's order."""
    placed = restore(parse(toy_unit.data(notebook)), plan, beside)
    sources = {cell.id: cell.source for cell in placed}
    return [sources[cell.id] for cell in plan.cells if cell.kind == DERIVATION]


def is_asked(source):
    return ASKED in source


def place_of(kind, plan):
    """Where the first of a kind of the plan's cells stands behind the last exercise."""
    here = [number for number, cell in enumerate(plan.cells) if cell.kind == kind]
    return here[-2]


QUESTION, ANSWER = PROSE, DERIVATION


def test_a_notebook_without_any_answer_asks_for_nobody(plan):
    notebook = toy_unit.right(plan)
    assert not any(map(is_asked, derivations_in(plan, notebook, ["timestamp.txt", "data.csv"])))
    del notebook.cells[place_of(ANSWER, plan)]
    assert not any(map(is_asked, derivations_in(plan, notebook)))


@pytest.mark.parametrize("gone", [False, True], ids=["its cell is there", "its cell is gone"])
def test_an_answer_in_the_questions_own_cell_is_for_a_person_to_find(plan, gone):
    notebook = toy_unit.right(plan)
    question, answer = place_of(QUESTION, plan), place_of(ANSWER, plan)
    notebook.cells[question].source += f"\n   **Answer:** {SOMETHING}"
    if gone:
        del notebook.cells[answer]
    first, _ = derivations_in(plan, notebook)
    assert "wrote into the unit's text" in first
    assert is_asked(first)


@pytest.mark.parametrize("gone", [False, True], ids=["its cell is there", "its cell is gone"])
def test_a_photograph_in_the_questions_own_cell_is_for_a_person_to_find(plan, gone):
    notebook = toy_unit.right(plan)
    question, answer = place_of(QUESTION, plan), place_of(ANSWER, plan)
    notebook.cells[question].attachments = {"page.png": {"image/png": "iVBORw0KGgo="}}
    if gone:
        del notebook.cells[answer]
    assert is_asked(derivations_in(plan, notebook)[0])


def test_a_photograph_in_a_cell_without_text_is_for_a_person_to_find(plan):
    notebook = toy_unit.right(plan)
    photograph = toy_unit.added("", "markdown")
    photograph.attachments = {"page.png": {"image/png": "iVBORw0KGgo="}}
    notebook.cells.append(photograph)
    assert is_asked(derivations_in(plan, notebook)[1])


def test_cells_that_were_joined_hold_an_answer_only_if_they_hold_more_than_the_unit_gives(plan):
    notebook = toy_unit.right(plan)
    question, answer = place_of(QUESTION, plan), place_of(ANSWER, plan)
    joined = notebook.cells[question]
    joined.source += "\n\n" + notebook.cells.pop(answer).source
    assert not any(map(is_asked, derivations_in(plan, notebook)))
    joined.source = joined.source.replace("YOUR ANSWER HERE", SOMETHING)
    assert is_asked(derivations_in(plan, notebook)[0])


def test_text_that_was_added_anywhere_may_be_the_answer_and_a_heading_is_none(plan):
    notebook = toy_unit.right(plan)
    notebook.cells.insert(0, toy_unit.added("# Scratch\n---", "markdown"))
    assert not any(map(is_asked, derivations_in(plan, notebook)))
    notebook.cells.insert(0, toy_unit.added(f"# Derivations\n{SOMETHING}", "markdown"))
    for source in derivations_in(plan, notebook):
        assert "Elsewhere stands text that the student added." in source
        assert is_asked(source)


def test_a_copy_of_what_the_unit_gives_is_no_answer(plan):
    notebook = toy_unit.right(plan)
    texts = [
        toy_unit.added(cell.source, "markdown") for cell in plan.cells if cell.kind in (PROSE, DERIVATION)
    ]
    assert not any(map(is_asked, derivations_in(plan, notebook)))
    notebook.cells += texts
    assert not any(map(is_asked, derivations_in(plan, notebook)))


@pytest.mark.parametrize("where", [0, -1])
def test_comments_may_be_the_answer_whose_cell_is_gone(plan, where):
    notebook = toy_unit.right(plan)
    del notebook.cells[place_of(ANSWER, plan)]
    notebook.cells.insert(where % len(notebook.cells), toy_unit.added(f"# 1. {SOMETHING}"))
    assert is_asked(derivations_in(plan, notebook)[0])


def test_a_file_may_be_the_answer_whose_cell_is_gone(plan):
    notebook = toy_unit.right(plan)
    del notebook.cells[place_of(ANSWER, plan)]
    first, _ = derivations_in(plan, notebook, ["derivations.pdf"])
    assert "was missing from the submission. With the notebook was handed in: derivations.pdf." in first


def test_what_is_answered_stays_as_it_is(plan):
    notebook = toy_unit.right(plan, proof=SOMETHING, third_of_triple=SOMETHING)
    notebook.cells.append(toy_unit.added("A note.", "markdown"))
    assert derivations_in(plan, notebook, ["derivations.pdf"]) == [SOMETHING, SOMETHING]


def with_experiment_beside(plan):
    """The plan, with an experiment that wants a guess beside the first derivation."""
    cell = toy_unit.added('guess = None  # "more" or "less"\ncommit(guess, {"more": "more"})\nprint(1)')
    cell.id = "experiment"
    planned = replace(plan.cells[0], kind=EXPERIMENT, node=cell)
    place = place_of(ANSWER, plan) + 1
    return replace(plan, cells=(*plan.cells[:place], planned, *plan.cells[place:]))


def test_an_experiment_with_a_guess_whose_id_was_lost_is_no_answer(plan):
    plan = with_experiment_beside(plan)
    notebook = toy_unit.right(plan)
    for cell in notebook.cells:
        cell.source = cell.source.replace("guess = None", 'guess = "more"')
        del cell["id"]
    assert not any(map(is_asked, derivations_in(plan, notebook)))


def test_lines_that_end_as_on_windows_are_the_units(plan):
    notebook = toy_unit.right(plan)
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    placed = restore(parse(toy_unit.data(notebook)), plan)
    assert not any(is_asked(cell.source) for cell in placed)
    assert not any(cell.changed for cell in placed)


def copies(notebook, plan):
    """The cells of both derivations, as if they were copied with their ids."""
    return copy.deepcopy([cell for cell in notebook.cells if toy_unit.ids([cell])[0] in IDS])


def test_of_a_copied_cell_the_answered_one_counts(plan):
    notebook = toy_unit.right(plan)
    untouched = copies(notebook, plan)
    first, second = derivations_in(
        plan, answered := toy_unit.right(plan, proof=SOMETHING, third_of_triple="It is so.")
    )
    answered.cells += untouched
    assert derivations_in(plan, answered) == [first, second] == [SOMETHING, "It is so."]
    answered.cells[-2].source = ""
    assert derivations_in(plan, answered) == [SOMETHING, "It is so."]


def test_of_two_answers_in_copies_a_person_is_told(plan):
    notebook = toy_unit.right(plan, proof=SOMETHING)
    notebook.cells += copies(notebook, plan)[:1]
    notebook.cells[-1].source = "A nice unit."
    first, _ = derivations_in(plan, notebook)
    assert first.startswith("A nice unit.")
    assert "another answer stands in a cell that the student added" in first


@pytest.mark.parametrize("kind", ["image/png", "image/heic", "image/svg+xml"])
def test_what_is_attached_to_a_cell_without_a_word_is_an_answer(plan, kind):
    notebook = toy_unit.right(plan)
    notebook.cells[place_of(ANSWER, plan)].attachments = {"page": {kind: "iVBORw0KGgo="}}
    first, _ = derivations_in(plan, notebook)
    assert first != plan.cells[place_of(ANSWER, plan)].source
    assert not is_asked(first)
    if kind == "image/png":
        assert "![attached](attachment:page)" in first


PHOTOGRAPH = "iVBORw0KGgo" * 40_000
AS_DATA = {
    "Markdown": "![page]({})",
    "a title": '![page]({} "page 1")',
    "HTML": '<img width="300" src="{}" alt="page">',
    "a name": "![page][1]\n\n[1]: {}",
}


@pytest.mark.parametrize("kind", ["png", "jpeg", "jpg"])
@pytest.mark.parametrize("form", AS_DATA.values(), ids=AS_DATA)
def test_a_picture_that_stands_in_a_text_as_data_is_shown_like_an_attached_one(plan, form, kind):
    answer = f"See:\n\n{form.format(f'data:image/{kind};base64,{PHOTOGRAPH}')}"
    assert len(answer) > MAX_SOURCE
    placed = restore(parse(toy_unit.data(toy_unit.right(plan, proof=answer))), plan)
    cell = next(cell for cell in placed if cell.source.startswith("See:"))
    ((name, bundle),) = cell.pictures.items()
    assert bundle == {f"image/{kind.replace('jpg', 'jpeg')}": PHOTOGRAPH}
    assert f"](attachment:{name})" in cell.source
    assert re.findall(r"!\[[^]]*\]\(attachment:[^)]*\)", cell.source)
    assert "base64" not in cell.source


def test_a_picture_as_data_of_a_kind_that_can_act_is_left_out(plan):
    answer = f"See ![page](data:image/svg+xml;base64,{PHOTOGRAPH})"
    placed = restore(parse(toy_unit.data(toy_unit.right(plan, proof=answer))), plan)
    cell = next(cell for cell in placed if cell.source.startswith("See"))
    assert (cell.pictures, cell.files) == ({}, {})
    assert "Attached, and left out" in cell.source


@pytest.mark.parametrize(
    "text", ["<img " * 200_000, "<img src=data:image/png;base64," * 30_000, "data:image/" * 100_000]
)
def test_what_looks_like_the_beginning_of_a_picture_is_read_in_no_time(text):
    limited.call(taken_out, text, {}, seconds=5)


def handed_in_with(folder, plan, notebook, **others):
    """The names of what may hold a derivation in a folder with a notebook."""
    for name, data in others.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    wanted = folder / f"{plan.unit}.ipynb"
    wanted.write_bytes(toy_unit.data(notebook))
    return beside_notebook(wanted, plan, read_at(wanted, plan))


def packed(**members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


ENDINGS = ["tex", "txt", "md", "rtf", "doc", "docx", "odt", "pages", "html", "jfif", "heic", "rar"]
SOME_TEXT = toy_unit.data(nbformat.v4.new_notebook(cells=[toy_unit.added(SOMETHING, "markdown")]))
PLACES = {
    f"{ending} beside": (f"derivations.{ending}", b"1", f"derivations.{ending}") for ending in ENDINGS
} | {
    "a folder": ("img/a page.jpg", b"1", "img/a page.jpg"),
    "a zip": ("d.zip", packed(**{"IMG_1.jpg": b"1", ".x.jpg": b"2"}), "d.zip/IMG_1.jpg"),
    "a zip in a folder": ("a/d.zip", packed(**{"b/scan.pdf": b"1"}), "a/d.zip/b/scan.pdf"),
    "a zip in a zip": ("d.zip", packed(**{"e.zip": packed()}), "d.zip/e.zip"),
    "a damaged zip": ("d.zip", b"PK", "d.zip"),
    "another notebook": ("derivations.ipynb", SOME_TEXT, "derivations.ipynb"),
}


@pytest.mark.parametrize(("file", "data", "named"), PLACES.values(), ids=PLACES)
def test_a_file_wherever_it_lies_may_be_the_answer(plan, tmp_path, file, data, named):
    notebook = toy_unit.right(plan)
    beside = handed_in_with(tmp_path, plan, notebook, **{file: data})
    for source in derivations_in(plan, notebook, beside):
        assert f"With the notebook was handed in: {named}." in source
        assert is_asked(source)


def test_what_holds_no_answer_beside_the_notebook_asks_for_nobody(plan, tmp_path):
    notebook = toy_unit.right(plan)
    copied = toy_unit.data(toy_unit.work(plan))
    others = ["timestamp.txt", "requirements.txt", "README.md", "data.csv", "a/.b.pdf", "checks/a.py"]
    there = dict.fromkeys(others, b"1") | {"old.ipynb": copied, "old.zip": packed(**{"a.ipynb": copied})}
    beside = handed_in_with(tmp_path, plan, notebook, **there)
    assert not any(map(is_asked, derivations_in(plan, notebook, beside)))


def test_a_zip_with_too_many_entries_is_named_and_not_listed(plan, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_FILES", 2)
    many = packed(**{f"{number}.pdf": b"" for number in range(3)})
    assert [name for name, _, _ in files.papers_within(tmp_path)] == []
    (tmp_path / "d.zip").write_bytes(many)
    assert [name for name, _, _ in files.papers_within(tmp_path)] == ["d.zip"]


def test_a_files_name_does_nothing_in_the_browser_of_who_reads_it(plan):
    beside = ["<img src=x onerror=alert(1)>.pdf", "[x](javascript:alert(1)).pdf", "a\n\n# b.pdf"]
    for source in derivations_in(plan, toy_unit.right(plan), beside):
        assert "<img" not in source
        assert "](javascript" not in source
        assert "\n# b" not in source


def test_derivations_in_a_notebook_without_code_are_told_of_where_another_counts(plan, tmp_path):
    code = toy_unit.right(plan)
    others = {"code.ipynb": toy_unit.data(code)}
    beside = handed_in_with(tmp_path, plan, toy_unit.work(plan, proof=SOMETHING), **others)
    assert beside == [f"{plan.unit}.ipynb"]
    for source in derivations_in(plan, code, beside):
        assert f"With the notebook was handed in: {plan.unit}.ipynb." in source


BOTH = {
    "numbered anew": f"1. {SOMETHING}\n2. So.\n\n**Then**\n\n1. {SOMETHING}",
    "by its name": f"{SOMETHING}\n\n**The third of the triple**: as above.",
    "by its number": f"{SOMETHING}\n\nThe second derivation is alike.",
}


@pytest.mark.parametrize("answer", BOTH.values(), ids=BOTH)
def test_an_answer_that_speaks_of_another_derivation_may_hold_that_as_well(plan, answer):
    first, second = derivations_in(plan, toy_unit.right(plan, proof=answer))
    assert first == answer
    assert "The answer to proof may hold this one as well." in second
    assert is_asked(second)


def test_an_answer_to_one_derivation_asks_for_another_only_where_its_cell_is_gone(plan):
    notebook = toy_unit.right(plan, proof=f"1. {SOMETHING}\n2. The second point.")
    assert not is_asked(derivations_in(plan, notebook)[1])
    del notebook.cells[-1]
    assert is_asked(derivations_in(plan, notebook)[1])
