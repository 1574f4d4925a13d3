"""x"""

from collections.abc import Sequence
from pathlib import Path

from autograder.authoring import student_bundle
from autograder.authoring.build import build, differences
from autograder.authoring.mirror import Difference
from autograder.cli.progress_build import _progress
from autograder.course import catalogue
from autograder.course.catalogue import Unit


def run(
    chosen: Sequence[Unit], check: bool, archive: Path | None, course: Path, notebooks: Path, anew: bool
) -> bool:
    """Do what `fdl build` was asked to, and say what came of it.

    Args:
        chosen: the units; all of the course if there are none.
        check: compare only.
        archive: where to pack the bundle, if anywhere.
    Returns:
        Whether `notebooks` is as a fresh build makes it.
    """
    command = " ".join(["fdl build", *map(str, chosen)])
    chosen = chosen or catalogue.units()
    if not chosen:
        raise ValueError("there is no unit in course/units yet")
    found: list[Difference] = []
    with _progress() as progress:
        if check:
            found = differences(chosen, course, notebooks, anew, progress)
        else:
            build(chosen, course, notebooks, anew, progress)
    for difference in found:
        print(difference)
    if found:
        count = "1 file" if len(found) == 1 else f"{len(found)} files"
        print(f"not up to date: {count}. Run `{command}` and commit {_short(notebooks)}")
    elif check:
        print(f"{_short(notebooks)} is up to date ({_count(chosen)})")
    else:
        print(f"built {_count(chosen)}: {_short(notebooks)} for students, {_short(course)} for instructors")
    if archive and not found:
        student_bundle.zip_notebooks(archive, notebooks)
        print(f"packed for students: {_short(archive)}")
    return not found


def _count(chosen: Sequence[Unit]) -> str:
    return chosen[0].id if len(chosen) == 1 else f"{len(chosen)} units"


def _short(path: Path) -> str:
    """A path as a person at the top of the checkout would write it."""
    path = path.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
