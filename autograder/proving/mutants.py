"""Small changes of a reference's solution, one at a time, to see whether the checks notice.

A mutant that no check catches is a missing check, a blunt input, or an equivalent program.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from autograder.exercise import BEGIN, END

# What it is called, and what stands in the node's place; None is nothing.
Change = tuple[str, ast.AST | None]

OPERATORS: dict[type, Any] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
COMPARISONS: dict[type, tuple[Any, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SIGNS: dict[Any, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.And: "and",
    ast.Or: "or",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
OPPOSITES = [
    ("reduce_sum", "reduce_mean"),
    ("sum", "mean"),
    ("reduce_max", "reduce_min"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("floor", "ceil"),
    ("any", "all"),
    ("uniform", "normal"),
]
FUNCTIONS = dict(OPPOSITES) | {b: a for a, b in OPPOSITES}
TEXTS = {"zeros": "ones", "ones": "zeros", "float32": "float64", "float64": "float32"}
COMMUTATIVE = frozenset("maximum minimum max min add multiply logical_and logical_or equal add_n zip".split())
# Taking these away leaves the value as it was, or nothing that runs.
CONVERSIONS = frozenset(
    """convert_to_tensor convert_to_numpy asarray array constant identity list tuple set dict float int str bool
    len range enumerate zip super isinstance callable print id next iter type add_weight Variable""".split()
)

# Fields of a tree in which nothing runs, or that belong to the statement.
NOT_CODE = ("annotation", "returns", "decorator_list", "type_params")


@dataclass(frozen=True)
class Mutant:
    """A changed reference: its name ("line 3: + → -"), the statement that changed, and its whole source."""

    name: str
    gives: str
    source: str


@dataclass(frozen=True)
class Slot:
    """A place in a tree: the field of a parent, or one item of it where the field is a list."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    statement: ast.AST

    def put(self, new: ast.AST | None) -> Callable[[], None]:
        """Put a node, or none, in this place; the function returned puts the old one back."""
        old = getattr(self.parent, self.field)
        if self.index is None:
            setattr(self.parent, self.field, new)
        else:
            fresh = [new] if new else []
            setattr(self.parent, self.field, old[: self.index] + fresh + old[self.index + 1 :])
        return lambda: setattr(self.parent, self.field, old)


@dataclass(frozen=True)
class Function:
    """A class or function: the names that lead to it, its first line and its last."""

    path: tuple[str, ...]
    first: int
    last: int


def mutants(source: str) -> list[Mutant]:
    """All mutants of a reference's source that differ from it and from each other.

    Lines are counted within the solution of each function, so that a word added to the statement renames none.

    Args:
        source: defines the reference, its solution between `BEGIN` and `END`.
    Returns:
        The mutants, in the order of the source.
    """
    tree = ast.parse(source)
    places = _places(source, tree)
    seen = {ast.unparse(tree)}
    used: dict[str, int] = {}
    found = []
    for slot in list(_slots(tree, tree.body[0])):
        node = slot.node
        place = places.get(getattr(node, "lineno", 0))
        if not place:
            continue
        for text, new in _changes(node, slot.parent, slot.field):
            changed, gives = _changed(tree, slot, new)
            if changed in seen:
                continue
            seen.add(changed)
            name = f"{place}: {text}"
            used[name] = used.get(name, 0) + 1
            if used[name] > 1:
                name += f" ({used[name]})"
            found.append(Mutant(name, gives, changed))
    return found


def _changed(tree: ast.Module, slot: Slot, new: ast.AST | None) -> tuple[str, str]:
    """The source with another node in a slot, and the statement in which that is."""
    statement: ast.AST | None = slot.statement
    if statement is slot.node:
        statement = new
    restore = slot.put(new)
    source, gives = ast.unparse(tree), _shown(statement)
    restore()
    return source, gives


def _places(source: str, tree: ast.Module) -> dict[int, str]:
    """What a mutant's name says of each line of a solution: the function where there are several, and the line."""
    functions = list(_functions(tree, ()))
    alone = len(tree.body) == 1
    places: dict[int, str] = {}
    count, last = 0, ""
    for number in _solution_lines(source):
        path = _innermost(functions, number)
        if alone:
            path = path[1:]
        where = ".".join(path)
        if where != last:
            count = 0
        count += 1
        last = where
        places[number] = f"{where} line {count}".strip()
    return places


def _solution_lines(source: str) -> Iterator[int]:
    """The numbers of the lines between `BEGIN` and `END`, from 1 on."""
    inside = False
    for number, line in enumerate(source.split("\n"), 1):
        mark = line.strip()
        if mark in (BEGIN, END):
            inside = mark == BEGIN
        elif inside:
            yield number


def _innermost(functions: list[Function], number: int) -> tuple[str, ...]:
    """The path of the innermost class or function that holds a line."""
    path: tuple[str, ...] = ()
    for function in functions:
        holds = function.first <= number <= function.last
        if holds and len(function.path) > len(path):
            path = function.path
    return path


