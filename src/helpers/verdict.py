"""The verdict about an answer: what became of each check, and which misconception it looks like."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What became of a check. Programs rely on the values: `fdl grade --json` and graded notebooks hold them."""

    PASSED = "passed"
    # The stub is as it came.
    NOT_WRITTEN = "not_written"
    # The student's code raised an exception.
    RAISED = "raised"
    # Names, shapes, dtypes or types are not those that were expected.
    WRONG_FORM = "wrong_form"
    WRONG_VALUE = "wrong_value"
    # The process was stopped: it took too long, or too much memory.
    STOPPED = "stopped"
    # The notebook was stopped before this check's turn.
    NOT_REACHED = "not_reached"
    # The answer uses what the exercise asks to write.
    NOT_YOURS = "not_yours"
    # There was nothing to grade.
    NOTHING = "nothing"


class Clue(StrEnum):
    """What about a failed check calls for a hint of its own."""

    # None came where a value belongs, or an exception speaks of None.
    NONE = "none"
    # An array has another shape than was expected.
    SHAPE = "shape"


@dataclass(frozen=True)
class Advice:
    """What a student who holds a misconception reads.

    Attributes:
        text: one thing to try.
        lecture: where the lecture says it.
        question: what to ask the student first; "" for a standard question.
    """

    text: str = ""
    lecture: str = ""
    question: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one check.

    Attributes:
        check: its name.
        points: what it is worth, earned or not.
        kind: what became of it.
        message: a sentence for the student: what was given, and what was expected.
        names: the misconceptions that explain it.
        clue: what about it calls for a hint of its own.
        gist: what two messages share that say the same; "" where only equal messages do.
        raised: the type of the exception that the student's code raised, if it did.
        fact: a true sentence about the numbers, where no misconception explains them.
        strong: whether the fact says exactly what became of each number.
        follows: whether an earlier failed check accounts for this one.
    """

    check: str
    points: float
    kind: Kind
    message: str = ""
    names: tuple[str, ...] = ()
    clue: Clue | None = None
    gist: str = ""
    raised: str = ""
    fact: str = ""
    strong: bool = False
    follows: bool = False

    @property
    def passed(self) -> bool:
        return self.kind == Kind.PASSED


@dataclass(frozen=True)
class Verdict:
    """What became of all checks of one exercise.

    Attributes:
        exercise: its name.
        outcomes: one for each check, in the exercise's order.
        names: the misconceptions that the answer looks like.
        how: right, whole, pair, parts, probes, mutant, first or unrecognized (see `helpers.naming`).
    """

    exercise: str
    outcomes: tuple[Outcome, ...]
    names: tuple[str, ...]
    how: str

    @property
    def points(self) -> float:
        return sum(outcome.points for outcome in self.outcomes if outcome.passed)

    @property
    def right(self) -> bool:
        return self.how == "right"
