"""Which library operations does a source use, in which line, and what in it reaches out of the exercise?

Whose work an answer is shows while it runs (helpers.witness). Reading it tells three things more: the line; what of
libraries that run no operation it uses; and what could reach anything, or hide a use. The last is a tripwire: a person
looks at it, and it is never a reason to believe that somebody cheated.
"""

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from helpers.bindings import (
    assigned,
    attributes_of_class,
    ids_followed,
    ids_in_classes,
    ids_of_local,
    ids_of_self,
    local_uses,
    made_here,
)
from helpers.permitted import (
    BY_NAME,
    COMPUTING,
    DUNDERS,
    DYNAMIC,
    STANDARD,
    WATCHED,
    WITHOUT_OPERATIONS,
    beginnings,
    by_star,
    canonical,
    is_module,
    is_pythons_own,
    private_of_python,
    reaches_behind,
    reaches_out,
)

# They ask whatever comes for what they name.
GETTERS = frozenset({"operator.attrgetter", "operator.methodcaller"})
# Of these a pattern with one place is the value itself.
WHOLE = frozenset("bool bytearray bytes dict float frozenset int list set str tuple".split())
MOST_PATHS, LONGEST_PATH = 200_000, 200  # a long answer follows ten thousand names
Use = tuple[int, str]  # a line, and the dotted path or the text that stands there
# Texts that `format` would follow to what lies behind a value.
FORMAT = re.compile(r"\{\w*(\[\w*\])*\.(_|tb_|f_|gi_|cr_|co_|ag_|$)")


@dataclass(frozen=True)
class Reading:
    """What a source uses.

    Attributes:
        uses: library operations, as dotted paths, and in which line each stands.
        reaching: what reaches out of the exercise, or could hide a use, a sentence each with its line.
    """

    uses: tuple[Use, ...] = ()
    reaching: tuple[str, ...] = ()

    def borrowed(self, paths: Collection[str], objects: Collection[str] = ()) -> list[str]:
        """What is used of libraries that run no operation to be seen, although the exercise asks to write it.

        Args:
            paths: what is not the student's to call.
            objects: the exercise's: `math.tanh` is a tanh as well.
        Returns:
            A sentence about each, with its line.
        """
        found = []
        for line, path in self.uses:
            root, _, rest = path.partition(".")
            if root in WATCHED and not path.startswith(WITHOUT_OPERATIONS):
                continue
            scalar = root not in COMPUTING and rest in objects
            if scalar or _lies_in(path, paths):
                found.append(f"line {line}: {path} does what this exercise asks you to write")
        return list(dict.fromkeys(found))

    def mentions(self, paths: Collection[str]) -> bool:
        """Whether anything of this stands there, of whatever library."""
        return any(_lies_in(path, paths) for _, path in self.uses)

    def line_of(self, path: str) -> int:
        """The first line in which a path stands; 0 if in none."""
        return min((line for line, used in self.uses if _lies_in(used, [path])), default=0)


def _lies_in(path: str, paths: Collection[str]) -> bool:
    return path in paths or any(part in paths for part in beginnings(path))


def read(cells: Sequence[str], context: Sequence[str] = ()) -> Reading:
    """What cells use of libraries, and what in them reaches out.

    Args:
        cells: sources of the cells whose names the exercise's answer may reach, in the order in which they run.
        context: cells that may use what they like; names that they bind are understood.
    """
    reader = _Reader()
    trees = _parse(cells)
    try:
        # First only names: one may be used above the place where it is bound.
        for tree in _parse(context) + trees:
            reader.opaque = ids_of_local(tree)
            reader.visit(tree)
        reader.forget_uses()
        reader.made_here = made_here(trees)
        for tree in trees:
            reader.local, reader.selves = local_uses(tree, DYNAMIC), ids_of_self(tree)
            reader.opaque = ids_of_local(tree)
            reader.visit(tree)
            reader.refuse_modules_as_values(tree)
    except _Tangled as error:
        return Reading(reaching=(str(error),))
    uses = list(dict.fromkeys((line, canonical(path)) for line, path in reader.uses))
    reaching = [*reader.refused, *_reaching_paths(uses)]
    return Reading(tuple(_longest(uses)), tuple(dict.fromkeys(reaching)))


def _longest(uses: Sequence[Use]) -> list[Use]:
    """Uses without those that are only on the way to another in the same line."""
    on_the_way: set[Use] = set()
    for line, path in uses:
        on_the_way.update((line, part) for part in beginnings(path))
    return [use for use in uses if use not in on_the_way]


