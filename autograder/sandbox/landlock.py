"""Landlock: a process keeps the rights at some paths and below them, and loses all others to files.

https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import struct
from pathlib import Path

from autograder.sandbox.linux import PR_SET_NO_NEW_PRIVS, prctl, succeeds, syscall

# The kernel's order: a right is a bit.
FILE_RIGHTS = """execute write_file read_file read_dir remove_dir remove_file make_char make_dir make_reg make_sock
    make_fifo make_block make_sym refer truncate ioctl_dev""".split()
RIGHT = {name: 1 << i for i, name in enumerate(FILE_RIGHTS)}
# How many of them a version of Landlock knows; later ones know all.
KNOWN = {1: 13, 2: 14, 3: 15, 4: 15}
LIST = RIGHT["read_dir"]
READ = LIST | RIGHT["read_file"] | RIGHT["execute"]
WRITE = sum(RIGHT.values()) - RIGHT["execute"] - RIGHT["make_char"] - RIGHT["make_block"]
OF_A_FILE = sum(RIGHT[name] for name in ("execute", "write_file", "read_file", "truncate", "ioctl_dev"))
NO_TCP, NO_SIGNAL = 3, 3
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION = 1
PATH_BENEATH = 1

# Rights at a path and below it.
Rule = tuple[Path, int]


def version() -> int:
    """The kernel's version of Landlock; 0 if it has none."""
    return succeeds(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(ASK_VERSION))


def restrict(rules: list[Rule]) -> None:
    """Allow what the rules say and nothing else, to this thread and all that it will start.

    Args:
        rules: a path that is not there need not be allowed, and is passed over.
    Raises:
        OSError: if the kernel refuses.
    """
    handled = _handled(version())
    ruleset = _ruleset(version(), handled)
    for path, rights in rules:
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        if not path.is_dir():
            rights &= OF_A_FILE
        syscall(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("<Qi", rights & handled, fd), 0)
        os.close(fd)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    syscall(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _handled(version: int) -> int:
    """The rights to files that a version of Landlock can take away."""
    known = KNOWN.get(version, len(FILE_RIGHTS))
    return (1 << known) - 1


def _ruleset(version: int, handled: int) -> int:
    """A descriptor of an empty set of rules; what was added later, an older kernel must not be asked."""
    attributes = [handled]
    if version >= 4:
        attributes.append(NO_TCP)
    if version >= 6:
        # Nor a socket without a name in the file system.
        attributes.append(NO_SIGNAL)
    packed = struct.pack(f"<{len(attributes)}Q", *attributes)
    return syscall(CREATE_RULESET, packed, ctypes.c_size_t(len(packed)), 0)