def _functions(node: ast.AST, path: tuple[str, ...]) -> Iterator[Function]:
    """Classes, their methods, and functions; functions inside a function count as its lines."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.ClassDef):
            continue
        inner = (*path, child.name)
        yield Function(inner, child.lineno, child.end_lineno or child.lineno)
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, inner)


def _slots(node: ast.AST, statement: ast.AST) -> Iterator[Slot]:
    """Every place of the tree that holds a node, in the order of the source."""
    for field, value in ast.iter_fields(node):
        if field in NOT_CODE:
            continue
        if isinstance(value, list):
            slots = [Slot(node, field, index, child, statement) for index, child in enumerate(value)]
        else:
            slots = [Slot(node, field, None, value, statement)]
        for slot in slots:
            yield from _slots_of(slot)


def _slots_of(slot: Slot) -> Iterator[Slot]:
    """A slot, if a node is in it, and the slots of that node."""
    child = slot.node
    if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr):
        return
    if isinstance(child, ast.stmt):
        slot = replace(slot, statement=child)
    yield slot
    # The words of an error are nobody's answer.
    if not isinstance(child, ast.Raise):
        yield from _slots(child, slot.statement)


def _changes(node: ast.AST, parent: ast.AST, field: str) -> Iterator[Change]:
    """What could stand in the place of a node."""
    match node:
        case ast.BinOp(op=ast.MatMult(), left=left, right=right):
            text = f"the sides of @ swapped: {_short(right)} @ {_short(left)}"
            yield text, _with(node, left=right, right=left)
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op) if type(op) in OPERATORS:
            other = OPERATORS[type(op)]
            yield f"{SIGNS[type(op)]} → {SIGNS[other]}", _with(node, op=other())
        case ast.Compare(ops=[op]):
            for other in COMPARISONS[type(op)]:
                yield f"{SIGNS[type(op)]} → {SIGNS[other]}", _with(node, ops=[other()])
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            yield f"-{value} → {1 - value}", ast.Constant(1 - value)
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield f"{_short(node)} → {_short(operand)}", operand
        case ast.Constant(value=value) if not _is_negated(parent):
            yield from _constants(value)
        case ast.Call():
            yield from _calls(node, in_statement=isinstance(parent, ast.Expr))
        case ast.keyword(arg=name) if name != "name" and not _is_flag(node):
            yield f"without {_short(node)}", None
        case ast.Break():
            yield "break → continue", ast.Continue()
        case ast.Continue():
            yield "continue → break", ast.Break()
    if isinstance(node, ast.expr) and field in ("test", "ifs"):
        yield f"not ({_short(node)})", ast.UnaryOp(ast.Not(), node)
    if isinstance(node, ast.stmt) and _can_go(node):
        yield f"without {_short(node)}", ast.Pass()


def _constants(value: object) -> Iterator[Change]:
    if isinstance(value, bool):
        yield f"{value} → {not value}", ast.Constant(not value)
    elif _is_number(value):
        yield f"{value} → {value + 1}", ast.Constant(value + 1)
    elif isinstance(value, str) and value in TEXTS:
        yield f"{value!r} → {TEXTS[value]!r}", ast.Constant(TEXTS[value])


def _calls(node: ast.Call, in_statement: bool) -> Iterator[Change]:
    function = _short(node.func)
    name = function.rsplit(".", 1)[-1]
    args = node.args
    starred = any(isinstance(arg, ast.Starred) for arg in args[:2])
    if name in FUNCTIONS:
        yield f"{name} → {FUNCTIONS[name]}", _with(node, func=_renamed(node.func, FUNCTIONS[name]))
    if len(args) > 1 and not starred and name not in COMMUTATIVE:
        swapped = [args[1], args[0], *args[2:]]
        yield f"the arguments of {function} swapped", _with(node, args=swapped)
    makes_something = name in CONVERSIONS or name[:1].isupper()
    if in_statement or makes_something or starred:
        return
    of_a_library = function.startswith(("tf.", "np.", "keras."))
    if name == "copy" and not args and isinstance(node.func, ast.Attribute):
        yield f"without {function}", node.func.value
    elif len(args) == 1 or (args and of_a_library):
        yield f"without {function}", args[0]


def _renamed(function: ast.expr, name: str) -> ast.expr:
    """`tf.reduce_sum` under another last name."""
    other = copy.deepcopy(function)
    field = "attr" if isinstance(other, ast.Attribute) else "id"
    setattr(other, field, name)
    return other


def _can_go(node: ast.stmt) -> bool:
    """Whether a statement can be left out and something remains that may run."""
    match node:
        # A docstring.
        case ast.Expr(value=ast.Constant()):
            return False
        case ast.Expr() | ast.AugAssign() | ast.Delete():
            return True
        case ast.If(orelse=[]):
            return True
        # A name that gets a new value from its old.
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            names = [part.id for part in ast.walk(value) if isinstance(part, ast.Name)]
            return name in names
        case ast.Assign(targets=targets):
            return all(isinstance(t, ast.Attribute | ast.Subscript) for t in targets)
    return False


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for field, value in fields.items():
        setattr(new, field, value)
    return new


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_negated(parent: ast.AST) -> bool:
    return isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.USub)


def _is_flag(node: ast.keyword) -> bool:
    """A keyword that is True or False: turning it over says as much as leaving it out."""
    return isinstance(node.value, ast.Constant) and isinstance(node.value.value, bool)


def _short(node: ast.AST | None, limit: int = 60) -> str:
    if node is None:
        return ""
    text = ast.unparse(node).split("\n")[0]
    if len(text) <= limit:
        return text
    return text[: limit - 1] + "…"


def _shown(node: ast.AST | None) -> str:
    return _short(node, 110)
