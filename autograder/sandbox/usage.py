"""What a child uses beyond what the kernel limits for one process, seen from outside; and cleaning up after it."""

import os
from itertools import islice
from pathlib import Path

MAX_THREADS = 500
MAX_FILES = 2000
# Characters; in deeper folders a look takes too long.
MAX_PATH = 1000
# Bytes, to files and to the grader.
MAX_WRITTEN = 512 << 20
PAGE = os.sysconf("SC_PAGE_SIZE")


def excess(pid: int, scratch: Path, memory: int) -> str:
    """Say in words for a report what a child uses too much of; "" if nothing, or if there is no /proc.

    Args:
        scratch: the folder that it may write.
        memory: bytes that it may use.
    """
    try:
        pages, threads = _of_process(pid)
        written = _written(pid)
    except OSError:
        return ""
    if pages * PAGE > memory:
        return f"used more than {memory / 2**30:.3g} GB of memory"
    if threads > MAX_THREADS:
        return f"started more than {MAX_THREADS} threads"
    if written > MAX_WRITTEN:
        return f"wrote more than {MAX_WRITTEN >> 20} MB"
    if _holds_more_than(MAX_FILES, scratch):
        return f"made more than {MAX_FILES} files, or hid them"
    return ""


def _of_process(pid: int) -> tuple[int, int]:
    """How many pages are in memory, and how many threads there are; see proc(5), from field 3 on."""
    stat = Path(f"/proc/{pid}/stat").read_text()
    # The name before it may hold blanks and brackets.
    fields = stat.rpartition(")")[2].split()
    return int(fields[21]), int(fields[17])


def _written(pid: int) -> int:
    """Bytes that were written by calls, or into mapped files."""
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    io = dict(line.split(": ") for line in lines)
    return max(int(io["wchar"]), int(io["write_bytes"]))


def _holds_more_than(limit: int, folder: Path) -> bool:
    """Whether there are more files and folders than so many, or some that cannot be counted."""
    pending = [str(folder)]
    count = 0
    while pending:
        try:
            # Nobody knows how many there are.
            entries = list(islice(os.scandir(pending.pop()), limit + 1))
            pending += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            # It was removed meanwhile.
            continue
        except OSError:
            # It is hidden from us.
            return True
        count += len(entries)
        if count > limit or any(len(entry.path) > MAX_PATH for entry in entries):
            return True
    return False


def sweep(scratch: Path) -> None:
    """Remove a child's folder, however deep it is and whatever its modes; the caller reaps what does it."""
    try:
        scratch.rmdir()
    except OSError:
        script = 'chmod -R u+rwX "$0"; rm -rf "$0"'
        os.posix_spawn("/bin/sh", ["/bin/sh", "-c", script, str(scratch)], {"PATH": "/usr/bin:/bin"})
