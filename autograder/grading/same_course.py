"""What must be the same wherever a class is graded: the course's and the grader's files, decisions about operations, versions."""

import hashlib
import platform
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from autograder.course import operations
from autograder.course.layout import COURSE, COURSE_FILE, ROOT, is_own

# The libraries on whose versions a verdict may depend.
LIBRARIES = (
    "tensorflow",
    "keras",
    "numpy",
    "scipy",
    "scikit-learn",
    "mnist1d",
    "ipython",
    "nbformat",
    "nbgrader",
)
# What grades, and what is graded by.
FOLDERS = ("autograder", "src/helpers", "solutions", "course/units")
SUFFIXES = (".py", ".md", ".yml", ".json")
LIMITS = "course/limits.yml"
# The same in a course root of one's own.
OWN_FOLDERS = ("units", "more", "solutions")
OWN_FILES = (COURSE_FILE, "limits.yml")
# How many differences a sentence names.
NAMED = 3


def versions() -> dict[str, str]:
    """Python's version and those of libraries, "none" for one that is not installed."""
    found = {"Python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = "none"
    return found


def files(root: Path) -> dict[str, str]:
    """A digest of each file that a verdict may depend on, by its path in the project, or in a course root of one's own.

    Args:
        root: the course root.
    """
    digests = {}
    for path in _paths(ROOT, FOLDERS, (LIMITS,)):
        digests[path.relative_to(ROOT).as_posix()] = _digest(path)
    if is_own(root):
        for path in _paths(root, OWN_FOLDERS, OWN_FILES):
            digests[f"the course root's {path.relative_to(root).as_posix()}"] = _digest(path)
    return digests


def decisions(root: Path) -> list[str]:
    """What was decided about operations, a line each.

    Args:
        root: the course root; what its project has decided holds as well.
    """
    decided = operations.read(COURSE)
    if root.resolve() != COURSE.resolve():
        decided += operations.read(root)
    return [str(one) for one in decided]


def difference(here: Mapping[str, Any], there: Mapping[str, Any]) -> str:
    """In what a worker differs, as the end of a sentence; "" if in nothing.

    Args:
        here: what `versions`, `files` and `decisions` say here, by these names.
        there: the same of the worker.
    """
    for what, ours in here["versions"].items():
        theirs = there["versions"].get(what, "none")
        if theirs != ours:
            return f"has {what} {theirs}, and here it is {ours}; install the same locked packages there"
    changed = _changed(here["files"], there["files"])
    if changed:
        return (
            f"has another course or grader: {_some(changed)} differs; bring both to the same commit, "
            "and start the worker anew"
        )
    if here["decisions"] != there["decisions"]:
        either = sorted(set(here["decisions"]) ^ set(there["decisions"])) or ["their order"]
        return (
            f"has other decisions about operations: {_some(either)}; copy {operations.FILE} of the course root there, "
            "and start the worker with `--course DIR` if it is another root"
        )
    return ""


def _paths(root: Path, folders: Sequence[str], names: Sequence[str]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            is_test = path.name.startswith("test_") or path.name == "conftest.py"
            if path.suffix in SUFFIXES and path.is_file() and not is_test:
                yield path
    for name in names:
        if (root / name).is_file():
            yield root / name


def _digest(path: Path) -> str:
    # Whatever ends the lines on this machine.
    text = path.read_text("utf-8")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _changed(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    return [name for name in sorted({*ours, *theirs}) if ours.get(name) != theirs.get(name)]


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
