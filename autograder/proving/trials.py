"""The bench on which an exercise is tried: its draws, their tables, and the judges, each made once."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from autograder.exercise import Exercise, Rival
from autograder.judging.tables import summary
from helpers.checks import Candidate, Check, gather
from helpers.compare import explain, same, summarize
from helpers.evidence import Evidence, Failure, encode
from helpers.judge import Judge
from helpers.probes import sabotage_of
from helpers.table import REFERENCE, Answer, Table
from helpers.verdict import Outcome, Verdict

# Draws for which a misconception meets a second luck at every check.
LUCK_DRAWS = 3


@dataclass
class Trial:
    """One candidate's answers to all draws, judged as in grading and more strictly: also by single draws."""

    answers: list[Answer]
    # By one draw.
    alone: list[Verdict]
    # By each draw and the next.
    together: list[Verdict]

    @property
    def scores(self) -> list[float]:
        return [verdict.points for verdict in self.alone]

    def fails(self, check: Check) -> list[int]:
        """The indices of the draws for which a check fails."""
        return [i for i, v in enumerate(self.alone) if not _outcome(v, check).passed]

    def passes(self, check: Check) -> list[int]:
        """The indices of the draws for which a check passes."""
        return [i for i, v in enumerate(self.alone) if _outcome(v, check).passed]

    def message(self, check: Check, draw: int) -> str:
        """What a check says of one draw, told by its index."""
        return _outcome(self.alone[draw], check).message


