"""`fdl lab`: JupyterLab as a student or an instructor of this course sees it, with nbgrader's exchange on this machine.

Below one folder lie the exchange, the student's work, and what Jupyter keeps for each role. Nothing is
read from or written to Jupyter's folders in the home directory.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.authoring import student_bundle
from autograder.authoring.build import build
from autograder.course import catalogue, configuration
from autograder.course.layout import COURSE, NOTEBOOKS, content_of
from autograder.gradebook.database import alembic_on_path
from autograder.progress import Progress, silent
from autograder.rehearsal.so_far import so_far
from helpers.errors import Refused

STUDENT, INSTRUCTOR = "student", "instructor"
# what opens first
PAGE = "start.md"
# plugins of nbgrader's that are not for this role
HIDDEN = {
    STUDENT: ("create-assignment", "formgrader", "course-list"),
    INSTRUCTOR: ("course-list",),
}
EXTENSIONS = {
    STUDENT: {"formgrader": False, "course_list": False},
    INSTRUCTOR: {"course_list": False},
}
TOO_SLOW = (
    "This cell did not end within two minutes. If it takes seconds when you run it yourself, the machine was busy: "
    "shut down kernels that you do not need, and validate again."
)
# How long *Validate* waits, in seconds, for a kernel, a cell, and what it shows: importing TensorFlow on a busy machine
# takes longer than the sixty, thirty and four that nbgrader waits; and what it says of a cell that takes longer still.
PATIENCE = {
    "startup_timeout": 120,
    "timeout": 120,
    "iopub_timeout": 120,
    "error_on_timeout": {"ename": "CellTimeoutError", "evalue": TOO_SLOW, "traceback": [TOO_SLOW]},
}
SETTINGS = {
    # The pages that open first are to be read, not edited.
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
    # No question about news, and no request to a website.
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}

SO_FAR = """
*So far* counts the exercises that were right when you last checked them, as of when this lab was started.
"""

ASSIGNMENTS = """
## Get a unit, hand it in, read the feedback
All of it is in the menu **Nbgrader → Assignment List**.

1. **Fetch** a released unit: it becomes a folder here. A click on its name shows the notebook, a click on that opens it.
2. **Validate** runs all of it anew and says whether a check fails. **Submit** hands it in, as often as you like: the last one counts.
3. **Fetch feedback**, when your instructor has released it.
"""

INSTRUCTORS = """\
# Foundations of deep learning: for instructors

The menu **Nbgrader → Formgrader** releases, collects and grades; the folders here are those of an
nbgrader course. To change a cell's points or type, open a notebook of `source` and choose *Create Assignment* in the same menu.

| step | where |
|---|---|
| **Generate** and **Release** a unit | Formgrader, *Manage Assignments*: students find it in their Assignment List |
| **Collect** what was handed in | the same row, *# Submissions*, or the cloud under *Collect* |
| **Autograde** | the same list; for a whole class `fdl grade UNIT` in a terminal is faster and shows who needs review |
| read derivations, write comments | Formgrader, *Manual Grading*; the rubric stands beside the answer |
| **Generate** and **Release Feedback** | Formgrader, *Manage Assignments* |

Units, as you see them, with answers and rubrics:

{rows}

