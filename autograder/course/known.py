"""Operations that the course itself uses: whoever uses another one is no suspect, but it is counted."""

from collections.abc import Iterable
from functools import cache

from autograder.course.layout import COURSE, ROOT
from helpers.operations import read
from helpers.ownership import resolved
from helpers.permitted import beginnings, is_module

# Libraries whose operations are counted.
COUNTED = ("tensorflow", "numpy", "keras", "scipy", "sklearn")


@cache
def used_by_the_course() -> frozenset[str]:
    """The paths of libraries in all exercises and units, as they are written there."""
    paths: set[str] = set()
    for folder in (ROOT / "solutions", COURSE / "units"):
        for file in folder.rglob("*.py"):
            paths |= {path for _, path in read([file.read_text("utf-8")]).uses}
    return frozenset(paths)


def unknown(uses: Iterable[tuple[int, str]], allowed: Iterable[str] = ()) -> dict[str, int]:
    """The operations that neither the course uses nor anybody has decided about, and in how many lines each stands.

    Args:
        uses: lines and paths, as `helpers.operations.read` finds them.
        allowed: paths that were allowed.
    """
    known = used_by_the_course() | set(allowed)
    lines: dict[str, set[int]] = {}
    for line, path in uses:
        if path.partition(".")[0] not in COUNTED or is_module(path):
            continue
        within = [part for part in beginnings(path) if not is_module(part)]
        if known.isdisjoint([path, *within]) and _is_operation(within[0] if within else path):
            lines.setdefault(within[0] if within else path, set()).add(line)
    return {path: len(numbers) for path, numbers in sorted(lines.items())}


def _is_operation(path: str) -> bool:
    """Whether a path leads to something that can be called; numbers and types of numbers cannot."""
    try:
        return callable(resolved(path))
    except ValueError:
        return False
