"""Grading one submission, as a pure function: (bytes, the unit's plan, a draw) → (notebook, verdicts, notes).

    read the submission (submission.py)           what is a cell of the plan, what did the student add
    hold it against each exercise's rules (rules.py)
    run what the verdicts need (kernels)          in a confined child; whoever dies in it loses only that step
    judge the evidence (judging.py)               here, where no student's code runs
    write the graded notebook (record.py)

Everything in doubt earns nothing and is marked "needs review".
"""

import hashlib
import logging
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.exercise import Exercise, check_id
from autograder.grading import findings, graded_notebook, restore, rules, submission
from autograder.grading.draws import Draw
from autograder.grading.graded_exercise import GradedExercise
from autograder.grading.graded_notebook import Recorded
from autograder.grading.plan import CHECK, SOLUTION, Plan
from autograder.grading.restore import Placed
from autograder.grading.running import Run, Work, cells_of, fresh, groups, run_all
from autograder.judging.lazy_tables import Known
from autograder.sandbox import StepResult
from helpers import card
from helpers.errors import Unreadable
from helpers.verdict import Kind, Outcome, Verdict

log = logging.getLogger(__name__)
FAILED = "grading failed; the next run tries again"
NOTHING = "there was nothing to grade"
VERSION = 1  # of how grading works; a new one grades everything anew


@dataclass
class Graded:
    """What became of a submission.

    Args:
        notebook: the submission in the plan's form, with what was found as its outputs.
        verdicts: by exercise, in the plan's order.
        notes: what is to be said of the submission as a whole, each a sentence.
        needs_review: whether a person should look at it.
        seconds: how long grading it took.
        ran: the exercises that were run now; the verdicts about the others are older.
    """

    notebook: NotebookNode
    verdicts: dict[str, GradedExercise]
    notes: list[str] = field(default_factory=list)
    needs_review: bool = False
    seconds: float = 0.0
    ran: list[str] = field(default_factory=list)

    @property
    def score(self) -> float:
        return sum(verdict.points for verdict in self.verdicts.values())

    @property
    def max_score(self) -> float:
        return sum(verdict.max_points for verdict in self.verdicts.values())

    @property
    def unfinished(self) -> bool:
        """Whether grading itself failed, so that the next run tries again."""
        return not all(verdict.key for verdict in self.verdicts.values())

    def of_cell(self, grade_id: str) -> GradedExercise | None:
        """The verdict that belongs to a check cell, by nbgrader's id."""
        by_cell = {check_id(name): verdict for name, verdict in self.verdicts.items()}
        return by_cell.get(grade_id)

    def __deepcopy__(self, _: object) -> "Graded":
        # nbconvert copies what it hands to its steps.
        return self


@dataclass
class Judged:
    """What the judge says of one exercise.

    Args:
        doubts: why somebody should look at it, a sentence each.
        failed: whether judging itself failed.
    """

    verdict: Verdict
    doubts: list[str]
    failed: bool = False


def grade(
    data: bytes | Unreadable,
    plan: Plan,
    draw: Draw,
    run: Run,
    known: Known,
    before: NotebookNode | None = None,
    again: Collection[str] = (),
) -> Graded:
    """Grade one submission.

    Args:
        data: the submitted notebook, or why there is none.
        plan: the unit's.
        draw: its secret draw.
        run: runs a job in a confined child, such as `Kernels.run`.
        known: judges what came of it.
        before: the graded notebook of the last time. A verdict is taken from there if the same work was
            judged by the same rules for the same draw,
        again: unless it is about one of these exercises.
    """
    start = time.monotonic()
    keys = {name: fingerprint(data, plan, draw, name) for name in plan.exercises}
    if isinstance(data, Unreadable):
        return nothing(str(data), plan, keys)
    try:
        placed = restore.restore(submission.parse(data), plan)
    except Unreadable as error:
        return nothing(str(error), plan, keys)
    work = Work(plan, draw, placed, notes=_oddities(placed))
    recorded = _still_valid(before, keys, again)
    if recorded and before:
        # It was made from the same bytes, so its other cells say what they would say now.
        work.printed = {cell.id: cell.outputs for cell in before.cells if cell.cell_type == "code"}
    todo = [exercise for name, exercise in plan.exercises.items() if name not in recorded]
    for exercise, judged in _judged(work, todo, run, known):
        key = "" if judged.failed else keys[exercise.name]
        recorded[exercise.name] = _record(exercise, judged, key, draw.index, work.seconds(exercise.name))
    return _graded(work, recorded, time.monotonic() - start, [exercise.name for exercise in todo])


