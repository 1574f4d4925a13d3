"""Each unit's notebook: solved, it runs to its end without a warning, and tells its pictures in words.

It runs where of this project only what students have can be imported. Untouched, it fails every check:
`autograder/authoring/test_student_bundle.py`.
"""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.authoring import pictures_in_words
from autograder.authoring.assemble import assemble
from autograder.authoring.solution_set import execute
from autograder.authoring.unit_page import page_of
from autograder.course import catalogue
from autograder.testing import only_the_bundle
from helpers.next_step import is_to_write, next_step

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
UNITS = catalogue.units()
# CPU seconds: a minute on two cores.
MOST = 120.0


def solve(unit, folder):
    """Run a unit with its answers and the checks that students get, where nothing else of ours can be imported.

    Returns:
        What went wrong, the CPU seconds, and the notebook with what came out.
    """
    shutil.copytree(NOTEBOOKS / unit.id / "checks", folder / "checks")
    notebook = assemble(unit, catalogue.exercises(unit))
    first = [new_code_cell(pictures_in_words.SOURCE), new_code_cell(only_the_bundle.SOURCE)]
    notebook.cells = [*first, *notebook.cells, new_code_cell("import time\ntime.process_time()")]
    faults = execute(notebook, folder)
    seconds = float(notebook.cells[-1].outputs[0].data["text/plain"])
    notebook.cells = notebook.cells[len(first) : -1]
    return faults, seconds, notebook


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """Two kernels at a time: each waits for its own start, its imports and its files."""
    with ThreadPoolExecutor(2) as pool:
        yield {unit: pool.submit(solve, unit, tmp_path_factory.mktemp("unit")) for unit in UNITS}


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_solved_it_runs_to_its_end_with_no_warning_and_within_a_minute(unit, solved):
    faults, seconds, _ = solved[unit].result()
    assert faults == []
    assert seconds < MOST


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_every_picture_of_the_page_to_read_is_told_in_words(unit, solved):
    _, _, notebook = solved[unit].result()
    page = page_of(unit, notebook)
    words = re.findall(r'<img src="([^"]+)" alt="([^"]*)">', page.text)
    assert {name for name, _ in words} == set(page.pictures)
    assert page.pictures
    for name, text in words:
        assert len(text.split()) > 2, name
        assert "Figure size" not in text, name


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_a_card_leads_on_to_what_is_as_it_came(unit):
    notebook = nbformat.read(NOTEBOOKS / unit.id / f"{unit}.ipynb", as_version=4)
    to_fill = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")]
    assert to_fill
    assert all(is_to_write(cell, ()) for cell in to_fill)
    for exercise in catalogue.exercises(unit):
        assert next_step(exercise.objects, NOTEBOOKS / unit.id).startswith("Next: ")
