"""Proofs that are kept: what was proved of an exercise, and from which state of its sources.

They lie in `solutions/PACKAGE/.proofs.json`, a file a unit, private as the exercises are.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.course.layout import ROOT
from autograder.exercise import Exercise, file_of
from autograder.judging import sources
from autograder.judging.shared_file import rewrite
from autograder.proving.proof import Proof

FILE = ".proofs.json"
# A proof over fewer draws, or without mutants, is worth nothing later.
DRAWS = 20
# Of how exercises are proved: raise it when a proof comes to mean more than before.
VERSION = 1


@dataclass(frozen=True)
class KeptProof:
    """A proof that was made of an exercise in some state.

    Attributes:
        sources: the state of the exercise, and the version of what proves it.
        proof: what was found.
    """

    sources: str
    proof: Proof


def state(exercise: Exercise) -> str:
    """What changes whenever a proof may: with the exercise and all that its evidence comes from, and with `VERSION`."""
    return f"{sources.state(exercise)}-{VERSION}"


def file_for(exercise: Exercise) -> Path:
    """Where an exercise's proof is kept: beside it."""
    return file_of(exercise).parent / FILE


def still_valid(exercise: Exercise, draws: int) -> Proof | None:
    """The kept proof of an exercise, if it was made of it as it is now.

    Args:
        exercise: the exercise.
        draws: over at least so many draws.
    """
    kept = read(file_for(exercise)).get(exercise.name)
    if kept is None or kept.sources != state(exercise) or kept.proof.draws < draws:
        return None
    return kept.proof


def keep(name: str, kept: KeptProof, file: Path) -> None:
    """Write a proof into the file of its unit; those of other exercises stay.

    Args:
        name: the exercise's.
        kept: a proof without shortfall, over at least `DRAWS` draws, and with mutants.
        file: the unit's.
    """

    def text() -> str:
        every = {**read(file), name: kept}
        # A line an exercise, so that two people who work on two exercises do not meet.
        lines = []
        for exercise, one in sorted(every.items()):
            entry = {"sources": one.sources, "proof": asdict(one.proof)}
            lines.append(f"{json.dumps(exercise)}: {json.dumps(entry, ensure_ascii=False)}")
        return "{\n" + ",\n".join(lines) + "\n}\n"

    rewrite(file, text)


def read(file: Path) -> dict[str, KeptProof]:
    """The proofs in a file, by the exercise's name; what is damaged is no proof."""
    try:
        data = json.loads(file.read_text("utf-8"))
        return {
            name: KeptProof(entry["sources"], Proof.from_json(entry["proof"])) for name, entry in data.items()
        }
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def unproved(exercises: Iterable[Exercise]) -> list[str]:
    """The exercises of which no proof is kept as they are now, each with its file."""
    names = []
    for exercise in exercises:
        if still_valid(exercise, DRAWS) is None:
            names.append(f"{exercise.name} ({file_of(exercise).relative_to(ROOT)})")
    return names
