"""Prove one exercise: that it accepts what is right, refuses what is wrong, and says what is believed.

Everything is judged as in grading, over fresh draws and with fresh luck. What falls short becomes a
sentence that says who, what, where, and what to do.
"""

import difflib
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from autograder.mutants import Mutant, mutants
from autograder.tables import add_pairs, answer, summary, tabulate
from helpers.checks import Candidate, Check, gather
from helpers.compare import same, summarize
from helpers.evidence import Evidence, Failure
from helpers.judge import REFERENCE, Answer, Judge, Table, Verdict, informative
from solutions.exercise import Exercise, Rival

PAIR_DRAWS = 3  # there are many pairs
MUTANT_DRAWS = 5  # a mutant that only one draw in many catches would pass in grading too
REPLAYS = 0.05  # of the pairs of draws; small whole numbers coincide now and then
PATIENCE = 5.0  # seconds that a mutant may take at least, and twenty times the reference's


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
    """
    if draws < 2:
        raise ValueError(f"a proof needs at least 2 draws, got {draws}")
    begin = time.perf_counter()
    proof = Proof(unit, exercise.name, exercise.points, seed, draws)
    if exercise.points <= 0 or any(check.points < 0 for check in exercise.checks):
        proof.falls_short("The exercise", f"is worth {exercise.points:g} points", "Give its checks points.")
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
    several = draws * (2 * each + len(exercise.alternatives) + 1) + 2 * PAIR_DRAWS * len(
        list(exercise.pairs())
    )
    return several + (len(mutants(exercise.source)) if with_mutants else 0)


@dataclass
class Trial:
    """One candidate's answers to all draws, judged."""

    answers: list[Answer]
    alone: list[Verdict]  # by one draw
    together: list[Verdict]  # by each draw and the next

    @property
    def scores(self) -> list[float]:
        return [verdict.points for verdict in self.alone]

    def misses(self, check: Check) -> list[int]:
        """The indices of the draws for which a check fails."""
        passed = [next(o.passed for o in v.outcomes if o.check == check.name) for v in self.alone]
        return [i for i, p in enumerate(passed) if not p]

    def message(self, check: Check, draw: int) -> str:
        return next(o.message for o in self.alone[draw].outcomes if o.check == check.name)


class Bench:
    """An exercise with its draws and their tables, each built once and used for every candidate."""

    def __init__(self, exercise: Exercise, seed: int, draws: int, tick: Callable[[], None] = lambda: None):
        self.exercise, self.tick = exercise, tick
        self.draws = [int(s) for s in np.random.SeedSequence(seed).generate_state(draws)]
        self._lucks = np.random.default_rng([seed, draws])

    @cached_property
    def tables(self) -> list[Table]:
        tables = []
        for draw in self.draws:
            tables.append(tabulate(self.exercise, draw, pairs=False))
            for _ in tables[-1].known:
                self.tick()
        return tables

    @cached_property
    def alone(self) -> list[Judge]:
        return [Judge(self.exercise, [table]) for table in self.tables]

    @cached_property
    def together(self) -> list[Judge]:
        return [Judge(self.exercise, list(pair)) for pair in self._neighbours(self.tables)]

    def luck(self) -> int:
        return int(self._lucks.integers(1 << 32))

    def answer(self, candidate: Candidate, draw: int) -> Answer:
        self.tick()
        return answer(self.exercise, candidate, draw, self.luck())

    def trial(self, candidate: Candidate | None) -> Trial:
        """Judge a candidate over all draws; None is one whose very definition raises."""
        if candidate is None:
            nothing = Evidence({}, Failure("NotImplementedError"))
            answers = [{check.name: nothing for check in self.exercise.checks} for _ in self.draws]
        else:
            answers = [self.answer(candidate, draw) for draw in self.draws]
        alone = [judge.verdict([given]) for judge, given in zip(self.alone, answers, strict=True)]
        pairs = zip(self.together, self._neighbours(answers), strict=True)
        return Trial(answers, alone, [judge.verdict(list(two)) for judge, two in pairs])

    def equal(self, a: Answer, b: Answer) -> bool:
        return all(same(c, a[c.name], b[c.name]) for c in self.exercise.checks)

    def at(self, misses: list[int]) -> str:
        """Where something happened: the first draw by its seed, and how many."""
        return f"at draw {self.draws[misses[0]]} ({len(misses)} of {len(self.draws)} draws)"

    @staticmethod
    def _neighbours(items: list) -> list[tuple]:
        return list(zip(items, items[1:] + items[:1], strict=True))


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
        misses = trial.misses(check)
        if not misses:
            continue
        what = f"fails {check.name!r} {bench.at(misses)}: {trial.message(check, misses[0])}"
        if len(misses) < len(bench.draws):
            proof.falls_short(who, f"{what}; the check is flaky", _STEADY)
        else:
            advice = "Exact evidence must not depend on luck, on names or on order; what is random needs a summary."
            proof.falls_short(who, what, advice)


