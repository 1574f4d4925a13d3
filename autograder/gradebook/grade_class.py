"""`fdl grade UNIT`: grade a class. Submissions run side by side; one writer puts each into the gradebook when it is done."""

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nbformat.v4 import new_notebook

from autograder import logs
from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.course.layout import Course, same_name
from autograder.gradebook import own_course
from autograder.gradebook.book import Book
from autograder.gradebook.database import refusals
from autograder.gradebook.unchanged import Recorded
from autograder.grading import draws
from autograder.grading.backends import Backend, Threads
from autograder.grading.graded_submission import Graded
from autograder.grading.grader import Grader, prepare
from autograder.grading.orders import Farm
from autograder.grading.plan import Plan, plan_of
from autograder.grading.running import Run
from autograder.grading.workers import Workers
from autograder.progress import Progress, silent
from autograder.sandbox import Job, StepResult
from helpers.errors import CalledWrongly, CourseError, Refused

log = logging.getLogger(__name__)
MEND = "Mend that and grade again; what was saved before is kept"


@dataclass
class Row:
    """One student's submission, and what the gradebook says of it.

    Attributes:
        student: who handed it in.
        graded: what became of it.
        book: the scores in the gradebook.
        error: why the gradebook has it not.
        remarks: what else a person should look at, as that nobody knows when it was handed in.
    """

    student: str
    graded: Graded
    book: dict = field(default_factory=dict)
    error: str = ""
    remarks: str = ""

    @property
    def needs_review(self) -> bool:
        return self.graded.needs_review or bool(self.error) or bool(self.remarks)

    @property
    def reasons(self) -> list[str]:
        """Why it needs review, each reason once."""
        reasons = list(self.graded.reasons)
        if self.error:
            reasons = [self.error, *self.graded.notes, *reasons]
        if self.remarks:
            reasons.append(self.remarks)
        return list(dict.fromkeys(reasons))

    def as_dict(self) -> dict:
        checks = []
        used = {}
        for exercise, verdict in self.graded.verdicts.items():
            if verdict.used:
                used[exercise] = dict(verdict.used)
            checks += [{"exercise": exercise, **check.to_json()} for check in verdict.checks]
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
            "checks": checks,
            "used": used,
        }


@dataclass
class Report:
    """A graded class.

    Attributes:
        unit: its id.
        confinement: what held the students' code.
        rows: one for each student.
        seconds: how long it took.
    """

    unit: str
    confinement: str
    rows: list[Row] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def fine(self) -> bool:
        """Whether everybody was graded and saved, and not everything that was handed in was unreadable."""
        if any(row.error or row.graded.unfinished for row in self.rows):
            return False
        return not all(row.graded.unread for row in self.rows)

    def as_json(self) -> str:
        submissions = [row.as_dict() for row in self.rows]
        about = {"unit": self.unit, "confinement": self.confinement, "seconds": round(self.seconds, 2)}
        return json.dumps({**about, "submissions": submissions}, indent=1)


@contextmanager
def sandbox(jobs: int, unsafe: bool = False, at_once: bool = True) -> Iterator[tuple[Run, str]]:
    """What runs students' code, and the name of its confinement.

    Args:
        jobs: how much runs side by side.
        unsafe: run also where nothing can confine it.
        at_once: warm up while this process imports the rest; otherwise only once there is something to run.
    Raises:
        CannotConfine: if nothing on this machine can confine it and not `unsafe`.
    """
    from autograder.sandbox.client import Sandbox
    from helpers.quiet import import_tensorflow

    with closing(Sandbox(workers=jobs, unsafe=unsafe)) as confined:
        if at_once:
            confined.start()
        import_tensorflow()
        prepare()
        yield confined.run, confined.tier


def on_workers(farm: Farm, notice: Callable[[str], None], progress: Progress) -> Workers:
    """The backend that grades on the workers of a cluster, once this process can read what they answer.

    Args:
        farm: the workers.
        notice: is told a sentence about whatever goes wrong.
        progress: is told how it stands before the first submission is graded.
    """
    from helpers.quiet import import_tensorflow

    # The unit's exercises need it.
    import_tensorflow()
    prepare()
    return Workers(farm, notice, progress)


def _nothing(_: Job) -> list[StepResult]:
    raise Refused("no student's code runs here; it runs on the workers")


