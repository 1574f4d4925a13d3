"""Scores in a Canvas gradebook: the CSV file that Canvas exported, with one column filled in.

Canvas finds a student by what stands in its own file, so the file that it exported is the frame, and nothing but
one column changes. Our students are found in it by the first of these columns in which anything agrees with
their id, their LMS id or their email: SIS Login ID, SIS User ID, ID, Email. Names are never compared.

What Canvas takes: UTF-8, a comma or a semicolon between cells, numbers with a decimal point or comma. An empty
cell deletes a score, so who has none here keeps what is there.
"""

import csv
import difflib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.exports.spreadsheet import number
from autograder.gradebook import exported_text
from autograder.gradebook.results import Person, Result
from helpers.errors import Refused

MATCH = ("SIS Login ID", "SIS User ID", "ID", "Email")
ABOUT_STUDENTS = ("Student", "LastName", "FirstName", "Section", "Integration ID", "Root Account", *MATCH)
CALCULATED = re.compile("(Current|Final|Override) (Score|Points|Grade|Status)")
# All that Canvas's row of remarks holds.
NOTES = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)
# Excused, or not assigned to this student: not ours to change.
HELD = ("EX", "N/A")


class NotCanvas(Refused):
    """A file that cannot be used as a Canvas gradebook; the message says why and what to do."""


@dataclass
class Gradebook:
    """A Canvas gradebook file.

    Attributes:
        header: the titles of its columns.
        rows: all others, the one with the points that are possible included.
        separator: what stands between cells.
        decimal: the sign of its decimals.
    """

    header: list[str]
    rows: list[list[str]]
    separator: str
    decimal: str

    @property
    def students(self) -> list[list[str]]:
        students = []
        for row in self.rows:
            remarks = all(NOTES.fullmatch(cell) for cell in row)
            if not remarks and not _points_possible(row):
                students.append(row)
        return students

    def text(self) -> str:
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=self.separator, lineterminator="\n").writerows([self.header, *self.rows])
        return file.getvalue()


@dataclass
class Filled:
    """What became of the scores.

    Attributes:
        column: the title of the column that was filled in.
        entered: how many scores.
        told: a sentence for each thing that an instructor should know.
        ambiguous: a sentence for each student who may be several; they are left out.
    """

    column: str
    entered: int = 0
    told: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)


def read(data: bytes) -> Gradebook:
    """Read a gradebook that Canvas exported, or that a spreadsheet saved since.

    Args:
        data: the file's bytes.
    Raises:
        NotCanvas: if it is none.
    """
    text = _decoded(data)
    for separator in ",;\t":
        rows = _parse(text, separator)
        if not rows or not _is_header(rows[0]):
            continue
        header = rows[0]
        others = [_padded(row, len(header)) for row in rows[1:]]
        # Canvas takes no tabs.
        kept = ";" if separator == ";" else ","
        return Gradebook(header, others, kept, _decimal_sign(others))
    raise NotCanvas(
        "its first line does not begin with Student and ID and name a Section; "
        "in Canvas, open Grades, choose Export, and give that file"
    )


def _decoded(data: bytes) -> str:
    try:
        return exported_text.decoded(data)
    except UnicodeDecodeError:
        raise NotCanvas(f"it {exported_text.NO_TEXT}") from None


def _decimal_sign(rows: Iterable[Sequence[str]]) -> str:
    for row in rows:
        if any(re.fullmatch(r"-?\d+,\d{1,2}", cell) for cell in row):
            return ","
    return "."


