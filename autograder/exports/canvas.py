"""Scores in a Canvas gradebook: the CSV file that Canvas exported, with one column filled in.

Canvas finds a student by what stands in its own file, so the file that it exported is the frame, and nothing but
one column changes. Our students are found in it by the first of these columns in which anything agrees with
their id, their LMS id or their email: SIS Login ID, SIS User ID, ID, Email. Names are never compared.

What Canvas takes: UTF-8, a comma or a semicolon between cells, numbers with a decimal point or comma. An empty
cell deletes a score, so who has none here keeps what is there.
"""

import codecs
import csv
import difflib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.exports.spreadsheet import number
from autograder.gradebook.results import Person, Result
from helpers.errors import Refused

MATCH = ("SIS Login ID", "SIS User ID", "ID", "Email")
ABOUT_STUDENTS = ("Student", "LastName", "FirstName", "Section", "Integration ID", "Root Account", *MATCH)
CALCULATED = re.compile("(Current|Final|Override) (Score|Points|Grade|Status)")
NOTES = re.compile(
    r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE
)  # all that Canvas's row of remarks holds
HELD = ("EX", "N/A")  # excused, or not assigned to this student: not ours to change
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class NotCanvas(Refused):
    """A file that cannot be used as a Canvas gradebook; the message says why and what to do."""


@dataclass
class Gradebook:
    """A Canvas gradebook file."""

    header: list[str]
    rows: list[list[str]]
    separator: str
    decimal: str

    @property
    def students(self) -> list[list[str]]:
        return [row for row in self.rows if not _points_possible(row) and not all(map(NOTES.fullmatch, row))]

    def text(self) -> str:
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=self.separator, lineterminator="\n").writerows([self.header, *self.rows])
        return file.getvalue()


@dataclass
class Filled:
    """What became of the scores.

    Args:
        told: a sentence for each thing that an instructor should know.
        ambiguous: a sentence for each student who may be several; they are left out.
    """

    column: str
    entered: int = 0
    told: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)


