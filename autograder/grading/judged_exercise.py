"""Judging one exercise of a submission: the verdict, and why a person should look at it."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autograder.exercise import Exercise
from autograder.grading import findings, graded_notebook, rules, witnessed
from autograder.grading.graded_exercise import GradedExercise
from autograder.grading.graded_notebook import CheckCell
from autograder.grading.placed import Placed
from autograder.grading.plan import CHECK, SOLUTION
from autograder.grading.running import Work, fresh
from autograder.judging.lazy_tables import NOT_FOR_FRESH, LazyTables
from autograder.sandbox import StepResult
from helpers import card
from helpers.operations import Reading
from helpers.ownership import NotYours
from helpers.table import Answer
from helpers.verdict import Kind, Outcome, Verdict

log = logging.getLogger(__name__)
FAILED = "grading failed; the next run tries again"
ANOTHER_STOPPED = "another cell was stopped, which this may rest on"
# Of cells that fail wherever they run.
FAILS_EVERYWHERE = frozenset({"SyntaxError", "IndentationError", "TabError", "NotImplementedError"})
NOT_INSTALLED = "its cell needs what is not installed where it is graded"


@dataclass
class Judged:
    """What the judge says of one exercise.

    Attributes:
        verdict: the verdict.
        doubts: why somebody should look at it, a sentence each.
        failed: whether judging itself failed.
        used: operations that no list knows, and in how many lines each stands.
        notes: what else the card says, a sentence each.
    """

    verdict: Verdict
    doubts: list[str]
    failed: bool = False
    used: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def judge(work: Work, exercise: Exercise, results: Mapping[str, StepResult], tables: LazyTables) -> Judged:
    """Judge one exercise by what its steps gave.

    Args:
        work: the submission.
        exercise: the exercise.
        results: of the steps that were run for it, by their id.
        tables: judge the evidence.
    """
    ids = _cells_of(work, exercise)
    answers = findings.read(exercise, results.get(ids[CHECK]), results.get(ids[SOLUTION]))
    answers.fresh = _on_fresh_inputs(work, exercise, results)
    doubts = sorted({reason.message for reason in answers.reasons.values()})
    try:
        verdict = tables.verdict(exercise, answers)
    except Exception as error:
        # Whatever it is, it must not cost the class its grades, nor give points.
        log.exception("%s could not be judged", exercise.name)
        doubts.append(f"{FAILED} ({type(error).__name__}: {str(error)[:200]})")
        return Judged(verdict_without_points(exercise, "this could not be judged"), doubts, failed=True)
    if any(outcome.message == NOT_FOR_FRESH for outcome in verdict.outcomes):
        # It may have been stopped there, or have done what is not the student's to do.
        doubts.append(NOT_FOR_FRESH)
    if not verdict.right and not doubts and _stopped(work.placed, results):
        doubts.append(ANOTHER_STOPPED)
    cell = results.get(ids[SOLUTION])
    if not verdict.right and cell and cell.failure and cell.failure.type == "ModuleNotFoundError":
        # On the student's machine it may well have run.
        doubts.append(f"{NOT_INSTALLED} ({cell.failure.message})")
    return Judged(verdict, doubts)


def _on_fresh_inputs(work: Work, exercise: Exercise, results: Mapping[str, StepResult]) -> dict[int, Answer]:
    """What it gave for the secret draw; nothing of that counts if it was not all its own work there."""
    draw = work.draw.seed
    result = results.get(fresh(_cells_of(work, exercise)[CHECK]))
    seen = witnessed.testimony(exercise, _not_yours(work, exercise), [result], Reading())
    why = [result.died] if result and result.died else []
    why += [text for text in (seen.borrowed, *seen.reasons) if text]
    if why:
        # For staff alone: a student may choose what is to be read here.
        log.info("%s, on fresh inputs: %s", exercise.name, "; ".join(why))
    if seen.borrowed or seen.reasons:
        return {draw: {}}
    return {draw: findings.on_fresh_inputs(exercise, draw, result)}


def testimony(
    work: Work, exercise: Exercise, results: Mapping[str, StepResult], reading: Reading
) -> witnessed.Testimony:
    """What the witness saw of an answer on the public draw; see `judge` for the arguments.

    Args:
        reading: of the cells that it needs.
    """
    public = results.get(_cells_of(work, exercise)[CHECK])
    return witnessed.testimony(exercise, _not_yours(work, exercise), [public], reading)


def _not_yours(work: Work, exercise: Exercise) -> NotYours:
    return work.plan.not_yours.get(exercise.name, NotYours())


def _cells_of(work: Work, exercise: Exercise) -> dict[str, str]:
    """The ids of an exercise's cells, by their kind."""
    return {placed.kind: placed.id for placed in work.placed if placed.exercise == exercise.name}