def fill(gradebook: Gradebook, results: Sequence[Result], title: str = "") -> Filled:
    """Enter the scores of a unit.

    Args:
        gradebook: it is changed.
        results: everybody's, of one unit.
        title: of the Canvas assignment, with or without its (id); by default the unit's id. If there is no such
            column there will be one, which Canvas takes for a new assignment.
    Returns:
        What became of the scores.
    Raises:
        NotCanvas: if several columns have this title, or Canvas calculates it.
    """
    unit, most = results[0].unit, max(result.max_score for result in results)
    column, sentences = _column(gradebook, title or unit, most)
    filled = Filled(gradebook.header[column], told=sentences)
    rows = _rows_of(gradebook, [result.student for result in results], filled)
    waiting = []
    for result in results:
        student = result.student.id
        if student not in rows:
            continue
        if any(part.waits for part in result.parts):
            waiting.append(student)
        row = rows[student]
        there = row[column].strip()
        if there.upper() in HELD:
            filled.told.append(f"{student} stays {there}, as Canvas has it")
            continue
        row[column] = number(result.score).replace(".", gradebook.decimal)
        filled.entered += 1
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
    bear_it = []
    for place, name in enumerate(header):
        if title.casefold() in _titles(name) and not _own(name):
            bear_it.append(place)
    if len(bear_it) > 1:
        names = " and ".join(repr(header[place]) for place in bear_it)
        raise NotCanvas(f"the columns {names} both have this title; give one of them in full with --column")
    if bear_it:
        return bear_it[0], _other_points(gradebook, bear_it[0], most)
    return _new_column(gradebook, title, most)


def _new_column(gradebook: Gradebook, title: str, most: float) -> tuple[int, list[str]]:
    """Make a column, before those that Canvas calculates, and say so."""
    header = gradebook.header
    titles = [name for name in header if not _own(name)]
    place = len(header)
    for position, name in enumerate(header):
        if CALCULATED.search(name):
            place = position
            break
    header.insert(place, title)
    points = number(most).replace(".", gradebook.decimal)
    for row in gradebook.rows:
        row.insert(place, points if _points_possible(row) else "")
    sentence = f"there is no column {title!r}: Canvas will make a new assignment of it"
    close = difflib.get_close_matches(title, titles, n=1, cutoff=0.5)
    if close:
        sentence += f"; if {close[0]!r} was meant, give it with --column"
    return place, [sentence]


def _other_points(gradebook: Gradebook, column: int, most: float) -> list[str]:
    """What is to be said of a column that has other points in Canvas."""
    possible = ""
    for row in gradebook.rows:
        if _points_possible(row):
            possible = row[column]
            break
    try:
        theirs = float(possible.strip().replace(",", "."))
    except ValueError:
        return []
    if theirs == most:
        return []
    name = gradebook.header[column]
    return [f"{name!r} has {theirs:g} points in Canvas, {most:g} here: scores are entered as they are"]


def _rows_of(gradebook: Gradebook, people: Sequence[Person], filled: Filled) -> dict[str, list[str]]:
    """The row of each student who has exactly one and shares it with nobody; of the others something is said."""
    students = gradebook.students
    people_at: dict[int, list[str]] = {}
    unknown = []
    for person in people:
        column, places = _places(gradebook, students, person)
        if not places:
            unknown.append(person.id)
        elif len(places) > 1:
            who = " or ".join(students[place][0] for place in places)
            filled.ambiguous.append(f"{person.id} may be {who} by {column}: left out")
        else:
            people_at.setdefault(places[0], []).append(person.id)
    rows = {}
    for place, several in people_at.items():
        if len(several) > 1:
            names = " and ".join(several)
            filled.ambiguous.append(f"{names} are both {students[place][0]} in Canvas: left out")
        else:
            rows[several[0]] = students[place]
    if unknown:
        filled.told.append(f"left out, since Canvas has no such student: {_few(unknown, 50)}")
    return rows


def _places(gradebook: Gradebook, students: list[list[str]], person: Person) -> tuple[str, list[int]]:
    """The first column in which anything agrees with a person's names, and which students that are."""
    names = {name.strip().casefold() for name in (person.id, person.lms_user_id, person.email)}
    names.discard("")
    for column in MATCH:
        if column not in gradebook.header:
            continue
        at = gradebook.header.index(column)
        places = [place for place, row in enumerate(students) if row[at].strip().casefold() in names]
        if places:
            return column, places
    return "", []


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
    text = ", ".join(every[:most])
    if len(every) > most:
        text += f" and {len(every) - most} more"
    return text