def _still_valid(
    before: NotebookNode | None, keys: Mapping[str, str], again: Collection[str]
) -> dict[str, Recorded]:
    """The verdicts of the last time that would be the same now, but for those that are to be reached anew."""
    if before is None:
        return {}
    valid = {}
    for name, recorded in graded_notebook.recorded(before).items():
        if name not in again and recorded.found.key == keys.get(name):
            valid[name] = recorded
    return valid


def fingerprint(data: bytes | Unreadable, plan: Plan, draw: Draw, exercise: str) -> str:
    """Equal if a verdict would be equal: the same work, rules and draw."""
    work = data if isinstance(data, bytes) else str(data).encode()
    parts = [work, plan.states[exercise].encode(), str((VERSION, draw.seed)).encode()]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:32]


def _judged(work: Work, todo: list[Exercise], run: Run, known: Known) -> Iterator[tuple[Exercise, Judged]]:
    """Run and judge exercises; see `running.groups` for which share a child."""
    exercises = work.plan.exercises
    needs = {name: rules.need(exercise, work.placed, work.plan) for name, exercise in exercises.items()}
    breaches = {}
    for name, exercise in exercises.items():
        complaints = rules.complaints(exercise, needs[name], work.plan)
        if complaints:
            breaches[name] = complaints[0]
    for group in groups(work.plan, [exercise.name for exercise in todo], needs, breaches):
        wanted = {cell.id for cell in cells_of(group, needs, breaches)}
        results = run_all(work, group, wanted, run)
        work.results = results | work.results
        for name in group:
            judged = _judge(work, exercises[name], results, known)
            if name in breaches:
                _hold_back(judged, breaches[name])
            elif not judged.verdict.right:
                judged.doubts += _excuses(needs[name], breaches, work)
            yield exercises[name], judged


def _excuses(need: rules.Need, breaches: Mapping[str, str], work: Work) -> list[str]:
    """Why a wrong answer may be wrong through no fault of its own."""
    not_yours = need.exercises & breaches.keys()
    if not_yours:
        return [f"it rests on {', '.join(sorted(not_yours))}, which is not yours yet"]
    strange = rules.in_experiments(need, work.placed)
    if strange:
        return [f"it uses {strange} of an experiment, and experiments are not run while grading"]
    return []


def _judge(work: Work, exercise: Exercise, results: dict[str, StepResult], known: Known) -> Judged:
    """Judge one exercise by what its steps gave."""
    ids = {placed.kind: placed.id for placed in work.placed if placed.exercise == exercise.name}
    steps = [results.get(ids[CHECK]), results.get(fresh(ids[CHECK]))]
    found = findings.read(exercise, work.draws, steps, results.get(ids[SOLUTION]))
    doubts = sorted({reason.message for reason in found.reasons.values()})
    try:
        verdict = known.verdict(exercise, work.draws, found)
    except Exception as error:
        # Whatever it is, it must not cost the class its grades, nor give points.
        log.exception("%s could not be judged", exercise.name)
        doubts.append(f"{FAILED} ({type(error).__name__}: {str(error)[:200]})")
        return Judged(_nothing_of(exercise, "this could not be judged"), doubts, failed=True)
    if not verdict.right and not doubts and _stopped(work.placed, results):
        doubts.append("another cell was stopped, which this may rest on")
    return Judged(verdict, doubts)


