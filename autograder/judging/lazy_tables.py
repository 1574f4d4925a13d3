"""From a child's evidence, which nobody believes, to a verdict about one exercise.

A score rests on the reference alone. The misconceptions that could explain a wrong answer are found in the table
of the public draw, which the build has made, and only those are tried on the secret draw.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from autograder.exercise import Exercise
from autograder.judging.sources import state
from autograder.judging.store import recorded
from autograder.judging.tables import PUBLIC_DRAWS, add_pairs, summary
from autograder.syntax import ALONE
from helpers.checks import Candidate, Check, gather
from helpers.compare import same, summarize
from helpers.evidence import Evidence
from helpers.judge import Judge
from helpers.published import load
from helpers.table import REFERENCE, Answer, Table
from helpers.verdict import Kind, Outcome, Verdict

# The public draw that grading runs as well, so that a message can tell values.
PUBLIC = PUBLIC_DRAWS[0]
Pair = tuple[str, str]
NOTHING = Evidence({})


@dataclass(frozen=True)
class Reason:
    """Why there is no evidence of a check that can be judged."""

    kind: Kind
    message: str


@dataclass
class Answers:
    """What a child gave for one exercise.

    Attributes:
        by_draw: an answer for each draw, the public one first.
        reasons: why evidence is missing from them, by the check's name.
    """

    by_draw: list[Answer]
    reasons: dict[str, Reason] = field(default_factory=dict)


class LazyTables:
    """The table of each exercise for each draw, made as far as answers ask for it. May be shared by threads.

    Args:
        published: folders of notebooks. Evidence in them that is recorded as made from the sources as they are
            is used for the public draws; what is not there is made.
    """

    def __init__(self, published: Iterable[Path] = ()):
        self._files: dict[str, Path] = {}
        for tree in published:
            self._files |= recorded(tree)
        self._tables: dict[tuple[Exercise, int], Table] = {}

    def verdict(self, exercise: Exercise, draws: Sequence[int], answers: Answers) -> Verdict:
        """Judge what a child gave for one exercise.

        Args:
            exercise: the exercise.
            draws: those of the answers, the public one first.
            answers: one for each draw.
        Returns:
            The verdict; the messages tell values of the public draw only.
        """
        with ALONE, np.errstate(all="ignore"):
            tables = [self.table(exercise, draw) for draw in draws]
            case = _Case(exercise, draws, answers, tables)
            return case.verdict()

    def table(self, exercise: Exercise, draw: int) -> Table:
        """The table of one draw as far as it is made: the reference, and whatever was tried already.

        Args:
            exercise: the exercise.
            draw: its seed.
        """
        key = exercise, draw
        if key not in self._tables:
            self._tables[key] = self._published(exercise, draw) or _begun(exercise, draw)
        return self._tables[key]

    def complete(self, exercise: Exercise, draw: int) -> Table:
        """The table of a secret draw with all single misconceptions, as single answers would have it made.

        Args:
            exercise: the exercise.
            draw: its seed.
        """
        with ALONE, np.errstate(all="ignore"):
            public, secret = self.table(exercise, PUBLIC), self.table(exercise, draw)
            every = [misconception.name for misconception in exercise.misconceptions]
            _try_misconceptions(public, exercise, PUBLIC, every)
            _try_misconceptions(secret, exercise, draw, every, like=public)
            return secret

    def put(self, exercise: Exercise, draw: int, table: Table) -> None:
        """Take a table that was made elsewhere, unless there is one.

        Args:
            exercise: the exercise.
            draw: its seed.
            table: as `complete` made it.
        """
        with ALONE:
            self._tables.setdefault((exercise, draw), table)

    def _published(self, exercise: Exercise, draw: int) -> Table | None:
        """The table of a public draw that the build has made from the sources as they are."""
        if draw not in PUBLIC_DRAWS:
            return None
        file = self._files.get(state(exercise))
        if file is None:
            return None
        published = load(file)
        return published.tables[published.draws.index(draw)]


def _begun(exercise: Exercise, draw: int) -> Table:
    """A table that has nothing but the reference."""
    ours = _answer(exercise, exercise.checks, exercise.candidate, draw, luck=1)
    # What is not random gives the same once more.
    random = [check for check in exercise.checks if check.summarize]
    again = ours | _answer(exercise, random, exercise.candidate, draw, luck=2)
    return Table(ours, {REFERENCE: summary(exercise, again, ours)})


class _Case:
    """One exercise's answers while they are judged; the tables grow by what they ask for."""

    def __init__(self, exercise: Exercise, draws: Sequence[int], answers: Answers, tables: list[Table]):
        self.exercise, self.draws, self.answers, self.tables = exercise, draws, answers, tables
        self.public = tables[0]

    def verdict(self) -> Verdict:
        verdict = self._judged()
        if verdict.right or not any(self.answers.by_draw):
            return verdict

        every = [misconception.name for misconception in self.exercise.misconceptions]
        _try_misconceptions(self.public, self.exercise, self.draws[0], every)
        given = self._summarized()
        wrong = {outcome.check for outcome in verdict.outcomes if not outcome.passed}
        names = [name for name in every if self._may_be(name, given, wrong)]
        verdict = self._judged_on_all_draws(names)
        if verdict.how == "whole":
            return verdict

        if not self.public.pairs:
            add_pairs(self.public, self.exercise, self.draws[0])
        pairs = [pair for pair, gives in self.public.pairs.items() if self._equal(given, gives)]
        for pair in pairs:
            names += [name for name in pair if name not in names]
        verdict = self._judged_on_all_draws(names, pairs)
        if verdict.names and verdict.how != "probes":
            return verdict

        names += [name for name in every if name not in names and self._may_be_first(name, given, verdict)]
        return self._judged_on_all_draws(names, pairs, tell=True)

    def _judged_on_all_draws(
        self, names: list[str], pairs: Collection[Pair] = (), tell: bool = False
    ) -> Verdict:
        for table, draw in self._secret():
            _try_misconceptions(table, self.exercise, draw, names, like=self.public)
            _try_pairs(table, self.exercise, draw, pairs, like=self.public)
        return self._judged(names, pairs, tell)

    def _secret(self) -> Iterable[tuple[Table, int]]:
        """The tables of the draws that are not public, and these draws."""
        return zip(self.tables[1:], self.draws[1:], strict=True)

    def _judged(self, names: Iterable[str] = (), pairs: Iterable[Pair] = (), tell: bool = False) -> Verdict:
        """The verdict, if these misconceptions and pairs were all that there are."""
        chosen = []
        for table in self.tables:
            gives = {name: table.known[name] for name in (REFERENCE, *names)}
            both_give = {pair: table.pairs[pair] for pair in pairs}
            chosen.append(Table(table.ours, gives, both_give, table.changed))
        verdict = Judge(self.exercise, chosen, shown=1).verdict(self.answers.by_draw, tell)
        outcomes = [self._with_its_reason(outcome) for outcome in verdict.outcomes]
        return replace(verdict, outcomes=tuple(outcomes))

    def _with_its_reason(self, outcome: Outcome) -> Outcome:
        """An outcome that says why evidence is missing, and not that it is."""
        reason = self.answers.reasons.get(outcome.check)
        if outcome.passed or not reason:
            return outcome
        return Outcome(
            outcome.check, outcome.points, reason.kind, reason.message, outcome.names, follows=outcome.follows
        )

    def _summarized(self) -> Answer:
        """The answer on the public draw, as far as it can be compared."""
        answer = self.answers.by_draw[0]
        summaries = {}
        for check in self.exercise.checks:
            theirs = answer.get(check.name, NOTHING)
            summaries[check.name] = summarize(check, theirs, self.public.ours[check.name])
        return summaries

    def _may_be(self, name: str, given: Answer, wrong: Collection[str]) -> bool:
        """Whether an answer equals a misconception wherever that one differs from the reference."""
        gives, right = self.public.known[name], self.public.known[REFERENCE]
        for check in self.exercise.checks:
            if same(check, gives[check.name], right[check.name]):
                continue
            if check.name not in wrong or not same(check, given[check.name], gives[check.name]):
                return False
        return True

    def _may_be_first(self, name: str, given: Answer, verdict: Verdict) -> bool:
        """Whether an answer equals a misconception at its first ✗."""
        first = next(outcome.check for outcome in verdict.outcomes if not outcome.passed)
        check = next(check for check in self.exercise.checks if check.name == first)
        gives, right = self.public.known[name][first], self.public.known[REFERENCE][first]
        return same(check, given[first], gives) and not same(check, gives, right)

    def _equal(self, a: Answer, b: Answer) -> bool:
        return all(same(check, a[check.name], b[check.name]) for check in self.exercise.checks)


