"""Late days, through `fdl grade` as an instructor would see them."""

import os
import shutil
from contextlib import contextmanager
from datetime import datetime

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import catalogue, layout
from autograder.course.layout import Course
from autograder.exports import spreadsheet
from autograder.gradebook import due_dates, results
from autograder.gradebook import grade_class as grading
from autograder.gradebook.book import Book
from autograder.gradebook.due_dates import Extension
from autograder.grading.plan import plan_of
from autograder.testing import in_process_sandbox, toy_unit

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
CONFIG = layout.ROOT / "course" / "nbgrader_config.py"
DUE = "2030-01-10 12:00 UTC"
SQUARES = "def double(x):\n    return x * x"  # loses 3 of the 8 points


class Class:
    """A course whose students hand in the toy unit."""

    def __init__(self, root, unit):
        self.root, self.unit = root, unit

    def rules(self, **settings):
        lines = [f"c.LateDays.{name} = {value!r}" for name, value in settings.items()]
        (self.root / "nbgrader_config.py").write_text("\n".join([CONFIG.read_text(), *lines]))

    def hand_in(self, when, student="ada", **answers):
        folder = self.root / "submitted" / student / toy_unit.UNIT
        folder.mkdir(parents=True, exist_ok=True)
        plan = plan_of(self.unit)
        (folder / f"{toy_unit.UNIT}.ipynb").write_bytes(toy_unit.data(toy_unit.right(plan, **answers)))
        (folder / "timestamp.txt").write_text(when)

    @contextmanager
    def gradebook(self):
        opened = Book(Course(self.root))
        try:
            yield opened.gradebook
        finally:
            opened.close()

    def due(self, when=DUE, unit=toy_unit.UNIT):
        with self.gradebook() as gradebook:
            gradebook.update_or_create_assignment(unit, duedate=when)

    def extend(self, student="ada", unit=toy_unit.UNIT, **more):
        with self.gradebook() as gradebook:
            return str(due_dates.extend(gradebook, Course(self.root), unit, student, Extension(**more)))

    def grade(self, **settings):
        """Grade, and the result of the last student."""
        report = grading.grade(
            self.unit, self.root, in_process_sandbox.InProcess().run, "nothing", **settings
        )
        assert report.fine, [row.error for row in report.rows]
        return results.of_class(Course(self.root), toy_unit.UNIT)[-1]


@pytest.fixture
def course(tmp_path, empty_gradebook, unit):
    (tmp_path / "course").mkdir()
    shutil.copy(empty_gradebook, tmp_path / "course")
    return Class(tmp_path / "course", unit)


LATE = {
    "in time": ("2030-01-10 12:00 UTC", {"points_per_day": 1.5}, 0),
    "a second late": ("2030-01-10 12:00:01 UTC", {"points_per_day": 1.5}, 1.5),
    "a day that has begun counts": ("2030-01-11 12:00:01 UTC", {"points_per_day": 1.5}, 3),
    "a share is of the unit's points": ("2030-01-11 12:00 UTC", {"share_per_day": 0.25}, 2),
    "never more than the score": ("2030-03-01 12:00 UTC", {"share_per_day": 0.25}, 8),
    "grace": ("2030-01-10 12:15 UTC", {"points_per_day": 1, "grace_minutes": 15}, 0),
    "days begin after the grace": ("2030-01-11 12:10 UTC", {"points_per_day": 1, "grace_minutes": 15}, 1),
    "free days": ("2030-01-12 11:00 UTC", {"points_per_day": 1, "free_days": 2}, 0),
    "more than the free days": ("2030-01-13 11:00 UTC", {"points_per_day": 1, "free_days": 2}, 1),
    "all or nothing": ("2030-01-11 12:00 UTC", {"penalty_method": "zero"}, 8),
    "all or nothing, with grace": ("2030-01-10 12:01 UTC", {"penalty_method": "zero", "grace_minutes": 2}, 0),
    "as the course is delivered": ("2030-03-01 12:00 UTC", {}, 0),
}


@pytest.mark.parametrize(("when", "rules", "penalty"), LATE.values(), ids=LATE)
def test_what_being_late_costs(course, when, rules, penalty):
    course.rules(**rules)
    course.due()
    course.hand_in(when)
    found = course.grade()
    assert (found.penalty, found.score) == (penalty, 8 - penalty)


def test_without_a_due_date_nobody_is_late_whatever_extensions_there_are(course):
    course.rules(points_per_day=1)
    course.hand_in("2030-01-11 12:00 UTC")
    assert course.grade().penalty == 0
    with course.gradebook() as gradebook:
        gradebook.grant_extension(toy_unit.UNIT, "ada", days=1)
    found = course.grade()
    assert (found.penalty, found.seconds_late) == (0, 0)


