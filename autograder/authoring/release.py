"""Releasing an assignment is nbgrader's own work: its `generate_assignment`, with the course's configuration."""

from pathlib import Path

from autograder.course import configuration
from helpers.errors import AuthoringError


def generate(unit: str, root: Path, config: Path) -> None:
    """Make `root/release/<unit>` from `root/source/<unit>`, without a gradebook: grading enters the unit there.

    Args:
        root: a course root, with source/ in it.
        config: the folder of the course's nbgrader_config.py.
    Raises:
        AuthoringError: with nbgrader's own words, if it refuses.
        Refused: if its configuration cannot be read.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.utils import capture_log

    settings = configuration.load(config)
    settings.CourseDirectory.root = str(root)
    settings.CourseDirectory.assignment_id = unit
    # As --no-db does.
    settings.SaveCells.enabled = False
    settings.GenerateAssignment.no_database = True
    converter = GenerateAssignment(coursedir=CourseDirectory(config=settings), config=settings, force=True)
    result = capture_log(converter)
    if not result["success"]:
        raise AuthoringError(
            f"nbgrader could not release {unit}:\n{result.get('log', '')}{result.get('error', '')}"
        )
