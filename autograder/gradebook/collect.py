"""`fdl collect`: a download of a learning platform becomes submissions, each student's by the roster; it can be undone."""

import json
import re
import shutil
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.course.layout import Course, same_name
from autograder.gradebook import writing
from autograder.gradebook.dates import STAMP, of_nbgrader
from autograder.gradebook.downloads import Person, Upload, opened, uploads
from autograder.grading.files import copy_number, holds_notebook
from autograder.grading.submission import names_in, read_file
from helpers.errors import Refused, Unreadable

# Where what was replaced is kept, and what was done is written down.
FOLDER, RECORD, BEFORE, NEW = "collected", "collected.json", "before", "new"


@dataclass(frozen=True)
class Student:
    """One of the roster."""

    id: str
    name: str = ""
    email: str = ""
    lms: str = ""


@dataclass
class Collected:
    """What became of a download.

    Attributes:
        students: who handed in what: the names of the files, by the student's id.
        replaced: those of whom something was there before.
        unmatched: what belongs to nobody of the roster, or cannot be read, a sentence each.
        late: those whom the platform calls late without saying when.
        remarks: what was decided about somebody's files that they may have meant otherwise, a sentence each.
    """

    students: dict[str, list[str]] = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def roster_of(gradebook: Gradebook) -> list[Student]:
    """The students of the gradebook."""
    students = []
    for one in gradebook.students:
        name = f"{one.first_name or ''} {one.last_name or ''}".strip()
        students.append(Student(one.id, name, one.email or "", one.lms_user_id or ""))
    return students


def collect(course: Course, unit: str, source: Path, roster: Iterable[Student]) -> Collected:
    """Put a download's files where submissions belong.

    Args:
        course: where to.
        unit: its id.
        source: a folder or a zip.
        roster: the students; what matches none of them stays where it is.
    Raises:
        Refused: if the download cannot be read, or holds nothing of anybody's.
    """
    found = Collected()
    roster = list(roster)
    theirs: dict[str, list[Upload]] = {}
    with opened(source) as files:
        found.unmatched += [str(file) for file in files.values() if isinstance(file, Unreadable)]
        readable = {place: file for place, file in files.items() if not isinstance(file, Unreadable)}
        for upload in uploads(readable, lambda person: bool(match(person, roster)[0])):
            student, why = match(upload.person, roster)
            if student:
                theirs.setdefault(student, []).append(upload)
            else:
                found.unmatched.append(f"{upload.place}: {why}")
        if not theirs:
            told = "".join(f"\n  {sentence}" for sentence in found.unmatched[:5])
            raise Refused(f"{source} holds nothing of anybody on the roster ({len(roster)} students){told}")
        record = _new_record(course, unit)
        for student, of_student in sorted(theirs.items()):
            _place(course, unit, student, of_student, record, found)
            # After each, so that whatever ends this can be undone.
            done = {"students": found.students, "replaced": found.replaced}
            writing.replace(record / RECORD, json.dumps(done, indent=1).encode())
    return found


def match(person: Person, roster: list[Student]) -> tuple[str, str]:
    """Who of the roster somebody is.

    Args:
        person: what the download tells.
        roster: the students.
    Returns:
        The id, and ""; or "", and why nobody can be found.
    """
    keys = (
        [one for one in roster if person.lms and person.lms in (one.lms, one.id)],
        [one for one in roster if person.id and same_name(person.id, (one.id, one.lms)) in (one.id, one.lms)],
        [one for one in roster if person.email and person.email.casefold() == one.email.casefold()],
        [one for one in roster if person.name and _letters(person.name) in _spellings(one)],
    )
    for found in keys:
        if len(found) == 1:
            return found[0].id, ""
        if found:
            names = ", ".join(one.id for one in found)
            return "", f"{person} may be {names}"
    return "", f"{person} is nobody on the roster"


def undo(course: Course, unit: str) -> Collected:
    """Take the last `collect` of a unit back.

    Args:
        course: where it was done.
        unit: its id.
    Returns:
        Whose submissions are gone, and for whom there is again what was there before.
    Raises:
        Refused: if nothing was collected.
    """
    records = sorted((course.root / FOLDER / unit).glob("*/"), key=lambda folder: int(folder.name))
    if not records:
        raise Refused(f"nothing was collected for {unit}")
    record = records[-1]
    students: dict[str, list[str]] = {}
    if (record / RECORD).exists():
        students = json.loads((record / RECORD).read_text())["students"]
    for student in students:
        shutil.rmtree(course.submitted(unit, student).parent, ignore_errors=True)
    # Also of whoever was under way when it was ended.
    before = sorted((record / BEFORE).glob("*"))
    for folder in before:
        place = course.submitted(unit, folder.name).parent
        shutil.rmtree(place, ignore_errors=True)
        shutil.move(folder, place)
    shutil.rmtree(record)
    return Collected(students, [folder.name for folder in before])


