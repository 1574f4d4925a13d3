"""From a child's evidence, which nobody believes, to a verdict about one exercise.

A score rests on the reference alone. The misconceptions that could explain a wrong answer are found by what is
known for the public draw, which the build has made, and only those are tried on the secret draw.
"""

import logging
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from helpers.judge import REFERENCE, Answer, Judge, Table
from helpers.published import load
from helpers.seeding import keep_kernels
from helpers.verdict import Kind, Outcome, Verdict

PUBLIC = PUBLIC_DRAWS[0]  # the public draw that grading runs as well, so that a message can tell values
Pair = tuple[str, str]
NOTHING = Evidence({})


@dataclass(frozen=True)
class Reason:
    """Why there is no evidence of a check that can be judged."""

    kind: Kind
    message: str


@dataclass
class Found:
    """What a child gave for one exercise; `reasons` are by the check's name."""

    answers: list[Answer]
    reasons: dict[str, Reason] = field(default_factory=dict)


class Known:
    """What is known of each exercise for each draw, made as far as answers ask for it. May be shared by threads.

    Args:
        published: folders of notebooks; evidence in them that is recorded as made from the sources as they
            are is used for the public draw, and what is not there is made.
    """

    def __init__(self, published: Iterable[Path] = ()):
        warnings.filterwarnings("ignore", module=r"keras\.")  # misconceptions earn them on purpose
        logging.getLogger("tensorflow").setLevel(logging.ERROR)  # so are functions traced anew
        keep_kernels()
        self._files = {made_from: file for tree in published for made_from, file in recorded(tree).items()}
        self._tables: dict[tuple[str, int], Table] = {}

    def verdict(self, exercise: Exercise, draws: Sequence[int], found: Found) -> Verdict:
        """Judge one answer.

        Args:
            draws: the public one first.
        """
        with ALONE, np.errstate(all="ignore"):
            tables = [self._table(exercise, draw) for draw in draws]
            verdict = _judge(exercise, tables, found)
            if verdict.right or not any(found.answers):
                return verdict
            public, wrong = tables[0], {o.check for o in verdict.outcomes if not o.passed}
            _complete(public, exercise, draws[0], [m.name for m in exercise.misconceptions])
            given = {
                c.name: summarize(c, found.answers[0].get(c.name, NOTHING), public.ours[c.name])
                for c in exercise.checks
            }
            names = [
                m.name for m in exercise.misconceptions if _may_be(exercise, given, public, m.name, wrong)
            ]
            for table, draw in zip(tables[1:], draws[1:], strict=True):
                _complete(table, exercise, draw, names, like=public)
            verdict = _judge(exercise, tables, found, names)
            if verdict.how == "whole":
                return verdict
            if not public.pairs:
                add_pairs(public, exercise, draws[0])
            pairs = [p for p, known in public.pairs.items() if not _differ(exercise.checks, given, known)]
            names += [name for pair in pairs for name in pair if name not in names]
            for table, draw in zip(tables[1:], draws[1:], strict=True):
                _complete(table, exercise, draw, names, pairs, like=public)
            return _judge(exercise, tables, found, names, pairs)

    def _table(self, exercise: Exercise, draw: int) -> Table:
        """What is known for one draw so far: the reference, and whatever was tried already."""
        key = exercise.name, draw
        if key not in self._tables:
            file = self._files.get(state(exercise)) if draw in PUBLIC_DRAWS else None
            if file:
                published = load(file)
                self._tables[key] = published.tables[published.draws.index(draw)]
            else:
                ours = _answer(exercise, exercise.checks, exercise.candidate, draw, luck=1)
                random = [c for c in exercise.checks if c.summarize]  # the others give the same once more
                again = ours | _answer(exercise, random, exercise.candidate, draw, luck=2)
                self._tables[key] = Table(ours, {REFERENCE: summary(exercise, again, ours)})
        return self._tables[key]


def _complete(
    table: Table,
    exercise: Exercise,
    draw: int,
    names: Collection[str],
    pairs: Collection[Pair] = (),
    like: Table | None = None,
) -> None:
    """Try some misconceptions and pairs on a draw, unless that has been done.

    Args:
        like: what is known for the public draw. A check that a misconception passes there is not run again.
    """

    def tried(candidate: Candidate, luck: int, seen: Answer) -> Answer:
        right = like.known[REFERENCE] if like else {}
        checks = [c for c in exercise.checks if not like or not same(c, seen[c.name], right[c.name])]
        given = _answer(exercise, checks, candidate, draw, luck)
        return table.known[REFERENCE] | {
            c.name: summarize(c, given[c.name], table.ours[c.name]) for c in checks
        }

    for luck, rival in enumerate(exercise.misconceptions, 3):
        if rival.name in names and rival.name not in table.known:
            seen = like.known[rival.name] if like else {}
            table.known[rival.name] = tried(rival.candidate, luck, seen)
    for luck, (pair, source) in enumerate(exercise.pairs() if pairs else (), 1000):
        if like and pair in pairs and pair not in table.pairs:
            table.pairs[pair] = tried(exercise.make(source), luck, like.pairs[pair])


def _answer(
    exercise: Exercise, checks: Iterable[Check], candidate: Candidate, draw: int, luck: int
) -> Answer:
    return {c.name: gather(exercise, c, candidate, draw, luck) for c in checks}


def _judge(
    exercise: Exercise,
    tables: list[Table],
    found: Found,
    names: Iterable[str] = (),
    pairs: Iterable[Pair] = (),
) -> Verdict:
    """The verdict, if these misconceptions and pairs were all that there are."""
    chosen = [
        Table(t.ours, {n: t.known[n] for n in (REFERENCE, *names)}, {p: t.pairs[p] for p in pairs})
        for t in tables
    ]
    verdict = Judge(exercise, chosen, shown=1).verdict(found.answers)
    told = tuple(_told(outcome, found.reasons.get(outcome.check)) for outcome in verdict.outcomes)
    return replace(verdict, outcomes=told)


def _told(outcome: Outcome, reason: Reason | None) -> Outcome:
    """An outcome that says why evidence is missing, and not that it is."""
    if outcome.passed or not reason:
        return outcome
    return Outcome(outcome.check, outcome.points, reason.kind, reason.message, outcome.names)


def _may_be(
    exercise: Exercise, given: Mapping[str, Evidence], public: Table, name: str, wrong: Collection[str]
) -> bool:
    """Whether an answer equals a misconception wherever that one differs from the reference."""
    known, right = public.known[name], public.known[REFERENCE]
    fails = [c for c in exercise.checks if not same(c, known[c.name], right[c.name])]
    return not _differ(fails, given, known) and all(c.name in wrong for c in fails)


def _differ(checks: Iterable[Check], a: Mapping[str, Evidence], b: Mapping[str, Evidence]) -> bool:
    return not all(same(c, a[c.name], b[c.name]) for c in checks)
