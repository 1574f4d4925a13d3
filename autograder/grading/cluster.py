"""What a worker of a cluster does: `dask worker ADDRESS --preload autograder.grading.cluster`.

It keeps a fork server, plans and tables warm. Each function takes and gives JSON as bytes; whatever goes wrong comes back as a
sentence. A scheduler imports this module as well, so what grading needs is imported where it is used.
"""

import base64
import functools
import json
import logging
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.errors import Refused

if TYPE_CHECKING:
    from autograder.grading.plan import Plan
    from autograder.judging.lazy_tables import LazyTables
    from autograder.sandbox import Job, StepResult
    from autograder.sandbox.client import Sandbox
    from helpers.table import Table

log = logging.getLogger(__name__)
Function = Callable[[bytes], bytes]
PRELOAD = "--preload autograder.grading.cluster"


class Station:
    """What a worker keeps.

    Args:
        root: the course root, whose decisions about operations hold.
        threads: how much it does at a time.
    """

    def __init__(self, root: Path, threads: int):
        from autograder.grading import same_course
        from autograder.sandbox import client

        self.root = root
        # As they are now: what is imported later should be of the same state, or the worker is none for this course.
        self.files, self.versions = same_course.files(root), same_course.versions()
        self.lock = threading.Lock()
        self.tables: LazyTables | None = None
        # By unit, once they are asked for.
        self.opened: dict[str, tuple[Plan, LazyTables]] = {}
        self.sandbox: Sandbox | None = None
        self.cannot = ""
        try:
            # One thread judges while the others' children run.
            self.sandbox = client.Sandbox(workers=max(1, threads - 1))
            self.sandbox.start()
        except (ValueError, OSError) as error:
            self.cannot = str(error)
            log.error("%s", error)

    def run(self, job: "Job") -> "list[StepResult]":
        """Run a job in a confined child.

        Raises:
            Refused: if nothing here can confine one.
        """
        if self.sandbox is None:
            raise Refused(self.cannot)
        return self.sandbox.run(job)

    @property
    def tier(self) -> str:
        """What holds students' code; "" for nothing."""
        return self.sandbox.tier if self.sandbox else ""

    def open(self, unit: str) -> "tuple[Plan, LazyTables]":
        """Make ready for a unit, with the decisions about operations as they are now; returns what judges."""
        from autograder.course import catalogue
        from autograder.course.layout import content_of
        from autograder.grading.plan import plan_of

        found = catalogue.unit(unit, content_of(self.root))
        with self.lock:
            tables = self._warm_tables()
            self.opened[unit] = plan_of(found, self.root), tables
        return self.opened[unit]

    def _warm_tables(self) -> "LazyTables":
        """Those of all units; the first time, TensorFlow is imported."""
        if self.tables:
            return self.tables
        from autograder.course.layout import ROOT
        from autograder.grading.grader import prepare
        from autograder.judging.lazy_tables import LazyTables
        from helpers.quiet import import_tensorflow

        import_tensorflow()
        prepare()
        self.tables = LazyTables([self.root / "notebooks", ROOT / "notebooks"])
        return self.tables

    def close(self) -> None:
        """End what it has started."""
        if self.sandbox:
            self.sandbox.close()


# This process's.
_station: list[Station] = []


@click.command()
@click.option("--course", default="", help="The course root, if it is not this project's.")
def dask_setup(worker: Any, course: str) -> None:
    """Ready a worker of dask's; it calls this itself.

    Args:
        worker: its side.
        course: the course root; "" for this project's.
    """
    from autograder.course.layout import COURSE

    root = Path(course).resolve() if course else COURSE
    _station.append(Station(root, worker.state.nthreads))


def dask_teardown(worker: Any) -> None:
    """End what `dask_setup` started; a worker of dask's calls this itself."""
    while _station:
        _station.pop().close()


def _safely(function: Callable[[Station, dict], dict]) -> Function:
    """A function whose failures are answers."""

    @functools.wraps(function)
    def safe(data: bytes) -> bytes:
        if not _station:
            return json.dumps({"refused": f"was started without `{PRELOAD}`"}).encode()
        try:
            answer = function(_station[0], json.loads(data))
        except OSError as error:
            log.exception("%s failed", function.__name__)
            where = error.filename or tempfile.gettempdir()
            answer = {"failed": f"{error.strerror or error}: look at {where} there"}
        except Exception as error:
            log.exception("%s failed", function.__name__)
            answer = {"failed": f"{type(error).__name__}: {str(error)[:300]}"}
        return json.dumps(answer).encode()

    return safe


@_safely
def meet(station: Station, asked: dict) -> dict:
    """Say whether this worker is fit to grade a unit, and take the tables that were made for it."""
    from autograder.grading import same_course

    here = {
        "versions": station.versions,
        "files": station.files,
        "decisions": same_course.decisions(station.root),
    }
    differs = same_course.difference(asked, here)
    if differs or station.cannot:
        return {"refused": differs or f"cannot hold students' code: {station.cannot}"}
    plan, tables = station.open(asked["unit"])
    for name, draw, packed in asked["tables"]:
        tables.put(plan.exercises[name], draw, unpack_table(packed))
    return {"tier": station.tier}


@_safely
def table(station: Station, asked: dict) -> dict:
    """Make the table of an exercise for a secret draw."""
    plan, tables = station.opened[asked["unit"]]
    made = tables.table(plan.exercises[asked["exercise"]], asked["draw"])
    return {"exercise": asked["exercise"], "draw": asked["draw"], "table": pack_table(made)}


@_safely
def grade(station: Station, asked: dict) -> dict:
    """Grade a submission."""
    from autograder.grading.task import Task, answer, grade_task

    task = Task.from_json(asked)
    plan, tables = station.opened[task.unit]
    return answer(task, grade_task(task, plan, station.run, tables))


def pack_table(made: "Table") -> str:
    """A table as text."""
    from helpers.published import Published, save

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table"
        save(file, Published((0,), [made], {}))
        return base64.b64encode(file.read_bytes()).decode()


def unpack_table(text: str) -> "Table":
    """What `pack_table` was given.

    Raises:
        ValueError: if it is damaged.
    """
    from helpers.published import load

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table"
        file.write_bytes(base64.b64decode(text))
        return load(file).tables[0]
