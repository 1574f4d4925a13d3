"""Which cells an exercise's verdict needs, and what in these a person has to look at.

An exercise needs its solution cell and, of the cells that the student added before its check, those that bind or
change a name which it reads, and so on. Other cells, where students try things out and compare with the
built-in, are neither run nor read. A cell of an earlier exercise, reached by that exercise's objects, is held
against that exercise's operations; one of a later exercise, which may be allowed more, against those of this one.
"""

import builtins
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.exercise import Exercise
from autograder.grading.placed import ADDED, Placed
from autograder.grading.plan import CHECK, EXPERIMENT, SETUP, SOLUTION, Plan
from autograder.syntax import ALONE, Names, names, runnable
from helpers.operations import Reading, read
from helpers.ownership import NotYours

# Characters that one exercise's cells may have.
MAX_LENGTH = 60_000
# Names that IPython gives every notebook.
OF_IPYTHON = frozenset("display get_ipython In Out".split())
# Lines that IPython takes for code from elsewhere, whose names stand in the notebook afterwards.
MAGIC_THAT_BINDS = re.compile(
    r"^[ \t]*%(?:run|store|pylab|load|loadpy|load_ext(?!\s+(?:autoreload|tensorboard)\b)|rerun|recall|macro|edit)\b[^\n]{0,100}",
    re.MULTILINE,
)
DEEP = "an expression is nested too deep to be read"


@dataclass(frozen=True)
class Need:
    """What one exercise needs of a notebook, in its order.

    Attributes:
        cells: those that are held against its operations.
        exercises: other exercises whose objects these use.
        shared: the names that they read and that are neither set-up's nor any exercise's. What one of these
            stands for may hold anything that another cell has put there.
        wanted: all names that they read.
    """

    cells: tuple[Placed, ...]
    exercises: frozenset[str]
    shared: frozenset[str]
    wanted: frozenset[str] = frozenset()

    def handed(self, cells: Iterable[Placed]) -> bool:
        """Whether some cells could hand something to these, by a name that both know."""
        here = {cell.id for cell in self.cells}
        for cell in cells:
            if cell.id in here:
                continue
            theirs = names(cell.source)
            if self.shared & (theirs.reads | theirs.binds.keys()):
                return True
        return False


def need(exercise: Exercise, placed: list[Placed], plan: Plan) -> Need:
    """The cells that an exercise's verdict needs.

    Args:
        exercise: the exercise.
        placed: the cells of the submission.
        plan: the unit's.
    """
    setup = _bound(cell.source for cell in placed if cell.kind == SETUP)
    candidates = _before_its_check(exercise, placed)
    theirs = _objects_of_earlier_exercises(exercise, candidates, plan)
    chosen = {cell.id for cell in candidates if cell.exercise == exercise.name}
    wanted = set(exercise.objects)
    read: set[str] = set()
    while True:
        for cell in candidates:
            if cell.id in chosen - read:
                wanted |= names(cell.source).reads
        read |= chosen
        new = set()
        for cell in candidates:
            wanted_here = wanted - theirs.get(cell.id, set())
            if cell.id not in chosen and _brings(names(cell.source), setup, wanted_here):
                new.add(cell.id)
        if not new:
            break
        chosen |= new
    used = {cell.exercise for cell in candidates if wanted & theirs.get(cell.id, set())}
    cells = tuple(cell for cell in candidates if cell.id in chosen)
    shared = frozenset(wanted - _public(setup, plan))
    return Need(cells, frozenset(used), shared, frozenset(wanted))


def _before_its_check(exercise: Exercise, placed: Sequence[Placed]) -> list[Placed]:
    """The code of the student's that stands before an exercise's check."""
    before = []
    for cell in placed:
        if cell.kind == CHECK and cell.exercise == exercise.name:
            break
        if cell.kind in (SOLUTION, ADDED) and not cell.idle:
            before.append(cell)
    return before


def _objects_of_earlier_exercises(
    exercise: Exercise, cells: Iterable[Placed], plan: Plan
) -> dict[str, set[str]]:
    """The objects that solution cells of earlier exercises are to define, by the cell's id."""
    order = list(plan.exercises)
    earlier = order[: order.index(exercise.name)]
    objects = {}
    for cell in cells:
        if cell.exercise in earlier:
            objects[cell.id] = set(plan.exercises[cell.exercise].objects)
    return objects


def _public(setup: Mapping[str, str], plan: Plan) -> set[str]:
    """The names that mean the same to everybody: set-up's, the exercises' objects, Python's own."""
    public = set(dir(builtins)) | setup.keys()
    for exercise in plan.exercises.values():
        public |= set(exercise.objects)
    return public


