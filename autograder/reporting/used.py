"""Operations that no list knew, counted: nobody was refused for them, and an instructor may decide."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder.gradebook.results import Result


@dataclass(frozen=True)
class UsedOperation:
    """An operation that neither the course uses nor anybody has decided about.

    Attributes:
        operation: its path.
        exercise: in whose answers it stands.
        students: how many use it.
        right: how many of these have full marks.
    """

    operation: str
    exercise: str
    students: int
    right: int


def used(results: Iterable[Result]) -> Iterator[UsedOperation]:
    """What no list knew, the most frequent first.

    Args:
        results: everybody's, of one unit.
    """
    students: dict[tuple[str, str], int] = defaultdict(int)
    right: dict[tuple[str, str], int] = defaultdict(int)
    for result in results:
        for part in result.parts:
            if part.verdict is None:
                continue
            for operation in part.verdict.used:
                key = operation, part.verdict.exercise
                students[key] += 1
                right[key] += part.verdict.points == part.verdict.max_points
    for key in sorted(students, key=lambda key: (-students[key], key)):
        yield UsedOperation(*key, students[key], right[key])
