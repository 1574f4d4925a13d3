"""The points that a course of one's own gives an exercise, shared out among its checks."""

import copy
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.course.course_file import CourseFile
from autograder.course.names import suggestion
from helpers.errors import AuthoringError

if TYPE_CHECKING:
    from autograder.exercise import Exercise

# What a check is worth is a multiple of this: quarters add up exactly.
STEP = 0.25


def weighed(written: Sequence["Exercise"], unit: str, chosen: CourseFile) -> list["Exercise"]:
    """Exercises with the points that a course gives them; those that it does not name are as they were written.

    Args:
        written: the unit's exercises; they are not changed.
        unit: its id.
        chosen: the course's choices.
    Raises:
        AuthoringError: if it names an exercise that the unit has not, or points that cannot be shared out.
    """
    by_name = {exercise.name: exercise for exercise in written}
    for name, points in chosen.points.get(unit, {}).items():
        where = f"{chosen.file}, points, {unit}"
        if name not in by_name:
            close = suggestion(name, list(by_name))
            raise AuthoringError(
                f"{where}: it has no exercise {name!r}{close} (a derivation's points stand in its own file)"
            )
        try:
            by_name[name] = _worth(by_name[name], points)
        except ValueError as error:
            raise AuthoringError(f"{where}, {name}: {error}") from None
    return list(by_name.values())


def _worth(exercise: "Exercise", points: float) -> "Exercise":
    """An exercise that is worth so many points, each check its share."""
    shares = shared_out([check.points for check in exercise.checks], points)
    scaled = copy.copy(exercise)
    scaled.checks = []
    for check, share in zip(exercise.checks, shares, strict=True):
        scaled.checks.append(replace(check, points=share))
    return scaled


def shared_out(points: Collection[float], total: float) -> list[float]:
    """Share a total out in the proportions of some points, in quarters, so that it adds up exactly.

    Args:
        points: of the checks; what is worth nothing gets nothing.
        total: a multiple of a quarter.
    Raises:
        ValueError: if it is none, or there is less than a quarter for each.
    """
    steps = round(total / STEP)
    if steps * STEP != total:
        raise ValueError(f"{total:g} is no multiple of {STEP}")
    counted = [value for value in points if value]
    if steps < len(counted):
        raise ValueError(f"{total:g} is less than {STEP} for each of its {len(counted)} checks")
    ideal = [value / sum(points) * steps for value in points]
    shares = [max(1, int(share)) if share else 0 for share in ideal]
    while sum(shares) < steps:
        short = [want - has for want, has in zip(ideal, shares, strict=True)]
        shares[short.index(max(short))] += 1
    while sum(shares) > steps:
        over = [has - want if has > 1 else -1 for want, has in zip(ideal, shares, strict=True)]
        shares[over.index(max(over))] -= 1
    return [share * STEP for share in shares]
