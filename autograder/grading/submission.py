"""Reads a submission, believing none of it, and puts it back into the form in which it was handed out.

What counts of a submission is the source of its cells and, by their ids, which cells of the plan they are. Its
outputs, tags, kernelspec, points and every other metadata are dropped.

Which cell is which:
- A cell belongs to the plan's cell whose nbgrader id it bears (whose cell id, if that has no nbgrader id). Of
  several with the same id the last one counts, as in nbgrader, but for answers: of these the last above the check
  that is no copy of the stub, or the last that answers a derivation. The others are cells that the student added.
- Where no cell bears the id (a tool dropped it, a student made the cell anew), one with the very same source is it.
- A solution cell that is missing still is the last other code cell that defines one of the exercise's objects:
  above the check or, where none there does, below it.
- What is missing after that comes back from the plan: set-up, checks, derivations, and solution cells as stubs.
- What was written into a locked cell is a cell that the student added, beside it.
- Where the answers stand then, `answers` says, and `derivations` where those that a person reads may stand.
"""

import itertools
import json
import os
import re
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from autograder.course.layout import STAMP, may_be_of
from autograder.grading import paper
from autograder.grading.paper import Attached
from helpers.errors import Unreadable

# Of cells.
TYPES = ("code", "markdown", "raw")
# An animation in a notebook takes ten.
MAX_BYTES = 64 << 20
# In one folder; more are not looked at.
MOST_FILES = 2000
# Of the JSON; each costs up to a hundred bytes once it is read.
MAX_VALUES = 2_000_000
MAX_CELLS = 1000
# Characters of all cells together, but for pictures that stand in a text as data.
MAX_SOURCE = 300_000
# Endings of what can hold files, and may keep them to itself: another format, a password, a zip in a zip.
PACKED = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
# What begins a value of JSON, and a string; one that does not end goes on to the end. It never goes back, so that it
# takes no longer than reading.
TOKEN = re.compile(r'[,\[{]|"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
# How a zip begins, and git's mark where two versions meet.
ZIP, CONFLICT = b"PK\x03\x04", re.compile(rb"^<{7} ", re.MULTILINE)
# How many may begin an environment in one text; each makes reading the rest slower.
MOST_FORMULAS = 500


@dataclass(frozen=True)
class Cell:
    """What is taken from a submitted cell."""

    type: str
    source: str
    id: str = ""
    grade_id: str = ""
    attached: Attached = field(default_factory=Attached)


def read_file(path: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a file that was handed in: whatever somebody hands in is read here and nowhere else.

    Args:
        path: where it should be.
        most: bytes that it may have.
    Raises:
        Unreadable: if there is none at this place, or it is a link, a pipe, a device, or too large.
    """
    # A link that was put there meanwhile is not followed, and a pipe is not waited for.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK
    try:
        if path.parent.is_symlink() or path.is_symlink():
            raise Unreadable(
                f"{path.name} is a link to another place. Hand in the notebook itself, as a file of its own."
            )
        if not path.exists():
            raise Unreadable(_absent(path))
        with open(os.open(path, flags), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise Unreadable(f"{path.name} is not a file.")
            # A file can claim a terabyte and hold nothing.
            if about.st_size > most:
                raise Unreadable(_too_large(about.st_size, most))
            return file.read(most)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.") from None


def names_in(folder: Path) -> list[str]:
    """The names of what is in a folder that was handed in, in order, but folders: `read_file` says what is no file."""
    names = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in itertools.islice(entries, MOST_FILES):
            if not entry.is_dir(follow_symlinks=False):
                names.append(entry.name)
    return sorted(names)


def parse(data: bytes) -> list[Cell]:
    """The cells of a submitted notebook.

    Args:
        data: the file's bytes.
    Raises:
        Unreadable: if the bytes are anything but a notebook within the limits.
    """
    cells = [_cell(number, cell) for number, cell in _numbered(data)]
    length = sum(len(cell.source) for cell in cells)
    if length > MAX_SOURCE:
        raise Unreadable(f"The notebook's cells hold {length:,} characters; the limit is {MAX_SOURCE:,}.")
    return cells


def _json(data: bytes) -> object:
    """What bytes say as JSON, if they are few enough to be read."""
    if len(data) > MAX_BYTES:
        raise Unreadable(_too_large(len(data)))
    if not data.strip():
        raise Unreadable("The file is empty. Save the notebook and hand it in again.")
    try:
        # As `json` does it, so that what is counted is what is read.
        text = data.decode(json.detect_encoding(data), "surrogatepass")
        too_much = _values(text) > MAX_VALUES
        found = None if too_much else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The file is not a notebook ({_why(error, data)}). {_what_then(data)}") from None
    if too_much:
        raise Unreadable(
            "The file holds more than any notebook of this course. Clear all outputs, save, hand in again."
        )
    return found


def _values(text: str) -> int:
    """How many values a JSON text has at most, or more than are read; a string is one, whatever stands in it."""
    values = sum(text.count(sign) for sign in (",", "[", "{"))
    if values <= MAX_VALUES:
        return values
    values = 0
    for number, token in enumerate(TOKEN.finditer(text)):
        values += text[token.start()] != '"'
        # In front of a key and of its value stands one of the others at most, or it is no JSON.
        if values > MAX_VALUES or number > 4 * MAX_VALUES:
            return MAX_VALUES + 1
    return values


def raw_cells(data: bytes) -> list:
    """The cells that `parse` reads, as they stand in the file.

    Args:
        data: the file's bytes.
    Raises:
        Unreadable: if they hold no cells, or too many.
    """
    return [cell for _, cell in _numbered(data)]


def _numbered(data: bytes) -> list[tuple[int, Any]]:
    """A notebook's cells, unread, with their numbers; without empty ones that the student added."""
    found = []
    for number, cell in enumerate(_all_cells(_json(data)), 1):
        if not _is_empty(cell):
            found.append((number, cell))
    if len(found) > MAX_CELLS:
        raise Unreadable(
            f"The notebook has {len(found)} cells; the limit is {MAX_CELLS}. "
            "Take out what is no part of your answers, save, hand in again."
        )
    return found


def _all_cells(notebook: object) -> list:
    """The list of a notebook's cells, unread."""
    if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list):
        return notebook["cells"]
    if isinstance(notebook, dict) and "worksheets" in notebook:
        raise Unreadable(
            "The notebook has a format from before 2014. Open it in JupyterLab, save it and hand it in again."
        )
    raise Unreadable(
        "The file is not a notebook: it has no list of cells. Hand in the file that you worked in."
    )


def _is_empty(cell: object) -> bool:
    """Whether nothing stands in a cell that is none of the unit's by nbgrader's id."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in TYPES:
        return False
    source = _source(cell)
    if source is None or source.strip() or _dict_at(cell, "attachments"):
        return False
    return not _text_at(_dict_at(_dict_at(cell, "metadata"), "nbgrader"), "grade_id")


def _cell(number: int, cell: object) -> Cell:
    if not isinstance(cell, dict):
        raise Unreadable(
            f"Cell {number} is not a cell. Open the notebook in JupyterLab, save it, hand it in again."
        )
    source, kind = _source(cell), cell.get("cell_type")
    if source is None or kind not in TYPES:
        raise Unreadable(
            f"Cell {number} is damaged: it has no source, or it is neither code nor text. "
            "Open the notebook in JupyterLab, save it and hand it in again."
        )
    about = _dict_at(_dict_at(cell, "metadata"), "nbgrader")
    text = clean(source)
    attachments = {clean(name): data for name, data in _dict_at(cell, "attachments").items()}
    if kind != "code":
        text, attachments = paper.taken_out(text, attachments)
    return Cell(kind, text, _text_at(cell, "id"), _text_at(about, "grade_id"), paper.read(attachments))


def _source(cell: dict) -> str | None:
    """A cell's source, which may be a list of lines; None if it is anything else."""
    # None is as nothing: some tools write so.
    source = "" if cell.get("source") is None else cell["source"]
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    # Some editors on Windows end lines otherwise, which changes nothing of the cell.
    return source.replace("\r\n", "\n") if isinstance(source, str) else None


def _dict_at(data: dict, key: str) -> dict:
    """A dict within another one; {} if anything else stands there."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text_at(data: dict, key: str) -> str:
    """A text within a dict; "" if anything else stands there."""
    value = data.get(key)
    return value if isinstance(value, str) else ""


def clean(text: str) -> str:
    """A text without what no file or terminal can take: half characters and control characters."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "", text)


def inert(markdown: str, pictures: Mapping[str, str] = MappingProxyType({})) -> str:
    """A student's text that shows as they wrote it and does nothing in the browser of whoever reads it.

    A sign breaks what would begin an HTML tag, a link to anything but a page on the web, or a picture that is not
    attached: one from elsewhere would tell who looks at it, and one that is gone keeps the notebook from being shown.
    So many \\begin that reading them takes minutes are broken as well.

    Args:
        markdown: the text.
        pictures: the names under which pictures are attached, by the student's names for them.
    """
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", markdown)
    text = paper.shown(text, pictures)
    text = re.sub(r"\](?=\([ \t\n]*+(?!https?://|attachment:|#))", "] ", text)
    # In lists and quotations too.
    text = re.sub(r"\]:(?![ \t]*+https?://)", "] :", text)
    if text.count(r"\begin") > MOST_FORMULAS:
        text = text.replace(r"\begin", r"\ begin")
    # A formula can link too.
    return re.sub(r"\\(?=href|require)", r"\\ ", text)


def _absent(path: Path) -> str:
    """A sentence about a notebook that is not there, and what is in its place."""
    others = [name for name in names_in(path.parent) if name != STAMP]
    if not others:
        return _misplaced(path) or f"There is no {path.name}: nothing was handed in."
    # What calls itself a notebook first, so that it is among those that are named.
    named = sorted(others, key=lambda name: ".ipynb" not in name.lower())[:4]
    begin = f"There is no {path.name}, but {', '.join(named)}."
    notebooks = [name for name in named if _is_notebook(path.with_name(name))]
    if not notebooks:
        return f"{begin} {_no_notebook(named, path.name)}"
    which = "that" if len(named) == 1 else notebooks[0] if len(notebooks) == 1 else "one of them"
    return f"{begin} If {which} is the notebook, rename it to {path.name}."


def _is_notebook(path: Path) -> bool:
    """Whether a file looks like a notebook, whatever its name."""
    try:
        data = read_file(path)
    except Unreadable:
        return False
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"cells"' in data


def _no_notebook(names: Sequence[str], wanted: str) -> str:
    """What to do where something was handed in of which nothing is the notebook."""
    packed = [name for name in names if name.lower().endswith(PACKED)]
    if packed:
        return f"No notebook of the unit can be read in {packed[0]}. Unpack it, and hand in {wanted} itself."
    begin = "That is no notebook." if len(names) == 1 else "None of these is a notebook."
    return f"{begin} Hand in the one that you worked in, as {wanted}."


def _misplaced(path: Path) -> str:
    """A sentence about folders in the place of a notebook, or about what lies in the place of its folder; else ""."""
    folder, unit = path.parent, path.stem
    if os.path.lexists(folder):
        names = ", ".join([name for name in _entries(folder) if name != STAMP][:4])
        told = f"There is no {path.name}, but a folder: {names}. Put the notebook itself beside it, as {path.name}."
        return told if names else ""
    if folder.name != unit:
        return ""
    # A student's folder, as nbgrader has it: other units lie there as well.
    names = ", ".join([name for name in _entries(folder.parent) if may_be_of(unit, name)][:4])
    told = f"There is no {unit}/{path.name}, but {names} in the student's folder. "
    return f"{told}Put the notebook into a folder {unit}, as {path.name}." if names else ""


def _entries(folder: Path) -> list[str]:
    """The names of all that is in a folder, folders as well."""
    with suppress(OSError), os.scandir(folder) as entries:
        return sorted(entry.name for entry in itertools.islice(entries, MOST_FILES))
    return []


def _why(error: ValueError | RecursionError, data: bytes) -> str:
    """Why bytes are no JSON."""
    begins_well = _begins_as_a_notebook(data)
    conflict = CONFLICT.search(data)
    if data.startswith(ZIP):
        return "it is a zip by another name"
    if begins_well and conflict:
        return f"the marks of a conflict in git stand in it, at line {_line(data, conflict.start())}"
    match error:
        case json.JSONDecodeError() if not begins_well:
            return "it does not begin as one does"
        case json.JSONDecodeError():
            return f"it is damaged or breaks off at line {error.lineno}, character {error.colno}"
        case RecursionError():
            return "it is nested too deep"
        case UnicodeDecodeError() if begins_well:
            return f"its text is not in UTF-8, as at line {_line(data, error.start)}"
        case UnicodeDecodeError():
            return "it is no text"
    return str(error)[:100]


def _what_then(data: bytes) -> str:
    """What to do with bytes that are no JSON: whatever it is, Jupyter opens it no more than we do."""
    if data.startswith(ZIP):
        return "Unpack it, and hand in the notebook itself."
    if not _begins_as_a_notebook(data):
        return "Hand in the notebook that you worked in; another name makes none of this."
    if CONFLICT.search(data):
        return "Choose one of the two versions there, see that Jupyter opens the file, and hand it in again."
    return "Jupyter does not open it either: hand in the notebook that you worked in, or an earlier copy."


def _begins_as_a_notebook(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))


def _line(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


def _too_large(size: int, most: int = MAX_BYTES) -> str:
    megabytes, limit = size / 1e6, most / 1e6
    return (
        f"The file has {megabytes:.0f} MB; the limit is {limit:.0f}. Clear all outputs, save, hand in again."
    )
