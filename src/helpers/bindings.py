"""What a source binds: which names are its own, and which expressions a reader can follow."""

import ast
from collections.abc import Collection, Iterable, Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# What a reader follows to a path: a name that gets such a value may stand for a library.
FOLLOWED = (ast.Name, ast.Attribute, ast.IfExp, ast.BoolOp, ast.NamedExpr)


def local_uses(tree: ast.Module, names: Collection[str]) -> set[int]:
    """The ids of names that look like Python's own but stand for what the source has bound.

    A name that a function binds is its own throughout, for Python as well. At the top level one counts that a plain
    assignment binds and nothing deletes.

    Args:
        tree: a cell.
        names: Python's own that are meant.
    """
    deleted = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
    }
    top: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.For | ast.FunctionDef):
            top |= _bound_by(statement)
    found: set[int] = set()
    _find_local(tree, (top & set(names)) - deleted, set(names), found)
    return found


def _find_local(node: ast.AST, bound: set[str], names: set[str], found: set[int]) -> None:
    for child in ast.iter_child_nodes(node):
        here = bound
        if isinstance(child, FUNCTIONS):
            here = bound | (_bound_in(child) & names)
        elif isinstance(child, COMPREHENSIONS):
            here = bound | (_targets(child.generators) & names)
        if isinstance(child, ast.Name) and (child.id in bound or isinstance(child.ctx, ast.Store)):
            found.add(id(child))
        _find_local(child, here, names, found)


def ids_of_local(tree: ast.Module) -> set[int]:
    """The ids of names that are local to a function and never stand there for what a reader follows.

    An argument `data` is not the module of that name which another cell has imported.

    Args:
        tree: a cell.
    """
    ids: set[int] = set()
    _find_opaque(tree, set(), ids)
    return ids


def _find_opaque(node: ast.AST, local: set[str], ids: set[int]) -> None:
    if isinstance(node, ast.Name) and node.id in local:
        ids.add(id(node))
    inner = local
    if isinstance(node, FUNCTIONS):
        inner = (local - _bound_in(node)) | _opaque_in(node)
    elif isinstance(node, COMPREHENSIONS):
        inner = local | _targets(node.generators)
    outside = _evaluated_outside(node)
    parts: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, COMPREHENSIONS):
        parts += [part for one in node.generators for part in ast.iter_child_nodes(one)]
        parts = [part for part in parts if not isinstance(part, ast.comprehension)]
    for part in parts:
        _find_opaque(part, local if id(part) in outside else inner, ids)


def _evaluated_outside(node: ast.AST) -> set[int]:
    """The ids of what belongs to a function or a comprehension and is evaluated before its names are bound."""
    parts: list[ast.AST | None] = []
    if isinstance(node, FUNCTIONS):
        # Defaults and annotations are all that is evaluated of them.
        parts.append(node.args)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        parts += [*node.decorator_list, node.returns]
    if isinstance(node, COMPREHENSIONS):
        parts.append(node.generators[0].iter)
    return {id(part) for part in parts}


def _opaque_in(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The names that a function binds, but for those that may become another name of something in a library."""
    followed: set[str] = set()
    for part in ast.walk(function):
        match part:
            case ast.Assign():
                followed |= {target.id for target, value in assigned(part) if isinstance(value, FOLLOWED)}
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ) if isinstance(value, FOLLOWED):
                followed.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                followed |= {alias.asname or alias.name.partition(".")[0] for alias in aliases}
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                followed |= set(names)
    return _bound_in(function) - followed


def _targets(generators: Iterable[ast.comprehension]) -> set[str]:
    found: set[str] = set()
    for generator in generators:
        found |= set(_names_in(generator.target))
    return found


def _bound_by(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.Assign(targets=targets):
            return {name for target in targets for name in _stored_in(target)}
        case ast.AnnAssign(target=target, value=value) if value is not None:
            return set(_stored_in(target))
        case ast.FunctionDef(name=name):
            return {name}
    return set()


def _bound_in(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The names that a function binds itself, its arguments among them."""
    arguments = function.args
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    bound = {argument.arg for argument in every if argument}
    others: set[str] = set()
    body = function.body if isinstance(function.body, list) else [function.body]
    parts: list[ast.AST] = list(body)
    # The list grows while it is gone through.
    for part in parts:
        if isinstance(part, ast.Global | ast.Nonlocal):
            others |= set(part.names)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            bound.add(part.id)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.add(part.name)
        if not isinstance(part, (*FUNCTIONS, *COMPREHENSIONS, ast.ClassDef)):
            parts += ast.iter_child_nodes(part)
    return bound - others


def made_here(trees: Iterable[ast.Module]) -> set[str]:
    """Names that stand for functions and classes of the source's own, wherever they are bound."""
    definitions: set[str] = set()
    calls: dict[str, list[ast.expr]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                definitions.add(node.name)
            elif isinstance(node, ast.Assign):
                for target, value in assigned(node):
                    calls.setdefault(target.id, []).append(value)
    made = set()
    for name, values in calls.items():
        if all(_is_call_of(value, definitions) for value in values):
            made.add(name)
    return (definitions - calls.keys()) | made


def _is_call_of(value: ast.expr, definitions: set[str]) -> bool:
    match value:
        case ast.Call(func=ast.Name(id=name)):
            return name in definitions
    return False


def ids_in_classes(nodes: Iterable[ast.AST]) -> set[int]:
    """Of what is run as part of a class's body."""
    ids: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            ids.update(id(part) for part in _own_level(node))
    return ids


def ids_of_self(tree: ast.AST) -> set[int]:
    """Of names that stand, within the methods of a class, for the object whose method runs."""
    ids: set[int] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and _first_argument(method) == "self":
                _find_self(method, ids)
    return ids


def _first_argument(method: ast.FunctionDef) -> str:
    """What the first argument of a method is called; "" if there is none, or the object is not handed over by it."""
    arguments = [*method.args.posonlyargs, *method.args.args]
    static = any(isinstance(name, ast.Name) and name.id == "staticmethod" for name in method.decorator_list)
    return arguments[0].arg if arguments and not static else ""


def _find_self(node: ast.AST, ids: set[int]) -> None:
    """Where nothing else has got the name."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name) and child.id == "self":
            ids.add(id(child))
        if not (isinstance(child, FUNCTIONS) and "self" in _bound_in(child)):
            _find_self(child, ids)


def ids_followed(nodes: Iterable[ast.AST], in_classes: set[int]) -> set[int]:
    """Of expressions that are followed to what is used of them: in a dotted path, or by the name that they get."""
    ids: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Attribute):
            ids.add(id(node.value))
        elif isinstance(node, ast.Assign) and id(node) not in in_classes:
            ids.update(id(value) for _, value in assigned(node))
    return ids


def assigned(node: ast.Assign) -> Iterator[tuple[ast.Name, ast.expr]]:
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


def attributes_of_class(statement: ast.stmt) -> Iterator[str]:
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


def _stored_in(target: ast.expr) -> Iterator[str]:
    """The names that an assignment to this binds; `x[i] = …` binds none."""
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _stored_in(part)
        case ast.Starred(value=value):
            yield from _stored_in(value)


def _own_level(node: ast.ClassDef) -> Iterator[ast.AST]:
    """What is run as part of a class's body; not its functions, nor classes in it."""
    parts: list[ast.AST] = list(node.body)
    # The list grows while it is gone through.
    for part in parts:
        yield part
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            parts += ast.iter_child_nodes(part)
