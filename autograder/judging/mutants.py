"""Small changes of a reference's solution, one at a time, to see whether the checks notice.

A mutant that no check catches is a missing check, a blunt input, or an equivalent program.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeGuard

from autograder.exercise import BEGIN, END
from autograder.judging.replacements import (
    BORDERS,
    CALLED,
    COMMUTATIVE,
    COMPARISONS,
    CONVERSIONS,
    FUNCTIONS,
    OPERATORS,
    OTHER_WAY,
    SIGNS,
    TEXTS,
)

# What it is called; what stands in the node's place, None being nothing; and of which kind that is, without code.
Change = tuple[str, ast.AST | None, str]
# Changes of a node, given its parent and the parent's field in which it stands.
Changes = Callable[[ast.AST, ast.AST, str], Iterator[Change]]

# Fields of a tree in which nothing runs, or that belong to the statement.
NOT_CODE = ("annotation", "returns", "decorator_list", "type_params")


@dataclass(frozen=True)
class Mutant:
    """A changed reference.

    Attributes:
        name: what it is called, "line 3: + → -".
        gives: the statement that changed.
        source: the whole source.
        change: the kind of change, in words without code: "a minus stands where a plus belongs".
    """

    name: str
    gives: str
    source: str
    change: str


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


def mutants(source: str, more: Changes | None = None) -> list[Mutant]:
    """All mutants of a reference's source that differ from it and from each other.

    Lines are counted within the solution of each function, so that a word added to the statement renames none.

    Args:
        source: defines the reference, its solution between `BEGIN` and `END`.
        more: further changes of a node, given its parent and the parent's field in which it stands.
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
        changes = [*_changes(node, slot.parent, slot.field)]
        if more:
            changes += more(node, slot.parent, slot.field)
        for text, new, change in changes:
            changed, gives = _changed(tree, slot, new)
            if changed in seen:
                continue
            seen.add(changed)
            name = f"{place}: {text}"
            used[name] = used.get(name, 0) + 1
            if used[name] > 1:
                name += f" ({used[name]})"
            found.append(Mutant(name, gives, changed, change))
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
            yield text, _with(node, left=right, right=left), "the sides of a matrix product are swapped"
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op) if type(op) in OPERATORS:
            other = OPERATORS[type(op)]
            change = f"{CALLED[other]} stands where {CALLED[type(op)]} belongs"
            yield f"{SIGNS[type(op)]} → {SIGNS[other]}", _with(node, op=other()), change
        case ast.Compare(ops=[op]):
            for other in COMPARISONS[type(op)]:
                text = f"{SIGNS[type(op)]} → {SIGNS[other]}"
                yield text, _with(node, ops=[other()]), _comparison(type(op), other)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            yield f"-{value} → {1 - value}", ast.Constant(1 - value), kind_of_constant(parent, field)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield f"{_short(node)} → {_short(operand)}", operand, "a minus in front is lacking"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"{_short(node)} → {_short(operand)}", operand, OTHER_WAY
        case ast.Constant(value=value) if not _is_negated(parent):
            yield from _constants(value, kind_of_constant(parent, field))
        case ast.Call():
            yield from _calls(node, in_statement=isinstance(parent, ast.Expr))
        case ast.keyword(arg=name) if name != "name" and not _is_flag(node):
            change = "an axis is not given" if name == "axis" else "an argument is not given"
            yield f"without {_short(node)}", None, change
        case ast.Break():
            yield "break → continue", ast.Continue(), "a loop goes on where it should stop"
        case ast.Continue():
            yield "continue → break", ast.Break(), "a loop stops where it should go on"
    if isinstance(node, ast.expr) and field in ("test", "ifs"):
        yield f"not ({_short(node)})", ast.UnaryOp(ast.Not(), node), OTHER_WAY
    if isinstance(node, ast.stmt) and _can_go(node):
        yield f"without {_short(node)}", ast.Pass(), "a step is left out"


def _comparison(op: type, other: type) -> str:
    if (op, other) not in BORDERS:
        return OTHER_WAY
    if other in (ast.LtE, ast.GtE):
        return "a comparison includes its border"
    return "a comparison leaves its border out"


def kind_of_constant(parent: ast.AST, field: str) -> str:
    """The kind of change that another constant is, by the place in which it stands.

    Args:
        parent: the node that holds it.
        field: of the parent.
    """
    if isinstance(parent, ast.keyword) and parent.arg == "axis":
        return "an axis is another one"
    if isinstance(parent, ast.Slice) or (isinstance(parent, ast.Subscript) and field == "slice"):
        return "an index is another one"
    return "a constant is another one"


def _constants(value: object, change: str) -> Iterator[Change]:
    if isinstance(value, bool):
        yield f"{value} → {not value}", ast.Constant(not value), f"{not value} stands where {value} belongs"
    elif is_number(value):
        yield f"{value} → {value + 1}", ast.Constant(value + 1), change
    elif isinstance(value, str) and value in TEXTS:
        yield f"{value!r} → {TEXTS[value]!r}", ast.Constant(TEXTS[value]), change


def _calls(node: ast.Call, in_statement: bool) -> Iterator[Change]:
    function = _short(node.func)
    name = function.rsplit(".", 1)[-1]
    args = node.args
    starred = any(isinstance(arg, ast.Starred) for arg in args[:2])
    if name in FUNCTIONS:
        renamed = _with(node, func=_renamed(node.func, FUNCTIONS[name]))
        change = "a function is its counterpart, as the mean is of the sum and the largest of the smallest"
        yield f"{name} → {FUNCTIONS[name]}", renamed, change
    if len(args) > 1 and not starred and name not in COMMUTATIVE:
        swapped = [args[1], args[0], *args[2:]]
        change = "two arguments of a function are swapped"
        yield f"the arguments of {function} swapped", _with(node, args=swapped), change
    makes_something = name in CONVERSIONS or name[:1].isupper()
    if in_statement or makes_something or starred:
        return
    of_a_library = function.startswith(("tf.", "np.", "keras."))
    if name == "copy" and not args and isinstance(node.func, ast.Attribute):
        yield f"without {function}", node.func.value, "a copy is not made"
    elif len(args) == 1 or (args and of_a_library):
        yield f"without {function}", args[0], "a function is not applied"


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


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a constant is a number.

    Args:
        value: the constant.
    """
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
