"""What comes after an exercise that is right: the next thing to do in the notebook, as it lies in this folder."""

import ast
import json
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

# A notebook with many pictures in it takes long to read, and a card should not.
LARGEST = 20_000_000
# What stands in a cell until something is written.
TO_WRITE, TO_DERIVE = "raise NotImplementedError", "YOUR ANSWER HERE"
LAST = "Nothing here is left to write. Restart the kernel and run all cells: once every card is right, hand it in."


def next_step(objects: Sequence[str], folder: Path, done: Collection[str] = ()) -> str:
    """Say what a student does next, once an exercise is right.

    Args:
        objects: the names that the exercise asks for, by which its check cell is found.
        folder: where the notebook lies; of several that have the cell, the one saved last counts.
        done: names that are right already, whatever the notebook was when it was saved.
    Returns:
        A sentence; "" where no notebook can be read or none has the exercise's check cell.
    """
    for file in sorted(folder.glob("*.ipynb"), key=_saved, reverse=True):
        cells = _cells(file)
        for position, cell in enumerate(cells):
            if _is_check_of(objects, _source(cell)):
                return _after(cells, position, {*objects, *done})
    return ""


def _saved(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _cells(file: Path) -> list[dict[str, Any]]:
    """A notebook's cells; none of one that cannot be read."""
    try:
        if not file.is_file() or file.stat().st_size > LARGEST:
            return []
        cells = json.loads(file.read_text("utf-8"))["cells"]
        return [cell for cell in cells if isinstance(cell, dict)]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def _source(cell: dict[str, Any]) -> str:
    """A cell's text, which a notebook may hold line by line."""
    source = cell.get("source", "")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return text.encode("utf-8", "replace").decode()


def _is_check_of(objects: Sequence[str], source: str) -> bool:
    if "check(" not in source:
        return False
    for node in _statements(source):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            given = [getattr(argument, "id", "") for argument in node.value.args]
            if getattr(node.value.func, "id", "") == "check" and given == list(objects):
                return True
    return False


def _after(cells: list[dict[str, Any]], position: int, done: Collection[str]) -> str:
    """The first thing to do below a cell, or else above it."""
    above: list[str] = []
    heading = ""
    for number, cell in enumerate(cells):
        source = _source(cell)
        if cell.get("cell_type") == "markdown":
            heading = _last_heading(source) or heading
        if number > position and source.startswith("guess = None"):
            return "Next: guess what comes out of the experiment below, then run it."
        if not is_to_write(cell, done):
            continue
        what = ", ".join(f"`{name}`" for name in _defined(source))
        place = f"{what}, in “{heading}”" if what else f"“{heading}”"
        if number > position:
            return f"Next: {place}."
        above.append(place)
    if above:
        return f"Still to write: {above[0]}."
    return LAST


def is_to_write(cell: dict[str, Any], done: Collection[str]) -> bool:
    """Whether a cell that a student fills is as it came, and of something that is not right already.

    Args:
        cell: of a notebook, as JSON.
        done: names that are right already.
    """
    metadata = cell.get("metadata")
    ours = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if not isinstance(ours, dict) or not ours.get("solution"):
        return False
    source = _source(cell)
    if cell.get("cell_type") == "markdown":
        return TO_DERIVE in source
    return TO_WRITE in source and not set(_defined(source)) <= set(done)


def _last_heading(text: str) -> str:
    without_code = re.sub(r"^(```|~~~).*?(^\1|\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#{1,6} (.+)$", without_code, re.MULTILINE)
    return headings[-1].strip() if headings else ""


def _defined(source: str) -> list[str]:
    """The functions and classes that a cell defines."""
    return [node.name for node in _statements(source) if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def _statements(source: str) -> list[ast.stmt]:
    """A cell's statements; none of a cell that is no Python."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
