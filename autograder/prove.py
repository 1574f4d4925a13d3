"""Prove one exercise: that it accepts what is right, refuses what is wrong, and says what is believed.

Everything is judged as in grading, over fresh draws and with fresh luck. What falls short becomes a
sentence that says who, what, where, and what to do.
"""

import difflib
import faulthandler
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import combinations

from autograder.bench import Bench, Trial, neighbours
from autograder.mutants import Mutant, mutants
from autograder.tables import summary
from helpers.checks import Check, gather
from helpers.compare import same, summarize
from helpers.judge import REFERENCE, Answer, Judge, Table, Verdict, informative
from solutions.exercise import Exercise, Rival

PAIR_DRAWS = 3  # there are many pairs
MUTANT_DRAWS = 5  # a mutant that only one draw in many catches would pass in grading too
REPLAYS = 0.05  # of the pairs of draws; small whole numbers coincide now and then
PATIENCE = 3.0  # CPU seconds that a mutant may take at least
SLOWER = 5  # times as long as the reference it may take as well
LAST_RESORT = 20  # times as long by the clock, and the process ends: only running Python code hears an alarm

STEADY = (
    "A verdict must not depend on the draw: summarize what is random, let tolerances stand beyond five "
    "standard deviations, and keep inputs away from where answers coincide."
)
SAME_FOR_EVERY_LUCK = (
    "Its evidence must be the same for every luck: summarize it, or give the summary more room."
)


@dataclass
class Proof:
    """What was proved of one exercise; scores are points, the worst over all draws."""

    unit: str
    exercise: str
    points: float
    seed: int
    draws: int
    reference: float = 0.0
    stub: float = 0.0
    misconceptions: list[dict] = field(default_factory=list)  # name, caught, named
    alternatives: list[dict] = field(default_factory=list)  # name, score
    checks: list[dict] = field(default_factory=list)  # name, points, catches
    pairs: list[dict] = field(default_factory=list)  # names, named, alike
    mutants: list[dict] = field(default_factory=list)  # name, gives, caught, because
    shortfalls: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def falls_short(self, who: str, what: str, advice: str) -> None:
        self.shortfalls.append(f"{who} {what}. {advice}")

    @property
    def named(self) -> set[str]:
        return {m["name"] for m in self.misconceptions if m["named"]}


def prove(
    exercise: Exercise,
    *,
    unit: str = "",
    seed: int,
    draws: int = 20,
    with_mutants: bool = True,
    tick: Callable[[], None] = lambda: None,
) -> Proof:
    """Prove an exercise.

    Args:
        seed: decides the draws and every luck, so that a proof can be repeated.
        draws: over how many; at least 2.
        tick: called after each answer, for a progress bar.
    Raises:
        ValueError: if there are fewer than 2 draws.
    """
    if draws < 2:
        raise ValueError(f"a proof needs at least 2 draws, got {draws}")
    begin = time.perf_counter()
    proof = Proof(unit, exercise.name, exercise.points, seed, draws)
    if exercise.points <= 0 or any(check.points < 0 for check in exercise.checks):
        each = (
            ", ".join(f"{check.name!r} {check.points:g}" for check in exercise.checks) or "it has no checks"
        )
        proof.falls_short(
            "The exercise", f"is worth {exercise.points:g} points: {each}", "Give its checks points."
        )
    if exercise.checks:
        bench = Bench(exercise, seed, draws, tick)
        prove_reference(bench, proof)
        prove_stub(bench, proof)
        prove_misconceptions(bench, proof)
        prove_alternatives(bench, proof)
        prove_replays(bench, proof)
        prove_pairs(bench, proof)
        if with_mutants:
            prove_mutants(bench, proof)
    proof.seconds = round(time.perf_counter() - begin, 2)
    return proof


def work(exercise: Exercise, draws: int, with_mutants: bool = True) -> int:
    """How many answers a proof gathers, about: what its progress is counted in."""
    each = 1 + len(exercise.misconceptions)
    singles = draws * (2 * each + len(exercise.alternatives) + 1)
    pairs = 2 * min(PAIR_DRAWS, draws) * len(list(exercise.pairs()))
    return singles + pairs + (len(mutants(exercise.source)) if with_mutants else 0)


