"""Which library operations does a source use, and may this exercise use them?

Evidence cannot tell an implementation from a call of the built-in; the source can. Reading it is sound because
dynamic access is refused: without getattr, eval, dunders, star imports or modules passed around as values, every
use of a library is a dotted path that starts at an import, perhaps by way of plain assignments. And from a value, a
tensor or a function, no attribute leads behind it.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from helpers.checks import Checks
from helpers.permitted import DUNDERS, DYNAMIC, allowed, beginnings, is_module, reaches_behind

MOST_PATHS, LONGEST_PATH = 200_000, 200  # a long answer follows ten thousand names
Use = tuple[int, str]  # a line, and the dotted path or the text that stands there


def violations(exercise: Checks, cells: Sequence[str], context: Sequence[str] = ()) -> list[str]:
    """What in these cells this exercise may not use.

    Args:
        exercise: the exercise; it may allow or forbid operations of its own.
        cells: sources of the cells whose names the exercise's answer may reach, in the order in which they run.
        context: cells that may use what they like; names that they bind are understood.
    Returns:
        A sentence for the student about each, with its line; [] if there is nothing.
    """
    reader = _Reader(exercise)
    trees = _parse(cells)
    try:
        # First only names: one may be used above the place where it is bound.
        for tree in _parse(context) + trees:
            reader.visit(tree)
        reader.forget_uses()
        for tree in trees:
            reader.visit(tree)
            reader.refuse_modules_as_values(tree)
    except _Tangled as error:
        return [str(error)]
    found = [
        *reader.refused,
        *_foreign_operations(exercise, reader.uses),
        *_named_in_texts(exercise, reader.texts),
    ]
    return list(dict.fromkeys(found))


def _foreign_operations(exercise: Checks, uses: Sequence[Use]) -> Iterator[str]:
    """What is used although it is the exercise's to write, or reaches out of it."""
    uses = list(dict.fromkeys(uses))
    on_the_way: set[Use] = set()
    for line, path in uses:
        on_the_way.update((line, part) for part in beginnings(path))
    for line, path in uses:
        if (line, path) in on_the_way or allowed(exercise, path):
            continue
        yield f"line {line}: {path} is not among the operations of this exercise; write it yourself"


def _named_in_texts(exercise: Checks, texts: Sequence[Use]) -> Iterator[str]:
    """Texts by which a library would fetch what the exercise asks to write: "glorot_uniform"."""
    hidden = {_snake(name.rsplit(".", 1)[-1]) for name in (*exercise.forbid, *exercise.objects)}
    for line, text in texts:
        if "_" in text and text in hidden:
            yield f"line {line}: the text {text!r} names what this exercise asks you to write"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _parse(cells: Sequence[str]) -> list[ast.Module]:
    """The cells that can be parsed; one that cannot defines nothing."""
    trees = []
    for cell in cells:
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            trees.append(ast.parse(cell))
    return trees


class _Tangled(ValueError):
    """Names stand for so many things that following them would take minutes."""


