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
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from autograder.grading import paper
from autograder.grading.paper import Attached
from helpers.errors import Unreadable

# An animation in a notebook takes ten.
MAX_BYTES = 64 << 20
# In one folder; more are not looked at.
MOST_FILES = 2000
# Of the JSON; each costs up to a hundred bytes once it is read.
MAX_VALUES = 2_000_000
MAX_CELLS = 1000
# Characters of all cells together, but for pictures that stand in a text as data.
MAX_SOURCE = 300_000
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
    cells = [_cell(number, cell) for number, cell in enumerate(_raw_cells(_json(data)), 1)]
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
    values = sum(data.count(sign) for sign in (b",", b"[", b"{"))
    if values > MAX_VALUES:
        raise Unreadable(
            "The file holds more than any notebook of this course. Clear all outputs, save, hand in again."
        )
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            f"The file is not a notebook ({_why(error)}). Open it in JupyterLab, save it and hand it in again."
        ) from None


def _raw_cells(notebook: object) -> list:
    """The list of a notebook's cells, unread."""
    if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list):
        cells = notebook["cells"]
        if len(cells) > MAX_CELLS:
            raise Unreadable(f"The notebook has {len(cells)} cells; the limit is {MAX_CELLS}.")
        return cells
    if isinstance(notebook, dict) and "worksheets" in notebook:
        raise Unreadable(
            "The notebook has a format from before 2014. Open it in JupyterLab, save it and hand it in again."
        )
    raise Unreadable(
        "The file is not a notebook: it has no list of cells. Hand in the file that you worked in."
    )


def _cell(number: int, cell: object) -> Cell:
    if not isinstance(cell, dict):
        raise Unreadable(
            f"Cell {number} is not a cell. Open the notebook in JupyterLab, save it, hand it in again."
        )
    source, kind = _source(cell), cell.get("cell_type")
    if source is None or kind not in ("code", "markdown", "raw"):
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
    """A cell's source, which may be a list of lines; None if it has none."""
    source = cell.get("source", "")
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
    others = [name for name in names_in(path.parent) if name != "timestamp.txt"]
    if not others:
        return f"There is no {path.name}: nothing was handed in."
    names = ", ".join(others[:4])
    return f"There is no {path.name}, but {names}. If that is the notebook, rename it to {path.name}."


def _why(error: ValueError | RecursionError) -> str:
    """Why bytes are no JSON."""
    match error:
        case json.JSONDecodeError():
            return f"it is damaged or breaks off at line {error.lineno}, character {error.colno}"
        case RecursionError():
            return "it is nested too deep"
        case UnicodeDecodeError():
            return "it is no text"
    return str(error)[:100]


def _too_large(size: int, most: int = MAX_BYTES) -> str:
    megabytes, limit = size / 1e6, most / 1e6
    return (
        f"The file has {megabytes:.0f} MB; the limit is {limit:.0f}. Clear all outputs, save, hand in again."
    )
