"""Grading one submission, as a pure function: (bytes, the unit's plan, a draw) → (notebook, verdicts, notes).

    read the submission (submission, restore)     what is a cell of the plan, what did the student add
    hold it against each exercise's rules (rules)
    run what the verdicts need (running)          in a confined child; whoever dies in it loses only that step
    judge the evidence (judged_exercise)          here, where no student's code runs
    write the graded notebook (graded_notebook)

Everything in doubt earns nothing and is marked "needs review".
"""

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.course import known
from autograder.exercise import Exercise
from autograder.grading import graded_notebook, restore, rules, stand_ins, submission
from autograder.grading.draws import Draw
from autograder.grading.graded_notebook import CheckCell
from autograder.grading.graded_submission import Graded
from autograder.grading.judged_exercise import (
    ANOTHER_STOPPED,
    FAILED,
    Judged,
    check_cell,
    excuses,
    hold_back,
    judge,
    testimony,
    verdict_without_points,
)
from autograder.grading.placed import ADDED, Placed
from autograder.grading.plan import CHECK, Plan
from autograder.grading.running import Run, Work, cells_of, groups, run_all, steps_of
from autograder.judging.lazy_tables import NOT_FOR_FRESH, LazyTables
from helpers.errors import Unreadable
from helpers.operations import Reading
from helpers.verdict import Verdict

__all__ = ["FAILED", "NOTHING", "Draw", "Graded", "fingerprint", "grade", "nothing"]

NOTHING = "there was nothing to grade"
# Of how grading works: a new one grades everything anew.
VERSION = 8


@dataclass(frozen=True)
class HandedIn:
    """What a student handed in.

    Attributes:
        data: the notebook, or why there is none.
        beside: the names of the files that lie with it.
        file: where it was found, if not in its place.
        note: a sentence about that.
        guess: what had to be guessed there, so that a person looks.
    """

    data: bytes | Unreadable
    beside: Sequence[str] = ()
    file: str = ""
    note: str = ""
    guess: str = ""

    @property
    def notes(self) -> list[str]:
        return [text for text in (self.note, self.guess) if text]


def grade(
    handed_in: HandedIn | bytes | Unreadable,
    plan: Plan,
    draw: Draw,
    run: Run,
    tables: LazyTables,
    before: NotebookNode | None = None,
    again: Collection[str] = (),
) -> Graded:
    """Grade one submission.

    Args:
        handed_in: the submission; or only its notebook, or why there is none.
        plan: the unit's.
        draw: its secret draw.
        run: runs a job in a confined child, such as `Sandbox.run`.
        tables: judge what came of it.
        before: the graded notebook of the last time. A verdict is taken from there if the same work was
            judged by the same rules for the same draw,
        again: unless it is about one of these exercises.
    """
    start = time.monotonic()
    if not isinstance(handed_in, HandedIn):
        handed_in = HandedIn(handed_in)
    data = handed_in.data
    keys = {name: fingerprint(data, plan, draw, name) for name in plan.exercises}
    if isinstance(data, Unreadable):
        return nothing(str(data), plan, keys)
    try:
        placed = restore.restore(submission.parse(data), plan, handed_in.beside)
    except Unreadable as error:
        return nothing(str(error), plan, keys)
    work = Work(plan, draw, placed, notes=[*handed_in.notes, *_mended(placed)])
    check_cells = _still_valid(before, keys, again)
    if check_cells and before:
        # It was made from the same bytes, so its other cells say what they would say now.
        work.printed = {cell.id: cell.outputs for cell in before.cells if cell.cell_type == "code"}
    todo = [exercise for name, exercise in plan.exercises.items() if name not in check_cells]
    for exercise, judged in _judged(work, todo, run, tables):
        name = exercise.name
        key = "" if judged.failed else keys[name]
        check_cells[name] = check_cell(exercise, judged, key, draw.index, work.seconds(name))
    graded = _graded(work, check_cells, time.monotonic() - start, handed_in)
    graded.ran = [exercise.name for exercise in todo]
    return graded


def fingerprint(data: bytes | Unreadable, plan: Plan, draw: Draw, exercise: str) -> str:
    """Equal if a verdict would be equal: the same work, rules and draw.

    Args:
        data: the submitted notebook, or why there is none.
        plan: the unit's.
        draw: the secret draw.
        exercise: the name of the one that the verdict is about.
    """
    work = data if isinstance(data, bytes) else str(data).encode()
    digest = hashlib.sha256()
    for part in (work, plan.states[exercise].encode(), str((VERSION, draw.seed)).encode()):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:32]


def _still_valid(
    before: NotebookNode | None, keys: Mapping[str, str], again: Collection[str]
) -> dict[str, CheckCell]:
    """The verdicts of the last time that would be the same now, but for those that are to be reached anew."""
    if before is None:
        return {}
    valid = {}
    for name, cell in graded_notebook.check_cells(before).items():
        if name not in again and cell.graded.key == keys.get(name):
            valid[name] = cell
    return valid


