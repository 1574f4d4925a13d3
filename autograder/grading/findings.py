"""What a child gave for an exercise, decoded and believed in nothing."""

import builtins
from collections.abc import Sequence
from dataclasses import replace

from autograder.exercise import Exercise
from autograder.judging.lazy_tables import PUBLIC, Found, Reason
from autograder.sandbox import StepResult
from helpers.evidence import Evidence, decode
from helpers.verdict import Kind

OTHERS = ("NotCallable", "InvalidArgumentError", "FailedPreconditionError", "UnimplementedError")


def read(
    exercise: Exercise,
    draws: Sequence[int],
    results: Sequence[StepResult | None],
    cell: StepResult | None,
) -> Found:
    """Decode the evidence about an exercise.

    Args:
        results: for each draw, of the step that ran its checks; None if that was not reached.
        cell: of its solution cell.
    """
    found = Found([{} for _ in draws])
    raised = cell.failure if cell else None
    for check in exercise.checks:
        for answers, draw, result in zip(found.answers, draws, results, strict=True):
            data = result.evidence.get((check.name, draw)) if result else None
            if data is not None:
                try:
                    answers[check.name] = _guarded(decode(data), draw)
                except ValueError as error:
                    more = f": {error}" if draw == PUBLIC else ""
                    message = f"your code gave something that cannot be judged{more}"
                    found.reasons[check.name] = Reason(Kind.WRONG_FORM, message)
            elif result and result.failure:  # an object is not defined, most likely since its cell raised
                answers[check.name] = _guarded(Evidence({}, raised or result.failure), draw)
            else:
                found.reasons.setdefault(check.name, _why(result, cell))
    return found


def _guarded(evidence: Evidence, draw: int) -> Evidence:
    """Evidence that tells nothing of a secret draw's inputs, as an exception's name could: the student chooses it."""
    failure = evidence.failure
    if draw == PUBLIC or not failure or hasattr(builtins, failure.type) or failure.type in OTHERS:
        return evidence
    return replace(evidence, failure=replace(failure, type="Exception"))


def _why(result: StepResult | None, cell: StepResult | None) -> Reason:
    if cell and cell.died:
        return Reason(Kind.STOPPED, f"the cell with your answer was stopped: {cell.died}")
    if result and result.died:
        return Reason(Kind.STOPPED, f"your code was stopped: {result.died}")
    return Reason(Kind.NOT_REACHED, "this was not reached: the notebook was stopped before")