def _try_misconceptions(
    table: Table, exercise: Exercise, draw: int, names: Collection[str], like: Table | None = None
) -> None:
    """Try some misconceptions on a draw, unless that has been done.

    Args:
        table: of the draw; what they give is put into it.
        like: the public draw's table. A check that a misconception passes there is not run again.
    """
    for luck, rival in enumerate(exercise.misconceptions, 3):
        if rival.name not in names or rival.name in table.known:
            continue
        checks = list(exercise.checks)
        if like:
            checks = _failed_checks(exercise, like, like.known[rival.name])
        table.known[rival.name] = _tried(table, exercise, checks, rival.candidate, draw, luck)


def _try_pairs(table: Table, exercise: Exercise, draw: int, pairs: Collection[Pair], like: Table) -> None:
    """Try some double faults on a secret draw; see `_try_misconceptions`."""
    if not pairs:
        return
    for luck, (pair, source) in enumerate(exercise.pairs(), 1000):
        if pair in pairs and pair not in table.pairs:
            checks = _failed_checks(exercise, like, like.pairs[pair])
            table.pairs[pair] = _tried(table, exercise, checks, exercise.make(source), draw, luck)


def _failed_checks(exercise: Exercise, table: Table, answer: Answer) -> list[Check]:
    """The checks at which an answer differs from the reference."""
    right = table.known[REFERENCE]
    return [check for check in exercise.checks if not same(check, answer[check.name], right[check.name])]


def _tried(
    table: Table, exercise: Exercise, checks: Iterable[Check], candidate: Candidate, draw: int, luck: int
) -> Answer:
    """What a candidate gives at some checks, as far as it can be compared; at the others, what is right."""
    summaries = dict(table.known[REFERENCE])
    for check in checks:
        theirs = gather(exercise, check, candidate, draw, luck)
        summaries[check.name] = summarize(check, theirs, table.ours[check.name])
    return summaries


def _answer(
    exercise: Exercise, checks: Iterable[Check], candidate: Candidate, draw: int, luck: int
) -> Answer:
    return {check.name: gather(exercise, check, candidate, draw, luck) for check in checks}
