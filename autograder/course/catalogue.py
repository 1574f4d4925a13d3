"""What the course holds: its units, and the exercises of each."""

import ast
import difflib
import importlib
import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from autograder.course.layout import ROOT
from helpers.errors import AuthoringError, CalledWrongly, CourseError

if TYPE_CHECKING:
    from autograder.exercise import Exercise


@dataclass(frozen=True)
class Unit:
    """A unit.

    Attributes:
        id: its file's stem.
        path: its file; None while only its exercises are written.
        package: the name of its exercises' package in solutions/.
    """

    id: str
    path: Path | None
    package: str

    def __str__(self) -> str:
        return self.id


def units(root: Path = ROOT) -> list[Unit]:
    """All units that have a file in course/units, in the course's order."""
    return [Unit(path.stem, path, _package(path.stem)) for path in sorted(_folder(root).glob("[0-9]*_*.py"))]


def drafts(root: Path = ROOT) -> list[Unit]:
    """Packages of exercises whose unit has no file yet."""
    written = {unit.package for unit in units(root)}
    folders = sorted(path.parent.name for path in (root / "solutions").glob("*/__init__.py"))
    return [Unit(name, None, name) for name in folders if name not in written]


def unit(name: str, root: Path = ROOT) -> Unit:
    """Find a unit.

    Args:
        name: its id, its number ("1" or "01"), its package, or the beginning of its id or package.
        root: where course/ and solutions/ lie.
    Raises:
        CalledWrongly: if there is no such unit, or more than one; it suggests the closest.
    """
    every = units(root) + drafts(root)
    wanted = name.removesuffix(".py")
    for candidate in every:
        if wanted in (candidate.id, candidate.package):
            return candidate
    meant = [candidate for candidate in every if _may_be_meant(candidate, wanted)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise CalledWrongly(f"{name!r} may be any of {', '.join(map(str, meant))}")
    for draft in drafts(root):
        if draft.package == _package(wanted):
            return Unit(wanted, None, draft.package)
    raise CalledWrongly(f"there is no unit {name!r}{suggestion(name, [each.id for each in every])}")


def exercises(unit: Unit, root: Path = ROOT) -> list["Exercise"]:
    """A unit's exercises in the order in which its file imports them.

    While there is no file: all of its package's, module by module.

    Args:
        unit: whose exercises.
        root: where solutions/ lies.
    Raises:
        AuthoringError: if the file imports what is not an exercise's objects, or a module cannot be imported.
    """
    if not unit.path:
        return _of_modules(modules(unit, root))
    return [_imported(unit, module, names) for module, names in imports(unit.path.read_text("utf-8"))]


def exercise(unit: Unit, name: str, root: Path = ROOT) -> "Exercise":
    """One exercise of a unit's package.

    Args:
        unit: whose exercise.
        name: its name.
        root: where solutions/ lies.
    Raises:
        CalledWrongly: if there is none of this name; it suggests the closest.
    """
    every = {exercise.name: exercise for exercise in _of_modules(modules(unit, root))}
    if name not in every:
        raise CalledWrongly(f"{unit} has no exercise {name!r}{suggestion(name, list(every))}")
    return every[name]


def modules(unit: Unit, root: Path = ROOT) -> list[str]:
    """The modules of a unit's exercises: those that its file imports, in its order, then the others.

    Args:
        unit: whose exercises.
        root: where solutions/ lies.
    """
    names = []
    if unit.path:
        names = [module for module, _ in imports(unit.path.read_text("utf-8"))]
    for file in sorted((root / "solutions" / unit.package).glob("*.py")):
        if not file.stem.startswith(("_", "test_", "conftest")):
            names.append(f"solutions.{unit.package}.{file.stem}")
    return list(dict.fromkeys(names))


def of_module(module: str) -> list["Exercise"]:
    """The exercises that a module defines; one that it imports from another belongs to that one.

    Raises:
        AuthoringError: if the module cannot be imported.
    """
    from autograder.exercise import Exercise

    names = vars(_import(module))
    # an exercise may have several names
    by_identity: dict[int, Exercise] = {}
    for value in names.values():
        if isinstance(value, Exercise) and value.module is names:
            by_identity[id(value)] = value
    return list(by_identity.values())


def imports(text: str) -> list[tuple[str, list[str]]]:
    """The cells of a py:percent file that hold just `from solutions... import A, B`: module and names."""
    exercises = []
    for cell in re.split(r"^# %%", text, flags=re.MULTILINE)[1:]:
        header, _, body = cell.partition("\n")
        if "[markdown]" in header or "from solutions." not in body:
            continue
        statements = ast.parse(body).body
        if all(map(_is_import_of_solutions, statements)):
            exercises += [_module_and_names(statement) for statement in statements]
    return exercises


def suggestion(name: str, known: Sequence[str]) -> str:
    """The end of a message about a name that is not known.

    Args:
        name: what was asked for.
        known: what there is.
    """
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    if close:
        return f"; did you mean {close[0]}?"
    if known:
        return f"; there are {', '.join(known)}"
    return "; there are none yet"


def _may_be_meant(unit: Unit, wanted: str) -> bool:
    """Whether this is a unit's number, or how its id or package begins."""
    if wanted.isdecimal():
        number = unit.id.split("_")[0]
        return number.isdecimal() and int(number) == int(wanted)
    return bool(wanted) and (unit.id.startswith(wanted) or unit.package.startswith(wanted))


def _of_modules(modules: Sequence[str]) -> list["Exercise"]:
    exercises = []
    for module in modules:
        exercises += of_module(module)
    return exercises


def _is_import_of_solutions(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("solutions.")


def _module_and_names(statement: ast.stmt) -> tuple[str, list[str]]:
    assert isinstance(statement, ast.ImportFrom)
    assert statement.module
    return statement.module, [alias.name for alias in statement.names]


def _imported(unit: Unit, module: str, names: list[str]) -> "Exercise":
    """The exercise whose objects a unit's file imports from a module."""
    defined = of_module(module)
    for exercise in defined:
        if set(names) == set(exercise.objects):
            return exercise
    objects = "; ".join(", ".join(exercise.objects) for exercise in defined) or "none"
    raise AuthoringError(
        f"{unit} imports {', '.join(names)} from {module}, where the exercises are: {objects}. "
        "Import all the objects of one exercise"
    )


def _import(module: str) -> ModuleType:
    """Import an author's module.

    Raises:
        AuthoringError: if it raises anything; the message says in which file and line, and what.
    """
    try:
        return importlib.import_module(module)
    except Exception as error:
        words = str(error)
        if isinstance(error, SyntaxError):
            words = error.msg
        if not isinstance(error, CourseError):
            words = f"{type(error).__name__}: {words}"
        raise AuthoringError(f"{_where(error) or module}: {words}") from error


def _where(error: Exception) -> str:
    """The file and line of the last author's statement on the way to an error; "" if there is none."""
    if isinstance(error, SyntaxError) and Path(error.filename or "").suffix == ".py":
        return f"{error.filename}, line {error.lineno}"
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__", "").startswith("solutions."):
            place = f"{frame.f_code.co_filename}, line {line}"
    return place


def _package(stem: str) -> str:
    return re.sub(r"^\d+_", "", stem)


def _folder(root: Path) -> Path:
    return root / "course" / "units"
