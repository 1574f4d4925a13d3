"""Whatever ends a grader or keeps it from writing, one sentence says so, and the next run makes up for it."""

import random
import shutil
import signal
import sqlite3
import time
from contextlib import closing

import pytest

from autograder.gradebook.conftest import grades
from autograder.gradebook.test_database import configure
from autograder.testing import forked_graders, toy_unit

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
KILLS = 4


@pytest.fixture(scope="module")
def made():
    return forked_graders.context()


@pytest.fixture
def disturbed(made, root):
    """Grades the class in a process of its own; its exit code, and how many moments it had."""
    told = root.parent / "told"

    def disturbed(**how):
        moments = made.Value("i", 0)
        process = forked_graders.start(made, root, moments, told, **how)
        process.join()
        return process.exitcode, moments.value

    return disturbed


@pytest.fixture
def anew(small_class, root):
    """Takes the course back to what it was before anybody was graded."""
    before = root.parent / "before"
    shutil.copytree(root, before)

    def anew():
        shutil.rmtree(root)
        shutil.copytree(before, root)

    return anew


@pytest.fixture
def undisturbed(anew, root, disturbed):
    """What the gradebook holds after a run that nobody disturbs, and the moments of that run."""
    code, moments = disturbed()
    assert code == 0
    wanted = grades(root)
    anew()
    return wanted, moments


def test_a_grader_that_is_killed_at_any_moment_leaves_nothing_half_done(undisturbed, anew, root, disturbed):
    wanted, moments = undisturbed
    for at in random.Random(12).sample(range(1, moments), KILLS):
        anew()
        assert disturbed(at=at)[0] == -signal.SIGKILL
        there = grades(root)
        assert there == {who: wanted[who] for who in there}
        assert disturbed()[0] == 0
        assert grades(root) == wanted


def test_two_graders_at_once_leave_what_one_leaves(undisturbed, root, made, disturbed):
    wanted, _ = undisturbed
    moments = [made.Value("i", 0), made.Value("i", 0)]
    told = root.parent / "told"
    both = [forked_graders.start(made, root, counted, told) for counted in moments]
    for process in both:
        process.join()
    # Where they meet, one of them says so, and goes on or leaves the class to the other.
    assert {process.exitcode for process in both} <= {0, 1, forked_graders.REFUSED}
    there = grades(root)
    assert there == {who: wanted[who] for who in there}
    assert disturbed()[0] == 0, told.read_text()
    assert grades(root) == wanted


def test_a_full_disk_is_told_in_sentences_and_loses_nothing(undisturbed, root, disturbed):
    """The system's own limit of a file's size stands in for a disk: to SQLite and to us they look alike."""
    wanted, _ = undisturbed
    code, _ = disturbed(room=(root / "gradebook.db").stat().st_size // 2)
    told = (root.parent / "told").read_text()
    assert code in (1, forked_graders.REFUSED)
    assert "the disk is full or fails. Make room and try again; what was saved before is kept" in told
    assert not any(word in told for word in ("Traceback", "sqlalchemy", "UPDATE", "INSERT"))
    there = grades(root)
    assert there == {who: wanted[who] for who in there}
    assert disturbed()[0] == 0
    assert grades(root) == wanted


def test_a_gradebook_that_is_locked_halfway_costs_those_after_it_until_the_next_run(
    root, hand_in, plan, grade
):
    configure(root, "timeout=0.1")
    for who in ("a", "b", "c"):
        hand_in(who, toy_unit.right(plan))
    with closing(sqlite3.connect(root / "gradebook.db", timeout=9, check_same_thread=False)) as other:
        report = grade(progress=lambda done, *_: other.execute("BEGIN EXCLUSIVE") if done == 1 else None)
    told = [row.error for row in report.rows]
    assert not report.fine
    assert len(told) == 3
    assert sum(sentence.startswith("not saved: ") for sentence in told) == 2
    assert sum(sentence.startswith("saved, and its score cannot be read back: ") for sentence in told) == 1
    assert all("is locked by another program. Wait until that is done" in sentence for sentence in told)
    assert grade().fine
    assert grades(root).keys() == {"a", "b", "c"}


def test_a_clock_that_jumps_changes_no_grade(root, hand_in, plan, grade, monkeypatch):
    hand_in("a", toy_unit.right(plan))
    hand_in("b", toy_unit.right(plan, double="def double(x):\n    return x * x"))
    now, jumps = time.time(), random.Random(1)
    monkeypatch.setattr(time, "time", lambda: now + jumps.choice([-1, 1]) * 10**8)
    report = grade()
    assert report.fine
    assert [row.book["score"] for row in report.rows] == [8, 5]