def prove_reference(bench: Bench, proof: Proof) -> None:
    """Full marks for every luck."""
    trial = bench.trial(bench.exercise.candidate)
    proof.reference = min(trial.scores)
    _must_pass(bench, proof, "The reference", trial)


def prove_alternatives(bench: Bench, proof: Proof) -> None:
    """Full marks for whoever is right in another style."""
    for rival in bench.exercise.alternatives:
        trial = bench.trial(rival.candidate)
        proof.alternatives.append({"name": rival.name, "score": min(trial.scores)})
        _must_pass(bench, proof, f"The alternative {rival.name!r}", trial)


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
    try:
        candidate = bench.exercise.make(bench.exercise.stub)
    except NotImplementedError:
        candidate = None  # its cell raises, and nothing is defined
    except Exception as error:  # the rest of the source needs what stands in the solution
        candidate = None
        advice = "What stands outside BEGIN SOLUTION and END SOLUTION must run without what stands inside."
        proof.falls_short("The untouched stub", f"raises {type(error).__name__}: {error}", advice)
    trial = bench.trial(candidate)
    proof.stub = max(trial.scores)
    for check in bench.exercise.checks:
        if passes := trial.passes(check):
            proof.falls_short(
                "The untouched stub",
                f"passes {check.name!r} {bench.where(passes)}",
                "Let the check use what stands between BEGIN SOLUTION and END SOLUTION, or move that line.",
            )


def prove_misconceptions(bench: Bench, proof: Proof) -> None:
    """Each is caught and named on every draw, and every check catches one."""
    exercise = bench.exercise
    clashing = _prove_signatures(bench, proof)
    catches: dict[str, list[str]] = {check.name: [] for check in exercise.checks}
    for rival in exercise.misconceptions:
        trial = bench.trial(rival.candidate)
        for check in exercise.checks:
            if trial.fails(check):
                catches[check.name].append(rival.name)
        caught = not any(verdict.right for verdict in trial.alone)
        named = all(v.how == "whole" and v.names == (rival.name,) for v in trial.alone + trial.together)
        proof.misconceptions.append({"name": rival.name, "caught": caught, "named": named})
        _prove_caught(bench, proof, rival, trial)
        if caught and not named and rival.name not in clashing:
            _not_named(bench, proof, rival, trial)
    proof.checks = [{"name": c.name, "points": c.points, "catches": catches[c.name]} for c in exercise.checks]
    for name, caught_here in catches.items():
        if not caught_here:
            advice = "Drop it, or add the misconception that it is there for."
            proof.falls_short(f"The check {name!r}", "catches no misconception", advice)


def _prove_signatures(bench: Bench, proof: Proof) -> set[str]:
    """Every two misconceptions differ at some check; those that do not are returned."""
    clashing: set[str] = set()
    for a, b in combinations([m.name for m in bench.exercise.misconceptions], 2):
        alike = [i for i, t in enumerate(bench.tables) if bench.equal(t.known[a], t.known[b])]
        if alike:
            clashing |= {a, b}
            proof.falls_short(
                f"The misconceptions {a!r} and {b!r}",
                f"give the same evidence at every check {bench.where(alike)}",
                "Add a check or an input that tells them apart, or keep one of them.",
            )
    return clashing


def _prove_caught(bench: Bench, proof: Proof, rival: Rival, trial: Trial) -> None:
    who = f"The misconception {rival.name!r}"
    missed = [i for i, verdict in enumerate(trial.alone) if verdict.right]
    if len(missed) == len(bench.draws):
        advice = "Add a check whose evidence it changes, or sharpen an input."
        proof.falls_short(who, f"passes every check {bench.where(missed)}", advice)
    for check in bench.exercise.checks:
        if trial.fails(check) and (passes := trial.passes(check)):
            what = f"fails {check.name!r}, but passes it {bench.where(passes)}; the check is flaky"
            proof.falls_short(who, what, STEADY)


