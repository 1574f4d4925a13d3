"""`fdl new`: a course root of one's own, which chooses from this course and adds to it, and takes its new versions.

What is the instructor's, and never written by a build or a new version, is `YOURS`; everything else in such a root is
made, or came from students.
"""

import json
import re
import shutil
from pathlib import Path

from autograder.course import catalogue
from autograder.course.layout import CONFIG, COURSE_FILE, is_own
from helpers.errors import CalledWrongly, Refused

# A line of nbgrader_config.py that says where the gradebook is.
OWN_DATABASE = re.compile(r"^.*CourseDirectory\.db_url.*$", re.MULTILINE)
# Whoever begins the next term takes these along.
YOURS = (
    COURSE_FILE,
    CONFIG,
    "limits.yml",
    "operations.yml",
    "units",
    "more",
    "solutions",
    "conftest.py",
    ".gitignore",
    "README.md",
)
NOT_COPIED = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "*.part")

FILE = """\
# What this course chooses; docs/instructors.md says more. `fdl build` reads it, and so does `fdl grade`.

# What nbgrader's exchange calls the course.
id: {id}

# The units that it takes. Without this list: all that there are, and yours.
units:
{units}

# Points of exercises, where they are to be others than those of their checks, which keep their shares.
# points:
#   01_forward_propagation:
#     Dense: 12

# When units are due, and by whose clocks. `fdl extend` gives a student more time.
# zone: Europe/Berlin
# due:
#   01_forward_propagation: 2030-01-31 23:59

# What being late costs: points_per_day, share_per_day, grace_minutes, free_days.
# late:
#   points_per_day: 2
#   free_days: 3
"""
SETTINGS = '''\
"""How nbgrader runs this course: as the course that it takes its units from, with what course.yml chooses."""

from pathlib import Path

from autograder.course.layout import COURSE
from autograder.gradebook import chosen

c = get_config()  # noqa: F821  (nbgrader defines it)
load_subconfig("nbgrader_config.py", path=str(COURSE))  # noqa: F821
c.merge(chosen(Path(__file__).parent))

# What you write below counts over both.
'''
CONFTEST = '''\
"""Tests of this course's exercises find them: python -m pytest solutions"""

from pathlib import Path

from autograder.course.loading import open_solutions

open_solutions(Path(__file__).resolve().parent)
'''
GITIGNORE = """\
/source/
/release/
/notebooks/
/submitted/
/autograded/
/feedback/
/reports/
/exports/
/collected/
/before-restore/
/solution-set/
/lab/
/start.md
/extensions.yml
/gradebook.db
.draws
__pycache__/
.ipynb_checkpoints/
"""
README = """\
# {id}

A course of our own, made of *Foundations of deep learning*. Yours are `course.yml` and `nbgrader_config.py`, and if you make them:

| | |
|---|---|
| `units/NN_name.py` | a unit of your own |
| `more/UNIT.py` | cells of your own, which follow those of one of the course's units |
| `solutions/PACKAGE/NAME.py`, `NAME.md` | exercises and derivations of your own; a derivation of the same name counts over ours |
| `limits.yml`, `operations.yml` | exceptions and decisions of your own |

Everything else here is made by `fdl`, or came from students. In this folder:

    fdl build           # source/ and release/ for nbgrader, notebooks/ for students
    fdl verify          # your exercises prove themselves
    fdl grade UNIT

A new version of the course changes nothing here; install it and run `fdl build`.
"""


def make(folder: Path) -> Path:
    """Make a course root that takes every unit there is, for its owner to choose from.

    Args:
        folder: where; it is empty, or not there yet.
    Returns:
        Its course.yml.
    Raises:
        Refused: if there is something in it.
    """
    _begin(folder)
    units = "\n".join(f"  - {unit}" for unit in catalogue.units())
    texts = {
        COURSE_FILE: FILE.format(id=json.dumps(folder.name), units=units),
        CONFIG: SETTINGS,
        "conftest.py": CONFTEST,
        ".gitignore": GITIGNORE,
        "README.md": README.format(id=folder.name),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return folder / COURSE_FILE


def make_from(folder: Path, last: Path) -> Path:
    """Make a course root for the next term: what was the instructor's in the last one, but for its dates.

    Args:
        folder: where; it is empty, or not there yet.
        last: the course root of the last term; nothing in it is changed.
    Returns:
        Its course.yml.
    Raises:
        Refused: if there is something in the folder.
        CalledWrongly: if the last one is no course of one's own.
    """
    if not is_own(last):
        raise CalledWrongly(
            f"{last} has no {COURSE_FILE}, so it is no course of your own; without --from a new one is made"
        )
    _begin(folder)
    for name in YOURS:
        there = last / name
        if there.is_dir():
            shutil.copytree(there, folder / name, ignore=NOT_COPIED)
        elif there.is_file():
            shutil.copyfile(there, folder / name)
    config = folder / CONFIG
    if config.is_file():
        # The last term's grades stay in its database.
        config.write_text(OWN_DATABASE.sub(r"# \g<0>", config.read_text("utf-8")), "utf-8")
    file = folder / COURSE_FILE
    file.write_text(_for_next_term(file.read_text("utf-8"), folder.name), "utf-8")
    return file


def _begin(folder: Path) -> None:
    """Make the folder, unless there is something in it."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"there is something in {folder} already; name a folder that is empty or not there yet")
    folder.mkdir(parents=True, exist_ok=True)


def _for_next_term(text: str, name: str) -> str:
    """A course.yml with the new course's name, and with the last term's dates as comments."""
    lines = []
    in_dates = False
    for line in text.splitlines():
        begins_a_key = bool(line) and not line[0].isspace() and not line.startswith("#")
        if begins_a_key:
            in_dates = line.startswith("due:")
        if line.startswith("id:"):
            line = f"id: {json.dumps(name)}"
        elif in_dates and line.strip() and not line.startswith("#"):
            line = f"# {line}"
        lines.append(line)
    return "\n".join(lines) + "\n"
