"""Runs jobs in the test's own process."""

import io
import random
import threading
from contextlib import redirect_stdout

from autograder.sandbox import Job, Step, StepResult
from helpers.checks import Checks
from helpers.evidence import Failure, encode
from helpers.quiet import import_tensorflow
from helpers.witness import Witness


class InProcess:
    """Runs jobs in this process: for honest code only. A cell or answer that raises `Died("why")` ends a "child".

    `jobs` keeps what was asked for. One job runs at a time, since threads share what a child has to itself.
    """

    def __init__(self) -> None:
        # before there are threads: two that import Keras at once find half of it
        import_tensorflow()
        self.jobs: list[Job] = []
        self._alone = threading.Lock()

    def run(self, job: Job) -> list[StepResult]:
        """Run a job's steps, up to the one that ends the "child"."""
        with self._alone:
            self.jobs.append(job)
            return self._run(job)

    def _run(self, job: Job) -> list[StepResult]:
        names: dict = {"check": print, "Died": type("Died", (Exception,), {})}
        # each exercise sees what cells had defined when its checks began
        names_of_exercises: dict[str, dict] = {}
        results = []
        for step in job.steps:
            result = StepResult(step.id)
            results.append(result)
            if step.exercise:
                before = names_of_exercises.setdefault(step.exercise, dict(names))
                names.clear()
                names.update(before)
                _check(step, job.checks[step.exercise], names, result)
            else:
                _run_cell(step, names, result)
            if result.died:
                break
        return results


def _run_cell(step: Step, names: dict, result: StepResult) -> None:
    from autograder.sandbox.child import run

    with redirect_stdout(io.StringIO()) as printed:
        result.failure = run(step.id, step.source, names)
    result.output = printed.getvalue()
    if result.failure and result.failure.type == "Died":
        result.died = result.failure.message
        result.failure = None


def _check(step: Step, source: str, names: dict, result: StepResult) -> None:
    space: dict = {}
    exec(source, space)
    (exercise,) = (value for value in space.values() if isinstance(value, Checks))
    missing = [name for name in exercise.objects if name not in names]
    if missing:
        result.failure = Failure("NameError", f"{', '.join(missing)} is not defined")
        return
    candidate = tuple(names[name] for name in exercise.objects)
    witness = Witness(names, result.seen.update)
    for check in exercise.checks:
        for draw in step.draws:
            evidence = witness.gather(exercise, check, candidate, draw, random.getrandbits(31))
            result.watched.add((check.name, draw))
            if evidence.failure and evidence.failure.type == "Died":
                result.died = evidence.failure.message
                return
            result.evidence[check.name, draw] = encode(evidence)
