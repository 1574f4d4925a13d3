"""`fdl feedback UNIT`: a page for each student, in course/feedback, from where nbgrader releases it.

A page tells the points, what each check found and what it looks like, what a grader wrote, and shows the notebook
that was handed in. It holds no script, nothing alive of a student's, and nothing of an instructor's.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.course import catalogue
from autograder.course.layout import Course
from autograder.gradebook import results
from autograder.gradebook.book import SECRET, STAMP
from autograder.gradebook.results import Part, Result
from autograder.grading.graded_exercise import GradedCheck, GradedExercise
from autograder.grading.grader import read_submission
from autograder.grading.submission import read_file
from autograder.pages import render
from autograder.progress import Progress, silent
from autograder.reporting import notebook_view
from helpers.errors import CalledWrongly, Refused, Unreadable

TIME = "%Y-%m-%d %H:%M:%S.%f UTC"  # as nbgrader's exchange writes it


@dataclass(frozen=True)
class Section:
    """An exercise or derivation on the page.

    Args:
        cell: the anchor of its answer in the notebook below, "" if there is none.
        checks: those worth listing, each with "the same" for a message that stands above already.
    """

    part: Part
    anchor: str
    cell: str
    checks: tuple[tuple[GradedCheck, str], ...]

    @property
    def verdict(self) -> GradedExercise | None:
        return self.part.verdict

    @property
    def standing(self) -> str:
        """The points in words: a derivation that nobody has read yet has none."""
        part = self.part
        if part.waits and part.by_hand:
            return f"open, {render.points(part.max_score)} points"
        most = f"{render.points(part.score)} of {render.points(part.max_score)}"
        return f"{most}, not final" if part.waits else most

    @property
    def hints(self) -> list[str]:
        """What to say below the checks: one thing to try or, where somebody will look, why."""
        if self.part.by_hand and not self.part.waits and not self.part.decided:
            return ["There is no answer."]
        if not self.verdict:
            return []
        return list(self.verdict.notes) or list(filter(None, [self.verdict.hint]))

    @property
    def earned(self) -> float | None:
        """What the checks gave, if a grader decided otherwise."""
        if self.part.decided and self.verdict and self.verdict.points != self.part.score:
            return self.verdict.points
        return None


def make(
    course: Course,
    unit: str,
    students: Sequence[str] = (),
    out: Path | None = None,
    progress: Progress = silent,
) -> tuple[dict[str, Path], list[str]]:
    """Write the pages.

    Args:
        students: only these.
        out: a folder in the place of the course's feedback/.
        progress: is told whose page is written.
    Returns:
        Each page's file, by student; and those of whom only the points are left, since their graded notebook is gone.
    Raises:
        Refused: if nothing has been graded.
        ValueError: if there is no graded submission of one of these students.
    """
    found = results.of_class(course, unit)
    by_student = {result.student.id: result for result in found}
    for name in students:
        if name not in by_student:
            close = catalogue.suggestion(name, list(by_student))
            raise CalledWrongly(f"no graded submission of {unit} is from {name!r}{close}")
    chosen = [by_student[name] for name in students] or found
    written = {}
    for number, result in enumerate(chosen, 1):
        written[result.student.id] = _write(course, result, out or course.root / "feedback")
        progress(number, len(chosen), result.student.id)
    return written, [result.student.id for result in chosen if not result.notebook]


def page(result: Result, data: bytes | Unreadable) -> str:
    """One student's page.

    Args:
        data: what they handed in.
    """
    cells = notebook_view.cells(result.notebook, data) if result.notebook and not result.unread else []
    return render.render("feedback.html", **_content(result, cells))


def sections(result: Result, cells: Sequence[notebook_view.Shown]) -> list[Section]:
    """The exercises and derivations, each with where its answer stands."""
    where = {cell.grade_id: cell.anchor for cell in cells if cell.grade_id}
    return [
        Section(part, f"part-{i}", where.get(part.cell.removesuffix("-check"), ""), _checks(part))
        for i, part in enumerate(result.parts, 1)
    ]


def _content(result: Result, cells: Sequence[notebook_view.Shown]) -> dict:
    return {
        "result": result,
        "title": notebook_view.title(result.notebook, result.unit),
        "sections": sections(result, cells),
        "cells": cells,
        "code_style": notebook_view.stylesheet(),
        "waiting": [part for part in result.parts if part.waits],
    }


def _write(course: Course, result: Result, out: Path) -> Path:
    student, unit = result.student.id, result.unit
    if Path(student).name != student:
        raise Refused(f"the gradebook's student {student!r} cannot be the name of a folder")
    folder = out / student / unit
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{unit}.html"
    file.write_text(page(result, read_submission(course, unit, student)), "utf-8", errors="replace")
    _let_release(course.submitted(unit, student).parent, folder, result.handed_in)
    return file


def _let_release(submitted: Path, folder: Path, handed_in: datetime | None) -> None:
    """Put beside a page what `nbgrader release_feedback` needs for everyone, or it stops in the middle.

    The secret names the page in the exchange, so that only who handed the work in finds it. What was not handed in
    through the exchange has none, and gets one that nobody knows.
    """
    secret = _text(submitted / SECRET) or _text(folder / SECRET) or secrets.token_hex(64)
    (folder / SECRET).write_text(secret)
    (folder / STAMP).write_text(handed_in.strftime(TIME) if handed_in else "")


def _text(file: Path) -> str:
    """A short text in a file that came with a submission; "" if it is not one."""
    try:
        data = read_file(file)
        return data.decode("ascii").strip() if len(data) < 1000 else ""
    except (Unreadable, UnicodeDecodeError):
        return ""


def _checks(part: Part) -> tuple[tuple[GradedCheck, str], ...]:
    """As the card lists them: none of an exercise not yet begun, and no message twice."""
    found, seen = [], set()
    if not part.verdict or part.verdict.not_begun:
        return ()
    for check in part.verdict.checks:
        found.append((check, "the same" if check.message in seen else check.message))
        seen |= {check.message} - {""}
    return tuple(found)
