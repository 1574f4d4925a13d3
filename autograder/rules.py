"""Which cells an exercise's verdict needs, and whether these keep to the operations of that exercise.

An exercise needs its solution cell and, of the cells that the student added before its check, those that bind or
change a name which it reads, and so on. Other cells, where students try things out and compare with the
built-in, are neither run nor read. A cell of an earlier exercise, reached by that exercise's objects, is held
against that exercise's operations; one of a later exercise, which may be allowed more, against those of this one.
"""

import ast
import builtins
import functools
import re
import symtable
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.plan import CHECK, EXPERIMENT, SETUP, SOLUTION, Plan
from autograder.submission import ADDED, ALONE, Placed
from helpers.operations import violations
from solutions.exercise import Exercise

# Lines that IPython understands and Python does not: %magic, !command, ?help, help?, pip install
NOT_PYTHON = re.compile(r"^([ \t]*)(?:[%!?].*|(?:pip|conda) .*|[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)
MAX_LENGTH = 60_000  # characters that one exercise's cells may have
DEEP = "an expression is nested too deep to be read"
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Names:
    """The global names of a cell. `binds` tells by name where an imported one comes from, "" for others."""

    reads: frozenset[str]
    binds: dict[str, str]
    changes: frozenset[
        str
    ]  # an attribute or item of them is set, or a method of them called, at the top level
    star: bool = False  # nobody knows what a star import binds
    deep: bool = False  # nested too deep to be read here, though perhaps not to be run elsewhere


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


def runnable(source: str) -> str:
    """A cell's source as it will be run: lines that only IPython understands are left out."""
    try:
        with ALONE:
            ast.parse(source)
    except UNPARSABLE:
        return NOT_PYTHON.sub(r"\1pass", source)
    return source


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


@functools.lru_cache(maxsize=4096)
def names(source: str) -> Names:
    """The global names that a cell reads, binds and changes; none if it is not Python."""
    source = runnable(source)
    try:
        with ALONE:
            tree, top = ast.parse(source), symtable.symtable(source, "cell", "exec")
    except UNPARSABLE as error:
        return Names(frozenset(), {}, frozenset(), deep=isinstance(error, RecursionError | MemoryError))
    reads = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    written = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    tables = top.get_children()
    for table in tables:  # grows while it is gone through
        reads |= {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
        written |= {s.get_name() for s in table.get_symbols() if s.is_declared_global() and s.is_assigned()}
        tables += table.get_children()
    return Names(frozenset(reads), _origins(tree, written), frozenset(_changes(tree)), star=_star(tree))


def _origins(tree: ast.Module, written: set[str]) -> dict[str, str]:
    """What each written name is imported from; "" if it is bound in another way, or in several."""
    found: dict[str, set[str]] = {name: set() for name in written}
    for name, origin in _imports(tree):
        found.setdefault(name, set()).add(origin)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in found:
            found[node.id].add("")
    return {name: origins.pop() if len(origins) == 1 else "" for name, origins in found.items()}


def _star(tree: ast.Module) -> bool:
    return any(name == "*" for name, _ in _imports(tree))


def _imports(tree: ast.Module) -> Iterable[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for a in node.names:
                yield (a.asname, a.name) if a.asname else (a.name.split(".")[0], a.name.split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            for a in node.names:
                yield a.asname or a.name, f"{node.module}.{a.name}"


def _changes(tree: ast.Module) -> Iterable[str]:
    for node in ast.walk(tree):
        stored = isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
        called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        part: ast.AST | None = node if stored else node.value.func if called else None  # type: ignore[attr-defined]
        while isinstance(part, ast.Attribute | ast.Subscript):
            part = part.value
            if isinstance(part, ast.Name):
                yield part.id