To see the course as a student: `make lab` in another terminal. Both use the exchange `{exchange}`.
"""


class Lab:
    """The folders of a course's JupyterLab.

    Args:
        course: the course root, which the instructor sees.
        place: where everything else lies.
    """

    def __init__(self, course: Path, place: Path):
        self.course = course.resolve()
        self.place = place.resolve()
        self.exchange = self.place / "exchange"
        self.work = self.place / STUDENT

    def home(self, role: str) -> Path:
        """What Jupyter keeps for a role."""
        return self.place / "jupyter" / role

    def root(self, role: str) -> Path:
        """What a role sees in the file browser."""
        return self.work if role == STUDENT else self.course

    @property
    def outbound(self) -> Path:
        """Where the exchange keeps what is released."""
        return self.exchange / _course_id(self.course) / "outbound"

    def released(self) -> set[str]:
        """The units that students can fetch."""
        return {folder.name for folder in self.outbound.glob("*/")}

    def fetched(self, unit: str) -> bool:
        """Whether a unit's folder is among the student's."""
        return (self.work / unit).is_dir()

    def so_far(self, unit: str) -> str:
        """How far the student has come in a unit, in words."""
        folders = (self.outbound / unit, self.work / unit)
        return so_far(self.work / unit, [folder / f"{unit}.ipynb" for folder in folders])


def prepare(lab: Lab, role: str, progress: Progress = silent) -> None:
    """Make what a role needs: folders, configuration, front page, and notebooks if there are none.

    Args:
        lab: where it is made.
        role: a student's or an instructor's.
        progress: is told how far the build is, if there is one.
    Raises:
        CourseError: if the course cannot be built, or nbgrader refuses to hand out a unit.
        OSError: if something cannot be written.
    """
    lab.exchange.mkdir(parents=True, exist_ok=True)
    lab.root(role).mkdir(parents=True, exist_ok=True)
    write_configuration(lab, role)
    if role == INSTRUCTOR:
        if not any(lab.course.glob("source/*/*.ipynb")):
            notebooks = NOTEBOOKS if lab.course == COURSE else lab.course / "notebooks"
            build(catalogue.units(content_of(lab.course)), lab.course, notebooks, progress=progress)
        page = instructors_page(lab)
    else:
        if not lab.released():
            hand_out(lab)
        page = students_page(lab)
    (lab.root(role) / PAGE).write_text(page, "utf-8")


def write_configuration(lab: Lab, role: str) -> None:
    """Write Jupyter's and nbgrader's configuration for a role, anew at each start.

    Args:
        lab: where it is written.
        role: a student's or an instructor's.
    """
    config = lab.home(role) / "config"
    (config / "labconfig").mkdir(parents=True, exist_ok=True)
    extensions = {f"nbgrader.server_extensions.{name}": on for name, on in EXTENSIONS[role].items()}
    server = {"root_dir": str(lab.root(role)), "jpserver_extensions": extensions}
    hidden = {f"@jupyter/nbgrader:{name}": True for name in HIDDEN[role]}
    files = {
        "jupyter_server_config": {"ServerApp": server},
        "jupyter_lab_config": {"LabApp": {"default_url": f"/lab/tree/{PAGE}"}},
        "nbgrader_config": nbgrader_configuration(lab, role),
        "labconfig/default_setting_overrides": SETTINGS,
        "labconfig/page_config": {"disabledExtensions": hidden},
    }
    for name, content in files.items():
        (config / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def nbgrader_configuration(lab: Lab, role: str) -> dict:
    """What nbgrader must know of the lab's folders.

    Args:
        lab: whose folders.
        role: a student's or an instructor's.
    """
    exchange = {"root": str(lab.exchange), "cache": str(lab.home(role) / "nbgrader_cache")}
    if role == STUDENT:
        course = {"course_id": _course_id(lab.course)}
        exchange["assignment_dir"] = str(lab.work)
    else:
        course = {"root": str(lab.course)}
    return {"CourseDirectory": course, "Exchange": exchange, "Execute": PATIENCE}


def hand_out(lab: Lab) -> None:
    """Release and fetch every unit, by nbgrader's own steps, so that who only looks around finds them all.

    Raises:
        Refused: if nbgrader cannot.
    """
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeError, ExchangeFactory
    from traitlets.config import Config

    notebooks = _built_notebooks(lab)
    config = Config(nbgrader_configuration(lab, STUDENT))
    config.CourseDirectory.update(root=str(notebooks.parent), release_directory=notebooks.name)
    factory = ExchangeFactory(config=config)
    for unit in sorted(path.parent.name for path in notebooks.glob("*/*.ipynb")):
        config.CourseDirectory.assignment_id = unit
        about = {"coursedir": CourseDirectory(config=config), "authenticator": Authenticator(config=config)}
        try:
            factory.ReleaseAssignment(**about, config=config).start()
            if not (lab.work / unit).exists():
                factory.FetchAssignment(**about, config=config).start()
        except ExchangeError as error:
            raise Refused(f"nbgrader could not hand out {unit}: {error}") from None


def students_page(lab: Lab) -> str:
    """What the course is, the units in order with links to those that are here, how far each is, and how to work."""
    released = lab.released()
    every = catalogue.units(content_of(lab.course))
    units = [unit for unit in every if unit.id in released or lab.fetched(unit.id)]
    about = student_bundle.about(
        units, here=lambda unit: lab.fetched(unit.id), so_far=lambda unit: lab.so_far(unit.id)
    )
    return about + SO_FAR + ASSIGNMENTS + student_bundle.WORK


def instructors_page(lab: Lab) -> str:
    """What an instructor does where, and links to the units with their answers."""
    rows = []
    for path in sorted(lab.course.glob("source/*/*.ipynb")):
        rows.append(f"- [{path.stem}]({path.relative_to(lab.course).as_posix()})")
    return INSTRUCTORS.format(rows="\n".join(rows), exchange=lab.exchange)


def environment(lab: Lab, role: str, before: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that keep all that Jupyter and IPython write below the lab's folder.

    Args:
        lab: the folder.
        role: a student's or an instructor's.
        before: the variables that there are.
    Returns:
        These, and those that are added or changed.
    """
    home = lab.home(role)
    return {
        **before,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def start(lab: Lab, role: str, arguments: Sequence[str]) -> None:
    """Become `jupyter lab`: its messages, its Ctrl-C and its exit code are its own.

    Args:
        lab: what `prepare` made.
        role: a student's or an instructor's.
        arguments: Jupyter's own.
    """
    # where nbgrader looks for the course's configuration
    os.chdir(lab.root(role))
    command = [sys.executable, "-m", "jupyterlab", *arguments]
    with alembic_on_path():
        os.execve(sys.executable, command, environment(lab, role))


def _built_notebooks(lab: Lab) -> Path:
    """The folder of what students get: the course's own, or else that of this project."""
    own = lab.course / "notebooks"
    if any(own.glob("*/*.ipynb")):
        return own
    if any(NOTEBOOKS.glob("*/*.ipynb")):
        return NOTEBOOKS
    raise Refused("there are no notebooks to hand out: run `fdl build` first")


def _course_id(course: Path) -> str:
    """What the course's nbgrader_config.py calls it."""
    return configuration.load(course).CourseDirectory.course_id
