"""Reads a submission, believing none of it, and puts it back into the form in which it was handed out.

What counts of a submission is the source of its cells and, by their ids, which cells of the plan they are. Its
outputs, tags, kernelspec, points and every other metadata are dropped.

Which cell is which:
- A cell belongs to the plan's cell whose nbgrader id it bears (whose cell id, if that has no nbgrader id). Of
  several with the same id the last one counts, as in nbgrader; the others are run as cells that the student added.
- Where no cell bears the id (a tool dropped it, a student made the cell anew), one with the very same source is it.
- A solution cell that is missing still is the last other code cell that defines one of the exercise's objects.
- What is missing after that comes back from the plan: set-up, checks, derivations, and solution cells as stubs. A
  derivation says so if the student added text, so that a person looks for the answer there.
"""

import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from helpers.errors import Unreadable

MAX_BYTES = 64 << 20  # an animation in a notebook takes ten
MAX_VALUES = 2_000_000  # of the JSON; each costs up to a hundred bytes once it is read
MAX_CELLS = 1000
MAX_SOURCE = 300_000  # characters of all cells together
MOST_FORMULAS = 500  # that begin an environment in one text; each makes reading the rest slower
PICTURES = ("image/png", "image/jpeg")  # what a student may attach to a derivation


@dataclass(frozen=True)
class Cell:
    """What is taken from a submitted cell."""

    type: str
    source: str
    id: str = ""
    grade_id: str = ""
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)


def read_file(path: Path) -> bytes:
    """The bytes of a submitted notebook.

    Raises:
        Unreadable: if there is none at this place, or it is a link, or too large.
    """
    if path.parent.is_symlink() or path.is_symlink():
        raise Unreadable(
            f"{path.name} is a link to another place. Hand in the notebook itself, as a file of its own."
        )
    if not path.exists():
        raise Unreadable(_absent(path))
    try:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable(f"{path.name} is not a file.")
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.") from None
    if len(data) > MAX_BYTES:
        raise Unreadable(_too_large(path.stat().st_size))
    return data


def parse(data: bytes) -> list[Cell]:
    """The cells of a submitted notebook.

    Raises:
        Unreadable: if the bytes are anything but a notebook within the limits.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(_too_large(len(data)))
    if not data.strip():
        raise Unreadable("The file is empty. Save the notebook and hand it in again.")
    if sum(data.count(sign) for sign in (b",", b"[", b"{")) > MAX_VALUES:
        raise Unreadable(
            "The file holds more than any notebook of this course. Clear all outputs, save, hand in again."
        )
    try:
        nb = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            f"The file is not a notebook ({_why(error)}). Open it in JupyterLab, save it and hand it in again."
        ) from None
    if not isinstance(nb, dict) or not isinstance(nb.get("cells"), list):
        old = isinstance(nb, dict) and "worksheets" in nb
        raise Unreadable(
            "The notebook has a format from before 2014. Open it in JupyterLab, save it and hand it in again."
            if old
            else "The file is not a notebook: it has no list of cells. Hand in the file that you worked in."
        )
    if len(nb["cells"]) > MAX_CELLS:
        raise Unreadable(f"The notebook has {len(nb['cells'])} cells; the limit is {MAX_CELLS}.")
    cells = [_cell(number, cell) for number, cell in enumerate(nb["cells"], 1)]
    if (length := sum(len(cell.source) for cell in cells)) > MAX_SOURCE:
        raise Unreadable(f"The notebook's cells hold {length:,} characters; the limit is {MAX_SOURCE:,}.")
    return cells


def _cell(number: int, cell: object) -> Cell:
    if not isinstance(cell, dict):
        raise Unreadable(
            f"Cell {number} is not a cell. Open the notebook in JupyterLab, save it, hand it in again."
        )
    source, kind = cell.get("source", ""), cell.get("cell_type")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str) or kind not in ("code", "markdown", "raw"):
        raise Unreadable(
            f"Cell {number} is damaged: it has no source, or it is neither code nor text. "
            "Open the notebook in JupyterLab, save it and hand it in again."
        )
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = about.get("grade_id") if isinstance(about, dict) else None
    return Cell(
        kind,
        clean(source),
        cell["id"] if isinstance(cell.get("id"), str) else "",
        grade_id if isinstance(grade_id, str) else "",
        _pictures(cell.get("attachments")),
    )


def clean(text: str) -> str:
    """A text without what no file or terminal can take: half characters and control characters."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "", text)


def _pictures(attachments: object) -> dict[str, dict[str, str]]:
    """A photograph of a derivation on paper stays; anything else that can be attached goes."""
    found: dict[str, dict[str, str]] = {}
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        for kind in PICTURES if isinstance(bundle, dict) else ():
            data = bundle.get(kind)
            if isinstance(data, str) and re.fullmatch(r"[A-Za-z0-9+/=\s]+", data):
                found[clean(name)] = {kind: data}
    return found


def inert(markdown: str) -> str:
    """A student's text that shows as they wrote it and does nothing in the browser of whoever reads it.

    A sign breaks what would begin an HTML tag, a link to anything but a page on the web, or a picture from
    elsewhere, which would tell who looks at it. So many \\begin that reading them takes minutes are broken as well.
    """
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", markdown)
    text = re.sub(r"!(?=\[)(?!\[[^\]\n]*+\]\(attachment:)", "! ", text)
    text = re.sub(r"\](?=\([ \t\n]*+(?!https?://|attachment:|#))", "] ", text)
    text = re.sub(r"\]:(?![ \t]*+https?://)", "] :", text)  # in lists and quotations too
    if text.count(r"\begin") > MOST_FORMULAS:
        text = text.replace(r"\begin", r"\ begin")
    return re.sub(r"\\(?=href|require)", r"\\ ", text)  # a formula can link too


def _absent(path: Path) -> str:
    others = sorted(p.name for p in path.parent.glob("*") if p.suffix == ".ipynb" or p.is_file())
    others = [name for name in others if name != "timestamp.txt"]
    if others:
        return f"There is no {path.name}, but {', '.join(others[:4])}. If that is the notebook, rename it to {path.name}."
    return f"There is no {path.name}: nothing was handed in."


def _why(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is damaged or breaks off at line {error.lineno}, character {error.colno}"
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    return "it is no text" if isinstance(error, UnicodeDecodeError) else str(error)[:100]


def _too_large(size: int) -> str:
    return f"The file has {size / 1e6:.0f} MB; the limit is {MAX_BYTES / 1e6:.0f}. Clear all outputs, save, hand in again."
