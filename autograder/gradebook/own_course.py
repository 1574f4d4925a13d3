"""What course.yml chooses, as nbgrader takes it: the course's name, what a late day costs, and when units are due."""

from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from traitlets import TraitError
from traitlets.config import Config

from autograder.course import course_file
from autograder.course.layout import Course
from autograder.course.names import suggestion
from autograder.gradebook import due_dates
from autograder.gradebook.dates import understood
from autograder.gradebook.late_days import LateDays
from helpers.errors import AuthoringError, CalledWrongly


def chosen(root: Path) -> Config:
    """What a course.yml says for nbgrader's configuration; the nbgrader_config.py beside it merges it.

    Args:
        root: the course root.
    Raises:
        AuthoringError: if it says what no setting is, or a value that a setting cannot have.
    """
    config = Config()
    course = course_file.read(root)
    if course is None:
        return config
    if course.id:
        config.CourseDirectory.course_id = course.id
    settings = LateDays.class_traits(config=True)
    for name, text in course.late.items():
        where = f"{course.file}, late, {name}"
        if name not in settings:
            raise AuthoringError(f"{where}: there is no such setting{suggestion(name, list(settings))}")
        config.LateDays[name] = _read(name, text, where)
    return config


def follow(gradebook: Gradebook, course: Course, unit: str) -> None:
    """Bring a unit's due date in the gradebook to what course.yml says, if it says one.

    Args:
        gradebook: where it is written.
        course: whose course.yml is read.
        unit: its id.
    Raises:
        AuthoringError: if what it says is no date and time.
    """
    said = course_file.read(course.root)
    if said is None or unit not in said.due:
        return
    try:
        due = understood(said.due[unit], said.zone)
    except CalledWrongly as error:
        raise AuthoringError(f"{said.file}, due, {unit}: {error}") from None
    if due_dates.due_date(gradebook, unit) != due:
        due_dates.set_due(gradebook, course, unit, due)


def where_due(course: Course, unit: str) -> Path | None:
    """The course.yml that says when a unit is due; None if that is left to the gradebook."""
    said = course_file.read(course.root)
    if said is None or unit not in said.due:
        return None
    return said.file


def zone(course: Course) -> str | None:
    """By whose clocks course.yml says dates; None where it says nothing of that."""
    said = course_file.read(course.root)
    return said.zone if said else None


def _read(name: str, text: str, where: str) -> Any:
    """A setting's value, as the setting itself takes it."""
    tried = LateDays()
    try:
        setattr(tried, name, LateDays.class_traits()[name].from_string(text))
    except (ValueError, TypeError, TraitError) as error:
        raise AuthoringError(f"{where}: {error}") from None
    return getattr(tried, name)
