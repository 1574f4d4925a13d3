"""How a class did in each check: how many passed it, and how well it tells those who did well from those who did not."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.gradebook.results import Result
from autograder.grading.graded_exercise import GradedCheck, GradedExercise

# With fewer submissions a correlation says nothing.
FEWEST = 10


@dataclass(frozen=True)
class CheckCount:
    """How an answer's check went in a class.

    Attributes:
        check: its name.
        points: what it is worth.
        passed: how many answers passed it.
        of: of how many.
        difficulty: the share that passed; low is hard.
        discrimination: how passing it goes with the rest of the checks' points, from -1 to 1; None if that is unknown.
    """

    check: str
    points: float
    passed: int
    of: int
    difficulty: float
    discrimination: float | None = None


@dataclass(frozen=True)
class ExerciseCount:
    """How an exercise went: how many students by outcome, and how many passed each check."""

    exercise: str
    lecture: str
    outcomes: dict[str, int]
    checks: tuple[CheckCount, ...]


@dataclass(frozen=True)
class _Checked:
    """A check of one student's, and the points of all the others that they have."""

    check: GradedCheck
    rest: float


def exercise_counts(results: Sequence[Result]) -> Iterator[ExerciseCount]:
    """Of each exercise how it went, and of each of its checks how many passed it.

    Args:
        results: everybody's.
    """
    answers: dict[str, list[GradedExercise]] = defaultdict(list)
    checked: dict[str, dict[str, list[_Checked]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        total = sum(verdict.points for verdict in result.verdicts)
        for verdict in result.verdicts:
            answers[verdict.exercise].append(verdict)
            for check in verdict.checks:
                checked[verdict.exercise][check.check].append(_Checked(check, total - check.points))
    for exercise, verdicts in answers.items():
        outcomes = Counter(map(_outcome, verdicts))
        counts = tuple(_count(name, found) for name, found in checked[exercise].items())
        yield ExerciseCount(exercise, verdicts[0].lecture, dict(outcomes), counts)


def _outcome(verdict: GradedExercise) -> str:
    """How an answer went by its checks."""
    if verdict.not_begun:
        return "not begun"
    if verdict.points >= verdict.max_points:
        return "all points"
    if verdict.points:
        return "some"
    return "none"


def _count(name: str, found: Sequence[_Checked]) -> CheckCount:
    passed = sum(one.check.passed for one in found)
    return CheckCount(
        check=name,
        points=found[0].check.max_points,
        passed=passed,
        of=len(found),
        difficulty=round(passed / len(found), 3),
        discrimination=_discrimination(found),
    )


def _discrimination(found: Sequence[_Checked]) -> float | None:
    """The correlation of passing with the rest of the points; None for a few, and where there is nothing to tell."""
    if len(found) < FEWEST:
        return None
    passed = [float(one.check.passed) for one in found]
    rest = [one.rest for one in found]
    try:
        return round(statistics.correlation(passed, rest), 2)
    except statistics.StatisticsError:
        # Everybody passed it, or nobody; or all have the same points.
        return None
