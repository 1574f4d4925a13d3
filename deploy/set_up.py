"""Set up a hub for a course on this machine: accounts, environments, exchange and services.

    sudo make hub COURSE=/srv/autumn-2030

Run it again after `git pull`, with both services stopped: the project and both environments are made anew; accounts,
secrets, the exchange and the course root stay.
"""

import argparse
import grp
import json
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from autograder.authoring import student_bundle
from autograder.course import configuration
from autograder.course.layout import CONFIG, ROOT
from autograder.rehearsal.lab import EXTENSIONS, HIDDEN, INSTRUCTOR, PATIENCE, SETTINGS, STUDENT
from deploy.place import Place
from helpers.errors import Refused

PLACE = Path("/srv/fdl")
PORT = 8000
# What of the project runs it; nothing that a course root beside the units would hold is taken along.
PROJECT = """autograder solutions src notebooks deploy course/units course/concepts course/*.md course/*.yml
    course/nbgrader_config.py pyproject.toml requirements*.lock README.md LICENSE*""".split()
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.egg-info", ".ipynb_checkpoints")
# As this project is installed in the environment that runs this; each copy of it gets its own.
NOT_SHARED = shutil.ignore_patterns("fdl", "fdl-*", "__editable__*")
# Unix names have 32 letters, and the longest of ours is formgrade- and the course's id.
NAME = re.compile(r"[a-z][a-z0-9-]{0,21}")
# Which Python a script is for: that of the environment in which it was installed.
SHEBANG = re.compile(rb"\A#!/\S*/python[\d.]*\n")
NOBODY = 65534


def set_up(course: Path, root: Path = PLACE, port: int = PORT) -> Place:
    """Make all that a hub needs, or make it anew.

    Args:
        course: the course root.
        root: where everything else is to lie.
        port: where the hub is to answer, on this machine; it takes the three after it as well.
    Returns:
        Where everything is.
    Raises:
        Refused: if it cannot be done here.
    """
    _refuse_what_does_not_fit(course)
    settings = configuration.load(course)
    place = Place(root, course, settings.CourseDirectory.course_id, port)
    if not NAME.fullmatch(place.id):
        raise Refused(
            f"the id {place.id!r} is no name for unix accounts: small letters, digits and hyphens, 22 at most. "
            f"Change it in {course}"
        )
    os.umask(0o022)
    root.mkdir(parents=True, exist_ok=True)
    make_accounts(place)
    make_folders(place)
    place.write()
    make_staff(place)
    make_students(place)
    write_units(place)
    _refuse_what_cannot_be_reached(place)
    return place


def make_accounts(place: Place) -> None:
    """Make the groups of students and instructors, and the account that grades; those that are there stay."""
    for group in (place.learners, place.instructors):
        if not _is_there(grp.getgrnam, group):
            _run("groupadd", group)
    if not _is_there(pwd.getpwnam, place.account):
        account = [
            "--system",
            "--user-group",
            "--home-dir",
            place.home,
            "--shell",
            "/bin/bash",
            place.account,
        ]
        _run("useradd", *account)


def make_folders(place: Place) -> None:
    """Make what is kept from one version of the project to the next, each for those who may enter."""
    for folder, mode in ((place.state, 0o700), (place.home, 0o700), (place.exchange, 0o1777)):
        folder.mkdir(exist_ok=True)
        # The exchange as nbgrader asks for it, and so that nobody removes what is another's.
        folder.chmod(mode)
    # Before anybody else makes it.
    handed_out = place.exchange / place.id
    handed_out.mkdir(exist_ok=True)
    shutil.chown(handed_out, place.account, place.account)
    if not place.token.exists():
        place.token.touch(0o600)
        place.token.write_text(secrets.token_hex(32) + "\n")
    for folder in (place.home, place.course):
        _run("chown", "--recursive", f"{place.account}:", folder)
        _run("chmod", "--recursive", "go-rwx", folder)


def make_staff(place: Place) -> None:
    """Copy the project beside an environment of its own, for the course's account and root alone."""
    shutil.rmtree(place.staff, ignore_errors=True)
    place.staff.mkdir(mode=0o750)
    shutil.chown(place.staff, "root", place.account)
    for pattern in PROJECT:
        for path in ROOT.glob(pattern):
            target = place.staff / path.relative_to(ROOT)
            target.parent.mkdir(exist_ok=True)
            if path.is_dir():
                shutil.copytree(path, target, ignore=NOT_COPIED)
            else:
                shutil.copy(path, target)
    environment = place.python.parents[1]
    share_environment(environment)
    _install(place.python, "--editable", place.staff)
    write_settings(environment, place, INSTRUCTOR)


def make_students(place: Place) -> None:
    """Make the environment of students: the locked packages, and `helpers` from the bundle that students get."""
    shutil.rmtree(place.students, ignore_errors=True)
    share_environment(place.students)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "bundle.zip"
        student_bundle.zip_notebooks(file, notebooks=folder / "none")
        with zipfile.ZipFile(file) as bundle:
            bundle.extractall(folder)
        _install(place.students_python, folder / student_bundle.FOLDER)
    write_settings(place.students, place, STUDENT)


