"""What a child uses beyond what the kernel limits for one process, seen from outside; and cleaning up after it."""

import os
from pathlib import Path

MAX_THREADS = 500
MAX_FILES = 2000
MAX_PATH = 1000  # characters; in deeper folders a look takes too long
MAX_WRITTEN = 512 << 20  # bytes, to files and to the grader
PAGE = os.sysconf("SC_PAGE_SIZE")


def excess(pid: int, scratch: Path, memory: int) -> str:
    """Say in words for a report what a child uses too much of; "" if nothing, or if there is no /proc."""
    try:
        stat = (
            Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        )  # see proc(5), from field 3 on
        io = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    except OSError:
        return ""
    if int(stat[21]) * PAGE > memory:
        return f"used more than {memory / 2**30:.3g} GB of memory"
    if int(stat[17]) > MAX_THREADS:
        return f"started more than {MAX_THREADS} threads"
    if max(int(io["wchar"]), int(io["write_bytes"])) > MAX_WRITTEN:  # by calls, or into mapped files
        return f"wrote more than {MAX_WRITTEN >> 20} MB"
    if _holds_more_than(MAX_FILES, scratch):
        return f"made more than {MAX_FILES} files, or hid them"
    return ""


def _holds_more_than(limit: int, folder: Path) -> bool:
    pending, count = [str(folder)], 0
    while pending:
        try:
            for entry in os.scandir(pending.pop()):
                count += 1
                if count > limit or len(entry.path) > MAX_PATH:
                    return True
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
        except FileNotFoundError:
            continue  # removed meanwhile
        except OSError:
            return True  # hidden from us
    return False


def sweep(scratch: Path) -> None:
    """Remove a child's folder, however deep it is and whatever its modes; the caller reaps what does it."""
    try:
        scratch.rmdir()
    except OSError:
        script = 'chmod -R u+rwX "$0"; rm -rf "$0"'
        os.posix_spawn("/bin/sh", ["/bin/sh", "-c", script, str(scratch)], {"PATH": "/usr/bin:/bin"})
