"""Is an answer right, and if not: what does it look like, and what is true of its numbers?

A check is passed where the evidence equals the reference's, on every draw. For a check that is not, the verdict
tells what was given and expected, which misconception that looks like (`helpers.naming`), and where none is
recognized what a failed probe means (`helpers.probes`), or a fact (`helpers.facts`).
"""

from collections.abc import Iterable
from dataclasses import replace

from helpers.checks import Check, Checks
from helpers.compare import Difference, close_to, explain, mismatch, same, summarize
from helpers.evidence import Evidence
from helpers.facts import Fact, Seen, facts
from helpers.naming import Named, Naming
from helpers.table import REFERENCE, Answer, Table
from helpers.verdict import Kind, Outcome, Verdict

__all__ = ["REFERENCE", "Answer", "Judge", "Table"]
NOTHING = Evidence({})
NO_VALUE = "this holds, and has its points once something that the answer computes is right"


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
        self._naming = Naming(exercise, self.tables)
        self._right = self._naming.right
        # By misconception: the checks that it fails.
        self.fails = self._naming.fails

    def verdict(self, evidence: list[Answer], tell: bool = False) -> Verdict:
        """Judge one answer.

        Args:
            evidence: for each draw, what `gather` returned for each check; one that is missing fails.
            tell: whether to look for facts about what is not recognized, which takes a fraction of a second.
        Returns:
            The verdict, its outcomes in the exercise's order of checks.
        Raises:
            ValueError: if there is evidence for more or fewer draws than there are tables.
        """
        answer = [self._summarized(given, table) for given, table in zip(evidence, self.tables, strict=True)]
        wrong = self._naming.differ(answer, self._right)
        named = self._naming.name(answer, wrong)
        mistakes = self._mistakes(answer, wrong)
        if mistakes and named.how in ("unrecognized", "first"):
            named = Named(mistakes, "probes")
        outcomes = []
        for check in self.exercise.checks:
            if check.name in wrong:
                outcomes.append(self._failed(check, answer, named))
            else:
                outcomes.append(self._passed(check, wrong))
        told: dict[str, Fact] = {}
        if tell and named.how in ("unrecognized", "first", "probes"):
            told = self._facts(evidence, answer, outcomes)
        outcomes = _with_facts(outcomes, told, named)
        return Verdict(self.exercise.name, tuple(outcomes), named.names, named.how)

    def _passed(self, check: Check, wrong: frozenset[str]) -> Outcome:
        """A check that passes; whatever a probe alone sees, as a dtype, is no solution."""
        of_values = [one.name for one in self.exercise.checks if not one.probe]
        if check.probe and not check.of_values and of_values and wrong.issuperset(of_values):
            return Outcome(check.name, check.points, Kind.PASSED, NO_VALUE, counts=False)
        return Outcome(check.name, check.points, Kind.PASSED)

    def _mistakes(self, answer: list[Answer], wrong: frozenset[str]) -> tuple[str, ...]:
        """What failures mean that mean one thing whatever the answer, those of probes above all.

        One that raised, or that looks at values, tells something of its property only where the answer works otherwise.
        """
        others = [check for check in self.exercise.checks if not check.probe]
        is_wrong = any(check.name in wrong for check in others)
        raises = any(self._raises(check.name, answer) for check in others)
        mistakes = []
        for check in self.exercise.checks:
            if not check.mistake or check.name not in wrong:
                continue
            if check.of_values and is_wrong:
                continue
            if not check.of_values and self._has_another_form(check.name, answer):
                continue
            if self._means_something_else(check, answer):
                continue
            # Of values alone it is known what they mean.
            if not check.probe and self._raises(check.name, answer):
                continue
            if not (raises and self._raises(check.name, answer)):
                mistakes.append(check.mistake)
        return tuple(mistakes)

    def _has_another_form(self, check: str, answer: list[Answer]) -> bool:
        """Whether something else came than a probe can look at, as None where a value belongs."""
        for given, right in zip(answer, self._right, strict=True):
            if not given[check].failure and mismatch(given[check], right[check]):
                return True
        return False

    def _means_something_else(self, check: Check, answer: list[Answer]) -> bool:
        """Whether an exception, or what differs, says what else is wrong than the check's mistake."""
        for given, right in zip(answer, self._right, strict=True):
            found, expected = given[check.name], right[check.name]
            told = [found.failure.message] if found.failure else self._differing(check, found, expected)
            if any(words in text for words in check.unless for text in told):
                return True
        return False

    def _differing(self, check: Check, found: Evidence, expected: Evidence) -> list[str]:
        """The names of the arrays that differ; none where the evidence has another form."""
        if mismatch(found, expected):
            return []
        return [
            name
            for name, value in expected.arrays.items()
            if not close_to(check, name, found.arrays[name], value).all()
        ]

    def _raises(self, check: str, answer: list[Answer]) -> bool:
        return any(given[check].failure is not None for given in answer)

    def _summarized(self, given: Answer, table: Table) -> Answer:
        answer = {}
        for check in self.exercise.checks:
            theirs = given.get(check.name, NOTHING)
            answer[check.name] = summarize(check, theirs, table.ours[check.name])
        return answer

    def _failed(self, check: Check, answer: list[Answer], named: Named) -> Outcome:
        explaining = tuple(name for name in named.names if check.name in self.fails.get(name, ()))
        if named.how == "probes" and check.mistake in named.names:
            explaining = (check.mistake,)
        # Two faults at once may fail a check that neither fails alone.
        if not explaining and named.how == "pair":
            explaining = named.names
        difference = self._difference(check, answer)
        return Outcome(
            check.name,
            check.points,
            difference.kind,
            difference.message,
            explaining,
            difference.clue,
            difference.gist,
            raised=difference.raised,
        )

    def _difference(self, check: Check, answer: list[Answer]) -> Difference:
        """How an answer differs on the first draw on which it does; no values of a draw that is not public."""
        draw = next(i for i, given in enumerate(answer) if not self._right_at(check, i, given))
        found, expected = answer[draw][check.name], self._right[draw][check.name]
        if draw >= self.shown:
            return _difference_on_fresh_inputs(found)
        ours = self.tables[draw].ours[check.name]
        # Evidence of another form was not summarized, so it is held against what was not either.
        if mismatch(found, expected):
            expected = ours
        return explain(check, found, expected, ours)

    def _right_at(self, check: Check, draw: int, given: Answer) -> bool:
        return same(check, given[check.name], self._right[draw][check.name])

    def _facts(
        self, evidence: list[Answer], answer: list[Answer], outcomes: list[Outcome]
    ) -> dict[str, Fact]:
        """What is true of the numbers, at the failed checks that no misconception explains."""
        unexplained = {outcome.check for outcome in outcomes if not outcome.passed and not outcome.names}
        seen = {}
        for check in self.exercise.checks:
            if check.name not in unexplained:
                continue
            draws = []
            for i, table in enumerate(self.tables):
                given = evidence[i].get(check.name, NOTHING)
                right = self._right[i][check.name]
                draws.append(Seen(given, table.ours[check.name], answer[i][check.name], right))
            seen[check.name] = (check, draws)
        return facts(seen)


