"""`fdl feedback UNIT`: a page for each student, in course/feedback, from where nbgrader releases it.

A page tells the points, what each check found and what it looks like, what a grader wrote, and shows the notebook
that was handed in. It holds no script, nothing alive of a student's, and nothing of an instructor's.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder import limited
from autograder.course import catalogue, lecture
from autograder.course.layout import Course
from autograder.gradebook import results
from autograder.gradebook.book import SECRET, STAMP
from autograder.gradebook.results import Part, Result
from autograder.grading import files
from autograder.grading.graded_exercise import GradedCheck, GradedExercise
from autograder.grading.graded_notebook import OURS
from autograder.grading.submission import read_file
from autograder.pages import render
from autograder.progress import Progress, silent
from autograder.reporting import notebook_view
from autograder.reporting.notebook_view import CellView
from helpers.errors import CalledWrongly, Refused, Unreadable

TEMPLATE = Path(__file__).parent / "templates" / "feedback.html"
# as nbgrader's exchange writes a time
TIME = "%Y-%m-%d %H:%M:%S.%f UTC"
# seconds that a page may take, a hundred times as long as one does
PAGE_SECONDS = 20
TOO_MUCH = "The notebook cannot be shown here: {}."
NOTHING = Unreadable("it is not read")
# bytes of a secret at most; nbgrader's has 128
MAX_SECRET = 1000


@dataclass(frozen=True)
class CheckLine:
    """A check as the page lists it; the message is "the same" if it stands above already, and a fact stands once."""

    check: GradedCheck
    message: str
    fact: str = ""


@dataclass(frozen=True)
class Section:
    """An exercise or derivation on the page.

    Args:
        part: its points, and what was found.
        anchor: its id on the page.
        cell: the anchor of its answer in the notebook below, "" if there is none.
        checks: those worth listing, in the exercise's order.
    """

    part: Part
    anchor: str
    cell: str
    checks: tuple[CheckLine, ...]

    @property
    def verdict(self) -> GradedExercise | None:
        return self.part.verdict

    @property
    def standing(self) -> str:
        """The points in words: a derivation that nobody has read yet has none."""
        part = self.part
        if part.waits and part.by_hand and not part.decided:
            return f"open, {render.points(part.max_score)} points"
        score = f"{render.points(part.score)} of {render.points(part.max_score)}"
        if part.waits:
            return f"{score}, not final"
        return score

    @property
    def settled(self) -> bool:
        """Whether all points are there, and nobody has more to say: it need not be read."""
        part = self.part
        return part.score >= part.max_score and not part.waits and not part.comment

    @property
    def urgency(self) -> int:
        """Where it stands on the page: what fell short, then what waits for a grader, then what is settled."""
        if self.settled:
            return 2
        return int(self.part.waits)

    @property
    def failed(self) -> list[CheckLine]:
        return [line for line in self.checks if not line.check.passed]

    @property
    def passed(self) -> list[CheckLine]:
        return [line for line in self.checks if line.check.passed]

    @property
    def hints(self) -> list[str]:
        """What to say below the checks: one thing to try or, where somebody will look, why."""
        if self.part.by_hand and not self.part.waits and not self.part.decided:
            return ["There is no answer."]
        if not self.verdict:
            return []
        if self.verdict.not_begun and not self.verdict.notes:
            # What the card says is for who sits at the notebook.
            return ["Not written yet: its cell is as you got it."]
        if self.verdict.notes:
            return list(self.verdict.notes)
        if self.verdict.hint:
            return [self.verdict.hint]
        return []

    @property
    def earned(self) -> float | None:
        """What the checks gave, if a grader decided otherwise."""
        if not self.part.decided or not self.verdict:
            return None
        if self.verdict.points == self.part.score:
            return None
        return self.verdict.points


def make(
    course: Course,
    unit: str,
    students: Sequence[str] = (),
    out: Path | None = None,
    progress: Progress = silent,
) -> tuple[dict[str, Path], list[str]]:
    """Write the pages.

    Args:
        course: whose gradebook is read.
        unit: its id.
        students: only these.
        out: a folder in the place of the course's feedback/.
        progress: is told whose page is written.
    Returns:
        Each page's file, by student; and those of whom only the points are left, since their graded notebook is gone.
    Raises:
        Refused: if nothing has been graded.
        CalledWrongly: if there is no graded submission of one of these students.
    """
    chosen = _chosen(results.of_class(course, unit), unit, students)
    folder = out or course.root / "feedback"
    pages = {}
    for number, result in enumerate(chosen, 1):
        pages[result.student.id] = _write(course, result, folder)
        progress(number, len(chosen), result.student.id)
    without_notebook = [result.student.id for result in chosen if not result.notebook]
    return pages, without_notebook


def _read_page(course: Course, result: Result) -> str:
    """One student's page, with what they handed in."""
    about = result.notebook.metadata.get(OURS, {}) if result.notebook else {}
    data = files.read(course.submitted(result.unit, result.student.id), about.get("file", ""))
    return page(result, data)


