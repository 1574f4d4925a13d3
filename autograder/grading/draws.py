"""Secret draws: which inputs a submission is graded with, beside those that students know.

A course has one secret, made at its first grading. A unit has a small pool of draws, so that what the reference
gives is worked out once for the whole class; a student always gets the same one.
"""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from helpers.errors import Refused

POOL = 4
FILE = ".draws"


@dataclass(frozen=True)
class Draw:
    """One of a unit's secret draws. Only its index is ever written down."""

    index: int
    seed: int


def secret(course: Path) -> bytes:
    """The course's secret; it is made if there is none. Only its owner may read the file.

    Args:
        course: the course root.
    Raises:
        Refused: if it is damaged, or can be neither read nor made.
    """
    file = course / FILE
    try:
        if not file.exists():
            _make(file)
        text = file.read_text("ascii").strip()
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise Refused(
            f"{file}, the secret of the course's draws, can be neither read nor made: {error.strerror}. "
            "Grading writes into the course's folder: make it yours to write, or grade a copy of it"
        ) from None
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise Refused(
            f"{file} is damaged: it should hold 64 hexadecimal digits. Delete it to have it made anew."
        )
    return bytes.fromhex(text)


def _make(file: Path) -> None:
    # Of mode 600, as files of `tempfile` are.
    with tempfile.NamedTemporaryFile("w", dir=file.parent) as fresh:
        fresh.write(secrets.token_hex(32))
        fresh.flush()
        # Another process may have been faster.
        with contextlib.suppress(FileExistsError):
            os.link(fresh.name, file)


def draw_of(key: bytes, unit: str, student: str) -> Draw:
    """The draw of a student's submission.

    Args:
        key: the course's secret.
        unit: its id.
        student: who handed it in.
    """
    index = _number(key, "student", unit, student) % POOL
    return Draw(index, _number(key, "draw", unit, str(index)))


def _number(key: bytes, *parts: str) -> int:
    """A number below 2^53, which every JSON reader keeps whole."""
    message = "\0".join(parts).encode("utf-8", "surrogateescape")
    digest = hmac.new(key, message, hashlib.sha256).digest()
    return int.from_bytes(digest[:8]) >> 11
