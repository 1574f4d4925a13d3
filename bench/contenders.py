"""The two graders that are timed, each with a course root of its own in which the same work has been handed in."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.authoring.assemble import assemble, write
from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.course.layout import ROOT, Course
from autograder.gradebook.book import Book
from autograder.grading.plan import Plan
from autograder.rehearsal.made_up_class import Planted, make_class

BIN = Path(sys.executable).parent
# How often ours is given the class, for a size near to 100.
COPIES = 4


@dataclass(frozen=True)
class Contender:
    """A grader.

    Attributes:
        name: what the tables call it.
        command: what starts it, in a course root.
        root: a course root that is ready to be graded.
        worker: a piece of the command line of the processes that run students' code.
    """

    name: str
    command: tuple[str, ...]
    root: Path
    worker: str

    def folder(self, students: Sequence[str]) -> Path:
        """A fresh copy of the course root.

        Args:
            students: whose submissions it has.
        """
        copy = self.root.with_name(f"{self.root.name}-run")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.root, copy)
        for folder in (copy / "submitted").iterdir():
            if folder.name not in students:
                shutil.rmtree(folder)
        return copy


def environment(folder: Path) -> dict[str, str]:
    """No settings of this machine's user reach either of them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "TF_"))}
    return kept | {"JUPYTER_CONFIG_DIR": str(folder), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def honest(plan: Plan, students: int) -> list[Planted]:
    """So many of the honest students of a made-up class, from all through it: right, wrong and unfinished work.

    Those that loop endlessly, exit, or hand in no notebook are left out: nbgrader would wait, or stop.

    Args:
        plan: the unit's.
        students: how many.
    """
    made = make_class(plan, students, broken=False, other=b"")
    chosen = [made[i * len(made) // students] for i in range(students)]
    return [replace(one, student=name) for one, name in zip(chosen, names(students), strict=True)]


def names(students: int, copies: int = 1) -> list[str]:
    """What the students are called, those of the first copy of the class first.

    Args:
        students: how many there are in a copy.
    """
    return [f"{copy}-{number:02}" for copy in range(copies) for number in range(students)]


def hand_in(root: Path, plan: Plan, made: Sequence[Planted]) -> None:
    """Put submissions where graders look for them in a course root."""
    for one in made:
        file = Course(root).submitted(plan.unit, one.student)
        file.parent.mkdir(parents=True)
        file.write_bytes(one.data)


def ours(folder: Path, plan: Plan, made: list[Planted], jobs: int) -> Contender:
    """`fdl grade`, with a gradebook that knows the unit already, as nbgrader's does.

    Args:
        folder: where its course root is made.
        plan: the unit's.
        made: the submissions, each of which is handed in by several.
        jobs: how many it grades at a time.
    """
    root = folder / "ours"
    root.mkdir()
    students = names(len(made), COPIES)
    copies = [replace(one, student=name) for one, name in zip(made * COPIES, students, strict=True)]
    hand_in(root, plan, copies)
    book = Book(Course(root))
    book.register(plan)
    book.close()
    command = (str(BIN / "fdl"), "grade", plan.unit, "--course", ".", "--jobs", str(jobs))
    return Contender("fdl grade", command, root, "> ")


def stock(folder: Path, unit: Unit, plan: Plan, made: Sequence[Planted]) -> Contender:
    """`nbgrader autograde` as it comes: no configuration, the checks run by the notebook's own `check(...)`.

    Args:
        folder: where its course root is made.
        plan: the unit's.
        made: the submissions.
    Raises:
        RuntimeError: if nbgrader cannot make the assignment.
    """
    root = folder / "nbgrader"
    source = root / "source" / unit.id
    source.mkdir(parents=True)
    write(assemble(unit, catalogue.exercises(unit)), source / f"{unit.id}.ipynb")
    shutil.copytree(ROOT / "notebooks" / unit.id / "checks", source / "checks")
    done = subprocess.run(
        [BIN / "nbgrader", "generate_assignment", unit.id],
        cwd=root,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"nbgrader could not make the assignment: {done.stderr[-2000:]}")
    hand_in(root, plan, made)
    command = (str(BIN / "nbgrader"), "autograde", unit.id)
    return Contender("nbgrader autograde", command, root, "ipykernel_launcher")
