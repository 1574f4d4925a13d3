"""A unit's file and its exercises become one instructor notebook, in nbgrader's format."""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring.yours_to_write import decided, sentence
from autograder.course import derivation
from autograder.course.catalogue import Unit
from autograder.course.layout import KERNEL
from autograder.exercise import BEGIN, END, Exercise, check_id, solution_id
from helpers.errors import AuthoringError

SETUP, EXPERIMENT = "setup", "experiment"


def assemble(unit: Unit, exercises: Sequence[Exercise]) -> NotebookNode:
    """The instructor's notebook of a unit: every answer in place, every cell with its id.

    nbgrader's ids: `Dense` for a solution cell, `Dense-check` for the check cell behind it, the derivation's
    name for an answer graded by hand, `setup`, `setup-2` … for set-up. Experiments carry none.

    Args:
        unit: whose file is read.
        exercises: the unit's, in its order.
    Raises:
        AuthoringError: if a cell is of no kind, or an exercise or derivation cannot be found; it names file
            and line and says what to do.
    """
    if not unit.path:
        raise AuthoringError(f"{unit} has no file yet: write course/units/NN_{unit.package}.py")
    read = []
    for file in unit.files:
        read += [(_kind(cell, f"{file}, line {line}"), cell) for line, cell in _cells(file)]
    ready = iter(exercises)
    cells: list[NotebookNode] = []
    for kind, cell in read:
        if kind == "exercise":
            exercise = next(ready)
            cells.append(new_markdown_cell(sentence(decided(exercise, unit))))
            cells += exercise_cells(exercise)
        elif kind == "derivation":
            cells += [new_markdown_cell(cell.source), answer_cell(unit, cell.metadata["derivation"])]
        elif cell.cell_type == "markdown":
            cells.append(new_markdown_cell(cell.source))
        else:
            cells.append(new_code_cell(cell.source, metadata={"tags": [kind]}))
    _number_setup(cells)
    _identify(unit, cells)
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as nbgrader does, with the same line ends everywhere."""
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8", newline="\n")


def exercise_cells(exercise: Exercise) -> list[NotebookNode]:
    """The solution cell and the check cell of an exercise."""
    check = f"check({', '.join(exercise.objects)})"
    return [
        new_code_cell(exercise.source, metadata=_graded(solution_id(exercise.name), solution=True)),
        new_code_cell(check, metadata=_graded(check_id(exercise.name), points=exercise.points, locked=True)),
    ]


def answer_cell(unit: Unit, name: str) -> NotebookNode:
    """The cell for a derivation's answer; the right one and the rubric are in it, in a solution region."""
    d = derivation.of(unit, name)
    source = (
        f"**Your answer** ({d.points:g} points, graded by hand; lecture {d.lecture})\n\n"
        f"{BEGIN}\n{d.answer}\n\n#### Rubric\n\n{d.rubric}\n\n#### Common errors\n\n{d.errors}\n{END}"
    )
    return new_markdown_cell(source, metadata=_graded(name, points=d.points, solution=True))


def _graded(grade_id: str, points: float | None = None, solution: bool = False, locked: bool = False) -> dict:
    """nbgrader's metadata of a cell; whatever has points is graded."""
    about: dict = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": points is not None,
        "solution": solution,
        "locked": locked,
        "task": False,
    }
    if points is not None:
        about["points"] = int(points) if points == int(points) else points
    return {"nbgrader": about}


def _cells(path: Path) -> Iterator[tuple[int, NotebookNode]]:
    """The cells of a py:percent file, each with the line where it begins."""
    import jupytext

    text = path.read_text("utf-8")
    lines, at = text.split("\n"), 0
    for cell in jupytext.reads(text, fmt="py:percent").cells:
        begins = 0
        for line in cell.source.split("\n"):
            there = (i for i in range(at, len(lines)) if lines[i].rstrip().endswith(line.rstrip()) and line)
            at = next(there, at - 1) + 1
            begins = begins or at
        # A raw cell is the file's own header.
        if cell.cell_type != "raw":
            yield max(begins, 1), cell


def _kind(cell: NotebookNode, place: str) -> str:
    """What a cell is: prose, derivation, exercise, set-up or experiment."""
    if cell.cell_type == "markdown":
        return "derivation" if "derivation" in cell.metadata else "prose"
    tags = [tag for tag in cell.metadata.get("tags", []) if tag in (SETUP, EXPERIMENT)]
    private = re.search(r"^\s*(from|import)\s+(solutions|autograder)\b", cell.source, re.MULTILINE)
    if private and tags:
        raise AuthoringError(
            f"{place}: a cell with tags={tags} imports from {private.group(2)}, which students do not have; "
            "an exercise's import stands in a cell of its own, without tags"
        )
    if len(tags) == 1:
        return tags[0]
    if not tags and private and _one_import(cell.source):
        return "exercise"
    raise AuthoringError(
        f'{place}: this code cell should be one of: set-up, headed `# %% tags=["setup"]`; '
        'an experiment, headed `# %% tags=["experiment"]`; '
        "an exercise, that is `from solutions.<unit>.<file> import <its objects>` and nothing else"
    )


def _one_import(source: str) -> bool:
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    return (
        len(body) == 1
        and isinstance(body[0], ast.ImportFrom)
        and not any(alias.asname or alias.name == "*" for alias in body[0].names)
    )


def _number_setup(cells: list[NotebookNode]) -> None:
    """Set-up cells are locked: `setup`, `setup-2`, …"""
    found = [cell for cell in cells if cell.metadata.get("tags") == [SETUP]]
    for number, cell in enumerate(found, 1):
        cell.metadata.update(_graded(SETUP if number == 1 else f"{SETUP}-{number}", locked=True))


def _identify(unit: Unit, cells: list[NotebookNode]) -> None:
    """Give each cell an id that a rebuild repeats: from its nbgrader id or, without one, its place among its kind."""
    seen: Counter[str] = Counter()
    for cell in cells:
        kind = cell.metadata.get("nbgrader", {}).get("grade_id") or "".join(cell.metadata.get("tags", []))
        seen[kind] += 1
        if "nbgrader" in cell.metadata and seen[kind] > 1:
            raise AuthoringError(
                f"{unit.path}: two cells would be called {kind!r}; each exercise and derivation enters once"
            )
        name = "\0".join([unit.id, kind, str(seen[kind])])
        cell.id = hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()[:12]
