"""A unit that is left out is missed by nobody: each unit's notebook stands alone, and what an answer uses of earlier
units is given while grading, whether or not the course has them.
"""

import ast
import builtins

import pytest

from autograder import syntax
from autograder.authoring.assemble import EXPERIMENT, assemble
from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.course.layout import ROOT

UNITS = catalogue.units()
# What a notebook has without defining it.
GIVEN = {*dir(builtins), "__name__", "display", "get_ipython"}


def read_and_bound(source: str) -> tuple[set[str], set[str]]:
    names = syntax.names(source)
    assert not names.star, f"nobody can tell what a star import binds:\n{source}"
    return set(names.reads), set(names.binds)


def objects(units: list[Unit]) -> set[str]:
    return {name for unit in units for exercise in catalogue.exercises(unit) for name in exercise.objects}


def imported_packages(unit: Unit) -> set[str]:
    """The packages of exercises that a unit's file and its exercises import from, anywhere in them."""
    files = [*unit.files, *(ROOT / "solutions" / unit.package).glob("*.py")]
    found = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("solutions."):
                found.add((node.module or "").split(".")[1])
    return found


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_a_notebook_defines_what_its_cells_use(unit):
    exercises = catalogue.exercises(unit)
    own = objects([unit])
    bound = GIVEN | own
    missing = []
    for cell in assemble(unit, exercises).cells:
        if cell.cell_type != "code" or cell.metadata.get("nbgrader", {}).get("solution"):
            continue
        reads, binds = read_and_bound(cell.source)
        bound |= binds
        what = "an experiment" if cell.metadata.get("tags") == [EXPERIMENT] else "a cell"
        missing += [f"{what} uses {name}" for name in sorted(reads - bound)]
    assert missing == []


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_an_answer_uses_its_notebook_and_what_is_given_of_earlier_units(unit):
    exercises = catalogue.exercises(unit)
    bound = set(GIVEN)
    for cell in assemble(unit, exercises).cells:
        if cell.cell_type == "code":
            bound |= read_and_bound(cell.source)[1]
    earlier = objects(catalogue.earlier(unit))
    for exercise in exercises:
        for source in [exercise.source, *(rival.source for rival in exercise.alternatives)]:
            reads, binds = read_and_bound(source)
            assert reads - binds - bound - earlier == set(), f"{unit}, {exercise.name}"


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_a_unit_imports_exercises_of_its_own_and_of_earlier_units(unit):
    there = {unit.package, *(other.package for other in catalogue.earlier(unit))}
    assert imported_packages(unit) <= there
