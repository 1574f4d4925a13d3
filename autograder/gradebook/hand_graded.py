"""Answers that people grade: which one a grader has seen, and whether it has changed since.

A table of ours beside nbgrader's remembers, for each derivation, every answer that was graded, with its points and
comment, and as the last the one that is there now. It is in the gradebook, so that it is written with the grades or
not at all, and so that it outlasts the graded notebooks, which nbgrader removes before it grades anew.
"""

import itertools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Base, Comment, Grade, Gradebook
from sqlalchemy import Column, Float, Integer, String, Table, Text, delete, insert, inspect, select

from autograder.grading import graded_notebook, paper, submission
from autograder.grading.derivations import is_asked_for_elsewhere
from autograder.grading.files import papers_within
from autograder.grading.placed import ADDED
from helpers.errors import Unreadable

# Among nbgrader's tables, so that it is made with them when a gradebook is opened, and copied with them.
VERSIONS = Table(
    "fdl_hand_graded",
    Base.metadata,
    # nbgrader's id of a student's grade.
    Column("grade_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("answer", Text, nullable=False),
    Column("score", Float),
    Column("comment", Text),
)


@dataclass(frozen=True)
class Answer:
    """What a student answers to a derivation.

    Attributes:
        text: as it stands in its cell, and in cells that may hold it.
        files: digests of what is attached to these, and of files beside the notebook that may hold it, by name.
    """

    text: str
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Version:
    """An answer and, if a grader has seen it, the points and the comment that it got."""

    answer: Answer
    score: float | None = None
    comment: str = ""


def answer_of(
    cell: NotebookNode, notebook: NotebookNode, folder: Path, attached: Mapping[str, str]
) -> Answer:
    """What a student answers in a cell of the graded notebook and beside it or, where that is empty, anywhere.

    Args:
        cell: the derivation's.
        notebook: in which it stands.
        folder: with what was handed in.
        attached: what is attached to cells and is not shown, by the names that begin with the cells' ids.
    """
    elsewhere = is_asked_for_elsewhere(cell.source)
    # A text may say no more than that the answer stands below, or is on page.pdf.
    others = filter(_is_theirs, notebook.cells) if elsewhere else _texts_beside(cell, notebook.cells)
    texts, files = [cell.source], _attached_to(cell, attached)
    for number, other in enumerate(others, 1):
        # Its id says where it stands, which changes with what is added above.
        texts.append(other.source.replace(f"{other.id}-", ""))
        for name, digest in _attached_to(other, attached).items():
            files[f"Added cell {number}: {name.removeprefix(f'{other.id}-')}"] = digest
    if elsewhere:
        files |= {name: _digest(data) for name, data in attached.items() if not name.startswith(ADDED)}
        files |= _papers_within(folder) | _other_notebooks(folder, notebook)
    return Answer("\n\n".join(texts), files | _papers(folder))


def _is_theirs(cell: NotebookNode) -> bool:
    """Whether a student added a cell, or wrote into a text of the unit."""
    return cell.id.startswith(ADDED) or graded_notebook.is_own(cell)


def _texts_beside(cell: NotebookNode, cells: list[NotebookNode]) -> list[NotebookNode]:
    """The texts that the student added or wrote into next to a cell, in their order."""
    place = next(number for number, other in enumerate(cells) if other.id == cell.id)
    above = list(itertools.takewhile(_is_theirs, reversed(cells[:place])))
    below = itertools.takewhile(_is_theirs, cells[place + 1 :])
    return [other for other in (*reversed(above), *below) if other.cell_type == "markdown"]


def _attached_to(cell: NotebookNode, attached: Mapping[str, str]) -> dict[str, str]:
    """Digests of what is attached to a cell, shown or not, by name."""
    files = graded_notebook.left_out(cell)
    for name, bundle in cell.get("attachments", {}).items():
        files[name] = _digest(json.dumps(bundle))
    for name, data in attached.items():
        if name.startswith(f"{cell.id}-"):
            files[name] = _digest(data)
    return files


def _papers(folder: Path) -> dict[str, str]:
    """Digests of the files that may hold a derivation, by name."""
    papers = filter(paper.is_paper, submission.names_in(folder))
    return {name: _digest_of_file(folder / name) for name in papers}


def _papers_within(folder: Path) -> dict[str, str]:
    """Digests of what may hold a derivation in folders and packed files, by name."""
    return {name: mark or _digest_of_file(path) for name, path, mark in papers_within(folder)}


def _other_notebooks(folder: Path, graded: NotebookNode) -> dict[str, str]:
    """Digests of the notebooks beside the one that was graded, by name."""
    taken = graded.metadata.get(graded_notebook.OURS, {}).get("file", f"{folder.name}.ipynb")
    names = submission.names_in(folder)
    others = [name for name in names if name.lower().endswith(".ipynb") and name != taken]
    return {name: _digest_of_file(folder / name) for name in others}


def _digest_of_file(file: Path) -> str:
    try:
        return paper.digest(submission.read_file(file))
    except Unreadable:
        return "unreadable"


def _digest(text: str) -> str:
    return paper.digest(text.encode())


def versions(gradebook: Gradebook, grade_id: str) -> list[Version]:
    """The answers that were graded, in their order, and as the last the one that is there now.

    Args:
        gradebook: open.
        grade_id: nbgrader's id of a student's grade.
    """
    if not inspect(gradebook.db.connection()).has_table(VERSIONS.name):
        return []
    rows = gradebook.db.execute(
        select(VERSIONS).where(VERSIONS.c.grade_id == grade_id).order_by(VERSIONS.c.number)
    )
    return [Version(Answer(**json.loads(row.answer)), row.score, row.comment or "") for row in rows]


def waits(gradebook: Gradebook, grade: Grade, comment: Comment, answer: Answer, waited: bool) -> bool:
    """Remember an answer, and say whether a grader has to read it.

    Args:
        gradebook: open.
        grade: the student's, with what nbgrader says of it.
        comment: on the same cell.
        answer: what is there now.
        waited: whether it waited for a grader before.
    """
    before = versions(gradebook, grade.id)
    known = before or [Version(answer)]
    if grade.manual_score is not None and not waited:
        # Then it is the last of them that the grader saw.
        known = [*known[:-1], Version(known[-1].answer, grade.score, comment.manual_comment or "")]
    known = _continued(known, answer)
    if known != before:
        _write(gradebook, grade.id, known)
    if grade.manual_score is None:
        return grade.auto_score is None
    if known[-1].score is not None:
        return False
    # It has changed, or nobody knows what the grader saw.
    return waited or len(known) > 1


def _continued(known: list[Version], answer: Answer) -> list[Version]:
    """What was graded and, unless it is the same, what is there now."""
    graded = [version for version in known if version.score is not None]
    if graded and graded[-1].answer == answer:
        return graded
    return [*graded, Version(answer)]


def _write(gradebook: Gradebook, grade_id: str, known: list[Version]) -> None:
    gradebook.db.execute(delete(VERSIONS).where(VERSIONS.c.grade_id == grade_id))
    for number, version in enumerate(known):
        row = {
            "grade_id": grade_id,
            "number": number,
            "answer": json.dumps(asdict(version.answer), sort_keys=True),
            "score": version.score,
            "comment": version.comment,
        }
        gradebook.db.execute(insert(VERSIONS).values(row))
