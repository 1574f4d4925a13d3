"""Which file of a submission is the notebook: as browsers, Jupyter and learning platforms name and pack it.

`01_unit (1).ipynb`, `01_unit-Copy1.ipynb`, a name of the student's own, a folder within the folder, a zip: if one of
them holds the unit, it is it. Where several do, the one with most answers is taken, and a person looks. The one that
has the unit's name counts beside others, and a person looks where these have other answers.
"""

import io
import itertools
import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from autograder import limited, syntax
from autograder.grading import paper
from autograder.grading.submission import MAX_BYTES, MOST_FILES, PACKED, inert, parse, read_file
from helpers.errors import Unreadable

# How deep folders within folders are looked into, and how many notebooks are read at most.
DEEPEST, MOST_NOTEBOOKS = 3, 20
# What a zip raises that is none, or is broken within.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    EOFError,
)
CLEAR = "Clear all outputs, take long texts out, save, hand in again, without other notebooks."
COPY = re.compile(r"(?:[-_ ]?\(?(?:Copy)?(\d+)\)?)?\.ipynb$")


@dataclass(frozen=True)
class Answers:
    """What a notebook of the unit answers.

    Attributes:
        exercises: the names of those that it answers.
        code: what the student defined in answers and added cells, by name.
        texts: the derivations that they wrote, by name.
    """

    exercises: Collection[str]
    code: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        count = len(self.exercises) + len(self.texts)
        return "1 answer" if count == 1 else f"{count} answers"

    def has_what_is_not_in(self, other: "Answers") -> bool:
        """Whether something stands here that does not stand there, or otherwise."""
        return not (_all_in(self.code, other.code) and _all_in(self.texts, other.texts))


def _all_in(some: Mapping[str, object], others: Mapping[str, object]) -> bool:
    return all(others.get(name) == what for name, what in some.items())


@dataclass(frozen=True)
class Found:
    """A submission's notebook.

    Attributes:
        data: its bytes, or why there are none.
        name: of the file, if it is not the one that was asked for.
        note: a sentence about that.
        guess: what had to be guessed, so that a person looks; "" if nothing had to be.
    """

    data: bytes | Unreadable
    name: str = ""
    note: str = ""
    guess: str = ""


def find(wanted: Path, answers: Callable[[bytes], Answers | None]) -> Found:
    """The notebook that was handed in.

    Args:
        wanted: where it should be.
        answers: what a notebook answers of the unit; None if it is not of this unit.
    """
    try:
        limited.call(_look, wanted)
        own = Found(read_file(wanted))
    except limited.TooMuch as error:
        return Found(Unreadable(f"{wanted.name} and what lies beside it cannot be read: {error}. {CLEAR}"))
    except Unreadable as error:
        own = Found(error)
    others: dict[str, bytes] = {}
    for name, data in _others(wanted):
        # In a zip several files may have one name; `read` takes the first as well.
        others.setdefault(name, data)
    if not others:
        return own
    if isinstance(own.data, Unreadable) and len(others) == 1 and not os.path.lexists(wanted):
        # Whatever is wrong with it says more than that it has another name.
        [(name, data)] = others.items()
        return Found(data, name, note=f"{name} was taken for {wanted.name}.")
    theirs = {}
    for name, data in others.items():
        given = answers(data)
        if given is not None:
            theirs[name] = given
    if not theirs:
        return own
    mine = answers(own.data) if isinstance(own.data, bytes) else None
    best = max(theirs, key=lambda name: (len(theirs[name].exercises), copy_number(name)))
    if mine is None:
        rivals = [name for name in theirs if name != best]
        return _in_its_place(wanted.name, best, others[best], rivals)
    if theirs[best].exercises and not mine.exercises:
        guess = f"{wanted.name} answers no exercise, and {best}, which was handed in with it, does; that one counts"
        return Found(others[best], best, guess=guess)
    return Found(own.data, guess=_besides(wanted.name, mine, theirs))


def _in_its_place(wanted: str, best: str, data: bytes, rivals: list[str]) -> Found:
    """A notebook that is taken for one that is not there, or is not of this unit."""
    if not rivals:
        return Found(data, best, note=f"{best} was taken for {wanted}.")
    guess = f"{best} was taken for {wanted}; there is {', '.join(rivals[:4])} as well"
    return Found(data, best, guess=guess)


def _besides(wanted: str, mine: Answers, theirs: Mapping[str, Answers]) -> str:
    """What is said of notebooks beside the one that counts; "" if all that they answer stands in it as well."""
    told = []
    for name, given in theirs.items():
        how = ""
        if len(given.exercises) > len(mine.exercises):
            how = "answers more"
        elif given.has_what_is_not_in(mine):
            how = "answers otherwise"
        if how:
            told.append(f"{name} ({given}), handed in beside {wanted} ({mine}), {how}; it does not count")
    return ". ".join(told[:4])


def _look(wanted: Path) -> None:
    """Do what could take long with all that is read of a submission, so that it takes long here if anywhere."""
    with suppress(Unreadable):
        _work_on(read_file(wanted))
    for _, data in _others(wanted):
        _work_on(data)


