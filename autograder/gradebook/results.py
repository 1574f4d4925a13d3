"""A graded class as it is told to people: scores from nbgrader's gradebook, reasons from the graded notebooks.

Feedback, reports and exports read it here. It needs neither TensorFlow nor the exercises, and runs nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from nbformat import NotebookNode
from nbgrader.api import Grade, Student, SubmittedAssignment

from autograder.course.layout import Course
from autograder.exercise import check_id
from autograder.gradebook.database import opened
from autograder.gradebook.late_days import seconds_late
from autograder.grading import graded_notebook
from autograder.grading.graded_exercise import GradedExercise
from autograder.grading.grader import last_graded
from helpers.errors import Refused


@dataclass(frozen=True)
class Person:
    """A student as the gradebook knows them; all but `id` may be empty."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.id


@dataclass(frozen=True)
class Part:
    """An exercise, or a derivation that is graded by hand, in one submission.

    Attributes:
        name: of the exercise or the derivation.
        score: what counts: a grader's points where there are some, else the engine's.
        waits: whether a grader has still to look at it.
        comment: a grader's.
        verdict: what grading found; None for what is graded by hand, or if the notebook is gone.
        cell: nbgrader's id of the graded cell.
        by_hand: whether it is a derivation.
        decided: whether the points are a grader's.
    """

    name: str
    score: float
    max_score: float
    waits: bool = False
    comment: str = ""
    verdict: GradedExercise | None = None
    cell: str = ""
    by_hand: bool = False
    decided: bool = False

    @property
    def of_earlier_answer(self) -> bool:
        """Whether points and comment are those of an answer that has changed since."""
        return self.by_hand and self.waits and self.decided


@dataclass(frozen=True)
class Result:
    """One student's graded submission of a unit.

    Attributes:
        student: who handed it in.
        unit: its id.
        parts: what has points, in the notebook's order.
        penalty: points that are taken off for being late.
        handed_in: when, in UTC; None if nothing says so.
        seconds_late: by the due date and extension.
        notes: what is to be said of the submission as a whole.
        seconds: how long grading it took.
        notebook: as it was graded; None if it is gone.
    """

    student: Person
    unit: str
    parts: tuple[Part, ...] = ()
    penalty: float = 0.0
    handed_in: datetime | None = None
    seconds_late: float = 0.0
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    notebook: NotebookNode | None = field(default=None, compare=False, repr=False)

    @property
    def raw_score(self) -> float:
        """Points with manual grades, as nbgrader exports them."""
        return sum(part.score for part in self.parts)

    @property
    def score(self) -> float:
        """Points with manual grades, less the penalty, never below 0: as nbgrader exports it."""
        return max(0.0, self.raw_score - self.penalty)

    @property
    def max_score(self) -> float:
        return sum(part.max_score for part in self.parts)

    @property
    def verdicts(self) -> list[GradedExercise]:
        return [part.verdict for part in self.parts if part.verdict]

    @property
    def unread(self) -> bool:
        """Whether what was handed in could not be graded at all; the notes say why."""
        return bool(self.verdicts) and all(verdict.unread for verdict in self.verdicts)

    @property
    def doubts(self) -> list[str]:
        """Why the engine withheld points that no grader has decided on since, each reason once."""
        doubts = []
        for part in self.parts:
            if part.waits and part.verdict:
                doubts += [f"{part.verdict.exercise}: {doubt}" for doubt in part.verdict.doubts]
        return list(dict.fromkeys(doubts))

    @property
    def needs_review(self) -> bool:
        return any(part.waits and not part.by_hand for part in self.parts)

    @property
    def reasons(self) -> list[str]:
        """Why somebody should look at it, each reason once: what concerns the whole, then single exercises."""
        if not self.needs_review:
            return []
        if not self.notebook:
            return [f"its graded notebook is gone; `fdl grade {self.unit}` makes it again"]
        reasons = list(self.notes)
        said = " ".join(self.notes)
        for doubt in self.doubts:
            _, _, sentence = doubt.partition(": ")
            if sentence not in said:
                reasons.append(doubt)
        return reasons

    @property
    def derivations_to_read(self) -> list[Part]:
        """Those that wait for a grader."""
        return [part for part in self.parts if part.by_hand and part.waits]

    @property
    def to_read(self) -> float:
        """The points of derivations that wait for a grader."""
        return sum(part.max_score for part in self.derivations_to_read)


