"""Where the submissions of a class are graded: in threads of this process; `workers` of a cluster can take their place.

A backend grades and hands back; it writes nothing. Whoever asked it is the one writer of the gradebook.
"""

from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import Protocol

from autograder.grading.graded_submission import Graded
from autograder.grading.grader import Grader


class Backend(Protocol):
    """Grades several submissions at a time."""

    @property
    def confinement(self) -> str:
        """What held the students' code, where others than the grader's own sandbox ran it; else ""."""

    @property
    def standing(self) -> str:
        """How it stands, to be shown beside the progress; "" if there is nothing to say."""

    def run(
        self, grader: Grader, unit: str, students: Sequence[str], again: Collection[str], jobs: int
    ) -> Iterator[tuple[str, Graded]]:
        """Grade what some students handed in for a unit.

        Args:
            grader: grades one submission.
            unit: its id.
            students: whose submissions.
            again: exercises whose verdicts of the last time are not reused.
            jobs: how many are to be run side by side.
        Returns:
            Each student once, in any order, as soon as they are graded. Whoever stops asking ends the rest.
        """


class Threads:
    """Grades in threads of this process, while the children of their jobs run beside it."""

    confinement = standing = ""

    def run(
        self, grader: Grader, unit: str, students: Sequence[str], again: Collection[str], jobs: int
    ) -> Generator[tuple[str, Graded], None, None]:
        """See `Backend`."""
        # One reads or judges while the others' children run.
        pool = ThreadPoolExecutor(jobs + 1)
        students_of: dict[Future[Graded], str] = {}
        for student in students:
            students_of[pool.submit(grader.grade, unit, student, again=again)] = student
        try:
            for future in as_completed(students_of):
                # Whoever asked decides how long it is kept.
                yield students_of.pop(future), future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
