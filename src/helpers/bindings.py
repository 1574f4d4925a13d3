"""What a source binds: which names are its own, and which expressions a reader can follow."""

import ast
from collections.abc import Collection, Iterable, Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def local_uses(tree: ast.Module, names: Collection[str]) -> set[int]:
    """The ids of names that look like Python's own but stand for what the source has bound.

    A name that a function binds is its own throughout, for Python as well. At the top level one counts that a plain
    assignment binds and nothing deletes.

    Args:
        tree: a cell.
        names: Python's own that are meant.
    """
    meant = set(names) - {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
    }
    found: set[int] = {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    _find_local_in(tree.body, set(), meant, set(names), found)
    return found


def _find_local_in(
    body: list[ast.stmt], before: set[str], meant: set[str], names: set[str], found: set[int]
) -> set[str]:
    """Go through statements in their order: a name is local after what binds it, and not before."""
    bound = set(before)
    for statement in body:
        here = set(bound)
        if isinstance(statement, ast.For):
            _find_local(statement.iter, bound, names, found)
            here |= set(_stored_in(statement.target)) & meant
            _find_local_in(statement.body, here, meant, names, found)
            _find_local_in(statement.orelse, bound, meant, names, found)
        elif isinstance(statement, ast.If | ast.While):
            _find_local(statement.test, bound, names, found)
            _find_local_in(statement.body, bound, meant, names, found)
            _find_local_in(statement.orelse, bound, meant, names, found)
        elif isinstance(statement, ast.With):
            for item in statement.items:
                _find_local(item, bound, names, found)
                if item.optional_vars:
                    bound |= set(_stored_in(item.optional_vars)) & meant
            bound = _find_local_in(statement.body, bound, meant, names, found)
        elif isinstance(statement, ast.FunctionDef):
            bound |= {statement.name} & meant
            holder = ast.Module(body=[statement], type_ignores=[])
            _find_local(holder, here, names, found, bound)
        else:
            _find_local(ast.Module(body=[statement], type_ignores=[]), bound, names, found)
            bound |= _bound_by(statement) & meant
    return bound


def _find_local(
    node: ast.AST, bound: set[str], names: set[str], found: set[int], within: set[str] | None = None
) -> None:
    """Go through an expression or a statement; `within` is what a function at the top finds bound once it is called."""
    if isinstance(node, ast.Name) and node.id in bound:
        found.add(id(node))
    inner = bound if within is None or not isinstance(node, FUNCTIONS) else within
    if isinstance(node, FUNCTIONS):
        inner = inner | (_bound_in(node) & names)
    elif isinstance(node, COMPREHENSIONS):
        inner = bound | (_targets(node.generators) & names)
    elif isinstance(node, ast.ClassDef):
        inner = bound - names_bound_in_class(node)
    outside = _evaluated_outside(node)
    for part in _parts(node):
        passed = within if isinstance(node, ast.Module) else None
        _find_local(part, bound if id(part) in outside else inner, names, found, passed)


def _parts(node: ast.AST) -> list[ast.AST]:
    """What a node is made of; of a comprehension also what its `for` and `if` are made of."""
    parts: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, COMPREHENSIONS):
        parts += [part for one in node.generators for part in ast.iter_child_nodes(one)]
        parts = [part for part in parts if not isinstance(part, ast.comprehension)]
    return parts


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
    elif isinstance(node, ast.ClassDef):
        # What a class's body binds it reads from there or from the module, past every function around it.
        inner = local - names_bound_in_class(node)
    outside = _evaluated_outside(node)
    for part in _parts(node):
        _find_opaque(part, local if id(part) in outside else inner, ids)


def names_bound_in_class(node: ast.ClassDef) -> set[str]:
    """Every name that the body of a class binds, by whatever statement."""
    found: set[str] = set()
    for part in _own_level(node):
        found |= _bound_by_any(part)
    return found


def _bound_by_any(part: ast.AST) -> set[str]:
    match part:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return {name}
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return {alias.asname or alias.name.partition(".")[0] for alias in aliases}
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return {name}
        case ast.ExceptHandler(name=str(name)) | ast.arg(arg=name):
            return {name}
    return set()


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
    others: set[str] = set()
    values: list[tuple[str, set[str]]] = []
    for part in ast.walk(function):
        match part:
            case ast.Assign():
                values += [(target.id, _roots(value)) for target, value in assigned(part)]
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                values.append((name, _roots(value)))
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                others |= {alias.asname or alias.name.partition(".")[0] for alias in aliases}
            case ast.Global(names=names):
                others |= set(names)
    opaque = _bound_in(function) - others
    # What gets a name that may stand for a library may stand for one itself.
    while taken := {name for name, roots in values if name in opaque and not roots <= opaque}:
        opaque -= taken
    return opaque


def _roots(value: ast.expr) -> set[str]:
    """The names at the beginning of what a reader would follow."""
    match value:
        case ast.Name(id=name):
            return {name}
        case ast.Attribute(value=inner):
            return _roots(inner)
        case ast.IfExp(body=one, orelse=other):
            return _roots(one) | _roots(other)
        case ast.BoolOp(values=several):
            return {name for one in several for name in _roots(one)}
        case ast.NamedExpr(value=inner):
            return _roots(inner)
    return set()


def _targets(generators: Iterable[ast.comprehension]) -> set[str]:
    found: set[str] = set()
    for generator in generators:
        found |= set(_stored_in(generator.target))
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
        elif isinstance(part, ast.MatchAs | ast.MatchStar | ast.MatchMapping | ast.ExceptHandler):
            bound |= _bound_by_any(part)
        if not isinstance(part, (*FUNCTIONS, *COMPREHENSIONS, ast.ClassDef)):
            parts += ast.iter_child_nodes(part)
    return bound - others


def made_here(trees: list[ast.Module]) -> set[str]:
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
    return ((definitions - calls.keys()) | made) - _bound_otherwise(trees)


def _bound_otherwise(trees: Iterable[ast.Module]) -> set[str]:
    """Names that something else than a definition or an assignment that can be followed binds anywhere."""
    found: set[str] = set()
    for tree in trees:
        seen = {id(t) for n in ast.walk(tree) if isinstance(n, ast.Assign) for t, _ in assigned(n)}
        for node in ast.walk(tree):
            plain = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if id(node) not in seen and not plain:
                found |= _bound_by_any(node)
    return found


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
        elif isinstance(node, ast.Assign) and id(node) not in in_classes and _all_seen(node):
            ids.update(id(value) for _, value in assigned(node))
    return ids


def _all_seen(node: ast.Assign) -> bool:
    return len(node.targets) == 1 or all(isinstance(target, ast.Name) for target in node.targets)


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
                yield from _stored_in(target)
        case ast.AnnAssign(target=target):
            yield from _stored_in(target)


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


def rebound(trees: Iterable[ast.Module]) -> set[str]:
    """Every name that a source binds, wherever."""
    return {name for tree in trees for node in ast.walk(tree) for name in _bound_by_any(node)}
