"""course/coverage.yml says where each concept of the lecture is taught; the built notebooks must bear it out."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
import yaml

from autograder.course import catalogue

ROOT = Path(__file__).parents[1]
CONCEPTS = yaml.safe_load((ROOT / "course" / "coverage.yml").read_text("utf-8"))
PLACES = [(c, place) for c in CONCEPTS for place in c.get("places", [])]
IDS = [f"{c['number']}-{place['unit']}" for c, place in PLACES]
UNITS = {unit.id: unit for unit in catalogue.units()}


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


def test_every_concept_of_the_lecture_is_listed_once():
    assert [c["number"] for c in CONCEPTS] == list(range(1, 38))


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda c: str(c["number"]))
def test_every_unit_that_exists_treats_its_concepts(concept):
    existing = {unit for unit in UNITS if int(unit.split("_")[0]) in concept["units"]}
    assert existing <= {place["unit"] for place in concept.get("places", [])}


@pytest.mark.parametrize(("concept", "place"), PLACES, ids=IDS)
def test_it_is_explained_and_seen_where_it_says(concept, place):
    wanted = {place["explained"], place["seen"]} - {""}
    assert wanted <= headings(place["unit"])


@pytest.mark.parametrize(("concept", "place"), PLACES, ids=IDS)
def test_it_is_graded_and_checked_as_it_says(concept, place):
    assert set(place["graded"]) <= graded(place["unit"]).keys()
    for claim in place["checked"]:
        exercise, check = claim.split(": ", 1)
        assert check in graded(place["unit"])[exercise]


@pytest.mark.parametrize("concept", [c for c in CONCEPTS if c.get("places")], ids=lambda c: str(c["number"]))
def test_a_concept_that_is_taught_is_graded_somewhere_and_can_be_seen(concept):
    assert any(place["graded"] for place in concept["places"])
    assert any(place["checked"] or place.get("by_hand") for place in concept["places"])
    assert any(place["seen"] for place in concept["places"])


@pytest.mark.parametrize("unit", UNITS.values(), ids=str)
def test_an_exercise_knows_four_misconceptions_and_another_right_answer_at_least(unit):
    for exercise in catalogue.exercises(unit):
        assert len(exercise.misconceptions) >= 4, exercise.name
        assert exercise.alternatives, exercise.name
