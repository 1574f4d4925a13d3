"""Double faults are named by both their names, where they can be told apart, and never by others."""

from dataclasses import replace

from autograder.judging.tables import summary
from autograder.proving.proof import SAME_FOR_EVERY_LUCK, PairProof, Proof, told
from autograder.proving.trials import Bench, neighbours
from helpers.checks import Candidate, Check
from helpers.compare import same
from helpers.judge import Judge
from helpers.naming import informative
from helpers.table import REFERENCE, Answer, Table

# There are many pairs.
PAIR_DRAWS = 3
# Draws for which a pair meets a second luck at every check.
PAIR_LUCK_DRAWS = 1

Names = tuple[str, str]


def prove_pairs(bench: Bench, proof: Proof) -> None:
    """Judge every two misconceptions that are edits, made together, by each two of a few draws.

    Args:
        bench: the exercise with its draws.
        proof: gets a row for each pair, and the shortfalls; its misconceptions are proved already.
    """
    tables = [replace(table, pairs={}) for table in bench.tables[:PAIR_DRAWS]]
    candidates = _candidates(bench)
    for names, candidate in candidates.items():
        for draw, table in zip(bench.draws, tables, strict=False):
            table.pairs[names] = summary(bench.exercise, bench.answer(candidate, draw), table.ours)
    judges = {}
    for i, j in neighbours(list(range(len(tables)))):
        judges[i, j] = Judge(bench.exercise, [tables[i], tables[j]])
    for names, candidate in candidates.items():
        known = [table.pairs[names] for table in tables]
        answers = bench.answers_again(candidate, known, PAIR_LUCK_DRAWS)
        _prove_pair(bench, proof, names, answers, judges)


def _candidates(bench: Bench) -> dict[Names, Candidate]:
    """Whom to judge; two edits each of which runs, but not both together, define nothing."""
    candidates = {}
    for names, source in bench.exercise.pairs():
        try:
            candidates[names] = bench.exercise.make(source)
        except Exception:
            continue
    return candidates


def _prove_pair(
    bench: Bench, proof: Proof, names: Names, answers: list[Answer], judges: dict[tuple[int, int], Judge]
) -> None:
    excused: dict[str, None] = {}
    unnamed, misnamed = [], []
    for (i, j), judge in judges.items():
        two = [answers[i], answers[j]]
        verdict = judge.verdict(two)
        if verdict.how in ("pair", "parts") and set(verdict.names) == set(names):
            continue
        alike = _alike(bench, names, two, judge.tables)
        excused |= dict.fromkeys(alike)
        where = f"at the draws {bench.draws[i]} and {bench.draws[j]}"
        how = f"{where}: it is told as {told(verdict)}"
        if not set(verdict.names) <= {*names, *alike}:
            misnamed.append(f"is misnamed {how}")
        elif not alike:
            unnamed.append(f"is not named {how}{_why(bench, names, two, judge.tables)}")
    named = not (excused or unnamed or misnamed)
    proof.pairs.append(PairProof(list(names), named, list(excused)))
    who = f"The double fault {names[0]!r} with {names[1]!r}"
    if misnamed:
        proof.falls_short(who, misnamed[0], "Add a check that tells it from these.")
    # Where one of the two is not named, that is the fault to mend.
    elif unnamed and set(names) <= proof.named:
        proof.falls_short(who, unnamed[0], SAME_FOR_EVERY_LUCK)


def _why(bench: Bench, names: Names, answers: list[Answer], tables: list[Table]) -> str:
    """What luck changes in a pair's evidence, as the end of a sentence; "" if nothing."""
    known = [table.pairs[names] for table in tables]
    why = bench.unsteady(answers, known, tables)
    if not why:
        return ""
    return f"; {why}"


def _alike(bench: Bench, names: Names, answers: list[Answer], tables: list[Table]) -> list[str]:
    """What a double fault cannot be told from: answers that equal it on every draw, or what informs nobody."""
    given = []
    for answer, table in zip(answers, tables, strict=True):
        given.append(summary(bench.exercise, answer, table.ours))
    found = []
    for name in tables[0].known:
        if _equal(bench, given, [table.known[name] for table in tables]):
            found.append(name or "the reference")
    for pair in tables[0].pairs:
        if pair != names and _equal(bench, given, [table.pairs[pair] for table in tables]):
            found.append(" with ".join(pair))
    if found:
        return found
    if any(_informs(check, given, tables) for check in bench.exercise.checks):
        return []
    return ["an error, or no finite number"]


def _equal(bench: Bench, given: list[Answer], known: list[Answer]) -> bool:
    return all(bench.equal(a, b) for a, b in zip(given, known, strict=True))


def _informs(check: Check, answers: list[Answer], tables: list[Table]) -> bool:
    """Whether a check fails and what it saw can point to a cause."""
    fails = False
    for answer, table in zip(answers, tables, strict=True):
        found, expected = answer[check.name], table.known[REFERENCE][check.name]
        if not informative(found, expected):
            return False
        fails = fails or not same(check, found, expected)
    return fails
