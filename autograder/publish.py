"""The public half of an exercise: its checks as readable Python, and what of its answers must not show."""

import re
from collections.abc import Sequence
from pathlib import Path

from autograder.extract import checks_source, file_of
from helpers.checks import Checks
from helpers.compare import same
from helpers.judge import Answer, Table
from helpers.published import load, load_checks
from solutions.exercise import Exercise

TELLING = 13  # characters; a shorter line, such as `return a`, tells nothing


def publish(exercise: Exercise, folder: Path) -> Path:
    """Write an exercise's checks into a folder, as `<module>.py`.

    Raises:
        ValueError: if they cannot be published; it says why and where.
    """
    file = folder / file_of(exercise).name
    file.write_text(checks_source(exercise), "utf-8", newline="\n")
    if _form(load_checks(file)) != _form(exercise):
        raise ValueError(
            f"{file_of(exercise)}: the published checks of {exercise.name} are not all that there are; "
            "write each as a function decorated with .check(…) at the top level of the file"
        )
    return file


def equal_within_tolerance(exercise: Checks, a: Path, b: Path) -> bool:
    """Whether two `.evidence` files say the same: another processor may differ in a number's last bits."""
    try:
        one, other = load(a), load(b)
    except ValueError:
        return False
    if (one.draws, one.advice) != (other.draws, other.advice):
        return False
    return all(_same_tables(exercise, s, t) for s, t in zip(one.tables, other.tables, strict=True))


def leaks(exercises: Sequence[Exercise], texts: dict[str, str]) -> list[str]:
    """What of a unit's answers shows in texts that students get.

    Args:
        exercises: all of the unit.
        texts: by a name that says where the text stands.
    Returns:
        A sentence for each line of a solution that occurs in a text although no stub of the unit gives it,
        and for each import of a private package.
    """
    secrets = [(e.name, line) for e in exercises for line in secret_lines(e, given=exercises)]
    found = []
    for where, text in texts.items():
        for private in re.findall(
            r"^[ \t]*(?:from|import)[ \t]+(?:solutions|autograder)\b.*", text, re.MULTILINE
        ):
            found.append(f"{where}: `{private.strip()}` imports a private package")
        found += [
            f"{where}: `{ln}` is a line of the solution of {name}" for name, ln in secrets if ln in text
        ]
    return found


def secret_lines(exercise: Exercise, given: Sequence[Exercise] = ()) -> list[str]:
    """The lines of the solution regions that tell something and that no stub shows.

    Args:
        given: other exercises of the unit: `return input_shape`, say, may be part of their stubs.
    """
    stubs = "\n".join(e.stub for e in (exercise, *given))
    lines = [line.split("  #")[0].strip() for line in exercise.source.split("\n")]
    return [ln for ln in lines if len(ln) >= TELLING and ln not in stubs and not ln.startswith("#")]


def _form(exercise: Checks) -> tuple:
    """What two copies of an exercise's public half must have in common."""
    checks = [(c.name, c.points, c.atol, c.summarize is None) for c in exercise.checks]
    return exercise.name, exercise.lecture, exercise.objects, sorted(exercise.given), checks


def _same_tables(exercise: Checks, one: Table, other: Table) -> bool:
    return (
        (one.known.keys(), one.pairs.keys()) == (other.known.keys(), other.pairs.keys())
        and _same_answers(exercise, one.ours, other.ours)
        and all(_same_answers(exercise, one.known[name], other.known[name]) for name in one.known)
        and all(_same_answers(exercise, one.pairs[names], other.pairs[names]) for names in one.pairs)
    )


def _same_answers(exercise: Checks, one: Answer, other: Answer) -> bool:
    return one.keys() == other.keys() and all(same(c, one[c.name], other[c.name]) for c in exercise.checks)