def _new_record(course: Course, unit: str) -> Path:
    folder = course.root / FOLDER / unit
    folder.mkdir(parents=True, exist_ok=True)
    last = max((int(one.name) for one in folder.glob("*/")), default=0)
    record = folder / str(last + 1)
    record.mkdir()
    return record


def _place(
    course: Course, unit: str, student: str, files: list[Upload], record: Path, found: Collected
) -> None:
    """Put a student's files where they belong, once all are there; what was there is kept with the record."""
    fresh = record / NEW / student
    fresh.mkdir(parents=True)
    names = _written(fresh, unit, student, files, found)
    if not names:
        return
    person = files[0].person
    if person.handed_in:
        try:
            (fresh / STAMP).write_text(f"{of_nbgrader(person.handed_in)} UTC\n")
        except (ValueError, OverflowError):
            found.unmatched.append(f"when {student} handed in: {person.handed_in[:60]!r} is no date and time")
    elif person.late:
        found.late.append(student)
    place = course.submitted(unit, student).parent
    if holds_notebook(place) and not holds_notebook(fresh):
        kept = _taken_along(place, fresh)
        became = f"{kept} of before stays, and counts" if kept else f"that of before is in {record / BEFORE}"
        found.remarks.append(f"{student}: {', '.join(names[:4])} came without a notebook; {became}")
    if place.exists():
        (record / BEFORE).mkdir(exist_ok=True)
        shutil.move(place, record / BEFORE / student)
        found.replaced.append(student)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(fresh, place)
    found.students[student] = names


def _taken_along(before: Path, fresh: Path) -> str:
    """Copy the notebook of before beside what came without one, or the zip that holds it, and return the names."""
    kept: list[str] = []
    for ending in (".ipynb", ".zip"):
        for name in [] if kept else names_in(before):
            if name.lower().endswith(ending):
                # A link or a pipe stays where it is.
                with suppress(Unreadable):
                    data = read_file(before / name)
                    free = _free(fresh, name)
                    (fresh / free).write_bytes(data)
                    kept.append(free)
    return ", ".join(kept)


def _written(folder: Path, unit: str, student: str, files: list[Upload], found: Collected) -> list[str]:
    """Write files into a folder, one at a time, and return the names of those that could be read."""
    notebooks = [file for file in files if file.name.lower().endswith(".ipynb")]
    its = max(notebooks, key=lambda file: _claim(unit, file.name), default=None)
    names, others = [], []
    # The unit's first, so that no other one has its name.
    for file in sorted(files, key=lambda file: file is not its):
        try:
            data = file.read()
        except Unreadable as error:
            found.unmatched.append(f"{file.place}: {error}")
            its = None if file is its else its
            continue
        name = _free(folder, f"{unit}.ipynb" if file is its else Path(file.name).name)
        (folder / name).write_bytes(data)
        names.append(file.name)
        if file in notebooks and file is not its:
            others.append(name)
    if its and others:
        once = "" if its.name == f"{unit}.ipynb" else f", which was {its.name},"
        found.remarks.append(f"{student}: beside {unit}.ipynb{once} is kept {', '.join(others[:4])}")
    return names


def _claim(unit: str, name: str) -> tuple[bool, int]:
    """How good a notebook's claim to be the unit's is: its name, but for a later attempt's number, then the newest copy."""
    exact = re.fullmatch(rf"{re.escape(unit)}(-\d+)?\.ipynb", name, re.IGNORECASE)
    return bool(exact), copy_number(name)


def _free(place: Path, name: str) -> str:
    """A name that no file has yet, and not the one under which the time of submission is looked for."""
    free, number = name, 1
    while (place / free).exists() or free.lower() == STAMP:
        number += 1
        free = f"{Path(name).stem}-{number}{Path(name).suffix}"
    return free


def _letters(name: str) -> str:
    """A name without case, accents and what stands between letters, as Canvas writes it."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[\W_]+", "", "".join(sign for sign in plain if not unicodedata.combining(sign)))


def _spellings(student: Student) -> set[str]:
    """A student's name with the last name behind or before."""
    words = student.name.split()
    turned = {" ".join([*words[i:], *words[:i]]) for i in range(len(words))}
    return {_letters(name) for name in {*turned, student.id}} - {""}
