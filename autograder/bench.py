"""The bench on which an exercise is tried: its draws, their tables, and the judges, each made once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from autograder.tables import summary
from helpers.checks import Candidate, Check, gather
from helpers.compare import explain, same, summarize
from helpers.evidence import Evidence, Failure
from helpers.judge import REFERENCE, Answer, Judge, Table, Verdict
from solutions.exercise import Exercise


@dataclass
class Trial:
    """One candidate's answers to all draws, judged as in grading and more strictly: also by single draws."""

    answers: list[Answer]
    alone: list[Verdict]  # by one draw
    together: list[Verdict]  # by each draw and the next

    @property
    def scores(self) -> list[float]:
        return [verdict.points for verdict in self.alone]

    def fails(self, check: Check) -> list[int]:
        """The indices of the draws for which a check fails."""
        return [i for i, v in enumerate(self.alone) if not _outcome(v, check).passed]

    def passes(self, check: Check) -> list[int]:
        return [i for i, v in enumerate(self.alone) if _outcome(v, check).passed]

    def message(self, check: Check, draw: int) -> str:
        return _outcome(self.alone[draw], check).message


class Bench:
    """An exercise with its draws and their tables, used for every candidate.

    Args:
        seed: decides the draws and every luck, so that what happens on the bench can be repeated.
        tick: called after each answer.
    """

    def __init__(self, exercise: Exercise, seed: int, draws: int, tick: Callable[[], None] = lambda: None):
        self.exercise, self.tick = exercise, tick
        self.draws = [int(s) for s in np.random.SeedSequence(seed).generate_state(draws)]
        self._lucks = np.random.default_rng([seed, draws])

    @cached_property
    def tables(self) -> list[Table]:
        return [self._table(draw) for draw in self.draws]

    def _table(self, draw: int) -> Table:
        """What is known for a draw; the pairs, which are many, are left to whoever needs them."""
        ours = self._gather(self.exercise.candidate, draw)
        candidates = {REFERENCE: self.exercise.candidate}
        for rival in self.exercise.misconceptions:
            candidates[rival.name] = rival.candidate
        known = {}
        for name, candidate in candidates.items():
            known[name] = summary(self.exercise, self.answer(candidate, draw), ours)
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
        self._gather(self.exercise.candidate, self.draws[0])
        return time.process_time() - begin

    def luck(self) -> int:
        return int(self._lucks.integers(1 << 32))

    def answer(self, candidate: Candidate, draw: int) -> Answer:
        """What a candidate gives at every check for one draw."""
        self.tick()
        return self._gather(candidate, draw)

    def _gather(self, candidate: Candidate, draw: int) -> Answer:
        """Each check has a luck of its own: `keep_kernels` keeps nothing where a luck comes again."""
        answer = {}
        for check in self.exercise.checks:
            answer[check.name] = gather(self.exercise, check, candidate, draw, self.luck())
        return answer

    def trial(self, candidate: Candidate | None) -> Trial:
        """Judge a candidate over all draws; None is one whose very definition raises."""
        if candidate is None:
            nothing = Evidence({}, Failure("NotImplementedError"))
            answers = [{check.name: nothing for check in self.exercise.checks} for _ in self.draws]
        else:
            answers = [self.answer(candidate, draw) for draw in self.draws]
        alone = [judge.verdict([given]) for judge, given in zip(self._alone, answers, strict=True)]
        pairs = zip(self._together, neighbours(answers), strict=True)
        return Trial(answers, alone, [judge.verdict(list(two)) for judge, two in pairs])

    def equal(self, a: Answer, b: Answer) -> bool:
        """Whether two summarized answers agree at every check."""
        return all(same(c, a[c.name], b[c.name]) for c in self.exercise.checks)

    def unsteady(self, answers: list[Answer], known: list[Answer], tables: list[Table]) -> str:
        """Where a candidate's evidence differs from its own with another luck, told in a sentence."""
        for given, other, table in zip(answers, known, tables, strict=True):
            for c in self.exercise.checks:
                found = summarize(c, given[c.name], table.ours[c.name])
                if not same(c, found, other[c.name]):
                    return f"{c.name!r} differs from one luck to another: {explain(c, found, other[c.name])}"
        return ""

    def where(self, draws: list[int]) -> str:
        """Where something happened: the first draw by its seed, and how many."""
        return f"at draw {self.draws[draws[0]]} ({len(draws)} of {len(self.draws)} draws)"


def neighbours(items: list) -> list[tuple]:
    """Each item with the next, the last with the first."""
    return list(zip(items, items[1:] + items[:1], strict=True))


def _outcome(verdict: Verdict, check: Check):
    return next(o for o in verdict.outcomes if o.check == check.name)
