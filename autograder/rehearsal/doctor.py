"""`fdl doctor`: what this machine and a course offer and lack for grading, and the command that mends it.

Nothing is changed, no student's code runs, and TensorFlow is not imported.
"""

import os
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from autograder.course.layout import ROOT, Course
from autograder.gradebook.database import address, connected, file_of, is_there, place, settings, try_to_write
from autograder.grading import draws
from autograder.sandbox import client
from helpers.errors import CourseError

LOCK = "requirements.lock"
# GB: what a submission takes at most while TensorFlow runs it, and what the grader and its fork server take.
WORKER, GRADER = 0.5, 1.0
EVERYBODY_WRITES = 0o777
LABEXTENSION = Path("labextensions", "@jupyter", "nbgrader")
SERVER_EXTENSIONS = ("formgrader", "validate_assignment", "assignment_list", "course_list")


@dataclass(frozen=True)
class Finding:
    """What there is of one thing.

    Attributes:
        what: the thing.
        fine: whether it is as it should be.
        said: what there is, or is not.
        mend: the command that mends it; "" where nothing is to mend, or `said` says it.
        needed: whether grading needs it.
    """

    what: str
    fine: bool
    said: str
    mend: str = ""
    needed: bool = True

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(course: Course) -> list[Finding]:
    """Look at everything.

    Args:
        course: whose gradebook, exchange and secret are looked at.
    """
    looks: list[Callable[[], Finding]] = [
        packages,
        confinement,
        memory,
        lambda: gradebook(course),
        lambda: secret(course),
        lambda: exchange(course),
        server_extensions,
        labextension,
        cluster,
    ]
    return [look() for look in looks]


def packages(lock: Path = ROOT / LOCK) -> Finding:
    """Whether what is installed is what was locked."""
    what = "packages"
    if not lock.is_file():
        return Finding(what, True, f"not compared: there is no {lock}")
    locked: dict[str, set[str]] = {}
    for name, its_version in re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", lock.read_text(), re.MULTILINE):
        locked.setdefault(name, set()).add(its_version)
    others = []
    for name, versions in locked.items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            # Some are for other systems.
            continue
        if installed not in versions:
            others.append(f"{name} {installed}, locked {' or '.join(sorted(versions))}")
    if others:
        shown = "; ".join(others[:3])
        return Finding(what, False, f"{len(others)} have other versions than {LOCK}: {shown}", "make install")
    return Finding(what, True, f"the versions of {LOCK}")


def confinement() -> Finding:
    """What holds students' code while it is graded: what `fdl grade` says of it."""
    what = "confinement"
    try:
        tier = client.strongest()
    except CourseError as error:
        return Finding(what, False, str(error))
    if tier != client.TIERS[0]:
        return Finding(
            what, True, f"{tier}; with bubblewrap it would be stronger", "apt-get install bubblewrap"
        )
    return Finding(what, True, tier)


def memory() -> Finding:
    """Whether there is room for as many submissions side by side as there are cores."""
    what, cores = "memory", os.cpu_count() or 1
    free = _free()
    if free is None:
        return Finding(what, True, f"grading {cores} side by side takes {GRADER + cores * WORKER:.1f} GB")
    side_by_side = int((free - GRADER) / WORKER)
    said = f"{free:.1f} GB are free; {cores} submissions side by side take {GRADER + cores * WORKER:.1f}"
    if side_by_side < 1:
        return Finding(what, False, said, "end other programs")
    if side_by_side < cores:
        return Finding(what, False, said, f"fdl grade UNIT --jobs {side_by_side}", needed=False)
    return Finding(what, True, said)


def _free() -> float | None:
    """GB of memory that can be had; None where the system does not say."""
    try:
        found = re.search(r"^MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) / 2**20 if found else None


def gradebook(course: Course) -> Finding:
    """Whether the gradebook can be reached and written, and is of this nbgrader's version."""
    what = "gradebook"
    try:
        url = address(course)
        where, file = place(url), file_of(url)
        if not is_there(url):
            if file is not None and not os.access(file.parent, os.W_OK):
                return Finding(
                    what, False, f"{file.parent} is not yours to write", f"chown $USER {file.parent}"
                )
            return Finding(what, True, f"{where}: none yet; the first `fdl grade` or `fdl roster` makes it")
        try_to_write(url)
        with connected(url) as connection:
            database = connection.dialect.name
            release = ".".join(map(str, connection.dialect.server_version_info or ()))
    except CourseError as error:
        return Finding(what, False, str(error))
    return Finding(what, True, f"{where}: {database} {release}, with the tables of this nbgrader")


def secret(course: Course) -> Finding:
    """Whether the secret of the draws is its owner's alone."""
    what, file = "secret draws", course.root / draws.FILE
    if not file.exists():
        return Finding(what, True, "no secret yet; the first grading makes one")
    if file.stat().st_mode & 0o077:
        return Finding(what, False, f"others than you can read {file}", f"chmod 600 {file}")
    return Finding(what, True, f"{file}, for its owner alone")


def exchange(course: Course) -> Finding:
    """Whether students can fetch and submit in JupyterLab."""
    from nbgrader.exchange.default import Exchange

    what = "exchange"
    try:
        root = Path(Exchange(config=settings(course)).root)
    except CourseError as error:
        return Finding(what, False, str(error))
    if not root.is_dir():
        said = f"there is no folder {root}; it takes one only where students fetch and submit in JupyterLab"
        return Finding(what, False, said, f"sudo install -d -m 777 {root}", needed=False)
    if root.stat().st_mode & EVERYBODY_WRITES != EVERYBODY_WRITES:
        return Finding(what, False, f"not everybody can write {root}", f"sudo chmod 777 {root}", needed=False)
    return Finding(what, True, str(root))


def server_extensions() -> Finding:
    """Whether Jupyter's server has nbgrader's pages."""
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    what = "server extension"
    configured = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    off = [name for name in SERVER_EXTENSIONS if not configured.get(f"nbgrader.server_extensions.{name}")]
    if off:
        mend = "jupyter server extension enable --sys-prefix --py nbgrader"
        return Finding(what, False, f"off: {', '.join(off)}", mend, needed=False)
    return Finding(what, True, f"nbgrader's {', '.join(SERVER_EXTENSIONS)}")


def labextension() -> Finding:
    """Whether JupyterLab has nbgrader's buttons."""
    from jupyter_core.paths import jupyter_path

    what = "JupyterLab"
    for folder in jupyter_path():
        if Path(folder, LABEXTENSION).is_dir():
            return Finding(what, True, f"nbgrader's extension, in {folder}")
    mend = "python -m pip install --force-reinstall --no-deps nbgrader"
    return Finding(what, False, "nbgrader's extension is missing", mend, needed=False)


def cluster() -> Finding:
    """Whether submissions can be graded on other machines, and the gradebook lie on PostgreSQL."""
    what = "several machines"
    needs = "\n".join(requires("fdl") or ())
    extra = re.findall(r"^([\w.-]+).*extra == [\"']scale[\"']", needs, re.MULTILINE)
    missing = []
    for name in extra:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        said = f"not installed: {', '.join(missing)}; only `--workers` and PostgreSQL take them"
        return Finding(what, True, said, "make install EXTRA=scale", needed=False)
    return Finding(what, True, f"{', '.join(extra)}; `fdl farm 2` tries it on this machine")
