"""Operations that the course itself uses: whoever uses another one is no suspect, but it is counted."""

from collections.abc import Iterable
from functools import cache

from autograder.course.layout import COURSE, ROOT
from autograder.syntax import ALONE
from helpers.operations import read
from helpers.ownership import resolved
from helpers.permitted import beginnings, is_module

# Libraries whose operations are counted.
COUNTED = ("tensorflow", "numpy", "keras", "scipy", "sklearn")


@cache
def used_by_the_course(path: str) -> bool:
    """Whether an exercise or a unit uses this path of a library, as it is written there."""
    name = path.rpartition(".")[2]
    # Reading all of them takes seconds; only where the name stands can it be used.
    return any(name in text and path in _uses(text) for text in _texts())


@cache
def _texts() -> tuple[str, ...]:
    """Of all exercises and units."""
    files = [file for folder in (ROOT / "solutions", COURSE / "units") for file in folder.rglob("*.py")]
    return tuple(file.read_text("utf-8") for file in sorted(files))


@cache
def _uses(text: str) -> frozenset[str]:
    """The paths of libraries in one of them."""
    with ALONE:
        return frozenset(path for _, path in read([text]).uses)


def unknown(uses: Iterable[tuple[int, str]], allowed: Iterable[str] = ()) -> dict[str, int]:
    """The operations that neither the course uses nor anybody has decided about, and in how many lines each stands.

    Args:
        uses: lines and paths, as `helpers.operations.read` finds them.
        allowed: paths that were allowed.
    """
    allowed = frozenset(allowed)
    lines: dict[str, set[int]] = {}
    for line, path in uses:
        if path.partition(".")[0] not in COUNTED or is_module(path):
            continue
        within = [part for part in beginnings(path) if not is_module(part)]
        known = any(part in allowed or used_by_the_course(part) for part in (path, *within))
        if not known and _is_operation(within[0] if within else path):
            lines.setdefault(within[0] if within else path, set()).add(line)
    return {path: len(numbers) for path, numbers in sorted(lines.items())}


def _is_operation(path: str) -> bool:
    """Whether a path leads to something that can be called; numbers and types of numbers cannot."""
    try:
        return callable(resolved(path))
    except ValueError:
        return False
