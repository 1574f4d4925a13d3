"""Where the answer to a derivation may stand if its own cell holds none.

Such a derivation has no points in silence only where the student handed in nothing else that could be its answer: no
text of theirs, in cells that they added or in the unit's own, no code or comment next to it, no file. Otherwise its
cell says where the answer may stand, and a person reads it.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from autograder.grading import paper
from autograder.grading.placed import ADDED, Placed
from autograder.grading.plan import CHECK, DERIVATION, PROSE, SETUP, SOLUTION, Plan
from autograder.grading.submission import PACKED, Cell, clean, inert

# How many files are named, and how many words a heading has that is no answer.
MOST_NAMES, MOST_WORDS = 5, 4
# Letters of a word of an id that tells one derivation from another.
LONG = 4
# Begins what is said below a derivation whose answer may stand elsewhere.
ASIDE = "\n\n*(This cell "
UNTOUCHED = ASIDE + "is as it was handed out. {} If the answer stands there, grade that.)*"
MISSING = ASIDE + "was missing from the submission. {} If the answer stands there, grade that.)*"
COPIED = (
    ASIDE
    + "was copied, and another answer stands in a cell that the student added. Grade the one that is meant.)*"
)


def is_asked_for_elsewhere(source: str) -> bool:
    """Whether a derivation's cell says that its answer may stand elsewhere."""
    return ASIDE in source


def given_lines(plan: Plan) -> frozenset[str]:
    """The lines of a unit as it was handed out, whatever spaces they have."""
    return frozenset(line for cell in plan.cells for line in _lines(cell.source))


def is_own(cell: Cell, given: Collection[str]) -> bool:
    """Whether a submitted cell holds what the student wrote or attached, beside what the unit gives.

    Args:
        cell: as it was submitted.
        given: the unit's lines.
    """
    lines = _lines(cell.source)
    theirs = [line for line in lines if line not in given]
    if cell.type == "code":
        # An experiment with a guess, or with other numbers, is still the unit's.
        return 2 * len(theirs) > len(lines)
    return cell.attached.holds_any or any(map(_says_something, theirs))


def _lines(source: str) -> list[str]:
    lines = (" ".join(line.split()) for line in source.splitlines())
    return [line for line in lines if line]


def _says_something(line: str) -> bool:
    """Whether a line of text may be part of an answer: a short heading is none."""
    marks, *words = line.split()
    is_heading = set(marks) == {"#"} and len(words) <= MOST_WORDS
    return not is_heading and any(map(str.isalnum, line))


def asked_for(placed: Sequence[Placed], beside: Sequence[str]) -> list[Placed]:
    """A submission whose derivations without an answer say where it may stand.

    Args:
        placed: the cells.
        beside: the names of files that were handed in with the notebook.
    """
    return [_asked_for(place, placed, beside) for place in range(len(placed))]


def _asked_for(place: int, placed: Sequence[Placed], beside: Sequence[str]) -> Placed:
    cell = placed[place]
    if cell.kind != DERIVATION or not cell.planned:
        return cell
    if cell.source.strip() != cell.planned.source.strip():
        is_copied = any(_is_copy(other, cell) for other in placed)
        return replace(cell, source=cell.source + COPIED) if is_copied else cell
    papers = [name for name in beside if _may_hold_one(name)]
    hints = [*_in_the_notebook(place, placed), *_with_another(cell, placed), *_with_the_notebook(papers)]
    if not hints:
        return cell
    said = MISSING if cell.missing else UNTOUCHED
    return replace(cell, source=cell.source + said.format(" ".join(hints)))


def _is_copy(other: Placed, cell: Placed) -> bool:
    """Whether another cell bore the id of a derivation's, and holds something else than the unit gives."""
    return other.own and not other.planned and other.id_of == cell.id_of


