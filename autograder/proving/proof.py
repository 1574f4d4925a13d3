"""What is proved of one exercise, as rows that a table and a JSON file can be made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from helpers.verdict import Verdict

SAME_FOR_EVERY_LUCK = (
    "Its evidence must be the same for every luck: summarize it, or give the summary more room."
)


@dataclass(frozen=True)
class MisconceptionProof:
    """Whether a misconception is caught on every draw, and named."""

    name: str
    caught: bool
    named: bool


@dataclass(frozen=True)
class AlternativeProof:
    """The points that another right answer gets, the worst over all draws."""

    name: str
    score: float


@dataclass(frozen=True)
class CheckProof:
    """Which misconceptions a check catches."""

    name: str
    points: float
    catches: list[str]


@dataclass(frozen=True)
class PairProof:
    """Whether a double fault is named by both its names; `alike` is what it cannot be told from."""

    names: list[str]
    named: bool
    alike: list[str]


@dataclass(frozen=True)
class MutantProof:
    """What catches a changed reference; if nothing does, `because` says why it is right as well."""

    name: str
    gives: str
    caught: str
    because: str


@dataclass
class Proof:
    """What was proved of one exercise; scores are points, the worst over all draws.

    As a dict it is a row of `fdl verify --json`, and others rely on its keys.
    """

    unit: str
    exercise: str
    points: float
    seed: int
    draws: int
    reference: float = 0.0
    stub: float = 0.0
    misconceptions: list[MisconceptionProof] = field(default_factory=list)
    alternatives: list[AlternativeProof] = field(default_factory=list)
    checks: list[CheckProof] = field(default_factory=list)
    pairs: list[PairProof] = field(default_factory=list)
    mutants: list[MutantProof] = field(default_factory=list)
    shortfalls: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Proof":
        """Read what `asdict` gave of a proof.

        Raises:
            KeyError, TypeError: if it is anything else.
        """
        rows = {
            "misconceptions": [MisconceptionProof(**row) for row in data["misconceptions"]],
            "alternatives": [AlternativeProof(**row) for row in data["alternatives"]],
            "checks": [CheckProof(**row) for row in data["checks"]],
            "pairs": [PairProof(**row) for row in data["pairs"]],
            "mutants": [MutantProof(**row) for row in data["mutants"]],
        }
        return cls(**{**data, **rows})

    def falls_short(self, who: str, what: str, advice: str) -> None:
        """Add a shortfall.

        Args:
            who: the subject of its sentence.
            what: the rest of the sentence, without a full stop.
            advice: what to do about it.
        """
        self.shortfalls.append(f"{who} {what}. {advice}")

    @property
    def named(self) -> set[str]:
        """The misconceptions that are named."""
        return {m.name for m in self.misconceptions if m.named}


def told(verdict: Verdict) -> str:
    """How a verdict names an answer: "whole 'the bias is forgotten'"."""
    if not verdict.names:
        return "nothing we know"
    return f"{verdict.how} {', '.join(map(repr, verdict.names))}"
