"""`fdl verify`: every exercise proves itself, several at a time, in processes of their own."""

import importlib
import json
import multiprocessing
import os
import shlex
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from autograder import catalogue
from autograder.catalogue import Unit

if TYPE_CHECKING:
    from autograder.proof import Proof

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
    answers: int = 0
    each: float = 0.0  # seconds that an answer takes, about

    @property
    def seconds(self) -> float:
        return self.answers * self.each


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


def run(
    units: Sequence[Unit], names: Sequence[str] = (), *, draws: int, seed: int, jobs: int, mutants: bool
) -> Result:
    """Prove the exercises of some units, in as many processes as `jobs`.

    Args:
        names: of the exercises; empty for all.
    Raises:
        ValueError: if no unit has an exercise of one of these names.
    """
    result = Result(seed, draws)
    bar = Bar()
    with tempfile.TemporaryDirectory() as folder, bar.progress:
        workers = Workers(Path(folder) / "log", bar)
        with workers.pool(jobs) as pool:
            surveys = [pool.submit(_survey, unit, seed, draws, mutants) for unit in units]
            tasks = _chosen(result, units, names, [survey.result() for survey in surveys])
            bar.start(sum(task.seconds for task in tasks), len(tasks))
            lost = _collect(pool, tasks, result, bar)
        _one_by_one(workers, lost, result)
        bar.finish()
    order = [(task.unit, task.exercise) for task in tasks]
    result.proofs.sort(key=lambda proof: order.index((proof.unit, proof.exercise)))
    return result


def _one_by_one(workers: "Workers", lost: list[Task], result: Result) -> None:
    """A process died, and all that were waiting with it: whose fault it was shows when each is alone."""
    for task in lost:
        with workers.pool(1) as pool:
            if _collect(pool, [task], result, workers.bar):
                result.broken.append(
                    f"{task.unit}, {task.exercise}: its process died. {workers.last_words()}"
                )


def _chosen(result: Result, units: Sequence[Unit], names: Sequence[str], surveys: list) -> list[Task]:
    """The tasks that were asked for; what cannot be loaded goes to the result, unless it is beside the point."""
    every = [task for tasks, _ in surveys for task in tasks]
    missing = [name for name in names if name not in [task.exercise for task in every]]
    broken = [f"{unit}: {text}" for unit, (_, texts) in zip(units, surveys, strict=True) for text in texts]
    if missing and not broken:
        where = ", ".join(map(str, units)) if len(units) < 4 else "the course"
        close = catalogue.suggestion(missing[0], [task.exercise for task in every])
        raise ValueError(f"{where} has no exercise {missing[0]!r}{close}")
    if missing or not names:
        result.broken += broken
    return [task for task in every if not names or task.exercise in names]


def _collect(pool: ProcessPoolExecutor, tasks: list[Task], result: Result, bar: "Bar") -> list[Task]:
    """Prove tasks, the longest first; those whose process died are returned."""
    running = {pool.submit(_prove, task): task for task in sorted(tasks, key=lambda t: -t.seconds)}
    lost = []
    for future in as_completed(running):
        task = running[future]
        try:
            result.proofs.append(proof := future.result())
            for sentence in proof.shortfalls or [
                "proved"
            ]:  # now, since whoever waits may not wait to the end
                bar.tell(f"{task.unit}, {task.exercise}: {sentence}")
        except BrokenProcessPool:
            lost.append(task)
        except Exception as error:  # a mistake of the exercise's or of ours; the others go on
            result.broken.append(f"{task.unit}, {task.exercise}: {type(error).__name__}: {error}")
        bar.say([t.exercise for f, t in running.items() if not f.done()])
    return lost


