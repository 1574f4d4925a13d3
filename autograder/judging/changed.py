"""The reference with one small change, tried on the public draws: what an answer may be that nothing else names."""

import ast
import faulthandler
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from autograder.exercise import Exercise
from autograder.judging.mutants import Change, Mutant, is_number, kind_of_constant, mutants
from autograder.judging.tables import answer, luck_of, summary
from helpers.compare import same
from helpers.naming import informative
from helpers.table import REFERENCE, Answer, Changed, Table

# Of one exercise. More would cost the build more than they explain.
MOST = 80
# CPU seconds that a mutant may take at least.
PATIENCE = 3.0
# How many times as long as the reference it may take as well.
SLOWER = 5
# How many times as long by the clock until the process ends: only running Python code hears an alarm.
LAST_RESORT = 20


def add_changed(exercise: Exercise, tables: Sequence[Table], draws: Sequence[int]) -> None:
    """Complete the tables of the public draws by references with one small change.

    Kept are those that a check notices and that are no misconception; of two that are equal, the first.

    Args:
        exercise: what the tables were made for.
        tables: of the public draws.
        draws: their seeds.
    """
    begin = time.process_time()
    answer(exercise, exercise.candidate, draws[0], luck=0)
    patience = max(PATIENCE, SLOWER * len(draws) * (time.process_time() - begin))
    kept: list[list[Answer]] = []
    for mutant in mutants(exercise.source, more_changes)[:MOST]:
        answers = _tried(exercise, mutant, tables, draws, patience)
        if not answers or _is_known(exercise, answers, tables, kept):
            continue
        kept.append(answers)
        noticed = _noticed(exercise, answers, tables)
        for given, table in zip(answers, tables, strict=True):
            gives = {name: given[name] for name in noticed}
            table.changed.append(Changed(mutant.change, gives))


def _tried(
    exercise: Exercise, mutant: Mutant, tables: Sequence[Table], draws: Sequence[int], patience: float
) -> list[Answer]:
    """A mutant's answers, one a draw; none if it does not run, or gives nothing that could be recognized."""
    answers = []
    try:
        with time_limit(patience):
            candidate = exercise.make(mutant.source)
            for table, draw in zip(tables, draws, strict=True):
                given = answer(exercise, candidate, draw, luck_of(exercise, draw, "changed", mutant.name))
                found = summary(exercise, given, table.ours)
                if not _informs(exercise, found, table):
                    return []
                answers.append(found)
    except TimeUp:
        return []
    # Its very definition raises, as the student's cell would.
    except Exception:
        return []
    return answers


def _informs(exercise: Exercise, given: Answer, table: Table) -> bool:
    """Whether a mutant differs from the reference at a check, and there can be recognized."""
    right = table.known[REFERENCE]
    for check in exercise.checks:
        if same(check, given[check.name], right[check.name]):
            continue
        if informative(given[check.name], right[check.name]):
            return True
    return False


def _noticed(exercise: Exercise, answers: Sequence[Answer], tables: Sequence[Table]) -> list[str]:
    """The checks that a mutant fails, on whatever draw."""
    names = []
    for check in exercise.checks:
        for given, table in zip(answers, tables, strict=True):
            if not same(check, given[check.name], table.known[REFERENCE][check.name]):
                names.append(check.name)
                break
    return names


def _is_known(
    exercise: Exercise, answers: list[Answer], tables: Sequence[Table], kept: list[list[Answer]]
) -> bool:
    """Whether a mutant equals a misconception, or another that is kept."""
    names = [name for name in tables[0].known if name != REFERENCE]
    known = [[table.known[name] for table in tables] for name in names]
    return any(_equal(exercise, answers, other) for other in (*known, *kept))


def _equal(exercise: Exercise, one: Sequence[Answer], other: Sequence[Answer]) -> bool:
    pairs = zip(one, other, strict=True)
    return all(_equal_at_one_draw(exercise, a, b) for a, b in pairs)


def _equal_at_one_draw(exercise: Exercise, a: Answer, b: Answer) -> bool:
    return all(same(check, a[check.name], b[check.name]) for check in exercise.checks)


def more_changes(node: ast.AST, parent: ast.AST, field: str) -> Iterator[Change]:
    """Slips that students make and that no proof needs: a term left out, another number.

    Args:
        node: what is changed.
        parent: the node that holds it.
        field: of the parent.
    """
    match node:
        case ast.BinOp(op=ast.Add() | ast.Sub(), left=left):
            yield "without the right term", left, "a term is lacking"
        case ast.BinOp(op=ast.Mult() | ast.Div() | ast.Pow(), left=left):
            yield "without the right factor", left, "a factor, a divisor or an exponent is lacking"
        case ast.Constant(value=value) if is_number(value) and not isinstance(parent, ast.UnaryOp):
            change = kind_of_constant(parent, field)
            for other in (value - 1, 0, 1, 2):
                yield f"{value} → {other}", ast.Constant(other), change
    match node:
        case ast.BinOp(op=ast.Mult(), right=right):
            yield "without the left factor", right, "a factor is lacking"
        case ast.BinOp(op=ast.Add(), right=right):
            yield "without the left term", right, "a term is lacking"
        case ast.BinOp(op=ast.Sub(), left=left, right=right):
            swapped = ast.BinOp(right, ast.Sub(), left)
            yield "the sides of - swapped", swapped, "a difference is the other way round"
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            swapped = ast.BinOp(right, ast.Div(), left)
            yield "the sides of / swapped", swapped, "a quotient is the other way round"


class TimeUp(BaseException):
    """Not an Exception, so that no check takes it for one of the candidate's."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt Python code that computes for too long, and end a process that cannot be interrupted.

    Only for a process's main thread.

    Args:
        seconds: of the CPU, since a busy machine is no fault of a mutant's.
    Raises:
        TimeUp: in the code within, once the time is over.
    """

    def stop(signum, frame):
        raise TimeUp

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    faulthandler.dump_traceback_later(LAST_RESORT * seconds, exit=True, file=sys.__stderr__ or sys.stderr)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGPROF, before)
