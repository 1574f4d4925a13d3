"""What of the files remains readable to a student's code: the system's libraries, Python's, and helpers."""

import importlib.util
import site
import sys
from collections.abc import Iterator
from pathlib import Path

import helpers
from autograder.sandbox.landlock import LIST, READ, Rule

# All of /proc would show everybody's processes; this is the folder of whichever process looks.
PROC_SELF = ("/", "proc", "self")
SYSTEM = """/usr /lib /lib64 /bin /sbin /etc/ld.so.cache /etc/alternatives /etc/fonts /etc/localtime /etc/mime.types
    /etc/nsswitch.conf /etc/passwd /etc/group /proc/self /proc/cpuinfo /proc/meminfo /proc/stat /proc/filesystems
    /proc/sys/vm /sys/devices/system/cpu /sys/devices/system/node /dev/urandom /dev/random /dev/zero""".split()


def rules() -> Iterator[Rule]:
    """What may be read."""
    for path in roots():
        yield from _but_private(path)


def roots() -> list[Path]:
    """The folders and files that hold the system's libraries, Python's, and helpers."""
    found = [*SYSTEM, sys.prefix, sys.base_prefix, *helpers.__path__]
    if site.ENABLE_USER_SITE:
        found.append(site.getusersitepackages())
    return [Path(path) for path in found]


def private() -> list[Path]:
    """Where solutions and the autograder lie; if they are installed as packages, among all others."""
    autograder = Path(__file__).resolve().parents[1]
    found = [autograder, autograder.parent / "course"]
    solutions = importlib.util.find_spec("solutions")
    if solutions and solutions.origin:
        found.append(Path(solutions.origin).resolve().parent)
    return found


def _but_private(path: Path) -> Iterator[Rule]:
    """A path, or where something private lies below it, all that lies beside that."""
    hidden = private()
    if path.parts[:3] != PROC_SELF:
        path = path.resolve()
    if path in hidden:
        return
    if any(place.is_relative_to(path) for place in hidden):
        yield path, LIST
        for entry in path.iterdir():
            yield from _but_private(entry)
    else:
        yield path, READ
