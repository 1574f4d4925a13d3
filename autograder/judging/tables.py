"""What the trusted side knows of a draw: what the reference, each misconception and each pair of them give."""

import zlib

from autograder.exercise import Exercise
from helpers.checks import Candidate, Checks, gather
from helpers.compare import summarize
from helpers.judge import REFERENCE, Answer, Table

PUBLIC_DRAWS = (1, 2)  # those that run in the student's notebook


def answer(exercise: Checks, candidate: Candidate, seed: int, luck: int) -> Answer:
    """What a candidate gives at every check for one draw."""
    return {check.name: gather(exercise, check, candidate, seed, luck) for check in exercise.checks}


def summary(exercise: Checks, given: Answer, ours: Answer) -> Answer:
    """What of an answer can be compared; `ours` is the reference's for the same draw."""
    return {c.name: summarize(c, given[c.name], ours[c.name]) for c in exercise.checks}


def tabulate(exercise: Exercise, seed: int, pairs: bool = True) -> Table:
    """Build the table of one draw. The same draw always gives the same table.

    Args:
        seed: the draw.
        pairs: include the double faults; there are many, and `add_pairs` can bring them later.
    """
    ours = answer(exercise, exercise.candidate, seed, _luck(exercise, seed, "ours"))
    candidates = {REFERENCE: exercise.candidate} | {m.name: m.candidate for m in exercise.misconceptions}
    known = {
        name: summary(exercise, answer(exercise, candidate, seed, _luck(exercise, seed, "known", name)), ours)
        for name, candidate in candidates.items()
    }
    table = Table(ours, known)
    if pairs:
        add_pairs(table, exercise, seed)
    return table


def add_pairs(table: Table, exercise: Exercise, seed: int) -> None:
    """Complete a table, made for the draw `seed`, by the double faults."""
    for names, source in exercise.pairs():
        if names not in table.pairs:
            try:
                candidate = exercise.make(source)
            except Exception:  # each edit alone runs, both together do not: such an answer defines nothing
                continue
            given = answer(exercise, candidate, seed, _luck(exercise, seed, "pair", *names))
            table.pairs[names] = summary(exercise, given, table.ours)


def _luck(exercise: Exercise, seed: int, *who: str) -> int:
    """A luck for each candidate: fixed, so that a regrade meets the same table, and never that of another."""
    return zlib.crc32("\0".join([exercise.name, str(seed), *who]).encode())
