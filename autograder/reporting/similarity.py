"""Whose answers are alike: submissions held against each other by winnowed fingerprints of their code.

Names of variables and functions, strings, comments and layout do not count. What was handed out does not either, nor
what many students share: to an exercise with one natural answer, many find it by themselves. How many is many grows with
the class, so that a ring of thirty stands out among three thousand.
"""

import io
import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from copydetect import CodeFingerprint, compare_files
from copydetect.utils import get_token_coverage
from markupsafe import Markup

# signs that must agree in a row, in code in which each name is one sign
LENGTH = 25
# what more students than this have is common property, or more than this part of the class
MANY, OF_CLASS = 10, 0.01
# signs that a pair has to share, and which part of what is either one's own
LEAST = 100
SHARE = 0.5
# rings on a page
SHOWN = 20
# lines around what is shared
CONTEXT = 2
# of an excerpt at most: lines, and signs of a line
LINES, WIDTH = 150, 300
GAP = Markup("<i>…</i>")


@dataclass(frozen=True)
class Pair:
    """Two students who share code.

    Args:
        students: their ids.
        shares: how much of each one's own code is also the other's.
        signs: how much they share.
        marks: of each, which of the lines that are the student's own are shared, by number.
    """

    students: tuple[str, str]
    shares: tuple[float, float]
    signs: int
    marks: tuple[frozenset[int], frozenset[int]]


@dataclass(frozen=True)
class Ring:
    """Students of whom each shares code with another of them.

    Args:
        students: their ids, those who share most first.
        shares: how much of each one's own code is also that of the one who has most of it.
        lines: how many lines that is.
        holders: how many of the class have what the first two share, by the median over its pieces.
        closest: the two who share most.
    """

    students: tuple[str, ...]
    shares: tuple[float, ...]
    lines: tuple[int, ...]
    holders: int
    closest: Pair


@dataclass(frozen=True)
class Likeness:
    """Whose answers are alike in a class.

    Args:
        rings: those who share most first.
        many: what more students than this have does not count.
        common: how much of the own code of the student in the middle that is, from 0 to 1.
    """

    rings: tuple[Ring, ...] = ()
    many: int = MANY
    common: float = 0.0


@dataclass(frozen=True)
class _Line:
    text: str
    shared: bool


def likeness(codes: Mapping[str, str], given: Iterable[str] = ()) -> Likeness:
    """Whose code is alike, and how much of it is everybody's.

    Args:
        codes: by student.
        given: code that was handed out.
    """
    handed_out = _handed_out(given)
    fingerprints = {student: _fingerprint(_own(code, handed_out)) for student, code in codes.items()}
    holders = Counter(hash for fingerprint in fingerprints.values() for hash in fingerprint.hashes)
    many = max(MANY, round(OF_CLASS * len(codes)))
    common = {hash for hash, students in holders.items() if students > many}
    left = []
    for fingerprint in fingerprints.values():
        before = fingerprint.token_coverage
        _forget(fingerprint, common)
        if before:
            left.append(fingerprint.token_coverage / before)
    rings = _rings(_pairs(fingerprints), fingerprints, holders)
    return Likeness(tuple(rings), many, 1 - statistics.median(left) if left else 0.0)


def _pairs(fingerprints: Mapping[str, CodeFingerprint]) -> list[Pair]:
    """The pairs of students whose code is alike, those who share most first."""
    alike = []
    for students in _meeting(fingerprints):
        pair = _pair(students, fingerprints)
        if pair.signs >= LEAST and max(pair.shares) >= SHARE:
            alike.append(pair)
    return sorted(alike, key=lambda pair: (-pair.signs, pair.students))


def _rings(
    pairs: Iterable[Pair], fingerprints: Mapping[str, CodeFingerprint], holders: Mapping[int, int]
) -> list[Ring]:
    """Pairs, put together where they have a student in common; those who share most first, as the pairs come."""
    together: dict[str, str] = {}

    def first_of(student: str) -> str:
        while together.setdefault(student, student) != student:
            student = together[student]
        return student

    pairs = list(pairs)
    for one, other in (pair.students for pair in pairs):
        together[first_of(other)] = first_of(one)
    parts: dict[str, list[Pair]] = {}
    for pair in pairs:
        parts.setdefault(first_of(pair.students[0]), []).append(pair)
    return [_ring(part, fingerprints, holders) for part in parts.values()]


def _ring(
    pairs: Sequence[Pair], fingerprints: Mapping[str, CodeFingerprint], holders: Mapping[int, int]
) -> Ring:
    own: dict[str, tuple[float, int]] = {}
    for pair in pairs:
        for student, share, marks in zip(pair.students, pair.shares, pair.marks, strict=True):
            own[student] = max(own.get(student, (0.0, 0)), (share, len(marks)))
    one, other = (fingerprints[student].hashes for student in pairs[0].students)
    return Ring(
        students=tuple(own),
        shares=tuple(share for share, _ in own.values()),
        lines=tuple(lines for _, lines in own.values()),
        holders=round(statistics.median(holders[hash] for hash in one & other)),
        closest=pairs[0],
    )


