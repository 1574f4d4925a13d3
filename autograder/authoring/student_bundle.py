"""What students get beside the notebooks: the front page, and a zip with all they need to work anywhere."""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from autograder.authoring.mirror import files
from autograder.course.catalogue import Unit, imports
from autograder.course.layout import ROOT
from helpers.errors import Refused

HELPERS = ROOT / "src" / "helpers"
NEEDED = ("tensorflow", "keras", "matplotlib", "jupyterlab", "scikit-learn", "mnist1d")
FOLDER = "foundations-of-deep-learning"
# every file's date in the zip, so that two zips are the same
LONG_AGO = (1980, 1, 1, 0, 0, 0)

PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "fdl-helpers"
version = "{version}"
description = "What the notebooks of Foundations of deep learning import"
requires-python = ">=3.11"
dependencies = [
{dependencies}
]

[tool.setuptools]
packages = ["helpers"]
package-data = {{helpers = ["py.typed"]}}
"""

ABOUT = """\
# Foundations of deep learning

One notebook a unit, from Hugo Larochelle's lecture of the same name: you write what it explains, and a card tells at once whether it is
right and, if not, what it looks like. Take the units in order; each needs one to two hours. A number that is left out is a unit {left_out};
nothing below needs it.

{table}
"""

INSTALL = """
## Install
Python 3.11, 3.12 or 3.13 on Linux, macOS or Windows. In the folder that you unpacked:

    python -m venv .venv
    .venv/bin/pip install .            # Windows: .venv\\Scripts\\pip install .
    .venv/bin/jupyter lab              # Windows: .venv\\Scripts\\jupyter lab

Then open the first unit's folder and its notebook. In VS Code, open the folder and choose `.venv` as the notebook's kernel.
"""

WORK = """
## Work
Run the cells from the top. Where a cell says `raise NotImplementedError()`, write your code, then run the cell below it,
`check(…)`. The folder `checks` beside each notebook holds what it runs; read it if you like, and leave it where it is.
"""


def front_page(course: list[Unit]) -> str:
    """The page that students see first: the units in order, how to install and how to work."""
    return about(course) + INSTALL + WORK


def about(
    course: list[Unit],
    here: Callable[[Unit], bool] = lambda unit: True,
    so_far: Callable[[Unit], str] | None = None,
) -> str:
    """What the course is, and the units in order.

    Args:
        course: the units.
        here: whether a unit's notebook lies beside the page, so that a link leads to it.
        so_far: how far the reader has come in a unit, in words; without it the page says nothing of that.
    """
    table = ["| unit | you write |", "|---|---|"]
    table += [_row(unit, is_here=here(unit)) for unit in course]
    if so_far:
        last = ["so far |", "---|", *(f"{so_far(unit)} |" for unit in course)]
        table = [f"{row} {cell}" for row, cell in zip(table, last, strict=True)]
    left_out = "that your course does not take" if any(unit.own for unit in course) else "to come"
    return ABOUT.format(table="\n".join(table), left_out=left_out)


def write_front_page(path: Path, course: list[Unit]) -> None:
    """Write the front page of a course.

    Args:
        path: where to.
        course: its units.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(front_page(course), "utf-8", newline="\n")


def zip_notebooks(file: Path, notebooks: Path) -> list[str]:
    """Pack the notebooks, `helpers` and what installs it.

    Args:
        file: the zip.
        notebooks: what students get, as built.
    Returns:
        The names of the files in the zip.
    Raises:
        Refused: if two names are one file on some systems.
    """
    content = dict(sorted(_content(notebooks)))
    _refuse_clashes(content)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return list(content)


def pyproject(lock: str) -> str:
    """What installs `helpers` and, in the course's versions, what it and the notebooks import.

    Args:
        lock: the text of requirements.lock.
    Raises:
        Refused: if the lock lacks a package.
    """
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    match = re.search(r'^version = "(.+)"$', project, re.MULTILINE)
    version = match.group(1) if match else "1"
    pins = []
    for name in NEEDED:
        pins += [f'    "{pin}",' for pin in _pins(lock, name)]
    return PYPROJECT.format(version=version, dependencies="\n".join(pins))


def _content(notebooks: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files in the zip."""
    for path in files(notebooks):
        name = path.relative_to(notebooks)
        if not any(part.startswith(".") for part in name.parts):
            yield name.as_posix(), path.read_bytes()
    for path in files(HELPERS):
        if not path.name.startswith(("test_", "conftest")):
            yield f"helpers/{path.relative_to(HELPERS).as_posix()}", path.read_bytes()
    yield "pyproject.toml", pyproject((ROOT / "requirements.lock").read_text("utf-8")).encode()


def _pins(lock: str, name: str) -> list[str]:
    """A package's lines in the lock: one, or one for each version of Python."""
    lines = re.findall(rf"^({re.escape(name)}==[^\\\n]+?) *\\?$", lock, re.MULTILINE)
    if not lines:
        raise Refused(f"requirements.lock does not name {name}; `make lock` resolves it anew")
    return [re.sub(" +;", ";", line) for line in lines]


def _refuse_clashes(names: Iterable[str]) -> None:
    """Refuse two names that differ in capitals only."""
    by_casefold: dict[str, str] = {}
    for name in names:
        other = by_casefold.setdefault(name.casefold(), name)
        if other != name:
            raise Refused(f"{other} and {name} are one file on Windows and macOS; rename one")


def _row(unit: Unit, is_here: bool) -> str:
    """A unit's line in the table of the front page."""
    assert unit.path
    text = unit.path.read_text("utf-8")
    heading = re.search(r"^# # +(.+?) *$", text, re.MULTILINE)
    title = heading.group(1) if heading else unit.id
    if is_here:
        title = f"[{title}]({unit.id}/{unit.id}.ipynb)"
    objects = []
    for file in unit.files:
        for _, names in imports(file.read_text("utf-8")):
            objects += [f"`{name}`" for name in names]
    return f"| {title} | {', '.join(objects)} |"
