"""The gradebook's database: the course's settings, opening it, and what keeps it from being opened."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import Config, PyFileConfigLoader

from autograder.course.layout import CONFIG, ROOT, Course
from helpers.errors import Refused


@contextmanager
def alembic_on_path() -> Iterator[None]:
    """nbgrader starts `alembic` by name when it makes a gradebook; it lies beside this Python."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


OURS = {
    "nbgrader.preprocessors.AssignLatePenalties": "autograder.gradebook.AssignLatePenalties"
}  # which can share


def settings(course: Course) -> Config:
    """The course's nbgrader_config.py, or ours if it has none."""
    folder = course.root if (course.root / CONFIG).exists() else ROOT / "course"
    config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    config.CourseDirectory.root = str(course.root)
    steps = config.Autograde.autograde_preprocessors
    config.Autograde.autograde_preprocessors = [OURS.get(step, step) for step in steps]
    return config


@contextmanager
def opened(course: Course) -> Iterator[Gradebook]:
    directory = CourseDirectory(config=settings(course))
    if (
        directory.db_url == f"sqlite:///{course.root / 'gradebook.db'}"
        and not (course.root / "gradebook.db").is_file()
    ):
        raise Refused(f"there is no gradebook in {course.root}: run `fdl grade UNIT` first")
    with alembic_on_path():
        gradebook = Gradebook(directory.db_url, directory.course_id)
    try:
        yield gradebook
    finally:
        gradebook.close()
