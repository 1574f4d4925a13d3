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
from sqlalchemy import URL, Connection, Engine, create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from traitlets.config.loader import Config

from autograder.course import configuration
from autograder.course.layout import CONFIG, Course
from autograder.gradebook.dates import teach_nbgrader
from helpers.errors import Refused

NBGRADERS_LOG = "tornado.application"
# Ours can share the transaction of `fdl grade`.
OURS = {"nbgrader.preprocessors.AssignLatePenalties": "autograder.gradebook.AssignLatePenalties"}
# Some of the tables of every gradebook, whichever version of nbgrader made it.
TABLES = {"assignment", "student", "submitted_assignment", "grade"}
VERSION = "SELECT version_num FROM alembic_version"
# Changes nothing, but takes the lock that a change takes.
TRIAL = "UPDATE assignment SET name = name WHERE 1 = 0"
# By what a student's rows are sought in tables that hold the whole class.
SOUGHT = (
    ("submitted_assignment", "student_id"),
    ("submitted_notebook", "assignment_id"),
    ("grade", "notebook_id"),
    ("comment", "notebook_id"),
)
# It warns of what it raises as well.
logging.getLogger("psycopg").setLevel(logging.ERROR)
# Seconds after which nobody answers at a server's address.
PATIENCE = 10


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
    """The course's nbgrader_config.py, or ours if it has none: then all of it but which gradebook is ours."""
    teach_nbgrader()
    config = configuration.load(course.root)
    if not (course.root / CONFIG).exists():
        config.CourseDirectory.pop("db_url", None)
    config.CourseDirectory.root = str(course.root)
    steps = config.Autograde.autograde_preprocessors
    config.Autograde.autograde_preprocessors = [OURS.get(step, step) for step in steps]
    return config


def address(course: Course) -> str:
    """The URL of a course's gradebook. It may hold a password: `place` is what people may read."""
    return CourseDirectory(config=settings(course)).db_url


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
    gradebook = open_gradebook(directory, to_write=make)
    try:
        with refusals(directory.db_url):
            yield gradebook
    finally:
        gradebook.close()


def open_gradebook(directory: CourseDirectory, to_write: bool = False) -> Gradebook:
    """Open a gradebook.

    Args:
        directory: the course as nbgrader knows it.
        to_write: try at once whether it can be written, and let nbgrader make it if there is none.
    Raises:
        Refused: if there is none, it cannot be opened, or it is not one that this nbgrader can use.
    """
    url = directory.db_url
    is_new = not is_there(url)
    if is_new and not to_write:
        raise Refused(f"there is no gradebook in {_home(directory)}: run `fdl grade UNIT` first")
    with refusals(url):
        if to_write and not is_new:
            try_to_write(url)
        try:
            with alembic_on_path():
                gradebook = Gradebook(url, directory.course_id)
            if to_write:
                _index(gradebook)
            return gradebook
        except BaseException:
            if is_new:
                _take_back(url)
            raise


def _index(gradebook: Gradebook) -> None:
    """Have a student's rows found without a look at all others: nbgrader's own keys begin with the unit's or the cell's."""
    with gradebook.engine.begin() as connection:
        for table, column in SOUGHT:
            name = f"fdl_{table}_{column}"
            if name not in {index["name"] for index in inspect(connection).get_indexes(table)}:
                connection.execute(text(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column})"))


def is_there(url: str) -> bool:
    """Whether a gradebook has been made; a database that is not empty is looked at, and nothing is changed.

    Args:
        url: of the database.
    Raises:
        Refused: if the database cannot be reached, or is not one that this nbgrader can use.
    """
    file = file_of(url)
    if file is not None and not file.is_file():
        # To look into it would make it.
        return False
    with refusals(url), connected(url) as connection:
        tables = set(inspect(connection).get_table_names())
        if tables:
            _refuse_what_is_not_ours(connection, tables, url)
        return bool(tables)


def file_of(url: str) -> Path | None:
    """The file that a gradebook is; None if it is on a server, or SQLite is told more than a path."""
    parsed = _parsed(url)
    name = parsed.database
    if parsed.get_backend_name() != "sqlite" or not name or name.startswith("file:"):
        return None
    return Path(name)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection to a database, for as long as it is looked at.

    Args:
        url: of the database.
    """
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    parsed = _parsed(url)
    options = {}
    if parsed.get_backend_name() == "postgresql" and "connect_timeout" not in parsed.query:
        options["connect_timeout"] = PATIENCE
    try:
        return create_engine(parsed, connect_args=options)
    except ImportError as error:
        raise Refused(
            f"the gradebook {place(url)} takes the Python package {error.name or error}, which is not installed. "
            "For PostgreSQL it comes with `make install EXTRA=scale`"
        ) from None


def try_to_write(url: str) -> None:
    """Fail as a change would, and change nothing.

    Args:
        url: of a gradebook that is there.
    Raises:
        Refused: if it cannot be written.
    """
    with refusals(url), connected(url) as connection:
        connection.execute(text(TRIAL))
        connection.rollback()


def _take_back(url: str) -> None:
    """Remove a file that was to become a gradebook and is half of one, so that the next try begins anew."""
    file = file_of(url)
    if file is not None:
        for half in (file, Path(f"{file}-journal")):
            half.unlink(missing_ok=True)


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
        raise Refused(f"the gradebook {place(url)} {_what_to_do(error, url)}") from None
    finally:
        nbgraders_log.removeFilter(_is_no_traceback)


def _is_no_traceback(record: logging.LogRecord) -> bool:
    """Whether nbgrader logs something else than the traceback of an error that it raises as well."""
    return not record.getMessage().startswith("Rolling back session")


def _refuse_what_is_not_ours(connection: Connection, tables: set[str], url: str) -> None:
    """Keep nbgrader from putting its tables into another program's database, or one of another version."""
    where = place(url)
    if not tables >= TABLES:
        raise Refused(
            f"the gradebook {where} is a database of another program: it has no tables of nbgrader's. "
            "Move it to another place, and put the course's gradebook there or let a new one be made"
        )
    if "alembic_version" not in tables:
        return
    version = connection.execute(text(VERSION)).scalar()
    known = {file.name.partition("_")[0] for file in Path(ALEMBIC_DIR, "versions").glob("*.py")}
    if version not in known:
        raise Refused(
            f"the gradebook {where} was made by a newer nbgrader (its version is {version!r}). "
            "Install the course's newest packages (`make install`), or grade where it was made"
        )
    if version != _newest():
        raise Refused(f"the gradebook {where} {OLD}")


