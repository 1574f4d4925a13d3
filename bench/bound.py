"""The least that grading could cost: the same cells and checks in one warm process, without a sandbox, a kernel or a gradebook.

    python -m bench.bound UNIT FOLDER

Prints, as JSON, wall and CPU seconds a submission: of running its cells and checks, and with reading it, holding it
against the rules, judging and writing the notebook.
"""

import json
import sys
import time
from pathlib import Path

from autograder.course import catalogue, layout
from autograder.course.layout import Course
from autograder.grading import engine
from autograder.grading.draws import draw_of, secret
from autograder.grading.grader import prepare, read_submission
from autograder.grading.plan import plan_of
from autograder.judging.lazy_tables import LazyTables
from autograder.sandbox import Job, StepResult
from autograder.testing.in_process_sandbox import InProcess


class Clock:
    """Adds up wall and CPU time of this process."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> None:
        self.wall -= time.monotonic()
        self.cpu -= time.process_time()

    def __exit__(self, *_: object) -> None:
        self.wall += time.monotonic()
        self.cpu += time.process_time()


def bound(unit: str, folder: Path) -> dict[str, dict[str, float]]:
    """Grade everybody here, the first of them once before the clock runs, so that everything is warm."""
    course, inside, clocks = Course(folder), InProcess(), {"run": Clock(), "all": Clock()}
    plan, key = plan_of(catalogue.unit(unit)), secret(folder)
    prepare()
    tables = LazyTables([layout.ROOT / "notebooks"])
    students = course.students(unit)

    def run(job: Job) -> list[StepResult]:
        with clocks["run"]:
            return inside.run(job)

    def grade(student: str) -> None:
        draw = draw_of(key, unit, student)
        with clocks["all"]:
            engine.grade(read_submission(course, plan, student).data, plan, draw, run, tables)

    grade(students[0])
    for clock in clocks.values():
        clock.wall = clock.cpu = 0.0
    for student in students:
        grade(student)
    return {
        name: {"wall": c.wall / len(students), "cpu": c.cpu / len(students)} for name, c in clocks.items()
    }


if __name__ == "__main__":
    print(json.dumps(bound(sys.argv[1], Path(sys.argv[2]))))
