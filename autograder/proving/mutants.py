"""Small changes of a reference's solution, one at a time, to see whether the checks notice.

A mutant that no check catches is a missing check, a blunt input, or an equivalent program.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from autograder.exercise import BEGIN, END

Change = tuple[str, ast.AST | None]  # what it is called, and what stands in the node's place (None: nothing)

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


@dataclass(frozen=True)
class Mutant:
    """A changed reference: its name ("line 3: + → -"), the statement that changed, and its whole source."""

    name: str
    gives: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """All mutants of a reference's source that differ from it and from each other.

    Lines are counted within the solution of each function, so that a word added to the statement renames none.
    """
    tree = ast.parse(source)
    places = _places(source, tree)
    seen, used, found = {ast.unparse(tree)}, dict[str, int](), []
    for parent, field, index, statement in list(_slots(tree, tree.body[0])):
        node = _get(parent, field, index)
        place = places.get(getattr(node, "lineno", 0))
        if not place:
            continue
        for text, new in _changes(node, parent, field):
            restore = _put(parent, field, index, new)
            changed, gives = ast.unparse(tree), _shown(new if node is statement else statement)
            restore()
            if changed in seen:
                continue
            seen.add(changed)
            name = f"{place}: {text}"
            used[name] = used.get(name, 0) + 1
            found.append(Mutant(name if used[name] == 1 else f"{name} ({used[name]})", gives, changed))
    return found


def _places(source: str, tree: ast.Module) -> dict[int, str]:
    """What a mutant's name says of each line of a solution: the function where there are several, and the line."""
    functions = list(_functions(tree, ()))
    alone = len(tree.body) == 1
    places: dict[int, str] = {}
    count, inside, last = 0, False, ""
    for number, line in enumerate(source.split("\n"), 1):
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
            continue
        if not inside:
            continue
        around = [path for path, first, end in functions if first <= number <= end]
        path = max(around, key=len, default=())
        where = ".".join(path[1:] if alone else path)
        count = count + 1 if where == last and places else 1
        last = where
        places[number] = f"{where} line {count}".strip()
    return places


def _functions(node: ast.AST, path: tuple) -> Iterator[tuple[tuple, int, int]]:
    """Classes, their methods, and functions; functions inside a function count as its lines."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = (*path, child.name)
            yield inner, child.lineno, child.end_lineno or child.lineno
            if isinstance(child, ast.ClassDef):
                yield from _functions(child, inner)


def _slots(node: ast.AST, statement: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every place of the tree that holds a node, in the order of the source, with the statement it is in."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr):
                continue
            inner = child if isinstance(child, ast.stmt) else statement
            yield node, field, index, inner
            if not isinstance(child, ast.Raise):  # the words of an error are nobody's answer
                yield from _slots(child, inner)


def _get(parent: ast.AST, field: str, index: int | None):
    return getattr(parent, field) if index is None else getattr(parent, field)[index]


def _put(parent: ast.AST, field: str, index: int | None, new: ast.AST | None):
    """Put a node in its place; the function returned puts the old one back."""
    old = getattr(parent, field)
    if index is None:
        setattr(parent, field, new)
    else:
        setattr(parent, field, old[:index] + ([new] if new else []) + old[index + 1 :])
    return lambda: setattr(parent, field, old)


def _changes(node: ast.AST, parent: ast.AST, field: str) -> Iterator[Change]:
    """What could stand in the place of a node."""
    match node:
        case ast.BinOp(op=ast.MatMult(), left=left, right=right):
            yield (
                f"the sides of @ swapped: {_short(right)} @ {_short(left)}",
                _with(node, left=right, right=left),
            )
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
    if name in FUNCTIONS:
        other = copy.deepcopy(node.func)
        setattr(other, "attr" if isinstance(other, ast.Attribute) else "id", FUNCTIONS[name])
        yield f"{name} → {FUNCTIONS[name]}", _with(node, func=other)
    args = node.args
    starred = any(isinstance(a, ast.Starred) for a in args[:2])
    if len(args) > 1 and not starred and name not in COMMUTATIVE:
        yield f"the arguments of {function} swapped", _with(node, args=[args[1], args[0], *args[2:]])
    if in_statement or name in CONVERSIONS or name[:1].isupper() or starred:
        return
    if name == "copy" and not args and isinstance(node.func, ast.Attribute):
        yield f"without {function}", node.func.value
    elif len(args) == 1 or (args and function.startswith(("tf.", "np.", "keras."))):
        yield f"without {function}", args[0]


def _can_go(node: ast.stmt) -> bool:
    """Whether a statement can be left out and something remains that may run."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return False  # a docstring
        case ast.Expr() | ast.AugAssign() | ast.Delete():
            return True
        case ast.If(orelse=[]):
            return True
        case ast.Assign(
            targets=[ast.Name(id=name)], value=value
        ):  # a name that gets a new value from its old
            return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(value))
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
    text = ast.unparse(node).split("\n")[0] if node else ""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _shown(node: ast.AST | None) -> str:
    return _short(node, 110)
