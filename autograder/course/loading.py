"""Authors' modules, imported by name; those of a course of one's own stand beside ours in `solutions`."""

import importlib
import traceback
from pathlib import Path
from types import ModuleType

from autograder.course.layout import ROOT, is_own
from helpers.errors import AuthoringError, CourseError

SOLUTIONS = "solutions"


def content_of_module(file: Path) -> Path:
    """Where the `solutions` folder lies in which a module stands: a course root of one's own, or this project.

    Args:
        file: the module's.
    """
    for folder in file.resolve().parents:
        if folder.name == SOLUTIONS and (folder.parent == ROOT or is_own(folder.parent)):
            return folder.parent
    return ROOT


def open_solutions(root: Path) -> None:
    """Have `solutions.PACKAGE.MODULE` found in a course root of one's own too, in this process, after ours.

    Args:
        root: the course root; nothing happens for this project.
    """
    if root == ROOT or not (root / SOLUTIONS).is_dir():
        return
    _extend(SOLUTIONS, root)
    for folder in sorted((root / SOLUTIONS).iterdir()):
        # A package of ours that the course adds modules to; others are found by themselves.
        if folder.is_dir() and (ROOT / SOLUTIONS / folder.name / "__init__.py").is_file():
            _extend(f"{SOLUTIONS}.{folder.name}", root)


def import_module(name: str) -> ModuleType:
    """Import an author's module.

    Raises:
        AuthoringError: if it raises anything; the message says in which file and line, and what.
    """
    try:
        return importlib.import_module(name)
    except Exception as error:
        words = str(error)
        if isinstance(error, SyntaxError):
            words = error.msg
        if not isinstance(error, CourseError):
            words = f"{type(error).__name__}: {words}"
        raise AuthoringError(f"{_where(error) or name}: {words}") from error


def _extend(package: str, root: Path) -> None:
    """Look for a package's modules in a course root as well."""
    places = importlib.import_module(package).__path__
    place = str(root.joinpath(*package.split(".")))
    if place not in places:
        places.append(place)


def _where(error: Exception) -> str:
    """The file and line of the last author's statement on the way to an error; "" if there is none."""
    if isinstance(error, SyntaxError) and Path(error.filename or "").suffix == ".py":
        return f"{error.filename}, line {error.lineno}"
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__", "").startswith(f"{SOLUTIONS}."):
            place = f"{frame.f_code.co_filename}, line {line}"
    return place
