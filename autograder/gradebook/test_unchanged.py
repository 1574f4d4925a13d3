"""What has not changed since it was recorded is not recorded again; whatever may change a grade or a penalty is."""

import os
import shutil

import pytest

from autograder.course.layout import Course
from autograder.gradebook import grade_class, unchanged
from autograder.gradebook.book import Book
from autograder.gradebook.conftest import CONFIG, SCORES, SQUARES, book, grades
from autograder.sandbox.client import Sandbox
from autograder.testing import in_process_sandbox, toy_unit

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own


@pytest.fixture
def recorded(monkeypatch):
    """Who has been recorded since it was emptied."""
    students = []
    real = Book.record

    def record(self, student, unit, graded):
        students.append(student)
        return real(self, student, unit, graded)

    monkeypatch.setattr(Book, "record", record)
    return students


@pytest.mark.usefixtures("small_class")
def test_a_class_in_which_nothing_changed_is_told_of_and_not_recorded(root, grade, recorded):
    first = grade()
    there = grades(root)
    assert sorted(recorded) == sorted(SCORES)
    recorded.clear()
    second = grade()
    assert recorded == []
    assert grades(root) == there
    told = [{**row.as_dict(), "graded_now": [], "seconds": 0} for row in first.rows]
    assert [{**row.as_dict(), "seconds": 0} for row in second.rows] == told
    grade(force=True)
    assert sorted(recorded) == sorted(SCORES)


@pytest.mark.usefixtures("small_class")
def test_a_fork_server_starts_at_once_for_somebody_new_and_never_for_nothing(
    unit, root, grade, hand_in, plan, monkeypatch
):
    started = []
    # Whichever way it is started.
    monkeypatch.setattr(Sandbox, "_running", lambda _: started.append("a fork server"))
    assert unchanged.anybody_new(Course(root), toy_unit.UNIT)
    grade()
    assert not unchanged.anybody_new(Course(root), toy_unit.UNIT)
    with grade_class.sandbox(2, at_once=False) as (run, tier):
        report = grade_class.grade(unit, root, run, tier)
    assert len(report.rows) == len(SCORES)
    assert started == []
    hand_in("new", toy_unit.right(plan))
    assert unchanged.anybody_new(Course(root), toy_unit.UNIT)
    with grade_class.sandbox(2):
        assert started == ["a fork server"]


def handed_in_anew(root):
    file = Course(root).submitted(toy_unit.UNIT, "a")
    # To the same size and time of writing, as a careless copy may be.
    times = file.stat()
    file.write_bytes(file.read_bytes().replace(b"2 * x", b"3 * x"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def dated(root):
    (Course(root).submitted(toy_unit.UNIT, "a").parent / "timestamp.txt").write_text(
        "2030-01-02 00:00:00 UTC"
    )


def another_policy(root):
    (root / "nbgrader_config.py").write_text(
        CONFIG.read_text() + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )


def due(root):
    with book(root) as gb:
        gb.update_or_create_assignment(toy_unit.UNIT, duedate="2030-01-01 00:00:00 UTC")


def an_earlier_unit_was_late(root):
    with book(root) as gb:
        gb.add_assignment("00_before", duedate="2029-01-01 00:00:00 UTC")
        gb.add_submission("00_before", "a", timestamp="2029-01-02 00:00:00 UTC")


def extended(root):
    with book(root) as gb:
        gb.find_submission(toy_unit.UNIT, "a").extension = None
        gb.grant_extension(toy_unit.UNIT, "a", days=2)


def an_extension_is_written_down(root):
    (root / "extensions.yml").write_text(f"{toy_unit.UNIT}:\n  a:\n    days: 3\n")


def the_graded_notebook_is_gone(root):
    shutil.rmtree(root / "autograded" / "a")


def the_graded_notebook_is_changed(root):
    file = Course(root).graded(toy_unit.UNIT, "a")
    file.write_text(file.read_text().replace("2 * x", "4 * x"))


def another_gradebook(root):
    (root / "gradebook.db").unlink()


def the_memory_is_damaged(root):
    (root / ".recorded" / f"{toy_unit.UNIT}.json").write_text("[1")


CHANGES = [
    handed_in_anew,
    dated,
    another_policy,
    due,
    an_earlier_unit_was_late,
    extended,
    an_extension_is_written_down,
    the_graded_notebook_is_gone,
    the_graded_notebook_is_changed,
    another_gradebook,
    the_memory_is_damaged,
]


def test_whatever_a_grade_or_a_penalty_rests_on_is_looked_at_again(root, hand_in, plan, grade, recorded):
    hand_in("a", toy_unit.right(plan))
    grade()
    for change in CHANGES:
        recorded.clear()
        grade()
        assert recorded == [], f"before {change.__name__}"
        change(root)
        grade()
        assert recorded == ["a"], change.__name__


def test_what_is_handed_in_while_a_class_is_graded_is_graded_the_next_time(root, hand_in, plan, grade):
    hand_in("a", toy_unit.right(plan))
    kernel = in_process_sandbox.InProcess()

    def run(job):
        hand_in("a", toy_unit.right(plan, double=SQUARES))
        return kernel.run(job)

    assert grade(run).rows[0].graded.score == 8
    assert grade().rows[0].graded.score == 5
