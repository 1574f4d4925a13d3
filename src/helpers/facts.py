"""What is true of the numbers of an answer that is wrong and that no misconception explains.

A fact holds at every draw, with that draw's own sizes, and rests on at least four independent numbers. It is found
by relating arrays and knows nothing of the exercise, so it holds no line of the reference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from helpers.checks import Check
from helpers.compare import close_to, mismatch
from helpers.evidence import Evidence, Failure, Odd, Value
from helpers.raised import meaning_of
from helpers.random_values import identities
from helpers.relations import relations
from helpers.scene import Relation, Scene, Size, is_numeric

# Fewer could agree by chance.
INDEPENDENT = 4
# So many wrong arrays of a check are looked at: what is true of the first is mostly true of all.
MOST_ARRAYS = 4
# What a large array says, its first numbers say too.
LARGEST = 200_000


@dataclass(frozen=True)
class Seen:
    """What is known of a check at one draw.

    Attributes:
        given: the answer's evidence as it came.
        ours: the reference's, with its landmarks.
        found: the answer's evidence as it is compared.
        right: the reference's as it is compared.
    """

    given: Evidence
    ours: Evidence
    found: Evidence
    right: Evidence


@dataclass(frozen=True)
class Fact:
    """A sentence that is true of an answer's numbers.

    Attributes:
        words: the sentence.
        strong: whether it says exactly what became of each number.
        key: equal for two checks of which the same is true.
    """

    words: str
    strong: bool
    key: tuple[str, ...]


@dataclass
class _Candidate:
    """A relation that holds for an array of a check, at every draw."""

    array: str
    relation: Relation
    numbers: int


def facts(seen: Mapping[str, tuple[Check, Sequence[Seen]]]) -> dict[str, Fact]:
    """A fact for each failed check of which one is true.

    Args:
        seen: the failed checks by name, with what is known of each at every draw.
    Returns:
        The facts by the check's name.
    """
    held = {name: _held(check, draws) for name, (check, draws) in seen.items()}
    numbers: dict[tuple[str, ...], int] = {}
    for candidates in held.values():
        for one in candidates:
            key = one.relation.key
            numbers[key] = numbers.get(key, 0) + one.numbers
    told = {}
    for name, candidates in held.items():
        enough = [one for one in candidates if numbers[one.relation.key] >= INDEPENDENT]
        fact = _best(enough)
        if fact:
            told[name] = fact
    return told


def _held(check: Check, draws: Sequence[Seen]) -> list[_Candidate]:
    """What is true of the arrays of a check at every draw."""
    found = [_found(check, one) for one in draws]
    if not found:
        return []
    held = []
    for (array, key), relation in found[0].items():
        others = [later.get((array, key)) for later in found[1:]]
        if all(others):
            numbers = relation.numbers + sum(other.numbers for other in others if other)
            held.append(_Candidate(array, relation, numbers))
    return held


def _best(candidates: list[_Candidate]) -> Fact | None:
    """The strongest of what holds, told of all arrays of which it does with the same numbers."""
    strong = [one for one in candidates if one.relation.strong]
    for one in strong or candidates:
        words = one.relation.words
        same = [
            other.array
            for other in candidates
            if (other.relation.key, other.relation.words) == (one.relation.key, words)
        ]
        if one.array:
            words = f"{', '.join(same)}: {words}"
        return Fact(words, one.relation.strong, one.relation.key)
    return None


def _found(check: Check, one: Seen) -> dict[tuple[str, tuple[str, ...]], Relation]:
    """The relations of one draw, by array and key, the best first."""
    found: dict[tuple[str, tuple[str, ...]], Relation] = {}
    if one.given.failure:
        return _of_failure(one.given.failure)
    if one.found.failure:
        return found
    sizes = tuple(_sizes(one.ours))
    summarized = check.summarize is not None and mismatch(one.given, one.ours) is None
    compared = one.right if summarized else one.ours
    wrong = 0
    for name, expected in compared.arrays.items():
        given = one.found.arrays.get(name)
        # What a summary is allowed to miss by, a relation could hit by chance.
        if summarized and check.atol.get(name, 0):
            continue
        if isinstance(given, Odd):
            words = f"{given.type} came back where an array is expected"
            found[name, ("odd", given.type)] = Relation(("odd", given.type), words, True, INDEPENDENT)
        elif isinstance(given, str) and not isinstance(expected, str):
            found[name, ("text",)] = Relation(("text",), "a text came back", True, INDEPENDENT)
        elif given is None:
            found[name, ("missing",)] = Relation(("missing",), "it did not come back", True, INDEPENDENT)
        if not is_numeric(given) or not is_numeric(expected):
            continue
        if wrong < MOST_ARRAYS and _differs(check, name, given, expected):
            wrong += 1
            scene = Scene(_cut(expected), _others(one.ours, name), sizes)
            _add(found, name, relations(_cut(given), scene))
    if summarized:
        for name, expected in one.ours.arrays.items():
            given = one.given.arrays.get(name)
            if is_numeric(given) and is_numeric(expected):
                scene = Scene(expected, _others(one.ours, name), sizes)
                _add(found, name, identities(given, scene))
    return found


def _of_failure(failure: Failure) -> dict[tuple[str, tuple[str, ...]], Relation]:
    """What an exception means; it is of no array."""
    meaning = meaning_of(failure)
    if not meaning:
        return {}
    key, words = meaning
    return {("", key): Relation(key, words, True, INDEPENDENT)}


def _differs(check: Check, name: str, given: np.ndarray, expected: np.ndarray) -> bool:
    if given.shape != expected.shape or given.dtype != expected.dtype:
        return True
    return not close_to(check, name, given, expected).all()


def _add(
    found: dict[tuple[str, tuple[str, ...]], Relation], array: str, relations_: Iterable[Relation]
) -> None:
    with np.errstate(all="ignore"):
        for relation in relations_:
            found.setdefault((array, relation.key), relation)


def _cut(array: np.ndarray) -> np.ndarray:
    if array.size <= LARGEST or array.ndim == 0:
        return array
    rows = max(1, LARGEST * len(array) // array.size)
    return array[:rows]


def _others(ours: Evidence, name: str) -> dict[str, np.ndarray]:
    """What an array may turn out to be: the landmarks, and the other arrays of the check."""
    others = dict(ours.landmarks)
    for key, value in ours.arrays.items():
        if key != name and key not in others and is_numeric(value):
            others[key] = value
    return others


def _sizes(ours: Evidence) -> Iterable[Size]:
    """The sizes of a draw by name: those that a landmark names, then those of axes, each number once."""
    told: set[int] = set()
    for name, value in ours.landmarks.items():
        if value.size == 1 and value.dtype.kind in "iu" and value.reshape(()) > 1:
            number = int(value.reshape(()))
            if number not in told:
                told.add(number)
                yield Size(_count_name(name), number)
    arrays: list[tuple[str, Value]] = [*ours.landmarks.items(), *ours.arrays.items()]
    for name, array in arrays:
        if not is_numeric(array):
            continue
        for axis, number in enumerate(array.shape):
            if number > 1 and number not in told:
                told.add(number)
                yield Size(f"the size of axis {axis} of {name}", number)


def _count_name(name: str) -> str:
    words = name.replace("_", " ")
    if len(words) == 1:
        return words
    return f"the number of {words}"
