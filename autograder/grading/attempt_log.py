"""Reads a student's log of attempts, believing none of it: its owner may edit it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.grading.submission import read_file
from helpers.errors import Unreadable

# bytes of a log, some thousands of attempts
MAX_LOG = 1 << 20


@dataclass(frozen=True)
class Attempt:
    """A run of an exercise's checks.

    Attributes:
        exercise: its name.
        time: when.
        right: whether all checks passed, and nothing was used that is not the student's to use.
        written: whether there was an answer yet.
    """

    exercise: str
    time: datetime
    right: bool
    written: bool


def read(file: Path) -> Iterator[Attempt]:
    """The attempts in a log, in its order; lines that are none are left out, and no log holds none.

    Args:
        file: where the log should be.
    """
    try:
        text = read_file(file, MAX_LOG).decode("utf-8", "replace")
    except Unreadable:
        return
    for line in text.splitlines():
        try:
            row = json.loads(line)
            yield Attempt(
                exercise=str(row["exercise"]),
                time=_time(row["time"]),
                right=not row["failed"] and not row.get("withheld"),
                written=not row.get("not_written"),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            continue


def _time(text: str) -> datetime:
    """When an attempt was made; a time without a zone cannot be set beside others."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return time
