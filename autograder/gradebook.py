"""Writes verdicts into nbgrader's gradebook, by nbgrader's own steps: one writer, one transaction a student.

nbgrader commits after every cell, so that a grader that is killed leaves half a student's grades. Here a student's
grades are as they were or finished; the graded notebook takes its place after them.
"""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from unittest import mock

from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells, latesubmissions, saveautogrades, savecells
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SAWarning
from traitlets.config.loader import Config, PyFileConfigLoader

from autograder import execute, late
from autograder.assemble import KERNEL
from autograder.catalogue import ROOT
from autograder.course import Course
from autograder.engine import Graded
from autograder.plan import Plan
from autograder.release import CONFIG, alembic_on_path

OPENERS = (
    saveautogrades,
    latesubmissions,
    savecells,
    late,
)  # nbgrader's steps that open the gradebook for themselves
STAMP = "timestamp.txt"  # when it was handed in, as nbgrader's exchange writes it
SECRET = "submission_secret.txt"  # under which the exchange gives feedback back
KEPT = (
    ".png",
    ".jpg",
    ".jpeg",
    ".pdf",
)  # what a derivation on paper may be handed in as, beside the notebook


class Refused(Exception):
    """A class cannot be graded; the message says why."""


def settings(course: Course) -> Config:
    """The course's nbgrader_config.py, or ours if it has none."""
    folder = course.root if (course.root / CONFIG).exists() else ROOT / "course"
    config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    config.CourseDirectory.root = str(course.root)
    return config


class Book:
    """The gradebook of a course while a class is graded."""

    def __init__(self, course: Course):
        self.course = course
        config = settings(course)
        directory = CourseDirectory(config=config)
        self.converter = Autograde(coursedir=directory, config=config)
        self.converter.exporter = self.converter.exporter_class(parent=self.converter, config=config)
        self.url = directory.db_url
        with alembic_on_path():
            self.gradebook = Gradebook(directory.db_url, directory.course_id)

    def close(self) -> None:
        self.gradebook.close()

    def register(self, plan: Plan) -> None:
        """Enter a unit's cells, as `nbgrader generate_assignment` does, unless they are there already.

        Raises:
            Refused: if the gradebook holds submissions of the unit with other cells.
        """
        wanted = {p.grade_id: p.node.metadata.nbgrader.checksum for p in plan.cells if p.grade_id}
        with suppress(MissingEntry):
            there = self.gradebook.find_notebook(plan.unit, plan.unit)
            if {cell.name: cell.checksum for cell in there.source_cells} == wanted:
                return
        nb = new_notebook(cells=[p.node for p in plan.cells], metadata={"kernelspec": KERNEL})
        try:
            with self._transaction():
                self.gradebook.update_or_create_assignment(plan.unit)
                SaveCells().preprocess(nb, self._resources(plan.unit, "."))
        except RuntimeError:
            old = {cell.name for cell in there.source_cells}
            gone, new = sorted(old - wanted.keys()), sorted(wanted.keys() - old)
            raise Refused(
                f"the gradebook holds grades of {plan.unit} in which "
                + " and ".join(filter(None, [_list("there is", gone), _list("there is not", new)]))
                + ". Grade with the course as it was when they were handed in, or start a new gradebook"
            ) from None

    def record(self, student: str, unit: str, graded: Graded) -> None:
        """Save a student's grades, and then the graded notebook."""
        folder = self.course.submitted(unit, student).parent
        with self._transaction():
            self.gradebook.update_or_create_student(student)
            stamp = _timestamp(folder)
            self.gradebook.update_or_create_submission(
                unit, student, **({"timestamp": stamp} if stamp else {})
            )
            execute.ready[unit, student] = graded
            self.converter._sanitizing = False
            self.converter._init_preprocessors()
            resources = self._resources(unit, student)
            text, _ = self.converter.exporter.from_notebook_node(graded.notebook, resources)
        self._keep(folder, student, unit, text)

    def scores(self, unit: str) -> dict[str, dict]:
        """What the gradebook says of each student who has a submission: with manual grades, without penalties."""
        return {
            s.student.id: {"score": s.score, "max_score": s.max_score, "by_hand": s.needs_manual_grade}
            for s in self.gradebook.assignment_submissions(unit)
        }

    def _keep(self, folder: Path, student: str, unit: str, text: str) -> None:
        """Put the graded notebook in its place, and beside it what graders may want to see."""
        place = self.course.graded(unit, student)
        place.parent.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*"):
            if (
                file.is_file()
                and not file.is_symlink()
                and (file.suffix.lower() in KEPT or file.name in (STAMP, SECRET))
            ):
                _replace(place.parent / file.name, file.read_bytes())
        _replace(place, (text.rstrip("\n") + "\n").encode())
        self.converter.set_permissions(unit, student)

    def _resources(self, unit: str, student: str) -> dict:
        about = {"student": student, "assignment": unit, "notebook": unit, "db_url": self.url}
        return {"unique_key": unit, "output_files_dir": f"{unit}_files", "nbgrader": about}

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One session and one commit for all that nbgrader does meanwhile."""
        db = self.gradebook.db

        def settle() -> None:
            db.flush()
            db.expire_all()

        def shared(*_: object, **__: object) -> Gradebook:
            return self.gradebook

        changes: list = [mock.patch.object(module, "Gradebook", shared) for module in OPENERS]
        changes += [
            mock.patch.object(db, "commit", settle),
            mock.patch.object(self.gradebook, "close", settle),
        ]
        try:
            with ExitStack() as stack:
                stack.enter_context(warnings.catch_warnings(action="ignore", category=SAWarning))
                for change in changes:
                    stack.enter_context(change)
                yield
            db.commit()
        except BaseException:
            db.rollback()
            raise


def _timestamp(folder: Path):
    """When something was handed in; None if nothing readable says so."""
    try:
        return parse_utc((folder / STAMP).read_text("utf-8").strip() or None)
    except (OSError, ValueError, OverflowError):
        return None


def _replace(place: Path, data: bytes) -> None:
    """Write a file so that nobody ever finds half of it."""
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as fresh:
        fresh.write(data)
    os.replace(fresh.name, place)


def _list(verb: str, names: list[str]) -> str:
    return f"{verb} {', '.join(names)}" if names else ""