def _stopped(placed: Iterable[Placed], results: Mapping[str, StepResult]) -> bool:
    """Whether a cell that is no check was stopped."""
    for cell in placed:
        result = results.get(cell.id)
        if cell.kind != CHECK and result and result.died:
            return True
    return False


def hold_back(judged: Judged, breach: str, borrowed: bool) -> None:
    """Withhold all points from an answer that uses what it should write, or that nobody but a person can read.

    Args:
        judged: the answer; it is changed.
        breach: where it does so, and what it uses.
        borrowed: whether that does what it should write.
    """
    sentence = f"not yours yet, {breach}" if borrowed else f"held back until a person has looked, {breach}"
    outcomes = []
    for outcome in judged.verdict.outcomes:
        message = sentence
        if outcome.passed:
            message += " (apart from that it passes)"
        outcomes.append(Outcome(outcome.check, outcome.points, Kind.NOT_YOURS, message))
    judged.verdict = Verdict(judged.verdict.exercise, tuple(outcomes), names=(), how="unrecognized")
    judged.doubts.append(sentence)


def excuses(exercise: Exercise, need: rules.Need, breaches: Mapping[str, str], work: Work) -> list[str]:
    """Why a wrong answer may be wrong through no fault of its own, a sentence each.

    Args:
        exercise: the exercise.
        need: what the exercise needs of the notebook.
        breaches: exercises that use what they should write, and where.
        work: the submission.
    """
    not_yours = need.exercises & breaches.keys()
    if not_yours:
        return [f"it rests on {', '.join(sorted(not_yours))}, which has no points yet"]
    in_experiments = rules.in_experiments(need, work.placed)
    if in_experiments:
        return [f"it uses {in_experiments} of an experiment, and experiments are not run while grading"]
    below = rules.below_its_check(need, exercise, work.placed)
    if below:
        return [f"it uses {below}, which stands below its check"]
    failed = _failed_above(exercise, need, work)
    if failed:
        return [f"a cell above it failed: {failed}"]
    return _by_magics(exercise, need, work)


def _failed_above(exercise: Exercise, need: rules.Need, work: Work) -> str:
    """What another cell raised that an answer needs, and that may well run where the student sits; "" if none did."""
    for cell in need.cells:
        result = work.results.get(cell.id)
        if cell.exercise == exercise.name or result is None or result.failure is None:
            continue
        if result.failure.type not in FAILS_EVERYWHERE:
            return f"{result.failure.type}: {result.failure.message}"
    return ""


def _by_magics(exercise: Exercise, need: rules.Need, work: Work) -> list[str]:
    """That an answer uses names which a line that is left out may have brought, as `%run` does; [] if none may have."""
    missing = rules.bound_nowhere(need)
    lines = rules.magics_above(exercise, work.placed)
    if missing and lines:
        return [f"it uses {missing}, and this is left out while grading: {lines}"]
    return []


def verdict_without_points(exercise: Exercise, message: str) -> Verdict:
    """The verdict where there is nothing to judge.

    Args:
        exercise: the exercise.
        message: what each of its checks says.
    """
    outcomes = [Outcome(check.name, check.points, Kind.NOTHING, message) for check in exercise.checks]
    return Verdict(exercise.name, tuple(outcomes), names=(), how="unrecognized")


def check_cell(
    exercise: Exercise, judged: Judged, key: str, draw: int | None = None, seconds: float = 0.0
) -> CheckCell:
    """What is written below an exercise's check cell; see `GradedExercise` for the other arguments.

    Args:
        exercise: the exercise.
        judged: what the judge says of it.
    """
    notes = [f"{doubt[0].upper()}{doubt[1:]}. A person will look at it." for doubt in judged.doubts]
    shown = card.Card(judged.verdict, exercise.advice, exercise.lecture, (*judged.notes, *notes))
    graded = GradedExercise.of(shown, tuple(judged.doubts), key, draw, seconds, judged.used)
    return CheckCell(graded, graded_notebook.check_outputs(shown, graded))
