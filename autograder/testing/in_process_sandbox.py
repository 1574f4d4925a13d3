"""Runs jobs in the test's own process."""

import io
import random
import threading
from contextlib import redirect_stdout

from autograder.sandbox import Job, StepResult
from helpers.checks import Checks, gather
from helpers.evidence import Failure, encode
from helpers.quiet import import_tensorflow


class InProcess:
    """Runs jobs in this process: for honest code only. A cell or answer that raises `Died("why")` ends a "child".

    `jobs` keeps what was asked for. One job runs at a time, since threads share what a child has to itself.
    """

    def __init__(self) -> None:
        import_tensorflow()  # before there are threads: two that import Keras at once find half of it
        self.jobs: list[Job] = []
        self._alone = threading.Lock()

    def run(self, job: Job) -> list[StepResult]:
        with self._alone:
            return self._run(job)

    def _run(self, job: Job) -> list[StepResult]:
        from autograder.sandbox.child import run

        self.jobs.append(job)
        names: dict = {"check": print}
        names["Died"] = type("Died", (Exception,), {})
        results = []
        found: dict[str, dict] = {}
        for step in job.steps:
            result = StepResult(step.id)
            results.append(result)
            if step.exercise:
                before = found.setdefault(step.exercise, dict(names))
                names.clear()
                names.update(before)
                self._check(step, job.checks[step.exercise], names, result)
            else:
                with redirect_stdout(io.StringIO()) as printed:
                    result.failure = run(step.id, step.source, names)
                result.output = printed.getvalue()
                if result.failure and result.failure.type == "Died":
                    result.died, result.failure = result.failure.message, None
            if result.died:
                break
        return results

    def _check(self, step, source: str, names: dict, result: StepResult) -> None:
        space: dict = {}
        exec(source, space)
        (exercise,) = (value for value in space.values() if isinstance(value, Checks))
        missing = [name for name in exercise.objects if name not in names]
        if missing:
            result.failure = Failure("NameError", f"{', '.join(missing)} is not defined")
            return
        for check in exercise.checks:
            for draw in step.draws:
                candidate = tuple(names[name] for name in exercise.objects)
                found = gather(exercise, check, candidate, draw, random.getrandbits(31))
                if found.failure and found.failure.type == "Died":
                    result.died = found.failure.message
                    return
                result.evidence[check.name, draw] = encode(found)
