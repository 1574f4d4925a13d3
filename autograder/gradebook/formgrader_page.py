"""What a grader sees in formgrader beside an answer: the rubric, what was graded before, comments to use again."""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import pass_context
from markupsafe import Markup
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import LoggingConfigurable

from autograder.course import catalogue, derivation
from autograder.course.layout import Course, content_of
from autograder.gradebook import hand_graded
from autograder.gradebook.database import open_gradebook
from autograder.gradebook.hand_graded import Answer, Version
from autograder.grading import paper, submission
from autograder.pages.markdown import html_of_any
from helpers.errors import CourseError

# How many comments are offered for an exercise, and how long one of them may be.
MOST_COMMENTS, LONGEST_COMMENT = 12, 400
# Words of both answers; finding what changed takes longer the more there are.
MOST_WORDS = 4_000
# Characters that are shown of what stayed, at both ends of it.
KEPT_IN_SIGHT = 60


@dataclass(frozen=True)
class Item:
    """An item of the rubric, as HTML and as it was written."""

    points: float
    html: str
    text: str


@dataclass(frozen=True)
class Earlier:
    """An answer that was graded before.

    Attributes:
        score: its points.
        comment: the grader's.
        changes: from it to the answer that is there now, as HTML.
    """

    score: float
    comment: str
    changes: Markup


@dataclass(frozen=True)
class Beside:
    """What stands beside one answer.

    Attributes:
        grade_id: nbgrader's id of the cell.
        score: a grader's points, if there are any.
        items: of the rubric; none beside code.
        answer: the course's, as HTML.
        errors: common ones, as HTML.
        earlier: the answers that were graded before, the last one first.
        asks: whether the points are those of an earlier answer.
        files: what was handed in beside the notebook, as addresses by name.
        comments: that were written about this exercise before.
    """

    grade_id: str
    score: float | None = None
    items: tuple[Item, ...] = ()
    answer: str = ""
    errors: str = ""
    earlier: tuple[Earlier, ...] = ()
    asks: bool = False
    files: dict[str, str] = field(default_factory=dict)
    comments: tuple[str, ...] = ()


@pass_context
def markdown(context: Mapping[str, Any], source: str) -> str:
    """In the place of nbconvert's filter: formulas as MathML, and nothing that makes the page fail.

    Args:
        context: the template's, with the cell.
        source: the cell's.
    """
    return html_of_any(source, context.get("cell", {}).get("attachments", {}))


class BesideAnswers(LoggingConfigurable):
    """A filter of nbconvert's: from what formgrader says of a submission to what stands beside each answer."""

    def __call__(self, resources: Mapping[str, Any]) -> dict[str, Beside]:
        if "submission_id" not in resources:
            return {}
        exporter: Any = self.parent
        directory = CourseDirectory(config=exporter.config)
        try:
            gradebook = open_gradebook(directory)
        except CourseError as error:
            self.log.warning("formgrader shows no rubric: %s", error)
            return {}
        try:
            return beside_answers(gradebook, Course(Path(directory.root)), resources["submission_id"])
        except MissingEntry:
            # Formgrader shows another course than the one it was started for.
            return {}
        finally:
            gradebook.close()


def beside_answers(gradebook: Gradebook, course: Course, submission_id: str) -> dict[str, Beside]:
    """What stands beside each answer of a submission, by nbgrader's id of its cell.

    Args:
        gradebook: open.
        course: in which it lies.
        submission_id: nbgrader's id of the submitted notebook.
    Raises:
        MissingEntry: if there is none of this id.
    """
    submitted = gradebook.find_submission_notebook_by_id(submission_id)
    unit, student = submitted.assignment.assignment.name, submitted.student.id
    used = _comments(gradebook, submitted)
    by_cell = {}
    for comment in submitted.comments:
        by_cell[comment.name] = Beside(comment.name, comments=used.get(comment.name, ()))
    files = _files(course.graded(unit, student).parent)
    for grade in submitted.grades:
        if grade.cell_type == "markdown" and grade.name in by_cell:
            plain = replace(by_cell[grade.name], files=files)
            by_cell[grade.name] = _derivation(gradebook, course, unit, grade, plain)
    return by_cell


