"""Two folders that should hold the same: bring one up to date with the other, or tell how they differ."""

import shutil
from dataclasses import dataclass
from pathlib import Path

# What running a notebook leaves behind.
PASSING = {".ipynb_checkpoints", "__pycache__"}


@dataclass(frozen=True)
class Difference:
    """A file that is not what a fresh build makes, and in what."""

    file: Path
    what: str

    def __str__(self) -> str:
        return f"{self.file} {self.what}"


def files(folder: Path) -> list[Path]:
    """The files below a folder, in order, without what running a notebook leaves behind.

    Args:
        folder: a folder, or a file, which is its own.
    """
    if folder.is_file():
        return [folder]
    every = sorted(folder.rglob("*"))
    return [path for path in every if path.is_file() and PASSING.isdisjoint(path.parts)]


def mirror(source: Path, target: Path) -> None:
    """Make the files below one folder those below another; what is the same is not written again.

    Args:
        source: the folder as it should be.
        target: the folder that is changed.
    """
    wanted = _names(source)
    for name in _names(target) - wanted:
        (target / name).unlink()
    for name in wanted:
        if not _alike(source / name, target / name):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)


def compare(fresh: Path, there: Path) -> list[Difference]:
    """How a folder differs from a fresh build of it.

    Args:
        fresh: the fresh build, a folder or a file.
        there: what it is compared with.
    """
    wanted, present = _names(fresh), _names(there)
    differences = []
    for name in sorted(wanted | present):
        if name not in present:
            differences.append(Difference(there / name, "is missing"))
        elif name not in wanted:
            differences.append(Difference(there / name, "is not made by any build"))
        elif not _alike(fresh / name, there / name):
            differences.append(Difference(there / name, _where(fresh / name, there / name)))
    return differences


def _names(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in files(folder)}


def _alike(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _where(fresh: Path, there: Path) -> str:
    """The first line in which two texts differ."""
    try:
        ours = fresh.read_bytes().decode().split("\n")
        theirs = there.read_bytes().decode().split("\n")
    except UnicodeDecodeError:
        return "holds other numbers than a fresh build"
    line = 1
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            break
        line += 1
    return f"differs from a fresh build from line {line} on"
