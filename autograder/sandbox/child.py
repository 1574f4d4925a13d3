"""What runs in the child: a student's cells, and an exercise's checks beside what they defined.

Student code shares this process, so it can change anything here. That is why nothing is decided here:
what a check saw is sent off as evidence, piece by piece, and judged elsewhere.
"""

import io
import linecache
import os
import random
import re
import secrets
import socket
import sys
import tempfile
import types
import warnings
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from autograder.sandbox import wire
from helpers.checks import Checks, failure_of, gather
from helpers.evidence import Evidence, Failure, encode


def settle(scratch: Path) -> None:
    """Make the fork a place of its own: its streams, its folder, its luck."""
    home = str(scratch)
    os.environ.update(HOME=home, TMPDIR=home, MPLCONFIGDIR=home, KERAS_HOME=home)
    tempfile.tempdir = None  # to be found anew
    null = os.open(os.devnull, os.O_RDWR)
    printed = os.open("printed", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    os.unlink("printed")  # the descriptor is enough
    for fd, stream in ((null, 0), (printed, 1), (null, 2)):
        os.dup2(fd, stream)
    os.close(null)
    os.close(printed)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  they live as long as the process
    sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    random.seed(secrets.randbits(64))  # all children share the server's state
    np.random.seed(secrets.randbits(32))


def serve(channel: socket.socket) -> None:
    """Do the client's steps one by one; it sends each when the one before is done."""
    import helpers.notebook  # late: with it comes TensorFlow

    main = sys.modules["__main__"] = types.ModuleType("__main__")
    names = vars(main)
    names["display"] = print
    names["check"] = helpers.notebook.check = _nothing  # evidence is gathered by steps of its own
    found: dict[str, dict] = {}  # the names as they were at each exercise's checks
    while (step := wire.read(channel)) is not None:
        printed = sys.stdout = Printed(1, step["output"])
        name, source = step["id"], step["source"]
        if step["exercise"]:
            before = found.setdefault(step["exercise"], dict(names))
            names.clear()
            names.update(before)
        failure = _check(step, names, channel) if step["exercise"] else run(name, source, names)
        told = failure and [text[:1000] for text in (failure.type, failure.message, failure.place)]
        channel.sendall(wire.pack(["done", step["index"], told], printed.taken()))


def run(name: str, source: str, names: dict) -> Failure | None:
    """Run a cell; return what it raised."""
    file = f"<{name}>"
    try:
        code = _compiled(source, file)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line, text = getattr(error, "lineno", None), getattr(error, "text", None)
        place = f"line {line} of the cell: {(text or '').strip()}" if line else ""
        return Failure(type(error).__name__, getattr(error, "msg", str(error)), place)
    try:
        exec(code, names)
    except BaseException as error:  # SystemExit and KeyboardInterrupt end a cell, not the notebook
        found = failure_of(error, names)
        return replace(found, place=found.place.replace("in <module>, ", ""))
    finally:
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close("all")
    return None


def _compiled(source: str, file: str) -> types.CodeType:
    """Compile a cell under a name by which tracebacks, `inspect` and AutoGraph find its lines."""
    code = compile(source, file, "exec", dont_inherit=True)
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    return code


def _check(step: dict, names: dict, channel: socket.socket) -> Failure | None:
    """Run an exercise's checks for each draw, and send what each saw at once."""
    try:
        exercise = _exercise(step["exercise"], step["source"])
    except Exception as error:
        return Failure(type(error).__name__, f"the checks of {step['exercise']} did not load: {error}")
    missing = [name for name in exercise.objects if name not in names]
    if missing:
        return Failure(
            "NameError", f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not defined"
        )
    candidate = tuple(names[name] for name in exercise.objects)
    for check in exercise.checks:
        for draw in step["draws"]:
            channel.sendall(wire.pack(["check", check.name, draw]))
            try:
                evidence = gather(exercise, check, candidate, draw, luck=secrets.randbits(31))
            except BaseException as error:  # a KeyboardInterrupt that the student's code raised
                evidence = Evidence({}, failure_of(error, names))
            channel.sendall(wire.pack(["evidence", check.name, draw], encode(evidence)))
    return None


def _exercise(name: str, source: str) -> Checks:
    """Run the public source of an exercise's checks and find the exercise in it."""
    module = types.ModuleType("checks_" + re.sub(r"\W", "_", name))
    exec(_compiled(source, f"<checks of {name}>"), vars(module))
    found = {e.name: e for e in vars(module).values() if isinstance(e, Checks)}
    return found[name]


def _nothing(*objects: object) -> None:
    """What `check(...)` does while grading."""


class Printed(io.TextIOBase):
    """sys.stdout: what fits is kept in the file behind the descriptor, beside what C++ prints there."""

    encoding = "utf-8"

    def __init__(self, fd: int, room: int):
        self.fd, self.limit, self.room = fd, room, room

    def write(self, text: str) -> int:
        kept = text[: self.room]
        self.room -= len(kept)
        with suppress(OSError):  # on a full disk an answer is still an answer
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
