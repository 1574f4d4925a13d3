"""What runs in the child: a student's cells, and an exercise's checks beside what they defined.

Student code shares this process, so it can change anything here. That is why nothing is decided here:
what a check saw is sent off as evidence, piece by piece, and judged elsewhere.
"""

import __future__

import ast
import io
import linecache
import os
import random
import re
import secrets
import socket
import sys
import tempfile
import threading
import types
import warnings
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from autograder.sandbox import wire
from autograder.sandbox.guard import guarded
from helpers import op_callbacks
from helpers.checks import Checks, failure_of
from helpers.evidence import Evidence, Failure, encode
from helpers.sighting import Sighting
from helpers.witness import Witness

# Characters of an exception's type, message and place that are told.
TOLD = 1000
PYPLOT = "matplotlib.pyplot"


def settle(scratch: Path) -> None:
    """Make the fork a place of its own: its streams, its folder, its luck.

    Args:
        scratch: the folder that it may write, and in which it is.
    """
    home = str(scratch)
    os.environ.update(HOME=home, TMPDIR=home, MPLCONFIGDIR=home, KERAS_HOME=home)
    # To be found anew.
    tempfile.tempdir = None
    _redirect_streams()
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    # All children share the server's state.
    random.seed(secrets.randbits(64))
    np.random.seed(secrets.randbits(32))