def _stopped(placed: Iterable[Placed], results: Mapping[str, StepResult]) -> bool:
    """Whether a cell that is no check was stopped."""
    cells = [results.get(cell.id) for cell in placed if cell.kind != CHECK]
    return any(result.died for result in cells if result)


def _hold_back(judged: Judged, breach: str) -> None:
    """Withhold all points from an answer that uses what it should write."""
    sentence = f"not yours yet, {breach}"
    outcomes = []
    for outcome in judged.verdict.outcomes:
        message = sentence
        if outcome.passed:
            message += " (apart from that it passes)"
        outcomes.append(Outcome(outcome.check, outcome.points, Kind.NOT_YOURS, message))
    judged.verdict = Verdict(judged.verdict.exercise, tuple(outcomes), names=(), how="unrecognized")
    judged.doubts.append(sentence)


def _record(
    exercise: Exercise, judged: Judged, key: str, draw: int | None = None, seconds: float = 0.0
) -> Recorded:
    """What is written down of one exercise; see `GradedExercise` for the arguments."""
    notes = tuple(f"{doubt[0].upper()}{doubt[1:]}. A person will look at it." for doubt in judged.doubts)
    advice = {rival.name: rival.advice for rival in exercise.misconceptions}
    shown = card.Card(judged.verdict, advice, exercise.lecture, notes)
    found = GradedExercise.of(shown, tuple(judged.doubts), key, draw, seconds)
    return Recorded(found, graded_notebook.check_outputs(shown, found))


def nothing(why: str, plan: Plan, keys: Mapping[str, str]) -> Graded:
    """For a submission that gives nothing to judge: nothing earned, nothing lost, somebody looks at it.

    Args:
        why: a sentence.
        plan: the unit's.
        keys: of the verdicts, by exercise; without one, the next run tries again.
    """
    work = Work(plan, Draw(0, 0), restore.blank(plan), notes=[why])
    recorded = {}
    for name, exercise in plan.exercises.items():
        judged = Judged(_nothing_of(exercise, NOTHING), [why.rstrip(".")])
        recorded[name] = _record(exercise, judged, keys.get(name, ""))
    return _graded(work, recorded, 0.0, [])


def _nothing_of(exercise: Exercise, message: str) -> Verdict:
    outcomes = tuple(Outcome(check.name, check.points, Kind.NOTHING, message) for check in exercise.checks)
    return Verdict(exercise.name, outcomes, (), "unrecognized")


def _graded(work: Work, recorded: Mapping[str, Recorded], seconds: float, ran: list[str]) -> Graded:
    verdicts = {name: recorded[name].found for name in work.plan.exercises}
    review = any(verdict.needs_review for verdict in verdicts.values())
    outputs = dict(work.printed)
    for cell, result in work.results.items():
        outputs[cell] = graded_notebook.printed(result)
    for placed in work.placed:
        if placed.kind == CHECK:
            outputs[placed.id] = recorded[placed.exercise].outputs
    about = {"notes": work.notes, "needs_review": review, "seconds": round(seconds, 2)}
    notebook = graded_notebook.notebook(work.placed, outputs, about)
    return Graded(notebook, verdicts, work.notes, review, seconds, ran)


def _oddities(placed: list[Placed]) -> list[str]:
    """What of the student's notebook had to be mended."""
    gone = [p.planned.grade_id for p in placed if p.missing and p.planned]
    changed = [p.planned.grade_id for p in placed if p.changed and p.planned]
    notes = []
    if gone:
        notes.append(f"Came back from the unit, since the submission lacks them: {', '.join(gone)}.")
    if changed:
        notes.append(
            f"Taken from the unit, since these cells are not the student's to change: {', '.join(changed)}."
        )
    return notes
