"""Grading one submission, as a pure function: (bytes, the unit's plan, a draw) → (notebook, verdicts, notes).

    read the submission (submission.py)           what is a cell of the plan, what did the student add
    hold it against each exercise's rules (rules.py)
    run what the verdicts need (kernels)          in a confined child; whoever dies in it loses only that step
    judge the evidence (judging.py)               here, where no student's code runs
    write the graded notebook (record.py)

Everything in doubt earns nothing and is marked "needs review".
"""

import hashlib
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.exercise import Exercise
from autograder.grading import graded_notebook, restore, rules, submission
from autograder.grading.draws import Draw
from autograder.grading.findings import read
from autograder.grading.plan import CHECK, SOLUTION, Plan
from autograder.grading.restore import Placed
from autograder.grading.running import Run, Work, _cells, _groups, _run_all, fresh
from autograder.judging.lazy_tables import Known
from autograder.sandbox import StepResult
from helpers import card
from helpers.errors import Unreadable
from helpers.verdict import Kind, Outcome, Verdict

FAILED = "grading failed; the next run tries again"
NOTHING = "there was nothing to grade"
VERSION = 1  # of how grading works; a new one grades everything anew


@dataclass
class Graded:
    """What became of a submission.

    Args:
        verdicts: by exercise, in the plan's order, as `helpers.card.record` writes them and a bit more.
        notes: what is to be said of the submission as a whole, each a sentence.
        ran: the exercises that were run now; the verdicts about the others are older.
    """

    notebook: NotebookNode
    verdicts: dict[str, dict]
    notes: list[str] = field(default_factory=list)
    needs_review: bool = False
    seconds: float = 0.0
    ran: list[str] = field(default_factory=list)

    @property
    def score(self) -> float:
        return sum(v["points"] for v in self.verdicts.values())

    @property
    def max_score(self) -> float:
        return sum(v["max_points"] for v in self.verdicts.values())


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
        draw: its secret draw.
        run: runs a job in a confined child, such as `Kernels.run`.
        before: the graded notebook of the last time. A verdict is taken from there if the same work was
            judged by the same rules for the same draw,
        again: unless it is about one of these exercises.
    """
    start = time.monotonic()
    key = {name: fingerprint(data, plan, draw, name) for name in plan.exercises}
    kept = {
        name: outputs
        for name, outputs in (graded_notebook.recorded(before) if before else {}).items()
        if name not in again and _verdict(outputs).get("key") == key.get(name)
    }
    try:
        if isinstance(data, Unreadable):
            raise data
        work = Work(plan, draw, restore.restore(submission.parse(data), plan))
    except Unreadable as error:
        return nothing(str(error), plan, key)
    work.notes += _oddities(work.placed)
    if kept and before:  # made from the same bytes, so its other cells say what they would say now
        work.printed = {cell.id: cell.outputs for cell in before.cells if cell.cell_type == "code"}
    todo = [exercise for name, exercise in plan.exercises.items() if name not in kept]
    outputs = dict(kept)
    for exercise, verdict, doubts in _judged(work, todo, run, known):
        again_later = any(doubt.startswith(FAILED) for doubt in doubts)
        extra = {"key": "" if again_later else key[exercise.name], "draw": draw.index}
        spent = [work.results.get(p.id) for p in work.placed if p.exercise == exercise.name]
        extra["seconds"] = round(sum(result.seconds for result in spent if result), 2)
        outputs[exercise.name] = _outputs(exercise, verdict, doubts, extra)
    return _graded(work, outputs, time.monotonic() - start, [e.name for e in todo])


def fingerprint(data: bytes | Unreadable, plan: Plan, draw: Draw, exercise: str) -> str:
    """Equal if a verdict would be equal: the same work, rules and draw."""
    work = data if isinstance(data, bytes) else str(data).encode()
    parts = [work, plan.states[exercise].encode(), str((VERSION, draw.seed)).encode()]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:32]


def _judged(
    work: Work, todo: list[Exercise], run: Run, known: Known
) -> Iterable[tuple[Exercise, Verdict, list[str]]]:
    """Run and judge exercises; see `_groups` for which share a child."""
    exercises = work.plan.exercises
    needs = {name: rules.need(e, work.placed, work.plan) for name, e in exercises.items()}
    complaints = {name: rules.complaints(e, needs[name], work.plan) for name, e in exercises.items()}
    breaches = {name: found[0] for name, found in complaints.items() if found}
    for group in _groups(work.plan, [e.name for e in todo], needs, breaches):
        cells = _cells(group, needs, breaches)
        found = _run_all(work, group, {cell.id for cell in cells}, run)
        work.results = found | work.results
        for name in group:
            verdict, doubts = _judge(work, exercises[name], found, known)
            if name in breaches:
                verdict = _not_yours(verdict, breaches[name])
                doubts.append(f"not yours yet, {breaches[name]}")
            elif not verdict.right and (others := needs[name].exercises & breaches.keys()):
                doubts.append(f"it rests on {', '.join(sorted(others))}, which is not yours yet")
            elif not verdict.right and (strange := rules.in_experiments(needs[name], work.placed)):
                doubts.append(
                    f"it uses {strange} of an experiment, and experiments are not run while grading"
                )
            yield exercises[name], verdict, doubts


def _judge(
    work: Work, exercise: Exercise, results: dict[str, StepResult], known: Known
) -> tuple[Verdict, list[str]]:
    """The verdict about one exercise, and why someone should look at it."""
    ids = {p.kind: p.id for p in work.placed if p.exercise == exercise.name}
    steps = [results.get(ids[CHECK]), results.get(fresh(ids[CHECK]))]
    found = read(exercise, work.draws, steps, results.get(ids[SOLUTION]))
    doubts = sorted({reason.message for reason in found.reasons.values()})
    try:
        verdict = known.verdict(exercise, work.draws, found)
    except Exception as error:  # whatever it is, it must not cost the class its grades, nor give points
        doubts.append(f"{FAILED} ({type(error).__name__}: {str(error)[:200]})")
        verdict = _failed(exercise, "this could not be judged")
    stopped = [p for p in work.placed if p.kind != CHECK and results.get(p.id) and results[p.id].died]
    if stopped and not verdict.right and not doubts:
        doubts.append("another cell was stopped, which this may rest on")
    return verdict, doubts


def _not_yours(verdict: Verdict, breach: str) -> Verdict:
    """Withhold all points from an answer that uses what it should write."""
    outcomes = []
    for outcome in verdict.outcomes:
        told = f"not yours yet, {breach}"
        if outcome.passed:
            told += " (apart from that it passes)"
        outcomes.append(Outcome(outcome.check, outcome.points, Kind.NOT_YOURS, told))
    return Verdict(verdict.exercise, tuple(outcomes), names=(), how="unrecognized")


def _outputs(exercise: Exercise, verdict: Verdict, doubts: list[str], extra: dict) -> list[NotebookNode]:
    notes = tuple(f"{doubt[0].upper()}{doubt[1:]}. A person will look at it." for doubt in doubts)
    advice = {m.name: m.advice for m in exercise.misconceptions}
    shown = card.Card(verdict, advice, exercise.lecture, notes)
    return graded_notebook.check_outputs(
        shown, card.record(shown) | extra | {"needs_review": bool(doubts), "doubts": doubts}
    )


def nothing(why: str, plan: Plan, key: Mapping[str, str]) -> Graded:
    """For a submission that gives nothing to judge: nothing earned, nothing lost, somebody looks at it."""
    work = Work(plan, Draw(0, 0), restore.blank(plan), notes=[why])
    outputs = {}
    for name, exercise in plan.exercises.items():
        extra = {"key": key.get(name, ""), "draw": None}
        verdict = _failed(exercise, NOTHING)
        outputs[name] = _outputs(exercise, verdict, [why.rstrip(".")], extra)
    return _graded(work, outputs, 0.0, [])


def _failed(exercise: Exercise, message: str) -> Verdict:
    outcomes = tuple(Outcome(c.name, c.points, Kind.NOTHING, message) for c in exercise.checks)
    return Verdict(exercise.name, outcomes, (), "unrecognized")


def _graded(work: Work, outputs: dict[str, list], seconds: float, ran: list[str]) -> Graded:
    verdicts = {name: _verdict(outputs[name]) for name in work.plan.exercises}
    review = any(v["needs_review"] for v in verdicts.values())
    about = {"notes": work.notes, "needs_review": review, "seconds": round(seconds, 2)}
    by_cell = work.printed | {cell: graded_notebook.printed(result) for cell, result in work.results.items()}
    by_cell |= {p.id: outputs[p.exercise] for p in work.placed if p.kind == CHECK}
    notebook = graded_notebook.notebook(work.placed, by_cell, about)
    return Graded(notebook, verdicts, work.notes, review, seconds, ran)


def _verdict(outputs: list) -> dict:
    return next(filter(None, map(graded_notebook.verdict_of, outputs)), {})


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
