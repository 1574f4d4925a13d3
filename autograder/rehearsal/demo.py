"""`fdl demo`: build the course, make a class, grade it, and see whether grading found what was planted."""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.authoring import build
from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.gradebook import grade_class
from autograder.gradebook.grade_class import Report, Row
from autograder.grading.graded_exercise import GradedExercise
from autograder.grading.plan import Plan, plan_of
from autograder.progress import Progress, silent
from autograder.rehearsal.made_up_class import Planted, hand_in, make_class
from helpers.errors import CalledWrongly, Refused

# only a folder with this file is ever emptied
MARK = ".made-by-fdl-demo"
FOREIGN = b'{"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": "x = 1", "outputs": []}], "nbformat": 4}'

Watched = Callable[[str], AbstractContextManager[Progress]]
"""Shows how far a piece of work is, by its title."""


@dataclass
class Demo:
    """What was planted, what grading found, and where the time went.

    Args:
        out: where everything lies.
        planted: the class of each unit.
        reports: each unit, graded.
        seconds: by what they were spent on.
    """

    out: Path
    planted: dict[str, list[Planted]] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Count the time that some work takes."""
        start = time.monotonic()
        yield
        self.seconds[what] = self.seconds.get(what, 0) + time.monotonic() - start

    def pairs(self, report: Report) -> list[tuple[Planted, Row | None]]:
        """Each submission of a unit, and what became of it; None if it was not graded."""
        rows = {row.student: row for row in report.rows}
        return [(planted, rows.get(planted.student)) for planted in self.planted[report.unit]]

    @property
    def shortfalls(self) -> list[str]:
        """Where grading did not find what was planted."""
        sentences = []
        for report in self.reports:
            for planted, row in self.pairs(report):
                for text in missed(planted, row):
                    sentences.append(f"{report.unit}, {planted.student} ({planted.what}): {text}")
        return sentences


@contextmanager
def unwatched(what: str) -> Iterator[Progress]:
    """Work whose progress nobody watches."""
    yield silent


def run(
    units: Sequence[Unit],
    out: Path,
    students: int,
    jobs: int,
    watched: Watched = unwatched,
    misconceptions: int = 0,
) -> Demo:
    """Build, make a class, and grade it.

    Args:
        units: those to rehearse.
        out: a new folder, or that of an earlier demo, which is emptied.
        students: how many at least in the first unit, which also gets all that is broken.
        jobs: how many submissions are graded side by side.
        watched: shows how far a piece of work is, by its title.
        misconceptions: how many of an exercise's are held at most; all if 0.
    Raises:
        CalledWrongly: if the folder holds other files.
    """
    demo = Demo(out)
    with grade_class.sandbox(jobs) as (kernel, tier):
        _empty(out)
        plans = [plan_of(unit) for unit in units]
        with demo.timed("building the course"), watched("building") as progress:
            build.build(units, out, out / "notebooks", progress=progress)
        with demo.timed("making the class"):
            for plan in plans:
                demo.planted[plan.unit] = _plant(plan, plans, students, misconceptions)
                _hand_in(demo.planted[plan.unit], plan.unit, out)
        for unit in units:
            with demo.timed(f"grading {unit}"), watched(f"grading {unit}") as progress:
                demo.reports.append(grade_class.grade(unit, out, kernel, tier, jobs=jobs, progress=progress))
    return demo


def missed(planted: Planted, row: Row | None) -> list[str]:
    """In what grading differs from what was planted, a sentence each.

    Args:
        planted: a submission.
        row: what became of it; None if it was not graded.
    """
    if not row:
        return ["was not graded"]
    sentences: list[str] = []
    for verdict in row.graded.verdicts.values():
        sentences += _missed_in_exercise(planted, verdict)
    if planted.review is True and not row.needs_review:
        sentences.append("is not marked for review")
    if planted.review is False and row.needs_review:
        sentences.append(f"is marked for review: {row.reasons}")
    if row.error or row.graded.unfinished:
        sentences += row.reasons
    return sentences


def as_json(demo: Demo) -> str:
    """What `fdl demo --json` prints: each unit as `fdl grade --json` has it, and what was handed in."""
    units = [_unit(demo, report) for report in demo.reports]
    seconds = {what: round(value, 1) for what, value in demo.seconds.items()}
    return json.dumps({"units": units, "shortfalls": demo.shortfalls, "seconds": seconds}, indent=1)


def chosen(names: Sequence[str]) -> list[Unit]:
    """The units that were asked for; all that are written by default.

    Raises:
        CalledWrongly: if one is not known.
        Refused: if none is written.
    """
    units = [catalogue.unit(name) for name in names] or catalogue.units()
    if not units:
        raise Refused("there is no unit yet: course/units is empty")
    return units


def _missed_in_exercise(planted: Planted, verdict: GradedExercise) -> Iterator[str]:
    name, points = verdict.exercise, verdict.points
    if name in planted.full and points != verdict.max_points:
        yield f"{name} is right and got {points:g} of {verdict.max_points:g}"
    if name in planted.none and points:
        yield f"{name} is not done and got {points:g} points"
    misconception = planted.named.get(name)
    if misconception and verdict.misconceptions != (misconception,):
        named = ", ".join(verdict.misconceptions) or "nothing"
        yield f"{name} holds “{misconception}”, and the card names {named}"


def _unit(demo: Demo, report: Report) -> dict:
    what = {planted.student: planted.what for planted in demo.planted[report.unit]}
    return {
        "unit": report.unit,
        "confinement": report.confinement,
        "seconds": round(report.seconds, 2),
        "submissions": [row.as_dict() | {"handed_in": what[row.student]} for row in report.rows],
    }


def _empty(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise CalledWrongly(f"{out} holds other files; give --out a new folder")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).write_text("fdl demo empties this folder when it is run again.\n")


def _plant(plan: Plan, plans: Sequence[Plan], students: int, misconceptions: int) -> list[Planted]:
    """The class of a unit: in the first one so many students at least, and all that is broken."""
    first, last = plans[0], plans[-1]
    if plan is not first:
        return make_class(plan, 0, False, b"", misconceptions)
    # a notebook that is none of this unit, be it the only one
    other = FOREIGN if last is first else hand_in(last, {})
    return make_class(plan, students, True, other, misconceptions)


def _hand_in(planted: Sequence[Planted], unit: str, out: Path) -> None:
    for submission in planted:
        folder = out / "submitted" / submission.student / unit
        folder.mkdir(parents=True, exist_ok=True)
        file = submission.file or f"{unit}.ipynb"
        (folder / file).write_bytes(submission.data)
