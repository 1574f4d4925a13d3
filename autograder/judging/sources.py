"""From which state of its sources something was made: evidence, a proof, a verdict."""

import ast
import hashlib
import itertools
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from autograder.course.layout import ROOT
from autograder.course.loading import SOLUTIONS, content_of_module
from autograder.exercise import Exercise, file_of
from autograder.judging import changed, tables

OURS = {"solutions", "helpers", "autograder"}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def state(exercise: Exercise, *more: Path) -> str:
    """A digest that changes whenever an exercise's evidence may: with the code behind it, and with the libraries.

    Args:
        exercise: whose file, and what that imports, counts.
        more: further files of this project that count, with what they import.
    """
    digest = hashlib.sha256()
    ours = [Path(tables.__file__), Path(changed.__file__)]
    for path in sorted(with_imports({file_of(exercise), *ours, *more}), key=_place):
        digest.update(_what_counts(path).encode())
    digest.update(f"tensorflow {version('tensorflow')} keras {version('keras')}".encode())
    return digest.hexdigest()[:24]


def changed_since(when: float, exercise: Exercise) -> bool:
    """Whether a file that counts for an exercise has been written since, so that what is loaded may be an older one.

    Args:
        when: in seconds since 1970.
        exercise: whose file, and what that imports, counts.
    """
    return any(path.stat().st_mtime > when for path in with_imports({file_of(exercise)}))


def _place(path: Path) -> Path:
    """Where a file lies in this project or in a course of one's own, wherever that lies."""
    content = content_of_module(path)
    return path.relative_to(content) if path.is_relative_to(content) else path


def with_imports(files: Iterable[Path]) -> set[Path]:
    """Python files of this project, and those of this project that they import, and so on."""
    every = set(files)
    new = set(every)
    while new:
        imported = {path for file in new for path in _imported(file)}
        new = imported - every
        every |= new
    return every


def _what_counts(path: Path) -> str:
    """The lines of a file without blanks, comments, indentation and, in the framework, docstrings.

    It is read by lines, since no syntax tree is written alike by all versions of Python.
    """
    text = path.read_text("utf-8")
    left_out: frozenset[int] = frozenset()
    if not path.is_relative_to(content_of_module(path) / SOLUTIONS):
        # An exercise's docstring is its statement, in which an edit may stand.
        left_out = _lines_of_docstrings(text)
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if line and number not in left_out and not line.startswith("#"):
            lines.append(line)
    return "\n".join(lines)


# By the text: whatever a file holds by then, most are read for many exercises.
@cache
def _lines_of_docstrings(text: str) -> frozenset[int]:
    lines: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            docstring = node.body[0]
            lines.update(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
    return frozenset(lines)


def _imported(file: Path) -> Iterator[Path]:
    """The project's files that a file imports."""
    for module, names in _imports_in(file.read_text("utf-8")):
        modules = [list(_files_of(f"{module}.{name}", file)) for name in names]
        yield from itertools.chain(*modules)
        # A package of which nothing but modules is taken counts as little as in `import package.module`.
        if not modules or not all(modules):
            yield from _files_of(module, file)


@cache
def _imports_in(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a file imports: modules, each with the names that are taken from it, which may be modules."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [(alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append((node.module, tuple(alias.name for alias in node.names)))
    return tuple(found)


def _files_of(module: str, by: Path) -> Iterator[Path]:
    """The files of a module of this project, or of the course that the file lies in that imports it."""
    parts = module.split(".")
    if parts[0] not in OURS:
        return
    bases = {ROOT}
    if parts[0] == "helpers":
        bases = {ROOT / "src"}
    elif parts[0] == "solutions":
        bases.add(content_of_module(by))
    for base in bases:
        for place in (base.joinpath(*parts).with_suffix(".py"), base.joinpath(*parts, "__init__.py")):
            if place.is_file():
                yield place
