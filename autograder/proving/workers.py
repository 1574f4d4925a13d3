"""Processes that prove exercises, with one thread each."""

import importlib
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.cli.progress_verify import Bar
from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.proving.prove import Proof

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
    from autograder.judging.tables import answer
    from autograder.proving.prove import work

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
    from autograder.proving.prove import prove

    importlib.import_module(task.module)
    exercise = next(e for e in catalogue.of_module(task.module) if e.name == task.exercise)

    def tick() -> None:
        if _ticks is not None:
            _ticks.put(task.each)

    return prove(
        exercise, unit=task.unit, seed=task.seed, draws=task.draws, with_mutants=task.mutants, tick=tick
    )
