"""A course root in nbgrader's layout: what was submitted, what was graded, and what grades it."""

from collections.abc import Callable, Collection

from nbformat import NotebookNode

from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.course.layout import ROOT, Course
from autograder.grading import draws, engine, graded_notebook
from autograder.grading.engine import Graded
from autograder.grading.plan import Plan, plan_of
from autograder.grading.running import Run
from autograder.grading.submission import read_file
from autograder.judging.lazy_tables import Known
from helpers.errors import Unreadable


def read_submission(course: Course, unit: str, student: str) -> bytes | Unreadable:
    """A submission's bytes, or why there are none."""
    try:
        return read_file(course.submitted(unit, student))
    except Unreadable as error:
        return error


def last_graded(course: Course, unit: str, student: str) -> NotebookNode | None:
    """The notebook that was graded the last time; None if there is none, or it is damaged."""
    file = course.graded(unit, student)
    if not file.is_file():
        return None
    return graded_notebook.read(file.read_bytes())


class Grader:
    """Grades one submission after another, in any thread; what they share is worked out once.

    Args:
        run: runs a job in a confined child.
        find: finds a unit by its id.
    """

    def __init__(self, course: Course, run: Run, find: Callable[[str], Unit] = catalogue.unit):
        self.course, self.run, self.find = course, run, find
        self.secret = draws.secret(course.root)
        self._plans: dict[str, tuple[Plan, Known]] = {}

    def plan(self, unit: str) -> Plan:
        return self._known(unit)[0]

    def grade(self, unit: str, student: str, reuse: bool = True, again: Collection[str] = ()) -> Graded:
        """Grade what a student handed in.

        Args:
            reuse: take the verdicts of the last time where nothing has changed,
            again: unless they are about one of these exercises.
        """
        plan, known = self._known(unit)
        data = read_submission(self.course, unit, student)
        before = last_graded(self.course, unit, student) if reuse else None
        draw = draws.draw_of(self.secret, unit, student)
        try:
            return engine.grade(data, plan, draw, self.run, known, before, again)
        except Exception as error:  # one submission must not keep the others from being graded
            return engine.nothing(f"{engine.FAILED} ({type(error).__name__}: {str(error)[:300]}).", plan, {})

    def _known(self, unit: str) -> tuple[Plan, Known]:
        if unit not in self._plans:
            trees = [self.course.root / "notebooks", ROOT / "notebooks"]
            self._plans[unit] = plan_of(self.find(unit)), Known(trees)
        return self._plans[unit]
