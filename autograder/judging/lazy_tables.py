"""From a child's evidence, which nobody believes, to a verdict about one exercise.

A score rests on the reference alone, on every draw. What is told of a wrong answer rests on the public draw; of a
secret one it is told whether a check holds, and nothing else: any word that depends on it could carry its inputs out.
"""

import hashlib
from collections.abc import Iterable, Mapping
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
from helpers.evidence import Evidence, encode
from helpers.judge import NO_VALUE, Judge
from helpers.published import load
from helpers.table import REFERENCE, Answer, Table
from helpers.verdict import Kind, Outcome, Verdict

# The public draw that grading runs as well, so that a message can tell values.
PUBLIC = PUBLIC_DRAWS[0]
NOTHING = Evidence({})
# Verdicts that are kept for whoever gives the same; one takes some kilobytes.
MOST_KEPT = 2000
# All that is ever said of a check that holds on the public draw only.
NOT_FOR_FRESH = "right for the inputs in the notebook, not for fresh ones"


@dataclass(frozen=True)
class Reason:
    """Why there is no evidence of a check that can be judged."""

    kind: Kind
    message: str


@dataclass
class Answers:
    """What a child gave for one exercise.

    Attributes:
        public: for the public draw.
        fresh: for each secret draw, by its seed.
        reasons: why evidence is missing from the public one, by the check's name.
    """

    public: Answer
    fresh: dict[int, Answer] = field(default_factory=dict)
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
        self._judged: dict[tuple[Exercise, bytes], Verdict] = {}

    def verdict(self, exercise: Exercise, answers: Answers) -> Verdict:
        """Judge what a child gave for one exercise.

        Args:
            exercise: the exercise.
            answers: what it gave for each draw.
        Returns:
            The verdict. Of the secret draws it depends on which checks hold on all of them, and on nothing else.
        """
        with ALONE, np.errstate(all="ignore"):
            verdict = self._on_the_public_draw(exercise, answers)
            wrong: set[str] = set()
            for draw, answer in answers.fresh.items():
                wrong |= _wrong_checks(exercise, self.table(exercise, draw), answer)
            return _held_against(exercise, verdict, wrong)

    def _on_the_public_draw(self, exercise: Exercise, answers: Answers) -> Verdict:
        """What an answer is, and looks like, on the public draw. Who gives the same evidence is told the same."""
        key = exercise, _fingerprint(answers.public)
        if key not in self._judged:
            if len(self._judged) >= MOST_KEPT:
                del self._judged[next(iter(self._judged))]
            self._judged[key] = self._judge(exercise, answers.public)
        verdict = self._judged[key]
        outcomes = [_with_its_reason(outcome, answers.reasons) for outcome in verdict.outcomes]
        return replace(verdict, outcomes=tuple(outcomes))

    def _judge(self, exercise: Exercise, answer: Answer) -> Verdict:
        """Judge an answer on the public draw; the table grows by what that takes."""
        table = self.table(exercise, PUBLIC)
        verdict = Judge(exercise, [table]).verdict([answer])
        if not verdict.right and answer:
            _try_misconceptions(table, exercise)
            verdict = Judge(exercise, [table]).verdict([answer])
        # The pairs are many: they are tried where no single misconception is it.
        if not verdict.right and answer and verdict.how != "whole":
            if not table.pairs:
                add_pairs(table, exercise, PUBLIC)
            verdict = Judge(exercise, [table]).verdict([answer], tell=True)
        return verdict

    def table(self, exercise: Exercise, draw: int) -> Table:
        """The table of one draw as far as it is made: the reference, and whatever was tried already.

        Args:
            exercise: the exercise.
            draw: its seed.
        """
        key = exercise, draw
        with ALONE, np.errstate(all="ignore"):
            if key not in self._tables:
                self._tables[key] = self._published(exercise, draw) or _begun(exercise, draw)
            return self._tables[key]

    def put(self, exercise: Exercise, draw: int, table: Table) -> None:
        """Take a table that was made elsewhere, unless there is one.

        Args:
            exercise: the exercise.
            draw: its seed.
            table: as `table` made it.
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


def _fingerprint(answer: Answer) -> bytes:
    """The same for the same evidence of the same checks."""
    digest = hashlib.sha256()
    for check, evidence in sorted(answer.items()):
        encoded = encode(evidence)
        digest.update(f"{len(check)} {check} {len(encoded)} ".encode() + encoded)
    return digest.digest()


def _begun(exercise: Exercise, draw: int) -> Table:
    """A table that has nothing but the reference."""
    ours = _answer(exercise, exercise.checks, exercise.candidate, draw, luck=1)
    # What is not random gives the same once more.
    random = [check for check in exercise.checks if check.summarize]
    again = ours | _answer(exercise, random, exercise.candidate, draw, luck=2)
    return Table(ours, {REFERENCE: summary(exercise, again, ours)})


def _try_misconceptions(table: Table, exercise: Exercise) -> None:
    """Complete the public draw's table by the misconceptions that it has not."""
    for luck, rival in enumerate(exercise.misconceptions, 3):
        if rival.name not in table.known:
            given = _answer(exercise, exercise.checks, rival.candidate, PUBLIC, luck)
            table.known[rival.name] = summary(exercise, given, table.ours)


def _with_its_reason(outcome: Outcome, reasons: Mapping[str, Reason]) -> Outcome:
    """An outcome that says why evidence is missing, and not that it is."""
    reason = reasons.get(outcome.check)
    if outcome.passed or not reason:
        return outcome
    return Outcome(
        outcome.check, outcome.points, reason.kind, reason.message, outcome.names, follows=outcome.follows
    )


def _wrong_checks(exercise: Exercise, table: Table, answer: Answer) -> set[str]:
    """The checks that do not hold on a draw, for whatever reason."""
    wrong = set()
    for check in exercise.checks:
        found = summarize(check, answer.get(check.name, NOTHING), table.ours[check.name])
        if not same(check, found, table.known[REFERENCE][check.name]):
            wrong.add(check.name)
    return wrong


def _held_against(exercise: Exercise, verdict: Verdict, wrong: set[str]) -> Verdict:
    """A verdict on the public draw, when some checks do not hold on a secret one."""
    failed = {outcome.check for outcome in verdict.outcomes if not outcome.passed}
    if failed.issuperset(wrong):
        return verdict
    of_values = {check.name for check in exercise.checks if not check.probe}
    outcomes = []
    for check, outcome in zip(exercise.checks, verdict.outcomes, strict=True):
        if outcome.passed and check.name in wrong:
            outcome = Outcome(check.name, check.points, Kind.WRONG_VALUE, NOT_FOR_FRESH)
        # As `Judge` has it: a property such as a dtype is no solution.
        elif (
            outcome.passed
            and check.probe
            and not check.of_values
            and of_values
            and of_values <= failed | wrong
        ):
            outcome = replace(outcome, message=NO_VALUE, counts=False)
        outcomes.append(outcome)
    how = "unrecognized" if verdict.right else verdict.how
    return replace(verdict, outcomes=tuple(outcomes), how=how)


def _answer(
    exercise: Exercise, checks: Iterable[Check], candidate: Candidate, draw: int, luck: int
) -> Answer:
    return {check.name: gather(exercise, check, candidate, draw, luck) for check in checks}
