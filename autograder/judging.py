"""From a child's evidence, which nobody believes, to a verdict about one exercise.

A score rests on the reference alone. The misconceptions that could explain a wrong answer are found by the tables
of the public draws, which the build has made, and only those are tried on the secret draw.
"""

import threading
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from autograder.extract import file_of
from autograder.kernels import StepResult
from autograder.tables import PUBLIC_DRAWS, add_pairs, answer, summary, tabulate
from helpers.checks import Check
from helpers.compare import same, summarize
from helpers.evidence import Evidence, decode
from helpers.judge import REFERENCE, Answer, Judge, Table, Verdict
from helpers.tables import load
from solutions.exercise import Exercise

PUBLIC = PUBLIC_DRAWS[0]  # the public draw that grading runs as well, so that a message can tell values
Pair = tuple[str, str]
NOTHING = Evidence({})


@dataclass
class Found:
    """What a child gave for one exercise. `reasons` says by check why there is no evidence that can be judged."""

    answers: list[Answer]
    reasons: dict[str, str] = field(default_factory=dict)


def read(
    exercise: Exercise, draws: Sequence[int], result: StepResult | None, cell: StepResult | None
) -> Found:
    """Decode the evidence about an exercise.

    Args:
        result: of the step that ran its checks; None if that was not reached.
        cell: of its solution cell.
    """
    found = Found([{} for _ in draws])
    raised = cell.failure if cell else None
    for check in exercise.checks:
        for answers, draw in zip(found.answers, draws, strict=True):
            data = result.evidence.get((check.name, draw)) if result else None
            if data is not None:
                try:
                    answers[check.name] = decode(data)
                except ValueError as error:
                    found.reasons[check.name] = f"your code gave something that cannot be judged: {error}"
            elif result and result.failure:  # an object is not defined, most likely since its cell raised
                answers[check.name] = Evidence({}, raised or result.failure)
            else:
                found.reasons.setdefault(check.name, _why(result, cell))
    return found


def _why(result: StepResult | None, cell: StepResult | None) -> str:
    if cell and cell.died:
        return f"the cell with your answer was stopped: {cell.died}"
    if result and result.died:
        return f"your code was stopped: {result.died}"
    return "this was not reached: the notebook was stopped before"


class Known:
    """What is known of each exercise for each draw, made as far as answers ask for it. May be shared by threads.

    Args:
        published: folders with a unit's `.evidence` files; the first that has an exercise's is used.
    """

    def __init__(self, published: Iterable[Path] = ()):
        self.published = list(published)
        warnings.filterwarnings("ignore", module=r"keras\.")  # misconceptions earn them on purpose
        self._lock = threading.RLock()
        self._ours: dict[tuple[str, int], Table] = {}
        self._index: dict[str, Table] = {}

    def verdict(self, exercise: Exercise, draws: Sequence[int], found: Found) -> Verdict:
        """Judge one answer.

        Args:
            draws: the public one first.
        """
        with self._lock, np.errstate(all="ignore"):
            tables = [self._reference(exercise, draw) for draw in draws]
            verdict = self._judge(exercise, tables, found, (), ())
            if verdict.right or not any(found.answers):
                return verdict
            wrong = frozenset(o.check for o in verdict.outcomes if not o.passed)
            index = self._public(exercise)
            given = {
                c.name: summarize(c, found.answers[0].get(c.name, NOTHING), index.ours[c.name])
                for c in exercise.checks
            }
            names = [n for n in index.known if n != REFERENCE and _may_be(exercise, given, index, n, wrong)]
            verdict = self._judge(exercise, self._with(exercise, tables, draws, names), found, names, ())
            if verdict.how == "whole":
                return verdict
            if not index.pairs:
                add_pairs(index, exercise, PUBLIC)
            pairs = [p for p, a in index.pairs.items() if not _differ(exercise.checks, given, a)]
            names = list(dict.fromkeys([*names, *(name for pair in pairs for name in pair)]))
            return self._judge(
                exercise, self._with(exercise, tables, draws, names, pairs), found, names, pairs
            )

    def _judge(
        self,
        exercise: Exercise,
        tables: list[Table],
        found: Found,
        names: Sequence[str],
        pairs: Sequence[Pair],
    ) -> Verdict:
        chosen = [
            Table(t.ours, {n: t.known[n] for n in (REFERENCE, *names)}, {p: t.pairs[p] for p in pairs})
            for t in tables
        ]
        verdict = Judge(exercise, chosen, shown=1).verdict(found.answers)
        told = [
            replace(o, message=found.reasons[o.check]) if o.check in found.reasons and not o.passed else o
            for o in verdict.outcomes
        ]
        return replace(verdict, outcomes=tuple(told))

    def _reference(self, exercise: Exercise, draw: int) -> Table:
        key = exercise.name, draw
        if key not in self._ours:
            ours = answer(exercise, exercise.candidate, draw, luck=1)
            again = answer(exercise, exercise.candidate, draw, luck=2)
            self._ours[key] = Table(ours, {REFERENCE: summary(exercise, again, ours)})
        return self._ours[key]

    def _with(
        self,
        exercise: Exercise,
        tables: list[Table],
        draws: Sequence[int],
        names: Sequence[str],
        pairs: Sequence[Pair] = (),
    ) -> list[Table]:
        """Try some misconceptions and pairs on each draw, unless that has been done."""
        rivals = {m.name: m for m in exercise.misconceptions}
        sources = dict(exercise.pairs()) if pairs else {}
        for table, draw in zip(tables, draws, strict=True):
            for number, name in enumerate(names, 3):
                if name in rivals and name not in table.known:
                    given = answer(exercise, rivals[name].candidate, draw, luck=number)
                    table.known[name] = summary(exercise, given, table.ours)
            for number, pair in enumerate(pairs, 1000):
                if pair in sources and pair not in table.pairs:
                    given = answer(exercise, exercise.make(sources[pair]), draw, luck=number)
                    table.pairs[pair] = summary(exercise, given, table.ours)
        return tables

    def _public(self, exercise: Exercise) -> Table:
        """What may explain an answer, for the first public draw: as published, if it was, else made now.

        It only points out what to try; if it is out of date, a name is missing in a card, and nothing is wrong.
        """
        if exercise.name not in self._index:
            name = file_of(exercise).with_suffix(".evidence").name
            tables = (_published(exercise, folder / name) for folder in self.published)
            table = next((t for t in tables if t), None)
            self._index[exercise.name] = table or tabulate(exercise, PUBLIC, pairs=False)
        return self._index[exercise.name]


def _published(exercise: Exercise, file: Path) -> Table | None:
    """The first public draw's table, if the file has one that fits the exercise."""
    try:
        published = load(file)
    except (OSError, ValueError):
        return None
    table = dict(zip(published.draws, published.tables, strict=False)).get(PUBLIC)
    names = {REFERENCE, *(m.name for m in exercise.misconceptions)}
    checks = {c.name for c in exercise.checks}
    return table if table and table.known.keys() == names and table.ours.keys() == checks else None


def _may_be(
    exercise: Exercise, given: Mapping[str, Evidence], index: Table, name: str, wrong: frozenset[str]
) -> bool:
    """Whether an answer equals a misconception wherever that one differs from the reference."""
    known, right = index.known[name], index.known[REFERENCE]
    fails = [c for c in exercise.checks if not same(c, known[c.name], right[c.name])]
    return not _differ(fails, given, known) and {c.name for c in fails} <= wrong


def _differ(checks: Iterable[Check], a: Mapping[str, Evidence], b: Mapping[str, Evidence]) -> bool:
    return not all(same(c, a[c.name], b[c.name]) for c in checks)