def _redirect_streams() -> None:
    """Nothing comes in, what is printed goes to a file without a name, and what goes to stderr is lost."""
    null = os.open(os.devnull, os.O_RDWR)
    printed = os.open("printed", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    os.unlink("printed")
    for fd, stream in ((null, 0), (printed, 1), (null, 2)):
        os.dup2(fd, stream)
    os.close(null)
    os.close(printed)
    # They live as long as the process.
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115


def serve(channel: socket.socket) -> None:
    """Do the client's steps one by one; it sends each when the one before is done.

    Args:
        channel: to the client.
    """
    session = Session(channel)
    while True:
        request = wire.read(channel)
        if request is None:
            return
        session.do(request)


class Session:
    """A notebook's names, and what its steps do with them.

    Args:
        channel: to the client.
    """

    def __init__(self, channel: socket.socket):
        # Late: with it comes TensorFlow.
        import helpers.notebook

        self.channel = channel
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        self.names = vars(main)
        self.names["display"] = print
        self.names["__builtins__"] = guarded()
        # Evidence is gathered by steps of its own.
        self.names["check"] = helpers.notebook.check = _nothing
        # What is there before any cell has run.
        self.threads = frozenset(threading.enumerate())
        # Graphs that were traced so far, and those of them that were while nobody watched.
        self.traced: frozenset[str] = frozenset()
        self.traced_unwatched: set[str] = set()
        # The names as they were at each exercise's checks.
        self.before: dict[str, dict] = {}

    def do(self, step: dict) -> None:
        """Do a step, and say that it is done."""
        printed = sys.stdout = Printed(1, step["output"])
        if step["exercise"]:
            self._return_to(step["exercise"])
            failure = self._check(step)
        else:
            failure = run(step["id"], step["source"], self.names)
        self._send(["done", step["index"], _told(failure)], printed.taken())

    def _return_to(self, exercise: str) -> None:
        """Make the names what they were when an exercise's checks ran first."""
        before = self.before.setdefault(exercise, dict(self.names))
        self.names.clear()
        self.names.update(before)

    def _check(self, step: dict) -> Failure | None:
        """Run an exercise's checks for each draw, and send what each saw at once."""
        try:
            exercise = _exercise(step["exercise"], step["source"])
        except Exception as error:
            message = f"the checks of {step['exercise']} did not load: {error}"
            return Failure(type(error).__name__, message)
        missing = [name for name in exercise.objects if name not in self.names]
        if missing:
            are = "is" if len(missing) == 1 else "are"
            return Failure("NameError", f"{', '.join(missing)} {are} not defined")
        candidate = tuple(self.names[name] for name in exercise.objects)
        self.traced_unwatched |= op_callbacks.traced() - self.traced
        witness = Witness(self.names, self._tell, self.threads, self.traced_unwatched)
        for check in exercise.checks:
            for draw in step["draws"]:
                self._send(["check", check.name, draw])
                luck = zlib.crc32(f"{step['luck']} {check.name} {draw}".encode()) >> 1
                try:
                    evidence = witness.gather(exercise, check, candidate, draw, luck)
                except BaseException as error:
                    # As a KeyboardInterrupt that the student's code raised.
                    evidence = Evidence({}, failure_of(error, self.names))
                self._send(["watched", check.name, draw])
                self._send(["evidence", check.name, draw], encode(evidence))
        self.traced = op_callbacks.traced()
        return None

    def _tell(self, sightings: list[Sighting]) -> None:
        """Send what the witness has seen, before anything else can happen."""
        self._send(["seen", *sightings])

    def _send(self, head: Sequence, body: bytes = b"") -> None:
        self.channel.sendall(wire.pack(head, body))


def _told(failure: Failure | None) -> list[str] | None:
    """A failure as it is sent."""
    if failure is None:
        return None
    return [text[:TOLD] for text in (failure.type, failure.message, failure.place)]


def run(name: str, source: str, names: dict) -> Failure | None:
    """Run a cell.

    Args:
        name: what tracebacks call it.
        source: Python.
        names: what it finds defined, and what it defines.
    Returns:
        What it raised.
    """
    flags = 0
    if names.get("annotations") is __future__.annotations:
        # In a notebook it holds for all later cells.
        flags = __future__.annotations.compiler_flag
    try:
        code = _compiled(source, f"<{name}>", flags)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _of_syntax(error)
    try:
        exec(code, names)
    except BaseException as error:
        # SystemExit and KeyboardInterrupt end a cell, not the notebook.
        failure = failure_of(error, names)
        if isinstance(error, ModuleNotFoundError):
            _import_the_rest(source, names)
        return replace(failure, place=failure.place.replace("in <module>, ", ""))
    finally:
        if PYPLOT in sys.modules:
            sys.modules[PYPLOT].close("all")
    return None


def _import_the_rest(source: str, names: dict) -> None:
    """Run a cell's imports one by one: where it comes from, what is not installed here may well be."""
    imports: list[ast.stmt] = []
    # What compiles may still be nested too deep to be taken apart.
    with suppress(RecursionError, MemoryError):
        imports += [part for part in ast.parse(source).body if isinstance(part, ast.Import | ast.ImportFrom)]
    for statement in imports:
        alone = ast.Module([statement], type_ignores=[])
        with suppress(Exception, SystemExit):
            exec(compile(alone, "<import>", "exec", dont_inherit=True), names)


def _of_syntax(error: Exception) -> Failure:
    """What is told of a source that does not compile."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError):
        place = ""
        if error.lineno:
            place = f"line {error.lineno} of the cell: {(error.text or '').strip()}"
        return Failure(kind, error.msg, place)
    return Failure(kind, str(error), "")


def _compiled(source: str, file: str, flags: int = 0) -> types.CodeType:
    """Compile a cell under a name by which tracebacks, `inspect` and AutoGraph find its lines."""
    code = compile(source, file, "exec", flags, dont_inherit=True)
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    return code


def _exercise(name: str, source: str) -> Checks:
    """Run the public source of an exercise's checks and find the exercise in it."""
    module = types.ModuleType("checks_" + re.sub(r"\W", "_", name))
    exec(_compiled(source, f"<checks of {name}>"), vars(module))
    found = {value.name: value for value in vars(module).values() if isinstance(value, Checks)}
    return found[name]


def _nothing(*objects: object) -> None:
    """What `check(...)` does while grading."""


class Printed(io.TextIOBase):
    """sys.stdout: what fits is kept in the file behind the descriptor, beside what C++ prints there.

    Args:
        fd: the descriptor.
        limit: characters that fit.
    """

    encoding = "utf-8"

    def __init__(self, fd: int, limit: int):
        self.fd, self.limit, self.room = fd, limit, limit

    def write(self, text: str) -> int:
        kept = text[: self.room]
        self.room -= len(kept)
        # On a full disk an answer is still an answer.
        with suppress(OSError):
            os.write(self.fd, kept.encode("utf-8", "replace"))
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.fd

    def taken(self) -> bytes:
        """What was printed; the file is empty afterwards."""
        data = os.pread(self.fd, 4 * self.limit, 0)
        os.ftruncate(self.fd, 0)
        return data