def _not_named(bench: Bench, proof: Proof, rival: Rival, trial: Trial) -> None:
    for verdicts, judged in (trial.alone, "one draw"), (trial.together, "two draws"):
        bad = [i for i, v in enumerate(verdicts) if v.how != "whole" or v.names != (rival.name,)]
        if bad:
            known = [table.known[rival.name] for table in bench.tables]
            why = bench.unsteady(trial.answers, known, bench.tables)
            proof.falls_short(
                f"The misconception {rival.name!r}",
                f"is caught but not named {bench.where(bad)}, judged by {judged}: it is told as {told(verdicts[bad[0]])}"
                + (f"; {why}" if why else ""),
                SAME_FOR_EVERY_LUCK,
            )
            return


def told(verdict: Verdict) -> str:
    """How a verdict names an answer: "whole 'the bias is forgotten'"."""
    return f"{verdict.how} {', '.join(map(repr, verdict.names))}" if verdict.names else "nothing we know"


def prove_replays(bench: Bench, proof: Proof) -> None:
    """Evidence that belongs to another draw is worth nothing."""
    pairs = list(combinations(range(len(bench.draws)), 2))
    for check in bench.exercise.checks:
        passes = [(i, j) for i, j in pairs if _replayed(check, bench.tables[i], bench.tables[j])]
        if len(passes) == len(pairs) or len(passes) > max(1, REPLAYS * len(pairs)):
            i, j = passes[0]
            proof.falls_short(
                f"The check {check.name!r}",
                f"accepts evidence replayed from another draw, for instance of draw {bench.draws[i]} at draw "
                f"{bench.draws[j]} ({len(passes)} of {len(pairs)} pairs of draws)",
                "Take its inputs from rng, return arrays that depend on them, and let a summary use `ours`.",
            )


def _replayed(check: Check, old: Table, new: Table) -> bool:
    ours = new.ours[check.name]
    return same(check, summarize(check, old.ours[check.name], ours), new.known[REFERENCE][check.name])


def prove_pairs(bench: Bench, proof: Proof) -> None:
    """Double faults are named by both their names, where they can be told apart, and never by others."""
    exercise, count = bench.exercise, min(PAIR_DRAWS, len(bench.draws))
    draws, tables = bench.draws[:count], [replace(t, pairs={}) for t in bench.tables[:count]]
    candidates = {}
    for names, source in exercise.pairs():
        try:
            candidates[names] = exercise.make(source)
        except Exception:  # each edit alone runs, both together do not: such an answer defines nothing
            continue
        for table, draw in zip(tables, draws, strict=True):
            table.pairs[names] = summary(exercise, bench.answer(candidates[names], draw), table.ours)
    judges = {(i, j): Judge(exercise, [tables[i], tables[j]]) for i, j in neighbours(list(range(count)))}
    for names, candidate in candidates.items():
        _prove_pair(bench, proof, names, [bench.answer(candidate, draw) for draw in draws], judges)


def _prove_pair(
    bench: Bench,
    proof: Proof,
    names: tuple[str, str],
    answers: list[Answer],
    judges: dict[tuple[int, int], Judge],
) -> None:
    """Judge a double fault by each two of a few draws."""
    excused, unnamed, misnamed = dict[str, None](), [], []
    for (i, j), judge in judges.items():
        verdict = judge.verdict([answers[i], answers[j]])
        if verdict.how in ("pair", "parts") and set(verdict.names) == set(names):
            continue
        alike = _alike(bench, names, [answers[i], answers[j]], judge.tables)
        excused |= dict.fromkeys(alike)
        where = f"at the draws {bench.draws[i]} and {bench.draws[j]}"
        if not set(verdict.names) <= {*names, *alike}:
            misnamed.append(f"is misnamed {where}: it is told as {told(verdict)}")
        elif not alike:
            why = bench.unsteady(
                [answers[i], answers[j]], [t.pairs[names] for t in judge.tables], judge.tables
            )
            unnamed.append(
                f"is not named {where}: it is told as {told(verdict)}" + (f"; {why}" if why else "")
            )
    named = not (excused or unnamed or misnamed)
    proof.pairs.append({"names": list(names), "named": named, "alike": list(excused)})
    who = f"The double fault {names[0]!r} with {names[1]!r}"
    if misnamed:
        proof.falls_short(who, misnamed[0], "Add a check that tells it from these.")
    elif unnamed and set(names) <= proof.named:  # where one of them is not named, that is the fault to mend
        proof.falls_short(who, unnamed[0], SAME_FOR_EVERY_LUCK)


