"""What learning platforms give to download, as they name it: whose each file is, as far as the names tell.

Canvas       doeana_LATE_12345_678901_notebook-1.ipynb        last and first name, user id, file id
Moodle       Ana Doe_1234567_assignsubmission_file_/notebook.ipynb
Gradescope   submission_45678/notebook.ipynb, and submission_metadata.yml beside the folders
by hand      ana/notebook.ipynb or ana.ipynb
"""

import functools
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from autograder.grading.files import DAMAGED
from autograder.grading.submission import MAX_BYTES, read_file
from helpers.errors import Refused, Unreadable

CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<lms>\d+)_(?P<file>\d+)_(?P<rest>.+)")
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)")
GRADESCOPE = re.compile(r"submission_(\d+)")
METADATA = "submission_metadata.yml"
# Of a whole class.
MOST_FILES, MOST_BYTES = 100_000, 20 << 30


@dataclass(frozen=True)
class Person:
    """What a download tells of who handed something in.

    Attributes:
        id: what may be the student's id here.
        lms: their id there.
        name: theirs, in some order and spelling.
        email: theirs.
        handed_in: when, as the platform writes it.
        late: whether the platform calls it late.
    """

    id: str = ""
    lms: str = ""
    name: str = ""
    email: str = ""
    handed_in: str = ""
    late: bool = False

    def __str__(self) -> str:
        return self.name or self.id or self.email or self.lms


Read = Callable[[], bytes]


@dataclass(frozen=True)
class Upload:
    """A file of a download.

    Attributes:
        place: where it is in the download.
        person: who handed it in.
        name: as the student called it.
        read: gives its bytes; raises `Unreadable` if they cannot be read.
    """

    place: str
    person: Person
    name: str
    read: Read


@contextmanager
def opened(source: Path) -> Iterator[dict[PurePosixPath, Read | Unreadable]]:
    """The files of a download, or why one is not read; nothing of them is read before it is asked for.

    Args:
        source: a folder or a zip.
    Raises:
        Refused: if it is neither, or holds more than any class hands in.
    """
    if not source.is_file():
        yield _within_limits(source, _of_folder(source))
        return
    try:
        with zipfile.ZipFile(source) as packed:
            yield _within_limits(source, _of_zip(packed))
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise Refused(f"{source} is no zip that can be read: {error}") from None


def uploads(files: Mapping[PurePosixPath, Read], known: Callable[[Person], bool]) -> Iterator[Upload]:
    """Whose each file of a download is, as far as the names tell; what a group handed in is each one's.

    Args:
        files: that can be read, by their places.
        known: whether somebody is on the roster.
    """
    files = dict(files)
    top = _common_folder(list(files), known)
    metadata = _metadata(files)
    for place, read in files.items():
        inside = PurePosixPath(*place.parts[len(top) :])
        people, name = _whose(inside, metadata)
        for person in people:
            yield Upload(str(place), person, name, read)


def _of_folder(source: Path) -> Iterator[tuple[PurePosixPath, int, Read]]:
    """Place and size of each file in a folder, and what reads it."""
    if not source.is_dir():
        raise Refused(f"there is no folder or zip {source}")
    closed: list[OSError] = []
    for folder, inner, names in os.walk(source, onerror=closed.append):
        inner.sort()
        for name in sorted(names):
            path = Path(folder, name)
            about = path.lstat()
            if stat.S_ISREG(about.st_mode):
                place = PurePosixPath(path.relative_to(source))
                yield place, about.st_size, functools.partial(read_file, path)
    for error in closed:
        # A folder that may not be looked into is told of as a file that may not be read.
        path = Path(error.filename)
        yield PurePosixPath(path.relative_to(source)), 0, functools.partial(read_file, path)


def _of_zip(packed: zipfile.ZipFile) -> Iterator[tuple[PurePosixPath, int, Read]]:
    """Place and size of each file in a zip, and what reads it."""
    for member in packed.infolist():
        if not member.is_dir():
            place = PurePosixPath(member.filename)
            yield place, member.file_size, functools.partial(_unpacked, packed, member)


