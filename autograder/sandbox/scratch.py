"""Folders of fork servers, and how those of graders that were killed are found and removed."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

PREFIX = "fdl-"
OWNER = "owner"  # a file that a grader keeps locked while it lives; the kernel unlocks it, whatever ends the grader


def home() -> Path:
    """Where the folders are made: on a disk if there is one, since files in memory count for nobody."""
    here = Path(tempfile.gettempdir())
    there = Path("/var/tmp")
    return there if _in_memory(here) and os.access(there, os.W_OK) and not _in_memory(there) else here


def _in_memory(folder: Path) -> bool:
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    try:
        mounts = [line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    except OSError:
        return False
    return any(m[2] == number and m[m.index("-") + 1] in ("tmpfs", "ramfs") for m in mounts)


def claim() -> tuple[Path, IO[bytes]]:
    """Make a folder that is ours until the lock is closed."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home()))
    lock = (folder / "fresh").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    (folder / "fresh").rename(folder / OWNER)  # so nobody finds an owner's file that is not locked yet
    return folder, lock


def tidy() -> None:
    """Remove our folders whose graders have died. One that is not certainly dead stays."""
    for folder in home().glob(f"{PREFIX}*"):
        try:
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with open(os.open(folder / OWNER, os.O_RDONLY | os.O_NOFOLLOW), "rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # it lives, was never claimed, or went while we looked
