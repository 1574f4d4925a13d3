"""A project of two small units, and a course of one's own that takes one of them and adds to it."""

from pathlib import Path

from autograder.authoring.new_course import SETTINGS
from autograder.course.layout import CONFIG, COURSE_FILE
from autograder.testing.tiny_exercise import TINY

UNIT = """\
# %% [markdown]
# # {title}

# %% tags=["setup"]
from helpers import check
import numpy as np

# %% [markdown]
# What the project says.

# %%
from solutions.{package}.{name} import {name}
"""
MORE = """\
# %% [markdown]
# ## And one of ours

# %%
from solutions.tiny_rows.{name} import {name}
"""
COURSE = """\
id: autumn
units:
  - 21_tiny_rows
points:
  21_tiny_rows: {rows: 8}
zone: Europe/Berlin
due:
  # as the faculty wishes
  21_tiny_rows: 2030-01-31 23:59
late:
  free_days: 3
"""


def make(folder: Path) -> tuple[Path, Path]:
    """Write both.

    Args:
        folder: where to.
    Returns:
        The project's folder and the course root.
    """
    project, own = folder / "project", folder / "autumn"
    write_unit(project / "course" / "units" / "11_tiny_columns.py", "tiny_columns", "columns")
    write_unit(project / "course" / "units" / "21_tiny_rows.py", "tiny_rows", "rows")
    write_exercise(project, "tiny_columns", "columns")
    write_exercise(project, "tiny_rows", "rows")
    for package in ("tiny_columns", "tiny_rows"):
        (project / "solutions" / package / "__init__.py").write_text("")
    own.mkdir()
    (own / COURSE_FILE).write_text(COURSE)
    (own / CONFIG).write_text(SETTINGS)
    (own / "more").mkdir()
    (own / "more" / "21_tiny_rows.py").write_text(MORE.format(name="extra"))
    write_exercise(own, "tiny_rows", "extra")
    return project, own


def write_unit(file: Path, package: str, name: str) -> None:
    """Write a unit of one exercise.

    Args:
        file: where to.
        package: of the exercise.
        name: the exercise's.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(UNIT.format(title=package, package=package, name=name))


def write_exercise(root: Path, package: str, name: str) -> None:
    """Write the tiny exercise under another name, below a root's solutions/."""
    file = root / "solutions" / package / f"{name}.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(TINY.replace("centered", name))
