import re
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from autograder.authoring import solution_set
from autograder.authoring.assemble import assemble
from autograder.cli import app
from autograder.course import catalogue, layout
from autograder.course.lecture import RECORDING
from autograder.judging.sources import state
from autograder.judging.store import recorded
from autograder.pages.mathml import mathml
from autograder.pages.render import coded
from autograder.testing.small_unit import ID, TEXT, unit_of

PRINT = "print(f.numpy().round(3))"


@pytest.fixture
def unit(tmp_path):
    return unit_of(TEXT, tmp_path)


@pytest.fixture
def softmax(unit):
    (exercise,) = catalogue.exercises(unit)
    return exercise


def evidence(exercise):
    return recorded(layout.ROOT / "notebooks")[state(exercise)]


def test_a_unit_is_made_with_outputs_and_boxes(unit, softmax, tmp_path):
    (made,) = solution_set.make([unit], tmp_path / "out", jobs=1)
    assert (made.unit, made.faults) == (ID, [])
    assert [file.name for file in made.files] == [f"{ID}.ipynb", f"{ID}.html"]
    notebook = nbformat.read(made.files[0], as_version=4)
    nbformat.validate(notebook)
    printed = "".join(o.get("text", "") for cell in notebook.cells for o in cell.get("outputs", []))
    assert "0.269 0.731" in printed
    html = made.files[1].read_text("utf-8")
    for misconception in softmax.misconceptions:
        assert misconception.name.split("'")[0] in html
    assert f"{softmax.points:g} of {softmax.points:g} points" in html  # the card


def test_what_comes_out_is_shown_although_the_guess_is_left_open(tmp_path):
    open_guess = "from helpers import commit\nguess = None\ncommit(guess, {'a': 'it falls'})\nprint(6 * 7)"
    notebook = new_notebook(cells=[new_code_cell(open_guess)])
    assert solution_set.execute(notebook, tmp_path / "unit") == []
    assert "42" in notebook.cells[0].outputs[0].text


def test_a_page_needs_no_script_and_no_network(unit, softmax):
    caught = {softmax.name: solution_set.catches(softmax, evidence(softmax))}
    html = solution_set.page(
        solution_set.dress(assemble(unit, catalogue.exercises(unit)), unit, caught), unit.id
    )
    assert "<script" not in html
    assert not re.search(r"""src=["']?(https?:)?//""", html)
    addresses = re.findall(r"""href=["']?((?:https?:)?//[^"' >]*)""", html)
    assert {address.partition("&")[0] for address in addresses} == {RECORDING}
    assert not re.search(r"@import|url\((?!['\"]?data:)", html)


def test_a_unit_that_falls_short_is_refused_and_says_where(tmp_path, softmax, monkeypatch):
    text = TEXT.replace(PRINT, "import warnings\nwarnings.warn('deprecated')") + "\n1 / 0\n"
    wrong = softmax.misconceptions[0]
    monkeypatch.setitem(softmax._sources, "stable_softmax", wrong.source)
    (made,) = solution_set.make([unit_of(text, tmp_path)], tmp_path / "out", jobs=1)
    assert not (tmp_path / "out").exists()
    check, warning, error = made.faults
    assert re.match(rf"{ID}, cell \d+ \({softmax.name}-check\): NotYet: ", check)
    assert "deprecated" in warning
    assert "writes to stderr" in warning
    assert re.match(rf"{ID}, cell \d+ \(setup-2\): ZeroDivisionError: division by zero", error)


def test_each_misconception_is_caught_by_a_check_that_is_named(softmax):
    caught = solution_set.catches(softmax, evidence(softmax))
    assert set().union(*caught.values()) == {m.name for m in softmax.misconceptions}
    assert list(caught) == [check.name for check in softmax.checks]


def test_derivations_and_boxes_stand_where_they_belong():
    unit = catalogue.unit("11_dropout")
    caught = {e.name: solution_set.catches(e, evidence(e)) for e in catalogue.exercises(unit)}
    cells = solution_set.dress(assemble(unit, catalogue.exercises(unit)), unit, caught).cells
    texts = [cell.source for cell in cells]
    assert not any("nbgrader" in cell.metadata for cell in cells)
    assert not any("BEGIN SOLUTION" in cell.source for cell in cells if cell.cell_type == "markdown")
    places = re.findall('href="#([^"]+)"', texts[2])
    assert len(places) == len(set(places)) == len(caught) + sum("Model answer" in text for text in texts)
    assert all(any(f'id="{place}"' in text for text in texts) for place in places)
    answer = next(text for text in texts if "#### Model answer" in text)
    assert answer.index("Model answer") < answer.index("#### Rubric") < answer.index("#### Common errors")
    for exercise in catalogue.exercises(unit):
        place = texts.index(f"check({', '.join(exercise.objects)})")
        assert f"<b>{exercise.name}</b> · {exercise.points:g} points" in texts[place + 1]
        for misconception in exercise.misconceptions:
            assert coded(misconception.advice.text) in texts[place + 1]


def test_an_unknown_unit_is_wrong_usage():
    found = CliRunner().invoke(app.app, ["solutions", "99_nothing"])
    assert found.exit_code == 2


@pytest.mark.parametrize("unit", catalogue.units(), ids=str)
def test_every_formula_of_the_course_can_be_shown(unit):
    texts = [
        cell.source
        for cell in assemble(unit, catalogue.exercises(unit)).cells
        if cell.cell_type == "markdown"
    ]
    prose = re.sub("`[^`\n]*`", "", "\n\n".join(texts))
    formulas = re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", prose, re.DOTALL)
    assert formulas
    for block, inline in formulas:
        ElementTree.fromstring(mathml(block or inline))