def test_a_due_date_that_is_taken_back_takes_the_penalty_with_it(course):
    course.rules(points_per_day=1)
    course.due()
    course.hand_in("2030-01-11 12:00 UTC")
    assert course.grade().penalty == 1
    course.due(None)
    assert course.grade().penalty == 0


def test_an_extension_is_for_one_student(course):
    course.rules(points_per_day=1)
    course.due()
    for student in ("ada", "zoë"):
        course.hand_in("2030-01-12 12:00 UTC", student)
    course.grade()
    assert course.extend(days=1.5) == "2030-01-12 00:00:00"
    course.grade()
    ada, zoe = results.of_class(Course(course.root), toy_unit.UNIT)
    assert (ada.penalty, zoe.penalty) == (1, 2)
    row = spreadsheet.table([[ada, zoe]], ())[1]
    assert dict(zip(spreadsheet.HEAD, row, strict=False))["late_penalty"] == 1


def test_an_extension_of_nothing_is_refused_in_a_sentence(course):
    with pytest.raises(ValueError, match="no due date, so nobody is late.*`fdl due 99_toy"):
        course.extend(days=1)


def test_more_time_can_be_given_before_anything_is_handed_in(course):
    course.rules(points_per_day=1)
    course.due()
    assert course.extend(days=2) == "2030-01-12 12:00:00"
    course.hand_in("2030-01-12 12:00 UTC")
    assert course.grade().penalty == 0


def test_who_has_more_days_has_them_after_a_date_that_is_moved_too(course):
    course.rules(points_per_day=1)
    course.due()
    course.hand_in("2030-01-15 12:00 UTC")
    course.extend(days=2)
    assert course.grade().penalty == 3
    with course.gradebook() as gradebook:
        moved = datetime(2030, 1, 13, 12)
        later = due_dates.set_due(gradebook, Course(course.root), toy_unit.UNIT, moved)
    assert later == {"ada": datetime(2030, 1, 15, 12)}
    assert course.grade().penalty == 0


def test_who_has_time_until_a_date_keeps_that_date_when_the_others_is_moved(course):
    course.rules(points_per_day=1)
    course.due()
    until = datetime(2030, 1, 14, 12)
    course.extend(until=until)
    with course.gradebook() as gradebook:
        for day, theirs in ((12, 14), (16, 16)):
            moved = datetime(2030, 1, day, 12)
            later = due_dates.set_due(gradebook, Course(course.root), toy_unit.UNIT, moved)
            assert later == {"ada": datetime(2030, 1, theirs, 12)}


def test_a_date_before_everybodys_is_refused(course):
    course.due()
    with pytest.raises(ValueError, match="due for everybody at 2030-01-10 12:00 UTC, which is later"):
        course.extend(until=datetime(2030, 1, 9))


def test_an_extension_is_taken_back_by_no_days(course):
    course.rules(points_per_day=1)
    course.due()
    course.hand_in("2030-01-12 12:00 UTC")
    course.extend(days=2)
    assert course.grade().penalty == 0
    assert course.extend(days=0) == "2030-01-10 12:00:00"
    assert course.grade().penalty == 2
    assert not (course.root / due_dates.FILE).exists()


@pytest.mark.parametrize("text", ["99_toy: 3", "99_toy: {ada: {days: 1, until: 2030-01-01}}", "\t-", "[1]"])
def test_a_file_of_extensions_that_says_something_else_is_named(course, text):
    (course.root / due_dates.FILE).write_text(text)
    with pytest.raises(ValueError, match=r"extensions.yml cannot be read"):
        due_dates.read(Course(course.root))


@pytest.mark.parametrize(
    ("stamp", "said"),
    [("yesterday, late", "says 'yesterday, late', which is no date"), (None, "is not a file")],
)
def test_a_timestamp_that_cannot_be_read_is_told_of(course, unit, stamp, said):
    course.hand_in("2030-01-12 12:00 UTC")
    file = course.root / "submitted" / "ada" / toy_unit.UNIT / "timestamp.txt"
    file.unlink()
    if stamp:
        file.write_text(stamp)
    else:
        os.mkfifo(file)
    report = grading.grade(unit, course.root, in_process_sandbox.InProcess().run, "nothing")
    (row,) = report.rows
    assert row.needs_review
    assert any(said in reason and "counts as handed in in time" in reason for reason in row.reasons)


