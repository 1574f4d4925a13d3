"""Writes verdicts into nbgrader's gradebook, by nbgrader's own steps: one writer, one transaction a student.

nbgrader commits after every cell, so that a grader that is killed leaves half a student's grades. Here a student's
grades are as they were or finished; the graded notebook takes its place after them.
"""

import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_notebook
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import CheckCellMetadata, SaveCells
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from traitlets.config import Config

from autograder.course.layout import KERNEL, Course
from autograder.gradebook import due_dates, writing
from autograder.gradebook.database import open_gradebook, refusals, settings
from autograder.gradebook.dates import STAMP, handed_in
from autograder.grading import paper, submission
from autograder.grading.graded_submission import Graded
from autograder.grading.plan import Plan
from helpers.errors import Refused, Unreadable

# Under which the exchange gives feedback back.
SECRET = "submission_secret.txt"
# Bytes of all files together that are kept beside a graded notebook.
MOST_KEPT = 128 << 20


class Waiting(Session):
    """A session in which `commit` does nothing, and `finish` makes it last.

    What is new reaches the database before this session asks it anything. What was read before is not read again, as it
    would be after a commit: nobody else writes in the meantime, and what the database adds up itself, as a score, is
    asked for by none of the steps.
    """

    def commit(self) -> None:
        pass

    def finish(self) -> None:
        super().commit()


class Transaction(Gradebook):
    """A gradebook through which all that nbgrader's steps do is one transaction, however often they commit."""

    def __init__(self, gradebook: Gradebook):
        self.__dict__.update(vars(gradebook))
        self.db = scoped_session(sessionmaker(class_=Waiting, bind=gradebook.engine))
        self.found: dict[tuple, dict[str, Any]] = {}

    def find_grade(self, cell: str, *where: str) -> Grade:
        found = self._of_submission(Grade, where)
        return found.get(cell) or super().find_grade(cell, *where)

    def find_comment(self, cell: str, *where: str) -> Comment:
        found = self._of_submission(Comment, where)
        return found.get(cell) or super().find_comment(cell, *where)

    def _of_submission(self, kind: type[Grade] | type[Comment], where: tuple[str, ...]) -> dict[str, Any]:
        """All grades or comments of a submission by their cells' names: nbgrader asks the database for each of them."""
        if (kind, where) not in self.found:
            rows = self.db.query(BaseCell.name, kind).join(kind, kind.cell_id == BaseCell.id)
            theirs = rows.filter(kind.notebook_id == self.find_submission_notebook(*where).id)
            self.found[kind, where] = dict(map(tuple, theirs))
        return self.found[kind, where]

    def close(self) -> None:
        """Each step closes its gradebook; this one is still needed by the next."""

    def __deepcopy__(self, _: object) -> "Transaction":
        # nbconvert copies what it hands to its steps.
        return self


