"""`fdl verify`: every exercise proves itself, several at a time, in processes of their own."""

import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.progress_verify import Bar
from autograder.course import catalogue
from autograder.course.catalogue import Unit
from autograder.proving.workers import Task, Workers, _prove, _survey

if TYPE_CHECKING:
    from autograder.proving.prove import Proof


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


# What follows runs in the processes that prove.


# What people read.
