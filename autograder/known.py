"""What is known of an exercise for the public draws, made once for each state of its sources.

Fifteen misconceptions have a hundred pairs, and a pair runs every check: that can take minutes. So processes
share the exercises among them, and a file beside the notebooks records from which sources each piece of
evidence was made. Evidence that is still as recorded, from sources that are as recorded, is not made again.
"""

import ast
import hashlib
import importlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from autograder import catalogue, tables
from autograder.catalogue import ROOT
from autograder.extract import file_of
from helpers.published import Published, save
from solutions.exercise import Exercise

LOCK = ".evidence.lock"
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
OURS = {"solutions", "helpers", "autograder"}
Told = Callable[[str, float], None]


def known(exercise: Exercise) -> Published:
    """The public draws' tables, and the misconceptions' advice."""
    draws = tables.PUBLIC_DRAWS
    advice = {m.name: m.advice for m in exercise.misconceptions}
    return Published(draws, [tables.tabulate(exercise, draw) for draw in draws], advice)


def evidence_files(
    exercises: Iterable[Exercise],
    folder: Path,
    trees: Iterable[Path] = (),
    jobs: int = min(os.cpu_count() or 1, 8),  # each holds a TensorFlow of its own, 0.7 GB
    told: Told = lambda what, share: None,
) -> dict[Path, Path]:
    """The `.evidence` files of exercises, by the exercises' files.

    Args:
        folder: where those are put that have to be made; what an interrupted build left there is taken up.
        trees: folders of notebooks whose evidence will do, if it is recorded as made from the same sources.
        jobs: how many processes share the work.
        told: is told what is being made, and which share of it is there.
    Raises:
        ValueError: if what an exercise gives cannot be recorded; it says which and why.
    """
    found = {made_from: path for tree in trees for made_from, path in recorded(tree).items()}
    states = {e: state(e) for e in exercises}
    files = {e: found.get(now, folder / f"{now}.evidence") for e, now in states.items()}
    missing = [(e, path) for e, path in files.items() if not path.exists()]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        _share(missing, min(jobs, len(missing)), told)
    return {file_of(e): path for e, path in files.items()}


def recorded(tree: Path) -> dict[str, Path]:
    """A folder's evidence that is as it was recorded, by the state of the sources that it was made from."""
    lines = _read(tree / LOCK).items()
    return {made_from: tree / name for name, (made_from, sha) in lines if sha == _sha(tree / name)}


def record(tree: Path, states: dict[str, str]) -> None:
    """Record from which state of its sources evidence was made.

    Args:
        states: by the evidence's path below the folder; what else is recorded stays, if it is there.
    """
    lines = _read(tree / LOCK) | {name: [made_from, _sha(tree / name)] for name, made_from in states.items()}
    text = json.dumps(
        {name: line for name, line in sorted(lines.items()) if (tree / name).exists()}, indent=1
    )
    if _read(tree / LOCK) != json.loads(text):
        (tree / LOCK).write_text(text + "\n", "utf-8", newline="\n")


def state(exercise: Exercise) -> str:
    """A digest that changes whenever the evidence may: with the code that it comes from, and with the libraries."""
    digest = hashlib.sha256()
    for path in sorted(_sources({file_of(exercise), Path(tables.__file__)})):
        lines = (line.strip() for line in path.read_text("utf-8").split("\n"))
        digest.update("\n".join(line for line in lines if line and not line.startswith("#")).encode())
    digest.update(f"tensorflow {version('tensorflow')} keras {version('keras')}".encode())
    return digest.hexdigest()[:24]


def _read(lock: Path) -> dict[str, list[str]]:
    try:
        return json.loads(lock.read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


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
    (exercise,) = (e for e in catalogue.of_module(module) if e.name == name)
    part = path.with_suffix(f".{os.getpid()}")
    save(part, known(exercise))
    part.replace(path)  # at once: whoever finds the file finds all of it


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
