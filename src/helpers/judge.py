"""Whose evidence does an answer's equal? That tells whether it is right, and what its author believes.

Naming never misleads. In this order: *whole*, exactly one misconception equals the answer on every check;
*pair*, exactly one double fault does; *parts*, disjoint misconceptions that together explain every ✗;
otherwise no name. Evidence that many different faults share (an error, nothing, no finite number) names
only as a whole, and errors only if they say the same.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from helpers.checks import Check, Checks
from helpers.compare import explain, mismatch, same, summarize
from helpers.evidence import Evidence

Answer = dict[str, Evidence]  # evidence by the check's name
REFERENCE = ""


@dataclass(frozen=True)
class Advice:
    """What a student who holds a misconception reads."""

    text: str = ""
    lecture: str = ""


@dataclass
class Table:
    """What the reference, each misconception and each pair of them give for one draw.

    `ours` is the reference's evidence as it came; everything else is summarized. `pairs` may be
    empty at first and filled by `add_pairs` when an answer needs them.
    """

    ours: Answer
    known: dict[str, Answer]  # by misconception; REFERENCE is the reference
    pairs: dict[tuple[str, str], Answer] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """One check's verdict. `message` tells what was given and expected; `names` what it looks like."""

    check: str
    points: float
    passed: bool
    message: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """All checks of one exercise. `how` is right, whole, pair, parts or unrecognized."""

    exercise: str
    outcomes: tuple[Outcome, ...]
    names: tuple[str, ...]
    how: str

    @property
    def points(self) -> float:
        return sum(o.points for o in self.outcomes if o.passed)

    @property
    def right(self) -> bool:
        return self.how == "right"


class Judge:
    """Judges answers to one exercise by tables for one or more draws; an answer must hold for all.

    Args:
        tables: one for each draw, in the order in which evidence will come.
        shown: how many of the first draws are public. A message never tells values of another.
    """

    def __init__(self, exercise: Checks, tables: Iterable[Table], shown: int | None = None):
        self.exercise, self.tables = exercise, list(tables)
        self.shown = len(self.tables) if shown is None else shown
        self.fails = {
            name: self._differ(self._known(name), self._known(REFERENCE)) for name in self.tables[0].known
        }

    def verdict(self, evidence: list[Answer]) -> Verdict:
        """Judge one answer.

        Args:
            evidence: for each draw, what `gather` returned for each check; one that is missing fails.
        """
        answer = [
            {
                c.name: summarize(c, given.get(c.name, _NOTHING), table.ours[c.name])
                for c in self.exercise.checks
            }
            for given, table in zip(evidence, self.tables, strict=True)
        ]
        wrong = self._differ(answer, self._known(REFERENCE))
        names, how = self._name(answer, wrong)
        return Verdict(
            self.exercise.name,
            tuple(self._outcome(c, answer, c.name in wrong, names, how) for c in self.exercise.checks),
            names,
            how,
        )

    def _name(self, answer: list[Answer], wrong: frozenset[str]) -> tuple[tuple[str, ...], str]:
        if not wrong:
            return (), "right"
        misconceptions = [name for name in self.fails if name != REFERENCE]
        whole = [name for name in misconceptions if self._equal(answer, self._known(name))]
        informs = any(self._informs(answer, check) for check in wrong)
        if len(whole) == 1 and (informs or self._says_the_same(answer, self._known(whole[0]), wrong)):
            return (whole[0],), "whole"
        if whole or not informs:
            return (), "unrecognized"
        pairs = [p for p in self.tables[0].pairs if self._equal(answer, [t.pairs[p] for t in self.tables])]
        if len(pairs) == 1:
            return pairs[0], "pair"
        parts = [name for name in misconceptions if self._is_part(name, answer, wrong)]
        parts = [p for p in parts if not any(self.fails[p] < self.fails[q] for q in parts)]
        explained = [check for name in parts for check in self.fails[name]]
        if parts and len(explained) == len(wrong) and frozenset(explained) == wrong:  # each ✗ once
            return tuple(parts), "parts"
        return (), "unrecognized"

    def _says_the_same(self, answer: list[Answer], known: list[Answer], wrong: frozenset[str]) -> bool:
        """Whether all errors agree in their words: a TypeError may come from anything."""
        both = [
            (given[c].failure, misled[c].failure)
            for given, misled in zip(answer, known, strict=True)
            for c in wrong
        ]
        return all(a is None or b is None or _words(a.message) == _words(b.message) for a, b in both)

    def _is_part(self, name: str, answer: list[Answer], wrong: frozenset[str]) -> bool:
        """Whether a misconception fails some of the wrong checks, and there equals the answer."""
        fails = self.fails[name]
        if not fails < wrong or self._differ(answer, self._known(name)) & fails:
            return False
        return any(self._informs(answer, check) for check in fails)

    def _outcome(self, check: Check, answer: list[Answer], wrong: bool, names: tuple, how: str) -> Outcome:
        if not wrong:
            return Outcome(check.name, check.points, True)
        explaining = tuple(n for n in names if check.name in self.fails[n]) or (
            names if how == "pair" else ()
        )
        return Outcome(check.name, check.points, False, self._message(check, answer), explaining)

    def _message(self, check: Check, answer: list[Answer]) -> str:
        for draw, (table, given) in enumerate(zip(self.tables, answer, strict=True)):
            expected, found = table.known[REFERENCE][check.name], given[check.name]
            if not same(check, found, expected):
                if draw < self.shown:
                    # evidence of another form was not summarized, so it is held against what was not either
                    return explain(
                        check, found, table.ours[check.name] if mismatch(found, expected) else expected
                    )
                if found.failure:
                    return f"right for the inputs in the notebook; for fresh ones your code raised {found.failure.type}"
                return "right for the inputs in the notebook, wrong for fresh ones"
        return ""

    def _known(self, name: str) -> list[Answer]:
        return [table.known[name] for table in self.tables]

    def _equal(self, a: list[Answer], b: list[Answer]) -> bool:
        """As `not _differ`, but done at the first difference: there are many pairs."""
        return all(
            same(c, x[c.name], y[c.name]) for c in self.exercise.checks for x, y in zip(a, b, strict=True)
        )

    def _differ(self, a: list[Answer], b: list[Answer]) -> frozenset[str]:
        return frozenset(
            c.name
            for c in self.exercise.checks
            if not all(same(c, x[c.name], y[c.name]) for x, y in zip(a, b, strict=True))
        )

    def _informs(self, answer: list[Answer], check: str) -> bool:
        return all(
            informative(given[check], table.known[REFERENCE][check])
            for given, table in zip(answer, self.tables, strict=True)
        )


_NOTHING = Evidence({})


def _words(message: str) -> list[str]:
    """A message without what differs from call to call: sizes, addresses, the number in `dense_3`."""
    return re.findall(r"[^\W\d_]+", re.sub(r"0x[0-9a-f]+", "", message))


def informative(evidence: Evidence, expected: Evidence) -> bool:
    """Whether evidence can point to a cause: it holds a finite number, not all zero, in the expected shape."""
    return not evidence.failure and any(
        _tells(value, expected.arrays.get(key)) for key, value in evidence.arrays.items()
    )


def _tells(value: object, wanted: object) -> bool:
    if isinstance(value, np.ndarray) and isinstance(wanted, np.ndarray):
        return value.shape == wanted.shape and bool(np.any(value) and np.isfinite(value).any())
    return isinstance(value, str) and isinstance(wanted, str)
