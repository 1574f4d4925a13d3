"""Writes verdicts into nbgrader's gradebook, by nbgrader's own steps: one writer, one transaction a student.

nbgrader commits after every cell, so that a grader that is killed leaves half a student's grades. Here a student's
grades are as they were or finished; the graded notebook takes its place after them.
"""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from autograder.course.layout import KERNEL, Course
from autograder.gradebook.database import alembic_on_path, settings
from autograder.grading.engine import Graded
from autograder.grading.plan import Plan
from helpers.errors import Refused

STAMP = "timestamp.txt"  # when it was handed in, as nbgrader's exchange writes it
SECRET = "submission_secret.txt"  # under which the exchange gives feedback back
KEPT = (
    ".png",
    ".jpg",
    ".jpeg",
    ".pdf",
)  # what a derivation on paper may be handed in as, beside the notebook


class Waiting(Session):
    """A session in which `commit` shows what is new to whoever asks this session, and `finish` makes it last."""

    def commit(self) -> None:
        self.flush()
        self.expire_all()

    def finish(self) -> None:
        super().commit()


class Transaction(Gradebook):
    """A gradebook through which all that nbgrader's steps do is one transaction, however often they commit."""

    def __init__(self, gradebook: Gradebook):
        self.__dict__.update(vars(gradebook))
        self.db = scoped_session(sessionmaker(class_=Waiting, bind=gradebook.engine))

    def close(self) -> None:
        """Each step closes its gradebook; this one is still needed by the next."""

    def __deepcopy__(self, _: object) -> "Transaction":
        return self  # nbconvert copies what it hands to its steps


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
            self.gradebook.update_or_create_assignment(plan.unit)
            SaveCells().preprocess(
                nb, self._resources(plan.unit, ".")
            )  # half of it is not `wanted` the next time
            self.gradebook.db.expire_all()
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
        with self._transaction() as gradebook:
            gradebook.update_or_create_student(student)
            stamp = _timestamp(folder)
            gradebook.update_or_create_submission(unit, student, **({"timestamp": stamp} if stamp else {}))
            self.converter._sanitizing = False
            self.converter._init_preprocessors()
            resources = self._resources(unit, student, gradebook=gradebook, graded=graded)
            text, _ = self.converter.exporter.from_notebook_node(graded.notebook, resources)
        self._keep(folder, student, unit, text)

    def scores(self, unit: str) -> dict[str, dict]:
        """What the gradebook says of each student who has a submission: with manual grades, without penalties."""
        self.gradebook.db.expire_all()
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

    def _resources(self, unit: str, student: str, **more: Any) -> dict:
        about = {"student": student, "assignment": unit, "notebook": unit, "db_url": self.url, **more}
        return {"unique_key": unit, "output_files_dir": f"{unit}_files", "nbgrader": about}

    @contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        transaction = Transaction(self.gradebook)
        try:
            with warnings.catch_warnings(action="ignore", category=SAWarning):
                yield transaction
            transaction.db().finish()
        finally:
            transaction.db.remove()  # which takes back what has not been finished


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
