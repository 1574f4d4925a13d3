"""A course whose students hand in the toy unit."""

import shutil
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import catalogue, layout
from autograder.course.layout import Course
from autograder.gradebook import grade_class as grading
from autograder.gradebook.book import Book
from autograder.grading.plan import plan_of
from autograder.testing import in_process_sandbox, toy_unit

CONFIG = layout.ROOT / "course" / "nbgrader_config.py"


SQUARES = "def double(x):\n    return x * x"


@pytest.fixture(scope="session")
def unit(tmp_path_factory):
    toy = toy_unit.make_unit(tmp_path_factory.mktemp("toy"))
    # Before another test package makes a toy of its own under the same names.
    plan_of(toy)
    return toy


@pytest.fixture(scope="session")
def plan(unit):
    return plan_of(unit)


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory):
    """Making one takes nbgrader seconds, since it starts alembic."""
    folder = tmp_path_factory.mktemp("empty")
    Book(Course(folder)).close()
    return folder / "gradebook.db"


@pytest.fixture
def root(tmp_path, empty_gradebook):
    (tmp_path / "course").mkdir()
    shutil.copy(empty_gradebook, tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def hand_in(root):
    def hand_in(student, work, name=f"{toy_unit.UNIT}.ipynb"):
        folder = root / "submitted" / student / toy_unit.UNIT
        folder.mkdir(parents=True, exist_ok=True)
        if work is not None:
            (folder / name).write_bytes(work if isinstance(work, bytes) else toy_unit.data(work))
        return folder

    return hand_in


@pytest.fixture
def grade(unit, root):
    def grade(run=None, **settings):
        return grading.grade(unit, root, run or in_process_sandbox.InProcess().run, "nothing", **settings)

    return grade


@pytest.fixture
def small_class(plan, hand_in):
    """Names as they come, and everything that can be handed in."""
    hand_in("Ada Okafor", toy_unit.right(plan))
    hand_in("Zoë O'Brien, Niamh", toy_unit.right(plan, double=SQUARES))
    hand_in("محمد علي", toy_unit.work(plan, double="reference"))
    hand_in("half [done] {x}", toy_unit.right(plan, halves="raise Died('took longer than 30 s')"))
    hand_in("untouched", toy_unit.work(plan))
    hand_in("no notebook", b"%PDF-1.7")
    hand_in("empty", b"")
    hand_in("nothing", None)
    hand_in("wrong name", toy_unit.right(plan), "homework.ipynb")


SCORES = {
    "Ada Okafor": 8,
    "Zoë O'Brien, Niamh": 5,
    "محمد علي": 3,
    "half [done] {x}": 6,
    "untouched": 0,
    "no notebook": 0,
    "empty": 0,
    "nothing": 0,
    "wrong name": 8,
}


REVIEW = {"half [done] {x}", "no notebook", "empty", "nothing"}


@contextmanager
def book(root):
    opened = Book(Course(root))
    try:
        yield opened.gradebook
    finally:
        opened.close()


def grades(root):
    """What the gradebook holds, by student and cell."""
    with book(root) as gb:
        return {
            s.student.id: {
                g.name: (g.auto_score, g.manual_score, g.needs_manual_grade)
                for notebook in s.notebooks
                for g in notebook.grades
            }
            for s in gb.assignment_submissions(toy_unit.UNIT)
        }


def auto_scores(root):
    return {who: sum(auto or 0 for auto, _, _ in cells.values()) for who, cells in grades(root).items()}


@pytest.fixture
def fdl(unit, monkeypatch):
    """The command line, without a fork server, on the toy unit."""

    @contextmanager
    def kernels(jobs, unsafe=False, at_once=True):
        yield in_process_sandbox.InProcess().run, "nothing"

    real = catalogue.unit
    monkeypatch.setattr(grading, "sandbox", kernels)
    monkeypatch.setattr(
        catalogue, "unit", lambda name, root=None: unit if name == toy_unit.UNIT else real(name)
    )
    return lambda *words: CliRunner().invoke(app.app, ["grade", *map(str, words)])
