"""`fdl roster FILE`: names, emails and the platform's ids of students, from what Canvas, Moodle or Gradescope exports.

A column is known by its title; what is taken for what is said. Students are added and updated, and nobody is removed.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from autograder.gradebook import exported_text
from autograder.gradebook.book import Transaction
from autograder.gradebook.collect import Student, match, roster_of
from autograder.gradebook.downloads import Person
from helpers.errors import CalledWrongly, Refused

# What nbgrader calls it, and the titles that it may have, the best first; case does not count.
TITLES = {
    "id": (
        "username",
        "sis login id",
        "sid",
        "student id",
        "id number",
        "sis user id",
        "id",
        "email address",
        "email",
    ),
    "first_name": ("first_name", "first name", "firstname", "given name"),
    "last_name": ("last_name", "last name", "lastname", "surname", "family name"),
    "name": ("student", "full name", "student name", "name"),
    "email": ("email", "email address", "e-mail", "e-mail address"),
    "lms_user_id": ("lms_user_id", "id"),
    "role": ("role", "roles"),
}
STUDENT = "student"
# Rows of a Canvas gradebook that are nobody.
NOBODY = ("points possible", "student, test", "test student")
# Characters, as nbgrader's tables have them.
LONGEST = 128


@dataclass
class Imported:
    """What became of a file.

    Attributes:
        columns: the title that was taken for each field.
        unused: the titles of all others.
        added: the ids of those whom the gradebook did not know.
        updated: by id, what is another one now, in words.
        kept: how many are as they were.
        left_out: rows that are of no student, a sentence each.
        unusable: rows that nothing could be done with, a sentence each.
    """

    columns: dict[str, str] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    updated: dict[str, str] = field(default_factory=dict)
    kept: int = 0
    left_out: list[str] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)


@dataclass
class Row:
    """A row that is of a student, or may be.

    Attributes:
        line: where it ends in the file.
        fields: what nbgrader knows of a student, as far as it says it, and `id`.
    """

    line: int
    fields: dict[str, str]


def bring_in(gradebook: Gradebook, file: Path, id_column: str = "", write: bool = True) -> Imported:
    """Enter the students of a file into a gradebook: all that can be used, or nothing.

    Args:
        gradebook: where to.
        file: CSV with a row of titles; commas, semicolons or tabs between the cells.
        id_column: title of the column that holds students' ids; by default found by its title.
        write: whether it is entered, and not only said what would be.
    Raises:
        Refused: if it is no such file, or no column holds ids.
        CalledWrongly: if there is no column of this title.
    """
    titles, cells = _read(file)
    found = Imported(columns=_columns(file, titles, id_column))
    used = set(found.columns.values())
    found.unused = [title for title in titles if title and title not in used]
    rows = list(_of_students(cells, found))
    changes = _changes(rows, found, gradebook)
    if write:
        _write(gradebook, changes)
    return found


def _write(gradebook: Gradebook, changes: Mapping[str, Mapping[str, str]]) -> None:
    transaction = Transaction(gradebook)
    try:
        for student, fields in changes.items():
            transaction.update_or_create_student(student, **fields)
        transaction.db().finish()
    finally:
        # It takes back what has not been finished.
        transaction.db.remove()


def _of_students(rows: Sequence[tuple[int, dict[str, str]]], found: Imported) -> Iterator[Row]:
    """The rows that are no teacher's and no platform's; what is left out is said in `found`."""
    role = found.columns.get("role", "")
    roles_matter = any(STUDENT in row.get(role, "").casefold() for _, row in rows)
    for line, row in rows:
        fields = {name: row.get(title, "").strip() for name, title in found.columns.items()}
        # Canvas has a row of remarks about assignments.
        if not any(fields.values()):
            continue
        its_role = fields.pop("role", "")
        name = fields.pop("name", "")
        if name.casefold() in NOBODY:
            found.left_out.append(f"line {line}: {name} is no student")
            continue
        if roles_matter and STUDENT not in its_role.casefold():
            who = fields["id"] or name
            found.left_out.append(f"line {line}: {who} is no student, but {its_role or 'of no role'}")
            continue
        for part, text in _split(name).items():
            fields[part] = fields.get(part) or text
        yield Row(line, fields)


def _changes(rows: Sequence[Row], found: Imported, gradebook: Gradebook) -> dict[str, dict[str, str]]:
    """What is to be entered, by student; what that changes is said in `found`."""
    known = {student.id: _fields(student) for student in gradebook.students}
    roster = roster_of(gradebook)
    changes: dict[str, dict[str, str]] = {}
    line_of: dict[str, int] = {}
    for row in rows:
        student, why = _who(row.fields, roster, known)
        if student in line_of:
            why = f"{student} is in line {line_of[student]} already"
        if why:
            found.unusable.append(f"line {row.line}: {why}")
            continue
        line_of[student] = row.line
        before = known.get(student, {})
        fields = {}
        for name, value in row.fields.items():
            if name != "id" and value and value != before.get(name):
                fields[name] = value
        if student not in known:
            found.added.append(student)
        elif fields:
            found.updated[student] = _in_words(before, fields)
        else:
            found.kept += 1
            continue
        changes[student] = fields
    return changes


def _in_words(before: Mapping[str, str], fields: Mapping[str, str]) -> str:
    changes = []
    for name, value in fields.items():
        changes.append(f"{name} {before.get(name) or 'empty'} → {value}")
    return ", ".join(changes)


def _who(
    fields: Mapping[str, str], roster: list[Student], known: Mapping[str, Mapping[str, str]]
) -> tuple[str, str]:
    """The id of the student that a row is about, and ""; or "", and why it is nobody's."""
    student = fields["id"]
    if student in known:
        return student, ""
    # Somebody whom the gradebook knows by another id; names are no proof of that.
    person = Person(id=student, lms=fields.get("lms_user_id", ""), email=fields.get("email", ""))
    same, _ = match(person, roster)
    if same:
        return same, ""
    if not student:
        return "", "there is no id"
    # It is the name of a folder, and of files in nbgrader's exchange.
    if student.startswith(".") or any(sign in student for sign in "/\\+\0") or len(student) > LONGEST:
        return "", f"{student[:40]!r} cannot be an id: it is the name of a folder, without / and +"
    return student, ""


