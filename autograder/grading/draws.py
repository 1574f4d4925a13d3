"""Secret draws: which inputs a submission is graded with, beside those that students know.

A course has one secret, made at its first grading. A unit has a small pool of draws, so that what the reference
gives is worked out once for the whole class; a student always gets the same one.
"""

import contextlib
import hashlib
import hmac
import os
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
    """The course's secret; only its owner may read the file."""
    file = course / FILE
    if not file.exists():
        with tempfile.NamedTemporaryFile("w", dir=course) as fresh:  # of mode 600
            fresh.write(secrets.token_hex(32))
            fresh.flush()
            with contextlib.suppress(FileExistsError):  # another process was faster
                os.link(fresh.name, file)
    return _read(file)


def _read(file: Path) -> bytes:
    text = file.read_text("ascii").strip()
    if len(text) != 64:
        raise Refused(
            f"{file} is damaged: it should hold 64 hexadecimal digits. Delete it to have it made anew."
        )
    return bytes.fromhex(text)


def draw_of(key: bytes, unit: str, student: str) -> Draw:
    """The draw of a student's submission."""
    index = _number(key, "student", unit, student) % POOL
    return Draw(index, _number(key, "draw", unit, str(index)))


def _number(key: bytes, *parts: str) -> int:
    """A number below 2^53, which every JSON reader keeps whole."""
    digest = hmac.new(key, "\0".join(parts).encode("utf-8", "surrogateescape"), hashlib.sha256).digest()
    return int.from_bytes(digest[:8]) >> 11
