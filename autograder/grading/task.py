"""One submission on its way to where it is graded, and what comes back: JSON as bytes, so that no side unpickles anything.

A task holds all that a verdict depends on, beside the course and the libraries; see `same_course` for these.
"""

import base64
import functools
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat

from autograder.grading import engine, graded_notebook
from autograder.grading.draws import Draw
from autograder.grading.engine import HandedIn
from autograder.grading.graded_exercise import GradedExercise
from autograder.grading.graded_submission import Graded
from autograder.grading.plan import Plan
from autograder.grading.running import Run
from autograder.judging.lazy_tables import LazyTables
from helpers.errors import Unreadable


class Untrue(ValueError):
    """What came back is no answer to what was asked; the message says why."""


@dataclass(frozen=True)
class Task:
    """A submission that is to be graded.

    Attributes:
        unit: its id.
        student: who handed it in.
        handed_in: the submission.
        draw: its secret draw.
        before: the graded notebook of the last time; None if there is none.
        again: exercises whose verdicts of the last time are not reused.
    """

    unit: str
    student: str
    handed_in: HandedIn
    draw: Draw
    before: bytes | None = None
    again: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """The task as plain JSON."""
        given = self.handed_in
        unreadable = str(given.data) if isinstance(given.data, Unreadable) else ""
        notebook = given.data if isinstance(given.data, bytes) else None
        handed_in = {
            "notebook": _text(notebook),
            "unreadable": unreadable,
            "beside": list(given.beside),
            "file": given.file,
            "note": given.note,
            "guess": given.guess,
        }
        return {
            "unit": self.unit,
            "student": self.student,
            "handed_in": handed_in,
            "draw": [self.draw.index, self.draw.seed],
            "before": _text(self.before),
            "again": list(self.again),
        }

    @functools.cached_property
    def digest(self) -> str:
        """What tells it from every other task."""
        return hashlib.sha256(json.dumps(self.to_json()).encode()).hexdigest()

    @classmethod
    def from_json(cls, whole: Mapping[str, Any]) -> "Task":
        """Read a task.

        Args:
            whole: what `to_json` wrote.
        """
        given = whole["handed_in"]
        notebook = _bytes(given["notebook"])
        handed_in = HandedIn(
            data=Unreadable(given["unreadable"]) if notebook is None else notebook,
            beside=given["beside"],
            file=given["file"],
            note=given["note"],
            guess=given["guess"],
        )
        before = _bytes(whole["before"])
        return cls(whole["unit"], whole["student"], handed_in, Draw(*whole["draw"]), before, whole["again"])


def grade_task(task: Task, plan: Plan, run: Run, tables: LazyTables) -> Graded:
    """Grade one submission, here.

    Args:
        task: the submission.
        plan: its unit's.
        run: runs a job in a confined child.
        tables: judge what came of it.
    """
    before = graded_notebook.read(task.before) if task.before else None
    return engine.grade(task.handed_in, plan, task.draw, run, tables, before, task.again)


def answer(task: Task, graded: Graded) -> dict[str, Any]:
    """What became of a submission, as plain JSON that says to which task it belongs.

    Args:
        task: the submission.
        graded: what became of it.
    """
    about = {
        "notebook": graded.notebook,
        "notes": graded.notes,
        "needs_review": graded.needs_review,
        "seconds": graded.seconds,
        "ran": graded.ran,
        "files": dict(graded.files),
    }
    return {"task": task.digest, "graded": about}


def understood(reply: Mapping[str, Any], task: Task, plan: Plan) -> Graded:
    """Read what `answer` wrote, and hold it against the task and the plan.

    Args:
        reply: the answer's JSON.
        task: the submission.
        plan: its unit's.
    Raises:
        Untrue: if it is anything but an answer to this task by this plan.
    """
    if reply.get("task") != task.digest:
        raise Untrue("it belongs to another submission")
    try:
        about = reply["graded"]
        notebook = nbformat.from_dict(about["notebook"])
        found = {name: cell.graded for name, cell in graded_notebook.check_cells(notebook).items()}
        verdicts = {name: found[name] for name in plan.exercises}
        for name, verdict in verdicts.items():
            _hold_to_plan(verdict, name, task, plan)
        notes = [str(note) for note in about["notes"]]
        ran = [name for name in about["ran"] if name in verdicts]
        files = {str(name): str(encoded) for name, encoded in about["files"].items()}
        seconds, review = float(about["seconds"]), about["needs_review"] is True
        return Graded(notebook, verdicts, notes, review, seconds, ran, files)
    except (KeyError, TypeError, AttributeError) as error:
        raise Untrue(f"it lacks what an answer has ({type(error).__name__}: {error})") from None


def _hold_to_plan(verdict: GradedExercise, name: str, task: Task, plan: Plan) -> None:
    """Refuse a verdict about other work, by other rules, for another draw, or with points that cannot be.

    Raises:
        Untrue: if it is one.
    """
    key = engine.fingerprint(task.handed_in.data, plan, task.draw, name)
    if verdict.key not in (key, ""):
        raise Untrue(f"its verdict about {name} is about other work, or by other rules")
    wanted = [(check.name, float(check.points)) for check in plan.exercises[name].checks]
    if [(check.check, check.max_points) for check in verdict.checks] != wanted:
        raise Untrue(f"its verdict about {name} has other checks or points")
    for check in verdict.checks:
        if not (math.isfinite(check.points) and 0 <= check.points <= check.max_points):
            raise Untrue(f"its verdict about {name} gives {check.points} points of {check.max_points}")


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