_STEADY = (
    "A verdict must not depend on the draw: summarize what is random, let tolerances stand beyond five "
    "standard deviations, and keep inputs away from where answers coincide."
)


def prove_stub(bench: Bench, proof: Proof) -> None:
    """No points for what nobody wrote."""
    try:
        candidate = bench.exercise.make(bench.exercise.stub)
    except NotImplementedError:
        candidate = None  # its cell raises, and nothing is defined
    trial = bench.trial(candidate)
    proof.stub = max(trial.scores)
    for check in bench.exercise.checks:
        passes = sorted(set(range(len(bench.draws))) - set(trial.misses(check)))
        if passes:
            proof.falls_short(
                "The untouched stub",
                f"passes {check.name!r} {bench.at(passes)}",
                "Let the check use what stands between BEGIN SOLUTION and END SOLUTION, or move that line.",
            )


def prove_misconceptions(bench: Bench, proof: Proof) -> None:
    """Each is caught and named on every draw, and every check catches one."""
    exercise = bench.exercise
    clashing = _prove_signatures(bench, proof)
    catches: dict[str, list[str]] = {check.name: [] for check in exercise.checks}
    for rival in exercise.misconceptions:
        trial = bench.trial(rival.candidate)
        missed = [i for i, verdict in enumerate(trial.alone) if verdict.right]
        named = all(v.how == "whole" and v.names == (rival.name,) for v in trial.alone + trial.together)
        proof.misconceptions.append({"name": rival.name, "caught": not missed, "named": named})
        for check in exercise.checks:
            if trial.misses(check):
                catches[check.name].append(rival.name)
        _caught_and_named(bench, proof, rival, trial, missed, named or rival.name in clashing)
    proof.checks = [{"name": c.name, "points": c.points, "catches": catches[c.name]} for c in exercise.checks]
    for name, caught in catches.items():
        if not caught:
            advice = "Drop it, or add the misconception that it is there for."
            proof.falls_short(f"The check {name!r}", "catches no misconception", advice)


def _caught_and_named(
    bench: Bench, proof: Proof, rival: Rival, trial: Trial, missed: list[int], named: bool
) -> None:
    who = f"The misconception {rival.name!r}"
    if missed:
        advice = "Add a check whose evidence it changes, or sharpen an input."
        proof.falls_short(who, f"passes every check {bench.at(missed)}", advice)
        return
    for check in bench.exercise.checks:
        misses = trial.misses(check)
        if 0 < len(misses) < len(bench.draws):
            hits = sorted(set(range(len(bench.draws))) - set(misses))
            proof.falls_short(
                who, f"passes {check.name!r} {bench.at(hits)} and fails it at others; flaky", _STEADY
            )
    if named:
        return
    for verdicts, how in (trial.alone, "by one draw"), (trial.together, "by two draws"):
        bad = [i for i, v in enumerate(verdicts) if v.how != "whole" or v.names != (rival.name,)]
        if bad:
            took = verdicts[bad[0]]
            taken = (
                f"as {took.how} {', '.join(map(repr, took.names))}" if took.names else "as nothing we know"
            )
            proof.falls_short(
                who,
                f"is caught but not named {bench.at(bad)}, judged {how}: it is told {taken}",
                "Its evidence must be the same for every luck: summarize it, or give the summary more room.",
            )
            return


def _prove_signatures(bench: Bench, proof: Proof) -> set[str]:
    """Every two misconceptions differ on some check; those that do not are returned."""
    clashing: set[str] = set()
    for a, b in combinations([m.name for m in bench.exercise.misconceptions], 2):
        alike = [i for i, t in enumerate(bench.tables) if bench.equal(t.known[a], t.known[b])]
        if alike:
            clashing |= {a, b}
            proof.falls_short(
                f"The misconceptions {a!r} and {b!r}",
                f"give the same evidence at every check {bench.at(alike)}",
                "Add a check or an input that tells them apart, or keep one of them.",
            )
    return clashing