def _reaching_paths(uses: Sequence[Use]) -> Iterator[str]:
    for line, path in _longest(uses):
        if reaches_out(path):
            yield f"line {line}: {path} reaches out of this exercise"


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
        made_here: names of functions and classes that the answer makes, and of nothing else.
        local: ids of names that look like Python's own and are bound by the answer.
        opaque: ids of names that are local to a function, and stand for no library.
        selves: ids of names that stand for the object whose method runs.
        names: the library paths that a name may stand for.
        uses: paths that are used, and in which line.
        refused: what could hide a use, each in a sentence.
        followed: how many paths were followed so far.
    """

    def __init__(self) -> None:
        self.own: set[str] = set()
        self.made_here: set[str] = set()
        self.local: set[int] = set()
        self.opaque: set[int] = set()
        self.selves: set[int] = set()
        self.names: dict[str, set[str]] = {}
        self.uses: list[Use] = []
        self.refused: list[str] = []
        self.followed = 0

    def forget_uses(self) -> None:
        self.uses, self.refused = [], []

    def refuse(self, node: ast.AST, why: str) -> None:
        self.refused.append(f"line {_line(node)}: {why}")

    # where names come from
    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            path = alias.name if alias.asname else name
            self.names.setdefault(name, set()).add(path)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*" and not node.level and node.module in STANDARD:
                for name in by_star(node.module):
                    self.names.setdefault(name, set()).add(f"{node.module}.{name}")
            elif alias.name == "*" or node.level:
                self.refuse(node, f"from {node.module} import {alias.name} hides which operations are used")
            else:
                # What is imported and never used is no use.
                self.names.setdefault(alias.asname or alias.name, set()).add(f"{node.module}.{alias.name}")

    def bind(self, target: ast.AST, value: ast.AST | None) -> None:
        if not isinstance(target, ast.Name) or value is None:
            return
        paths = set(self.paths(value))
        if paths:
            self.names.setdefault(target.id, set()).update(paths)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target, value in assigned(node):
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
            case ast.Name(id=name) if id(node) not in self.opaque:
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
        for keyword in node.keywords:
            self.refuse(node, f"{keyword.arg}= makes a class of another kind, which no answer needs")
        for base in node.bases:
            if isinstance(base, ast.Name) and base.id == "type":
                self.refuse(node, "a class of classes is made, which no answer needs")
        for statement in node.body:
            names = list(attributes_of_class(statement))
            self.own.update(names)
            for name in names:
                self.check_definition(statement, name)
        self.generic_visit(node)

    def check_definition(self, node: ast.AST, name: str) -> None:
        """Refuse the definition of what Python, or a library, would ask for behind the back."""
        strange = name.startswith("__") and name.endswith("__") and name not in DUNDERS
        if strange or name == "__class__" or is_pythons_own(name):
            self.refuse(node, f"{name} is defined, which no answer needs")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        its_own = id(node.value) in self.selves
        if its_own and isinstance(node.ctx, ast.Store):
            self.own.add(node.attr)
            self.check_definition(node, node.attr)
        paths = list(self.paths(node))
        for path in paths:
            self.uses.append((node.lineno, path))
        if not paths and not (its_own and node.attr == "__dict__"):
            self.check_attribute(node, node.attr)
        is_changed = isinstance(node.ctx, ast.Store | ast.Del)
        if is_changed and self.is_foreign(node.value):
            self.refuse(node, f"an attribute of something other than self is changed: .{node.attr}")
        self.generic_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        for name in node.kwd_attrs:
            self.check_attribute(node, name)
        known = isinstance(node.cls, ast.Name) and node.cls.id in WHOLE
        if node.patterns and not known:
            self.refuse(node, "a pattern asks for attributes by their place")
        self.generic_visit(node)

    def check_attribute(self, node: ast.AST, name: str) -> None:
        """Refuse an attribute of a value if it leads behind it."""
        private = name.startswith("_") and not name.startswith("__")
        its_own = name in self.own and (not name.startswith("_") or private)
        if its_own and name not in private_of_python() and not is_pythons_own(name):
            return
        if reaches_behind(name):
            self.refuse(node, f".{name} reaches behind what the exercise is about")

    def is_foreign(self, node: ast.AST) -> bool:
        """Whether an attribute stored on this could change a library, or a class for everybody."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        match node:
            case ast.Name(id=name):
                if name in self.names and id(node) not in self.opaque:
                    return True
                return not name[:1].islower() and name not in self.made_here
            case ast.Call(func=ast.Name(id="super")):
                return False
        return True

    def visit_Call(self, node: ast.Call) -> None:
        """Follow what is asked for by its name, and refuse classes made of texts."""
        match node:
            case ast.Call(func=ast.Name(id=name), args=[thing, *rest]) if name in BY_NAME:
                self.check_by_name(node, thing, rest)
                for part in (*node.args, *(keyword.value for keyword in node.keywords)):
                    self.visit(part)
                return
            case ast.Call(func=ast.Name(id="type"), args=[_, _, *_]):
                self.refuse(node, "type(…) makes a class of texts, which no answer needs")
        if any(keyword.arg == "safe_mode" for keyword in node.keywords):
            self.refuse(node, "safe_mode= lets code come out of a file")
        if self.asks_by_literals(node):
            return
        for path in self.paths(node.func):
            if path in ("functools.update_wrapper", "functools.wraps"):
                most = 2 if path.endswith("update_wrapper") else 1
                if len(node.args) > most or node.keywords:
                    self.refuse(node, f"{path} is told which attributes to hand on, which no answer needs")
        self.generic_visit(node)

    def asks_by_literals(self, node: ast.Call) -> bool:
        """Read `attrgetter("a.b")` and `methodcaller("a", x)` as x.a.b and x.a(x), where the names stand there."""
        paths = set(self.paths(node.func))
        if not paths or not paths <= GETTERS:
            return False
        named = node.args[:1] if "operator.methodcaller" in paths else node.args
        names = [arg.value for arg in named if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if not names or len(names) < len(named):
            return False
        for name in names:
            for part in name.split("."):
                self.check_attribute(node, part)
        for other in (*node.args[len(named) :], *(keyword.value for keyword in node.keywords)):
            self.visit(other)
        return True

    def check_by_name(self, node: ast.Call, thing: ast.expr, rest: list[ast.expr]) -> None:
        """Read `getattr(x, "name")` as x.name; a name that is computed may be asked of oneself only."""
        oneself = id(thing) in self.selves
        called = ast.unparse(node.func)
        if called == "dir" or (
            called == "vars" and isinstance(thing, ast.Name) and thing.id in self.made_here
        ):
            # Names alone, or what the answer has written down itself.
            return
        match rest:
            case [ast.Constant(value=str(name)), *_]:
                paths = list(self.paths(thing))
                for path in paths:
                    self.uses.append((node.lineno, f"{path}.{name}"))
                if not paths:
                    self.check_attribute(node, name)
                changes = isinstance(node.func, ast.Name) and node.func.id in ("setattr", "delattr")
                if changes and self.is_foreign(thing):
                    self.refuse(node, f"an attribute of something other than self is changed: .{name}")
            case _ if not oneself:
                self.refuse(node, f"{called} could reach anything here, so it is not used in answers")

    def visit_Name(self, node: ast.Name) -> None:
        strange_dunder = node.id.startswith("__") and node.id not in DUNDERS
        anything = node.id in DYNAMIC or node.id in BY_NAME
        if (anything or strange_dunder) and id(node) not in self.local:
            self.refuse(node, f"{node.id} could reach anything, so it is not used in answers")
        elif isinstance(node.ctx, ast.Load):
            for path in self.paths(node):
                self.uses.append((node.lineno, path))

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and FORMAT.search(node.value):
            self.refuse(node, f"the text {node.value[:40]!r} asks for what lies behind a value")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        # What stands between the braces of an f-string is code, and is read as such.
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part)

    def refuse_modules_as_values(self, tree: ast.Module) -> None:
        """Refuse a module that is handed on whole: nobody could follow what is used of it.

        In the body of a class it would become an attribute, so it may not even get a name there.
        """
        nodes = list(ast.walk(tree))
        in_classes = ids_in_classes(nodes)
        followed = ids_followed(nodes, in_classes)
        for node in nodes:
            match node:
                case ast.Import() | ast.ImportFrom() if id(node) in in_classes:
                    self.refuse(node, "an import stands in the body of a class")
                case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()) if id(node) not in followed:
                    self.refuse_modules(node)

    def refuse_modules(self, node: ast.AST) -> None:
        for path in self.paths(node):
            if is_module(path):
                self.refuse(node, f"the module {path} is used as a value")


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 1)
