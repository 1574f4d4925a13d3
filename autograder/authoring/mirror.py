"""Two folders that should hold the same: bring one up to date with the other, or tell how they differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PASSING = {".ipynb_checkpoints", "__pycache__"}  # what running a notebook leaves behind


@dataclass(frozen=True)
class Difference:
    """A file that is not what a fresh build makes, and in what."""

    file: Path
    what: str

    def __str__(self) -> str:
        return f"{self.file} {self.what}"


def files(folder: Path) -> list[Path]:
    """The files below a folder, in order, without what running a notebook leaves behind; a file is its own."""
    if folder.is_file():
        return [folder]
    return sorted(p for p in folder.rglob("*") if p.is_file() and not PASSING & set(p.parts))


def mirror(source: Path, target: Path) -> None:
    """Make the files below `target` those below `source`; one that is the same is not written again."""
    wanted = {p.relative_to(source) for p in files(source)}
    for path in files(target):
        if path.relative_to(target) not in wanted:
            path.unlink()
    for name in wanted:
        data = (source / name).read_bytes()
        if not (target / name).is_file() or (target / name).read_bytes() != data:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(data)


def compare(fresh: Path, there: Path) -> list[Difference]:
    """How the files below `there` differ from a fresh build."""
    return list(_differences(fresh, there))


def _differences(fresh: Path, there: Path) -> Iterator[Difference]:
    wanted = {p.relative_to(fresh) for p in files(fresh)}
    found = {p.relative_to(there) for p in files(there)}
    for name in sorted(wanted | found):
        if name not in found:
            yield Difference(there / name, "is missing")
        elif name not in wanted:
            yield Difference(there / name, "is not made by any build")
        elif (fresh / name).read_bytes() != (there / name).read_bytes():
            yield Difference(there / name, _where(fresh / name, there / name))


def _where(fresh: Path, there: Path) -> str:
    """The first line in which two texts differ."""
    try:
        ours, theirs = (p.read_bytes().decode().split("\n") for p in (fresh, there))
    except UnicodeDecodeError:
        return "holds other numbers than a fresh build"
    pairs = enumerate(zip(ours, theirs, strict=False), 1)
    line = next((i for i, (a, b) in pairs if a != b), min(len(ours), len(theirs)) + 1)
    return f"differs from a fresh build from line {line} on"