def _newest() -> str | None:
    """The version of the gradebooks that this nbgrader makes."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(ALEMBIC_DIR).get_current_head()


def place(url: str) -> str:
    """Where a database is, as people may read it: without a password, wherever it stands."""
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return parsed.database
    where = {name: parsed.query[name] for name in ("host", "port") if name in parsed.query}
    return parsed.set(query=where).render_as_string(hide_password=True)


def _home(directory: CourseDirectory) -> str:
    """Where a gradebook would be."""
    if file_of(directory.db_url) is not None:
        return directory.root
    return place(directory.db_url)


def _parsed(url: str) -> URL:
    """The parts of a database's address; one that has none is not repeated, since a password may be in it."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise Refused(
            "c.CourseDirectory.db_url in nbgrader_config.py is no address of a database: write "
            "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE, and of a password %40 for @, %3A for : and %2F for /"
        ) from None


LATER = "Run this again once that is done"
KEPT = "what was saved before is kept"
OLD = "was made by an older nbgrader. Keep a copy of it, run `nbgrader db upgrade` in the course's folder, and try again"
FULL = f"cannot be written: the disk is full. Make room and try again; {KEPT}"
BUSY = f"is being written by another grader. {LATER}"
AWAY = f"cannot be reached. Look whether the server runs, and c.CourseDirectory.db_url names it; {KEPT}"
# What databases say, and what a person can do about it.
ADVICE = {
    "not a database": "is damaged, or another program's file: it is no SQLite database. "
    "Move it to another place, and put a copy from before there or let a new one be made",
    "malformed": "is damaged. Move it to another place, and put a copy from before there",
    "locked": "is locked by another program. Wait until that is done, or end it, and try again",
    "readonly": "cannot be written: it is read-only. Make it and its folder yours to write, or grade a copy of the course",
    "unable to open": "cannot be opened. Look whether its folder is there, and yours to read and write",
    "disk is full": FULL,
    "no such column": OLD,
    "UNIQUE constraint": BUSY,
    "disk I/O error": "cannot be read or written: the disk is full or fails. Make room and try again; "
    "what was saved before is kept",
    "authentication failed": "does not take the user or the password. Mend them in c.CourseDirectory.db_url",
    "does not exist": "is not there. Make the database (`createdb NAME`) or the role, or mend c.CourseDirectory.db_url",
    "connection failed": AWAY,
    "failed to resolve": AWAY,
    "timeout expired": AWAY,
    "connection is lost": AWAY,
    "server closed the connection": AWAY,
}
# By PostgreSQL's codes, since it may say it in any language.
CODES = {
    "23505": BUSY,
    "40001": BUSY,
    "40P01": BUSY,
    # Two make the tables of a new gradebook at once.
    "42P07": BUSY,
    "42710": BUSY,
    "22001": "takes no text this long: the id of a student has at most 128 characters. Shorten it, and try again",
    "25006": "cannot be written: the server, or the role, only reads. Name one that writes in c.CourseDirectory.db_url",
    "42501": "is not yours to use: make the role the owner of the database (ALTER DATABASE … OWNER TO …)",
    "42703": OLD,
    "42P01": OLD,
    "53100": FULL,
    "57P01": AWAY,
}


def _what_to_do(error: Exception, url: str) -> str:
    """What is wrong, as the end of a sentence."""
    # nbgrader makes an error of its own of SQLAlchemy's.
    raised = error.__context__ if isinstance(error, InvalidEntry) else error
    # SQLAlchemy's own words repeat the statement and its values; the driver's are what is wrong.
    cause = getattr(raised, "orig", None) or error
    code = getattr(cause, "sqlstate", None)
    if code in CODES:
        return CODES[code]
    said = str(cause).strip()
    for words, advice in ADVICE.items():
        if words in said:
            return advice
    password = _parsed(url).password
    first_line = said.partition("\n")[0]
    if password:
        first_line = first_line.replace(password, "***")
    return f"cannot be used: {first_line or type(error).__name__}"
