"""What a course of one's own chooses holds in the gradebook, in verdicts and in what leaves the course."""

from datetime import datetime

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import catalogue
from autograder.course.layout import Course
from autograder.exports import spreadsheet
from autograder.gradebook import database, grade_class, own_course, results
from autograder.gradebook.due_dates import due_date
from autograder.grading.plan import plan_of
from autograder.testing import toy_unit
from autograder.testing.in_process_sandbox import InProcess
from helpers.errors import AuthoringError

COLUMNS_ONLY = "def rows(h, axis=0):\n    return h - h.mean(0)"


@pytest.fixture
def unit(own):
    (unit,) = catalogue.units(own)
    return unit


def test_points_and_dates_are_those_of_the_course_wherever_they_are_read(own, unit, empty_gradebook):
    (own / "gradebook.db").write_bytes(empty_gradebook.read_bytes())
    plan = plan_of(unit)
    handed_in = {"ada": toy_unit.right(plan), "ben": toy_unit.right(plan, rows=COLUMNS_ONLY)}
    for student, work in handed_in.items():
        folder = own / "submitted" / student / unit.id
        folder.mkdir(parents=True)
        (folder / f"{unit.id}.ipynb").write_bytes(toy_unit.data(work))
    report = grade_class.grade(unit, own, InProcess().run, "nothing")
    ada, ben = report.rows
    assert (ada.graded.score, ada.book["score"], ada.book["max_score"]) == (11, 11, 11)
    assert (ben.graded.score, ben.book["score"]) == (8.25, 8.25)
    header, *rows = spreadsheet.table([results.of_class(Course(own), unit.id)], {})
    assert [dict(zip(header, row, strict=True))["rows"] for row in rows] == [8, 5.25]
    with database.opened(Course(own)) as gradebook:
        assert due_date(gradebook, unit.id) == datetime(2030, 1, 31, 22, 59)


def test_dates_are_said_by_the_clocks_of_the_course(own, unit):
    due = CliRunner().invoke(app.app, ["due", unit.id, "--course", str(own)])
    assert "2030-01-31 22:59 UTC (Thu 2030-01-31 23:59 Europe/Berlin)" in due.stdout, due.output
    group = ["due", unit.id, "2030-08-05 23:59", "--student", "ada", "--course", str(own)]
    assert "for ada: 2030-08-05 21:59 UTC" in CliRunner().invoke(app.app, group).stdout


def test_more_time_can_be_given_before_a_date_of_the_course_was_ever_looked_at(own, unit):
    more = ["extend", unit.id, "ada", "--days", "1", "--course", str(own)]
    found = CliRunner().invoke(app.app, more)
    assert "2030-02-01 22:59 UTC (Fri 2030-02-01 23:59 Europe/Berlin)" in found.stdout, found.output


def test_a_date_that_is_none_is_told_with_its_place(own, unit, empty_gradebook):
    file = own / "course.yml"
    file.write_text(file.read_text().replace("2030-01-31 23:59", "end of January"))
    with pytest.raises(AuthoringError, match=r"course.yml, due, 21_tiny_rows: 'end of January' is no date"):
        own_course.follow(None, Course(own), unit.id)
