"""What the course holds: its units, and the exercises of each."""

import ast
import difflib
import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.layout import ROOT
from helpers.errors import AuthoringError, CalledWrongly

if TYPE_CHECKING:
    from autograder.exercise import Exercise


@dataclass(frozen=True)
class Unit:
    """A unit: its file's stem, the file (None while only its exercises are written), its package in solutions."""

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
    """Find a unit by its id, its number ("1" or "01"), its package, or the beginning of one of these.

    Raises:
        ValueError: if there is no such unit, or more than one; it suggests the closest.
    """
    every = units(root) + drafts(root)
    wanted = name.removesuffix(".py")
    for found in every:
        if wanted in (found.id, found.package):
            return found
    if wanted.isdecimal():
        begins = [u for u in every if u.id != u.package and int(u.id.split("_")[0]) == int(wanted)]
    else:
        begins = [u for u in every if wanted and (u.id.startswith(wanted) or u.package.startswith(wanted))]
    if len(begins) == 1:
        return begins[0]
    if begins:
        raise CalledWrongly(f"{name!r} may be any of {', '.join(map(str, begins))}")
    for draft in drafts(root):
        if draft.package == _package(wanted):
            return Unit(wanted, None, draft.package)
    raise CalledWrongly(f"there is no unit {name!r}{suggestion(name, [u.id for u in every])}")


def exercises(unit: Unit, root: Path = ROOT) -> list["Exercise"]:
    """A unit's exercises in the order in which its file imports them.

    While there is no file: all of its package's, module by module.

    Raises:
        ValueError: if the file imports what is not an exercise's objects.
    """
    if not unit.path:
        return [e for module in modules(unit, root) for e in of_module(module)]
    return [_imported(unit, module, names) for module, names in imports(unit.path.read_text("utf-8"))]


def exercise(unit: Unit, name: str, root: Path = ROOT) -> "Exercise":
    """One exercise of a unit's package by its name.

    Raises:
        ValueError: if there is none of this name; it suggests the closest.
    """
    every = {e.name: e for module in modules(unit, root) for e in of_module(module)}
    if name not in every:
        raise CalledWrongly(f"{unit} has no exercise {name!r}{suggestion(name, list(every))}")
    return every[name]


def modules(unit: Unit, root: Path = ROOT) -> list[str]:
    """The modules of a unit's exercises: those that its file imports, in its order, then the others."""
    named = [module for module, _ in imports(unit.path.read_text("utf-8"))] if unit.path else []
    files = sorted((root / "solutions" / unit.package).glob("*.py"))
    others = [f.stem for f in files if not f.stem.startswith(("_", "test_", "conftest"))]
    return list(dict.fromkeys(named + [f"solutions.{unit.package}.{stem}" for stem in others]))


def of_module(module: str) -> list["Exercise"]:
    """The exercises that a module defines; one that it imports from another belongs to that one."""
    from autograder.exercise import Exercise

    names = vars(importlib.import_module(module))
    found = {id(e): e for e in names.values() if isinstance(e, Exercise) and e.module is names}
    return list(found.values())


def imports(text: str) -> list[tuple[str, list[str]]]:
    """The cells of a py:percent file that hold just `from solutions... import A, B`: module and names."""
    found = []
    for cell in re.split(r"^# %%", text, flags=re.MULTILINE)[1:]:
        header, _, body = cell.partition("\n")
        if "[markdown]" in header or "from solutions." not in body:
            continue
        statements = ast.parse(body).body
        if all(
            isinstance(s, ast.ImportFrom) and (s.module or "").startswith("solutions.") for s in statements
        ):
            found += [(s.module, [a.name for a in s.names]) for s in statements]  # type: ignore[attr-defined]
    return found


def suggestion(name: str, known: Sequence[str]) -> str:
    """The end of a message about a name that is not known."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; there are {', '.join(known)}" if known else "; there are none yet"


def _imported(unit: Unit, module: str, names: list[str]) -> "Exercise":
    known = of_module(module)
    for exercise in known:
        if set(names) == set(exercise.objects):
            return exercise
    objects = "; ".join(", ".join(e.objects) for e in known) or "none"
    raise AuthoringError(
        f"{unit} imports {', '.join(names)} from {module}, where the exercises are: {objects}. "
        "Import all the objects of one exercise"
    )


def _package(stem: str) -> str:
    return re.sub(r"^\d+_", "", stem)


def _folder(root: Path) -> Path:
    return root / "course" / "units"
