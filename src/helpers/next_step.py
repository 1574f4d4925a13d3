"""What comes after an exercise that is right: the next thing to do in the notebook, as it lies in this folder."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

# A notebook with many pictures in it takes long to read, and a card should not.
LARGEST = 20_000_000
LAST = "That was the last thing to write in this notebook. Restart the kernel, run all cells, and hand it in."


def next_step(objects: Sequence[str], folder: Path) -> str:
    """Say what a student does next, once an exercise is right.

    Args:
        objects: the names that the exercise asks for, by which its check cell is found.
        folder: where the notebook lies; of several that have the cell, the one saved last counts.
    Returns:
        A sentence; "" where no notebook can be read or none has the exercise's check cell.
    """
    for file in sorted(folder.glob("*.ipynb"), key=_saved, reverse=True):
        cells = _cells(file)
        for position, cell in enumerate(cells):
            if _is_check_of(objects, _source(cell)):
                return _after(cells, position)
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
    if isinstance(source, list):
        return "".join(map(str, source))
    return str(source)


def _is_check_of(objects: Sequence[str], source: str) -> bool:
    written = source.strip()
    return written.startswith("check(") and re.sub(r"\s", "", written) == f"check({','.join(objects)})"


def _after(cells: list[dict[str, Any]], position: int) -> str:
    """The first thing to do below a cell."""
    heading = _last_heading(cells[: position + 1])
    for cell in cells[position + 1 :]:
        source = _source(cell)
        if cell.get("cell_type") == "markdown":
            heading = _last_heading([cell]) or heading
        if source.startswith("guess = None"):
            return "Next: guess what comes out of the experiment below, then run it."
        if _is_to_write(cell):
            what = ", ".join(f"`{name}`" for name in _defined(source))
            where = f"“{heading}”"
            return f"Next: {what}, in {where}." if what else f"Next: {where}."
    return LAST


def _is_to_write(cell: dict[str, Any]) -> bool:
    metadata = cell.get("metadata")
    ours = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return isinstance(ours, dict) and bool(ours.get("solution"))


def _last_heading(cells: list[dict[str, Any]]) -> str:
    headings: list[str] = []
    for cell in cells:
        if cell.get("cell_type") == "markdown":
            headings += re.findall(r"^#{1,6} (.+)$", _source(cell), re.MULTILINE)
    return headings[-1].strip() if headings else ""


def _defined(source: str) -> Iterator[str]:
    """The functions and classes that a cell defines."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
