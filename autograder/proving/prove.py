"""Prove one exercise: that it accepts what is right, refuses what is wrong, and says what is believed.

Everything is judged as in grading, over fresh draws and with fresh luck. What falls short becomes a
sentence that says who, what, where, and what to do.
"""

import inspect
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

from autograder.exercise import Exercise, Rival
from autograder.judging.mutants import mutants
from autograder.proving.proof import (
    SAME_FOR_EVERY_LUCK,
    AlternativeProof,
    CheckProof,
    MisconceptionProof,
    Proof,
    told,
)
from autograder.proving.prove_mutants import prove_mutants
from autograder.proving.prove_pairs import PAIR_DRAWS, PAIR_LUCK_DRAWS, prove_pairs
from autograder.proving.trials import LUCK_DRAWS, PROBE_DRAWS, Bench, Trial
from helpers.checks import Check, gather
from helpers.compare import same, summarize
from helpers.evidence import as_evidence
from helpers.table import REFERENCE, Table
from helpers.verdict import Verdict

# Of the pairs of draws; small whole numbers coincide now and then.
REPLAYS = 0.05

RAISED = object()
RETURN = 'End it with `return {"f": f}`: what the answer gave, under words that a student reads.'
STEADY = (
    "A verdict must not depend on the draw: summarize what is random, let tolerances stand beyond five "
    "standard deviations, and keep inputs away from where answers coincide."
)


def prove(
    exercise: Exercise,
    *,
    unit: str = "",
    seed: int,
    draws: int = 20,
    with_mutants: bool = True,
    with_pairs: bool = True,
    tick: Callable[[], None] = lambda: None,
) -> Proof:
    """Prove an exercise.

    Args:
        exercise: what is to be proved.
        unit: the unit it belongs to, for the proof's row.
        seed: decides the draws and every luck, so that a proof can be repeated.
        draws: over how many; at least 2.
        with_mutants: try small changes of the reference as well,
        with_pairs: and every two misconceptions made together.
        tick: called after each answer, for a progress bar.
    Returns:
        The proof, with a sentence for each shortfall.
    Raises:
        ValueError: if there are fewer than 2 draws.
    """
    if draws < 2:
        raise ValueError(f"a proof needs at least 2 draws, got {draws}")
    begin = time.perf_counter()
    proof = Proof(unit, exercise.name, exercise.points, seed, draws)
    _prove_points(exercise, proof)
    if exercise.checks and _prove_evidence(exercise, proof):
        bench = Bench(exercise, seed, draws, tick)
        prove_reference(bench, proof)
        prove_stub(bench, proof)
        prove_misconceptions(bench, proof)
        prove_alternatives(bench, proof)
        prove_probes(bench, proof)
        prove_replays(bench, proof)
        if with_pairs:
            prove_pairs(bench, proof)
        if with_mutants:
            prove_mutants(bench, proof)
    proof.seconds = round(time.perf_counter() - begin, 2)
    return proof


def work(exercise: Exercise, draws: int, with_mutants: bool = True, with_pairs: bool = True) -> int:
    """How many answers a proof gathers, about: what its progress is counted in.

    Args:
        exercise: what is to be proved.
        draws: over how many.
        with_mutants: whether mutants are tried as well,
        with_pairs: and every two misconceptions made together.
    """
    misconceptions = len(exercise.misconceptions)
    # The reference three times, the stub, and whoever is known or right.
    every_draw = draws * (4 + misconceptions + len(exercise.alternatives))
    second_lucks = min(LUCK_DRAWS, draws) * misconceptions
    count = every_draw + second_lucks
    if with_pairs:
        count += (min(PAIR_DRAWS, draws) + PAIR_LUCK_DRAWS) * len(list(exercise.pairs()))
    if with_mutants:
        count += len(mutants(exercise.source))
    return count


def _prove_points(exercise: Exercise, proof: Proof) -> None:
    if exercise.points > 0 and all(check.points >= 0 for check in exercise.checks):
        return
    each = ", ".join(f"{check.name!r} {check.points:g}" for check in exercise.checks)
    what = f"is worth {exercise.points:g} points: {each or 'it has no checks'}"
    proof.falls_short("The exercise", what, "Give its checks points.")


