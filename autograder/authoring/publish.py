"""The public half of an exercise: its checks as readable Python, and what of its answers must not show."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.authoring.public_checks import checks_source
from autograder.exercise import Exercise, file_of
from helpers.checks import Checks
from helpers.errors import AuthoringError
from helpers.published import load_checks

# A line of fewer characters, such as `return a`, tells nothing.
TELLING = 13
PRIVATE_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+(?:solutions|autograder)\b.*", re.MULTILINE)


def publish(exercise: Exercise, folder: Path) -> Path:
    """Write an exercise's checks into a folder, as `<module>.py`.

    Raises:
        AuthoringError: if they cannot be published; it says why and where.
    """
    file = folder / file_of(exercise).name
    file.write_text(checks_source(exercise) + _points_given(exercise), "utf-8", newline="\n")
    if _form(load_checks(file)) != _form(exercise):
        raise AuthoringError(
            f"{file_of(exercise)}: the published checks of {exercise.name} are not all that there are; "
            "write each as a function decorated with .check(…) at the top level of the file"
        )
    return file


def leaks(exercises: Sequence[Exercise], texts: Mapping[str, str]) -> list[str]:
    """What of a unit's answers shows in texts that students get.

    Args:
        exercises: all of the unit.
        texts: by a name that says where the text stands.
    Returns:
        A sentence for each line of a solution that occurs in a text although no stub of the unit gives it,
        and for each import of a private package.
    """
    secret = [(exercise.name, secret_lines(exercise, given=exercises)) for exercise in exercises]
    shown = []
    for where, text in texts.items():
        for statement in PRIVATE_IMPORT.findall(text):
            shown.append(f"{where}: `{statement.strip()}` imports a private package")
        for name, lines in secret:
            for line in lines:
                if line in text:
                    shown.append(f"{where}: `{line}` is a line of the solution of {name}")
    return shown


def secret_lines(exercise: Exercise, given: Sequence[Exercise] = ()) -> list[str]:
    """The lines of the solution regions that tell something and that no stub shows.

    Args:
        given: other exercises of the unit: `return input_shape`, say, may be part of their stubs.
    """
    stubs = "\n".join(other.stub for other in (exercise, *given))
    secret = []
    for line in exercise.source.split("\n"):
        code = line.split("  #")[0].strip()
        if len(code) >= TELLING and not code.startswith("#") and code not in stubs:
            secret.append(code)
    return secret


def _points_given(exercise: Exercise) -> str:
    """What follows an exercise's checks where a course gives them other points than they were written with."""
    written = {name: value for name, value in exercise.module.items() if isinstance(value, Exercise)}
    name, as_written = next(item for item in written.items() if item[1].name == exercise.name)
    points = tuple(check.points for check in exercise.checks)
    if points == tuple(check.points for check in as_written.checks):
        return ""
    return (
        "\n# What each check is worth in this course.\n"
        f"for _check, _points in zip({name}.checks, {points}, strict=True):\n"
        "    _check.points = _points\n"
    )


def _form(exercise: Checks) -> tuple:
    """What two copies of an exercise's public half must have in common."""
    checks = [(c.name, c.points, c.atol, c.summarize is None) for c in exercise.checks]
    return exercise.name, exercise.lecture, exercise.objects, sorted(exercise.given), checks
