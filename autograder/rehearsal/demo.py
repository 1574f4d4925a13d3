"""`fdl demo`: build the course, make a class, grade it, and see whether grading found what was planted."""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.gradebook import grade_class
from autograder.gradebook.grade_class import Report, Row
from autograder.grading.plan import Plan, plan_of
from autograder.progress import Progress, silent
from autograder.rehearsal.made_up_class import Made, hand_in, make_class
from helpers.errors import CalledWrongly, Refused

MARK = ".made-by-fdl-demo"  # only a folder with this file is ever emptied
FOREIGN = b'{"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": "x = 1", "outputs": []}], "nbformat": 4}'


@dataclass
class Demo:
    """What was planted, what was found, and where the time went."""

    out: Path
    planted: dict[str, list[Made]] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, what: str):
        start = time.monotonic()
        yield
        self.seconds[what] = self.seconds.get(what, 0) + time.monotonic() - start

    @property
    def shortfalls(self) -> list[str]:
        """Where grading did not find what was planted."""
        return [
            f"{report.unit}, {made.student} ({made.what}): {text}"
            for report in self.reports
            for made, row in pairs(self.planted[report.unit], report.rows)
            for text in (missed(made, row) if row else ["was not graded"])
        ]


Watched = Callable[[str], AbstractContextManager[Progress]]


@contextmanager
def unwatched(what: str) -> Iterator[Progress]:
    """Work whose progress nobody watches."""
    yield silent


def run(units: Sequence[Unit], out: Path, students: int, jobs: int, watched: Watched = unwatched) -> Demo:
    """Build, make a class, and grade it.

    Args:
        out: a new folder, or that of an earlier demo, which is emptied.
        students: how many at least in the first unit, which also gets all that is broken.
        jobs: how many submissions are graded side by side.
        watched: shows how far a piece of work is, by its title.
    """
    demo = Demo(out)
    with grade_class.sandbox(jobs) as (kernel, tier):
        _empty(out)
        plans = [plan_of(unit) for unit in units]
        with demo.timed("building the course"), watched("building") as progress:
            _build(units, out, progress)
        with demo.timed("making the class"):
            for number, plan in enumerate(plans):
                demo.planted[plan.unit] = _make(plans, number, students, out)
        for unit in units:
            with demo.timed(f"grading {unit}"), watched(f"grading {unit}") as progress:
                demo.reports.append(grade_class.grade(unit, out, kernel, tier, jobs=jobs, progress=progress))
    return demo


def missed(made: Made, row: Row) -> list[str]:
    """In what a verdict differs from what was planted."""
    found = []
    for name, verdict in row.graded.verdicts.items():
        points, most = verdict.points, verdict.max_points
        if name in made.full and points != most:
            found.append(f"{name} is right and got {points:g} of {most:g}")
        if name in made.none and points:
            found.append(f"{name} is not done and got {points:g} points")
        if (planted := made.named.get(name)) and verdict.misconceptions != (planted,):
            said = ", ".join(verdict.misconceptions) or "nothing"
            found.append(f"{name} holds “{planted}”, and the card names {said}")
    if made.review is not None and made.review != row.needs_review:
        found.append("is not marked for review" if made.review else f"is marked for review: {row.reasons}")
    if row.error or row.graded.unfinished:
        found += row.reasons
    return found


def _empty(out: Path) -> None:
    if out.is_dir() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise CalledWrongly(f"{out} holds other files; give --out a new folder")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).write_text("fdl demo empties this folder when it is run again.\n")


def _build(units: Sequence[Unit], out: Path, progress: Progress) -> None:
    from autograder.authoring import build

    build.build(units, out, out / "notebooks", progress=progress)


def _make(plans: list[Plan], number: int, students: int, out: Path) -> list[Made]:
    """The class of one unit, handed in."""
    plan, another = plans[number], plans[number - 1]
    other = hand_in(another, {}) if another is not plan else FOREIGN
    made = make_class(plan, students if number == 0 else 0, number == 0, other)
    for one in made:
        folder = out / "submitted" / one.student / plan.unit
        folder.mkdir(parents=True, exist_ok=True)
        (folder / (one.file or f"{plan.unit}.ipynb")).write_bytes(one.data)
    return made


def pairs(planted: list[Made], rows: list[Row]) -> list[tuple[Made, Row | None]]:
    by_student = {row.student: row for row in rows}
    return [(made, by_student.get(made.student)) for made in planted]


def as_json(demo: Demo) -> str:
    units = [json.loads(report.as_json()) for report in demo.reports]
    for unit in units:
        what = {made.student: made.what for made in demo.planted[unit["unit"]]}
        for submission in unit["submissions"]:
            submission["handed_in"] = what[submission["student"]]
    seconds = {what: round(value, 1) for what, value in demo.seconds.items()}
    return json.dumps({"units": units, "shortfalls": demo.shortfalls, "seconds": seconds}, indent=1)


def chosen(names: Sequence[str]) -> list[Unit]:
    """The units that were asked for; all that are written by default.

    Raises:
        ValueError: if one is not known, or none is written.
    """
    found = [catalogue.unit(name) for name in names] or catalogue.units()
    if not found:
        raise Refused("there is no unit yet: course/units is empty")
    return found
