"""Whose answers are alike: submissions held against each other by winnowed fingerprints of their code.

Names of variables and functions, strings, comments and layout do not count. What was handed out does not either, nor
what more than a few students share: to an exercise with one natural answer, many find it by themselves.
"""

import io
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from copydetect import CodeFingerprint, compare_files
from copydetect.utils import get_token_coverage
from markupsafe import Markup

LENGTH = 25  # signs that must agree in a row, in code in which each name is one sign
MANY = 10  # what more students than this have is common property
LEAST = 100  # signs that a pair has to share,
SHARE = 0.5  # and this much of what is either one's own
SHOWN = 20  # pairs on a page
CONTEXT = 2  # lines around what is shared
LINES, WIDTH = 150, 300  # of an excerpt at most


@dataclass(frozen=True)
class Pair:
    """Two students who share code.

    Args:
        shares: how much of each one's own code is also the other's.
        signs: how much they share.
        marks: of each, which of the lines that are the student's own are shared, by number.
    """

    students: tuple[str, str]
    shares: tuple[float, float]
    signs: int
    marks: tuple[frozenset[int], frozenset[int]]


def pairs(codes: Mapping[str, str], given: Iterable[str] = ()) -> list[Pair]:
    """The pairs of students whose code is alike, those who share most first.

    Args:
        codes: by student.
        given: code that was handed out.
    """
    theirs = _known(given)
    own = {who: [line for line in _split(code) if line.strip() not in theirs] for who, code in codes.items()}
    prints = {who: _fingerprint("\n".join(lines)) for who, lines in own.items()}
    common = _common(prints.values())
    for each in prints.values():
        _forget(each, common)
    found = [_pair(a, b, prints[a], prints[b]) for a, b in _meeting(prints)]
    alike = [pair for pair in found if pair.signs >= LEAST and max(pair.shares) >= SHARE]
    return sorted(alike, key=lambda pair: (-pair.signs, pair.students))


def excerpts(pair: Pair, codes: Mapping[str, str], given: Iterable[str] = ()) -> tuple[Markup, Markup]:
    """The code of both, with what they share as `mark` elements and a few lines around it."""
    theirs = _known(given)
    one, other = (
        list(_lines(codes[who], theirs, m)) for who, m in zip(pair.students, pair.marks, strict=True)
    )
    return Markup("\n").join(_excerpt(one)), Markup("\n").join(_excerpt(other))


def _known(given: Iterable[str]) -> set[str]:
    """The lines that were handed out, and the empty one."""
    return {line.strip() for text in given for line in _split(text)} | {""}


def _split(code: str) -> list[str]:
    # as the lexer counts lines, which places are told by
    return code.replace("\r", "").split("\n")


def _fingerprint(code: str) -> CodeFingerprint:
    # A window of 1 keeps every fingerprint: answers are short, and the choice would change from run to run.
    return CodeFingerprint("", LENGTH, 1, language="python", fp=io.StringIO(code))


def _common(prints: Iterable[CodeFingerprint]) -> set[int]:
    counts = Counter(hash for each in prints for hash in each.hashes)
    return {hash for hash, number in counts.items() if number > MANY}


def _forget(each: CodeFingerprint, hashes: Collection[int]) -> None:
    each.hash_idx = {hash: places for hash, places in each.hash_idx.items() if hash not in hashes}
    each.hashes = set(each.hash_idx)
    each.token_coverage = get_token_coverage(each.hash_idx, each.k, len(each.filtered_code))


def _meeting(prints: Mapping[str, CodeFingerprint]) -> list[tuple[str, str]]:
    """The pairs with enough fingerprints in common to be looked at."""
    holders = defaultdict(list)
    for who, each in prints.items():
        for hash in each.hashes:
            holders[hash].append(who)
    shared = Counter(pair for who in holders.values() for pair in combinations(who, 2))
    return [pair for pair, number in shared.items() if number > (LEAST - LENGTH) / 2]  # some occur twice


def _pair(a: str, b: str, one: CodeFingerprint, other: CodeFingerprint) -> Pair:
    signs, shares, slices = compare_files(one, other)
    marks = [_marked(each.raw_code, where) for each, where in zip((one, other), slices, strict=True)]
    return Pair((a, b), (float(shares[0]), float(shares[1])), int(signs), (marks[0], marks[1]))


def _marked(code: str, slices: np.ndarray) -> frozenset[int]:
    """The lines of which most is shared, by number."""
    shared = np.zeros(len(code) + 1, bool)
    for begin, end in slices.T.astype(int):
        shared[begin:end] = True
    found, at = set(), 0
    for number, line in enumerate(code.split("\n")):
        signs = [shared[at + i] for i, sign in enumerate(line) if not sign.isspace()]
        if 2 * sum(signs) > len(signs):
            found.add(number)
        at += len(line) + 1
    return frozenset(found)


def _lines(code: str, given: Collection[str], marks: Collection[int]) -> Iterator[tuple[str, bool]]:
    """All lines of a code, each with whether it is shared; `marks` counts those only that are a student's own."""
    number = 0
    for line in _split(code):
        own = line.strip() not in given
        yield line, own and number in marks
        number += own


def _excerpt(lines: list[tuple[str, bool]]) -> Iterator[Markup]:
    marks = [i for i, (_, shared) in enumerate(lines) if shared]
    kept = sorted(
        {i for mark in marks for i in range(mark - CONTEXT, mark + CONTEXT + 1) if 0 <= i < len(lines)}
    )
    before = -1
    for i in kept[:LINES]:
        if i > before + 1:
            yield Markup("<i>…</i>")
        line, shared = lines[i][0][:WIDTH], lines[i][1]
        yield Markup("<mark>{}</mark>").format(line) if shared else Markup("{}").format(line)
        before = i
    if kept and before < len(lines) - 1:
        yield Markup("<i>…</i>")
