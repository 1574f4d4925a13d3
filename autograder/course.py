"""A course root in nbgrader's layout: what was submitted, what was graded, and what grades it."""

import os
from collections.abc import Callable, Collection
from pathlib import Path

from nbformat import NotebookNode

from autograder import catalogue, draws, engine, record
from autograder.catalogue import ROOT, Unit
from autograder.engine import Graded, Run
from autograder.judging import Known
from autograder.plan import Plan, plan_of
from autograder.submission import Unreadable, read_file


class Course:
    """The folders of a course root."""

    def __init__(self, root: Path):
        self.root = root.resolve()

    def students(self, unit: str) -> list[str]:
        """Who handed something in for a unit: the folders of submitted/, by name."""
        submitted = self.root / "submitted"
        folders = sorted(p for p in submitted.glob("*") if p.is_dir() and not p.name.startswith("."))
        return [p.name for p in folders if any(os.path.lexists(p / name) for name in (unit, f"{unit}.ipynb"))]

    def submitted(self, unit: str, student: str) -> Path:
        return self.root / "submitted" / student / unit / f"{unit}.ipynb"

    def graded(self, unit: str, student: str) -> Path:
        return self.root / "autograded" / student / unit / f"{unit}.ipynb"

    def read(self, unit: str, student: str) -> bytes | Unreadable:
        """A submission's bytes, or why there are none."""
        try:
            return read_file(self.submitted(unit, student))
        except Unreadable as error:
            return error

    def last(self, unit: str, student: str) -> NotebookNode | None:
        """The notebook that was graded the last time, if there is one."""
        file = self.graded(unit, student)
        return record.read(file.read_bytes()) if file.is_file() else None


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
        data = self.course.read(unit, student)
        before = self.course.last(unit, student) if reuse else None
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
