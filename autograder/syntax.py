"""What Python source reads and binds, told without running it."""

import ast
import functools
import symtable
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from helpers.ipython_cells import UNPARSABLE, as_python

# Python counts how deep a syntax tree is for all threads together, and where two meet one fails (SystemError). So
# whatever takes syntax apart in a grader does it alone, TensorFlow's AutoGraph while judging included.
ALONE = threading.RLock()
# What may have a docstring.
DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Names:
    """The global names of a cell.

    Attributes:
        reads: those that it reads, at the top level or within functions and classes.
        binds: those that it binds, by name where an imported one comes from, "" for others.
        changes: those of which, at the top level, an attribute or item is set or a method called.
        star: whether it has a star import; nobody knows what that binds.
        deep: whether it is nested too deep to be read here, though perhaps not to be run elsewhere.
    """

    reads: frozenset[str]
    binds: dict[str, str]
    changes: frozenset[str]
    star: bool = False
    deep: bool = False


def defined(source: str) -> set[str]:
    """The names that a cell defines at its top level; none if it is not Python."""
    return set(definitions(source))


def _defined_by(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {name for target in targets for name in _names_within(target)}
        case ast.AnnAssign(target=target):
            return _names_within(target)
    return set()


def _names_within(target: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(target) if isinstance(part, ast.Name)}


@functools.lru_cache(maxsize=4096)
def runnable(source: str) -> str:
    """A cell's source as it will be run: what only IPython understands is left out."""
    with ALONE:
        return as_python(source)


@functools.lru_cache(maxsize=4096)
def definitions(source: str) -> dict[str, str]:
    """What a cell defines at its top level: functions, classes and assigned names, each with its code as data.

    Docstrings are left out: one that was translated makes no other definition.

    Args:
        source: as it stands in the cell; none are found if it is not Python.
    """
    try:
        with ALONE:
            statements = ast.parse(runnable(source)).body
            return {name: _code_of(part) for part in statements for name in _defined_by(part)}
    except UNPARSABLE:
        return {}


def _code_of(statement: ast.stmt) -> str:
    """A statement as data, without docstrings; these are taken out of it."""
    for node in ast.walk(statement):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return ast.dump(statement)


def statements_of(source: str) -> list[str]:
    """The statements at the top level of a cell, each as its code; none if it is not Python."""
    try:
        with ALONE:
            return [ast.unparse(part) for part in ast.parse(runnable(source)).body]
    except UNPARSABLE:
        return []


def without(source: str, names: Collection[str]) -> str:
    """The statements at the top level of a cell but for those that define some names and nothing else.

    Args:
        source: as it stands in the cell; nothing is left of it if it is not Python.
        names: what is left out.
    """
    kept = []
    try:
        with ALONE:
            for part in ast.parse(runnable(source)).body:
                defined_here = _defined_by(part)
                if not defined_here or defined_here - set(names):
                    kept.append(ast.unparse(part))
    except UNPARSABLE:
        return ""
    return "\n".join(kept)


def read_at_once(source: str) -> set[str]:
    """The names that a cell reads while it runs, outside its functions: a base class, a decorator."""
    try:
        with ALONE:
            top = symtable.symtable(runnable(source), "source", "exec")
    except UNPARSABLE:
        return set()
    return {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}


def global_names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """The global names that source reads, and those that it binds, functions and classes within it included.

    Args:
        source: Python, without lines that only IPython understands.
    Returns:
        What is read, and what is bound: assigned, imported or defined at the top level, or declared `global`
        and assigned further down.
    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: if Python cannot read it.
    """
    with ALONE:
        top = symtable.symtable(source, "source", "exec")
    reads, binds = set(), set()
    for symbol in top.get_symbols():
        if symbol.is_referenced():
            reads.add(symbol.get_name())
        if symbol.is_assigned() or symbol.is_imported():
            binds.add(symbol.get_name())
    for scope in _scopes_within(top):
        for symbol in scope.get_symbols():
            if symbol.is_global() and symbol.is_referenced():
                reads.add(symbol.get_name())
            if symbol.is_declared_global() and symbol.is_assigned():
                binds.add(symbol.get_name())
    return frozenset(reads), frozenset(binds)


def _scopes_within(scope: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """The functions and classes within a scope, those within them included."""
    waiting = list(scope.get_children())
    while waiting:
        inner = waiting.pop()
        yield inner
        waiting += inner.get_children()


@functools.lru_cache(maxsize=4096)
def names(source: str) -> Names:
    """The global names that a cell reads, binds and changes; none if it is not Python."""
    source = runnable(source)
    try:
        with ALONE:
            tree = ast.parse(source)
        reads, binds = global_names(source)
    except UNPARSABLE as error:
        too_deep = isinstance(error, RecursionError | MemoryError)
        return Names(frozenset(), {}, frozenset(), deep=too_deep)
    return Names(reads, _origins(tree, binds), frozenset(_changes(tree)), star=_star(tree))


def _origins(tree: ast.Module, binds: frozenset[str]) -> dict[str, str]:
    """What each bound name is imported from; "" if it is bound in another way, or in several."""
    ways: dict[str, set[str]] = {name: set() for name in binds}
    for name, origin in _imports(tree):
        ways.setdefault(name, set()).add(origin)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in ways:
            ways[node.id].add("")
    origins = dict.fromkeys(ways, "")
    for name, its_ways in ways.items():
        if len(its_ways) == 1:
            origins[name] = its_ways.pop()
    return origins


def _star(tree: ast.Module) -> bool:
    return any(name == "*" for name, _ in _imports(tree))


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The names that imports bind, each with what it comes from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                package = alias.name.split(".")[0]
                if alias.asname:
                    yield alias.asname, alias.name
                else:
                    yield package, package
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _changes(tree: ast.Module) -> Iterator[str]:
    """The names that something is set in, as in `x.y[0] = 1`, or called upon, as in the statement `x.append(1)`."""
    for node in ast.walk(tree):
        part = _changed_part(node)
        while isinstance(part, ast.Attribute | ast.Subscript):
            part = part.value
            if isinstance(part, ast.Name):
                yield part.id


def _changed_part(node: ast.AST) -> ast.AST | None:
    """What a node sets or deletes, or calls and forgets; None if it does neither."""
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        return node
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return node.value.func
    return None