def test_free_days_are_used_up_in_the_order_of_due_dates(course):
    course.rules(points_per_day=1, free_days=3)
    course.due()
    course.hand_in("2030-01-12 12:00 UTC")
    course.grade()
    with course.gradebook() as gradebook:
        for unit, due, handed_in in [
            ("00_before", "2030-01-01 12:00 UTC", "2030-01-03 12:00 UTC"),
            ("98_after", "2030-02-01 12:00 UTC", "2030-02-28 12:00 UTC"),
            ("97_never_due", None, "2030-01-09 12:00 UTC"),
        ]:
            gradebook.update_or_create_assignment(unit, duedate=due)
            gradebook.update_or_create_submission(unit, "ada", timestamp=handed_in)
    assert course.grade().penalty == 1  # 2 days late, and one free day was left


def test_manual_grades_and_comments_survive_a_regrade_with_penalties(course):
    course.rules(share_per_day=0.25)
    course.due()
    course.hand_in("2030-01-11 12:00 UTC", double=SQUARES)
    first = course.grade()
    assert (first.score, first.penalty) == (3, 2)
    with course.gradebook() as gradebook:
        given = gradebook.find_grade("double-check", toy_unit.UNIT, toy_unit.UNIT, "ada")
        given.manual_score, given.needs_manual_grade = 2.5, False
        gradebook.find_comment("double", toy_unit.UNIT, toy_unit.UNIT, "ada").manual_comment = "half right"
        gradebook.db.commit()
    for settings in ({}, {"force": True}, {"exercise": "double"}):
        found = course.grade(**settings)
        part = found.parts[0]
        assert (part.score, part.comment, found.penalty, found.score) == (2.5, "half right", 2, 5.5)


def test_a_penalty_follows_the_score_that_a_grader_gives(course):
    course.rules(points_per_day=6)
    course.due()
    course.hand_in("2030-01-11 12:00 UTC", double=SQUARES)
    assert (found := course.grade()).penalty == 5
    assert found.score == 0
    with course.gradebook() as gradebook:
        gradebook.find_grade("double-check", toy_unit.UNIT, toy_unit.UNIT, "ada").manual_score = 3
        gradebook.db.commit()
    found = course.grade()
    assert (found.penalty, found.score) == (6, 2)


@pytest.fixture
def fdl(course, unit, monkeypatch):
    """Run a verb of the command line on this course."""
    monkeypatch.setattr(catalogue, "unit", lambda name, root=None: unit)

    def run(verb, *arguments):
        return CliRunner().invoke(app.app, [verb, toy_unit.UNIT, *arguments, "--course", str(course.root)])

    return run


def test_fdl_extend_says_when_it_is_due_now(course, fdl):
    course.hand_in("2030-01-12 12:00 UTC")
    course.grade()
    refused = fdl("extend", "ada", "--days", "2")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "99_toy has no due date" in refused.stderr
    course.due()
    found = fdl("extend", "ada", "--days", "2")
    assert (found.exit_code, found.stderr) == (0, "")
    assert "99_toy is due for ada at 2030-01-12 12:00 UTC" in found.stdout
    course.rules(points_per_day=1)
    assert course.grade().penalty == 0
    assert "bob has handed in nothing yet" in fdl("extend", "bob", "--days", "1").stdout


def test_fdl_due_says_back_what_it_understood_and_how_to_undo_it(course, fdl):
    first = fdl("due", "2030-01-31 23:59", "--zone", "Europe/Berlin")
    assert first.exit_code == 0, first.stderr
    assert "99_toy is due at 2030-01-31 22:59 UTC (Thu 2030-01-31 23:59 Europe/Berlin)." in first.stdout
    assert "`fdl due 99_toy never` takes it back" in first.stdout
    group = fdl("due", "2030-02-02 11:59 PM UTC", "--student", "ada", "--student", "ben")
    assert "for ada: 2030-02-02 23:59 UTC" in group.stdout
    assert "for ben: 2030-02-02 23:59 UTC" in group.stdout
    shown = fdl("due", "--zone", "UTC")
    assert "2030-01-31 22:59 UTC" in shown.stdout
    assert "for ben: 2030-02-02 23:59 UTC" in shown.stdout
    assert "`fdl due 99_toy '2030-01-31 22:59 UTC'` takes it back" in fdl("due", "never").stdout
    assert "is never due" in fdl("due").stdout


def test_fdl_due_refuses_what_could_be_misread(fdl):
    found = fdl("due", "01/02/2030 23:59")
    assert found.exit_code == 2
    assert "may mean two days" in " ".join(found.stderr.split())