class Book:
    """The gradebook of a course while a class is graded.

    Args:
        course: the course.
    Raises:
        Refused: if it cannot be opened or written; nothing is changed then.
    """

    def __init__(self, course: Course):
        self.course = course
        config = settings(course)
        directory = CourseDirectory(config=config)
        self.converter = Autograde(coursedir=directory, config=config)
        self.steps = _steps(self.converter, config)
        self.url = directory.db_url
        self.gradebook = open_gradebook(directory, to_write=True)

    def close(self) -> None:
        self.gradebook.close()

    def register(self, plan: Plan) -> None:
        """Enter a unit's cells, as `nbgrader generate_assignment` does, unless they are there already.

        Args:
            plan: the unit's.
        Raises:
            Refused: if the gradebook holds submissions of the unit with other cells, or cannot be written.
        """
        wanted = {}
        for planned in plan.cells:
            if planned.grade_id:
                wanted[planned.grade_id] = planned.node.metadata.nbgrader.checksum
        with refusals(self.url):
            there = self._source_cells(plan.unit)
            if there == wanted:
                return
            notebook = new_notebook(
                cells=[planned.node for planned in plan.cells], metadata={"kernelspec": KERNEL}
            )
            try:
                self.gradebook.update_or_create_assignment(plan.unit)
                # Half of it is not what is wanted the next time, so it is entered again then.
                SaveCells().preprocess(notebook, self._resources(plan.unit, "."))
                self.gradebook.db.expire_all()
            except RuntimeError:
                raise Refused(_other_cells(plan.unit, there.keys(), wanted.keys())) from None

    def _source_cells(self, unit: str) -> dict[str, str]:
        """The checksums of a unit's cells, as the gradebook has them."""
        try:
            notebook = self.gradebook.find_notebook(unit, unit)
        except MissingEntry:
            return {}
        return {cell.name: cell.checksum for cell in notebook.source_cells}

    def record(self, student: str, unit: str, graded: Graded) -> str:
        """Save a student's grades, and then the graded notebook.

        Args:
            student: who handed it in.
            unit: its id.
            graded: what became of it.
        Returns:
            What a person should look at, in sentences: why it is not known when it was handed in, though something
            should say so, and which files have no room beside the graded notebook; mostly "".
        Raises:
            Refused: if the database does not take it.
            OSError: if the notebook cannot be written.
        """
        folder = self.course.submitted(unit, student).parent
        moment, undated = handed_in(folder)
        with refusals(self.url), self._transaction() as gradebook:
            gradebook.update_or_create_student(student)
            about = {"timestamp": moment} if moment else {}
            gradebook.update_or_create_submission(unit, student, **about)
            due_dates.apply(gradebook, self.course, unit, student)
            resources = self._resources(unit, student, gradebook=gradebook, graded=graded)
            notebook = graded.notebook
            for step in self.steps:
                notebook, resources = step(notebook, resources)
            nbformat.validate(notebook)
        left_out = self._keep(folder, student, unit, nbformat.v4.writes_json(notebook), graded.files)
        return " ".join(filter(None, [undated, left_out]))

    def scores(self, unit: str) -> dict[str, dict]:
        """What the gradebook says of each student who has a submission.

        Args:
            unit: its id.
        Returns:
            By student: `score` with manual grades, `penalty` for being late, `total` that is left of it,
            `max_score`, whether anything waits for a grader (`by_hand`), and the points of the derivations that do,
            by name (`to_read`).
        """
        scores: dict[str, dict] = {}
        with refusals(self.url):
            self.gradebook.db.expire_all()
            for student, score, penalty, max_score, by_hand in self._sums(unit):
                scores[student] = {
                    "score": score,
                    "penalty": penalty,
                    "total": max(0.0, score - penalty),
                    "max_score": max_score,
                    "by_hand": by_hand,
                    "to_read": {},
                }
            for student, cell in self._waiting_for_a_grader(unit):
                scores[student]["to_read"][cell.name] = cell.max_score
        return scores

    def _sums(self, unit: str) -> list[Any]:
        """Of each submission: whose it is, score, penalty, the most it can have, and whether anything waits for a grader.

        In one query: of a submission, nbgrader's properties are each fetched by themselves.
        """
        submission = SubmittedAssignment
        sums = self.gradebook.db.query(
            submission.student_id,
            submission.score,
            submission.late_submission_penalty,
            submission.max_score,
            submission.needs_manual_grade,
        )
        return (
            sums.join(Assignment, Assignment.id == submission.assignment_id)
            .filter(Assignment.name == unit)
            .all()
        )

    def _waiting_for_a_grader(self, unit: str) -> list[tuple[str, GradeCell]]:
        """The derivations of a class that somebody has to read, each with whose it is; by name, as a database has no order."""
        cells: dict[str, GradeCell] = {}
        for notebook in self.gradebook.find_assignment(unit).notebooks:
            cells |= {cell.id: cell for cell in notebook.grade_cells}
        waiting = (
            self.gradebook.db.query(SubmittedAssignment.student_id, Grade.cell_id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .filter(Grade.needs_manual_grade, Grade.cell_type == "markdown", Grade.cell_id.in_(cells))
        )
        found = [(student, cells[cell]) for student, cell in waiting]
        return sorted(found, key=lambda one: (one[0], one[1].name))

    def _keep(self, folder: Path, student: str, unit: str, text: str, attached: Mapping[str, str]) -> str:
        """Put the graded notebook in its place, and beside it what graders may want to see; say what has no room."""
        place = self.course.graded(unit, student)
        place.parent.mkdir(parents=True, exist_ok=True)
        left = MOST_KEPT
        left_out = []
        for name in submission.names_in(folder):
            if not paper.is_paper(name) and name not in (STAMP, SECRET):
                continue
            data = _read(folder / name, min(left, submission.MAX_BYTES))
            if data is None:
                left_out.append(name)
                continue
            left -= len(data)
            writing.replace(place.parent / name, data)
        for name, encoded in attached.items():
            writing.replace(place.parent / name, paper.decoded(encoded))
        writing.replace(place, (text.rstrip("\n") + "\n").encode())
        self.converter.set_permissions(unit, student)
        papers = [name for name in left_out if paper.is_paper(name)]
        if not papers:
            return ""
        return f"Not put beside the graded notebook, but left in {folder}: {', '.join(papers[:5])}."

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
            # It takes back what has not been finished.
            transaction.db.remove()


def _steps(converter: Autograde, config: Config) -> list[Preprocessor]:
    """What nbgrader does with a graded notebook, as configured, but without what it copies and tests in between.

    The cells' metadata are the plan's own, and the notebook is tested once, after all steps.
    """
    converter.exporter = converter.exporter_class(parent=converter, config=config)
    converter._sanitizing = False
    converter._init_preprocessors()
    return [step for step in converter.exporter._preprocessors if not isinstance(step, CheckCellMetadata)]


def _other_cells(unit: str, old: Collection[str], new: Collection[str]) -> str:
    """A sentence about a gradebook that holds grades of other cells than the course has."""
    differences = []
    gone = sorted(set(old) - set(new))
    if gone:
        differences.append(f"there is {', '.join(gone)}")
    come = sorted(set(new) - set(old))
    if come:
        differences.append(f"there is not {', '.join(come)}")
    return (
        f"the gradebook holds grades of {unit} in which {' and '.join(differences)}"
        ". Grade with the course as it was when they were handed in, or start a new gradebook"
    )


def _read(file: Path, most: int) -> bytes | None:
    """The bytes of a file that a grader may open; None if it can act, is too large or cannot be read."""
    if paper.acts(file.name):
        return None
    try:
        return submission.read_file(file, most)
    except Unreadable:
        return None