def read_cells(needed: Need, plan: Plan) -> Reading:
    """What the cells that an exercise needs use of libraries, and what in them reaches out.

    Args:
        needed: the cells.
        plan: the unit's.
    """
    length = sum(len(cell.source) for cell in needed.cells)
    if length > MAX_LENGTH:
        why = f"there are {length:,} characters to be read; the limit is {MAX_LENGTH:,}"
        return Reading(reaching=(why,))
    if any(names(cell.source).deep for cell in needed.cells):
        return Reading(reaching=(DEEP,))
    setup = tuple(cell.source for cell in plan.cells if cell.kind == SETUP)
    sources = tuple(runnable(cell.source) for cell in needed.cells)
    try:
        return _read(sources, setup)
    except RecursionError:
        return Reading(reaching=(DEEP,))


# Each exercise is held against each other one, so the same cells come again and again.
@functools.lru_cache(maxsize=512)
def _read(sources: tuple[str, ...], setup: tuple[str, ...]) -> Reading:
    with ALONE:
        return read(sources, context=setup)


def complaints(exercise: Exercise, reading: Reading, plan: Plan) -> list[str]:
    """Why an answer has no points before a person has looked, as far as its source tells; [] if nothing is amiss.

    Args:
        exercise: the exercise, whose operations count.
        reading: of the cells that it needs.
        plan: the unit's.
    """
    return borrowed(exercise, reading, plan) + list(reading.reaching)


def borrowed(exercise: Exercise, reading: Reading, plan: Plan) -> list[str]:
    """What an answer uses of libraries that run no operation, although it should write it; see `complaints`.

    Args:
        exercise: the exercise, whose operations count.
        reading: of the cells that it needs.
        plan: the unit's.
    """
    theirs = plan.not_yours.get(exercise.name, NotYours())
    return reading.borrowed(theirs.paths, exercise.objects)


def may_hand_over(exercise: Exercise, reading: Reading, plan: Plan) -> bool:
    """Whether cells of another exercise hold what this one asks to write, or could hold anything.

    Args:
        exercise: this one.
        reading: of the other's cells.
        plan: the unit's.
    """
    theirs = plan.not_yours.get(exercise.name, NotYours())
    return bool(complaints(exercise, reading, plan)) or reading.mentions(theirs.paths)


def in_experiments(needed: Need, placed: Iterable[Placed]) -> str:
    """Names that an answer takes from experiments, which are not run; "" if it takes none.

    Args:
        needed: what the answer's exercise needs.
        placed: the cells of the submission.
    """
    bound_here = _bound(cell.source for cell in needed.cells).keys()
    bound_there = _bound(cell.source for cell in placed if cell.kind == EXPERIMENT).keys()
    return ", ".join(sorted((needed.shared - bound_here) & bound_there))


def below_its_check(needed: Need, exercise: Exercise, placed: Sequence[Placed]) -> str:
    """Names that an answer uses and that are bound only below its check; "" if there are none.

    Args:
        needed: what the answer's exercise needs.
        exercise: the exercise.
        placed: the cells of the submission.
    """
    above = _before_its_check(exercise, placed)
    setup = [cell for cell in placed if cell.kind == SETUP]
    bound = _bound(cell.source for cell in (*setup, *above)).keys()
    known = {cell.id for cell in above}
    theirs = [cell for cell in placed if cell.kind in (SOLUTION, ADDED) and cell.id not in known]
    below = _bound(cell.source for cell in theirs if not cell.idle).keys()
    return ", ".join(sorted((needed.wanted - bound) & below))


def bound_nowhere(needed: Need) -> str:
    """Names that an answer uses and that none of the cells it needs binds; "" if there are none.

    Args:
        needed: what the answer's exercise needs.
    """
    bound = _bound(cell.source for cell in needed.cells)
    return ", ".join(sorted(needed.shared - bound.keys() - OF_IPYTHON))


def magics_above(exercise: Exercise, placed: Sequence[Placed]) -> str:
    """The lines above an exercise's check that would bind names, and that only IPython understands.

    Args:
        exercise: the exercise.
        placed: the cells of the submission.
    """
    found: list[str] = []
    for cell in _before_its_check(exercise, placed):
        found += [line.strip() for line in MAGIC_THAT_BINDS.findall(cell.source)]
    return "; ".join(found)


def _brings(cell: Names, setup: Mapping[str, str], wanted: set[str]) -> bool:
    """Whether a cell can change what the wanted names stand for; importing again what set-up has does not."""
    if cell.star:
        return True
    anew = set(cell.changes - setup.keys())
    for name, origin in cell.binds.items():
        if not origin or setup.get(name) != origin:
            anew.add(name)
    return bool(anew & wanted)


def _bound(sources: Iterable[str]) -> dict[str, str]:
    """The names that cells bind, and where imported ones come from."""
    bound: dict[str, str] = {}
    for source in sources:
        bound |= names(source).binds
    return bound
