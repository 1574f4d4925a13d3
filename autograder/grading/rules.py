"""Which cells an exercise's verdict needs, and whether these keep to the operations of that exercise.

An exercise needs its solution cell and, of the cells that the student added before its check, those that bind or
change a name which it reads, and so on. Other cells, where students try things out and compare with the
built-in, are neither run nor read. A cell of an earlier exercise, reached by that exercise's objects, is held
against that exercise's operations; one of a later exercise, which may be allowed more, against those of this one.
"""

import builtins
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.exercise import Exercise
from autograder.grading.plan import CHECK, EXPERIMENT, SETUP, SOLUTION, Plan
from autograder.grading.restore import ADDED, Placed
from autograder.syntax import ALONE, Names, names, runnable
from helpers.operations import violations

MAX_LENGTH = 60_000  # characters that one exercise's cells may have
DEEP = "an expression is nested too deep to be read"


@dataclass(frozen=True)
class Need:
    """What one exercise needs of a notebook, in its order.

    Args:
        cells: those that are held against its operations.
        exercises: other exercises whose objects these use.
        shared: the names that they read and that are neither set-up's nor any exercise's. What one of these
            stands for may hold anything that another cell has put there.
    """

    cells: tuple[Placed, ...]
    exercises: frozenset[str]
    shared: frozenset[str]

    def handed(self, cells: Iterable[Placed]) -> bool:
        """Whether some cells could hand something to these, by a name that both know."""
        here = {cell.id for cell in self.cells}
        strange = [names(cell.source) for cell in cells if cell.id not in here]
        return any(self.shared & (found.reads | found.binds.keys()) for found in strange)


def need(exercise: Exercise, placed: list[Placed], plan: Plan) -> Need:
    """The cells that an exercise's verdict needs."""
    end = next(i for i, p in enumerate(placed) if p.kind == CHECK and p.exercise == exercise.name)
    setup = _bound(p.source for p in placed if p.kind == SETUP)
    here = [p for p in placed[:end] if p.kind in (SOLUTION, ADDED)]
    order = list(plan.exercises)
    earlier = order[: order.index(exercise.name)]
    objects = {p.id: set(plan.exercises[p.exercise].objects) for p in here if p.exercise in earlier}
    chosen = {p.id for p in here if p.exercise == exercise.name}
    more, wanted = chosen, set(exercise.objects)
    while more:
        wanted |= {name for p in here if p.id in more for name in names(p.source).reads}
        more = {
            p.id
            for p in here
            if p.id not in chosen and _brings(names(p.source), setup, wanted - objects.get(p.id, set()))
        }
        chosen |= more
    used = {p.exercise for p in here if wanted & objects.get(p.id, set())}
    public = {name for e in plan.exercises.values() for name in e.objects} | setup.keys() | set(dir(builtins))
    cells = tuple(p for p in here if p.id in chosen)
    return Need(cells, frozenset(used), frozenset(wanted - public))


def complaints(exercise: Exercise, needed: Need, plan: Plan) -> list[str]:
    """What the cells that an exercise needs may not use, a sentence each; [] if nothing."""
    setup = [c.source for c in plan.cells if c.kind == SETUP]
    if (length := sum(len(p.source) for p in needed.cells)) > MAX_LENGTH:
        return [f"there are {length:,} characters to be read; the limit is {MAX_LENGTH:,}"]
    if any(names(p.source).deep for p in needed.cells):
        return [DEEP]
    try:
        with ALONE:
            return violations(exercise, [runnable(p.source) for p in needed.cells], context=setup)
    except RecursionError:
        return [DEEP]


def in_experiments(needed: Need, placed: Iterable[Placed]) -> str:
    """Names that an answer takes from experiments, which are not run; "" if it takes none."""
    bound = {name for cell in needed.cells for name in names(cell.source).binds}
    there = {name for p in placed if p.kind == EXPERIMENT for name in names(p.source).binds}
    return ", ".join(sorted((needed.shared - bound) & there))


def _brings(found: Names, setup: dict[str, str], wanted: set[str]) -> bool:
    """Whether a cell can change what the wanted names stand for; importing again what set-up has does not."""
    binds = {name for name, origin in found.binds.items() if not origin or setup.get(name) != origin}
    return found.star or bool((binds | (found.changes - setup.keys())) & wanted)


def _bound(sources: Iterable[str]) -> dict[str, str]:
    return {name: origin for source in sources for name, origin in names(source).binds.items()}