def prove_replays(bench: Bench, proof: Proof) -> None:
    """Evidence that belongs to another draw is worth nothing."""
    pairs = list(combinations(range(len(bench.draws)), 2))
    for check in bench.exercise.checks:
        passes = [(i, j) for i, j in pairs if _replayed(check, bench.tables[i], bench.tables[j])]
        if len(passes) > REPLAYS * len(pairs):
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
    for table, draw in zip(tables, draws, strict=True):
        add_pairs(table, exercise, draw)
        for _ in table.pairs:
            bench.tick()
    twos = [(i, (i + 1) % count) for i in range(count)]
    judges = [Judge(exercise, [tables[i], tables[j]]) for i, j in twos]
    sources = dict(exercise.pairs())
    for names in tables[0].pairs:
        candidate = exercise.make(sources[names])
        answers = [bench.answer(candidate, draw) for draw in draws]
        verdicts = [
            judge.verdict([answers[i], answers[j]]) for judge, (i, j) in zip(judges, twos, strict=True)
        ]
        summaries = [summary(exercise, a, t.ours) for a, t in zip(answers, tables, strict=True)]
        alike = _alike(bench, names, summaries, tables)
        named = all(v.how in ("pair", "parts") and set(v.names) == set(names) for v in verdicts)
        proof.pairs.append({"names": list(names), "named": named, "alike": alike})
        wrong = [v for v in verdicts if not set(v.names) <= {*names, *alike}]
        who = f"The double fault {names[0]!r} with {names[1]!r}"
        where = f"over the draws {', '.join(map(str, draws))}"
        if wrong:
            taken = (
                f"is misnamed {where}: it is told as {wrong[0].how} {', '.join(map(repr, wrong[0].names))}"
            )
            proof.falls_short(who, taken, "Add a check that tells it from these.")
        elif not named and not alike:
            advice = (
                "Its evidence must be the same for every luck: summarize it, or give the summary more room."
            )
            proof.falls_short(who, f"is not named {where}, although nothing else looks like it", advice)


def _alike(bench: Bench, names: tuple[str, str], answers: list[Answer], tables: list[Table]) -> list[str]:
    """What a double fault cannot be told from: other answers that equal it on every draw, or nothing that informs."""

    def equal(known: Callable[[Table], Answer]) -> bool:
        return all(bench.equal(a, known(t)) for a, t in zip(answers, tables, strict=True))

    found = [name or "the reference" for name in tables[0].known if equal(lambda t, n=name: t.known[n])]  # type: ignore[misc]
    others = [p for p in tables[0].pairs if p != names and equal(lambda t, p=p: t.pairs[p])]  # type: ignore[misc]
    found += [" with ".join(pair) for pair in others]
    if not found and not any(_informs(check, answers, tables) for check in bench.exercise.checks):
        found = ["an error, or no finite number"]
    return found


def _informs(check: Check, answers: list[Answer], tables: list[Table]) -> bool:
    """Whether a check fails and what it saw can point to a cause."""
    both = [(a[check.name], t.known[REFERENCE][check.name]) for a, t in zip(answers, tables, strict=True)]
    return not all(same(check, a, r) for a, r in both) and all(informative(a, r) for a, r in both)


def prove_mutants(bench: Bench, proof: Proof) -> None:
    """Small changes of the solution are caught, or said to be right as well."""
    exercise, listed = bench.exercise, bench.exercise.equivalents
    every = mutants(exercise.source)
    patience = max(PATIENCE, 20 * _seconds(bench))
    for mutant in every:
        bench.tick()
        caught = _catches(bench, mutant, patience)
        because = listed.get(mutant.name, "")
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
    for name in listed.keys() - {m.name for m in every}:
        close = difflib.get_close_matches(name, [m.name for m in every], n=1)
        advice = f"Rename it to {close[0]!r}." if close else "Take equivalent(...) away."
        proof.falls_short(
            f"The mutant {name!r}", "is listed as equivalent, but there is none of this name", advice
        )


def _catches(bench: Bench, mutant: Mutant, patience: float) -> str:
    """The check that catches a mutant, or what else stops it; "" if nothing does."""
    try:
        with time_limit(patience):
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


def _seconds(bench: Bench) -> float:
    """What the reference takes for as many draws as a mutant gets."""
    begin = time.perf_counter()
    answer(bench.exercise, bench.exercise.candidate, bench.draws[0], bench.luck())
    return MUTANT_DRAWS * (time.perf_counter() - begin)


class TimeUp(BaseException):
    """Not an Exception, so that no check takes it for one of the candidate's."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt Python code that runs for too long; only in a process's main thread."""

    def stop(signum, frame):
        raise TimeUp

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