def _alike(bench: Bench, names: tuple[str, str], answers: list[Answer], tables: list[Table]) -> list[str]:
    """What a double fault cannot be told from: answers that equal it on every draw, or what informs nobody."""

    given = [summary(bench.exercise, a, t.ours) for a, t in zip(answers, tables, strict=True)]

    def equal(known: list[Answer]) -> bool:
        return all(bench.equal(a, k) for a, k in zip(given, known, strict=True))

    singles = [name or "the reference" for name in tables[0].known if equal([t.known[name] for t in tables])]
    doubles = [p for p in tables[0].pairs if p != names and equal([t.pairs[p] for t in tables])]
    found = singles + [" with ".join(pair) for pair in doubles]
    if not found and not any(_informs(check, given, tables) for check in bench.exercise.checks):
        found = ["an error, or no finite number"]
    return found


def _informs(check: Check, answers: list[Answer], tables: list[Table]) -> bool:
    """Whether a check fails and what it saw can point to a cause."""
    both = [(a[check.name], t.known[REFERENCE][check.name]) for a, t in zip(answers, tables, strict=True)]
    return not all(same(check, a, r) for a, r in both) and all(informative(a, r) for a, r in both)


def prove_mutants(bench: Bench, proof: Proof) -> None:
    """Small changes of the solution are caught, or said to be right as well."""
    listed, every = bench.exercise.equivalents, mutants(bench.exercise.source)
    for mutant in every:
        bench.tick()
        caught, because = _catches(bench, mutant), listed.get(mutant.name, "")
        row = {"name": mutant.name, "gives": mutant.gives, "caught": caught, "because": because}
        proof.mutants.append(row)
        who = f"The mutant {mutant.name!r}"
        if not caught and mutant.name not in listed:
            proof.falls_short(
                who,
                f"passes every check; it gives: {mutant.gives}",
                f"Sharpen a check, or, if it is right as well: equivalent({mutant.name!r}, because=...).",
            )
        elif caught and mutant.name in listed:
            advice = "Take equivalent(...) away."
            proof.falls_short(who, f"is listed as equivalent, but {caught!r} catches it", advice)
        elif mutant.name in listed and not because.strip():
            proof.falls_short(who, "is listed as equivalent for no reason", "Say why: because=...")
    for name in sorted(listed.keys() - {m.name for m in every}):
        close = difflib.get_close_matches(name, [m.name for m in every], n=1)
        advice = f"The closest is {close[0]!r}." if close else "Take equivalent(...) away."
        proof.falls_short(
            f"The mutant {name!r}", "is listed as equivalent, but there is none of this name", advice
        )


def _catches(bench: Bench, mutant: Mutant) -> str:
    """The check that catches a mutant, or what else stops it; "" if nothing does."""
    try:
        with time_limit(max(PATIENCE, SLOWER * MUTANT_DRAWS * bench.seconds)):
            candidate = bench.exercise.make(mutant.source)
            for draw, table in list(zip(bench.draws, bench.tables, strict=True))[:MUTANT_DRAWS]:
                for check in bench.exercise.checks:
                    given = gather(bench.exercise, check, candidate, draw, bench.luck())
                    found = summarize(check, given, table.ours[check.name])
                    if not same(check, found, table.known[REFERENCE][check.name]):
                        return check.name
    except TimeUp:
        return "the time limit"
    except Exception:  # its very definition raises, as the student's cell would
        return "its definition"
    return ""


class TimeUp(BaseException):
    """Not an Exception, so that no check takes it for one of the candidate's."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt Python code that computes for too long, and end a process that cannot be interrupted.

    Seconds are the CPU's, since a busy machine is no fault of a mutant's. In a process's main thread only.
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
