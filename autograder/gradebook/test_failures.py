"""What goes wrong while a class is graded costs as little as it can, and is told."""

import errno
import json
import os

import pytest

from autograder import limited
from autograder.course.layout import Course
from autograder.gradebook import grade_class as grading
from autograder.gradebook import nbgrader_steps, writing
from autograder.gradebook.conftest import auto_scores
from autograder.grading import draws
from autograder.testing import in_process_sandbox, toy_unit
from helpers.errors import Refused

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own


def test_a_disk_that_is_full_costs_one_student_and_is_told(root, grade, hand_in, plan, monkeypatch):
    hand_in("a", toy_unit.right(plan))
    hand_in("b", toy_unit.right(plan))
    replace = writing.replace

    def full(place, data):
        if "/a/" in str(place):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(place))
        replace(place, data)

    with monkeypatch.context() as patch:
        patch.setattr(writing, "replace", full)
        report = grade()
    place = Course(root).graded(toy_unit.UNIT, "a")
    assert [row.error for row in report.rows] == [
        f"not saved: {place} cannot be written: No space left on device. Mend that and grade again; what was saved before is kept",
        "",
    ]
    assert not report.fine
    assert grade().fine


def test_a_kernel_that_fails_is_told_and_tried_again(grade, hand_in, plan):
    hand_in("a", toy_unit.right(plan))

    def fail(job):
        raise RuntimeError("the server ended twice")

    (row,) = grade(fail).rows
    assert row.needs_review
    assert row.reasons == ["grading failed; the next run tries again (RuntimeError: the server ended twice)."]
    assert grade().rows[0].graded.score == 8


def test_where_the_grader_itself_fails_each_student_has_a_row_and_nobody_is_blamed(
    fdl, root, hand_in, plan, monkeypatch
):
    for who in ("a", "b"):
        hand_in(who, toy_unit.right(plan))

    def ends(*_):
        raise RuntimeError("the process that reads ended with -9")

    with monkeypatch.context() as patch:
        patch.setattr(limited, "call", ends)
        result = fdl(toy_unit.UNIT, "--course", root, "--json")
    assert result.exit_code == 1
    rows = json.loads(result.stdout)["submissions"]
    why = "grading failed; the next run tries again (RuntimeError: the process that reads ended with -9)."
    assert [(row["student"], row["score"], row["reasons"]) for row in rows] == [
        ("a", 0, [why]),
        ("b", 0, [why]),
    ]
    result = fdl(toy_unit.UNIT, "--course", root, "--json")
    assert (result.exit_code, [row["score"] for row in json.loads(result.stdout)["submissions"]]) == (
        0,
        [8, 8],
    )


def test_nothing_that_could_be_read_falls_short(fdl, root, hand_in, plan):
    hand_in("no notebook", b"%PDF-1.7")
    hand_in("nothing", None)
    assert fdl(toy_unit.UNIT, "--course", root).exit_code == 1
    hand_in("untouched", toy_unit.work(plan))
    assert fdl(toy_unit.UNIT, "--course", root).exit_code == 0


def test_a_student_whom_grading_failed_falls_short_and_the_others_are_saved(grade, hand_in, plan):
    hand_in("a", toy_unit.right(plan))
    hand_in("b", toy_unit.right(plan, halves="def halve(x):\n    return x"))
    inside = in_process_sandbox.InProcess()

    def fail_for_a(job):
        if "return x / 2.0" in " ".join(step.source for step in job.steps):
            raise RuntimeError("the server ended twice")
        return inside.run(job)

    report = grade(fail_for_a)
    assert [(row.graded.unfinished, row.book["score"]) for row in report.rows] == [(True, 0), (False, 6)]
    assert not report.fine
    assert grade().fine


def test_a_gradebook_that_cannot_be_used_is_a_sentence(fdl, root, hand_in, plan):
    hand_in("a", toy_unit.right(plan))
    (root / "gradebook.db").write_bytes(b"PK\x03\x04" * 500)
    result = fdl(toy_unit.UNIT, "--course", root)
    assert (result.exit_code, result.stdout) == (1, "")
    sentence = result.stderr.splitlines()[-1]
    assert sentence.startswith(f"fdl grade: the gradebook {root / 'gradebook.db'} is damaged")
    assert not (root / "autograded").exists()


def test_a_gradebook_that_is_locked_meanwhile_costs_one_student_and_is_told(
    grade, hand_in, plan, root, monkeypatch
):
    from sqlalchemy.exc import OperationalError

    hand_in("a", toy_unit.right(plan))
    hand_in("b", toy_unit.right(plan))
    save = nbgrader_steps.SaveVerdicts.preprocess

    def locked(self, nb, resources):
        if resources["nbgrader"]["student"] == "a":
            raise OperationalError("UPDATE grade", {}, Exception("database is locked"))
        return save(self, nb, resources)

    with monkeypatch.context() as patch:
        patch.setattr(nbgrader_steps.SaveVerdicts, "preprocess", locked)
        report = grade()
    place = root / "gradebook.db"
    assert [row.error for row in report.rows] == [
        f"not saved: the gradebook {place} is locked by another program. "
        "Wait until that is done, or end it, and try again",
        "",
    ]
    assert auto_scores(root) == {"b": 8}
    assert grade().fine
    assert auto_scores(root) == {"a": 8, "b": 8}


def test_a_course_folder_that_cannot_be_written_is_told_before_anything_is_run(
    root, grade, hand_in, plan, monkeypatch
):
    hand_in("a", toy_unit.right(plan))

    def read_only(*args, dir, **settings):
        raise OSError(errno.EROFS, "Read-only file system", str(dir))

    monkeypatch.setattr(draws.tempfile, "NamedTemporaryFile", read_only)
    kernel = in_process_sandbox.InProcess()
    with pytest.raises(Refused, match=r"\.draws, .* can be neither read nor made: Read-only file system"):
        grade(kernel.run)
    assert kernel.jobs == []


def test_a_gradebook_with_other_cells_is_refused_in_a_sentence(root, grade, hand_in, plan, unit):
    hand_in("a", toy_unit.right(plan))
    grade()
    other = unit.path.read_text().replace("from solutions.toy.quadruple import quadruple\n", "")
    shorter = type(unit)(unit.id, root / "shorter.py", unit.package)
    shorter.path.write_text(other.replace("# %%\n\n", "").rstrip().removesuffix("# %%"))
    with pytest.raises(Refused, match="there is quadruple, quadruple-check"):
        grading.grade(shorter, root, in_process_sandbox.InProcess().run, "nothing")
