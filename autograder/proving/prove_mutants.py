"""Small changes of the reference are caught, or said to be right as well."""

import difflib

from autograder.judging.changed import PATIENCE, SLOWER, TimeUp, time_limit
from autograder.judging.mutants import Mutant, mutants
from autograder.proving.proof import MutantProof, Proof
from autograder.proving.trials import Bench
from helpers.checks import Candidate, gather
from helpers.compare import same, summarize
from helpers.table import REFERENCE, Table

# A mutant that only one draw in many catches would pass in grading too.
MUTANT_DRAWS = 5


def prove_mutants(bench: Bench, proof: Proof) -> None:
    """Try every mutant of the reference, and hold the survivors against those listed as equivalent.

    Args:
        bench: the exercise with its draws.
        proof: gets a row for each mutant, and the shortfalls.
    """
    every = mutants(bench.exercise.source)
    for mutant in every:
        bench.tick()
        _prove_mutant(bench, proof, mutant)
    _prove_listed(bench, proof, [mutant.name for mutant in every])


def _prove_mutant(bench: Bench, proof: Proof, mutant: Mutant) -> None:
    equivalents = bench.exercise.equivalents
    listed = mutant.name in equivalents
    because = equivalents.get(mutant.name, "")
    caught = _catches(bench, mutant)
    proof.mutants.append(MutantProof(mutant.name, mutant.gives, caught, because))
    who = f"The mutant {mutant.name!r}"
    if not caught and not listed:
        what = f"passes every check; it gives: {mutant.gives}"
        advice = f"Sharpen a check, or, if it is right as well: equivalent({mutant.name!r}, because=...)."
        proof.falls_short(who, what, advice)
    elif caught and listed:
        what = f"is listed as equivalent, but {caught!r} catches it"
        proof.falls_short(who, what, "Take equivalent(...) away.")
    elif listed and not because.strip():
        proof.falls_short(who, "is listed as equivalent for no reason", "Say why: because=...")


def _prove_listed(bench: Bench, proof: Proof, names: list[str]) -> None:
    """Whatever is listed as equivalent is a mutant."""
    for name in sorted(bench.exercise.equivalents.keys() - set(names)):
        close = difflib.get_close_matches(name, names, n=1)
        advice = "Take equivalent(...) away."
        if close:
            advice = f"The closest is {close[0]!r}."
        what = "is listed as equivalent, but there is none of this name"
        proof.falls_short(f"The mutant {name!r}", what, advice)


def _catches(bench: Bench, mutant: Mutant) -> str:
    """The check that catches a mutant, or what else stops it; "" if nothing does."""
    try:
        with time_limit(max(PATIENCE, SLOWER * MUTANT_DRAWS * bench.seconds)):
            candidate = bench.exercise.make(mutant.source)
            for draw, table in zip(bench.draws[:MUTANT_DRAWS], bench.tables[:MUTANT_DRAWS], strict=True):
                caught = _catching_check(bench, candidate, draw, table)
                if caught:
                    return caught
    except TimeUp:
        return "the time limit"
    # Its very definition raises, as the student's cell would.
    except Exception:
        return "its definition"
    return ""


def _catching_check(bench: Bench, candidate: Candidate, draw: int, table: Table) -> str:
    """The first check that tells a candidate from the reference at one draw; "" if none does."""
    for check in bench.exercise.checks:
        given = gather(bench.exercise, check, candidate, draw, bench.luck())
        found = summarize(check, given, table.ours[check.name])
        if not same(check, found, table.known[REFERENCE][check.name]):
            return check.name
    return ""
