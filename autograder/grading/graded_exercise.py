"""What grading found about one exercise of a submission: the verdict, how it is told, and how it came about.

It is carried as this object from the engine to the gradebook. Only where a graded notebook is read from a file is
it made again, from the JSON that the notebook holds.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from helpers import card
from helpers.verdict import Kind


@dataclass(frozen=True)
class GradedCheck:
    """One check.

    Attributes:
        check: its name.
        kind: what became of it.
        points: what it earned, of `max_points`.
        message: what was given and expected, for the student.
        misconception: what it looks like; None if that is not known.
        fact: a true sentence about the numbers, where no misconception explains them; None if none was found.
        strong: whether the fact says exactly what became of each number.
        raised: the type of the exception that the student's code raised; "" if it raised none.
        follows: whether an earlier failed check accounts for this one.
    """

    check: str
    kind: Kind
    points: float
    max_points: float
    message: str = ""
    misconception: str | None = None
    fact: str | None = None
    strong: bool = False
    raised: str = ""
    follows: bool = False

    @property
    def passed(self) -> bool:
        return self.kind == Kind.PASSED

    def to_json(self) -> dict[str, Any]:
        """The check as JSON; see `GradedExercise.to_json`."""
        return {**asdict(self), "kind": self.kind.value, "passed": self.passed}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "GradedCheck":
        """Read a check.

        Args:
            row: what `to_json` wrote; before version 2 it held no kind, but whether the check passed.
        """
        kind = row.get("kind")
        if kind is None:
            kind = Kind.PASSED if row["passed"] else Kind.WRONG_VALUE
        return cls(
            check=row["check"],
            kind=Kind(kind),
            points=row["points"],
            max_points=row["max_points"],
            message=row["message"],
            misconception=row["misconception"],
            fact=row.get("fact"),
            strong=row.get("strong", False),
            raised=row.get("raised", ""),
            follows=row.get("follows", False),
        )


@dataclass(frozen=True)
class Named:
    """A misconception as a card tells it: the words that introduce it, its name, and what is advised."""

    lead: str
    name: str
    text: str
    lecture: str


@dataclass(frozen=True)
class GradedExercise:
    """What was found about one exercise.

    Attributes:
        exercise: its name.
        how: right, whole, pair, parts, mutant, first or unrecognized (see `helpers.naming`).
        lecture: where the lecture treats it.
        checks: in the exercise's order.
        misconceptions: the names of those that the answer looks like.
        advice: how these are told.
        hint: one thing to try, where none is named.
        notes: what else the card says.
        doubts: why a person should look at it, a sentence each.
        key: equal for equal work, judged by the same rules for the same draw; "" if it must be judged again.
        draw: the index of the secret draw; None if nothing was run.
        seconds: how long its cells and checks ran.
        used: operations that no list knows, and in how many lines each stands.
    """

    exercise: str
    how: str
    lecture: str
    checks: tuple[GradedCheck, ...]
    misconceptions: tuple[str, ...] = ()
    advice: tuple[Named, ...] = ()
    hint: str = ""
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    key: str = ""
    draw: int | None = None
    seconds: float = 0.0
    used: Mapping[str, int] = field(default_factory=dict)

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    @property
    def max_points(self) -> float:
        return sum(check.max_points for check in self.checks)

    @property
    def needs_review(self) -> bool:
        return bool(self.doubts)

    @property
    def unread(self) -> bool:
        """Whether there was nothing to grade."""
        return all(check.kind == Kind.NOTHING for check in self.checks)

    @property
    def not_begun(self) -> bool:
        """Whether it is about an untouched stub, or nothing at all."""
        return all(check.kind in (Kind.NOT_WRITTEN, Kind.NOTHING) for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The object as plain JSON: what graded notebooks hold under `helpers.card.MIME`."""
        about = {"points": self.points, "max_points": self.max_points, "needs_review": self.needs_review}
        return {**asdict(self), **about, "checks": [check.to_json() for check in self.checks]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "GradedExercise":
        """Read what `to_json` wrote.

        Args:
            data: JSON, as it was read.
        Raises:
            KeyError, TypeError, ValueError: if it is anything else.
        """
        return cls(
            exercise=data["exercise"],
            how=data["how"],
            lecture=data["lecture"],
            checks=tuple(GradedCheck.from_json(row) for row in data["checks"]),
            misconceptions=tuple(data["misconceptions"]),
            advice=tuple(Named(**row) for row in data["advice"]),
            hint=data["hint"],
            notes=tuple(data["notes"]),
            doubts=tuple(data.get("doubts", ())),
            key=data.get("key", ""),
            draw=data.get("draw"),
            seconds=data.get("seconds", 0.0),
            used=dict(data.get("used", {})),
        )

    @classmethod
    def of(
        cls,
        shown: card.Card,
        doubts: tuple[str, ...] = (),
        key: str = "",
        draw: int | None = None,
        seconds: float = 0.0,
        used: Mapping[str, int] | None = None,
    ) -> "GradedExercise":
        """What a card shows, and how it came about; see the attributes.

        Args:
            shown: the card.
        """
        about = {"doubts": doubts, "key": key, "draw": draw, "seconds": seconds, "used": used or {}}
        return cls.from_json({**card.record(shown), **about})