class Bar:
    """A progress bar on stderr, moved by the answers gathered in all processes."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        times = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
        self.progress = Progress(*columns, *times, console=Console(stderr=True))
        self._task = self.progress.add_task("reading the exercises", total=None)
        self._total = 0.0

    def start(self, total: float, exercises: int) -> None:
        self._total = total
        self.progress.update(self._task, description=f"proving {exercises} exercises", total=total)

    def advance(self, seconds: float) -> None:
        self.progress.advance(self._task, seconds)

    def tell(self, text: str) -> None:
        """A line that stays, for whoever reads a log."""
        self.progress.console.print(Text(text), soft_wrap=True)

    def say(self, left: list[str]) -> None:
        text = left[0] if len(left) == 1 else f"{len(left)} exercises"
        self.progress.update(self._task, description=f"proving {text}")

    def finish(self) -> None:
        self.progress.update(self._task, description="proved", completed=self._total)


class Workers:
    """Processes that prove, with one thread each. What they print goes to `log`: it would spoil table and JSON."""

    def __init__(self, log: Path, bar: Bar):
        self.log, self.bar = log, bar
        self.log.touch()
        os.environ.update(dict.fromkeys(ONE_THREAD, "1"))

    @contextmanager
    def pool(self, jobs: int) -> Iterator[ProcessPoolExecutor]:
        context = multiprocessing.get_context("spawn")
        ticks = context.Queue()
        counting = threading.Thread(target=self._count, args=(ticks,), daemon=True)
        counting.start()
        with ProcessPoolExecutor(jobs, context, _start, (ticks, str(self.log))) as pool:
            try:
                yield pool
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        ticks.put(None)
        counting.join(1)

    def last_words(self) -> str:
        return self.log.read_text("utf-8", "replace").strip()[-500:]

    def _count(self, ticks) -> None:
        while (seconds := ticks.get()) is not None:
            self.bar.advance(seconds)


# What follows runs in the processes that prove.

_ticks = None


def _start(ticks, log: str) -> None:
    global _ticks
    _ticks = ticks
    ticks.cancel_join_thread()  # a process that ends waits for nobody to count
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Whoever stops `fdl verify`, however roughly, should not have to look for its processes."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _survey(unit: Unit, seed: int, draws: int, mutants: bool) -> tuple[list[Task], list[str]]:
    """What there is to prove in a unit, and what cannot be loaded."""
    from autograder.prove import work
    from autograder.tables import answer

    tasks, broken = [], []
    for module in catalogue.modules(unit):
        try:
            for e in catalogue.of_module(module):
                begin = time.perf_counter()
                answer(e, e.candidate, seed=0, luck=0)
                each = time.perf_counter() - begin
                count = work(e, draws, mutants)
                tasks.append(Task(unit.id, module, e.name, seed, draws, mutants, count, each))
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
    from autograder.kernels.seeding import keep_kernels
    from autograder.prove import prove

    keep_kernels()
    importlib.import_module(task.module)
    exercise = next(e for e in catalogue.of_module(task.module) if e.name == task.exercise)

    def tick() -> None:
        if _ticks is not None:
            _ticks.put(task.each)

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
    verdict = "proved" if result.fine else _plural(count, "shortfall")
    console.print(
        f"{_plural(len(result.proofs), 'exercise')} over {result.draws} draws: {verdict}. "
        f"To repeat it: {command} --seed {result.seed}",
        markup=False,
        soft_wrap=True,
    )


def _plural(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


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
    def of(rows: list, good) -> str:
        return f"{sum(map(bool, map(good, rows)))}/{len(rows)}"

    return [
        f"{proof.points:g}",
        f"{proof.reference:g}",
        f"{proof.stub:g}",
        of(proof.misconceptions, lambda m: m.caught),
        of(proof.misconceptions, lambda m: m.named),
        of(proof.pairs, lambda p: p.named) + _beside(sum(bool(p.alike) for p in proof.pairs), "alike"),
        of(proof.alternatives, lambda a: a.score == proof.points),
        of(proof.checks, lambda c: c.catches),
        of(proof.mutants, lambda m: m.caught) + _beside(sum(bool(m.because) for m in proof.mutants), "equal"),
        f"{proof.seconds:.1f}",
    ]


def _beside(count: int, what: str) -> str:
    return f" +{count} {what}" if count else ""


def command(units: Sequence[str], names: Sequence[str], draws: int) -> str:
    """The command that repeats a proof, but for its seed."""
    words = ["fdl", "verify", *units]
    for name in names:
        words += ["--exercise", name]
    words += ["--draws", str(draws)] if draws != 20 else []
    return shlex.join(words)
