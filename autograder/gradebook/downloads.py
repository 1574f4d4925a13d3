"""What learning platforms give to download, as they name it: whose each file is, as far as the names tell.

Canvas       doeana_LATE_12345_678901_notebook-1.ipynb        last and first name, user id, file id
Moodle       Ana Doe_1234567_assignsubmission_file_/notebook.ipynb
Gradescope   submission_45678/notebook.ipynb, and submission_metadata.yml beside the folders
by hand      ana/notebook.ipynb or ana.ipynb
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from autograder.grading.submission import MAX_BYTES, read_file
from helpers.errors import Refused, Unreadable

CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<lms>\d+)_(?P<file>\d+)_(?P<rest>.+)")
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)")
GRADESCOPE = re.compile(r"submission_(\d+)")
METADATA = "submission_metadata.yml"
MOST_FILES = 100_000


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


@dataclass(frozen=True)
class Upload:
    """A file of a download.

    Attributes:
        place: where it is in the download.
        person: who handed it in.
        name: as the student called it.
        data: its bytes.
    """

    place: str
    person: Person
    name: str
    data: bytes


def uploads(source: Path) -> Iterator[Upload | Unreadable]:
    """The files of a download, or why one cannot be read.

    Args:
        source: a folder or a zip.
    Raises:
        Refused: if it is neither.
    """
    read = _read_zip(source) if source.is_file() else _read_folder(source)
    files = []
    metadata: dict[str, Any] = {}
    for place, data in read:
        if isinstance(data, Unreadable):
            yield data
        elif place.name == METADATA:
            metadata = _metadata(data)
        else:
            files.append((place, data))
    top = _common_folder([place for place, _ in files])
    for place, data in files:
        inside = PurePosixPath(*place.parts[len(top) :])
        person, name = _whose(inside, metadata)
        yield Upload(str(place), person, name, data)


def _read_folder(source: Path) -> Iterator[tuple[PurePosixPath, bytes | Unreadable]]:
    if not source.is_dir():
        raise Refused(f"there is no folder or zip {source}")
    for path in sorted(source.rglob("*")):
        place = PurePosixPath(path.relative_to(source))
        if _is_hidden(place) or path.is_dir() or path.is_symlink():
            continue
        try:
            yield place, read_file(path)
        except Unreadable as error:
            yield place, Unreadable(f"{place}: {error}")


def _read_zip(source: Path) -> Iterator[tuple[PurePosixPath, bytes | Unreadable]]:
    try:
        with zipfile.ZipFile(source) as packed:
            for member in packed.infolist()[:MOST_FILES]:
                place = PurePosixPath(member.filename)
                if member.is_dir() or _is_hidden(place):
                    continue
                if member.file_size > MAX_BYTES:
                    yield (
                        place,
                        Unreadable(f"{place} has {member.file_size / 1e6:.0f} MB, which is too much."),
                    )
                    continue
                with packed.open(member) as file:
                    yield place, file.read(MAX_BYTES)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Refused(f"{source} is no zip that can be read: {error}") from None


def _is_hidden(place: PurePosixPath) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in place.parts)


def _common_folder(places: list[PurePosixPath]) -> tuple[str, ...]:
    """The folders that all files of a download lie in: not a student's."""
    if len(places) < 2:
        return ()
    common: list[str] = []
    for parts in zip(*(place.parts[:-1] for place in places), strict=False):
        if len(set(parts)) > 1 or MOODLE.fullmatch(parts[0]) or GRADESCOPE.fullmatch(parts[0]):
            break
        common.append(parts[0])
    return tuple(common)


def _metadata(data: bytes) -> dict[str, Any]:
    """What Gradescope says of the folders of its export."""
    try:
        about = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError):
        return {}
    return about if isinstance(about, dict) else {}


def _whose(place: PurePosixPath, metadata: dict[str, Any]) -> tuple[Person, str]:
    """Who handed a file in, and what they called it."""
    first = place.parts[0]
    if len(place.parts) == 1:
        canvas = CANVAS.fullmatch(first)
        if canvas:
            return Person(lms=canvas["lms"], name=canvas["name"], late=bool(canvas["late"])), canvas["rest"]
        moodle = MOODLE.fullmatch(first)
        if moodle:
            return Person(name=moodle["name"]), moodle["rest"]
        return Person(id=place.stem), first
    moodle = MOODLE.fullmatch(first)
    if moodle:
        return Person(name=moodle["name"]), place.name
    if GRADESCOPE.fullmatch(first) and first in metadata:
        return _on_gradescope(metadata[first]), place.name
    return Person(id=first), place.name


def _on_gradescope(about: Any) -> Person:
    """Who handed in by Gradescope; of a group, the first."""
    try:
        submitter = about[":submitters"][0]
        return Person(
            id=str(submitter.get(":sid") or ""),
            name=str(submitter.get(":name") or ""),
            email=str(submitter.get(":email") or ""),
            handed_in=str(about.get(":created_at") or ""),
        )
    except (KeyError, IndexError, TypeError, AttributeError):
        return Person()
