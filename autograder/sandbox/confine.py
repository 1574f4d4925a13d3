"""How a process on Linux gives up its rights for good: Landlock for files, seccomp for system calls, rlimits.

No root, no other program, no compiler; a few milliseconds. Afterwards the process can read Python and its
libraries, write its scratch folder, and start threads. It has no network, and it can neither start a process
nor signal, trace or slow another: a job is one process, so killing that one ends all of it.
"""

import contextlib
import os
import platform
import resource
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from autograder.sandbox import landlock, seccomp
from autograder.sandbox.landlock import WRITE, Rule
from autograder.sandbox.linux import syscall

FILE_SIZE = 64 << 20
OPEN_FILES = 256
# Bytes; TensorFlow reserves many, and page tables for more would be a bomb.
ADDRESSES = 1 << 38
CAPSET = {"x86_64": 126, "aarch64": 91}
CAPSET_VERSION = 0x20080522


def possible() -> bool:
    """Whether this machine's kernel can do all of this."""
    if platform.machine() not in seccomp.ARCHITECTURES:
        return False
    return landlock.version() > 0 and seccomp.possible()


def confine(rules: list[Rule], scratch: Path) -> None:
    """Give up everything but what a student's code needs. The caller must have a single thread.

    Args:
        rules: what remains readable.
        scratch: the one folder that remains writable.
    Raises:
        OSError: if any part of it fails; then nothing may be run.
    """
    _be_the_first_to_go()
    landlock.restrict([*rules, (scratch, WRITE), (Path("/dev/null"), WRITE)])
    _drop_capabilities()
    seccomp.restrict()


def rlimits(memory: int) -> None:
    """Limits that the kernel keeps for one process; `usage` sees to the rest.

    Args:
        memory: bytes that the whole process may use.
    """
    # The server stops at `memory` what is in use, and can say so.
    data = memory + memory // 4
    limits = {
        resource.RLIMIT_DATA: data,
        resource.RLIMIT_AS: ADDRESSES,
        resource.RLIMIT_FSIZE: FILE_SIZE,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        resource.setrlimit(kind, (limit, limit))


def proof() -> str:
    """What this process, which should be confined, can still do; "" if that is nothing."""
    forbidden = {
        "read the autograder": (Path(__file__).parents[1] / "__init__.py").read_bytes,
        "list the root directory": lambda: os.listdir("/"),
        "write outside its folder": lambda: open("../proof", "w"),  # noqa: SIM115
        "open a socket": socket.socket,
        "start a process": lambda: os.fork() or os._exit(0),
        "signal another process": lambda: os.kill(os.getppid(), 0),
    }
    return ", ".join(what for what, attempt in forbidden.items() if _works(attempt))


def _works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _be_the_first_to_go() -> None:
    """If the machine runs out of memory, the kernel should end this process before any other."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def _drop_capabilities() -> None:
    """Root without its capabilities is one more user."""
    header = struct.pack("<II", CAPSET_VERSION, 0)
    syscall(CAPSET[platform.machine()], header, bytes(24))
