"""Whose evidence does an answer's equal? That tells whether it is right, and what its author believes.

Naming never misleads. In this order: *whole*, exactly one misconception equals the answer on every check;
*pair*, exactly one double fault does; *parts*, disjoint misconceptions that together explain every ✗;
*probes*, what the failed probes mean whatever the answer; otherwise no name. Evidence that many different
faults share (an error, nothing, no finite number) names only as a whole, and errors only if they say the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from helpers.checks import Check, Checks
from helpers.compare import Difference, explain, mismatch, same, say_the_same, summarize
from helpers.evidence import Evidence, Value
from helpers.verdict import Kind, Outcome, Verdict

# Evidence by the check's name.
Answer = dict[str, Evidence]
REFERENCE = ""
NOTHING = Evidence({})
UNRECOGNIZED: tuple[tuple[str, ...], str] = ((), "unrecognized")


@dataclass
class Table:
    """What the reference, each misconception and each pair of them give for one draw.

    Attributes:
        ours: the reference's evidence as it came; everything else is summarized.
        known: answers by the misconception that gives them; `REFERENCE` is the reference's.
        pairs: answers of double faults; may be empty at first, and filled when an answer needs them.
    """

    ours: Answer
    known: dict[str, Answer]
    pairs: dict[tuple[str, str], Answer] = field(default_factory=dict)


class Judge:
    """Judges answers to one exercise by tables for one or more draws; an answer must hold for all.

    Args:
        exercise: the exercise.
        tables: one for each draw, in the order in which evidence will come.
        shown: how many of the first draws are public; by default all. A message never tells values of
            another.
    """

    def __init__(self, exercise: Checks, tables: Iterable[Table], shown: int | None = None) -> None:
        self.exercise = exercise
        self.tables = list(tables)
        self.shown = len(self.tables) if shown is None else shown
        self._right = self._known(REFERENCE)
        self._misconceptions = [name for name in self.tables[0].known if name != REFERENCE]
        # By misconception: the checks that it fails.
        self.fails = {name: self._differ(self._known(name), self._right) for name in self._misconceptions}

    def verdict(self, evidence: list[Answer]) -> Verdict:
        """Judge one answer.

        Args:
            evidence: for each draw, what `gather` returned for each check; one that is missing fails.
        Returns:
            The verdict, its outcomes in the exercise's order of checks.
        Raises:
            ValueError: if there is evidence for more or fewer draws than there are tables.
        """
        answer = [self._summarized(given, table) for given, table in zip(evidence, self.tables, strict=True)]
        wrong = self._differ(answer, self._right)
        names, how = self._name(answer, wrong)
        mistakes = self._mistakes(answer, wrong) if how == "unrecognized" else {}
        if mistakes:
            names, how = tuple(mistakes.values()), "probes"
        outcomes = []
        for check in self.exercise.checks:
            if check.name in mistakes:
                outcomes.append(self._failed(check, answer, (mistakes[check.name],), how))
            elif check.name in wrong and mistakes:
                outcomes.append(self._failed(check, answer, (), how))
            elif check.name in wrong:
                outcomes.append(self._failed(check, answer, names, how))
            else:
                outcomes.append(Outcome(check.name, check.points, Kind.PASSED))
        return Verdict(self.exercise.name, tuple(outcomes), names, how)

    def _mistakes(self, answer: list[Answer], wrong: frozenset[str]) -> dict[str, str]:
        """What the failed probes mean: a probe looks at one property, whatever the values.

        One that raised tells something of that property only where the answer works otherwise.
        """
        broken = any(self._raises(check.name, answer) for check in self.exercise.checks if not check.probe)
        mistakes = {}
        for check in self.exercise.checks:
            if not check.mistake or check.name not in wrong:
                continue
            if not (broken and self._raises(check.name, answer)):
                mistakes[check.name] = check.mistake
        return mistakes

    def _raises(self, check: str, answer: list[Answer]) -> bool:
        return any(given[check].failure is not None for given in answer)

    def _summarized(self, given: Answer, table: Table) -> Answer:
        answer = {}
        for check in self.exercise.checks:
            theirs = given.get(check.name, NOTHING)
            answer[check.name] = summarize(check, theirs, table.ours[check.name])
        return answer

    def _name(self, answer: list[Answer], wrong: frozenset[str]) -> tuple[tuple[str, ...], str]:
        """The misconceptions that an answer looks like, and how they explain it."""
        if not wrong:
            return (), "right"
        informs = any(self._informs(answer, check) for check in wrong)

        equal = [name for name in self._misconceptions if self._equal(answer, self._known(name))]
        if len(equal) == 1 and (informs or self._says_the_same(answer, equal[0], wrong)):
            return (equal[0],), "whole"
        if equal or not informs:
            return UNRECOGNIZED

        pairs = [pair for pair in self.tables[0].pairs if self._equal(answer, self._double_fault(pair))]
        if len(pairs) == 1:
            return pairs[0], "pair"

        parts = self._parts(answer, wrong)
        if parts:
            return parts, "parts"
        return UNRECOGNIZED

    def _says_the_same(self, answer: list[Answer], name: str, wrong: frozenset[str]) -> bool:
        """Whether all errors are a misconception's in their words: a TypeError may come from anything."""
        for given, known in zip(answer, self._known(name), strict=True):
            for check in wrong:
                if not say_the_same(given[check].failure, known[check].failure):
                    return False
        return True

    def _parts(self, answer: list[Answer], wrong: frozenset[str]) -> tuple[str, ...]:
        """The misconceptions that together explain each ✗ once; () if they do not."""
        parts = [name for name in self._misconceptions if self._is_part(name, answer, wrong)]
        largest = [name for name in parts if not self._is_within_another(name, parts)]
        explained = [check for name in largest for check in self.fails[name]]
        if sorted(explained) == sorted(wrong):
            return tuple(largest)
        return ()

    def _is_part(self, name: str, answer: list[Answer], wrong: frozenset[str]) -> bool:
        """Whether a misconception fails some of the wrong checks, and there equals the answer."""
        fails = self.fails[name]
        if not fails < wrong:
            return False
        if self._differ(answer, self._known(name)) & fails:
            return False
        return any(self._informs(answer, check) for check in fails)

    def _is_within_another(self, name: str, others: list[str]) -> bool:
        """Whether another misconception fails all that this one does, and more."""
        return any(self.fails[name] < self.fails[other] for other in others)

    def _failed(self, check: Check, answer: list[Answer], names: tuple[str, ...], how: str) -> Outcome:
        explaining = tuple(name for name in names if check.name in self.fails.get(name, ()))
        # Two faults at once may fail a check that neither fails alone.
        if not explaining and how in ("pair", "probes"):
            explaining = names
        difference = self._difference(check, answer)
        return Outcome(
            check.name,
            check.points,
            difference.kind,
            difference.message,
            explaining,
            difference.clue,
            difference.gist,
        )

    def _difference(self, check: Check, answer: list[Answer]) -> Difference:
        """How an answer differs on the first draw on which it does; no values of a draw that is not public."""
        draw = next(i for i, given in enumerate(answer) if not self._right_at(check, i, given))
        found, expected = answer[draw][check.name], self._right[draw][check.name]
        if draw >= self.shown:
            return _difference_on_fresh_inputs(found)
        # Evidence of another form was not summarized, so it is held against what was not either.
        if mismatch(found, expected):
            expected = self.tables[draw].ours[check.name]
        return explain(check, found, expected)

    def _right_at(self, check: Check, draw: int, given: Answer) -> bool:
        return same(check, given[check.name], self._right[draw][check.name])

    def _known(self, name: str) -> list[Answer]:
        """What a misconception, or the reference, gives for each draw."""
        return [table.known[name] for table in self.tables]

    def _double_fault(self, pair: tuple[str, str]) -> list[Answer]:
        return [table.pairs[pair] for table in self.tables]

    def _equal(self, a: list[Answer], b: list[Answer]) -> bool:
        """As `not _differ`, but done at the first difference: there are many pairs."""
        return all(self._equal_at(check, a, b) for check in self.exercise.checks)

    def _differ(self, a: list[Answer], b: list[Answer]) -> frozenset[str]:
        """The checks on which two answers differ, on whatever draw."""
        return frozenset(check.name for check in self.exercise.checks if not self._equal_at(check, a, b))

    def _equal_at(self, check: Check, a: list[Answer], b: list[Answer]) -> bool:
        return all(same(check, x[check.name], y[check.name]) for x, y in zip(a, b, strict=True))

    def _informs(self, answer: list[Answer], check: str) -> bool:
        """Whether what an answer gives at a check can point to a cause, on every draw."""
        return all(
            informative(given[check], right[check]) for given, right in zip(answer, self._right, strict=True)
        )


def _difference_on_fresh_inputs(evidence: Evidence) -> Difference:
    if evidence.failure:
        raised = f"for fresh ones your code raised {evidence.failure.type}"
        return Difference(Kind.RAISED, f"right for the inputs in the notebook; {raised}")
    return Difference(Kind.WRONG_VALUE, "right for the inputs in the notebook, wrong for fresh ones")


def informative(evidence: Evidence, expected: Evidence) -> bool:
    """Whether evidence can point to a cause: it holds a finite number, not all zero, in the expected shape.

    Args:
        evidence: what an answer gave at a check.
        expected: what the reference gave there.
    Returns:
        True if some array or text of it could; False for a failure.
    """
    if evidence.failure:
        return False
    return any(_tells(value, expected.arrays.get(key)) for key, value in evidence.arrays.items())


def _tells(value: Value, wanted: Value | None) -> bool:
    match value, wanted:
        case str(), str():
            return True
        case np.ndarray(), np.ndarray() if value.shape == wanted.shape:
            return bool(np.any(value) and np.isfinite(value).any())
    return False
