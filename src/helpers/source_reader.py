"""Goes through a source: which library paths its names stand for, which of them it uses, and what would hide a use."""

import ast
import re
from collections.abc import Iterator

from helpers.bindings import (
    assigned,
    attributes_of_class,
    ids_followed,
    ids_in_classes,
    names_bound_in_class,
)
from helpers.permitted import (
    BY_NAME,
    DUNDERS,
    DYNAMIC,
    STANDARD,
    by_star,
    is_module,
    is_pythons_own,
    reaches_behind,
)

# They ask whatever comes for what they name.
GETTERS = frozenset({"operator.attrgetter", "operator.methodcaller"})
# They hand attributes on from one function to another.
WRAPPERS = frozenset({"functools.update_wrapper", "functools.wraps"})
# Of these a pattern with one place is the value itself.
WHOLE = frozenset("bool bytearray bytes dict float frozenset int list set str tuple".split())
MOST_PATHS, LONGEST_PATH = 200_000, 200  # a long answer follows ten thousand names
Use = tuple[int, str]  # a line, and the dotted path or the text that stands there
# Texts that `format` would follow to what lies behind a value.
FORMAT = re.compile(r"\{\w*(\[\w*\])*\.(_|tb_|f_|gi_|cr_|co_|ag_|$)")


class Tangled(ValueError):
    """Names stand for so many things that following them would take minutes."""


class Reader(ast.NodeVisitor):
    """Collects uses of libraries as dotted paths, and what would hide one.

    Attributes:
        own: attributes that the answer itself defines.
        made_here: names of functions and classes that the answer makes, and of nothing else.
        rebound: names that the answer binds, wherever.
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
        self.rebound: set[str] = set()

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
        if isinstance(node.value, ast.Name) and node.value.id == "type":
            self.refuse(node, "type gets another name, which no answer needs")
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
                raise Tangled(f"line {_line(node)}: names are bound anew too often to follow them")
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
            if keyword.arg == "total" or (
                keyword.arg == "metaclass" and set(self.paths(keyword.value)) == {"abc.ABCMeta"}
            ):
                continue
            self.refuse(node, f"{keyword.arg}= makes a class of another kind, which no answer needs")
        for base in node.bases:
            if isinstance(base, ast.Name) and base.id == "type":
                self.refuse(node, "a class of classes is made, which no answer needs")
        for statement in node.body:
            self.own.update(attributes_of_class(statement))
        for name in names_bound_in_class(node):
            self.check_definition(node, name)
        self.generic_visit(node)

    def check_definition(self, node: ast.AST, name: str) -> None:
        """Refuse the definition of what Python, or a library, would ask for behind the back."""
        strange = name.startswith("__") and name.endswith("__") and name not in DUNDERS
        if strange or name in ("__class__", "__annotations__") or is_pythons_own(name):
            self.refuse(node, f"{name} is defined, which no answer needs")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        its_own = id(node.value) in self.selves
        if its_own and isinstance(node.ctx, ast.Store):
            self.own.add(node.attr)
            self.check_definition(node, node.attr)
        paths = list(self.paths(node))
        for path in paths:
            self.uses.append((node.lineno, path))
        # Python puts the class's name before it, so it is nobody else's.
        mangled = its_own and node.attr in self.own and re.fullmatch(r"__\w*[^_]_?", node.attr)
        if not paths and not mangled and not (its_own and node.attr == "__dict__"):
            self.check_attribute(node, node.attr)
        is_changed = isinstance(node.ctx, ast.Store | ast.Del)
        if is_changed and self.is_foreign(node.value):
            self.refuse(node, f"an attribute of something other than self is changed: .{node.attr}")
        self.generic_visit(node)

    def visit_MatchClass(self, node: ast.MatchClass) -> None:
        for name in node.kwd_attrs:
            self.check_attribute(node, name)
        known = isinstance(node.cls, ast.Name) and node.cls.id in WHOLE - self.rebound
        if node.patterns and not known:
            self.refuse(node, "a pattern asks for attributes by their place")
        self.generic_visit(node)

    def check_attribute(self, node: ast.AST, name: str) -> None:
        """Refuse an attribute of a value if it leads behind it."""
        private = name.startswith("_") and not name.startswith("__")
        its_own = name in self.own and (not name.startswith("_") or private)
        if its_own and not is_pythons_own(name):
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
                return not name[:1].islower() and name not in self.rebound
            case ast.Call(func=ast.Name(id="super")):
                return False
        return True

    def visit_Call(self, node: ast.Call) -> None:
        """Follow what is asked for by its name, and refuse classes made of texts."""
        match node:
            case ast.Call(func=ast.Name(id=name) as called, args=[thing, *rest]) if (
                name in BY_NAME and id(called) not in self.local
            ):
                self.check_by_name(node, thing, rest)
                for part in (*node.args, *(keyword.value for keyword in node.keywords)):
                    self.visit(part)
                return
            case ast.Call(func=ast.Name(id="type") | ast.Call(func=ast.Name(id="type")), args=[_, _, _]):
                self.refuse(node, "type(…) makes a class of texts, which no answer needs")
            case ast.Call(func=ast.Attribute(attr="from_config"), args=[_, _, _, *_]):
                self.refuse(node, "from_config is told to let code come out of a configuration")
        if any(keyword.arg == "safe_mode" for keyword in node.keywords):
            self.refuse(node, "safe_mode= lets code come out of a file")
        if self.asks_by_literals(node):
            return
        for path in self.paths(node.func):
            if path in WRAPPERS:
                most = 2 if path.endswith("update_wrapper") else 1
                if len(node.args) > most or node.keywords:
                    self.refuse(node, f"{path} is told which attributes to hand on, which no answer needs")
        for argument in node.args:
            if WRAPPERS.intersection(self.paths(argument)):
                self.refuse(node, "what hands attributes on is itself handed on, which no answer needs")
        self.generic_visit(node)

    def asks_by_literals(self, node: ast.Call) -> bool:
        """Read `attrgetter("a.b")` and `methodcaller("a", x)` as x.a.b and x.a(x), where the names stand there."""
        paths = set(self.paths(node.func))
        if len(paths) != 1 or not paths <= GETTERS or not isinstance(node.func, ast.Name | ast.Attribute):
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
        is_own = isinstance(thing, ast.Name) and thing.id in self.made_here
        if called == "dir" or (called == "vars" and is_own):
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
            case _ if not oneself and not (called in ("getattr", "hasattr") and is_own):
                self.refuse(node, f"{called} could reach anything here, so it is not used in answers")

    def visit_Name(self, node: ast.Name) -> None:
        strange_dunder = node.id.startswith("__") and node.id not in DUNDERS
        anything = node.id in DYNAMIC or node.id in BY_NAME
        if (anything or strange_dunder) and id(node) not in self.local:
            self.refuse(node, f"{node.id} could reach anything, so it is not used in answers")
        elif isinstance(node.ctx, ast.Load):
            for path in self.paths(node):
                self.uses.append((node.lineno, path))

    def visit_Expr(self, node: ast.Expr) -> None:
        # A docstring formats nothing.
        if not isinstance(node.value, ast.Constant):
            self.visit(node.value)

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
