"""Releasing an assignment is nbgrader's own work: its `generate_assignment`, with the course's configuration."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIG = "nbgrader_config.py"


def generate(unit: str, root: Path, config: Path, release: str = "release", gradebook: bool = False) -> None:
    """Make `root/release/<unit>` from `root/source/<unit>`.

    Args:
        root: a course root, with source/ in it.
        config: the folder of the course's nbgrader_config.py.
        release: the folder for the release, within root.
        gradebook: record the assignment in root/gradebook.db; otherwise as nbgrader's --no-db.
    Raises:
        ValueError: with nbgrader's own words, if it refuses.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.utils import capture_log
    from traitlets.config.loader import PyFileConfigLoader

    settings = PyFileConfigLoader(CONFIG, path=str(config)).load_config()
    settings.CourseDirectory.root = str(root)
    settings.CourseDirectory.assignment_id = unit
    settings.CourseDirectory.release_directory = release
    settings.SaveCells.enabled = gradebook
    settings.GenerateAssignment.no_database = not gradebook
    converter = GenerateAssignment(coursedir=CourseDirectory(config=settings), config=settings, force=True)
    with _alembic_on_path():
        result = capture_log(converter)
    if not result["success"]:
        raise ValueError(
            f"nbgrader could not release {unit}:\n{result.get('log', '')}{result.get('error', '')}"
        )


def record(unit: str, course: Path) -> None:
    """Put a built assignment into the course's gradebook, as formgrader's Generate button does.

    The release that is there stays until nbgrader has agreed: it refuses to add or remove cells of an
    assignment that has submissions.

    Raises:
        ValueError: if nbgrader refuses.
    """
    with tempfile.TemporaryDirectory(prefix=".release-", dir=course) as folder:
        generate(unit, course, config=course, release=Path(folder).name, gradebook=True)
        shutil.copytree(Path(folder) / unit, course / "release" / unit, dirs_exist_ok=True)


@contextmanager
def _alembic_on_path() -> Iterator[None]:
    """nbgrader starts `alembic` by name when it makes a gradebook; it lies beside this Python."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
