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

import ast
import json
import os
import re
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.plan import CHECK, DERIVATION, GRADED, PROSE, SETUP, SOLUTION, Plan, Planned

MAX_BYTES = 64 << 20  # an animation in a notebook takes ten
MAX_VALUES = 2_000_000  # of the JSON; each costs up to a hundred bytes once it is read
MAX_CELLS = 1000
MAX_SOURCE = 300_000  # characters of all cells together
MOST_FORMULAS = 500  # that begin an environment in one text; each makes reading the rest slower
PICTURES = ("image/png", "image/jpeg")  # what a student may attach to a derivation
ADDED = "added"
# Python counts how deep a syntax tree is for all threads together, and where two meet one fails (SystemError). So
# whatever takes syntax apart in a grader does it alone, TensorFlow's AutoGraph while judging included.
ALONE = threading.RLock()
LOST = "\n\n*(This cell was missing from the submission. If the answer stands in a cell that the student added, grade that one.)*"


class Unreadable(ValueError):
    """A submission that is not this unit's notebook; the message says what it is and what to do."""


@dataclass(frozen=True)
class Cell:
    """What is taken from a submitted cell."""

    type: str
    source: str
    id: str = ""
    grade_id: str = ""
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Placed:
    """A cell of the restored notebook: its kind, the plan's cell unless the student added it, and the source."""

    kind: str
    id: str
    source: str
    planned: Planned | None = None
    markdown: bool = False
    missing: bool = False  # from the submission; it came back from the plan
    changed: bool = False  # in the submission, though it is locked; the plan's source is used
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def exercise(self) -> str:
        return self.planned.exercise if self.planned else ""


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


def restore(cells: list[Cell], plan: Plan) -> list[Placed]:
    """Put a submission's cells into the plan's form, in the student's order.

    Raises:
        Unreadable: if none of them belongs to an exercise of this unit.
    """
    claims = _claims(cells, plan)
    if not any(p.kind in (SOLUTION, CHECK) for p in claims.values()):
        ids = [c.grade_id for c in cells if c.grade_id and re.fullmatch(r"[\w-]{1,60}", c.grade_id)]
        holds = f"It holds {', '.join(ids[:6])}." if ids else "It holds no exercise at all."
        raise Unreadable(f"This is not the notebook of {plan.unit}. {holds} Hand in {plan.unit}.ipynb.")
    placed = [_placed(i, cell, claims.get(i)) for i, cell in enumerate(cells)]
    return _with_what_is_missing([p for p in placed if p.kind != PROSE or p.source.strip()], plan)


def blank(plan: Plan) -> list[Placed]:
    """The unit as it was handed out, for a submission that cannot be read."""
    return [_from_plan(p) for p in plan.cells]


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


def _claims(cells: list[Cell], plan: Plan) -> dict[int, Planned]:
    """Which of the plan's cells each submitted cell is, by its position."""
    claims: dict[int, Planned] = {}

    def claim(planned: Planned, positions: Iterator[int]) -> None:
        position = max((i for i in positions if i not in claims), default=None)
        if position is not None:
            claims[position] = planned

    def open_cells() -> list[Planned]:
        taken = {p.id for p in claims.values()}
        return [p for p in plan.cells if p.id not in taken]

    for p in plan.cells:
        by_id = (i for i, c in enumerate(cells) if (c.grade_id == p.grade_id if p.grade_id else c.id == p.id))
        claim(p, by_id)
    for p in open_cells():
        claim(p, (i for i, c in enumerate(cells) if c.source.strip() == p.source.strip()))
    for p in open_cells():
        if p.kind == SOLUTION:
            objects = set(plan.exercises[p.exercise].objects)
            claim(p, (i for i, c in enumerate(cells) if c.type == "code" and objects & defined(c.source)))
    return claims


def defined(source: str) -> set[str]:
    """The names that a cell defines at its top level; none if it is not Python."""
    try:
        with ALONE:
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = {n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    targets = [t for n in body if isinstance(n, ast.Assign) for t in n.targets]
    targets += [n.target for n in body if isinstance(n, ast.AnnAssign)]
    return names | {part.id for t in targets for part in ast.walk(t) if isinstance(part, ast.Name)}


def _placed(position: int, cell: Cell, planned: Planned | None) -> Placed:
    if planned is None:
        id, markdown = f"added-{position}", cell.type != "code"
        source = inert(cell.source) if markdown else cell.source
        return Placed(PROSE if markdown else ADDED, id, source, None, markdown, pictures=cell.pictures)
    markdown = planned.kind in (DERIVATION, PROSE)
    same = cell.source.strip() == planned.source.strip()
    locked = planned.kind in (SETUP, CHECK)
    source = planned.source if same or locked else inert(cell.source) if markdown else cell.source
    pictures = cell.pictures if markdown else {}
    return Placed(
        planned.kind, planned.id, source, planned, markdown, changed=locked and not same, pictures=pictures
    )


def _from_plan(planned: Planned, missing: bool = False) -> Placed:
    markdown = planned.kind in (DERIVATION, PROSE)
    return Placed(planned.kind, planned.id, planned.source, planned, markdown, missing)


def _with_what_is_missing(placed: list[Placed], plan: Plan) -> list[Placed]:
    """Bring back the plan's graded cells that are not there, each behind the one that it followed.

    A check that stands before its solution cell is moved behind it: it could only fail there.
    """
    where = {p.id: i for i, p in enumerate(placed)}
    solved = {p.exercise: where[p.id] for p in placed if p.kind == SOLUTION}
    placed = [p for i, p in enumerate(placed) if p.kind != CHECK or i > solved.get(p.exercise, -1)]
    written = any(p.kind == PROSE and not p.planned for p in placed)
    before = ""
    for planned in plan.cells:
        if planned.kind not in GRADED:
            continue
        ids = [p.id for p in placed]
        if planned.id not in ids:
            if planned.kind == CHECK:
                before = next(p.id for p in placed if p.kind == SOLUTION and p.exercise == planned.exercise)
            back = _from_plan(planned, missing=planned.id not in where)
            if (
                planned.kind == DERIVATION and written
            ):  # nobody but a person can tell whether it is the answer
                back = replace(back, source=back.source + LOST)
            placed.insert(ids.index(before) + 1 if before else 0, back)
        before = planned.id
    return placed


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
