"""`fdl verify`: every exercise proves itself, several at a time, in processes of their own."""

import importlib
import json
import multiprocessing
import os
import shlex
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from autograder import catalogue
from autograder.catalogue import Unit

if TYPE_CHECKING:
    from autograder.prove import Proof

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


@dataclass(frozen=True)
class Task:
    """One exercise to prove, small enough to send to a process."""

    unit: str
    module: str
    exercise: str
    seed: int
    draws: int
    mutants: bool
    work: int = 0


@dataclass
class Result:
    """All proofs, and what could not even be tried."""

    seed: int
    draws: int
    proofs: list["Proof"] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        return not self.broken and not any(proof.shortfalls for proof in self.proofs)

    def as_json(self) -> str:
        exercises = [asdict(proof) for proof in self.proofs]
        return json.dumps(
            {"seed": self.seed, "draws": self.draws, "exercises": exercises, "broken": self.broken}, indent=1
        )


def run(units: Sequence[Unit], exercise: str, *, draws: int, seed: int, jobs: int, mutants: bool) -> Result:
    """Prove the exercises of some units, in as many processes as `jobs`.

    Args:
        exercise: the name of one exercise; empty for all.
    Raises:
        ValueError: if no unit has an exercise of that name.
    """
    result = Result(seed, draws)
    with tempfile.TemporaryDirectory() as folder, _pool(jobs, Path(folder) / "log") as (pool, ticks):
        progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        with progress:
            bar = progress.add_task("reading the exercises", total=None)
            surveys = [pool.submit(_survey, unit, seed, draws, mutants) for unit in units]
            tasks, names = [], []
            for unit, survey in zip(units, surveys, strict=True):
                found, broken = survey.result()
                names += [task.exercise for task in found]
                tasks += [task for task in found if exercise in ("", task.exercise)]
                result.broken += (
                    [] if exercise and exercise in names else [f"{unit}: {text}" for text in broken]
                )
            if exercise and not tasks and not result.broken:
                where = ", ".join(map(str, units)) if len(units) < 4 else "the course"
                raise ValueError(
                    f"{where} has no exercise {exercise!r}{catalogue.suggestion(exercise, names)}"
                )
            progress.update(bar, description="proving", total=sum(task.work for task in tasks))
            counting = threading.Thread(target=_count, args=(ticks, progress, bar), daemon=True)
            counting.start()
            _collect(
                pool, tasks, result, Path(folder) / "log", lambda text: progress.update(bar, description=text)
            )
            ticks.put(None)
            counting.join()
            progress.update(bar, description="proved", completed=sum(task.work for task in tasks))
    return result


def _collect(pool: ProcessPoolExecutor, tasks: list[Task], result: Result, log: Path, say) -> None:
    """Prove all tasks, the largest first, and put the proofs in the course's order."""
    running: dict[Future, Task] = {pool.submit(_prove, t): t for t in sorted(tasks, key=lambda t: -t.work)}
    proofs: dict[Task, Proof] = {}
    for future in as_completed(running):
        task = running[future]
        try:
            proofs[task] = future.result()
        except BrokenProcessPool:
            last = log.read_text("utf-8", "replace").strip().split("\n")[-1][-300:]
            result.broken.append(
                f"{task.unit}, {task.exercise}: its process died, or another's beside it. {last}"
            )
        except Exception as error:  # a bug of an exercise or of ours; the others go on
            result.broken.append(
                f"{task.unit}, {task.exercise}: the proof stopped at {type(error).__name__}: {error}"
            )
        left = [t.exercise for f, t in running.items() if not f.done()]
        say(f"proving {left[0]}" if len(left) == 1 else f"proving {len(left)} exercises")
    result.proofs = [proofs[task] for task in tasks if task in proofs]


def _count(ticks, progress: Progress, bar) -> None:
    while ticks.get() is not None:
        progress.advance(bar)


# What follows runs in the processes that prove.

_ticks = None


@contextmanager
def _pool(jobs: int, log: Path):
    """Processes with one thread each; what they print goes to `log`, so that it spoils neither table nor JSON."""
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    context = multiprocessing.get_context("spawn")
    ticks = context.Queue()
    log.touch()
    with ProcessPoolExecutor(jobs, context, _start, (ticks, str(log))) as pool:
        try:
            yield pool, ticks
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _start(ticks, log: str) -> None:
    global _ticks
    _ticks = ticks
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)


