"""What the logs of attempts say that students chose to hand in: how many attempts, and how long until all was right."""

import json
import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from autograder.course.layout import Course
from autograder.gradebook.results import Result
from autograder.grading.submission import read_file
from helpers.attempts import HANDED_IN
from helpers.errors import Unreadable

# bytes of a log, some thousands of attempts
MAX_LOG = 1 << 20


@dataclass(frozen=True)
class ExerciseAttempts:
    """How an exercise went by the logs.

    Attributes:
        exercise: its name.
        students: how many logs speak of it.
        green: in how many of them all checks passed at last.
        attempts: of these, the median number up to then, that one included; None if there are none.
        minutes: of these, the median time from the first attempt to then, pauses included; None if there are none.
    """

    exercise: str
    students: int
    green: int
    attempts: float | None
    minutes: float | None


@dataclass(frozen=True)
class _Attempt:
    exercise: str
    time: datetime
    right: bool


def from_logs(course: Course, unit: str, results: Sequence[Result]) -> list[ExerciseAttempts]:
    """What the logs of a class say, by exercise; nothing if nobody handed one in.

    Args:
        course: where submissions lie.
        unit: its id.
        results: everybody's, whose exercises count; a log may name others.
    """
    exercises = dict.fromkeys(verdict.exercise for result in results for verdict in result.verdicts)
    by_exercise: dict[str, list[list[_Attempt]]] = defaultdict(list)
    for result in results:
        mine: dict[str, list[_Attempt]] = defaultdict(list)
        for attempt in _log(course, unit, result.student.id):
            mine[attempt.exercise].append(attempt)
        for exercise, attempts in mine.items():
            by_exercise[exercise].append(attempts)
    return [_counted(exercise, by_exercise[exercise]) for exercise in exercises if exercise in by_exercise]


def _counted(exercise: str, logs: Sequence[Sequence[_Attempt]]) -> ExerciseAttempts:
    numbers: list[int] = []
    minutes: list[float] = []
    for attempts in logs:
        until = next((number for number, attempt in enumerate(attempts, 1) if attempt.right), None)
        if until is None:
            continue
        numbers.append(until)
        passed = attempts[until - 1].time - attempts[0].time
        minutes.append(passed.total_seconds() / 60)
    if not numbers:
        return ExerciseAttempts(exercise, len(logs), 0, None, None)
    median = statistics.median(numbers)
    return ExerciseAttempts(exercise, len(logs), len(numbers), median, round(statistics.median(minutes), 1))


def _log(course: Course, unit: str, student: str) -> Iterator[_Attempt]:
    """A student's log; lines that are none are left out, since a student may have edited them."""
    file = course.submitted(unit, student).parent / HANDED_IN
    try:
        text = read_file(file, MAX_LOG).decode("utf-8", "replace")
    except Unreadable:
        return
    for line in text.splitlines():
        try:
            row = json.loads(line)
            yield _Attempt(str(row["exercise"]), _time(row["time"]), not row["failed"])
        except (ValueError, KeyError, TypeError, RecursionError):
            continue


def _time(text: str) -> datetime:
    """When an attempt was made; a time without a zone cannot be set beside others."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return time
