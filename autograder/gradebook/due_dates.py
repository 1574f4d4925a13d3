"""When a unit is due: for everybody in nbgrader's gradebook, and for those who have more time in extensions.yml.

nbgrader keeps an extension with a submission, so there is none before something is handed in. Here it is written
down at once, in the course root, and goes into the gradebook with the submission.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import yaml
from nbgrader.api import Gradebook, MissingEntry

from autograder.course.layout import Course
from autograder.gradebook import writing
from autograder.gradebook.dates import of_nbgrader
from helpers.errors import CalledWrongly, Refused

FILE = "extensions.yml"
HEAD = "# Who has more time: written by `fdl extend` and `fdl due --student`. Edit it, then grade the unit again.\n"
NO_DATE = "has no due date, so nobody is late. Set one: `fdl due {} '2030-01-31 23:59'`"


@dataclass(frozen=True)
class Extension:
    """More time for a student: so many days after the due date, or until a moment in UTC."""

    days: float | None = None
    until: datetime | None = None

    def after(self, due: datetime) -> timedelta:
        """How much later than a due date it is; never earlier."""
        if self.until is not None:
            return max(self.until - due, timedelta(0))
        return timedelta(days=self.days or 0)


def due_date(gradebook: Gradebook, unit: str) -> datetime | None:
    """When a unit is due for everybody, in UTC; None if it never is."""
    try:
        return gradebook.find_assignment(unit).duedate
    except MissingEntry:
        return None


def set_due(gradebook: Gradebook, course: Course, unit: str, due: datetime | None) -> dict[str, datetime]:
    """Say when a unit is due for everybody; who has more days has as many days more than that.

    Args:
        gradebook: where it is written.
        course: its extensions are worked out anew.
        unit: its id.
        due: in UTC; None takes the date back.
    Returns:
        When it is due for each student who has more time.
    """
    gradebook.update_or_create_assignment(unit, duedate=due)
    for student in read(course).get(unit, {}):
        apply(gradebook, course, unit, student)
    return everybody_with_more_time(gradebook, course, unit)


def everybody_with_more_time(gradebook: Gradebook, course: Course, unit: str) -> dict[str, datetime]:
    """When a unit is due for each student who has more time than others; nobody where it is never due."""
    due = due_date(gradebook, unit)
    if due is None:
        return {}
    later = {student: due + extension.after(due) for student, extension in read(course).get(unit, {}).items()}
    # Those that formgrader or nbgrader's own commands gave.
    for submission in gradebook.assignment_submissions(unit):
        if submission.extension:
            later.setdefault(submission.student.id, submission.duedate)
    return later


def extend(gradebook: Gradebook, course: Course, unit: str, student: str, extension: Extension) -> datetime:
    """Give a student more time in the place of what they had; 0 days take it back.

    Args:
        gradebook: where it is written, once something is handed in.
        course: whose extensions.yml remembers it.
        unit: its id.
        student: who gets more time.
        extension: how much.
    Returns:
        When it is due for this student now, in UTC.
    Raises:
        Refused: if the unit has no due date.
        CalledWrongly: if it would be due earlier for this student than for everybody.
    """
    due = due_date(gradebook, unit)
    if due is None:
        raise Refused(f"{unit} {NO_DATE.format(unit)}")
    if extension.until is not None and extension.until < due:
        raise CalledWrongly(
            f"{unit} is due for everybody at {due:%Y-%m-%d %H:%M} UTC, which is later. "
            "Give everybody the earliest date, and more time to those who have a later one"
        )
    every = read(course)
    theirs = every.setdefault(unit, {})
    theirs[student] = extension
    if not extension.after(due):
        del theirs[student]
    _write(course, every)
    apply(gradebook, course, unit, student, anew=True)
    return due_for(gradebook, course, unit, student)


def due_for(gradebook: Gradebook, course: Course, unit: str, student: str) -> datetime:
    """When a unit is due for a student, in UTC.

    Raises:
        Refused: if it has no due date.
    """
    due = due_date(gradebook, unit)
    if due is None:
        raise Refused(f"{unit} {NO_DATE.format(unit)}")
    extension = read(course).get(unit, {}).get(student)
    if extension is not None:
        return due + extension.after(due)
    try:
        return gradebook.find_submission(unit, student).duedate
    except MissingEntry:
        return due


def apply(gradebook: Gradebook, course: Course, unit: str, student: str, anew: bool = False) -> None:
    """Give a submission the extension that is written down; one that only the gradebook knows of stays.

    Args:
        gradebook: where the submission is, if there is one.
        course: whose extensions.yml is read.
        unit: its id.
        student: whose submission.
        anew: whether one that is not written down goes.
    """
    extension = read(course).get(unit, {}).get(student)
    if extension is None and not anew:
        return
    due = due_date(gradebook, unit)
    if due is None:
        return
    try:
        submission = gradebook.find_submission(unit, student)
    except MissingEntry:
        # It gets it when there is one.
        return
    more = extension.after(due) if extension else timedelta(0)
    submission.extension = more or None
    gradebook.db.commit()


def read(course: Course) -> dict[str, dict[str, Extension]]:
    """The extensions of a course, by unit and student.

    Raises:
        Refused: if the file says something else.
    """
    file = course.root / FILE
    try:
        data = yaml.safe_load(file.read_text("utf-8")) or {}
        return {
            str(unit): {str(student): _extension(**about) for student, about in students.items()}
            for unit, students in data.items()
        }
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, TypeError, ValueError) as error:
        raise Refused(f"{file} cannot be read: {' '.join(str(error).split())}") from None


def _extension(days: float | None = None, until: str | datetime | None = None) -> Extension:
    if (days is None) == (until is None):
        raise ValueError("each student has either `days` or `until`")
    return Extension(None if days is None else float(days), of_nbgrader(until))


def _write(course: Course, every: dict[str, dict[str, Extension]]) -> None:
    data = {}
    for unit, students in sorted(every.items()):
        if students:
            data[unit] = {student: _about(extension) for student, extension in sorted(students.items())}
    file: Path = course.root / FILE
    if not data:
        file.unlink(missing_ok=True)
        return
    text = HEAD + yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    writing.replace(file, text.encode())


def _about(extension: Extension) -> dict[str, float | str]:
    if extension.until is not None:
        return {"until": f"{extension.until:%Y-%m-%d %H:%M} UTC"}
    return {"days": extension.days or 0}