def _with_facts(outcomes: list[Outcome], told: dict[str, Fact], named: Named) -> list[Outcome]:
    """The outcomes with what is true of them; one that an earlier ✗ accounts for is marked as following."""
    finished = []
    said: set[object] = set()
    for outcome in outcomes:
        if outcome.passed:
            finished.append(outcome)
            continue
        fact = told.get(outcome.check)
        accounts: set[object] = set()
        if outcome.raised:
            accounts.add(("raised", outcome.raised, outcome.gist or outcome.message))
        accounts |= {("name", name) for name in outcome.names}
        if fact:
            accounts.add(("fact", fact.key))
            outcome = replace(outcome, fact=fact.words, strong=fact.strong)
        elif named.change:
            accounts.add(("change", named.change))
            words = f"equal to a right answer with one small change: {named.change}"
            outcome = replace(outcome, fact=words, strong=True)
        outcome = replace(outcome, follows=bool(accounts) and accounts <= said)
        said |= accounts
        finished.append(outcome)
    return finished


def _difference_on_fresh_inputs(evidence: Evidence) -> Difference:
    if evidence.failure:
        raised = f"for fresh ones your code raised {evidence.failure.type}"
        message = f"right for the inputs in the notebook; {raised}"
        return Difference(Kind.RAISED, message, raised=evidence.failure.type)
    return Difference(Kind.WRONG_VALUE, "right for the inputs in the notebook, wrong for fresh ones")
