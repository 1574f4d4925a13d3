"""Which library operations does a source use, and may this exercise use them?

Evidence cannot tell an implementation from a call of the built-in; the source can. Reading it is sound because
dynamic access is refused: without getattr, eval, dunders, star imports or modules passed around as values, every
use of a library is a dotted path that starts at an import, perhaps by way of plain assignments. And from a value, a
tensor or a function, no attribute leads behind it.

Every exercise may use what `permitted` lists; `allow` adds to it, `forbid` takes away. A name without a dot, "tanh",
means that operation in each library; one with dots, "keras.layers.Dense", just itself; and one that begins with a
dot, ".add_weight", an attribute of whatever value.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from helpers.checks import Checks
from helpers.permitted import (
    DUNDERS,
    DYNAMIC,
    HOMES,
    INSIDE,
    LIBRARIES,
    MODULES,
    NAMED_TUPLE,
    PATHS,
    PRIMITIVES,
    REACHING,
)

MOST_PATHS, LONGEST_PATH = 200_000, 200  # a long answer follows ten thousand names


def violations(exercise: Checks, cells: Sequence[str], known: Sequence[str] = ()) -> list[str]:
    """What in these cells this exercise may not use, each in a sentence for the student; [] if nothing.

    Args:
        cells: sources of the cells whose names the exercise's answer may reach, in the order in which they run.
        known: cells of the course's own, which may use what they like; names that they import are understood.
    """
    reader = _Reader(exercise)
    trees = _parse(cells)
    try:
        for tree in (
            _parse(known) + trees
        ):  # first only names: one may be used above the place where it is bound
            reader.visit(tree)
        reader.forget_uses()
        for tree in trees:
            reader.visit(tree)
            reader.modules_as_values(tree)
    except _Tangled as error:
        return [str(error)]
    found = list(reader.refused)
    uses = dict.fromkeys(reader.uses)
    on_the_way = {(line, path[:i]) for line, path in uses for i, sign in enumerate(path) if sign == "."}
    for line, path in uses:
        if (line, path) not in on_the_way and not allowed(exercise, path):
            found.append(
                f"line {line}: {path} is not among the operations of this exercise; write it yourself"
            )
    hidden = {_snake(name.rsplit(".", 1)[-1]) for name in (*exercise.forbid, *exercise.objects)}
    for line, text in reader.strings:
        if text in hidden and "_" in text:
            found.append(f"line {line}: the text {text!r} names what this exercise asks you to write")
    return list(dict.fromkeys(found))


def allowed(exercise: Checks, path: str) -> bool:
    """Whether an exercise may use a dotted path, or a part of it on the way to something it may."""
    path = canonical(path)
    if _matches(path, exercise.forbid):
        return False
    if path.split(".")[0] not in LIBRARIES and path.rsplit(".", 1)[-1] in exercise.objects:
        return False  # math.tanh is a tanh as well
    if path in PATHS or is_module(exercise, path):
        return True
    parts = path.split(".")
    if any(_reaching(name) for name in parts):
        return False
    if _matches(path, exercise.allow):
        return True
    beginnings = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
    return any(found in PATHS or _primitive(found) for found in beginnings)


def is_module(exercise: Checks, path: str) -> bool:
    """Whether a path is only on the way to something that an exercise may use."""
    path = canonical(path)
    ways = (name for name in map(canonical, exercise.allow) if "." in name)
    return path in MODULES or any(way.startswith(path + ".") for way in ways)


def canonical(path: str) -> str:
    """One name for what has several: tensorflow.keras.layers is keras.layers."""
    return re.sub(r"^tensorflow\.keras(?=\.|$)|^tf_keras(?=\.|$)", "keras", path)


def _matches(path: str, names: Iterable[str]) -> bool:
    for name in names:
        if "." in name and name.split(".")[0] in LIBRARIES:
            if _under(path, [canonical(name)]):
                return True
        elif any(_under(path, [f"{home}.{name}"]) for home in HOMES if path.startswith(home)):
            return True
    return False


def _primitive(path: str) -> bool:
    return any(path.startswith(f"{home}.") and path[len(home) + 1 :] in PRIMITIVES for home in HOMES)


def _under(path: str, roots: Iterable[str]) -> bool:
    return any(path == root or path.startswith(root + ".") for root in roots)


def _reaching(attribute: str) -> bool:
    """Whether an attribute of a value leads behind it."""
    return attribute in REACHING or (attribute.startswith(INSIDE) and attribute not in DUNDERS | NAMED_TUPLE)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _parse(cells: Sequence[str]) -> list[ast.Module]:
    trees = []
    for cell in cells:
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):  # such a cell defines nothing
            trees.append(ast.parse(cell))
    return trees


class _Tangled(ValueError):
    """Names stand for so many things that following them would take minutes."""


class _Reader(ast.NodeVisitor):
    """Collects uses of libraries as dotted paths, and what would hide one."""

    def __init__(self, exercise: Checks) -> None:
        self.exercise = exercise
        self.own: set[str] = set()  # attributes that the answer itself defines
        self.names: dict[str, set[str]] = {}  # what a name may stand for
        self.uses: list[tuple[int, str]] = []
        self.strings: list[tuple[int, str]] = []
        self.refused: list[str] = []
        self.followed = 0

    def forget_uses(self) -> None:
        self.uses, self.strings, self.refused = [], [], []

    def refuse(self, node: ast.AST, why: str) -> None:
        self.refused.append(f"line {getattr(node, 'lineno', 1)}: {why}")

    # where names come from
    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.bring(node, name, alias.name if alias.asname else alias.name.split(".")[0], alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*" or node.level:
                self.refuse(node, f"from {node.module} import {alias.name} hides which operations are used")
            else:
                path = f"{node.module}.{alias.name}"
                self.bring(node, alias.asname or alias.name, path, path)

    def bring(self, node: ast.AST, name: str, path: str, used: str) -> None:
        self.names.setdefault(name, set()).add(path)
        self.uses.append((node.lineno, used))  # type: ignore[attr-defined]

    def bind(self, target: ast.AST, value: ast.AST | None) -> None:
        if isinstance(target, ast.Name) and value is not None and (paths := set(self.paths(value))):
            self.names.setdefault(target.id, set()).update(paths)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target, value in _plain(node):
            self.bind(target, value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.bind(node.target, node.value)
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.bind(node.target, node.value)
        self.generic_visit(node)

    # where they are used
    def paths(self, node: ast.AST) -> Iterator[str]:
        """The dotted library paths that an expression may be."""
        for path in self._paths(node):
            self.followed += 1
            if self.followed > MOST_PATHS or len(path) > LONGEST_PATH:
                raise _Tangled(
                    f"line {getattr(node, 'lineno', 1)}: names are bound anew too often to follow them"
                )
            yield path

    def _paths(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Name):
            yield from self.names.get(node.id, ())
        elif isinstance(node, ast.Attribute):
            yield from (f"{path}.{node.attr}" for path in self.paths(node.value))
        elif isinstance(node, ast.IfExp):
            yield from (*self.paths(node.body), *self.paths(node.orelse))
        elif isinstance(node, ast.BoolOp):
            yield from (path for value in node.values for path in self.paths(value))
        elif isinstance(node, ast.NamedExpr):
            yield from self.paths(node.value)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.own |= {name for part in node.body for name in _defined(part)}
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        paths = list(self.paths(node))
        self.uses += [(node.lineno, path) for path in paths]
        if isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name) and node.value.id == "self":
            self.own.add(node.attr)
        if not paths:
            self.attribute(node, node.attr)
        if isinstance(node.ctx, ast.Store | ast.Del) and self.is_foreign(node.value):
            self.refuse(node, f"an attribute of something other than self is changed: .{node.attr}")
        self.generic_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        for name in node.kwd_attrs:
            self.attribute(node, name)
        self.generic_visit(node)

    def attribute(self, node: ast.AST, name: str) -> None:
        """Refuse an attribute of a value if it leads behind it."""
        private = name.startswith("_") and not name.startswith("__") and name in self.own
        if (_reaching(name) and not private) or f".{name}" in self.exercise.forbid:
            self.refuse(node, f".{name} reaches behind what the exercise is about")

    def is_foreign(self, node: ast.AST) -> bool:
        """Whether an attribute stored on this could change a library, or a class for everybody."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        mine = isinstance(node, ast.Name) and node.id not in self.names and node.id[:1].islower()
        return not (mine or (isinstance(node, ast.Call) and ast.unparse(node.func) == "super"))

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in DYNAMIC or (node.id.startswith("__") and node.id not in DUNDERS):
            self.refuse(node, f"{node.id} could reach anything, so it is not used in answers")
        elif isinstance(node.ctx, ast.Load):
            self.uses += [(node.lineno, path) for path in self.names.get(node.id, ())]

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.strings.append((node.lineno, node.value))

    def modules_as_values(self, tree: ast.Module) -> None:
        """Refuse a module that is handed on whole: nobody could follow what is used of it.

        In the body of a class it would become an attribute, so it may not even get a name there.
        """
        nodes = list(ast.walk(tree))
        inside = {id(part) for node in nodes if isinstance(node, ast.ClassDef) for part in _own_level(node)}
        read = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
        for node in nodes:
            if isinstance(node, ast.Assign) and id(node) not in inside:
                read |= {id(value) for _, value in _plain(node)}
        for node in nodes:
            if isinstance(node, ast.Import | ast.ImportFrom) and id(node) in inside:
                self.refuse(node, "an import stands in the body of a class")
            value = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
            if value and id(node) not in read:
                for path in self.paths(node):
                    if is_module(self.exercise, path):
                        self.refuse(node, f"the module {path} is used as a value")


def _plain(node: ast.Assign) -> Iterator[tuple[ast.Name, ast.AST]]:
    """The names of an assignment with the values that they get, where that can be seen."""
    for target in node.targets:
        several = isinstance(target, ast.Tuple | ast.List) and isinstance(node.value, ast.Tuple | ast.List)
        pairs: list = [(target, node.value)]
        if several:
            pairs = list(zip(target.elts, node.value.elts, strict=False))  # type: ignore[attr-defined]
        seen = not several or len(node.targets) == 1
        if seen and all(isinstance(t, ast.Name) and not isinstance(v, ast.Starred) for t, v in pairs):
            yield from pairs


def _defined(statement: ast.stmt) -> Iterator[str]:
    """What a statement in the body of a class makes an attribute."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (part.id for t in targets for part in ast.walk(t) if isinstance(part, ast.Name))


def _own_level(node: ast.ClassDef) -> Iterator[ast.AST]:
    """What is run as part of a class's body; not its functions, nor classes in it."""
    parts: list[ast.AST] = list(node.body)
    for part in parts:  # grows while it is gone through
        yield part
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            parts += ast.iter_child_nodes(part)