def _prove_evidence(exercise: Exercise, proof: Proof) -> bool:
    """Whether every check returns something that can be compared; of one that does not, nothing else can be said."""
    before = len(proof.shortfalls)
    for check in exercise.checks:
        returned = _returned(exercise, check)
        if returned is RAISED:
            # That is told of the reference, with what was raised.
            continue
        code = check.run.__code__ if inspect.isfunction(check.run) else None
        where = f" ({code.co_filename}, line {code.co_firstlineno})" if code else ""
        who = f"The check {check.name!r}{where}"
        if returned is None:
            proof.falls_short(who, "returns nothing", RETURN)
        elif not isinstance(returned, dict):
            proof.falls_short(who, f"returns {type(returned).__name__}, not a dict", RETURN)
        elif not as_evidence(returned).arrays:
            proof.falls_short(who, "returns no evidence", RETURN)
    return len(proof.shortfalls) == before


def _returned(exercise: Exercise, check: Check) -> object:
    """What a check returns beside the reference."""
    seen: list[object] = [RAISED]

    def watched(*arguments: Any) -> dict[str, Any]:
        seen.append(check.run(*arguments))
        return {}

    gather(exercise, replace(check, run=watched), exercise.candidate, 0, 0)
    return seen[-1]


def prove_reference(bench: Bench, proof: Proof) -> None:
    """Full marks for every luck."""
    trial = bench.trial(bench.exercise.candidate)
    proof.reference = min(trial.scores)
    _must_pass(bench, proof, "The reference", trial)


def prove_alternatives(bench: Bench, proof: Proof) -> None:
    """Full marks for whoever is right in another style."""
    for rival in bench.exercise.alternatives:
        trial = bench.trial(rival.candidate)
        proof.alternatives.append(AlternativeProof(rival.name, min(trial.scores)))
        _must_pass(bench, proof, f"The alternative {rival.name!r}", trial)


def prove_probes(bench: Bench, proof: Proof) -> None:
    """Right answers pass the probes at the other draws too; all else meets them at the first ones alone."""
    exercise = bench.exercise
    right = [("The reference", exercise.candidate)]
    right += [(f"The alternative {rival.name!r}", rival.candidate) for rival in exercise.alternatives]
    for check in exercise.checks:
        if not check.probe:
            continue
        for draw in bench.draws[PROBE_DRAWS:]:
            ours = gather(exercise, check, exercise.candidate, draw, bench.luck())
            expected = summarize(check, ours, ours)
            for who, candidate in right:
                given = gather(exercise, check, candidate, draw, bench.luck())
                if not same(check, summarize(check, given, ours), expected):
                    proof.falls_short(who, f"fails {check.name!r} at draw {draw}", STEADY)


def _must_pass(bench: Bench, proof: Proof, who: str, trial: Trial) -> None:
    for check in bench.exercise.checks:
        fails = trial.fails(check)
        if not fails:
            continue
        what = f"fails {check.name!r} {bench.where(fails)}: {trial.message(check, fails[0])}"
        if len(fails) < len(bench.draws):
            proof.falls_short(who, f"{what}; the check is flaky", STEADY)
        else:
            advice = "Exact evidence must not depend on luck, on names or on order; what is random needs a summary."
            proof.falls_short(who, what, advice)


def prove_stub(bench: Bench, proof: Proof) -> None:
    """No points for what nobody wrote."""
    trial = _trial_of_stub(bench, proof)
    proof.stub = max(trial.scores)
    for check in bench.exercise.checks:
        passes = trial.passes(check)
        if passes:
            what = f"passes {check.name!r} {bench.where(passes)}"
            advice = (
                "Let the check use what stands between BEGIN SOLUTION and END SOLUTION, or move that line."
            )
            proof.falls_short("The untouched stub", what, advice)


def _trial_of_stub(bench: Bench, proof: Proof) -> Trial:
    try:
        candidate = bench.exercise.make(bench.exercise.stub)
    except NotImplementedError:
        return bench.trial_of_nothing()
    # The rest of the source needs what stands in the solution.
    except Exception as error:
        advice = "What stands outside BEGIN SOLUTION and END SOLUTION must run without what stands inside."
        proof.falls_short("The untouched stub", f"raises {type(error).__name__}: {error}", advice)
        return bench.trial_of_nothing()
    return bench.trial(candidate)


