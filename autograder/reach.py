"""Which cells does an answer rely on? Read from the names that cells bind and use, without running any.

It decides which of a student's own cells grading runs (those that define what an answer uses), and which
cells an exercise's list of operations is held against (those that the answer can reach).
"""

import builtins
import symtable
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """The global names that a cell binds, and those that it uses from elsewhere or may change."""

    bound: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()


def names(source: str) -> Names:
    """Read a cell's names; a cell that does not parse binds and uses none."""
    try:
        table = symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names()
    bound, used = set(), set()
    scopes = [table]
    while scopes:
        scope = scopes.pop()
        scopes += scope.get_children()
        for symbol in scope.get_symbols():
            if scope is table or symbol.is_global():
                if symbol.is_assigned() or symbol.is_imported() or (scope is table and symbol.is_namespace()):
                    bound.add(symbol.get_name())
                if symbol.is_referenced():
                    used.add(symbol.get_name())
    return Names(frozenset(bound), frozenset(used))


def needed(cells: Sequence[str], spare: Sequence[str]) -> list[int]:
    """Which of the spare cells bind a name that the cells use, or that a needed spare cell uses.

    Returns:
        Indices into `spare`, in order.
    """
    have = [names(cell) for cell in cells]
    others = [names(cell) for cell in spare]
    missing = frozenset().union(*(n.used for n in have)) - frozenset().union(*(n.bound for n in have))
    missing -= frozenset(dir(builtins))
    chosen: set[int] = set()
    while more := {i for i, n in enumerate(others) if i not in chosen and n.bound & missing}:
        chosen |= more
        missing = missing.union(*(others[i].used for i in more))
    return sorted(chosen)


def reached(cells: Sequence[str], start: int, public: Collection[str], given: Collection[str]) -> list[int]:
    """Which cells the cell at `start` can reach by global names, itself included.

    A cell is reached if it binds a name that a reached cell uses, or shares a name with one that is not
    public: through a list that both know, one could hand the other anything.

    Args:
        public: names that set-up cells and exercises define, which every cell may use; using one
            reaches the cell that binds it, but not the other way round.
        given: names that checks replace by stand-ins, so that nothing is reached through them.
    """
    all_names = [names(cell) for cell in cells]
    private = frozenset().union(*(n.bound for n in all_names)) - frozenset(public)
    found, todo = {start}, [start]
    while todo:
        here = all_names[todo.pop()]
        shared = (here.used | here.bound) & private
        for i, other in enumerate(all_names):
            if i in found:
                continue
            defines = other.bound & here.used - frozenset(given)
            if defines or shared & (other.used | other.bound):
                found.add(i)
                todo.append(i)
    return sorted(found)
