"""What is known of an exercise for the public draws, made once for each state of its sources.

Fifteen misconceptions have a hundred pairs, and a pair runs every check: that can take half a minute. So
processes share the exercises among them, and what has been made is kept in `build/evidence`.
"""

import ast
import hashlib
import importlib
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from autograder import catalogue, tables
from autograder.catalogue import ROOT
from autograder.extract import file_of
from helpers.tables import Published, save
from solutions.exercise import Exercise

KEPT = ROOT / "build" / "evidence"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
Told = Callable[[str, float], None]
OURS = {"solutions", "helpers", "autograder"}


def known(exercise: Exercise) -> Published:
    """The public draws' tables, and the misconceptions' advice."""
    draws = tables.PUBLIC_DRAWS
    advice = {m.name: m.advice for m in exercise.misconceptions}
    return Published(draws, [tables.tabulate(exercise, draw) for draw in draws], advice)


def evidence_files(
    exercises: Iterable[Exercise],
    kept: Path | None = None,
    jobs: int = os.cpu_count() or 1,
    told: Told = lambda what, share: None,
) -> dict[Path, Path]:
    """The `.evidence` files of exercises, by the exercises' files; those that are not there yet are made.

    Args:
        kept: the folder where they are kept from one build to the next; by default `build/evidence`.
        jobs: how many processes share the work.
        told: is told what is being made, and which share of it is there.
    Raises:
        ValueError: if what an exercise gives cannot be recorded; it says which and why.
    """
    places = {e: _place(e, kept or KEPT) for e in exercises}
    missing = [(e, path) for e, path in places.items() if not path.exists()]
    if missing:
        _share(missing, min(jobs, len(missing)), told)
    return {file_of(e): path for e, path in places.items()}


def _place(exercise: Exercise, kept: Path) -> Path:
    file = file_of(exercise)
    return kept / file.parent.name / f"{file.stem}-{state(exercise)}.evidence"


def state(exercise: Exercise) -> str:
    """A digest that changes whenever the evidence may: by the sources that it comes from, and by the libraries."""
    digest = hashlib.sha256()
    for path in sorted(_sources({file_of(exercise), Path(tables.__file__)})):
        digest.update(path.read_bytes())
    digest.update(" ".join(version(name) for name in ("tensorflow", "keras", "numpy")).encode())
    return digest.hexdigest()[:20]


def _share(missing: list[tuple[Exercise, Path]], jobs: int, told: Told) -> None:
    """Make evidence in processes of their own, each with one thread, so that sums come out the same."""
    missing = sorted(missing, key=lambda pair: -_work(pair[0]))
    total = sum(_work(e) for e, _ in missing)
    spawn = multiprocessing.get_context("spawn")
    with _one_thread(), ProcessPoolExecutor(jobs, spawn, _quietly) as pool:
        running = {pool.submit(_make, e.module["__name__"], e.name, path): e for e, path in missing}
        try:
            told(_left(running), 0)
            for future in as_completed(running):
                future.result()
                told(_left(running), sum(_work(e) for f, e in running.items() if f.done()) / total)
        except BrokenProcessPool:
            lost = " or ".join(e.name for f, e in running.items() if f.exception())
            raise ValueError(f"a process died while it ran the checks of {lost}") from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _one_thread() -> Iterator[None]:
    """What processes that are started meanwhile find in their environment."""
    before = dict(os.environ)
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _work(exercise: Exercise) -> int:
    """How often a check is run, about."""
    edited = sum(bool(m.edits) for m in exercise.misconceptions)
    return (2 + len(exercise.misconceptions) + edited * (edited - 1) // 2) * len(exercise.checks)


def _left(running: dict[Future, Exercise]) -> str:
    left = [e.name for f, e in running.items() if not f.done()]
    return (
        f"evidence of {left[0]}" + (f" and {len(left) - 1} more" if left[1:] else "") if left else "evidence"
    )


def _quietly() -> None:
    """Misconceptions overflow and warn on purpose; nobody needs to read that."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


def _make(module: str, name: str, path: Path) -> None:
    importlib.import_module(module)
    path.parent.mkdir(parents=True, exist_ok=True)
    (exercise,) = (e for e in catalogue.of_module(module) if e.name == name)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / path.name
        save(made, known(exercise))
        for old in path.parent.glob(f"{file_of(exercise).stem}-*.evidence"):
            old.unlink(missing_ok=True)
        made.rename(path)


def _sources(files: set[Path]) -> set[Path]:
    """Python files of this project, and those of this project that they import."""
    found, new = set(files), set(files)
    while new:
        new = {path for file in new for path in _imported(file)} - found
        found |= new
    return found


def _imported(file: Path) -> Iterator[Path]:
    """The project's files that a file imports."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for parts in (module.split(".") for module in modules):
            if parts[0] in OURS:
                base = ROOT / "src" if parts[0] == "helpers" else ROOT
                places = (base.joinpath(*parts).with_suffix(".py"), base.joinpath(*parts, "__init__.py"))
                yield from (place for place in places if place.is_file())