def share_environment(target: Path) -> None:
    """Make an environment with the packages of the one that runs this, as links to the same files where that can be.

    Args:
        target: where; a link costs no space, and what several run is in memory once.
    """
    source = Path(sys.prefix)
    shutil.copytree(source, target, symlinks=True, ignore=NOT_SHARED, copy_function=_link)
    for script in (target / "bin").iterdir():
        if script.is_symlink():
            continue
        text, is_python = SHEBANG.subn(f"#!{target}/bin/python\n".encode(), script.read_bytes())
        if not is_python:
            continue
        # A file of its own: the other one is the source's as well.
        script.unlink()
        script.write_bytes(text)
        script.chmod(0o755)


def write_settings(environment: Path, place: Place, role: str) -> None:
    """Say in an environment how Jupyter and nbgrader look to a role.

    Args:
        environment: that of the role.
        place: the hub.
        role: a student's or an instructor's.
    """
    extensions = {f"nbgrader.server_extensions.{name}": on for name, on in EXTENSIONS[role].items()}
    hidden = {f"@jupyter/nbgrader:{name}": True for name in HIDDEN[role]}
    files = {
        "jupyter_server_config": {"ServerApp": {"jpserver_extensions": extensions}},
        "nbgrader_config": {
            "CourseDirectory": {"course_id": place.id},
            "Exchange": {"root": str(place.exchange)},
            "Execute": PATIENCE,
        },
        "labconfig/default_setting_overrides": SETTINGS,
        "labconfig/page_config": {"disabledExtensions": hidden},
    }
    for name, content in files.items():
        file = environment / "etc" / "jupyter" / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        # It may be a link to another environment's.
        file.unlink(missing_ok=True)
        file.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def write_units(place: Place) -> None:
    """Describe both services for systemd."""
    place.units.mkdir(exist_ok=True)
    names = {name: str(getattr(place, name)) for name in ("id", "staff", "python", "account", "home")}
    for kind in ("hub", "formgrader"):
        text = Path(__file__).with_name(f"{kind}.service").read_text("utf-8")
        (place.units / f"{place.id}-{kind}.service").write_text(text.format(**names), "utf-8")


def _refuse_what_does_not_fit(course: Path) -> None:
    if os.geteuid() != 0:
        raise Refused("accounts and their folders are root's to make: run it by sudo")
    if not (course / CONFIG).is_file():
        raise Refused(f"{course} is no course root: `fdl new {course}` begins one")
    if course.is_relative_to(ROOT):
        raise Refused(
            f"{course} lies in the project, which is made anew with each version: `fdl new` begins a course elsewhere"
        )


def _refuse_what_cannot_be_reached(place: Place) -> None:
    """Try both environments as those who use them."""
    try:
        subprocess.run(
            [place.students_python, "-c", "import helpers"], check=True, cwd="/", user=NOBODY, group=NOBODY
        )
        account = pwd.getpwnam(place.account)
        subprocess.run(
            [place.python, "-c", "import autograder"],
            check=True,
            cwd=place.course,
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise Refused(
            f"other accounts cannot start Python: {error}. All may have to pass the folders above {place.root}, "
            f"{place.course} and {os.path.realpath(sys.executable)}: `chmod o+x` those that they cannot"
        ) from None


def _is_there(look_up: Callable[[str], object], name: str) -> bool:
    """Whether there is a group or an account, also where a directory does not list them."""
    try:
        look_up(name)
    except KeyError:
        return False
    return True


def _install(python: Path, *what: str | Path) -> None:
    """Install what is ours, without what it needs, which is there."""
    options = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]
    _run(python, "-m", "pip", "install", *options, "--no-deps", "--no-build-isolation", *what)


def _link(source: str, target: str) -> None:
    """Link a file, or copy it to another file system."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _run(*command: str | Path) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise Refused(f"`{' '.join(map(str, command))}` failed: {done.stderr.strip()}")


def main() -> None:
    """What `make hub` runs."""
    parser = argparse.ArgumentParser(
        prog="make hub", description="Set up JupyterHub for a course on this machine."
    )
    parser.add_argument("course", type=Path, help="The course root.")
    parser.add_argument("--place", type=Path, default=PLACE, help="Where the hub lies; by default /srv/fdl.")
    parser.add_argument("--port", type=int, default=PORT, help="Where it answers; by default 8000.")
    chosen = parser.parse_args()
    try:
        place = set_up(chosen.course.resolve(), chosen.place.resolve(), chosen.port)
    except Refused as error:
        sys.exit(f"make hub: {error}")
    units = " ".join(str(unit) for unit in sorted(place.units.iterdir()))
    print(f"The hub of {place.id} is in {place.root}. Start it: systemctl enable --now {units}")
    useradd = "useradd --create-home --key HOME_MODE=0700 --groups"
    print(f"A student: {useradd} {place.learners} NAME && passwd NAME")
    print(f"An instructor: the same with {place.instructors}. It answers at {place.address}.")


if __name__ == "__main__":
    main()