def page(result: Result, data: bytes | Unreadable) -> str:
    """One student's page.

    Args:
        result: what it tells.
        data: what they handed in.
    """
    cells: list[CellView] = []
    if result.notebook and not result.unread:
        cells = notebook_view.cells(result.notebook, data)
    every = sections(result, cells)
    return render.render(
        TEMPLATE,
        result=result,
        title=notebook_view.title(result.notebook, result.unit),
        sections=every,
        by_urgency=sorted(every, key=lambda section: section.urgency),
        by_cell={section.cell: section for section in every if section.cell},
        notebook=notebook_view.folded(cells),
        linked=lecture.linked,
        code_style=notebook_view.stylesheet(),
        waiting=[part for part in result.parts if part.waits],
    )


def sections(result: Result, cells: Sequence[CellView]) -> list[Section]:
    """The exercises and derivations of a page.

    Args:
        result: what it tells.
        cells: the notebook below, where their answers stand.
    """
    anchors = {cell.grade_id: cell.anchor for cell in cells if cell.grade_id}
    return [_section(f"part-{number}", part, anchors) for number, part in enumerate(result.parts, 1)]


def _section(anchor: str, part: Part, anchors: Mapping[str, str]) -> Section:
    answer = anchors.get(part.cell.removesuffix("-check"), "")
    return Section(part, anchor, answer, _check_lines(part))


def _chosen(graded: list[Result], unit: str, students: Sequence[str]) -> list[Result]:
    """The results of these students; everybody's if none are named."""
    if not students:
        return graded
    by_student = {result.student.id: result for result in graded}
    for name in students:
        if name not in by_student:
            close = catalogue.suggestion(name, list(by_student))
            raise CalledWrongly(f"no graded submission of {unit} is from {name!r}{close}")
    return [by_student[name] for name in students]


def _write(course: Course, result: Result, out: Path) -> Path:
    student, unit = result.student.id, result.unit
    if Path(student).name != student:
        raise Refused(f"the gradebook's student {student!r} cannot be the name of a folder")
    folder = out / student / unit
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{unit}.html"
    try:
        text = limited.call(_read_page, course, result, seconds=PAGE_SECONDS)
    except limited.TooMuch as error:
        # Its points count all the same.
        text = page(replace(result, notebook=None, notes=(*result.notes, TOO_MUCH.format(error))), NOTHING)
    file.write_text(text, "utf-8", errors="replace")
    _let_release(course.submitted(unit, student).parent, folder, result.handed_in)
    return file


def _let_release(submitted: Path, folder: Path, handed_in: datetime | None) -> None:
    """Put beside a page what `nbgrader release_feedback` needs for everyone, or it stops in the middle.

    The secret names the page in the exchange, so that only who handed the work in finds it. What was not handed in
    through the exchange has none, and gets one that nobody knows.
    """
    secret = _short_text(submitted / SECRET) or _short_text(folder / SECRET) or secrets.token_hex(64)
    (folder / SECRET).write_text(secret)
    stamp = handed_in.strftime(TIME) if handed_in else ""
    (folder / STAMP).write_text(stamp)


def _short_text(file: Path) -> str:
    """A short text in a file that came with a submission; "" if it is not one."""
    try:
        return read_file(file, MAX_SECRET).decode("ascii").strip()
    except (Unreadable, UnicodeDecodeError):
        return ""


def _check_lines(part: Part) -> tuple[CheckLine, ...]:
    """As the card lists them: none of an exercise not yet begun, and nothing twice."""
    if not part.verdict or part.verdict.not_begun:
        return ()
    lines = []
    seen: set[str] = set()
    for check in part.verdict.checks:
        message = check.message
        if message in seen:
            message = "the same"
        if check.follows:
            message = f"{message} (follows from an earlier one)"
        fact = check.fact or ""
        if fact in seen:
            fact = ""
        seen |= {text for text in (check.message, fact) if text}
        lines.append(CheckLine(check, message, fact))
    return tuple(lines)