def prove_misconceptions(bench: Bench, proof: Proof) -> None:
    """Each is caught and named on every draw, and every check catches one."""
    exercise = bench.exercise
    clashing = _prove_signatures(bench, proof)
    catches: dict[str, list[str]] = {check.name: [] for check in exercise.checks}
    for rival in exercise.misconceptions:
        trial = bench.trial_again(rival)
        for check in exercise.checks:
            if trial.fails(check):
                catches[check.name].append(rival.name)
        caught = not any(verdict.right for verdict in trial.alone)
        named = all(_names(verdict, rival) for verdict in trial.alone + trial.together)
        proof.misconceptions.append(MisconceptionProof(rival.name, caught, named))
        _prove_caught(bench, proof, rival, trial)
        if caught and not named and rival.name not in clashing:
            _not_named(bench, proof, rival, trial)
    for check in exercise.checks:
        if check.probe and bench.catches_sabotage(check):
            catches[check.name].append(check.mistake)
        proof.checks.append(CheckProof(check.name, check.points, catches[check.name]))
        if not catches[check.name]:
            advice = "Drop it, or add the misconception that it is there for."
            proof.falls_short(f"The check {check.name!r}", "catches no misconception", advice)


def _names(verdict: Verdict, rival: Rival) -> bool:
    return verdict.how == "whole" and verdict.names == (rival.name,)


def _prove_signatures(bench: Bench, proof: Proof) -> set[str]:
    """Every two misconceptions differ at some check; those that do not are returned."""
    clashing: set[str] = set()
    names = [rival.name for rival in bench.exercise.misconceptions]
    for a, b in combinations(names, 2):
        alike = []
        for i, table in enumerate(bench.tables):
            if bench.equal(table.known[a], table.known[b]):
                alike.append(i)
        if alike:
            clashing |= {a, b}
            what = f"give the same evidence at every check {bench.where(alike)}"
            advice = "Add a check or an input that tells them apart, or keep one of them."
            proof.falls_short(f"The misconceptions {a!r} and {b!r}", what, advice)
    return clashing


def _prove_caught(bench: Bench, proof: Proof, rival: Rival, trial: Trial) -> None:
    who = f"The misconception {rival.name!r}"
    missed = [i for i, verdict in enumerate(trial.alone) if verdict.right]
    if len(missed) == len(bench.draws):
        advice = "Add a check whose evidence it changes, or sharpen an input."
        proof.falls_short(who, f"passes every check {bench.where(missed)}", advice)
    for check in bench.exercise.checks:
        passes = trial.passes(check)
        if passes and trial.fails(check):
            what = f"fails {check.name!r}, but passes it {bench.where(passes)}; the check is flaky"
            proof.falls_short(who, what, STEADY)


def _not_named(bench: Bench, proof: Proof, rival: Rival, trial: Trial) -> None:
    for verdicts, judged_by in (trial.alone, "one draw"), (trial.together, "two draws"):
        bad = [i for i, verdict in enumerate(verdicts) if not _names(verdict, rival)]
        if not bad:
            continue
        what = f"is caught but not named {bench.where(bad)}, judged by {judged_by}: "
        what += f"it is told as {told(verdicts[bad[0]])}"
        known = [table.known[rival.name] for table in bench.tables]
        why = bench.unsteady(trial.answers, known, bench.tables)
        if why:
            what += f"; {why}"
        proof.falls_short(f"The misconception {rival.name!r}", what, SAME_FOR_EVERY_LUCK)
        return


def prove_replays(bench: Bench, proof: Proof) -> None:
    """Evidence that belongs to another draw is worth nothing."""
    for check in bench.exercise.checks:
        ran = [index for index in range(len(bench.draws)) if check in bench.checks_at(index)]
        pairs = list(combinations(ran, 2))
        passes = [(i, j) for i, j in pairs if _replayed(check, bench.tables[i], bench.tables[j])]
        if len(passes) == len(pairs) or len(passes) > max(1, REPLAYS * len(pairs)):
            i, j = passes[0]
            what = (
                f"accepts evidence replayed from another draw, for instance of draw {bench.draws[i]} "
                f"at draw {bench.draws[j]} ({len(passes)} of {len(pairs)} pairs of draws)"
            )
            advice = (
                "Take its inputs from rng, return arrays that depend on them, and let a summary use `ours`."
            )
            proof.falls_short(f"The check {check.name!r}", what, advice)


def _replayed(check: Check, old: Table, new: Table) -> bool:
    ours = new.ours[check.name]
    found = summarize(check, old.ours[check.name], ours)
    return same(check, found, new.known[REFERENCE][check.name])
