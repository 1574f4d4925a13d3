"""What the logs of attempts say that students chose to hand in: how many attempts, and how long until all was right."""

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.course.layout import Course
from autograder.gradebook.results import Result
from autograder.grading import attempt_log
from autograder.grading.attempt_log import Attempt
from helpers.attempts import HANDED_IN


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


def from_logs(course: Course, unit: str, results: Sequence[Result]) -> list[ExerciseAttempts]:
    """What the logs of a class say, by exercise; nothing if nobody handed one in.

    Args:
        course: where submissions lie.
        unit: its id.
        results: everybody's, whose exercises count; a log may name others.
    """
    exercises = dict.fromkeys(verdict.exercise for result in results for verdict in result.verdicts)
    by_exercise: dict[str, list[list[Attempt]]] = defaultdict(list)
    for result in results:
        mine: dict[str, list[Attempt]] = defaultdict(list)
        folder = course.submitted(unit, result.student.id).parent
        for attempt in attempt_log.read(folder / HANDED_IN):
            # Whoever runs all of a new notebook has not begun with its exercises.
            if attempt.written:
                mine[attempt.exercise].append(attempt)
        for exercise, attempts in mine.items():
            by_exercise[exercise].append(attempts)
    return [_counted(exercise, by_exercise[exercise]) for exercise in exercises if exercise in by_exercise]


def _counted(exercise: str, logs: Sequence[Sequence[Attempt]]) -> ExerciseAttempts:
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
