"""What programs log: plain `logging`, and each record says which unit and which student it is about.

Whoever works on one submission does it within `about`; that holds for its own thread, however many there are. What
is logged below the logger `autograder` goes where `configure` says, which only a command calls. Sentences that
people read in a report may be logged; values of a secret draw never are.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TextIO

from helpers.errors import CalledWrongly

LOGGER = "autograder"
LEVELS = ("debug", "info", "warning", "error")
FORMAT = "{asctime} {levelname} [{unit} | {student}] {message}"
NOBODY = "-"

_unit = ContextVar("unit", default=NOBODY)
_student = ContextVar("student", default=NOBODY)


@contextmanager
def about(unit: str, student: str) -> Iterator[None]:
    """Say which submission is worked on.

    Args:
        unit: its id.
        student: who handed it in.
    """
    unit_before = _unit.set(unit)
    student_before = _student.set(student)
    try:
        yield
    finally:
        _student.reset(student_before)
        _unit.reset(unit_before)


def configure(level: str = "error", file: Path | None = None) -> None:
    """Say what is logged, and where to; the last call holds.

    Args:
        level: the least that is logged, one of `LEVELS`.
        file: what it is appended to; by default it goes to stderr.
    Raises:
        CalledWrongly: if there is no such level.
        OSError: if the file cannot be written.
    """
    if level not in LEVELS:
        raise CalledWrongly(f"there is no level {level!r} of logging, but {', '.join(LEVELS)}")
    handler = logging.FileHandler(file, encoding="utf-8", errors="backslashreplace") if file else _Stderr()
    handler.set_name(__name__)
    handler.setFormatter(Formatter(FORMAT, style="{"))
    handler.addFilter(AboutWhom())
    logger = logging.getLogger(LOGGER)
    for former in [each for each in logger.handlers if each.get_name() == __name__]:
        logger.removeHandler(former)
        former.close()
    logger.addHandler(handler)
    logger.setLevel(level.upper())


def discard() -> None:
    """Log nothing, where nobody has asked for a log: what people must know they are told otherwise."""
    logging.getLogger(LOGGER).addHandler(logging.NullHandler())


class AboutWhom(logging.Filter):
    """Lets every record pass, and tells it the unit and the student that it is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.unit = _unit.get()
        record.student = _student.get()
        return True


class Formatter(logging.Formatter):
    """One line for each record, whatever a student's folder or file is called; a traceback below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = super().formatMessage(record)
        return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)


class _Stderr(logging.StreamHandler):
    """Writes to what is stderr at the time: a progress bar takes its place for a while."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr
