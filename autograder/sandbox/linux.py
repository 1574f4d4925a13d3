"""System calls that Python has no function for, with errors as exceptions."""

import ctypes
import os
import sys

PR_SET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME = 1, 3, 15, 16
PR_GET_SECCOMP, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_SET_VMA = 21, 22, 38, 0x53564D41
SIGKILL = 9

_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, *values: int | ctypes.Array) -> int:
    """Ask something of the kernel about this process; see prctl(2).

    Args:
        values: numbers, or memory that it reads.
    Raises:
        OSError: if the kernel refuses, or knows no such option.
    """
    words: list[ctypes.c_ulong | ctypes.Array] = [ctypes.c_ulong(0)] * 4
    for place, value in enumerate(values):
        words[place] = ctypes.c_ulong(value) if isinstance(value, int) else value
    return _checked(_libc.prctl(option, *words), f"prctl {option}")


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by its number.

    Args:
        arguments: as ctypes takes them; a plain number is passed as an int.
    Raises:
        OSError: if it fails.
    """
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments), f"system call {number}")


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def succeeds(number: int, *arguments: object) -> int:
    """The result of a system call, or 0 if it fails or the kernel has none such."""
    if sys.platform != "linux":
        return 0
    return max(0, _libc.syscall(ctypes.c_long(number), *arguments))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends.

    Args:
        parent: the process that started it.
    """
    if sys.platform != "linux":
        return
    prctl(PR_SET_PDEATHSIG, SIGKILL)
    # It may have ended while we asked.
    if os.getppid() != parent:
        os._exit(1)
