"""A course of one's own takes units and gives points, and adds its own beside ours; what does not fit is told."""

import re

import pytest

from autograder.course import catalogue, course_file
from autograder.course.own_points import shared_out
from autograder.testing import own_course
from helpers.errors import AuthoringError


def choose(own, old, new):
    text = (own / "course.yml").read_text()
    assert text.count(old) == 1
    (own / "course.yml").write_text(text.replace(old, new))


def test_a_course_takes_the_units_that_it_lists(own):
    assert [unit.id for unit in catalogue.units(own)] == ["21_tiny_rows"]


def test_without_a_list_it_takes_ours_and_its_own_in_one_order(own):
    choose(own, "units:\n  - 21_tiny_rows\n", "")
    own_course.write_unit(own / "units" / "15_tiny_things.py", "tiny_things", "things")
    own_course.write_exercise(own, "tiny_things", "things")
    assert [unit.id for unit in catalogue.units(own)] == ["11_tiny_columns", "15_tiny_things", "21_tiny_rows"]
    (things,) = catalogue.exercises(catalogue.unit("15", own))
    assert things.module["__file__"] == str(own / "solutions" / "tiny_things" / "things.py")


def test_its_exercises_follow_ours_in_a_unit_of_ours(own):
    assert [exercise.name for exercise in catalogue.exercises(catalogue.unit("21", own))] == ["rows", "extra"]


def test_an_exercise_without_a_unit_is_a_draft_of_the_course(own):
    own_course.write_exercise(own, "tiny_ideas", "idea")
    assert [unit.id for unit in catalogue.drafts(own)] == ["tiny_ideas"]
    assert [one.name for one in catalogue.exercises(catalogue.unit("tiny_ideas", own))] == ["idea"]


def test_what_a_unit_rests_on_is_there_where_the_course_leaves_it_out(own):
    assert [unit.id for unit in catalogue.earlier(catalogue.unit("21", own))] == ["11_tiny_columns"]


def test_a_unit_that_is_left_out_is_none_of_the_course_s(own):
    with pytest.raises(ValueError, match="there is no unit '11_tiny_columns'; did you mean 21_tiny_rows?"):
        catalogue.unit("11_tiny_columns", own)


def test_points_are_shared_among_checks_and_leave_the_exercise_of_others_alone(own):
    unit = catalogue.unit("21", own)
    chosen, extra = catalogue.exercises(unit)
    (written,) = catalogue.of_module("solutions.tiny_rows.rows")
    assert [check.points for check in written.checks] == [2, 1]
    assert [check.points for check in chosen.checks] == [5.25, 2.75]
    assert chosen.points == 8
    assert extra.points == 3


@pytest.mark.parametrize(
    ("points", "total", "shares"),
    [([2, 1], 6, [4, 2]), ([1, 1, 1], 10, [3.5, 3.25, 3.25]), ([9, 1, 0], 0.5, [0.25, 0.25, 0])],
    ids=["doubled", "no thirds", "the least"],
)
def test_a_total_is_shared_out_exactly(points, total, shares):
    assert shared_out(points, total) == shares
    assert sum(shares) == total


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("- 21_tiny_rows", "- 21_tiny_row", "units: there is no unit '21_tiny_row'; did you mean 21_tiny_rows?"),
        ("21_tiny_rows: {", "31_tiny: {", "points: there is no unit '31_tiny'"),
        ("21_tiny_rows: 2030", "22_tiny_rows: 2030", "due: there is no unit '22_tiny_rows'"),
        ("{rows: 8}", "eight", "points, 21_tiny_rows: write a line `EXERCISE: POINTS`"),
        ("rows: 8", "rows: many", "points, 21_tiny_rows, rows: points should be a number above 0, received 'many'"),
        ("id:", "name:", "says name, which is none of id, units, points, zone, due, late"),
        ("units:\n  - 21_tiny_rows", "units: 21_tiny_rows", "units: write a line `- ID` for each unit"),
        ("free_days: 3", "free_days: [3]", "late, free_days: write one value on its line"),
        ("id: autumn", "id: [", "cannot be read: while parsing"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_chosen_is_told_with_its_place(own, old, new, said):
    choose(own, old, new)
    with pytest.raises(AuthoringError, match=re.escape(said)) as error:
        catalogue.units(own)
    assert str(own / "course.yml") in str(error.value)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("row: 8", "has no exercise 'row'; did you mean rows?"),
        ("rows: 0.3", "rows: 0.3 is no multiple of 0.25"),
        ("rows: 0.25", "rows: 0.25 is less than 0.25 for each of its 2 checks"),
    ],
    ids=str,
)
def test_points_that_cannot_be_given_are_told(own, points, said):
    choose(own, "rows: 8", points)
    with pytest.raises(AuthoringError, match=re.escape(said)):
        catalogue.exercises(catalogue.unit("21", own))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("units/11_tiny_columns.py", "has the name of a unit that the course brings"),
        ("more/31_tiny_gone.py", "adds to no unit of the course"),
        ("solutions/tiny_columns/columns.py", "has the name of an exercise that the course brings"),
    ],
)
def test_a_name_that_a_new_version_brings_as_well_is_told_and_nothing_is_lost(own, file, said):
    (own / file).parent.mkdir(parents=True, exist_ok=True)
    (own / file).write_text("")
    with pytest.raises(AuthoringError, match=said) as error:
        catalogue.units(own)
    assert str(own / file) in str(error.value)


def test_a_folder_without_a_course_file_is_no_course_of_its_own(tmp_path):
    assert course_file.read(tmp_path) is None
