"""Processes that prove exercises, with one thread each."""

import importlib
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from pathlib import Path

from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.exercise import Exercise
from autograder.judging.making import end_with_parent, one_thread
from autograder.judging.tables import answer
from autograder.progress import Progress
from autograder.proving import kept
from autograder.proving.proof import Proof
from autograder.proving.prove import prove, work
from helpers.errors import CourseError
from helpers.seeding import keep_kernels


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
    # Seconds that an answer takes, about.
    each: float = 0.0

    @property
    def seconds(self) -> float:
        """How long its proof takes, about."""
        return self.answers * self.each

    def __str__(self) -> str:
        return f"{self.unit}, {self.exercise}"


class Workers:
    """Processes that prove, with one thread each.

    Args:
        log: a file for what they print, which would spoil table and JSON.
        progress: is told of each answer that any of them has gathered.
    """

    def __init__(self, log: Path, progress: Progress):
        self.log = log
        self._progress = progress
        self._done, self._total, self._doing = 0.0, 1.0, "reading the exercises"
        self.log.touch()

    @contextmanager
    def pool(self, jobs: int) -> Iterator[ProcessPoolExecutor]:
        """A pool of processes, which are gone when the context is left."""
        context = multiprocessing.get_context("spawn")
        ticks = context.Queue()
        counting = threading.Thread(target=self._count, args=(ticks,), daemon=True)
        counting.start()
        with one_thread(), ProcessPoolExecutor(jobs, context, _start, (ticks, str(self.log))) as pool:
            try:
                yield pool
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        ticks.put(None)
        counting.join(1)

    def expect(self, tasks: list[Task]) -> None:
        """Say what there is to prove, so that progress has a whole."""
        self._total = sum(task.seconds for task in tasks)
        self.left([task.exercise for task in tasks])

    def left(self, names: list[str]) -> None:
        """Say what is not proved yet."""
        self._doing = names[0] if len(names) == 1 else f"{len(names)} exercises"
        self._tell()

    def last_words(self) -> str:
        """The end of what the processes printed."""
        return self.log.read_text("utf-8", "replace").strip()[-500:]

    def _count(self, ticks: "Queue[float | None]") -> None:
        while (seconds := ticks.get()) is not None:
            self._done += seconds
            self._tell()

    def _tell(self) -> None:
        self._progress(min(self._done, self._total), self._total, self._doing)


# What follows runs in the processes that prove.

_ticks: "Queue[float | None] | None" = None


def _start(ticks: "Queue[float | None]", log: str) -> None:
    global _ticks
    _ticks = ticks
    # A process that ends waits for nobody to count.
    ticks.cancel_join_thread()
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    end_with_parent()


@dataclass
class Survey:
    """What there is to prove in a unit.

    Attributes:
        tasks: what has to be proved, in the unit's order.
        kept: what has been proved already, of sources as they are.
        broken: what cannot be loaded, a sentence each.
    """

    tasks: list[Task] = field(default_factory=list)
    kept: list[Proof] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def survey(unit: Unit, seed: int, draws: int, mutants: bool, anew: bool) -> Survey:
    """Look through a unit's exercises, in a process of a pool.

    Args:
        unit: whose exercises.
        seed: of the proofs to come,
        draws: over how many draws,
        mutants: and with or without mutants.
        anew: prove again what has been proved.
    """
    found = Survey()
    for module in catalogue.modules(unit):
        try:
            for exercise in catalogue.of_module(module):
                proof = None if anew else kept.still_valid(exercise, draws)
                if proof:
                    found.kept.append(proof)
                    continue
                each = _seconds_for_an_answer(exercise)
                answers = work(exercise, draws, mutants)
                task = Task(unit.id, module, exercise.name, seed, draws, mutants, answers, each)
                found.tasks.append(task)
        except Exception as error:
            # Any mistake in an author's file.
            found.broken.append(f"{module} cannot be loaded: {type(error).__name__}: {error}")
    if not found.broken:
        try:
            catalogue.exercises(unit)
        except CourseError as error:
            found.broken.append(str(error))
    return found


def _seconds_for_an_answer(exercise: Exercise) -> float:
    begin = time.perf_counter()
    answer(exercise, exercise.candidate, seed=0, luck=0)
    return time.perf_counter() - begin


@dataclass(frozen=True)
class Proved:
    """What a process sends back of an exercise.

    Attributes:
        proof: what was found.
        file: where the proof is to be kept,
        sources: and the state of the sources that it is of; "" if it is not worth keeping.
    """

    proof: Proof
    file: Path
    sources: str


def prove_task(task: Task) -> Proved:
    """Prove one exercise, in a process of a pool. The one that asked keeps the proof: a file has one writer."""
    keep_kernels()
    importlib.import_module(task.module)
    exercise = next(e for e in catalogue.of_module(task.module) if e.name == task.exercise)
    before = kept.state(exercise)

    def tick() -> None:
        if _ticks is not None:
            _ticks.put(task.each)

    proof = prove(
        exercise, unit=task.unit, seed=task.seed, draws=task.draws, with_mutants=task.mutants, tick=tick
    )
    whole = task.mutants and task.draws >= kept.DRAWS
    worth_keeping = whole and not proof.shortfalls and kept.state(exercise) == before
    return Proved(proof, kept.file_for(exercise), before if worth_keeping else "")
