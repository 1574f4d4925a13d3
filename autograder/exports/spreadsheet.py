"""Scores as a CSV file that a spreadsheet opens and a program reads: one row a student and unit.

The file begins with a byte order mark, since without one Excel takes UTF-8 for a Windows code page and spoils
every accent; pandas knows it, and Python reads it as `utf-8-sig`.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from autograder.gradebook.results import Person, Result

HEAD = (
    "student_id",
    "first_name",
    "last_name",
    "email",
    "unit",
    "score",
    "max_score",
    "raw_score",
    "late_penalty",
    "needs_review",
    "points_to_grade_by_hand",
    "to_grade_by_hand",
)
# What makes a spreadsheet calculate a text.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
Cell = str | float | None
# A unit, and the name of an exercise or derivation.
Column = tuple[str, str]


def table(graded: Sequence[Sequence[Result]], people: Iterable[Person]) -> list[list[Cell]]:
    """The header and a row for each student and unit.

    Args:
        graded: the results of each unit, a list for each.
        people: everybody; those who handed in nothing have a row without a score.
    """
    columns: list[Column] = []
    for results in graded:
        columns += _columns(results)
    titles = [name for _, name in columns]
    if len(graded) > 1:
        titles = [f"{unit}: {name}" for unit, name in columns]
    known = {person.id: person for person in people}
    rows: list[list[Cell]] = [[*HEAD, *titles]]
    for results in graded:
        unit, most = results[0].unit, max(result.max_score for result in results)
        by_student = {result.student.id: result for result in results}
        everybody = known | {result.student.id: result.student for result in results}
        for student in sorted(everybody):
            rows.append(_row(everybody[student], unit, most, by_student.get(student), columns))
    return rows


def text(rows: Iterable[Iterable[Cell]]) -> str:
    """The rows as CSV, quoted where it takes it, with no text that a spreadsheet would calculate."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([_inert(cell) for cell in row] for row in rows)
    return file.getvalue()


def encoded(rows: Iterable[Iterable[Cell]]) -> bytes:
    return text(rows).encode("utf-8-sig")


def _columns(results: Sequence[Result]) -> list[Column]:
    """The parts of a unit, in the order of the notebook that has most of them."""
    fullest = max(results, key=lambda result: len(result.parts))
    names: dict[str, None] = {}
    for result in (fullest, *results):
        names |= dict.fromkeys(part.name for part in result.parts)
    return [(results[0].unit, name) for name in names]


def _row(
    person: Person, unit: str, most: float, result: Result | None, columns: Sequence[Column]
) -> list[Cell]:
    row: list[Cell] = [person.id, person.first_name, person.last_name, person.email, unit]
    if result is None:
        return [*row, None, most, *[None] * (len(HEAD) - 7 + len(columns))]
    points = {(unit, part.name): part.score for part in result.parts}
    review = "yes" if result.needs_review else "no"
    scores = [result.score, result.max_score, result.raw_score, result.penalty or 0.0]
    names = ", ".join(part.name for part in result.derivations_to_read)
    return [*row, *scores, review, result.to_read, names, *(points.get(column) for column in columns)]


def _inert(cell: Cell) -> str:
    """A cell's text; an apostrophe keeps what looks like a formula from being one."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return number(cell)
    if cell.lstrip(" ").startswith(FORMULA):
        return f"'{cell}"
    return cell


def number(value: float) -> str:
    """A score with two decimals at most, as 2, 2.5 or 0.33."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
