"""Folders of fork servers, and how those of graders that were killed are found and removed."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

PREFIX = "fdl-"
# A file that a grader keeps locked while it lives; the kernel unlocks it, whatever ends the grader.
OWNER = "owner"
FRESH = "fresh"
ON_DISK = Path("/var/tmp")
IN_MEMORY = ("tmpfs", "ramfs")


def home() -> Path:
    """Where the folders are made: on a disk if there is one, since files in memory count for nobody."""
    here = Path(tempfile.gettempdir())
    if not _in_memory(here):
        return here
    if os.access(ON_DISK, os.W_OK) and not _in_memory(ON_DISK):
        return ON_DISK
    return here


def _in_memory(folder: Path) -> bool:
    """Whether a folder lies in the machine's memory, as proc(5) says in /proc/PID/mountinfo."""
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        lines = Path("/proc/self/mountinfo").read_text().splitlines()
    except OSError:
        return False
    for line in lines:
        fields = line.split()
        if fields[2] == number:
            kind = fields[fields.index("-") + 1]
            return kind in IN_MEMORY
    return False


def claim() -> tuple[Path, IO[bytes]]:
    """Make a folder that is ours until the lock is closed.

    Returns:
        The folder and the lock.
    """
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home()))
    lock = (folder / FRESH).open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    # So nobody finds an owner's file that is not locked yet.
    (folder / FRESH).rename(folder / OWNER)
    return folder, lock


def tidy() -> None:
    """Remove our folders whose graders have died. One that is not certainly dead stays."""
    for folder in home().glob(f"{PREFIX}*"):
        try:
            if _is_ours(folder):
                _remove_if_dead(folder)
        except OSError:
            # It lives, was never claimed, or went while we looked.
            continue


def _is_ours(folder: Path) -> bool:
    return not folder.is_symlink() and folder.stat().st_uid == os.getuid()


def _remove_if_dead(folder: Path) -> None:
    """Remove a folder.

    Raises:
        OSError: if its owner's file is locked, or is not there.
    """
    fd = os.open(folder / OWNER, os.O_RDONLY | os.O_NOFOLLOW)
    with open(fd, "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
