"""What a child gave for an exercise, decoded and believed in nothing."""

from contextlib import suppress

from autograder.exercise import Exercise
from autograder.judging.lazy_tables import PUBLIC, Answers, Reason
from autograder.sandbox import StepResult
from helpers.evidence import Evidence, decode
from helpers.table import Answer
from helpers.verdict import Kind


def read(exercise: Exercise, public: StepResult | None, cell: StepResult | None) -> Answers:
    """Decode the evidence of the public draw.

    Args:
        exercise: the exercise.
        public: of the step that ran its checks; None if that was not reached.
        cell: of its solution cell.
    Returns:
        The answer; what is missing from it has a reason.
    """
    answers = Answers({})
    for check in exercise.checks:
        evidence = _evidence(check.name, public, cell)
        if isinstance(evidence, Evidence):
            answers.public[check.name] = evidence
        else:
            answers.reasons[check.name] = evidence
    return answers


def on_fresh_inputs(exercise: Exercise, draw: int, result: StepResult | None) -> Answer:
    """Decode the evidence of a secret draw: why some is missing is nobody's to know.

    Args:
        exercise: the exercise.
        draw: its seed.
        result: of the step that ran its checks; None if that was not reached.
    """
    answer: Answer = {}
    for check in exercise.checks:
        data = result.evidence.get((check.name, draw)) if result else None
        if data is not None:
            with suppress(ValueError):
                answer[check.name] = decode(data)
    return answer


def _evidence(check: str, result: StepResult | None, cell: StepResult | None) -> Evidence | Reason:
    """The evidence of one check on the public draw, or why there is none."""
    data = result.evidence.get((check, PUBLIC)) if result else None
    if data is not None:
        try:
            return decode(data)
        except ValueError as error:
            return Reason(Kind.WRONG_FORM, f"your code gave something that cannot be judged: {error}")
    if result and result.failure:
        # An object is not defined, most likely since its cell raised.
        raised = cell.failure if cell else None
        return Evidence({}, raised or result.failure)
    return _why_none(result, cell)


def _why_none(result: StepResult | None, cell: StepResult | None) -> Reason:
    if cell and cell.died:
        return Reason(Kind.STOPPED, f"the cell with your answer was stopped: {cell.died}")
    if result and result.died:
        return Reason(Kind.STOPPED, f"your code was stopped: {result.died}")
    return Reason(Kind.NOT_REACHED, "this was not reached: the notebook was stopped before")
