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
    """A statement at the top level of the exercise's file."""

    node: ast.stmt
    text: str  # with its decorators and the comment above it
    uses: frozenset[str]  # names of the file that it reads
    defines: frozenset[str]


def checks_source(exercise: Exercise) -> str:
    """An exercise's checks as a Python file of their own.

    Raises:
        ValueError: if the checks use what must not be published, or what cannot be found; it says where.
    """
    file = file_of(exercise)
    pieces = list(_pieces(file.read_text("utf-8")))
    heads = [p for p in pieces if _calls_exercise(p.node)]
    if len(heads) != 1:
        raise AuthoringError(f"{file}: {len(heads)} exercises at the top level; write one in each file")
    head = _as_checks(heads[0])
    pieces = [head if p is heads[0] else p for p in pieces]
    kept = _needed(file, head, pieces)
    imports = _imports(kept)
    body = [(_gap(p), p.text) for p in pieces if p in kept and not _is_import(p.node)]
    return _joined([(0, _docstring(exercise)), *imports, *body])


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
        start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        while start > 1 and lines[start - 2].startswith("#"):
            start -= 1
        piece = "\n".join(lines[start - 1 : node.end_lineno])
        yield _Piece(node, piece, *global_names(piece))


def _calls_exercise(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Assign) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Exercise"


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


def _needed(file: Path, head: _Piece, pieces: list[_Piece]) -> list[_Piece]:
    """The exercise, its checks and summaries, and whatever of the file they use."""
    kept = [head] + [p for p in pieces if _registers(p.node, "check", "summary")]
    for piece in kept:  # grows while it is gone through
        if private := _private_import(piece.node):
            raise AuthoringError(f"{_place(file, piece)} needs `{private}`, which students do not have")
        for name in sorted(piece.uses - (piece.defines if isinstance(piece.node, ast.For) else set())):
            definitions = [p for p in pieces if name in p.defines]
            if not definitions and not hasattr(builtins, name):
                raise AuthoringError(
                    f"{_place(file, piece)} uses {name!r}, which nothing at the top level defines"
                )
            for found in definitions:
                if reason := _why_private(found, name):
                    raise AuthoringError(f"{_place(file, piece)} uses {name!r}, {reason}")
            kept += [p for p in definitions if p not in kept]
    return kept


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
    if isinstance(node, ast.For | ast.Expr):
        parts = ast.walk(node)
    else:
        parts = (part for d in getattr(node, "decorator_list", []) for part in ast.walk(d))
    return any(isinstance(part, ast.Attribute) and part.attr in kinds for part in parts)


def _private_import(node: ast.stmt) -> str:
    """The first import of a private package within a statement."""
    for part in ast.walk(node):
        modules = []
        if isinstance(part, ast.Import):
            modules = [alias.name for alias in part.names]
        elif isinstance(part, ast.ImportFrom):
            modules = ["solutions" if part.level else str(part.module)]  # `from . import …` stays at home
        if any(module.split(".")[0] in PRIVATE for module in modules):
            return ast.unparse(part)
    return ""


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _imports(kept: list[_Piece]) -> list[tuple[int, str]]:
    """The imports that the kept pieces use, and Checks; in groups, as a formatter would have them."""
    used = {name for piece in kept for name in piece.uses}
    whole, parts = set(), {"helpers.checks": {"Checks"}}
    for piece in kept:
        if _is_import(piece.node):
            for alias in piece.node.names:  # type: ignore[attr-defined]
                if (alias.asname or alias.name).split(".")[0] not in used:
                    continue
                if isinstance(piece.node, ast.ImportFrom):
                    parts.setdefault(str(piece.node.module), set()).add(ast.unparse(alias))
                else:
                    whole.add(ast.unparse(alias))
    lines = [(_group(name), 0, f"import {name}") for name in whole]
    lines += [(_group(m), 1, f"from {m} import {', '.join(sorted(names))}") for m, names in parts.items()]
    lines.sort()
    return [
        (1 if i == 0 or lines[i - 1][0] != group else 0, text) for i, (group, _, text) in enumerate(lines)
    ]


def _group(module: str) -> int:
    root = re.split(r"[. ]", module)[0]
    return 2 if root == "helpers" else 0 if root in sys.stdlib_module_names else 1


def _gap(piece: _Piece) -> int:
    """How many blank lines stand around a piece."""
    return 2 if isinstance(piece.node, ast.FunctionDef | ast.ClassDef) else 1


def _joined(parts: list[tuple[int, str]]) -> str:
    text, before = "", 0
    for gap, part in parts:
        text += "\n" * (1 + max(gap, before if before == 2 else 0)) if text else ""
        text, before = text + textwrap.dedent(part), gap
    return text + "\n"


def _place(file: Path, piece: _Piece) -> str:
    node = piece.node
    what = (
        f"`{node.name}`"
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name != "_"
        else "this check"
    )
    return f"{file}, line {node.lineno}: {what}"
