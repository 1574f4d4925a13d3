"""A course root in nbgrader's layout: what was submitted, what was graded, and what grades it."""

import functools
import logging
import time
import warnings
from collections.abc import Callable, Collection
from pathlib import Path

from nbformat import NotebookNode

from autograder import logs
from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.course.layout import ROOT, Course, content_of
from autograder.grading import draws, engine, graded_notebook
from autograder.grading.answers import answered, code_of, texts_of
from autograder.grading.derivations import given_lines, is_own
from autograder.grading.files import Answers, Found, find, other_notebooks, papers_within
from autograder.grading.graded_submission import Graded
from autograder.grading.plan import Plan, plan_of
from autograder.grading.restore import restore
from autograder.grading.running import Run
from autograder.grading.submission import names_in, parse
from autograder.grading.task import Task, grade_task
from autograder.judging.lazy_tables import LazyTables
from helpers.errors import Unreadable
from helpers.seeding import keep_kernels

log = logging.getLogger(__name__)


@functools.cache
def prepare() -> None:
    """Ready this process for judging; whoever starts grading calls it, once TensorFlow is imported."""
    # Misconceptions earn warnings on purpose, and functions are traced anew on purpose.
    warnings.filterwarnings("ignore", module=r"keras\.")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    keep_kernels()


def read_submission(course: Course, plan: Plan, student: str) -> Found:
    """What a student handed in for a unit.

    Args:
        course: where it lies.
        plan: the unit's.
        student: who handed it in.
    """
    return read_at(course.submitted(plan.unit, student), plan)


def read_at(wanted: Path, plan: Plan) -> Found:
    """What was handed in for a unit.

    Args:
        wanted: where its notebook should be.
        plan: the unit's.
    """
    return find(wanted, functools.partial(_answers, plan))


def _answers(plan: Plan, data: bytes) -> Answers | None:
    """What a notebook answers of a unit; None if it is none of this unit's."""
    try:
        placed = restore(parse(data), plan)
    except Unreadable:
        return None
    return Answers(answered(placed, plan), code_of(placed, plan), texts_of(placed))


def beside_notebook(wanted: Path, plan: Plan, found: Found) -> list[str]:
    """The names of what was handed in with a notebook, but of notebooks only those that may hold a derivation.

    Args:
        wanted: where the notebook should be.
        plan: the unit's.
        found: what was found there.
    """
    names = [name for name in names_in(wanted.parent) if not name.lower().endswith((".ipynb", ".zip"))]
    # What is too much to be read is not looked through either.
    if isinstance(found.data, Unreadable):
        return names
    names += [name for name, _, _ in papers_within(wanted.parent) if name not in names]
    return names + [name for name, data in other_notebooks(wanted, found) if _holds_text(plan, data)]


def _holds_text(plan: Plan, data: bytes) -> bool:
    """Whether a notebook holds text that is not the unit's."""
    given = given_lines(plan)
    try:
        return any(cell.type != "code" and is_own(cell, given) for cell in parse(data))
    except Unreadable:
        return False


def last_graded(course: Course, unit: str, student: str) -> NotebookNode | None:
    """The notebook that was graded the last time; None if there is none, or it is damaged.

    Args:
        course: where it lies.
        unit: its id.
        student: who handed it in.
    """
    data = _graded_bytes(course, unit, student)
    return None if data is None else graded_notebook.read(data)


def _graded_bytes(course: Course, unit: str, student: str) -> bytes | None:
    file = course.graded(unit, student)
    return file.read_bytes() if file.is_file() else None


class Grader:
    """Grades one submission after another, in any thread; what they share is worked out once.

    Args:
        course: where submissions and graded notebooks lie.
        secret: the course's, from which draws are made.
        run: runs a job in a confined child.
        find: finds a unit by its id; by default among those of the course.
    """

    def __init__(self, course: Course, secret: bytes, run: Run, find: Callable[[str], Unit] | None = None):
        self.course, self.secret, self.run = course, secret, run
        self.find = find or functools.partial(catalogue.unit, root=content_of(course.root))
        self.tables = LazyTables([course.root / "notebooks", ROOT / "notebooks"])
        self._plans: dict[str, Plan] = {}

    def plan(self, unit: str) -> Plan:
        """How a unit is graded; see `plan_of`."""
        if unit not in self._plans:
            self._plans[unit] = plan_of(self.find(unit), self.course.root)
        return self._plans[unit]

    def grade(self, unit: str, student: str, reuse: bool = True, again: Collection[str] = ()) -> Graded:
        """Grade what a student handed in.

        Args:
            unit: its id.
            student: who handed it in.
            reuse: take the verdicts of the last time where nothing has changed,
            again: unless they are about one of these exercises.
        Returns:
            What became of it. Whatever goes wrong, one submission keeps no other from being graded.
        """
        start = time.monotonic()
        with logs.about(unit, student):
            graded = self._graded(unit, student, reuse, again)
            tell(graded, time.monotonic() - start)
        return graded

    def _graded(self, unit: str, student: str, reuse: bool, again: Collection[str]) -> Graded:
        try:
            return grade_task(self.task(unit, student, reuse, again), self.plan(unit), self.run, self.tables)
        except Exception as error:
            log.exception("grading failed")
            return self.failed(unit, f"{type(error).__name__}: {str(error)[:300]}")

    def task(self, unit: str, student: str, reuse: bool = True, again: Collection[str] = ()) -> Task:
        """What a student handed in, with all that grading it takes; see `grade`."""
        found = read_submission(self.course, self.plan(unit), student)
        before = _graded_bytes(self.course, unit, student) if reuse else None
        draw = draws.draw_of(self.secret, unit, student)
        beside = beside_notebook(self.course.submitted(unit, student), self.plan(unit), found)
        handed_in = engine.HandedIn(found.data, beside, found.name, found.note, found.guess)
        return Task(unit, student, handed_in, draw, before, tuple(again))

    def failed(self, unit: str, why: str) -> Graded:
        """For a submission that could not be graded, through no fault of its own that is known: somebody looks at it.

        Args:
            unit: its id.
            why: what went wrong.
        """
        return engine.nothing(f"{engine.FAILED} ({why}).", self.plan(unit), {})


def tell(graded: Graded, seconds: float) -> None:
    """Log how long it took, what was reused, and why a person should look at it.

    Args:
        graded: what became of a submission.
        seconds: how long it took.
    """
    reused = [name for name in graded.verdicts if name not in graded.ran]
    ran = ", ".join(graded.ran) or "nothing"
    log.info("graded in %.2f s; run: %s; reused: %s", seconds, ran, ", ".join(reused) or "nothing")
    if graded.needs_review:
        log.warning("needs review: %s", "; ".join(graded.reasons))
