"""`fdl grade UNIT`: grade a class. Submissions run side by side; one writer puts each into the gradebook when it is done."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.course.layout import Course
from autograder.gradebook.book import Book
from autograder.grading.engine import Graded
from autograder.grading.grader import Grader
from autograder.grading.running import Run
from autograder.progress import Progress, silent
from helpers.errors import CalledWrongly, Refused


@dataclass
class Row:
    """One student's submission, and what the gradebook says of it."""

    student: str
    graded: Graded
    book: dict = field(default_factory=dict)
    error: str = ""  # why the gradebook has it not

    @property
    def needs_review(self) -> bool:
        return self.graded.needs_review or bool(self.error)

    @property
    def reasons(self) -> list[str]:
        """Why it needs review, each reason once."""
        doubts = {f"{n}: {d}": d for n, v in self.graded.verdicts.items() for d in v.doubts}
        notes = [note for note in self.graded.notes if self.needs_review]
        own = [text for text, doubt in doubts.items() if doubt not in " ".join(notes)]
        return list(dict.fromkeys(filter(None, [self.error, *notes, *own])))

    def as_dict(self) -> dict:
        return {
            "student": self.student,
            "score": self.graded.score,
            "max_score": self.graded.max_score,
            "needs_review": self.needs_review,
            "reasons": self.reasons,
            "seconds": round(self.graded.seconds, 3),
            "graded_now": self.graded.ran,
            "gradebook": self.book,
            "notes": self.graded.notes,
            "checks": [
                {"exercise": name, **check.to_json()}
                for name, v in self.graded.verdicts.items()
                for check in v.checks
            ],
        }


@dataclass
class Report:
    """A graded class."""

    unit: str
    confinement: str
    rows: list[Row] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def fine(self) -> bool:
        return not any(row.error for row in self.rows)

    def as_json(self) -> str:
        submissions = [row.as_dict() for row in self.rows]
        about = {"unit": self.unit, "confinement": self.confinement, "seconds": round(self.seconds, 2)}
        return json.dumps({**about, "submissions": submissions}, indent=1)


@contextmanager
def sandbox(jobs: int, unsafe: bool = False) -> Iterator[tuple[Run, str]]:
    """What runs students' code, and the name of its confinement. It warms up while this process imports the rest.

    Raises:
        RuntimeError: if nothing on this machine can confine it and not `unsafe`.
    """
    from autograder.sandbox.client import Kernels
    from helpers.quiet import import_tensorflow

    with Kernels(workers=jobs, unsafe=unsafe) as started:
        import_tensorflow()
        yield started.run, started.tier


def grade(
    unit: Unit,
    root: Path,
    run: Run,
    confinement: str,
    *,
    jobs: int = 0,
    exercise: str = "",
    students: Sequence[str] = (),
    force: bool = False,
    progress: Progress = silent,
) -> Report:
    """Grade those who handed in a unit.

    Args:
        run: runs a job in a confined child.
        exercise: grade only this one anew, and keep the other verdicts of the same work.
        students: only these.
        force: grade anew what has not changed as well.
        progress: is told who has been graded.
    Raises:
        Refused: if there is nothing to grade, or the gradebook does not fit the unit.
        ValueError: if there is no such exercise or student.
    """
    start = time.monotonic()
    course = Course(root)
    chosen = _students(course, unit.id, students)
    grader = Grader(course, run, lambda _: unit)
    plan = grader.plan(unit.id)
    if exercise and exercise not in plan.exercises:
        close = catalogue.suggestion(exercise, list(plan.exercises))
        raise CalledWrongly(f"{unit} has no exercise {exercise!r}{close}")
    again = [exercise] if exercise else list(plan.exercises) if force else []
    report = Report(unit.id, confinement)
    book = Book(course)
    try:
        book.register(plan)
        for student, graded in _side_by_side(grader, unit.id, chosen, again, jobs or os.cpu_count() or 1):
            report.rows.append(_recorded(book, student, unit.id, graded))
            progress(len(report.rows), len(chosen), student)
        scores = book.scores(unit.id)
    finally:
        book.close()
    for row in report.rows:
        row.book = scores.get(row.student, {})
    report.rows.sort(key=lambda row: chosen.index(row.student))
    report.seconds = time.monotonic() - start
    return report


def _students(course: Course, unit: str, wanted: Sequence[str]) -> list[str]:
    there = course.students(unit)
    for name in wanted:
        if name not in there:
            raise CalledWrongly(f"{name!r} handed in nothing for {unit}{catalogue.suggestion(name, there)}")
    if not there:
        place = course.root / "submitted" / "STUDENT" / unit / f"{unit}.ipynb"
        raise Refused(f"nobody has handed in {unit}: submissions are looked for as {place}")
    return list(dict.fromkeys(wanted)) or there


def _side_by_side(
    grader: Grader, unit: str, students: list[str], again: list[str], jobs: int
) -> Iterator[tuple[str, Graded]]:
    """Grade several at a time, and yield each when it is done."""
    pool = ThreadPoolExecutor(jobs + 1)  # one reads or judges while the others' children run
    futures: dict[Future[Graded], str] = {
        pool.submit(grader.grade, unit, student, again=again): student for student in students
    }
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _recorded(book: Book, student: str, unit: str, graded: Graded) -> Row:
    try:
        book.record(student, unit, graded)
    except Exception as error:  # a full disk or a locked database; the others' grades go on
        return Row(student, graded, error=f"not saved: {type(error).__name__}: {str(error)[:300]}")
    return Row(student, graded)
