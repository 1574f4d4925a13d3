"""`fdl verify`: every exercise proves itself, several at a time, in processes of their own."""

import json
import shlex
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.judging import not_yours
from autograder.progress import Progress, silent
from autograder.proving import kept
from autograder.proving.kept import KeptProof
from autograder.proving.workers import Counted, Survey, Task, Wish, Workers, count, prove_task, survey
from helpers.errors import CalledWrongly

if TYPE_CHECKING:
    from autograder.proving.proof import Proof


@dataclass
class Result:
    """All proofs, and what could not even be tried."""

    seed: int
    draws: int
    proofs: list["Proof"] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    # The exercises whose proofs were made before, of sources as they are.
    kept: set[str] = field(default_factory=set)

    @property
    def fine(self) -> bool:
        return not self.broken and not any(proof.shortfalls for proof in self.proofs)

    def as_json(self) -> str:
        """The result for programs; see `Proof` for the rows."""
        rows = [{**asdict(proof), "kept": proof.exercise in self.kept} for proof in self.proofs]
        about = {"seed": self.seed, "draws": self.draws, "exercises": rows, "broken": self.broken}
        return json.dumps(about, indent=1)


def run(
    units: Sequence[Unit],
    names: Sequence[str] = (),
    *,
    draws: int,
    seed: int,
    jobs: int,
    mutants: bool,
    pairs: bool = True,
    anew: bool = False,
    progress: Progress = silent,
    tell: Callable[[str], None] = lambda line: None,
) -> Result:
    """Prove the exercises of some units, in as many processes as `jobs`.

    Args:
        names: of the exercises; empty for all.
        draws: over how many draws.
        seed: decides the draws and every luck.
        mutants: whether mutants of the references are tried as well,
        pairs: and every two misconceptions made together.
        anew: prove again what has been proved already, of sources as they are.
        progress: is told how far it is, in seconds of work.
        tell: is given each exercise's result as soon as it is there, a line each.
    Raises:
        CalledWrongly: if no unit has an exercise of one of these names.
    """
    result = Result(seed, draws)
    wish = Wish(seed, draws, mutants, pairs, anew, tuple(names))
    with tempfile.TemporaryDirectory() as folder:
        workers = Workers(Path(folder) / "log", progress)
        with workers.pool(jobs) as pool:
            asked = [pool.submit(survey, unit, wish) for unit in units]
            surveys = [found.result() for found in asked]
            tasks = _chosen(result, units, names, surveys)
            workers.expect(tasks)
            lost = _collect(pool, tasks, result, workers, tell)
        _one_by_one(workers, lost, result, tell)
        if mutants and pairs and draws >= kept.DRAWS:
            # As with proofs: what is only tried out leaves nothing behind.
            for unit, found in zip(units, surveys, strict=True):
                _take_censuses(workers, unit, found.uncounted, result, tell)
    order = [unit.id for unit in units]
    result.proofs.sort(key=lambda proof: (order.index(proof.unit), proof.exercise))
    return result


def _take_censuses(
    workers: Workers, unit: Unit, names: Sequence[str], result: Result, tell: Callable[[str], None]
) -> None:
    """Find out anew what answers some exercises, since they or a library have changed.

    Each has a process to itself: an operation that is tried with strange arguments may end it.
    """
    for name in names:
        try:
            counted = _counted(workers, unit, name, tell)
        except Exception as error:
            result.broken.append(f"{unit}, {name}: no census: {type(error).__name__}: {error}")
            continue
        not_yours.keep(name, counted.found, counted.of, counted.file)
        tell(f"{unit}, {name}: {len(counted.found.paths)} operations answer it")


def _counted(workers: Workers, unit: Unit, name: str, tell: Callable[[str], None]) -> Counted:
    """The census of one exercise, without what ends the process that tries it: that is the library's mistake."""
    trying = workers.log.with_name("trying")
    ended: list[str] = []
    while True:
        trying.write_text("", "utf-8")
        try:
            with workers.pool(1) as pool:
                return pool.submit(count, unit, name, ended, trying).result()
        except BrokenProcessPool:
            last = trying.read_text("utf-8")
            if not last or last in ended:
                raise
            ended.append(last)
            tell(f"{unit}, {name}: {last} ended the process that tried it, and is left out")


def _one_by_one(workers: Workers, lost: list[Task], result: Result, tell: Callable[[str], None]) -> None:
    """A process died, and all that were waiting with it: whose fault it was shows when each is alone."""
    for task in lost:
        with workers.pool(1) as pool:
            died = _collect(pool, [task], result, workers, tell)
        if died:
            result.broken.append(f"{task}: its process died. {workers.last_words()}")


def _chosen(
    result: Result, units: Sequence[Unit], names: Sequence[str], surveys: Sequence[Survey]
) -> list[Task]:
    """The tasks that were asked for. What has been proved already goes to the result.

    What cannot be loaded goes there as well, unless it is beside the point.
    """
    tasks = [task for found in surveys for task in found.tasks]
    proofs = [proof for found in surveys for proof in found.kept]
    there = [task.exercise for task in tasks] + [proof.exercise for proof in proofs]
    others = [name for found in surveys for name in found.others]
    missing = [name for name in names if name not in there]
    broken = []
    for unit, found in zip(units, surveys, strict=True):
        broken += [f"{unit}: {sentence}" for sentence in found.broken]
        # This is never beside the point: nobody would meet the exercise.
        result.broken += [f"{unit}: {sentence}" for sentence in found.misplaced]
    if missing and not broken:
        where = ", ".join(map(str, units)) if len(units) < 4 else "the course"
        raise CalledWrongly(
            f"{where} has no exercise {missing[0]!r}{catalogue.suggestion(missing[0], there + others)}"
        )
    if missing or not names:
        result.broken += broken
    wanted = set(names) or set(there)
    result.proofs += [proof for proof in proofs if proof.exercise in wanted]
    result.kept = {proof.exercise for proof in result.proofs}
    return [task for task in tasks if task.exercise in wanted]


def _collect(
    pool: ProcessPoolExecutor,
    tasks: list[Task],
    result: Result,
    workers: Workers,
    tell: Callable[[str], None],
) -> list[Task]:
    """Prove tasks, the longest first; those whose process died are returned."""
    longest_first = sorted(tasks, key=lambda task: -task.seconds)
    running = {pool.submit(prove_task, task): task for task in longest_first}
    lost = []
    for future in as_completed(running):
        task = running.pop(future)
        try:
            proved = future.result()
        except BrokenProcessPool:
            lost.append(task)
        except Exception as error:
            # A mistake of the exercise's or of ours; the others go on.
            result.broken.append(f"{task}: {type(error).__name__}: {error}")
        else:
            proof = proved.proof
            result.proofs.append(proof)
            if proved.sources:
                kept.keep(proof.exercise, KeptProof(proved.sources, proof), proved.file)
            # Told now, since whoever waits may not wait to the end.
            for sentence in proof.shortfalls or ["proved"]:
                tell(f"{task}: {sentence}")
        workers.left([other.exercise for other in running.values()])
    return lost


def command(units: Sequence[str], names: Sequence[str], draws: int, quick: bool = False) -> str:
    """The command that repeats a proof, but for its seed."""
    words = ["fdl", "verify", *units]
    for name in names:
        words += ["--exercise", name]
    if quick:
        words.append("--quick")
    elif draws != 20:
        words += ["--draws", str(draws)]
    return shlex.join(words)