def of_class(course: Course, unit: str) -> list[Result]:
    """Everybody's graded submission of a unit, by student.

    Args:
        course: the course.
        unit: its id.
    Raises:
        Refused: if nothing of it has been graded.
    """
    with opened(course) as gradebook:
        submissions = gradebook.assignment_submissions(unit)
        results = [_result(course, unit, submission) for submission in submissions]
    if not results:
        raise Refused(f"no submission of {unit} has been graded: run `fdl grade {unit}` first")
    return sorted(results, key=lambda result: result.student.id)


def roster(course: Course) -> list[Person]:
    """Every student whom the gradebook knows, with or without a submission."""
    with opened(course) as gradebook:
        return sorted(map(_person, gradebook.students), key=lambda person: person.id)


def graded_units(course: Course) -> list[str]:
    """The units of which submissions have been graded, in the course's order."""
    with opened(course) as gradebook:
        return sorted(a.name for a in gradebook.assignments if a.num_submissions)


def handed_out(course: Course, unit: str) -> list[str]:
    """The code of a unit's stubs and set-up, as the gradebook has it from when the unit was graded first.

    Args:
        course: the course.
        unit: its id.
    """
    with opened(course) as gradebook:
        cells = gradebook.find_notebook(unit, unit).source_cells
        return [cell.source or "" for cell in cells if cell.cell_type == "code"]


def _result(course: Course, unit: str, submission: SubmittedAssignment) -> Result:
    notebook = last_graded(course, unit, submission.student.id)
    about = notebook.metadata[graded_notebook.OURS] if notebook else {}
    return Result(
        student=_person(submission.student),
        unit=unit,
        parts=tuple(_parts(submission, notebook)),
        penalty=submission.late_submission_penalty,
        handed_in=submission.timestamp,
        seconds_late=seconds_late(submission),
        notes=tuple(about.get("notes", ())),
        seconds=about.get("seconds", 0.0),
        notebook=notebook,
    )


def _parts(submission: SubmittedAssignment, notebook: NotebookNode | None) -> Iterator[Part]:
    """The graded cells, in the notebook's order where there is one."""
    grades: dict[str, Grade] = {}
    comments: dict[str, str] = {}
    for entered in submission.notebooks:
        grades |= {grade.name: grade for grade in entered.grades}
        comments |= {comment.name: comment.manual_comment or "" for comment in entered.comments}
    order: list[str] = []
    verdicts: dict[str, GradedExercise] = {}
    if notebook:
        order = [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in notebook.cells]
        for exercise, cell in graded_notebook.check_cells(notebook).items():
            verdicts[check_id(exercise)] = cell.graded
    there = [name for name in order if name in grades]
    gone = [name for name in grades if name not in order]
    for name in there + gone:
        yield _part(grades[name], verdicts.get(name), comments)


def _part(grade: Grade, verdict: GradedExercise | None, comments: Mapping[str, str]) -> Part:
    # A comment on code stands at the answer, points at the check.
    solved = grade.name.removesuffix("-check")
    said = [comments.get(cell) for cell in dict.fromkeys([grade.name, solved])]
    return Part(
        name=verdict.exercise if verdict else solved,
        score=grade.score,
        max_score=grade.max_score,
        waits=bool(grade.needs_manual_grade),
        comment="\n".join(filter(None, said)),
        verdict=verdict,
        cell=grade.name,
        by_hand=grade.cell.cell_type == "markdown",
        decided=grade.manual_score is not None,
    )


def _person(student: Student) -> Person:
    fields = (student.first_name, student.last_name, student.email, student.lms_user_id)
    return Person(student.id, *(text or "" for text in fields))
