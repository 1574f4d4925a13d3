"""What the witness saw of an answer, held against what is not the student's to call."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from autograder.exercise import Exercise
from autograder.sandbox import StepResult
from helpers.operations import Reading
from helpers.ownership import NotYours, alarms, what_is_called
from helpers.permitted import COMPUTING, OTHERS, STANDARD
from helpers.sighting import ALARM, IMPORT, Sighting

CUT = "the record of what it called is missing or cut, so nobody can say whose work it is"
SILENCE = "its source names what this exercise asks to write, and nothing at all was seen of what it did"


@dataclass(frozen=True)
class Testimony:
    """What speaks against an answer's points.

    Attributes:
        borrowed: what it called although the exercise asks to write it, in words; "" if nothing.
        reasons: why a person must look before there are points, a sentence each.
    """

    borrowed: str = ""
    reasons: list[str] = field(default_factory=list)


def testimony(
    exercise: Exercise, not_yours: NotYours, results: Iterable[StepResult | None], reading: Reading
) -> Testimony:
    """What the witness saw of an answer.

    Args:
        exercise: the exercise.
        not_yours: what the student should not call.
        results: of the steps that ran its checks; None for one that was not reached.
        reading: of the cells that the answer needs, for the line.
    """
    names = {check.name for check in exercise.checks}
    seen: set[Sighting] = set()
    evidence: set[tuple[str, int]] = set()
    watched: set[tuple[str, int]] = set()
    for result in results:
        if result is not None:
            seen |= result.seen
            evidence |= {(check, draw) for check, draw in result.evidence if check in names}
            watched |= result.watched
    reasons = [f"it {what} while it was checked" for what in alarms(seen)]
    if _is_silent(seen) and evidence and reading.mentions(not_yours.paths):
        reasons.append(SILENCE)
    reasons += [f"it imported {module}, out of sight" for module in _strange_imports(seen)]
    if evidence - watched:
        reasons.append(CUT)
    return Testimony(what_is_called(not_yours, seen, reading), reasons)


def _is_silent(seen: Iterable[Sighting]) -> bool:
    """Whether nothing that ran was seen, as where nobody watched."""
    return all(kind in (ALARM, IMPORT) for kind, _ in seen)


def _strange_imports(seen: Iterable[Sighting]) -> list[str]:
    """Modules that an answer imported while it ran, and that compute, or reach out."""
    modules = {name for kind, name in seen if kind == IMPORT}
    roots = {module.partition(".")[0] for module in modules if not module.startswith("_")}
    return sorted(roots - set(COMPUTING) - {name.partition(".")[0] for name in STANDARD} - set(OTHERS))