def _survey(unit: Unit, seed: int, draws: int, mutants: bool) -> tuple[list[Task], list[str]]:
    """What there is to prove in a unit, and what cannot be loaded."""
    from autograder.prove import work

    tasks, broken = [], []
    for module in catalogue.modules(unit):
        try:
            for e in catalogue.of_module(module):
                tasks.append(Task(unit.id, module, e.name, seed, draws, mutants, work(e, draws, mutants)))
        except Exception as error:  # any mistake in an author's file
            broken.append(f"{module} cannot be loaded: {type(error).__name__}: {error}")
    if not broken:
        try:
            used = [e.name for e in catalogue.exercises(unit)]
            tasks.sort(key=lambda task: used.index(task.exercise) if task.exercise in used else len(used))
        except ValueError as error:
            broken.append(str(error))
    return tasks, broken


def _prove(task: Task) -> "Proof":
    from autograder.prove import prove

    importlib.import_module(task.module)
    exercise = next(e for e in catalogue.of_module(task.module) if e.name == task.exercise)

    def tick() -> None:
        if _ticks is not None:
            _ticks.put(1)

    return prove(
        exercise, unit=task.unit, seed=task.seed, draws=task.draws, with_mutants=task.mutants, tick=tick
    )


# What people read.


def show(result: Result, command: str) -> None:
    """The table, then every shortfall, then how to repeat this very proof."""
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    console.print(_table(result))
    for proof in result.proofs:
        if proof.shortfalls:
            console.print(Text(f"{proof.unit}, {proof.exercise}", style="bold"))
            for sentence in proof.shortfalls:
                console.print(Text(f"  ✗ {sentence}"), soft_wrap=True)
    for sentence in result.broken:
        console.print(Text(f"✗ {sentence}"), soft_wrap=True)
    count = sum(len(proof.shortfalls) for proof in result.proofs) + len(result.broken)
    verdict = f"{count} shortfalls" if count != 1 else "1 shortfall"
    console.print(
        f"{len(result.proofs)} exercises over {result.draws} draws: {'proved' if result.fine else verdict}. "
        f"To repeat it: {command} --seed {result.seed}",
        markup=False,
        soft_wrap=True,
    )


def _table(result: Result) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("exercise")
    heads = "points|reference|stub|caught|named|pairs|alternatives|checks|mutants|seconds"
    for head in heads.split("|"):
        table.add_column(head, justify="right")
    unit = None
    for proof in result.proofs:
        if proof.unit != unit:
            unit = proof.unit
            table.add_row(Text(unit, style="bold"))
        table.add_row(("  " if not proof.shortfalls else "✗ ") + proof.exercise, *_row(proof))
    return table


def _row(proof: "Proof") -> list[str]:
    def of(rows: list[dict], good) -> str:
        return f"{sum(map(bool, map(good, rows)))}/{len(rows)}"

    return [
        f"{proof.points:g}",
        f"{proof.reference:g}",
        f"{proof.stub:g}",
        of(proof.misconceptions, lambda m: m["caught"]),
        of(proof.misconceptions, lambda m: m["named"]),
        of(proof.pairs, lambda p: p["named"]) + _beside(sum(bool(p["alike"]) for p in proof.pairs), "alike"),
        of(proof.alternatives, lambda a: a["score"] == proof.points),
        of(proof.checks, lambda c: c["catches"]),
        of(proof.mutants, lambda m: m["caught"])
        + _beside(sum(bool(m["because"]) for m in proof.mutants), "equal"),
        f"{proof.seconds:.1f}",
    ]


def _beside(count: int, what: str) -> str:
    return f" +{count} {what}" if count else ""


def command(units: Sequence[str], exercise: str, draws: int) -> str:
    """The command that repeats a proof, but for its seed."""
    words = ["fdl", "verify", *units]
    words += ["--exercise", exercise] if exercise else []
    words += ["--draws", str(draws)] if draws != 20 else []
    return shlex.join(words)
