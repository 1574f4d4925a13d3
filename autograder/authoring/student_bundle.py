"""What students get beside the notebooks: the front page, and a zip with all they need to work anywhere."""

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from autograder.authoring.mirror import files
from autograder.course.catalogue import Unit, imports, units
from autograder.course.layout import ROOT
from helpers.errors import Refused

HELPERS = ROOT / "src" / "helpers"
NEEDED = ("tensorflow", "keras", "matplotlib", "jupyterlab", "scikit-learn", "mnist1d")
FOLDER = "foundations-of-deep-learning"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # every file's date in the zip, so that two zips are the same

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
right and, if not, what it looks like. Take the units in order; each needs one to two hours. A number that is left out is a unit to come;
nothing below needs it.

| unit | you write |
|---|---|
{rows}
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


def about(course: list[Unit], here: Callable[[Unit], bool] = lambda unit: True) -> str:
    """What the course is, and the units in order.

    Args:
        here: whether a unit's notebook lies beside the page, so that a link leads to it.
    """
    return ABOUT.format(rows="\n".join(_row(unit, here(unit)) for unit in course))


def write_front_page(path: Path) -> None:
    """Write the front page of the whole course."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(front_page(units()), "utf-8", newline="\n")


def zip_notebooks(file: Path, notebooks: Path) -> list[str]:
    """Pack the notebooks, `helpers` and what installs it.

    Args:
        notebooks: what students get, as built.
    Returns:
        The names of the files in the zip.
    """
    content = dict(sorted(_content(notebooks)))
    if clash := _clash(list(content)):
        raise Refused(f"{clash[0]} and {clash[1]} are one file on Windows and macOS; rename one")
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", LONG_AGO)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)
    return list(content)


def pyproject(lock: str) -> str:
    """What installs `helpers` and, in the course's versions, what it and the notebooks import.

    Args:
        lock: the text of requirements.lock.
    """
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    pins = [pin for name in NEEDED for pin in _pins(lock, name)]
    return PYPROJECT.format(
        version=version.group(1) if version else "1",
        dependencies="\n".join(f'    "{pin}",' for pin in pins),
    )


def _content(notebooks: Path) -> Iterator[tuple[str, bytes]]:
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
    found = re.findall(rf"^({re.escape(name)}==[^\\\n]+?) *\\?$", lock, re.MULTILINE)
    if not found:
        raise Refused(f"requirements.lock does not name {name}; `make lock` resolves it anew")
    return [re.sub(" +;", ";", pin) for pin in found]


def _clash(names: list[str]) -> list[str]:
    """Two names that differ in capitals only."""
    first: dict[str, str] = {}
    for name in names:
        if first.setdefault(name.casefold(), name) != name:
            return [first[name.casefold()], name]
    return []


def _row(unit: Unit, here: bool) -> str:
    assert unit.path
    text = unit.path.read_text("utf-8")
    found = re.search(r"^# # +(.+?) *$", text, re.MULTILINE)
    title = found.group(1) if found else unit.id
    objects = ", ".join(f"`{name}`" for _, names in imports(text) for name in names)
    return f"| {f'[{title}]({unit.id}/{unit.id}.ipynb)' if here else title} | {objects} |"