class _Reader(ast.NodeVisitor):
    """Collects uses of libraries as dotted paths, and what would hide one.

    Attributes:
        own: attributes that the answer itself defines.
        names: the library paths that a name may stand for.
        uses: paths that are used, and in which line.
        texts: literal texts, and in which line.
        refused: what could hide a use, each in a sentence.
        followed: how many paths were followed so far.
    """

    def __init__(self, exercise: Checks) -> None:
        self.exercise = exercise
        self.own: set[str] = set()
        self.names: dict[str, set[str]] = {}
        self.uses: list[Use] = []
        self.texts: list[Use] = []
        self.refused: list[str] = []
        self.followed = 0

    def forget_uses(self) -> None:
        self.uses, self.texts, self.refused = [], [], []

    def refuse(self, node: ast.AST, why: str) -> None:
        self.refused.append(f"line {_line(node)}: {why}")

    # where names come from
    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            top = alias.name.split(".")[0]
            if alias.asname:
                self.bring_in(node, alias.asname, path=alias.name, used=alias.name)
            else:
                self.bring_in(node, top, path=top, used=alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*" or node.level:
                self.refuse(node, f"from {node.module} import {alias.name} hides which operations are used")
            else:
                path = f"{node.module}.{alias.name}"
                self.bring_in(node, alias.asname or alias.name, path=path, used=path)

    def bring_in(self, node: ast.AST, name: str, path: str, used: str) -> None:
        self.names.setdefault(name, set()).add(path)
        self.uses.append((_line(node), used))

    def bind(self, target: ast.AST, value: ast.AST | None) -> None:
        if not isinstance(target, ast.Name) or value is None:
            return
        paths = set(self.paths(value))
        if paths:
            self.names.setdefault(target.id, set()).update(paths)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target, value in _assigned(node):
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
                raise _Tangled(f"line {_line(node)}: names are bound anew too often to follow them")
            yield path

    def _paths(self, node: ast.AST) -> Iterator[str]:
        match node:
            case ast.Name(id=name):
                yield from self.names.get(name, ())
            case ast.Attribute(value=value, attr=name):
                for path in self.paths(value):
                    yield f"{path}.{name}"
            case ast.IfExp(body=one, orelse=other):
                yield from self.paths(one)
                yield from self.paths(other)
            case ast.BoolOp(values=values):
                for value in values:
                    yield from self.paths(value)
            case ast.NamedExpr(value=value):
                yield from self.paths(value)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            self.own.update(_defined(statement))
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        match node:
            case ast.Attribute(value=ast.Name(id="self"), ctx=ast.Store()):
                self.own.add(node.attr)
        paths = list(self.paths(node))
        for path in paths:
            self.uses.append((node.lineno, path))
        if not paths:
            self.check_attribute(node, node.attr)
        is_changed = isinstance(node.ctx, ast.Store | ast.Del)
        if is_changed and self.is_foreign(node.value):
            self.refuse(node, f"an attribute of something other than self is changed: .{node.attr}")
        self.generic_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        for name in node.kwd_attrs:
            self.check_attribute(node, name)
        self.generic_visit(node)

    def check_attribute(self, node: ast.AST, name: str) -> None:
        """Refuse an attribute of a value if it leads behind it."""
        private = name.startswith("_") and not name.startswith("__")
        its_own = private and name in self.own
        if f".{name}" in self.exercise.forbid or (reaches_behind(name) and not its_own):
            self.refuse(node, f".{name} reaches behind what the exercise is about")

    def is_foreign(self, node: ast.AST) -> bool:
        """Whether an attribute stored on this could change a library, or a class for everybody."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        match node:
            case ast.Name(id=name):
                return name in self.names or not name[:1].islower()
            case ast.Call(func=ast.Name(id="super")):
                return False
        return True

    def visit_Name(self, node: ast.Name) -> None:
        strange_dunder = node.id.startswith("__") and node.id not in DUNDERS
        if node.id in DYNAMIC or strange_dunder:
            self.refuse(node, f"{node.id} could reach anything, so it is not used in answers")
        elif isinstance(node.ctx, ast.Load):
            for path in self.names.get(node.id, ()):
                self.uses.append((node.lineno, path))

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.texts.append((node.lineno, node.value))

    def refuse_modules_as_values(self, tree: ast.Module) -> None:
        """Refuse a module that is handed on whole: nobody could follow what is used of it.

        In the body of a class it would become an attribute, so it may not even get a name there.
        """
        nodes = list(ast.walk(tree))
        in_classes = _ids_in_classes(nodes)
        followed = _ids_followed(nodes, in_classes)
        for node in nodes:
            match node:
                case ast.Import() | ast.ImportFrom() if id(node) in in_classes:
                    self.refuse(node, "an import stands in the body of a class")
                case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()) if id(node) not in followed:
                    self.refuse_modules(node)

    def refuse_modules(self, node: ast.AST) -> None:
        for path in self.paths(node):
            if is_module(self.exercise, path):
                self.refuse(node, f"the module {path} is used as a value")


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 1)


def _ids_in_classes(nodes: Iterable[ast.AST]) -> set[int]:
    """Of what is run as part of a class's body."""
    ids: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            ids.update(id(part) for part in _own_level(node))
    return ids


def _ids_followed(nodes: Iterable[ast.AST], in_classes: set[int]) -> set[int]:
    """Of expressions that are followed to what is used of them: in a dotted path, or by the name that they get."""
    ids: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Attribute):
            ids.add(id(node.value))
        elif isinstance(node, ast.Assign) and id(node) not in in_classes:
            ids.update(id(value) for _, value in _assigned(node))
    return ids


def _assigned(node: ast.Assign) -> Iterator[tuple[ast.Name, ast.expr]]:
    """The names of an assignment with the values that they get, where that can be seen."""
    for target in node.targets:
        match target, node.value:
            case ast.Name(), value:
                yield target, value
            # Another target would get the whole of what is taken apart here.
            case ((ast.Tuple() | ast.List()), (ast.Tuple() | ast.List())) if len(node.targets) == 1:
                yield from _assigned_one_by_one(target.elts, node.value.elts)


def _assigned_one_by_one(
    targets: list[ast.expr], values: list[ast.expr]
) -> Iterator[tuple[ast.Name, ast.expr]]:
    """Nothing if a star would shift them, or an item of something is among them."""
    pairs = []
    for target, value in zip(targets, values, strict=False):
        if not isinstance(target, ast.Name) or isinstance(value, ast.Starred):
            return
        pairs.append((target, value))
    yield from pairs


def _defined(statement: ast.stmt) -> Iterator[str]:
    """What a statement in the body of a class makes an attribute."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _names_in(target)
        case ast.AnnAssign(target=target):
            yield from _names_in(target)


def _names_in(target: ast.expr) -> Iterator[str]:
    for part in ast.walk(target):
        if isinstance(part, ast.Name):
            yield part.id


def _own_level(node: ast.ClassDef) -> Iterator[ast.AST]:
    """What is run as part of a class's body; not its functions, nor classes in it."""
    parts: list[ast.AST] = list(node.body)
    # The list grows while it is gone through.
    for part in parts:
        yield part
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            parts += ast.iter_child_nodes(part)