def _judged(
    work: Work, todo: list[Exercise], run: Run, tables: LazyTables
) -> Iterator[tuple[Exercise, Judged]]:
    """Run and judge exercises; see `running.groups` for which share a child."""
    exercises = work.plan.exercises
    needs, readings, breaches = {}, {}, {}
    for name, exercise in exercises.items():
        needs[name] = rules.need(exercise, work.placed, work.plan)
        readings[name] = rules.read_cells(needs[name], work.plan)
        complaints = rules.complaints(exercise, readings[name], work.plan)
        if complaints:
            breaches[name] = complaints[0]
    for group in groups(work.plan, [exercise.name for exercise in todo], needs, breaches):
        cells = {cell.id for cell in cells_of(group, needs, breaches)}
        results = run_all(work, group, steps_of(work, group, cells), run)
        work.results = results | work.results
        for name in group:
            judged = judge(work, exercises[name], results, tables)
            seen = testimony(work, exercises[name], results, readings[name])
            judged.used = known.unknown(readings[name].uses, work.plan.allowed)
            breach = seen.borrowed or breaches.get(name, "") or "; ".join(seen.reasons)
            if breach:
                breaches[name] = breach
                borrowed = rules.borrowed(exercises[name], readings[name], work.plan)
                hold_back(judged, breach, bool(seen.borrowed or borrowed))
            elif not judged.verdict.right:
                _judge_with_stand_ins(work, exercises[name], needs[name], judged, run, tables)
            if not (breach or judged.verdict.right):
                judged.doubts += excuses(exercises[name], needs[name], breaches, work)
            judged.doubts += _guesses(work, exercises[name], judged)
            yield exercises[name], judged


def _guesses(work: Work, exercise: Exercise, judged: Judged) -> list[str]:
    """What had to be guessed about where the answer stands, as far as it matters."""
    guesses = []
    for cell in work.placed:
        if cell.kind == CHECK and cell.exercise == exercise.name:
            guesses.append(cell.guess)
            if not judged.verdict.right:
                guesses.append(cell.if_wrong)
    return [guess for guess in guesses if guess]


def _judge_with_stand_ins(
    work: Work, exercise: Exercise, need: rules.Need, judged: Judged, run: Run, tables: LazyTables
) -> None:
    """Let the run count that is with the course's own earlier answers, where it earns more; `judged` is changed."""
    names = stand_ins.rests_on(exercise, need, work.plan)
    if not names or stand_ins.is_untouched(exercise, work):
        return
    results = run_all(work, [exercise.name], stand_ins.steps(work, exercise, need), run)
    given = judge(work, exercise, results, tables)
    seen = testimony(work, exercise, results, Reading())
    verdict = stand_ins.merge(judged.verdict, given.verdict)
    says_more = verdict.points > judged.verdict.points or verdict.names != judged.verdict.names
    if not says_more or seen.borrowed or seen.reasons:
        return
    judged.verdict = verdict
    judged.notes.append(f"{stand_ins.note(names)}.")
    judged.doubts = still_doubtful(judged.doubts, verdict)


def still_doubtful(doubts: list[str], verdict: Verdict) -> list[str]:
    """The doubts about an answer that remain once it was run beside the course's own earlier ones.

    Args:
        doubts: those about the notebook as it is.
        verdict: what counts, by both runs.
    """
    settled = set()
    if verdict.right:
        settled.add(ANOTHER_STOPPED)
    if not any(outcome.message == NOT_FOR_FRESH for outcome in verdict.outcomes):
        # It was an earlier answer that failed on fresh inputs, and that is told where it stands.
        settled.add(NOT_FOR_FRESH)
    return [doubt for doubt in doubts if doubt not in settled]


def nothing(why: str, plan: Plan, keys: Mapping[str, str]) -> Graded:
    """For a submission that gives nothing to judge: nothing earned, nothing lost, somebody looks at it.

    Args:
        why: a sentence.
        plan: the unit's.
        keys: of the verdicts, by exercise; without one, the next run tries again.
    """
    work = Work(plan, Draw(0, 0), restore.blank(plan), notes=[why])
    check_cells = {}
    for name, exercise in plan.exercises.items():
        judged = Judged(verdict_without_points(exercise, NOTHING), [why.rstrip(".")])
        check_cells[name] = check_cell(exercise, judged, keys.get(name, ""))
    return _graded(work, check_cells, seconds=0.0)


def _graded(
    work: Work, check_cells: Mapping[str, CheckCell], seconds: float, handed_in: HandedIn | None = None
) -> Graded:
    """What became of a submission, once each exercise is judged."""
    verdicts = {name: check_cells[name].graded for name in work.plan.exercises}
    guessed = handed_in is not None and bool(handed_in.guess)
    needs_review = guessed or any(verdict.needs_review for verdict in verdicts.values())
    outputs = dict(work.printed)
    for cell, result in work.results.items():
        outputs[cell] = graded_notebook.printed(result)
    for placed in work.placed:
        if placed.kind == CHECK:
            outputs[placed.id] = check_cells[placed.exercise].outputs
    about = {"notes": work.notes, "needs_review": needs_review, "seconds": round(seconds, 2)}
    if handed_in is not None and handed_in.file:
        about["file"] = handed_in.file
    notebook = graded_notebook.notebook(work.placed, outputs, about)
    files: dict[str, str] = {}
    for placed in work.placed:
        files |= placed.files
    return Graded(notebook, verdicts, work.notes, needs_review, seconds, files=files)


def _mended(placed: list[Placed]) -> list[str]:
    """What of the student's notebook had to be mended, a sentence each."""
    missing, changed = [], []
    for cell in placed:
        if cell.planned and cell.missing and not cell.idle:
            missing.append(cell.planned.grade_id)
        if cell.planned and cell.changed:
            changed.append(cell.planned.grade_id)
    sentences = []
    if missing:
        names = ", ".join(missing)
        sentences.append(f"Came back from the unit, since the submission lacks them: {names}.")
    if changed:
        names = ", ".join(changed)
        sentences.append(f"Taken from the unit, since these cells are not the student's to change: {names}.")
        if any(cell.kind == ADDED and cell.beside_locked for cell in placed):
            sentences.append("What was written into them besides runs as a cell of the student's.")
    return sentences
