"""Grading on workers, with one in this process that can be made to lie; real ones are in tests/test_cluster.py."""

import json
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.course.layout import COURSE, COURSE_FILE, Course
from autograder.grading import cluster, draws, same_course
from autograder.grading.backends import Threads
from autograder.grading.dispatch import Patience
from autograder.grading.grader import Grader
from autograder.grading.orders import Present
from autograder.grading.plan import plan_of
from autograder.grading.workers import Workers
from autograder.judging.lazy_tables import LazyTables
from autograder.testing import in_process_sandbox, toy_unit
from helpers.errors import Refused

STUDENTS = ["ada", "ben", "cam", "dia"]


class OneWorker:
    """A worker in this process; `lie` may change what it answers, by function and data."""

    def __init__(self, lie=None):
        self.lie, self.come, self.asked = lie or (lambda function, data, answer: answer), [], []

    def workers(self):
        return {"here": Present("here", 2)}

    def send(self, worker, function, data):
        self.asked.append((function, json.loads(data)))
        answer = self.lie(function, json.loads(data), getattr(cluster, function)(data))
        self.come.append((str(len(self.asked)), answer))
        return self.come[-1][0]

    def landed(self, seconds):
        come, self.come = self.come, []
        return come

    def forget(self, key):
        pass


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    return toy_unit.make_unit(tmp_path_factory.mktemp("toy"))


@pytest.fixture
def grader(tmp_path, unit):
    plan = plan_of(unit)
    answers = [{}, {"double": "def double(x):\n    return x * x"}, {"halves": "halve = third = abs"}, None]
    for student, given in zip(STUDENTS, answers, strict=True):
        file = Course(tmp_path).submitted(toy_unit.UNIT, student)
        file.parent.mkdir(parents=True)
        file.write_bytes(b"no notebook" if given is None else toy_unit.data(toy_unit.right(plan, **given)))
    kernel = in_process_sandbox.InProcess()
    return Grader(Course(tmp_path), draws.secret(tmp_path), kernel.run, lambda _: unit)


@pytest.fixture
def station(grader, monkeypatch):
    """What the worker in this process keeps."""
    kept = SimpleNamespace(
        root=grader.course.root,
        files=same_course.files(grader.course.root),
        versions=same_course.versions(),
        cannot="",
        opened={toy_unit.UNIT: (grader.plan(toy_unit.UNIT), LazyTables())},
        run=in_process_sandbox.InProcess().run,
        tier="walls",
    )
    kept.open = kept.opened.get
    monkeypatch.setattr(cluster, "_station", [kept])
    return kept


def graded(backend, grader):
    """What became of each student, without times."""
    results = dict(backend.run(grader, toy_unit.UNIT, STUDENTS, (), 2))
    found = {}
    for student in STUDENTS:
        about = results[student]
        verdicts = [verdict.to_json() | {"seconds": 0} for verdict in about.verdicts.values()]
        found[student] = (verdicts, about.notes, about.needs_review, about.ran)
    return found


def test_a_worker_reaches_the_verdicts_of_this_process_and_makes_each_table_once(grader, station):
    farm = OneWorker()
    backend = Workers(farm)
    assert graded(backend, grader) == graded(Threads(), grader)
    assert backend.confinement == "walls"
    functions = [function for function, _ in farm.asked]
    seeds = {draws.draw_of(grader.secret, toy_unit.UNIT, student).seed for student in STUDENTS}
    assert functions.count("table") == 3 * len(seeds)
    assert functions.count("grade") == len(STUDENTS)
    shipped = [asked["tables"] for function, asked in farm.asked if function == "meet"][-1]
    assert {(name, seed) for name, seed, _ in shipped} == {
        (name, seed) for name in grader.plan(toy_unit.UNIT).exercises for seed in seeds
    }


def swap(function, asked, answer):
    """Another student's answer instead of ben's."""
    if function != "grade" or asked["student"] != "ben":
        return answer
    return cluster.grade(json.dumps(asked | {"student": "ada"}).encode())