def _derivation(gradebook: Gradebook, course: Course, unit: str, grade: Grade, plain: Beside) -> Beside:
    """What stands beside a derivation, where `plain` stands beside any answer."""
    earlier = tuple(_earlier(hand_graded.versions(gradebook, grade.id)))
    outdated = grade.needs_manual_grade and grade.manual_score is not None
    beside = replace(plain, score=grade.manual_score, earlier=earlier, asks=outdated and bool(earlier))
    try:
        d = derivation.of(catalogue.unit(unit, content_of(course.root)), grade.name)
    except CourseError:
        # A course of somebody else's, or a derivation that is no more.
        return beside
    items = tuple(Item(item.points, _line(item.text), item.text) for item in d.items)
    return replace(beside, items=items, answer=html_of_any(d.answer, {}), errors=html_of_any(d.errors, {}))


def _line(text: str) -> str:
    """A text of one line as HTML without a paragraph around it."""
    return html_of_any(text, {}).strip().removeprefix("<p>").removesuffix("</p>")


def _files(folder: Path) -> dict[str, str]:
    """The addresses, from formgrader's page, of what was handed in beside a notebook."""
    names = filter(paper.is_paper, submission.names_in(folder))
    return {name: quote(name) for name in names}


def _comments(gradebook: Gradebook, submitted: SubmittedNotebook) -> dict[str, tuple[str, ...]]:
    """The paragraphs of the comments on each answer, in the whole class: the most frequent first."""
    query = gradebook.db.query(BaseCell.name, Comment.manual_comment)
    rows = query.join(Comment, Comment.cell_id == BaseCell.id).filter(
        BaseCell.notebook_id == submitted.notebook_id, Comment.manual_comment.isnot(None)
    )
    counts: dict[str, Counter[str]] = {}
    for name, comment in rows:
        for paragraph in re.split(r"\n\s*\n", comment):
            if 0 < len(paragraph.strip()) <= LONGEST_COMMENT:
                counts.setdefault(name, Counter())[paragraph.strip()] += 1
    used = {}
    for name, paragraphs in counts.items():
        used[name] = tuple(text for text, _ in paragraphs.most_common(MOST_COMMENTS))
    return used


def _earlier(versions: Sequence[Version]) -> Iterator[Earlier]:
    """What was graded before the answer that is there now, the last one first."""
    for version in reversed(versions[:-1]):
        changes = changes_between(version.answer, versions[-1].answer)
        yield Earlier(version.score or 0.0, version.comment, changes)


def changes_between(old: Answer, new: Answer) -> Markup:
    """What was taken from an answer and what was added to it, as HTML.

    Args:
        old: the earlier one.
        new: the later one.
    """
    parts = [Markup("<pre>{}</pre>").format(_changed_text(old.text, new.text))]
    for name in sorted({*old.files, *new.files}):
        if name not in new.files:
            parts.append(Markup("<p>{} is gone.</p>").format(name))
        elif name not in old.files:
            parts.append(Markup("<p>{} is new.</p>").format(name))
        elif old.files[name] != new.files[name]:
            parts.append(Markup("<p>{} is another file.</p>").format(name))
    return Markup("\n").join(parts)


def _changed_text(old: str, new: str) -> Markup:
    before, after = _pieces(old), _pieces(new)
    if len(before) + len(after) > MOST_WORDS:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if len(before) + len(after) > MOST_WORDS:
        return Markup("(It is too long for the changes to be shown.)")
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    html = Markup("")
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            html += _shortened("".join(before[i1:i2]))
            continue
        if i2 > i1:
            html += Markup("<del>{}</del>").format("".join(before[i1:i2]))
        if j2 > j1:
            html += Markup("<ins>{}</ins>").format("".join(after[j1:j2]))
    return html


def _pieces(text: str) -> list[str]:
    """Words, with the space behind them: between two changed words it is no part that stayed."""
    return re.findall(r"\S+\s*|\s+", text)


def _shortened(text: str) -> str:
    """What stayed as it was, without its middle if it is long."""
    if len(text) <= 3 * KEPT_IN_SIGHT:
        return text
    return f"{text[:KEPT_IN_SIGHT]} … {text[-KEPT_IN_SIGHT:]}"
