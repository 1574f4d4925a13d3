"""What has not changed since it was graded and recorded is neither graded nor recorded again.

Beside the gradebook a file for each unit remembers, for each student, a fingerprint of all that grade and penalty rest
on: the files that were handed in and the graded notebook (by size and times, so that nothing is read), the rules, the
draws, decisions about operations, the course's configuration, due dates and extensions, and what a grader gave by hand,
since a penalty may follow it. Without the file, everything is looked at as at first.
"""

import hashlib
import itertools
import json
import os
import secrets
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_notebook
from nbgrader.api import Assignment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from autograder.course.layout import Course, same_name
from autograder.gradebook import due_dates, writing
from autograder.gradebook.database import settings
from autograder.grading import engine, graded_notebook
from autograder.grading.graded_submission import Graded
from autograder.grading.plan import Plan

FOLDER = ".recorded"
# Of what a fingerprint is made from, and how a submission is recorded.
VERSION = 2
# A folder with more files is looked at anew each time.
MOST_FILES = 1000


def anybody_new(course: Course, unit: str) -> bool:
    """Whether somebody handed in a unit who was not recorded before; who was may have changed something all the same.

    Args:
        course: the course.
        unit: its id.
    """
    recorded = _read(_file(course, unit)).keys()
    return not all(same_name(student, recorded) in recorded for student in course.students(unit))


class Recorded:
    """What a course remembers of the submissions of a unit that it recorded.

    Args:
        course: the course.
        plan: the unit's.
        secret: from which the draws are made.
        gradebook: of the course.
    """

    def __init__(self, course: Course, plan: Plan, secret: bytes, gradebook: Gradebook):
        self.course, self.plan, self.gradebook = course, plan, gradebook
        self.file = _file(course, plan.unit)
        self._rules = _digest(_rules(course, plan), secret.hex())
        self._remembered = _read(self.file)
        # In one query, whatever the class's size.
        self._entered = _entered(gradebook, plan.unit)
        self._handed_in: dict[str, str] = {}

    def again(self, student: str) -> tuple[Graded, str] | None:
        """What became of a submission the last time, and what was remarked; None if anything has changed since.

        It is asked for before the submission is read, so that what changes meanwhile is graded the next time.

        Args:
            student: who handed it in.
        """
        unit = self.plan.unit
        self._handed_in[student] = _state_of(self.course.submitted(unit, student).parent)
        kept = self._remembered.get(student)
        if kept is None or kept.get("fingerprint") != self._fingerprint(student):
            return None
        graded = _graded(self.course.graded(unit, student), self.plan)
        return None if graded is None else (graded, kept.get("remarks", ""))

    def note(self, student: str, remarks: str) -> None:
        """Remember that a submission is recorded as it was when `again` was asked.

        Args:
            student: who handed it in.
            remarks: what a person should look at.
        """
        try:
            self._entered |= _entered(self.gradebook, self.plan.unit, student)
            # A server may end a transaction that stays open while students' code runs.
            self.gradebook.db.commit()
        except SQLAlchemyError:
            # It is saved, and looked at once more by the next run.
            self.gradebook.db.rollback()
            self._remembered.pop(student, None)
            return
        self._remembered[student] = {"fingerprint": self._fingerprint(student), "remarks": remarks}

    def write(self) -> None:
        """Write it down for the next run.

        Raises:
            OSError: if it cannot be written.
        """
        self.file.parent.mkdir(exist_ok=True)
        writing.replace(self.file, json.dumps(self._remembered, indent=0).encode())

    def _fingerprint(self, student: str) -> str:
        """Equal as long as nothing has changed."""
        graded = _state_of(self.course.graded(self.plan.unit, student).parent)
        return _digest(self._rules, self._handed_in[student], graded, self._entered.get(student))


def _file(course: Course, unit: str) -> Path:
    return course.root / FOLDER / f"{unit}.json"


def _rules(course: Course, plan: Plan) -> list:
    """What decides on grades and penalties of a whole class."""
    extensions = course.root / due_dates.FILE
    return [
        (VERSION, engine.VERSION),
        plan.states,
        [planned.node for planned in plan.cells],
        plan.allowed,
        settings(course),
        extensions.read_text("utf-8") if extensions.is_file() else "",
    ]


def _entered(gradebook: Gradebook, unit: str, student: str | None = None) -> dict[str, list]:
    """By student, what a gradebook says that a penalty may follow: when each unit is due and was handed in, since free
    days are counted over all of them, and what a grader gave by hand in this one.
    """
    handed_in = (SubmittedAssignment.timestamp, SubmittedAssignment.extension)
    dates = select(SubmittedAssignment.student_id, Assignment.name, Assignment.duedate, *handed_in)
    dates = dates.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id).order_by(
        Assignment.name
    )
    given = select(SubmittedAssignment.student_id, Grade.cell_id, Grade.manual_score, Grade.extra_credit)
    given = (
        given.join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(Assignment.name == unit)
        .where(or_(Grade.manual_score.is_not(None), Grade.extra_credit.is_not(None)))
        .order_by(Grade.cell_id)
    )
    by_student = defaultdict(list)
    for query in (dates, given):
        if student is not None:
            query = query.where(SubmittedAssignment.student_id == student)
        for who, *about in gradebook.db.execute(query):
            by_student[who].append([str(one) for one in about])
    return dict(by_student)


def _state_of(folder: Path) -> str:
    """Equal as long as no file in a folder is written, made or removed; for a folder that is too full, never."""
    found: list[tuple] = []
    try:
        for path in itertools.islice(_paths(folder), MOST_FILES + 1):
            there = path.lstat()
            times = (there.st_mtime_ns, there.st_ctime_ns)
            found.append((str(path.relative_to(folder)), there.st_mode, there.st_size, there.st_ino, *times))
    except FileNotFoundError:
        # Nothing of it is there, or no longer.
        found.append(("gone",))
    except OSError:
        return secrets.token_hex()
    return secrets.token_hex() if len(found) > MOST_FILES else _digest(sorted(map(str, found)))


def _paths(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield Path(entry)
            if entry.is_dir(follow_symlinks=False):
                yield from _paths(Path(entry))


def _graded(file: Path, plan: Plan) -> Graded | None:
    """What a graded notebook says; None if that is not what grading would say now."""
    try:
        # Nobody else writes it, so it needs no validation, which takes longer than all else.
        notebook = nbformat.from_dict(json.loads(file.read_bytes()))
        about = notebook.metadata[graded_notebook.OURS]
        cells = graded_notebook.check_cells(notebook)
        verdicts = {name: cells[name].graded for name in plan.exercises}
        # The notebook is saved, so it need not be kept for a whole class.
        return Graded(new_notebook(), verdicts, list(about["notes"]), about["needs_review"], about["seconds"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _read(file: Path) -> dict[str, dict[str, str]]:
    """What a file remembers; a damaged one remembers nothing."""
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()
