"""Answers that people grade: which one a grader has seen, and whether it has changed since.

A table of ours beside nbgrader's remembers, for each derivation, every answer that was graded, with its points and
comment, and as the last the one that is there now. It is in the gradebook, so that it is written with the grades or
not at all, and so that it outlasts the graded notebooks, which nbgrader removes before it grades anew.
"""

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Base, Comment, Grade, Gradebook
from sqlalchemy import Column, Float, Integer, String, Table, Text, delete, insert, inspect, select

from autograder.grading import paper, submission
from autograder.grading.answers import is_asked_for_elsewhere
from autograder.grading.placed import ADDED
from helpers.errors import Unreadable

# Bytes of what is attached or lies beside a notebook are told apart by so many characters.
DIGEST = 32

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
        files: digests of pictures, and of files beside the notebook that may hold it, by name.
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
    """What a student answers in a cell of the graded notebook and in texts added beside it; where it is empty, wherever
    it may stand.

    Args:
        cell: the derivation's.
        notebook: in which it stands.
        folder: with what was handed in.
        attached: what is attached to cells and is not shown, by the names that begin with the cells' ids.
    """
    elsewhere = is_asked_for_elsewhere(cell.source)
    files = {
        name: _digest(json.dumps(bundle).encode()) for name, bundle in cell.get("attachments", {}).items()
    }
    for name, data in attached.items():
        if elsewhere or name.startswith(f"{cell.id}-"):
            files[name] = _digest(data.encode())
    # A text may say no more than that the answer is on page.pdf.
    files |= _papers(folder)
    texts = [cell.source]
    if elsewhere:
        texts += [other.source for other in notebook.cells if other.id.startswith(ADDED)]
    else:
        texts += _added_beside(cell, notebook.cells)
    return Answer("\n\n".join(texts), files)


def _added_beside(cell: NotebookNode, cells: Sequence[NotebookNode]) -> Iterator[str]:
    """The texts that a student has added right above and right below a cell, which may say "see below"."""
    here = [other.id for other in cells].index(cell.id)
    for neighbours in (reversed(cells[:here]), cells[here + 1 :]):
        for other in itertools.takewhile(_is_added_text, neighbours):
            yield other.source


def _is_added_text(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and cell.id.startswith(ADDED)


def _papers(folder: Path) -> dict[str, str]:
    """Digests of the files that may hold a derivation, by name."""
    digests = {}
    for name in filter(paper.is_paper, submission.names_in(folder)):
        try:
            digests[name] = _digest(submission.read_file(folder / name))
        except Unreadable:
            digests[name] = "unreadable"
    return digests


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:DIGEST]


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
