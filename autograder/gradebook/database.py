"""The gradebook's database: the course's settings, opening it, and what keeps it from being opened or used.

Whatever the database says, people read a sentence: which gradebook, what is wrong with it, and what to do. Nothing
is changed in a database that is not nbgrader's, or of another version of nbgrader's.
"""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, InvalidEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from traitlets.config.loader import Config

from autograder.course import configuration
from autograder.course.layout import Course
from autograder.gradebook.dates import teach_nbgrader
from helpers.errors import Refused

FILE = "gradebook.db"
NBGRADERS_LOG = "tornado.application"
# Ours can share the transaction of `fdl grade`.
OURS = {"nbgrader.preprocessors.AssignLatePenalties": "autograder.gradebook.AssignLatePenalties"}
# Some of the tables of every gradebook, whichever version of nbgrader made it.
TABLES = {"assignment", "student", "submitted_assignment", "grade"}
VERSION = "SELECT version_num FROM alembic_version"
# Changes nothing, but takes the lock that a change takes.
TRIAL = "UPDATE assignment SET name = name WHERE 1 = 0"


@contextmanager
def alembic_on_path() -> Iterator[None]:
    """nbgrader starts `alembic` by name when it makes a gradebook; it lies beside this Python."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def settings(course: Course) -> Config:
    """The course's nbgrader_config.py, or ours if it has none."""
    teach_nbgrader()
    config = configuration.load(course.root)
    config.CourseDirectory.root = str(course.root)
    steps = config.Autograde.autograde_preprocessors
    config.Autograde.autograde_preprocessors = [OURS.get(step, step) for step in steps]
    return config


@contextmanager
def opened(course: Course, make: bool = False) -> Iterator[Gradebook]:
    """The gradebook of a course.

    Args:
        course: the course.
        make: whether to make it where nothing has been graded yet.
    Raises:
        Refused: if there is none, or it cannot be used.
    """
    directory = CourseDirectory(config=settings(course))
    file = course.root / FILE
    if not make and directory.db_url == f"sqlite:///{file}" and not file.is_file():
        raise Refused(f"there is no gradebook in {course.root}: run `fdl grade UNIT` first")
    gradebook = open_gradebook(directory, to_write=make)
    try:
        with refusals(directory.db_url):
            yield gradebook
    finally:
        gradebook.close()


def open_gradebook(directory: CourseDirectory, to_write: bool = False) -> Gradebook:
    """Open a gradebook; nbgrader makes it if there is none.

    Args:
        directory: the course as nbgrader knows it.
        to_write: try at once whether it can be written.
    Raises:
        Refused: if it cannot be opened, or is not one that this nbgrader can use.
    """
    url = directory.db_url
    with refusals(url):
        is_new = _is_new(url, to_write)
        try:
            with alembic_on_path():
                return Gradebook(url, directory.course_id)
        except BaseException:
            if is_new:
                _take_back(url)
            raise


def _is_new(url: str, to_write: bool) -> bool:
    """Whether a database is empty; if it is not, it is looked at before anything is changed."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            if not tables:
                return True
            _refuse_what_is_not_ours(connection, tables, url)
            if to_write:
                connection.execute(text(TRIAL))
                connection.rollback()
            return False
    finally:
        engine.dispose()


def _take_back(url: str) -> None:
    """Remove a file that was to become a gradebook and is half of one, so that the next try begins anew."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        for file in (parsed.database, f"{parsed.database}-journal"):
            Path(file).unlink(missing_ok=True)


def gradebook_of(about: Mapping[str, Any]) -> Gradebook:
    """What a step of nbgrader's writes to: the transaction of `fdl grade`, or else the database.

    Args:
        about: what nbconvert's resources hold under "nbgrader".
    """
    transaction = about.get("gradebook")
    return transaction or Gradebook(about["db_url"])


@contextmanager
def refusals(url: str) -> Iterator[None]:
    """Say in a sentence what a database refuses meanwhile.

    Args:
        url: of the database.
    Raises:
        Refused: in the place of SQLAlchemy's errors, and of those that nbgrader makes of them.
    """
    nbgraders_log = logging.getLogger(NBGRADERS_LOG)
    nbgraders_log.addFilter(_is_no_traceback)
    try:
        yield
    except (SQLAlchemyError, InvalidEntry) as error:
        raise Refused(f"the gradebook {_place(url)} {_what_to_do(error)}") from None
    finally:
        nbgraders_log.removeFilter(_is_no_traceback)


def _is_no_traceback(record: logging.LogRecord) -> bool:
    """Whether nbgrader logs something else than the traceback of an error that it raises as well."""
    return not record.getMessage().startswith("Rolling back session")


def _refuse_what_is_not_ours(connection: Connection, tables: set[str], url: str) -> None:
    """Keep nbgrader from putting its tables into another program's database, or one of another version."""
    place = _place(url)
    if not tables >= TABLES:
        raise Refused(
            f"the gradebook {place} is a database of another program: it has no tables of nbgrader's. "
            "Move it to another place, and put the course's gradebook there or let a new one be made"
        )
    if "alembic_version" not in tables:
        return
    version = connection.execute(text(VERSION)).scalar()
    known = {file.name.partition("_")[0] for file in Path(ALEMBIC_DIR, "versions").glob("*.py")}
    if version not in known:
        raise Refused(
            f"the gradebook {place} was made by a newer nbgrader (its version is {version!r}). "
            "Install the course's newest packages (`make install`), or grade where it was made"
        )
    if version != _newest():
        raise Refused(f"the gradebook {place} {OLD}")


def _newest() -> str | None:
    """The version of the gradebooks that this nbgrader makes."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(ALEMBIC_DIR).get_current_head()


def _place(url: str) -> str:
    """Where a database is, without the password."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return repr(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return parsed.database
    return parsed.render_as_string(hide_password=True)


OLD = "was made by an older nbgrader. Keep a copy of it, run `nbgrader db upgrade` in the course's folder, and try again"
# What databases say, and what a person can do about it.
ADVICE = {
    "not a database": "is damaged, or another program's file: it is no SQLite database. "
    "Move it to another place, and put a copy from before there or let a new one be made",
    "malformed": "is damaged. Move it to another place, and put a copy from before there",
    "locked": "is locked by another program. Wait until that is done, or end it, and try again",
    "readonly": "cannot be written: it is read-only. Make it and its folder yours to write, or grade a copy of the course",
    "unable to open": "cannot be opened. Look whether its folder is there, and yours to read and write",
    "disk is full": "cannot be written: the disk is full. Make room and try again; what was saved before is kept",
    "no such column": OLD,
    "UNIQUE constraint": "is being written by another grader. Run this again once that is done",
    "disk I/O error": "cannot be read or written: the disk is full or fails. Make room and try again; "
    "what was saved before is kept",
}


def _what_to_do(error: Exception) -> str:
    """What is wrong, as the end of a sentence."""
    # SQLAlchemy's own words repeat the statement and its values; the driver's are what is wrong.
    said = str(getattr(error, "orig", None) or error).strip()
    for words, advice in ADVICE.items():
        if words in said:
            return advice
    first_line = said.partition("\n")[0]
    return f"cannot be used: {first_line or type(error).__name__}"
