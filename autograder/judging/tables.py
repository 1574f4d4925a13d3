"""What the trusted side knows of a draw: what the reference, each misconception and each pair of them give."""

import zlib

from autograder.exercise import Exercise
from helpers.checks import Candidate, Checks, gather
from helpers.compare import summarize
from helpers.table import REFERENCE, Answer, Table

# Those that run in the student's notebook.
PUBLIC_DRAWS = (1, 2)


def answer(exercise: Checks, candidate: Candidate, seed: int, luck: int) -> Answer:
    """What a candidate gives at every check for one draw.

    Args:
        exercise: whose checks run.
        candidate: the objects that they run beside.
        seed: the draw.
        luck: seeds the candidate's own randomness.
    """
    return {check.name: gather(exercise, check, candidate, seed, luck) for check in exercise.checks}


def summary(exercise: Checks, given: Answer, ours: Answer) -> Answer:
    """What of an answer can be compared.

    Args:
        exercise: whose checks gave it.
        given: evidence by the check's name.
        ours: the reference's for the same draw.
    """
    return {check.name: summarize(check, given[check.name], ours[check.name]) for check in exercise.checks}


def tabulate(exercise: Exercise, seed: int, pairs: bool = True) -> Table:
    """Build the table of one draw. The same draw always gives the same table.

    Args:
        exercise: whose reference, misconceptions and pairs are tried.
        seed: the draw.
        pairs: include the double faults; there are many, and `add_pairs` can bring them later.
    """
    ours = answer(exercise, exercise.candidate, seed, luck_of(exercise, seed, "ours"))
    candidates = {REFERENCE: exercise.candidate}
    for rival in exercise.misconceptions:
        candidates[rival.name] = rival.candidate
    known = {}
    for name, candidate in candidates.items():
        given = answer(exercise, candidate, seed, luck_of(exercise, seed, "known", name))
        known[name] = summary(exercise, given, ours)
    table = Table(ours, known)
    if pairs:
        add_pairs(table, exercise, seed)
    return table


def add_pairs(table: Table, exercise: Exercise, seed: int) -> None:
    """Complete a table by the double faults that it has not.

    Args:
        table: as `tabulate` made it.
        exercise: what it was made for.
        seed: the draw for which it was made.
    """
    for names, source in exercise.pairs():
        if names in table.pairs:
            continue
        try:
            candidate = exercise.make(source)
        # Each edit alone runs, both together do not: such an answer defines nothing.
        except Exception:
            continue
        given = answer(exercise, candidate, seed, luck_of(exercise, seed, "pair", *names))
        table.pairs[names] = summary(exercise, given, table.ours)


def luck_of(exercise: Exercise, seed: int, *who: str) -> int:
    """A luck for each candidate: fixed, so that a regrade meets the same table, and never that of another.

    Args:
        exercise: whose candidate.
        seed: the draw.
        who: what tells it from other candidates.
    """
    words = [exercise.name, str(seed), *who]
    return zlib.crc32("\0".join(words).encode())