# Runs nothing: where workers grade, no student's code runs here.
NOT_HERE: Run = _nothing


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
    backend: Backend | None = None,
) -> Report:
    """Grade those who handed in a unit.

    Args:
        unit: the unit.
        root: the course root.
        run: runs a job in a confined child.
        confinement: its name.
        jobs: how much runs side by side; by default as much as there are cores.
        exercise: grade only this one anew, and keep the other verdicts of the same work.
        students: only these.
        force: grade anew what has not changed as well.
        progress: is told who has been graded.
        backend: where they are graded; by default in threads of this process.
    Raises:
        Refused: if there is nothing to grade, or the gradebook cannot be used or does not fit the unit.
        CalledWrongly: if there is no such exercise or student.
    """
    start = time.monotonic()
    course = Course(root)
    chosen = _students(course, unit.id, students)
    plan = plan_of(unit, course.root)
    again = _again(plan, exercise, force)
    report = Report(unit.id, confinement)
    secret = draws.secret(course.root)
    book = Book(course)
    try:
        book.register(plan)
        with refusals(book.url):
            chosen = _as_on_the_roster(book, chosen)
            own_course.follow(book.gradebook, course, unit.id)
            recorded = Recorded(course, plan, secret, book.gradebook)
        report.rows = list(_unchanged(recorded, chosen, bool(again)))
        there = {row.student for row in report.rows}
        todo = [student for student in chosen if student not in there]
        grader = Grader(course, secret, run, lambda _: unit)
        backend = backend or Threads()
        for student, graded in backend.run(grader, unit.id, todo, again, jobs or os.cpu_count() or 1):
            report.rows.append(_recorded(book, recorded, student, graded))
            what = f"{student}; {backend.standing}" if backend.standing else student
            progress(len(report.rows), len(chosen), what)
        _write(recorded)
        _read_back(book, unit.id, report.rows)
    finally:
        book.close()
    report.confinement = backend.confinement or confinement
    places = {student: place for place, student in enumerate(chosen)}
    report.rows.sort(key=lambda row: places[row.student])
    report.seconds = time.monotonic() - start
    return report


def _read_back(book: Book, unit: str, rows: Sequence[Row]) -> None:
    """Put what the gradebook says beside what was found; where it says nothing, the rows say why."""
    try:
        scores = book.scores(unit)
    except Refused as error:
        for row in rows:
            row.error = row.error or f"saved, and its score cannot be read back: {error}"
        return
    for row in rows:
        row.book = scores.get(row.student, {})


def _again(plan: Plan, exercise: str, force: bool) -> list[str]:
    """The exercises that are graded anew though nothing has changed."""
    if exercise and exercise not in plan.exercises:
        close = catalogue.suggestion(exercise, list(plan.exercises))
        raise CalledWrongly(f"{plan.unit} has no exercise {exercise!r}{close}")
    if exercise:
        return [exercise]
    return list(plan.exercises) if force else []


def _students(course: Course, unit: str, wanted: Sequence[str]) -> list[str]:
    there = course.students(unit)
    wanted = [same_name(name, there) for name in wanted]
    for name in wanted:
        if name not in there:
            raise CalledWrongly(f"{name!r} handed in nothing for {unit}{catalogue.suggestion(name, there)}")
    if not there:
        place = course.root / "submitted" / "STUDENT" / unit / f"{unit}.ipynb"
        raise Refused(f"nobody has handed in {unit}: submissions are looked for as {place}")
    return list(dict.fromkeys(wanted)) or there


def _as_on_the_roster(book: Book, names: Sequence[str]) -> list[str]:
    """The students whose folders have these names, as the gradebook writes them; two folders stay two students."""
    roster = {student.id for student in book.gradebook.students}
    students = []
    for name in names:
        student = same_name(name, roster)
        students.append(name if student in names else student)
    return students


def _unchanged(recorded: Recorded, students: Sequence[str], anew: bool) -> Iterator[Row]:
    """The rows of those of whom nothing has changed since they were recorded; none if they are graded anew."""
    for student in students:
        last = recorded.again(student)
        if last and not anew:
            graded, remarks = last
            yield Row(student, graded, remarks=remarks)


def _write(recorded: Recorded) -> None:
    """Remember what is recorded; where that fails, the next run looks at everything once more."""
    try:
        recorded.write()
    except OSError as error:
        log.warning("%s cannot be written: %s", recorded.file, error.strerror)


def _recorded(book: Book, recorded: Recorded, student: str, graded: Graded) -> Row:
    """Save what became of a submission; where that fails, the others' grades go on."""
    unit = recorded.plan.unit
    try:
        remarks = book.record(student, unit, graded)
        if not graded.unfinished:
            recorded.note(student, remarks)
        # It is saved: a large class's notebooks would fill the memory.
        graded.notebook = new_notebook()
    except Exception as error:
        why = _why(error)
        with logs.about(unit, student):
            # What is told in a sentence needs no traceback.
            log.error("not saved: %s", why, exc_info=not isinstance(error, CourseError))
        return Row(student, graded, error=f"not saved: {why}")
    return Row(student, graded, remarks=remarks)


def _why(error: Exception) -> str:
    """What kept a submission from being saved, as the end of a sentence."""
    if isinstance(error, CourseError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        place = error.filename2 or error.filename or "the course's folder"
        return f"{place} cannot be written: {error.strerror}. {MEND}"
    return f"{type(error).__name__}: {str(error)[:300]}"
