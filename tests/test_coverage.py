"""course/concepts/ says where each concept of the lecture is taught; the built notebooks must bear it out."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
import yaml

from autograder.course import catalogue

ROOT = Path(__file__).parents[1]
UNITS = {unit.id: unit for unit in catalogue.units()}


def read(name: str) -> list[dict]:
    return yaml.safe_load((ROOT / "course" / "concepts" / f"{name}.yml").read_text("utf-8"))


CONCEPTS = read("lecture")
# By unit, how it teaches a concept.
PLACES = [(unit, place) for unit in UNITS for place in read(unit)]
IDS = [f"{place['number']}-{unit}" for unit, place in PLACES]


@cache
def headings(unit: str) -> set[str]:
    nb = nbformat.read(ROOT / "notebooks" / unit / f"{unit}.ipynb", 4)
    text = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
    return {line.strip() for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


@cache
def graded(unit: str) -> dict[str, set[str]]:
    """The names of what is graded in a unit's notebook, with the checks of each exercise."""
    nb = nbformat.read(ROOT / "notebooks" / unit / f"{unit}.ipynb", 4)
    ids = {cell.metadata.nbgrader.grade_id for cell in nb.cells if "nbgrader" in cell.metadata}
    checks = {e.name: {c.name for c in e.checks} for e in catalogue.exercises(UNITS[unit])}
    return {name: set() for name in ids} | checks


def test_every_concept_of_the_lecture_and_the_five_it_passes_over_are_listed_once():
    assert [c["number"] for c in CONCEPTS] == list(range(1, 37 + 5 + 1))


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda c: str(c["number"]))
def test_every_unit_that_exists_treats_its_concepts(concept):
    wanted = {unit for unit in UNITS if int(unit.split("_")[0]) in concept["units"]}
    assert wanted <= {unit for unit, place in PLACES if place["number"] == concept["number"]}


def test_no_unit_teaches_what_the_lecture_has_not():
    assert {place["number"] for _, place in PLACES} <= {concept["number"] for concept in CONCEPTS}


def test_no_file_is_of_a_unit_that_is_gone():
    files = {path.stem for path in (ROOT / "course" / "concepts").glob("*.yml")}
    assert files == {"lecture", *UNITS}


@pytest.mark.parametrize(("unit", "place"), PLACES, ids=IDS)
def test_it_is_explained_and_seen_where_it_says(unit, place):
    wanted = {place["explained"], place["seen"]} - {""}
    assert wanted <= headings(unit)


@pytest.mark.parametrize(("unit", "place"), PLACES, ids=IDS)
def test_it_is_graded_and_checked_as_it_says(unit, place):
    assert set(place["graded"]) <= graded(unit).keys()
    for claim in place["checked"]:
        exercise, check = claim.split(": ", 1)
        assert check in graded(unit)[exercise]


@pytest.mark.parametrize("number", sorted({place["number"] for _, place in PLACES}))
def test_a_concept_that_is_taught_is_graded_somewhere_and_can_be_seen(number):
    places = [place for _, place in PLACES if place["number"] == number]
    assert any(place["graded"] for place in places)
    assert any(place["checked"] or place.get("by_hand") for place in places)
    assert any(place["seen"] for place in places)


@pytest.mark.parametrize("unit", UNITS.values(), ids=str)
def test_an_exercise_knows_four_misconceptions_and_another_right_answer_at_least(unit):
    for exercise in catalogue.exercises(unit):
        assert len(exercise.misconceptions) >= 4, exercise.name
        assert exercise.alternatives, exercise.name
