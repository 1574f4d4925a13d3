"""Late days, through `fdl grade` as an instructor would see them."""

import shutil
from contextlib import contextmanager

import pytest
from traitlets import TraitError
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import catalogue, layout
from autograder.course.layout import Course
from autograder.exports import spreadsheet
from autograder.gradebook import grade_class as grading
from autograder.gradebook import results
from autograder.gradebook.book import Book
from autograder.gradebook.late_days import LateDays, extend
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
    with course.gradebook() as gradebook:
        assert str(extend(gradebook, toy_unit.UNIT, "ada", days=1.5)) == "2030-01-12 00:00:00"
    course.grade()
    ada, zoe = results.of_class(Course(course.root), toy_unit.UNIT)
    assert (ada.penalty, zoe.penalty) == (1, 2)
    row = spreadsheet.table([[ada, zoe]], ())[1]
    assert dict(zip(spreadsheet.HEAD, row, strict=False))["late_penalty"] == 1


def test_an_extension_of_nothing_is_refused_in_a_sentence(course):
    course.hand_in(DUE)
    course.grade()
    with course.gradebook() as gradebook:
        with pytest.raises(ValueError, match="no due date.*nbgrader db assignment add 99_toy"):
            extend(gradebook, toy_unit.UNIT, "ada", days=1)
        with pytest.raises(ValueError, match="no submission of 99_toy by 'bob': grade it first"):
            extend(gradebook, toy_unit.UNIT, "bob", days=1)


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


def test_fdl_extend_says_when_it_is_due_now(course, unit, monkeypatch):
    monkeypatch.setattr(catalogue, "unit", lambda name: unit)
    call = ["extend", toy_unit.UNIT, "ada", "--days", "2", "--course", str(course.root)]
    course.hand_in("2030-01-12 12:00 UTC")
    course.grade()
    refused = CliRunner().invoke(app.app, call)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "99_toy has no due date" in refused.stderr
    course.due()
    found = CliRunner().invoke(app.app, call)
    assert (found.exit_code, found.stderr) == (0, "")
    assert "99_toy is due for ada on 2030-01-12 12:00 UTC" in found.stdout
    course.rules(points_per_day=1)
    assert course.grade().penalty == 0


@pytest.mark.parametrize("wrong", [{"share_per_day": 1.5}, {"free_days": -1}, {"grace_minutes": -1}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(TraitError, match=next(iter(wrong))):
        LateDays(**wrong)
