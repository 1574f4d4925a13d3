"""Cut an exercise's checks out of its file, so that what students read cannot drift from what grades.

Only what the checks need comes along; the reference, misconceptions and alternatives stay behind.
"""

import ast
import builtins
import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.exercise import Exercise, file_of
from autograder.syntax import global_names
from helpers.errors import AuthoringError

PRIVATE = {"solutions", "autograder"}
WIDTH = 110
DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class _Piece:
    """A statement at the top level of the exercise's file.

    Attributes:
        node: the statement.
        text: its source, with its decorators and the comment above it.
        uses: names of the file that it reads.
        defines: names that it binds.
    """

    node: ast.stmt
    text: str
    uses: frozenset[str]
    defines: frozenset[str]

    @property
    def needs(self) -> set[str]:
        """The names that have to be defined elsewhere; a loop at the top level binds its own."""
        if isinstance(self.node, ast.For):
            return set(self.uses - self.defines)
        return set(self.uses)


def checks_source(exercise: Exercise) -> str:
    """An exercise's checks as a Python file of their own.

    Args:
        exercise: whose file is read.
    Raises:
        AuthoringError: if the checks use what must not be published, or what cannot be found; it says where.
    """
    file = file_of(exercise)
    pieces = list(_pieces(file.read_text("utf-8")))
    heads = [number for number, piece in enumerate(pieces) if _calls_exercise(piece.node)]
    if len(heads) != 1:
        raise AuthoringError(f"{file}: {len(heads)} exercises at the top level; write one in each file")
    head = _as_checks(pieces[heads[0]])
    pieces[heads[0]] = head
    published = _published(file, head, pieces)
    parts = [(0, _docstring(exercise)), *_imports(published)]
    for piece in pieces:
        if piece in published and not _is_import(piece.node):
            parts.append((_gap(piece), piece.text))
    return _joined(parts)


def _docstring(exercise: Exercise) -> str:
    return (
        f'"""What `check({", ".join(exercise.objects)})` looks at (lecture {exercise.lecture}).\n\n'
        "Each check tries your objects on inputs drawn from `rng` and returns what came out; that is compared with\n"
        "what a right answer gives for the same inputs. Read them, run them, take them apart. When your work is\n"
        'graded, the course\'s own copy runs, on inputs drawn anew as well.\n"""'
    )


def _pieces(text: str) -> Iterator[_Piece]:
    lines = text.split("\n")
    for node in ast.parse(text).body:
        decorators = getattr(node, "decorator_list", [])
        start = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        while start > 1 and lines[start - 2].startswith("#"):
            start -= 1
        piece = "\n".join(lines[start - 1 : node.end_lineno])
        yield _Piece(node, piece, *global_names(piece))


def _calls_exercise(node: ast.stmt) -> bool:
    """Whether a statement is `name = Exercise(…)`."""
    match node:
        case ast.Assign(value=ast.Call(func=ast.Name(id="Exercise"))):
            return True
    return False


def _as_checks(head: _Piece) -> _Piece:
    """`dense = Exercise(…)` becomes `dense = Checks(…)`, which takes the same arguments."""
    node = ast.parse(head.text).body[0]
    assert isinstance(node, ast.Assign)
    assert isinstance(node.value, ast.Call)
    arguments = [_segment(head, a) for a in node.value.args]
    arguments += [f"{k.arg}={_segment(head, k.value)}" for k in node.value.keywords]
    name = _segment(head, node.targets[0])
    text = f"{name} = Checks({', '.join(arguments)})"
    if len(text) > WIDTH or "\n" in text:
        text = f"{name} = Checks(\n" + "".join(f"    {a},\n" for a in arguments) + ")"
    uses, defines = global_names(text)
    return replace(head, text=text, uses=uses - {"Checks"}, defines=defines)


def _segment(piece: _Piece, node: ast.expr) -> str:
    return ast.get_source_segment(piece.text, node) or ast.unparse(node)


def _published(file: Path, head: _Piece, pieces: list[_Piece]) -> list[_Piece]:
    """The exercise, its checks and summaries, and whatever of the file they use."""
    published = [head]
    for piece in pieces:
        if _registers(piece.node, "check", "summary", "example"):
            published.append(piece)
    # The list grows while it is gone through.
    for piece in published:
        private = _private_import(piece.node)
        if private:
            raise AuthoringError(f"{_place(file, piece)} needs `{private}`, which students do not have")
        for name in sorted(piece.needs):
            for definition in _definitions(file, piece, name, pieces):
                if definition not in published:
                    published.append(definition)
    return published