def excerpts(pair: Pair, codes: Mapping[str, str], given: Iterable[str] = ()) -> tuple[Markup, Markup]:
    """The code of both, with what they share as `mark` elements and a few lines around it.

    Args:
        pair: two students.
        codes: by student; line by line what `likeness` was given.
        given: code that was handed out.
    """
    handed_out = _handed_out(given)
    one, other = pair.students
    return (
        _excerpt(_lines(codes[one], handed_out, pair.marks[0])),
        _excerpt(_lines(codes[other], handed_out, pair.marks[1])),
    )


def _handed_out(given: Iterable[str]) -> set[str]:
    """The lines that were handed out, and the empty one."""
    lines = {""}
    for code in given:
        lines |= {line.strip() for line in _split(code)}
    return lines


def _own(code: str, handed_out: Collection[str]) -> str:
    """The lines that are a student's own."""
    return "\n".join(line for line in _split(code) if line.strip() not in handed_out)


def _split(code: str) -> list[str]:
    """The lines as the lexer counts them, by which places are given."""
    return code.replace("\r", "").split("\n")


def _fingerprint(code: str) -> CodeFingerprint:
    # A window of 1 keeps every fingerprint: answers are short, and the choice would change from run to run.
    return CodeFingerprint("", LENGTH, 1, language="python", fp=io.StringIO(code))


def _forget(fingerprint: CodeFingerprint, common: Collection[int]) -> None:
    """Take common hashes out of a fingerprint."""
    fingerprint.hash_idx = {
        hash: places for hash, places in fingerprint.hash_idx.items() if hash not in common
    }
    fingerprint.hashes = set(fingerprint.hash_idx)
    fingerprint.token_coverage = get_token_coverage(
        fingerprint.hash_idx, fingerprint.k, len(fingerprint.filtered_code)
    )


def _meeting(fingerprints: Mapping[str, CodeFingerprint]) -> Iterator[tuple[str, str]]:
    """The pairs with enough hashes in common to be looked at."""
    holders = defaultdict(list)
    for student, fingerprint in fingerprints.items():
        for hash in fingerprint.hashes:
            holders[hash].append(student)
    shared: Counter[tuple[str, str]] = Counter()
    for students in holders.values():
        shared.update(combinations(students, 2))
    # So many signs have one hash for each place where `LENGTH` of them begin; half of that, since some occur twice.
    enough = (LEAST - LENGTH) / 2
    for pair, hashes in shared.items():
        if hashes > enough:
            yield pair


def _pair(students: tuple[str, str], fingerprints: Mapping[str, CodeFingerprint]) -> Pair:
    one, other = fingerprints[students[0]], fingerprints[students[1]]
    signs, shares, slices = compare_files(one, other)
    return Pair(
        students,
        shares=(float(shares[0]), float(shares[1])),
        signs=int(signs),
        marks=(_shared_lines(one.raw_code, slices[0]), _shared_lines(other.raw_code, slices[1])),
    )


def _shared_lines(code: str, slices: np.ndarray) -> frozenset[int]:
    """The lines of which most is shared, by number.

    `slices` holds where what is shared begins and ends: two rows of positions in the code.
    """
    shared = np.zeros(len(code) + 1, bool)
    for begin, end in slices.T.astype(int):
        shared[begin:end] = True
    numbers = set()
    start = 0
    for number, line in enumerate(code.split("\n")):
        end = start + len(line)
        visible = np.array([not sign.isspace() for sign in line], bool)
        if 2 * shared[start:end][visible].sum() > visible.sum():
            numbers.add(number)
        start = end + 1
    return frozenset(numbers)


def _lines(code: str, handed_out: Collection[str], marks: Collection[int]) -> list[_Line]:
    """All lines of a code; `marks` counts those only that are a student's own."""
    lines = []
    number = 0
    for text in _split(code):
        own = text.strip() not in handed_out
        lines.append(_Line(text, shared=own and number in marks))
        number += own
    return lines


def _excerpt(lines: Sequence[_Line]) -> Markup:
    """What is shared, with some lines around it and a sign where lines are left out."""
    kept = _around_shared(lines)
    parts = []
    before = -1
    for number in kept[:LINES]:
        if number > before + 1:
            parts.append(GAP)
        text = lines[number].text[:WIDTH]
        if lines[number].shared:
            parts.append(Markup("<mark>{}</mark>").format(text))
        else:
            parts.append(Markup("{}").format(text))
        before = number
    if kept and before < len(lines) - 1:
        parts.append(GAP)
    return Markup("\n").join(parts)


def _around_shared(lines: Sequence[_Line]) -> list[int]:
    """The numbers of the shared lines, and of those around them."""
    kept: set[int] = set()
    for number, line in enumerate(lines):
        if line.shared:
            kept.update(range(number - CONTEXT, number + CONTEXT + 1))
    return sorted(kept & set(range(len(lines))))
