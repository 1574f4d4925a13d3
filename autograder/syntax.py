"""What Python source reads and binds, told without running it."""

import ast
import functools
import re
import symtable
import threading
from collections.abc import Iterable
from dataclasses import dataclass

# Python counts how deep a syntax tree is for all threads together, and where two meet one fails (SystemError). So
# whatever takes syntax apart in a grader does it alone, TensorFlow's AutoGraph while judging included.
ALONE = threading.RLock()


def defined(source: str) -> set[str]:
    """The names that a cell defines at its top level; none if it is not Python."""
    try:
        with ALONE:
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = {n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    targets = [t for n in body if isinstance(n, ast.Assign) for t in n.targets]
    targets += [n.target for n in body if isinstance(n, ast.AnnAssign)]
    return names | {part.id for t in targets for part in ast.walk(t) if isinstance(part, ast.Name)}


# Lines that IPython understands and Python does not: %magic, !command, ?help, help?, pip install
NOT_PYTHON = re.compile(r"^([ \t]*)(?:[%!?].*|(?:pip|conda) .*|[\w.]+\?{1,2}[ \t]*)$", re.MULTILINE)


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


def runnable(source: str) -> str:
    """A cell's source as it will be run: lines that only IPython understands are left out."""
    try:
        with ALONE:
            ast.parse(source)
    except UNPARSABLE:
        return NOT_PYTHON.sub(r"\1pass", source)
    return source


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
