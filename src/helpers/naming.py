"""Which misconception does a wrong answer look like? A name never misleads.

In this order: *whole*, exactly one misconception equals the answer on every check; *pair*, exactly one double
fault does; *parts*, disjoint misconceptions that together explain every ✗; *mutant*, the reference with one small
change does, of which the kind is told; *first*, exactly one misconception equals the answer at the first ✗ and at half
of its others, and fails nothing that the answer passes; otherwise *unrecognized*. Evidence that many different faults share (an
error, nothing, no finite number) names only as a whole, and errors only if they say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.checks import Check, Checks
from helpers.compare import close_to, same, say_the_same
from helpers.evidence import Evidence, Value
from helpers.table import REFERENCE, Answer, Table

# So many different numbers at one check are specific to a misconception.
SPECIFIC = 4


@dataclass(frozen=True)
class Named:
    """What a wrong answer looks like.

    Attributes:
        names: the misconceptions.
        how: right, whole, pair, parts, probes, mutant, first or unrecognized.
        change: how it differs from a right answer, if that is one small change.
    """

    names: tuple[str, ...] = ()
    how: str = "unrecognized"
    change: str = ""


class Naming:
    """Names answers to one exercise by tables for one or more draws.

    Args:
        exercise: the exercise.
        tables: one for each draw.
    """

    def __init__(self, exercise: Checks, tables: Sequence[Table]) -> None:
        self.exercise = exercise
        self.tables = tables
        self.right = self._known(REFERENCE)
        self._misconceptions = [name for name in self.tables[0].known if name != REFERENCE]
        # By misconception: the checks that it fails.
        self.fails = {name: self.differ(self._known(name), self.right) for name in self._misconceptions}

    def name(self, answer: list[Answer], wrong: frozenset[str]) -> Named:
        """The misconceptions that an answer looks like, and how they explain it.

        Args:
            answer: summarized, for each draw.
            wrong: the checks that it fails.
        """
        if not wrong:
            return Named(how="right")
        informs = any(self._informs(answer, check) for check in wrong)

        equal = [name for name in self._misconceptions if self._equal(answer, self._known(name))]
        if len(equal) == 1 and (informs or self._says_the_same(answer, equal[0], wrong)):
            return Named((equal[0],), "whole")
        if equal or not informs:
            return Named()

        pairs = [pair for pair in self.tables[0].pairs if self._equal(answer, self._double_fault(pair))]
        if len(pairs) == 1:
            return Named(pairs[0], "pair")

        parts = self._parts(answer, wrong)
        if parts:
            return Named(parts, "parts")

        change = self._change(answer, wrong)
        if change:
            return Named((), "mutant", change)

        first = self._first(answer, wrong)
        if first:
            return Named((first,), "first")
        return Named()

    def differ(self, a: list[Answer], b: list[Answer]) -> frozenset[str]:
        """The checks on which two answers differ, on whatever draw.

        Args:
            a: one of them, summarized, for each draw.
            b: the other.
        """
        return frozenset(check.name for check in self.exercise.checks if not self._equal_at(check, a, b))

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
        if self.differ(answer, self._known(name)) & fails:
            return False
        return any(self._informs(answer, check) for check in fails)

    def _is_within_another(self, name: str, others: list[str]) -> bool:
        """Whether another misconception fails all that this one does, and more."""
        return any(self.fails[name] < self.fails[other] for other in others)

    def _change(self, answer: list[Answer], wrong: frozenset[str]) -> str:
        """The kind of the one small change by which the reference would be the answer; "" if there is none."""
        for i, changed in enumerate(self.tables[0].changed):
            if frozenset(changed.gives) != wrong:
                continue
            if all(
                self._equals_change(given, table, i) for given, table in zip(answer, self.tables, strict=True)
            ):
                return changed.change
        return ""

    def _equals_change(self, given: Answer, table: Table, i: int) -> bool:
        """Whether an answer is what a small change gives, as far as that is known for a draw."""
        if not table.changed:
            return True
        gives = table.changed[i].gives
        right = table.known[REFERENCE]
        for check in self.exercise.checks:
            expected = gives.get(check.name, right[check.name])
            if not same(check, given[check.name], expected):
                return False
        return True

    def _first(self, answer: list[Answer], wrong: frozenset[str]) -> str:
        """The one misconception that equals an answer at its first ✗; "" if that could mislead."""
        first = next(check for check in self.exercise.checks if check.name in wrong)
        if not self._informs(answer, first.name):
            return ""
        equal = []
        for name in self._misconceptions:
            if first.name in self.fails[name] and self._equal_at(first, answer, self._known(name)):
                equal.append(name)
        if len(equal) != 1 or not self.fails[equal[0]] <= wrong:
            return ""
        # Elsewhere it would be the work of another mistake: not mostly, or the name is not the answer's.
        differing = self.differ(answer, self._known(equal[0])) & self.fails[equal[0]]
        if 2 * len(differing) > len(self.fails[equal[0]]):
            return ""
        numbers = 0
        for given, right in zip(answer, self.right, strict=True):
            for key, expected in right[first.name].arrays.items():
                found = given[first.name].arrays[key]
                if isinstance(found, np.ndarray) and _differ(first, key, found, expected):
                    numbers += np.unique(found).size
        if numbers < SPECIFIC * len(answer):
            return ""
        return equal[0]

    def _known(self, name: str) -> list[Answer]:
        """What a misconception, or the reference, gives for each draw."""
        return [table.known[name] for table in self.tables]

    def _double_fault(self, pair: tuple[str, str]) -> list[Answer]:
        return [table.pairs[pair] for table in self.tables]

    def _equal(self, a: list[Answer], b: list[Answer]) -> bool:
        """As `not differ`, but done at the first difference: there are many pairs."""
        return all(self._equal_at(check, a, b) for check in self.exercise.checks)

    def _equal_at(self, check: Check, a: list[Answer], b: list[Answer]) -> bool:
        return all(same(check, x[check.name], y[check.name]) for x, y in zip(a, b, strict=True))

    def _informs(self, answer: list[Answer], check: str) -> bool:
        """Whether what an answer gives at a check can point to a cause, on every draw."""
        return all(
            informative(given[check], right[check]) for given, right in zip(answer, self.right, strict=True)
        )


def _differ(check: Check, key: str, found: np.ndarray, expected: Value) -> bool:
    """Whether an array of some evidence is another one than expected, in shape or in values."""
    if not isinstance(expected, np.ndarray) or found.shape != expected.shape:
        return True
    return not bool(close_to(check, key, found, expected).all())


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
