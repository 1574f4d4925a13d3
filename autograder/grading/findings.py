"""What a child gave for an exercise, decoded and believed in nothing."""

import builtins
from collections.abc import Sequence
from dataclasses import replace

from autograder.exercise import Exercise
from autograder.judging.lazy_tables import PUBLIC, Answers, Reason
from autograder.sandbox import StepResult
from helpers.evidence import Evidence, decode
from helpers.verdict import Kind

# Exceptions that are no builtins, and that a library raises whatever the inputs are.
OTHERS = ("NotCallable", "InvalidArgumentError", "FailedPreconditionError", "UnimplementedError")


def read(
    exercise: Exercise,
    draws: Sequence[int],
    results: Sequence[StepResult | None],
    cell: StepResult | None,
) -> Answers:
    """Decode the evidence about an exercise.

    Args:
        exercise: the exercise.
        draws: the public one first.
        results: for each draw, of the step that ran its checks; None if that was not reached.
        cell: of its solution cell.
    Returns:
        An answer for each draw; what is missing from them has a reason.
    """
    answers = Answers([{} for _ in draws])
    for check in exercise.checks:
        for answer, draw, result in zip(answers.by_draw, draws, results, strict=True):
            evidence = _evidence(check.name, draw, result, cell)
            if isinstance(evidence, Evidence):
                answer[check.name] = _guarded(evidence, draw)
            elif evidence.kind == Kind.WRONG_FORM:
                answers.reasons[check.name] = evidence
            else:
                # What could not be judged on another draw says more than that this one was not reached.
                answers.reasons.setdefault(check.name, evidence)
    return answers


def _evidence(check: str, draw: int, result: StepResult | None, cell: StepResult | None) -> Evidence | Reason:
    """The evidence of one check on one draw, or why there is none."""
    data = result.evidence.get((check, draw)) if result else None
    if data is not None:
        return _decoded(data, draw)
    if result and result.failure:
        # An object is not defined, most likely since its cell raised.
        raised = cell.failure if cell else None
        return Evidence({}, raised or result.failure)
    return _why_none(result, cell)


def _decoded(data: bytes, draw: int) -> Evidence | Reason:
    try:
        return decode(data)
    except ValueError as error:
        message = "your code gave something that cannot be judged"
        if draw == PUBLIC:
            message += f": {error}"
        return Reason(Kind.WRONG_FORM, message)


def _guarded(evidence: Evidence, draw: int) -> Evidence:
    """Evidence that tells nothing of a secret draw's inputs, as an exception's name could: the student chooses it."""
    failure = evidence.failure
    if draw == PUBLIC or not failure:
        return evidence
    if hasattr(builtins, failure.type) or failure.type in OTHERS:
        return evidence
    return replace(evidence, failure=replace(failure, type="Exception"))


def _why_none(result: StepResult | None, cell: StepResult | None) -> Reason:
    if cell and cell.died:
        return Reason(Kind.STOPPED, f"the cell with your answer was stopped: {cell.died}")
    if result and result.died:
        return Reason(Kind.STOPPED, f"your code was stopped: {result.died}")
    return Reason(Kind.NOT_REACHED, "this was not reached: the notebook was stopped before")