def _in_the_notebook(place: int, placed: Sequence[Placed]) -> Iterator[str]:
    """Sentences about cells that may hold the answer."""
    around = [cell for cell in _around(place, placed) if cell.own]
    near = {cell.id for cell in around}
    texts = [cell for cell in placed if cell.own and cell.kind == PROSE and cell.id not in near]
    if any(cell.kind in (ADDED, PROSE) and not cell.planned for cell in around):
        yield "Beside it stands a cell that the student added."
    if any(cell.kind == PROSE and cell.planned for cell in around):
        yield "Beside it the student wrote into the unit's text, or attached something to it."
    if any(not cell.planned for cell in texts):
        yield "Elsewhere stands text that the student added."
    if any(cell.planned for cell in texts):
        yield "Elsewhere the student wrote into the unit's text, or attached something to it."
    if placed[place].missing and any(_is_comment(cell) and cell.id not in near for cell in placed):
        yield "Elsewhere stand comments that the student added."


def _with_another(cell: Placed, placed: Sequence[Placed]) -> Iterator[str]:
    """Sentences about other derivations' answers that may hold this one's as well.

    An answer to another that says nothing of this one is no reason to ask: many leave one out.
    """
    for other in placed:
        if other.kind != DERIVATION or other.id == cell.id or not other.own:
            continue
        if cell.missing or _begins_anew(other.source) or _names(other, cell, placed):
            yield f"The answer to {other.grade_id} may hold this one as well."


def _begins_anew(text: str) -> bool:
    """Whether points are numbered from 1 more than once, as in two answers in one cell."""
    return len(re.findall(r"^[*# ]*1[.)]", text, re.MULTILINE)) > 1


def _names(other: Placed, cell: Placed, placed: Sequence[Placed]) -> bool:
    """Whether an answer to another derivation speaks of a second one, or has the words of this one's id."""
    text = other.source.lower()
    if re.search(r"\b(second|2nd|other|next|both|zweite)\b.{0,20}(derivation|herleitung)", text):
        return True
    words = {word for word in re.split("[_-]", cell.grade_id.lower()) if len(word) >= LONG}
    asked = _question(other, placed).lower()
    return bool(words) and all(word in text and word not in asked for word in words)


def _question(cell: Placed, placed: Sequence[Placed]) -> str:
    """What the unit gives before a derivation's cell and in it."""
    given = [cell.planned.source] if cell.planned else []
    place = next(place for place, other in enumerate(placed) if other.id == cell.id)
    for other in reversed(placed[:place]):
        if other.kind != PROSE:
            break
        given += [other.planned.source] if other.planned else []
    return "\n".join([cell.grade_id, *given])


def _is_comment(cell: Placed) -> bool:
    """Whether a cell is code that the student added and that does nothing."""
    return cell.own and cell.kind == ADDED and all(line.startswith("#") for line in _lines(cell.source))


def _may_hold_one(name: str) -> bool:
    """Whether a file may hold a derivation, by its name."""
    return paper.is_paper(name) or PurePath(name.lower()).suffix in (*PACKED, ".ipynb")


def _with_the_notebook(beside: Sequence[str]) -> Iterator[str]:
    """Sentences about files that may hold the answer."""
    names = [_harmless(name) for name in beside[:MOST_NAMES]]
    if names:
        yield f"With the notebook was handed in: {', '.join(names)}."
    if any("/" in name or paper.acts(name) or not paper.is_paper(name) for name in beside[:MOST_NAMES]):
        yield "What is not linked beside the answer lies with what was handed in."


def _harmless(name: str) -> str:
    """A student's name for a file, which does nothing in the browser of whoever reads it."""
    return inert(" ".join(clean(name).split()))[-paper.LONGEST :]


def _around(place: int, placed: Sequence[Placed]) -> Iterator[Placed]:
    """The cells next to a derivation, up to the next that is somebody's to run or to grade."""
    ends = (SETUP, SOLUTION, CHECK, DERIVATION)
    for cell in placed[place + 1 :]:
        if cell.kind in ends:
            break
        yield cell
    for cell in reversed(placed[:place]):
        if cell.kind in ends:
            break
        yield cell