class Bench:
    """An exercise with its draws and their tables, used for every candidate.

    Args:
        seed: decides the draws and every luck, so that what happens on the bench can be repeated.
        draws: how many.
        tick: called after each answer.
    """

    def __init__(self, exercise: Exercise, seed: int, draws: int, tick: Callable[[], None] = lambda: None):
        self.exercise, self.tick = exercise, tick
        self.draws = [int(s) for s in np.random.SeedSequence(seed).generate_state(draws)]
        self._lucks = np.random.default_rng([seed, draws])

    @cached_property
    def tables(self) -> list[Table]:
        """What is known for each draw; the pairs, which are many, are left to whoever needs them."""
        return [self._table(draw) for draw in self.draws]

    def _table(self, draw: int) -> Table:
        exercise = self.exercise
        ours = self.answer(exercise.candidate, draw)
        # What is random is held against the reference's own, and that should not be the very same.
        random = [check for check in exercise.checks if check.summarize]
        again = ours | self._gather(exercise.candidate, draw, random)
        known = {REFERENCE: summary(exercise, again, ours)}
        for rival in exercise.misconceptions:
            known[rival.name] = summary(exercise, self.answer(rival.candidate, draw), ours)
        return Table(ours, known)

    @cached_property
    def _alone(self) -> list[Judge]:
        return [Judge(self.exercise, [table]) for table in self.tables]

    @cached_property
    def _together(self) -> list[Judge]:
        return [Judge(self.exercise, list(two)) for two in neighbours(self.tables)]

    @cached_property
    def seconds(self) -> float:
        """What the reference takes of the CPU for one draw."""
        begin = time.process_time()
        self._gather(self.exercise.candidate, self.draws[0], self.exercise.checks)
        return time.process_time() - begin

    def luck(self) -> int:
        """A seed for a candidate's own randomness, which none had before."""
        return int(self._lucks.integers(1 << 32))

    def answer(self, candidate: Candidate, draw: int) -> Answer:
        """What a candidate gives at every check for one draw."""
        self.tick()
        return self._gather(candidate, draw, self.exercise.checks)

    def answers_again(self, candidate: Candidate, known: list[Answer], tries: int) -> list[Answer]:
        """What a candidate that is known gives with another luck.

        Unless a check has a summary, luck should make no difference to its evidence. Where the first few
        draws show that it makes none, not in the last bit, the evidence for the others is taken as it was.

        Args:
            known: its summarized answers for all draws, or for the first of them.
            tries: for how many draws every check is tried again.
        """
        draws = self.draws[: len(known)]
        again = [self.answer(candidate, draw) for draw in draws[:tries]]
        lucky = [check for check in self.exercise.checks if _depends_on_luck(check, known[:tries], again)]
        for draw, before in zip(draws[tries:], known[tries:], strict=True):
            again.append(before | self._gather(candidate, draw, lucky))
        return again

    def _gather(self, candidate: Candidate, draw: int, checks: Iterable[Check]) -> Answer:
        """Each check has a luck of its own: `keep_kernels` keeps nothing where a luck comes again."""
        answer = {}
        for check in checks:
            answer[check.name] = gather(self.exercise, check, candidate, draw, self.luck())
        return answer

    def trial(self, candidate: Candidate) -> Trial:
        """Judge a candidate over all draws."""
        return self._judged([self.answer(candidate, draw) for draw in self.draws])

    def trial_again(self, rival: Rival) -> Trial:
        """Judge a misconception by what it gives with another luck than that by which it is known."""
        known = [table.known[rival.name] for table in self.tables]
        return self._judged(self.answers_again(rival.candidate, known, LUCK_DRAWS))

    def catches_sabotage(self, check: Check) -> bool:
        """Whether a probe notices the reference used as it should not be, on the first draws."""
        sabotage = sabotage_of(check.probe, self.exercise.kind)
        spoiled = replace(check, run=partial(check.run, sabotage=sabotage))
        for draw, table in zip(self.draws[:LUCK_DRAWS], self.tables, strict=False):
            given = gather(self.exercise, spoiled, self.exercise.candidate, draw, self.luck())
            found = summarize(check, given, table.ours[check.name])
            if same(check, found, table.known[REFERENCE][check.name]):
                return False
        return True

    def trial_of_nothing(self) -> Trial:
        """Judge whoever defines nothing, since the very cell raises."""
        nothing = Evidence({}, Failure("NotImplementedError"))
        answer = {check.name: nothing for check in self.exercise.checks}
        return self._judged([answer for _ in self.draws])

    def _judged(self, answers: list[Answer]) -> Trial:
        alone = [judge.verdict([given]) for judge, given in zip(self._alone, answers, strict=True)]
        together = []
        for judge, two in zip(self._together, neighbours(answers), strict=True):
            together.append(judge.verdict(list(two)))
        return Trial(answers, alone, together)

    def equal(self, a: Answer, b: Answer) -> bool:
        """Whether two summarized answers agree at every check."""
        return all(same(c, a[c.name], b[c.name]) for c in self.exercise.checks)

    def unsteady(self, answers: list[Answer], known: list[Answer], tables: list[Table]) -> str:
        """Where a candidate's evidence differs from its own with another luck, told in a sentence."""
        for given, other, table in zip(answers, known, tables, strict=True):
            for check in self.exercise.checks:
                before = other[check.name]
                found = summarize(check, given[check.name], table.ours[check.name])
                if not same(check, found, before):
                    how = explain(check, found, before).message
                    return f"{check.name!r} differs from one luck to another: {how}"
        return ""

    def where(self, draws: list[int]) -> str:
        """Where something happened: the first draw by its seed, and how many."""
        return f"at draw {self.draws[draws[0]]} ({len(draws)} of {len(self.draws)} draws)"


def neighbours(items: list) -> list[tuple]:
    """Each item with the next, the last with the first."""
    return list(zip(items, items[1:] + items[:1], strict=True))


def _depends_on_luck(check: Check, known: list[Answer], again: list[Answer]) -> bool:
    """Whether the evidence of a check may differ, were it gathered once more."""
    if check.summarize:
        return True
    before = [encode(answer[check.name]) for answer in known]
    after = [encode(answer[check.name]) for answer in again]
    return before != after


def _outcome(verdict: Verdict, check: Check) -> Outcome:
    return next(o for o in verdict.outcomes if o.check == check.name)