def _definitions(file: Path, piece: _Piece, name: str, pieces: list[_Piece]) -> list[_Piece]:
    """Where a name that a piece uses is defined."""
    definitions = [other for other in pieces if name in other.defines]
    if not definitions and not hasattr(builtins, name):
        raise AuthoringError(f"{_place(file, piece)} uses {name!r}, which nothing at the top level defines")
    for definition in definitions:
        reason = _why_private(definition, name)
        if reason:
            raise AuthoringError(f"{_place(file, piece)} uses {name!r}, {reason}")
    return definitions


def _why_private(found: _Piece, name: str) -> str:
    if _registers(found.node, "reference", "alternative"):
        return "an answer, which students must not get: take the candidate from the check's arguments"
    if _private_import(found.node):
        return f"which comes from `{_private_import(found.node)}`, and students do not have that"
    if not isinstance(found.node, DEFINITIONS):
        return f"which line {found.node.lineno} defines by something else than def, class, import or ="
    return ""


def _registers(node: ast.stmt, *kinds: str) -> bool:
    """Whether a function or class is decorated with `something.check(…)` or the like, or a loop calls it."""
    places = getattr(node, "decorator_list", [])
    if isinstance(node, ast.For | ast.Expr):
        places = [node]
    parts = [part for place in places for part in ast.walk(place)]
    return any(isinstance(part, ast.Attribute) and part.attr in kinds for part in parts)


def _private_import(node: ast.stmt) -> str:
    """The first import of a private package within a statement; "" if there is none."""
    for part in ast.walk(node):
        if not PRIVATE.isdisjoint(_packages(part)):
            return ast.unparse(part)
    return ""


def _packages(node: ast.AST) -> list[str]:
    """The packages that a statement imports from; `from . import …` stays at home."""
    match node:
        case ast.Import(names=names):
            return [alias.name.split(".")[0] for alias in names]
        case ast.ImportFrom(module=module, level=0):
            return [str(module).split(".")[0]]
        case ast.ImportFrom():
            return ["solutions"]
    return []


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _imports(published: list[_Piece]) -> list[tuple[int, str]]:
    """The imports that the published pieces use, and Checks; in groups, as a formatter would have them."""
    used = {name for piece in published for name in piece.uses}
    modules: set[str] = set()
    members: dict[str, set[str]] = {"helpers.checks": {"Checks"}}
    for piece in published:
        match piece.node:
            case ast.Import(names=names):
                modules |= {ast.unparse(alias) for alias in names if _binds(alias) in used}
            case ast.ImportFrom(module=module, names=names):
                wanted = {ast.unparse(alias) for alias in names if _binds(alias) in used}
                members.setdefault(str(module), set()).update(wanted)
    lines = [(_group(module), 0, f"import {module}") for module in modules]
    for module, these in members.items():
        if these:
            lines.append((_group(module), 1, f"from {module} import {', '.join(sorted(these))}"))
    spaced = []
    before = None
    for group, _, line in sorted(lines):
        spaced.append((int(group != before), line))
        before = group
    return spaced


def _binds(alias: ast.alias) -> str:
    return (alias.asname or alias.name).split(".")[0]


def _group(module: str) -> int:
    """The standard library's imports first, then other packages', then ours."""
    package = re.split(r"[. ]", module)[0]
    if package == "helpers":
        return 2
    return int(package not in sys.stdlib_module_names)


def _gap(piece: _Piece) -> int:
    """How many blank lines stand around a piece."""
    return 2 if isinstance(piece.node, ast.FunctionDef | ast.ClassDef) else 1


def _joined(parts: list[tuple[int, str]]) -> str:
    """The parts, each with the blank lines that it wants; behind a function there are two as well."""
    text = ""
    before = 0
    for gap, part in parts:
        if text:
            blank = max(gap, 2 if before == 2 else 0)
            text += "\n" * (1 + blank)
        text += textwrap.dedent(part)
        before = gap
    return text + "\n"


def _place(file: Path, piece: _Piece) -> str:
    """Where a piece stands, and what it is called."""
    what = getattr(piece.node, "name", "_")
    if what == "_":
        return f"{file}, line {piece.node.lineno}: this check"
    return f"{file}, line {piece.node.lineno}: `{what}`"
