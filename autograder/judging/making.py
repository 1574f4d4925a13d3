"""Makes evidence for the public draws, once for each state of the sources.

Fifteen misconceptions have a hundred pairs, and a pair runs every check: that can take minutes. So processes share
the exercises among them, each with one thread, so that sums come out the same.
"""

import importlib
import multiprocessing
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from autograder.course import catalogue
from autograder.course.loading import content_of_module, open_solutions
from autograder.exercise import Exercise, file_of
from autograder.judging import tables
from autograder.judging.changed import add_changed
from autograder.judging.sources import state
from autograder.judging.store import recorded
from autograder.progress import Progress, silent
from helpers.errors import Refused
from helpers.published import Published, save
from helpers.seeding import keep_kernels

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
# Each process holds a TensorFlow of its own, 0.7 GB.
MOST_PROCESSES = 8


def published(exercise: Exercise) -> Published:
    """The public draws' tables, with small changes of the reference, and the misconceptions' advice."""
    draws = tables.PUBLIC_DRAWS
    made = [tables.tabulate(exercise, draw) for draw in draws]
    add_changed(exercise, made, draws)
    return Published(draws, made, exercise.advice)


def evidence_files(
    exercises: Iterable[Exercise],
    folder: Path,
    trees: Iterable[Path] = (),
    progress: Progress = silent,
) -> dict[Path, Path]:
    """The `.evidence` files of exercises, by the exercises' files.

    Args:
        exercises: of one or more units.
        folder: where those are put that have to be made; what an interrupted build left there is taken up.
        trees: folders of notebooks whose evidence will do, if it is recorded as made from the same sources.
        progress: is told what is being made.
    Raises:
        Refused: if what an exercise gives cannot be recorded; it says which and why.
    """
    there = {made_from: path for tree in trees for made_from, path in recorded(tree).items()}
    files: dict[Path, Path] = {}
    missing: dict[Path, Exercise] = {}
    for exercise in exercises:
        now = state(exercise)
        file = there.get(now, folder / f"{now}.evidence")
        files[file_of(exercise)] = file
        if not file.exists():
            missing[file] = exercise
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        _share(missing, progress)
    return files


@contextmanager
def one_thread() -> Iterator[None]:
    """Processes that are started meanwhile compute with one thread each."""
    before = dict(os.environ)
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _share(missing: Mapping[Path, Exercise], progress: Progress) -> None:
    """Make evidence in processes of their own, that of the exercises with most work first."""
    processes = min(os.cpu_count() or 1, MOST_PROCESSES, len(missing))
    total = sum(_work(exercise) for exercise in missing.values())
    done = 0
    spawn = multiprocessing.get_context("spawn")
    with one_thread(), ProcessPoolExecutor(processes, spawn, _quietly) as pool:
        running: dict[Future[None], Exercise] = {}
        for path, exercise in sorted(missing.items(), key=lambda item: -_work(item[1])):
            place = content_of_module(file_of(exercise))
            made = pool.submit(_make, place, exercise.module["__name__"], exercise.name, path)
            running[made] = exercise
        try:
            progress(0, total, _left(running.values()))
            for future in as_completed(list(running)):
                future.result()
                done += _work(running.pop(future))
                progress(done, total, _left(running.values()))
        except BrokenProcessPool:
            lost = " or ".join(exercise.name for exercise in running.values())
            raise Refused(f"a process died while it ran the checks of {lost}") from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _work(exercise: Exercise) -> int:
    """How often a check is run, about."""
    rivals = len(exercise.misconceptions)
    edited = sum(bool(rival.edits) for rival in exercise.misconceptions)
    pairs = edited * (edited - 1) // 2
    return (2 + rivals + pairs) * len(exercise.checks)


def _left(exercises: Iterable[Exercise]) -> str:
    names = [exercise.name for exercise in exercises]
    if not names:
        return "evidence"
    if len(names) == 1:
        return f"evidence of {names[0]}"
    return f"evidence of {names[0]} and {len(names) - 1} more"


def end_with_parent() -> None:
    """Have this process end when the one that started it does, however roughly: nobody should have to look for it."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _quietly() -> None:
    """Misconceptions overflow and warn on purpose; nobody needs to read that."""
    end_with_parent()
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


def _make(content: Path, module: str, name: str, path: Path) -> None:
    keep_kernels()
    open_solutions(content)
    importlib.import_module(module)
    (exercise,) = (exercise for exercise in catalogue.of_module(module) if exercise.name == name)
    part = path.with_suffix(f".{os.getpid()}")
    save(part, published(exercise))
    # At once: whoever finds the file finds all of it.
    part.replace(path)
