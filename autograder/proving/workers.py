"""Processes that prove exercises, with one thread each."""

import importlib
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from pathlib import Path

from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.course.layout import ROOT
from autograder.course.loading import content_of_module, open_solutions
from autograder.exercise import Exercise, file_of
from autograder.judging import not_yours, sources
from autograder.judging.making import end_with_parent, one_thread
from autograder.judging.tables import answer
from autograder.progress import Progress
from autograder.proving import kept
from autograder.proving.census import Census
from autograder.proving.proof import Proof
from autograder.proving.prove import prove, work
from helpers.errors import CourseError
from helpers.ownership import NotYours
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
    # Where its module's `solutions` folder lies.
    content: Path = ROOT
    pairs: bool = True

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
# Whatever it proves was loaded later.
_BEGUN = time.time()


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
        misplaced: what the unit's file says of its exercises that cannot be, a sentence at most.
        others: the exercises that nobody asked for.
        uncounted: of those in the unit's file that were asked for, the ones whose census is missing or of another
            state.
    """

    tasks: list[Task] = field(default_factory=list)
    kept: list[Proof] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    uncounted: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Wish:
    """What somebody asks to be proved, and how.

    Attributes:
        seed: of the proofs to come.
        draws: over how many draws.
        mutants: whether mutants of the references are tried,
        pairs: and double faults.
        anew: prove again what has been proved.
        names: of the exercises; empty for all.
    """

    seed: int
    draws: int
    mutants: bool = True
    pairs: bool = True
    anew: bool = False
    names: tuple[str, ...] = ()

    def includes(self, exercise: str) -> bool:
        """Whether an exercise is asked for."""
        return not self.names or exercise in self.names


def survey(unit: Unit, wish: Wish) -> Survey:
    """Look through a unit's exercises, in a process of a pool.

    Args:
        unit: whose exercises.
        wish: what is to be proved.
    """
    found = Survey()
    for module in catalogue.modules(unit):
        try:
            for exercise in catalogue.of_module(module):
                _look_at(exercise, unit, wish, found)
        except CourseError as error:
            found.broken.append(f"{module} cannot be loaded: {error}")
        except Exception as error:
            # Any mistake in an author's file.
            found.broken.append(f"{module} cannot be loaded: {type(error).__name__}: {error}")
    if not found.broken:
        try:
            there = [one for one in catalogue.exercises(unit) if wish.includes(one.name)]
            found.uncounted = [one.name for one in there if not_yours.outdated(one)]
        except CourseError as error:
            found.misplaced.append(str(error))
    return found


def _look_at(exercise: Exercise, unit: Unit, wish: Wish, found: Survey) -> None:
    """Say what there is to prove of an exercise; trying it out is left to those that are asked for."""
    if not wish.includes(exercise.name):
        found.others.append(exercise.name)
        return
    proof = None if wish.anew else kept.still_valid(exercise, wish.draws)
    if proof:
        found.kept.append(proof)
        return
    task = Task(
        unit.id,
        exercise.module["__name__"],
        exercise.name,
        wish.seed,
        wish.draws,
        wish.mutants,
        work(exercise, wish.draws, wish.mutants, wish.pairs),
        _seconds_for_an_answer(exercise),
        content_of_module(file_of(exercise)),
        wish.pairs,
    )
    found.tasks.append(task)


@dataclass(frozen=True)
class Counted:
    """A census that a process sends back; the one that asked keeps it.

    Attributes:
        exercise: the exercise's name.
        found: what is not the student's to call.
        of: the state of what it was taken,
        file: and where it is kept.
    """

    exercise: str
    found: NotYours
    of: str
    file: Path


def count(unit: Unit, name: str, without: Sequence[str], trying: Path) -> Counted:
    """Take the census of one exercise, in a process of a pool.

    Args:
        unit: the exercise's unit.
        name: the exercise's.
        without: paths of operations that are not tried.
        trying: a file that holds the path of what is being tried.
    """
    exercise = next(one for one in catalogue.exercises(unit) if one.name == name)
    found = Census(exercise, without, trying).take()
    # Of what has changed since, it is taken again.
    of = "" if sources.changed_since(_BEGUN, exercise) else not_yours.state(exercise)
    return Counted(name, found, of, not_yours.file_for(exercise))


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
    open_solutions(task.content)
    importlib.import_module(task.module)
    exercise = next(e for e in catalogue.of_module(task.module) if e.name == task.exercise)

    def tick() -> None:
        if _ticks is not None:
            _ticks.put(task.each)

    proof = prove(
        exercise,
        unit=task.unit,
        seed=task.seed,
        draws=task.draws,
        with_mutants=task.mutants,
        with_pairs=task.pairs,
        tick=tick,
    )
    whole = task.mutants and task.pairs and task.draws >= kept.DRAWS
    worth_keeping = whole and not proof.shortfalls and not sources.changed_since(_BEGUN, exercise)
    return Proved(proof, kept.file_for(exercise), kept.state(exercise) if worth_keeping else "")