def nonsense(function, asked, answer):
    return b'{"task": ' if function == "grade" and asked["student"] == "ben" else answer


@pytest.mark.parametrize(
    ("lie", "why"),
    [(swap, "sent what is no answer: it belongs to another submission"), (nonsense, "sent what is no JSON")],
    ids=["another student's", "no JSON"],
)
def test_a_lie_about_one_student_is_for_a_person_to_see_and_hurts_nobody_else(lie, why, grader, station):
    said: list[str] = []
    found = graded(Workers(OneWorker(lie), said.append), grader)
    expected = graded(Threads(), grader)
    verdicts, notes, needs_review, _ = found.pop("ben")
    assert needs_review
    assert sum(verdict["points"] for verdict in verdicts) == 0
    assert why in notes[0]
    assert said == [said[0]] * 3
    assert why in said[0]
    assert found == {student: expected[student] for student in found}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"versions": {**same_course.versions(), "keras": "2.1"}},
            "worker here has keras 2.1, and here it is 3",
        ),
        (
            {"files": {**same_course.files(COURSE), "solutions/dropout/dropout.py": "0"}},
            "worker here has another course or grader: solutions/dropout/dropout.py differs; bring both to",
        ),
        ({"cannot": "no walls"}, "worker here cannot hold students' code: no walls"),
    ],
    ids=["a library", "the course", "no sandbox"],
)
def test_a_worker_that_differs_is_refused_by_name(change, why, grader, station):
    vars(station).update(change)
    with pytest.raises(Refused, match=f"no worker is left: {why}"):
        graded(Workers(OneWorker()), grader)


def test_where_a_workers_disk_is_full_the_sentence_says_so_and_how_many_are_graded(grader, station):
    def full(job):
        raise OSError(28, "No space left on device", "/tmp/fdl")

    station.run = full
    students = [*STUDENTS]
    for copy in ("eve", "fay"):
        folder = grader.course.submitted(toy_unit.UNIT, copy).parent
        folder.mkdir(parents=True)
        source = grader.course.submitted(toy_unit.UNIT, "ada")
        (folder / source.name).write_bytes(source.read_bytes())
        students.append(copy)
    run = Workers(OneWorker(), patience=Patience(tick=0)).run(grader, toy_unit.UNIT, students, (), 2)
    why = r"failed \(No space left on device: look at /tmp/fdl there\)"
    with pytest.raises(
        Refused, match=rf"worker here failed at 3 in a row: it {why}.* of 6 submissions are graded"
    ):
        dict(run)


def test_a_worker_without_the_preload_says_what_it_lacks():
    assert json.loads(cluster.meet(b"{}")) == {
        "refused": "was started without `--preload autograder.grading.cluster`"
    }


def test_a_course_of_ones_own_is_compared_with_its_units_and_points(tmp_path):
    (tmp_path / COURSE_FILE).write_text("id: autumn\n")
    (tmp_path / "units").mkdir()
    unit = tmp_path / "units" / "21_ours.py"
    unit.write_text("# %%\n")
    about: dict[str, Any] = {"versions": {}, "decisions": []}
    here = {**about, "files": same_course.files(tmp_path)}
    unit.write_text("# %%\n# changed\n")
    there = {**about, "files": same_course.files(tmp_path)}
    assert "the course root's units/21_ours.py differs" in same_course.difference(here, there)
    assert same_course.difference(here, {**about, "files": same_course.files(COURSE)}).startswith(
        f"has another course or grader: the course root's {COURSE_FILE}"
    )


def test_a_worker_opens_the_units_of_a_course_of_ones_own(tmp_path, unit, monkeypatch):
    (tmp_path / COURSE_FILE).write_text("id: autumn\n")
    asked = []

    def found(name, root):
        asked.append(root)
        return unit

    monkeypatch.setattr("autograder.course.catalogue.unit", found)
    station: Any = SimpleNamespace(root=tmp_path, lock=threading.Lock(), opened={}, _warm_tables=LazyTables)
    cluster.Station.open(station, toy_unit.UNIT)
    assert asked == [tmp_path]
