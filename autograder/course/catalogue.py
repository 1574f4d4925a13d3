"""What the course holds: its units, and the exercises of each."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import course_file
from autograder.course.course_file import CourseFile
from autograder.course.layout import ROOT
from autograder.course.loading import import_module, open_solutions
from autograder.course.names import suggestion
from autograder.course.own_points import weighed
from helpers.errors import AuthoringError, CalledWrongly

if TYPE_CHECKING:
    from autograder.exercise import Exercise


@dataclass(frozen=True)
class Unit:
    """A unit.

    Attributes:
        id: its file's stem.
        path: its file; None while only its exercises are written.
        package: the name of its exercises' package in solutions/.
        own: the course root of one's own that takes it; None in the course as it comes.
        more: the cells that such a course puts at its end.
    """

    id: str
    path: Path | None
    package: str
    own: Path | None = None
    more: Path | None = None

    @property
    def files(self) -> list[Path]:
        """What its cells are read from, in order."""
        return [file for file in (self.path, self.more) if file]

    @property
    def content(self) -> list[Path]:
        """Where a `solutions` folder with its exercises may lie, a course's own first."""
        return [self.own, ROOT] if self.own else [ROOT]

    @property
    def courses(self) -> list[Path]:
        """The course roots whose limits and decisions hold in it; the later decides."""
        roots = [self.path.parent.parent] if self.path else []
        if self.own and self.own not in roots:
            roots.append(self.own)
        return roots

    def __str__(self) -> str:
        return self.id


def units(root: Path = ROOT) -> list[Unit]:
    """The units of a course that have a file, in the course's order.

    Args:
        root: where course/ and solutions/ lie, or a course root of one's own.
    Raises:
        AuthoringError: if a course of one's own takes what is not there, or has something that is also ours.
    """
    chosen = course_file.read(root)
    if chosen is None:
        return _in(root / "course" / "units")
    every = _every(root)
    _must_be_there(chosen, every)
    if chosen.units is None:
        return every
    return [unit for unit in every if unit.id in chosen.units]


def earlier(unit: Unit) -> list[Unit]:
    """The units before one, also those that a course of one's own leaves out: whatever it rests on is there."""
    if unit.own:
        every = _every(unit.own)
    else:
        assert unit.path
        every = _in(unit.path.parent)
    return [other for other in every if other.id < unit.id]


def drafts(root: Path = ROOT) -> list[Unit]:
    """Packages of exercises whose unit has no file yet; see `units` for the root."""
    chosen = course_file.read(root)
    if chosen is None:
        own, written = None, units(root)
        names = {path.parent.name for path in (root / "solutions").glob("*/__init__.py")}
    else:
        own, written = root, _every(root)
        names = {path.parent.name for path in (root / "solutions").glob("*/*.py")}
    unwritten = names - {unit.package for unit in written}
    return [Unit(name, None, name, own) for name in sorted(unwritten)]


def unit(name: str, root: Path = ROOT) -> Unit:
    """Find a unit.

    Args:
        name: its id, its number ("1" or "01"), its package, or the beginning of its id or package.
        root: where course/ and solutions/ lie, or a course root of one's own.
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
            return replace(draft, id=wanted)
    raise CalledWrongly(f"there is no unit {name!r}{suggestion(name, [each.id for each in every])}")


def exercises(unit: Unit, root: Path = ROOT) -> list["Exercise"]:
    """A unit's exercises in the order in which its file imports them, with the points that the course gives them.

    While there is no file: all of its package's, module by module.

    Args:
        unit: whose exercises.
        root: where solutions/ lies.
    Raises:
        AuthoringError: if the file imports what is not an exercise's objects, a module cannot be imported, or
            the course gives points to what is not there.
    """
    if not unit.path:
        return _of_modules(modules(unit, root))
    if unit.own:
        open_solutions(unit.own)
    written = [_imported(unit, module, names) for module, names in _imports_of(unit)]
    chosen = course_file.read(unit.own) if unit.own else None
    if chosen is None:
        return written
    return weighed(written, unit.id, chosen)


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
    names = [module for module, _ in _imports_of(unit)]
    places = [root]
    if unit.own:
        open_solutions(unit.own)
        places = unit.content
    for place in places:
        names += [f"solutions.{unit.package}.{file.stem}" for file in _written(place, unit.package)]
    return list(dict.fromkeys(names))


def of_module(module: str) -> list["Exercise"]:
    """The exercises that a module defines; one that it imports from another belongs to that one.

    Raises:
        AuthoringError: if the module cannot be imported.
    """
    from autograder.exercise import Exercise

    names = vars(import_module(module))
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


def _package(stem: str) -> str:
    return re.sub(r"^\d+_", "", stem)


def _in(folder: Path) -> list[Unit]:
    """The units whose files lie in a folder."""
    return [Unit(path.stem, path, _package(path.stem)) for path in sorted(folder.glob("[0-9]*_*.py"))]


def _imports_of(unit: Unit) -> list[tuple[str, list[str]]]:
    found = []
    for file in unit.files:
        found += imports(file.read_text("utf-8"))
    return found


def _written(root: Path, package: str) -> Iterator[Path]:
    """The files of exercises in a package."""
    for file in sorted((root / "solutions" / package).glob("*.py")):
        if not file.stem.startswith(("_", "test_", "conftest")):
            yield file


def _every(root: Path) -> list[Unit]:
    """Our units and those of a course of one's own, whether or not it takes them; its exercises can be imported then.

    Raises:
        AuthoringError: if a file of the course's has the name of one of ours, or adds cells to no unit of ours.
    """
    open_solutions(root)
    ours, theirs = _in(ROOT / "course" / "units"), _in(root / "units")
    more = {file.stem: file for file in sorted((root / "more").glob("*.py"))}
    _refuse_what_does_not_fit(root, [unit.id for unit in ours], theirs, more)
    taken = [replace(unit, own=root, more=more.get(unit.id)) for unit in ours]
    taken += [replace(unit, own=root) for unit in theirs]
    return sorted(taken, key=lambda unit: unit.id)


def _refuse_what_does_not_fit(
    root: Path, ours: Sequence[str], theirs: Sequence[Unit], more: Mapping[str, Path]
) -> None:
    """Refuse what one of two names would hide, as a new version may bring it, and cells that follow nothing."""
    for unit in theirs:
        if unit.id in ours:
            raise AuthoringError(
                f"{unit.path} has the name of a unit that the course brings: give yours another one, "
                f"or move it to more/{unit.id}.py if its cells are to follow those of ours"
            )
    for name, file in more.items():
        if name not in ours:
            raise AuthoringError(f"{file} adds to no unit of the course{suggestion(name, ours)}")
    for folder in sorted((root / "solutions").glob("*/")):
        brought = {file.name for file in _written(ROOT, folder.name)}
        for file in _written(root, folder.name):
            if file.name in brought:
                raise AuthoringError(
                    f"{file} has the name of an exercise that the course brings: give yours another one"
                )


def _must_be_there(chosen: CourseFile, every: Sequence[Unit]) -> None:
    """Refuse a course.yml that speaks of units which neither we nor the course have."""
    names = [unit.id for unit in every]
    for key, listed in (("units", chosen.units or ()), ("points", chosen.points), ("due", chosen.due)):
        for name in listed:
            if name not in names:
                raise AuthoringError(
                    f"{chosen.file}, {key}: there is no unit {name!r}{suggestion(name, names)}"
                )
