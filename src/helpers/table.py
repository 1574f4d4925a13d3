"""What is known of a draw: what the reference, each misconception, each pair of them and each small change give."""

from dataclasses import dataclass, field

from helpers.evidence import Evidence

# Evidence by the check's name.
Answer = dict[str, Evidence]
REFERENCE = ""


@dataclass(frozen=True)
class Changed:
    """A reference with one small change.

    Attributes:
        change: of which kind it is, "a minus stands where a plus belongs".
        gives: its evidence at the checks that notice; at the others it gives what is right.
    """

    change: str
    gives: Answer


@dataclass
class Table:
    """What the reference, each misconception and each pair of them give for one draw.

    Attributes:
        ours: the reference's evidence as it came; everything else is summarized.
        known: answers by the misconception that gives them; `REFERENCE` is the reference's.
        pairs: answers of double faults; may be empty at first, and filled when an answer needs them.
        changed: references with one small change, in the same order for every public draw; none for others.
    """

    ours: Answer
    known: dict[str, Answer]
    pairs: dict[tuple[str, str], Answer] = field(default_factory=dict)
    changed: list[Changed] = field(default_factory=list)
