import logging
import subprocess
import sys
import threading
from typing import Any

import pytest

from autograder import logs
from autograder.course import layout
from autograder.course.layout import Course
from autograder.grading import draws, engine
from autograder.grading.backends import Threads
from autograder.grading.grader import Grader
from autograder.grading.plan import plan_of
from autograder.judging.lazy_tables import LazyTables
from autograder.testing import in_process_sandbox, toy_unit


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    return toy_unit.make_unit(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def plan(unit):
    return plan_of(unit)


@pytest.fixture
def grader(tmp_path, unit):
    kernel = in_process_sandbox.InProcess()
    return Grader(Course(tmp_path), draws.secret(tmp_path), kernel.run, lambda _: unit)


@pytest.fixture
def hand_in(tmp_path):
    def hand_in(student, work):
        file = Course(tmp_path).submitted(toy_unit.UNIT, student)
        file.parent.mkdir(parents=True)
        file.write_bytes(toy_unit.data(work))

    return hand_in


@pytest.fixture
def logged(caplog):
    """What has been logged, as (level, student, message)."""
    caplog.set_level("DEBUG", logger=logs.LOGGER)
    about = logs.AboutWhom()
    caplog.handler.addFilter(about)
    yield lambda: [(r.levelname, r.student, r.getMessage()) for r in caplog.records]
    caplog.handler.removeFilter(about)


def run(grader, students, again=()):
    return dict(Threads().run(grader, toy_unit.UNIT, students, again, jobs=2))


def test_each_student_is_handed_back_once(grader, hand_in, plan):
    hand_in("right", toy_unit.right(plan))
    hand_in("untouched", toy_unit.work(plan))
    pairs = list(Threads().run(grader, toy_unit.UNIT, ["right", "untouched", "absent"], (), jobs=2))
    assert sorted((student, graded.score) for student, graded in pairs) == [
        ("absent", 0),
        ("right", 8),
        ("untouched", 0),
    ]


def test_whoever_stops_asking_ends_the_rest(plan, tmp_path):
    begun, go_on = [], threading.Event()

    class Slow:
        def grade(self, unit, student, again):
            begun.append(student)
            if len(begun) > 1:
                go_on.wait(20)

    slow: Any = Slow()
    results: Any = Threads().run(slow, "unit", [str(number) for number in range(50)], (), jobs=1)
    next(results)
    results.close()
    go_on.set()
    assert len(begun) < 50


def test_the_log_says_who_was_graded_what_was_reused_and_who_needs_review(grader, hand_in, plan, logged):
    hand_in("Zoë", toy_unit.right(plan))
    hand_in("ada", toy_unit.right(plan, double="raise Died('took longer than 30 s')"))
    run(grader, ["Zoë", "ada"])
    records = logged()
    graded = {student: message for level, student, message in records if level == "INFO"}
    assert graded.keys() == {"Zoë", "ada"}
    assert graded["Zoë"].endswith(" s; run: double, halves, quadruple; reused: nothing")
    assert [record for record in records if record[0] == "WARNING"] == [
        (
            "WARNING",
            "ada",
            "needs review: double: the cell with your answer was stopped: took longer than 30 s",
        )
    ]


def test_the_log_says_what_was_reused(grader, hand_in, plan, logged, tmp_path):
    from autograder.grading import graded_notebook

    hand_in("ada", toy_unit.right(plan))
    before = run(grader, ["ada"])["ada"].notebook
    file = Course(tmp_path).graded(toy_unit.UNIT, "ada")
    file.parent.mkdir(parents=True)
    file.write_bytes(graded_notebook.write(before))
    run(grader, ["ada"], again=["halves"])
    assert logged()[-1][2].endswith(" s; run: halves; reused: double, quadruple")


def test_a_failure_of_ours_is_logged_with_its_traceback_about_its_student(
    grader, hand_in, plan, logged, caplog, monkeypatch
):
    def fail(*_):
        raise RuntimeError("the server ended twice")

    monkeypatch.setattr(grader, "run", fail)
    hand_in("ada", toy_unit.right(plan))
    graded = run(grader, ["ada"])["ada"]
    assert graded.unfinished
    assert graded.reasons == [f"{engine.FAILED} (RuntimeError: the server ended twice)."]
    (failure,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert (failure.getMessage(), failure.student, failure.unit) == ("grading failed", "ada", toy_unit.UNIT)
    assert "the server ended twice" in str(failure.exc_info[1])


def test_no_value_of_a_secret_draw_is_logged(grader, hand_in, plan, logged, caplog):
    tells = "def double(x):\n    print(x)\n    if x.ndim == 1:\n        raise ValueError(str(x))\n    return 3.0 * x"
    hand_in("ada", toy_unit.right(plan, double=tells, halves="raise Died('used more than 4 GB of memory')"))
    run(grader, ["ada"])
    draw = draws.draw_of(grader.secret, toy_unit.UNIT, "ada")
    table = grader.tables.table(plan.exercises["double"], draw.seed)
    values = [
        value
        for evidence in table.ours.values()
        for array in evidence.arrays.values()
        for value in array.flat
    ]
    assert len(values) > 10
    assert "needs review" in caplog.text
    for value in values:
        for number in (value, value / 2):
            assert f"{number:.4g}" not in caplog.text
    assert str(draw.seed) not in caplog.text


def test_importing_and_constructing_change_nothing(tmp_path):
    """In a process of its own, since this one is prepared already."""
    program = f"""
import logging, sys, warnings
from pathlib import Path
from autograder.course.layout import Course
from autograder.grading import backends, grader
from autograder.judging.lazy_tables import LazyTables
LazyTables()
grader.Grader(Course(Path({str(tmp_path)!r})), b"", print)
assert "keras" not in repr(warnings.filters)
assert logging.getLogger("tensorflow").level == logging.NOTSET
assert logging.getLogger("autograder").handlers == []
assert "tensorflow" not in sys.modules
assert list(Path({str(tmp_path)!r}).iterdir()) == []
"""
    environment = {"PYTHONPATH": f"{layout.ROOT}:{layout.ROOT / 'src'}"}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, timeout=120)
    assert ran.returncode == 0, ran.stderr.decode()


def test_tables_of_exercises_of_one_name_are_kept_apart(tmp_path):
    """Two units may each have an exercise of the same name, and the public draw is the same for both."""
    first, second = (
        plan_of(toy_unit.make_unit(tmp_path / name)).exercises["double"] for name in ("first", "second")
    )
    tables = LazyTables()
    assert first is not second
    assert tables.table(first, 1) is not tables.table(second, 1)
    assert tables.table(first, 1) is tables.table(first, 1)