def _split(name: str) -> dict[str, str]:
    """First and last name, of "Doe, Ana" or "Ana Doe"."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.rpartition(" ")
    return {"first_name": first.strip(), "last_name": last.strip()}


def _fields(student: object) -> dict[str, str]:
    names = ("first_name", "last_name", "email", "lms_user_id")
    return {name: getattr(student, name) or "" for name in names}


def _columns(file: Path, titles: Sequence[str], id_column: str) -> dict[str, str]:
    """The title that is taken for each field."""
    if id_column and id_column not in titles:
        raise CalledWrongly(f"{file} has no column {id_column!r}, but {', '.join(filter(None, titles))}")
    by_name = {title.strip().casefold(): title for title in reversed(titles)}
    columns = {}
    for name, candidates in TITLES.items():
        for candidate in candidates:
            if candidate in by_name:
                columns[name] = by_name[candidate]
                break
    if id_column:
        columns["id"] = id_column
    if "id" not in columns:
        raise Refused(
            f"no column of {file} holds ids: its titles are {', '.join(filter(None, titles)) or 'missing'}. "
            "Name it: --id TITLE"
        )
    # Canvas's number, unless it is all there is to tell students apart by.
    if columns.get("lms_user_id") == columns["id"]:
        del columns["lms_user_id"]
    if "first_name" in columns and "last_name" in columns:
        columns.pop("name", None)
    return columns


def _read(file: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The titles of a file's columns, and its rows with the numbers of their lines."""
    text = _decoded(file)
    first_line = text.partition("\n")[0]
    separator = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        titles = next(reader, [])
        rows = list(_filled(titles, reader))
    except csv.Error as error:
        raise Refused(f"{file}, line {reader.line_num}: {error}. Export it as CSV once more") from None
    if not rows:
        raise Refused(
            f"{file} holds no students: a line of titles, and a line for each student, make a roster"
        )
    return titles, rows


def _filled(titles: Sequence[str], reader: Any) -> Iterator[tuple[int, dict[str, str]]]:
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, dict(zip(titles, cells, strict=False))


def _decoded(file: Path) -> str:
    try:
        return exported_text.decoded(file.read_bytes())
    except UnicodeDecodeError:
        raise Refused(f"{file} {exported_text.NO_TEXT}") from None