def _unpacked(packed: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    try:
        with packed.open(member) as file:
            return file.read(MAX_BYTES)
    except DAMAGED as error:
        raise Unreadable(f"{member.filename} cannot be unpacked: {error}") from None


def _within_limits(
    source: Path, found: Iterable[tuple[PurePosixPath, int, Read]]
) -> dict[PurePosixPath, Read | Unreadable]:
    """The files, if they are no more than a class hands in; one that is too large is told of."""
    files: dict[PurePosixPath, Read | Unreadable] = {}
    total = 0
    for place, size, read in found:
        if _is_hidden(place):
            continue
        if size > MAX_BYTES:
            files[place] = Unreadable(
                f"{place} has {size / 1e6:,.0f} MB; the limit is {MAX_BYTES / 1e6:.0f}."
            )
            continue
        files[place] = read
        total += size
        if len(files) > MOST_FILES or total > MOST_BYTES:
            raise Refused(
                f"{source} holds more than {MOST_FILES:,} files or {MOST_BYTES / 1e9:.0f} GB. "
                "Download the class in parts, and collect them one by one"
            )
    return files


def _is_hidden(place: PurePosixPath) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in place.parts)


def _common_folder(places: list[PurePosixPath], known: Callable[[Person], bool]) -> tuple[str, ...]:
    """The folders that all files of a download lie in, above the first that is somebody's."""
    common: list[str] = []
    for parts in zip(*(place.parts[:-1] for place in places), strict=False):
        if len(set(parts)) > 1:
            break
        if MOODLE.fullmatch(parts[0]) or GRADESCOPE.fullmatch(parts[0]) or known(Person(id=parts[0])):
            return tuple(common)
        common.append(parts[0])
    # Of a single file, nobody can tell the class's folder from a student's who is not on the roster.
    return tuple(common) if len(places) > 1 else ()


def _metadata(files: dict[PurePosixPath, Read]) -> dict[str, Any]:
    """What Gradescope says of the folders of its export; the file is taken out.

    It lies beside these folders: one that lies deeper is a student's, who could say anything there.
    """
    place = min(
        (place for place in files if place.name == METADATA), key=lambda it: len(it.parts), default=None
    )
    if place is None or any(GRADESCOPE.fullmatch(part) for part in place.parts):
        return {}
    try:
        about = yaml.safe_load(files.pop(place)())
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, Unreadable):
        return {}
    return about if isinstance(about, dict) else {}


def _whose(place: PurePosixPath, metadata: dict[str, Any]) -> tuple[list[Person], str]:
    """Who handed a file in, and what they called it."""
    first = place.parts[0]
    if len(place.parts) == 1:
        canvas = CANVAS.fullmatch(first)
        if canvas:
            person = Person(lms=canvas["lms"], name=canvas["name"], late=bool(canvas["late"]))
            return [person], canvas["rest"]
        moodle = MOODLE.fullmatch(first)
        if moodle:
            return [Person(name=moodle["name"])], moodle["rest"]
        return [Person(id=place.stem)], first
    moodle = MOODLE.fullmatch(first)
    if moodle:
        return [Person(name=moodle["name"])], place.name
    if GRADESCOPE.fullmatch(first) and first in metadata:
        return _on_gradescope(metadata[first]), place.name
    return [Person(id=first)], place.name


def _on_gradescope(about: Any) -> list[Person]:
    """Who handed in by Gradescope: all of a group."""
    try:
        handed_in = str(about.get(":created_at") or "")
        people = [_submitter(one, handed_in) for one in about[":submitters"]]
    except (KeyError, TypeError, AttributeError):
        people = []
    return people or [Person()]


def _submitter(about: Any, handed_in: str) -> Person:
    return Person(
        id=str(about.get(":sid") or ""),
        name=str(about.get(":name") or ""),
        email=str(about.get(":email") or ""),
        handed_in=handed_in,
    )