def _work_on(data: bytes) -> None:
    """What grading does with a notebook before anything of it runs."""
    try:
        cells = parse(data)
    except Unreadable:
        return
    for cell in cells:
        if cell.type == "code":
            # What follows names into libraries (helpers.operations) has limits of its own, and would import these.
            syntax.definitions(cell.source)
            syntax.names(cell.source)
            syntax.statements_of(cell.source)
        else:
            inert(cell.source)


def read(wanted: Path, name: str = "") -> bytes | Unreadable:
    """A notebook that was found before.

    Args:
        wanted: where it should be.
        name: under which it was found, if elsewhere.
    """
    if name:
        return next(
            (data for other, data in _others(wanted) if other == name), Unreadable(f"{name} is gone.")
        )
    try:
        return read_file(wanted)
    except Unreadable as error:
        return error


def holds_notebook(folder: Path) -> bool:
    """Whether there is a notebook in a folder that was handed in, be it in a zip or in a folder within it."""
    # Hidden files are nobody's notebook, so all that there are lie beside this one.
    return next(_all_others(folder / ".ipynb"), None) is not None


def _others(wanted: Path) -> Iterator[tuple[str, bytes]]:
    """The other notebooks that were handed in, with their names: so many, and so many bytes of all together."""
    left = MAX_BYTES
    for name, data in itertools.islice(_all_others(wanted), MOST_NOTEBOOKS):
        left -= len(data)
        if left < 0:
            return
        yield name, data


def _all_others(wanted: Path) -> Iterator[tuple[str, bytes]]:
    """The other notebooks, those with the wanted name first: only so many are read."""
    folder = wanted.parent
    if not os.path.isdir(folder) or os.path.islink(folder):
        return
    for named_so in (True, False):
        for path in _paths(folder, DEEPEST):
            if (path.name == wanted.name) != named_so or path == wanted:
                continue
            name = str(path.relative_to(folder))
            try:
                if path.suffix.lower() == ".ipynb":
                    yield name, read_file(path)
                elif path.suffix.lower() == ".zip":
                    yield from _packed(name, read_file(path), wanted.name)
            except Unreadable:
                # A link, a pipe, something too large: nobody's notebook.
                continue


def _paths(folder: Path, depth: int) -> Iterator[Path]:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in sorted(itertools.islice(entries, MOST_FILES), key=lambda entry: entry.name):
            # Jupyter's checkpoints, what macOS and editors leave.
            if entry.name.startswith((".", "__MACOSX")):
                continue
            if entry.is_file(follow_symlinks=False):
                yield Path(entry)
            elif entry.is_dir(follow_symlinks=False) and depth > 1:
                yield from _paths(Path(entry), depth - 1)


def _packed(name: str, data: bytes, wanted: str) -> Iterator[tuple[str, bytes]]:
    """The notebooks in a zip, those with the wanted name first; none if it is damaged, or claims more than is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for member in sorted(packed.infolist(), key=lambda it: Path(it.filename).name != wanted):
                parts = Path(member.filename).parts
                hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
                if hidden or member.file_size > MAX_BYTES or not member.filename.lower().endswith(".ipynb"):
                    continue
                with packed.open(member) as file:
                    yield f"{name}/{member.filename}", file.read(MAX_BYTES)
    except DAMAGED:
        return


def copy_number(name: str) -> int:
    """The number that a browser, Jupyter or Canvas gave a copy: the highest is the newest.

    Args:
        name: the file's.
    """
    found = COPY.search(name)
    return int(found[1]) if found and found[1] else 0


def other_notebooks(wanted: Path, found: Found) -> Iterator[tuple[str, bytes]]:
    """The notebooks that were handed in, with their names, but the one that was found.

    Args:
        wanted: where that should be.
        found: what was found.
    """
    if found.name:
        with suppress(Unreadable):
            yield wanted.name, read_file(wanted)
    for name, data in _others(wanted):
        if name != found.name:
            yield name, data


def papers_within(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """What may hold a derivation in the folders and packed files of a folder that was handed in.

    Args:
        folder: with the notebook.
    Returns:
        For each its name, the file in which it is, and, where it is packed, what tells it from another.
    """
    return itertools.islice(_all_papers_within(folder), MOST_FILES)


def _all_papers_within(folder: Path) -> Iterator[tuple[str, Path, str]]:
    if os.path.islink(folder):
        return
    for path in _paths(folder, DEEPEST):
        name = str(path.relative_to(folder))
        if path.suffix.lower() == ".zip":
            for member, mark in _papers_packed(path):
                yield f"{name}/{member}" if member else name, path, mark
        elif path.suffix.lower() in PACKED or (path.parent != folder and paper.is_paper(name)):
            yield name, path, ""


def _papers_packed(file: Path) -> Iterator[tuple[str, str]]:
    """The names of what may hold a derivation in a zip, and marks; an empty one for a zip that cannot be looked into."""
    try:
        data = read_file(file)
        # Each entry of its list begins so.
        if data.count(b"PK\x01\x02") > MOST_FILES:
            raise ValueError
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
    except (Unreadable, *DAMAGED):
        yield "", ""
        return
    for member in members:
        parts = Path(member.filename).parts
        hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
        if not hidden and (paper.is_paper(member.filename) or Path(member.filename.lower()).suffix in PACKED):
            yield member.filename, f"{member.CRC:08x} {member.file_size}"