def read(data: bytes) -> Gradebook:
    """Read a gradebook that Canvas exported, or that a spreadsheet saved since.

    Raises:
        NotCanvas: if it is none.
    """
    encoding = next((name for mark, name in BOMS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise NotCanvas("it is no text in UTF-8; in Excel, save it as “CSV UTF-8”") from None
    for separator in ",;\t":
        rows = _parse(text, separator)
        if rows and _is_header(rows[0]):
            header, rest = rows[0], [_padded(row, len(rows[0])) for row in rows[1:]]
            comma = any(re.fullmatch(r"-?\d+,\d{1,2}", cell) for row in rest for cell in row)
            return Gradebook(header, rest, ";" if separator == ";" else ",", "," if comma else ".")
    raise NotCanvas(
        "its first line does not begin with Student and ID and name a Section; "
        "in Canvas, open Grades, choose Export, and give that file"
    )


def fill(gradebook: Gradebook, results: Sequence[Result], title: str = "") -> Filled:
    """Enter the scores of a unit.

    Args:
        title: of the Canvas assignment, with or without its (id); by default the unit's id. If there is no such
            column there will be one, which Canvas takes for a new assignment.
    Raises:
        NotCanvas: if several columns have this title, or Canvas calculates it.
    """
    unit, most = results[0].unit, max(result.max_score for result in results)
    column, told = _column(gradebook, title or unit, most)
    filled = Filled(gradebook.header[column], told=told)
    found = _found(gradebook, [result.student for result in results], filled)
    for result in results:
        row = found.get(result.student.id)
        if row is None:
            continue
        if row[column].strip().upper() in HELD:
            filled.told.append(f"{result.student.id} stays {row[column].strip()}, as Canvas has it")
            continue
        row[column] = number(result.score).replace(".", gradebook.decimal)
        filled.entered += 1
    waiting = [r.student.id for r in results if r.student.id in found and any(p.waits for p in r.parts)]
    if waiting:
        filled.told.append(f"not final yet, a person has to look at them: {_few(waiting)}")
    return filled


def _column(gradebook: Gradebook, title: str, most: float) -> tuple[int, list[str]]:
    """Where the assignment's column is, made if need be, and what is to be said of it."""
    header = gradebook.header
    if CALCULATED.search(title) or title in ABOUT_STUDENTS:
        raise NotCanvas(
            f"{title!r} is no assignment but a column of Canvas's own; give --column another name"
        )
    ours = [i for i, name in enumerate(header) if title.casefold() in _titles(name) and not _own(name)]
    if len(ours) > 1:
        names = " and ".join(repr(header[i]) for i in ours)
        raise NotCanvas(f"the columns {names} both have this title; give one of them in full with --column")
    if ours:
        return ours[0], _other_points(gradebook, ours[0], most)
    place = next((i for i, name in enumerate(header) if CALCULATED.search(name)), len(header))
    header.insert(place, title)
    for row in gradebook.rows:
        row.insert(place, number(most).replace(".", gradebook.decimal) if _points_possible(row) else "")
    titles = [name for name in header if not _own(name) and name != title]
    close = difflib.get_close_matches(title, titles, n=1, cutoff=0.5)
    meant = f"; if {close[0]!r} was meant, give it with --column" if close else ""
    return place, [f"there is no column {title!r}: Canvas will make a new assignment of it{meant}"]


def _other_points(gradebook: Gradebook, column: int, most: float) -> list[str]:
    possible = next((row[column] for row in gradebook.rows if _points_possible(row)), "")
    try:
        theirs = float(possible.strip().replace(",", "."))
    except ValueError:
        return []
    if theirs == most:
        return []
    name = gradebook.header[column]
    return [f"{name!r} has {theirs:g} points in Canvas, {most:g} here: scores are entered as they are"]


def _found(gradebook: Gradebook, people: Sequence[Person], filled: Filled) -> dict[str, list[str]]:
    """The row of each student who has exactly one and shares it with nobody; the others are told."""
    columns = [gradebook.header.index(name) for name in MATCH if name in gradebook.header]
    rows, unknown = gradebook.students, []
    places: dict[str, int] = {}
    for person in people:
        names = {name.strip().casefold() for name in (person.id, person.lms_user_id, person.email)} - {""}
        for column in columns:
            if there := [i for i, row in enumerate(rows) if row[column].strip().casefold() in names]:
                break
        if not columns or not there:
            unknown.append(person.id)
        elif len(there) > 1:
            who = " or ".join(rows[i][0] for i in there)
            by = gradebook.header[column]
            filled.ambiguous.append(f"{person.id} may be {who} by {by}: left out")
        else:
            places[person.id] = there[0]
    for place in {p for p in places.values() if list(places.values()).count(p) > 1}:
        several = [who for who, where in places.items() if where == place]
        filled.ambiguous.append(f"{' and '.join(several)} are both {rows[place][0]} in Canvas: left out")
        places = {who: where for who, where in places.items() if where != place}
    if unknown:
        filled.told.append(f"left out, since Canvas has no such student: {_few(unknown, 50)}")
    return {who: rows[where] for who, where in places.items()}


def _parse(text: str, separator: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        return []
    return [row for row in rows if any(cell.strip() for cell in row)]


def _is_header(row: Sequence[str]) -> bool:
    """As Canvas decides it."""
    if "Section" not in row:
        return False
    return ("Student" in row[0] and "ID" in row[1]) or tuple(row[:3]) == ("LastName", "FirstName", "ID")


def _padded(row: list[str], width: int) -> list[str]:
    return row + [""] * (width - len(row))


def _points_possible(row: Sequence[str]) -> bool:
    return "Points Possible" in row[0]


def _own(name: str) -> bool:
    return name in ABOUT_STUDENTS or bool(CALCULATED.search(name))


def _titles(name: str) -> set[str]:
    """What a column may be called: with Canvas's number for it, and without."""
    return {name.strip().casefold(), re.sub(r"\s\(\d+\)$", "", name.strip()).casefold()}


def _few(names: Iterable[str], most: int = 8) -> str:
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more
