"""Grades the toy unit in processes that end badly: killed at a moment of one's choice, or without room on the disk.

They are forked from a server that has imported everything, so that each costs little.
"""

import multiprocessing
import os
import resource
import signal
import sys
import tempfile
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder import logs
from autograder.gradebook import grade_class, writing
from autograder.grading.plan import plan_of
from autograder.testing import toy_unit
from autograder.testing.in_process_sandbox import InProcess
from helpers.errors import Refused
from helpers.quiet import import_tensorflow

# What the process returns if grading was refused.
REFUSED = 3


def context() -> ForkServerContext:
    """What makes these processes."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([f"{__name__}_ready"])
    return made


def start(
    made: ForkServerContext, course: Path, moments: Any, told: Path, at: int = 0, room: int = 0
) -> ForkServerProcess:
    """Start a grader.

    Args:
        made: by `context`.
        course: the course root.
        moments: a shared integer that counts statements and files as they are written.
        told: a file in the place of its stderr.
        at: the moment at which it is killed; 0 for never.
        room: bytes that a file may have at most; 0 for any.
    Returns:
        The process, whose exit code is 0 if all is well, 1 if something was not saved.
    """
    process = made.Process(target=_grade, args=(course, moments, told, at, room))
    process.start()
    return process


def ready() -> None:
    """Do once what every grader needs."""
    import_tensorflow()
    plan_of(_unit())


def _unit() -> Any:
    if not _made:
        _made.append(toy_unit.make_unit(Path(tempfile.mkdtemp(prefix="fdl-toy-"))))
    return _made[0]


_made: list[Any] = []


def _grade(course: Path, moments: Any, told: Path, at: int, room: int) -> None:
    # The server's own is whatever it was when the server was started.
    os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
    # As the command line does where nobody asks for a log.
    logs.discard()
    replace = writing.replace

    def passes(*_: object) -> None:
        moments.value += 1
        if moments.value == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def replaced(place: Path, data: bytes) -> None:
        passes()
        replace(place, data)
        passes()

    event.listen(Engine, "before_cursor_execute", passes)
    event.listen(Engine, "commit", passes)
    writing.replace = replaced
    if room:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        report = grade_class.grade(_unit(), course, InProcess().run, "nothing", jobs=2)
    except Refused as refused:
        _end(REFUSED, [str(refused)])
    errors = [f"{row.student}: {row.error}" for row in report.rows if row.error]
    _end(0 if report.fine else 1, errors)


def _end(code: int, sentences: list[str]) -> None:
    """End this process as a command would, and tell why."""
    for sentence in sentences:
        sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()
    os._exit(code)
