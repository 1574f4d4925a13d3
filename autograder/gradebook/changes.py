"""`fdl nightly`: what another grading of a class has changed, in sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder.course.layout import Course
from autograder.gradebook.database import address, is_there, opened
from autograder.gradebook.grade_class import Report


@dataclass(frozen=True)
class Change:
    """What has changed for one student.

    Attributes:
        what: "new", "changed" or "to review".
        student: whose work it is.
        said: the points, or why somebody should look at it.
    """

    what: str
    student: str
    said: str


def totals(course: Course, unit: str) -> dict[str, float]:
    """The points of everybody whose submission of a unit is in the gradebook, less penalties.

    Args:
        course: whose gradebook it is.
        unit: its id.
    """
    if not is_there(address(course)):
        return {}
    with opened(course) as gradebook:
        return {
            submission.student.id: max(0.0, submission.score - submission.late_submission_penalty)
            for submission in gradebook.assignment_submissions(unit)
        }


def since(before: Mapping[str, float], report: Report) -> Iterator[Change]:
    """What a grading has changed.

    Args:
        before: what `totals` gave before it.
        report: of the grading.
    """
    for row in report.rows:
        is_new = row.student not in before
        now = row.book.get("total", 0.0)
        differs = not is_new and now != before[row.student]
        if is_new:
            most = row.book.get("max_score", row.graded.max_score)
            yield Change("new", row.student, f"{now:g} of {most:g}")
        elif differs or row.graded.ran:
            yield Change("changed", row.student, f"{before[row.student]:g} → {now:g}")
        # What has waited since an earlier night was told then.
        if row.needs_review and (is_new or differs or row.graded.ran or row.error):
            yield Change("to review", row.student, " ".join(row.reasons))
