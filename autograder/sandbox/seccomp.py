"""seccomp: a filter in the kernel that decides about each system call of a process, for good.

The filter is a program in the kernel's packet-filter language. It looks at the call's number and at the lower
halves of its arguments: all those that it asks about are ints.
"""

import ctypes
import errno
import os
import platform
import struct

from autograder.sandbox.linux import (
    PR_GET_DUMPABLE,
    PR_GET_NAME,
    PR_GET_SECCOMP,
    PR_SET_NAME,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_SECCOMP,
    PR_SET_VMA,
    prctl,
)

# Each architecture's number for the kernel's tables, and its numbers of the calls below; from 424 on they agree.
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NUMBERS = """
    fork 57 -  vfork 58 -  clone 56 220  execve 59 221  execveat 322 281  clone3 435 435
    kill 62 129  tgkill 234 131  tkill 200 130  rt_sigqueueinfo 129 138  rt_tgsigqueueinfo 297 240
    pidfd_send_signal 424 424  pidfd_open 434 434  pidfd_getfd 438 438  ptrace 101 117
    process_vm_readv 310 270  process_vm_writev 311 271  process_madvise 440 440  process_mrelease 448 448
    kcmp 312 272  migrate_pages 256 238  move_pages 279 239  prlimit64 302 261  setpriority 141 140
    ioprio_set 251 30  sched_setscheduler 144 119  sched_setparam 142 118  sched_setattr 314 274
    sched_setaffinity 203 122  prctl 157 167
    socket 41 198  connect 42 203  bind 49 200  socketpair 53 199
    unshare 272 97  setns 308 268  mount 165 40  umount2 166 39  pivot_root 155 41  chroot 161 51
    open_tree 428 428  move_mount 429 429  fsopen 430 430  fsconfig 431 431  fsmount 432 432  fspick 433 433
    mount_setattr 442 442  name_to_handle_at 303 264  open_by_handle_at 304 265
    bpf 321 280  perf_event_open 298 241  userfaultfd 323 282  io_uring_setup 425 425  io_uring_enter 426 426
    io_uring_register 427 427  keyctl 250 219  add_key 248 217  request_key 249 218  personality 135 92
    modify_ldt 154 -  syslog 103 116  inotify_add_watch 254 27  fanotify_init 300 262
    memfd_create 319 279  memfd_secret 447 447  shmget 29 194  semget 64 190  msgget 68 186  mq_open 240 180
    fcntl 72 25  ioctl 16 29  fallocate 285 47  truncate 76 45  open 2 -  openat 257 56  openat2 437 437
    chmod 90 -  fchmod 91 52  fchmodat 268 53  chown 92 -  fchown 93 55  lchown 94 -  fchownat 260 54
    utime 132 -  utimes 235 -  futimesat 261 -  utimensat 280 88  setxattr 188 5  lsetxattr 189 6
    fsetxattr 190 7  removexattr 197 14  lremovexattr 198 15  fremovexattr 199 16
"""
# Calls from here on came after this was written; the numbers of x32 lie there as well.
NEWEST = 451
# Landlock does not ask about these; libraries call them in passing, so they are told that it worked.
IGNORED = """chmod fchmod fchmodat chown fchown lchown fchownat utime utimes futimesat utimensat setxattr lsetxattr
    fsetxattr removexattr lremovexattr fremovexattr""".split()
# Libraries then do the same with an older call.
UNKNOWN = "clone3 openat2 memfd_create".split()
# It depends on the arguments.
ASKED = "clone kill tgkill prlimit64 prctl fcntl ioctl socketpair open openat socket".split()

# F_SETOWN, F_SETSIG, F_SETOWN_EX: a file may signal any process, with any signal. F_SETLEASE, F_NOTIFY: whoever opens a file,
# or changes what is in a folder, waits for the holder, or is told of.
HOLDS_OF_FILES = (8, 10, 15, 1024, 1026)
# FIOSETOWN, SIOCSPGRP: so may a socket.
SIGNALS_OF_SOCKETS = (0x8901, 0x8902)
NAMES_AND_MEMORY = (PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_SET_VMA)
THREAD, DATAGRAM, TRUNCATE, TO_WRITE = 0x10000, 2, os.O_TRUNC, os.O_WRONLY | os.O_RDWR

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
FILTER = 2
# Where the filter finds a call's number, its architecture, and its arguments.
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16

# Operation, how many lines to skip if true, how many if false, operand.
Line = tuple[int, int, int, int]
Code = list[Line]


def possible() -> bool:
    """Whether this kernel filters system calls, be it that a filter is there already."""
    try:
        prctl(PR_GET_SECCOMP)
    except OSError:
        return False
    return True


def restrict() -> None:
    """Refuse the calls above from now on, to this thread and all that it will start.

    Raises:
        OSError: if the kernel refuses.
    """
    lines = program(platform.machine(), os.getpid())
    code = b"".join(struct.pack("<HBBI", *line) for line in lines)
    buffer = ctypes.create_string_buffer(code)
    filter_ = struct.pack("<HxxxxxxQ", len(lines), ctypes.addressof(buffer))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, FILTER, ctypes.create_string_buffer(filter_))


def program(machine: str, pid: int) -> Code:
    """The filter for one process.

    Args:
        machine: its architecture, as `platform.machine` names it.
        pid: its number: it may signal and limit itself.
    """
    number = numbers(machine)
    code = _of_this_machine(machine)
    for call in ASKED:
        # One that the architecture lacks cannot be made.
        if call in number:
            code += _block(number[call], _asked(call, pid))
    for call in number:
        if call not in ASKED:
            code += _block(number[call], [_refused(call)])
    return [*code, _returns(ALLOW)]


def numbers(machine: str) -> dict[str, int]:
    """The system calls that the filter knows, by name."""
    column = 1 + list(ARCHITECTURES).index(machine)
    words = NUMBERS.split()
    found = {}
    for start in range(0, len(words), 3):
        row = words[start : start + 3]
        if row[column] != "-":
            found[row[0]] = int(row[column])
    return found


def _of_this_machine(machine: str) -> Code:
    """End a process that calls as another architecture does, and refuse calls not yet invented."""
    return [
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (EQUAL, 1, 0, ARCHITECTURES[machine]),
        _returns(KILL),
        (LOAD, 0, 0, NUMBER_AT),
        (AT_LEAST, 0, 1, NEWEST),
        _fails(errno.ENOSYS),
    ]


def _asked(call: str, pid: int) -> Code:
    """What is decided about a call by its arguments."""
    match call:
        case "clone":
            return [_argument(0), (ANY_BIT, 1, 0, THREAD), _fails(errno.EPERM), _returns(ALLOW)]
        case "kill" | "tgkill":
            return _only(0, (pid,), errno.EPERM)
        case "prlimit64":
            return _only(0, (0, pid), errno.EPERM)
        case "prctl":
            return _only(0, NAMES_AND_MEMORY, errno.EINVAL)
        case "fcntl":
            return _never(1, HOLDS_OF_FILES)
        case "ioctl":
            return _never(1, SIGNALS_OF_SOCKETS)
        case "socketpair":
            return [_argument(1), (ANY_BIT, 0, 1, DATAGRAM), _fails(errno.EPERM), _returns(ALLOW)]
        case "open":
            return _no_truncating(1)
        case "openat":
            return _no_truncating(2)
        case "socket":
            # What libraries take for "no network here".
            return [_fails(errno.EOPNOTSUPP)]
    raise ValueError(f"nothing is decided about {call}")


def _only(place: int, values: tuple[int, ...], error: int) -> Code:
    """Allow a call with one of these values as an argument, and no other."""
    return [_argument(place), *_skip_if(values), _fails(error), _returns(ALLOW)]


def _never(place: int, values: tuple[int, ...]) -> Code:
    """Allow a call, but not with one of these values as an argument."""
    return [_argument(place), *_skip_if(values), _returns(ALLOW), _fails(errno.EPERM)]


def _no_truncating(place: int) -> Code:
    """To truncate what one opens to read escapes old versions of Landlock."""
    return [
        _argument(place),
        (ANY_BIT, 0, 2, TRUNCATE),
        (ANY_BIT, 1, 0, TO_WRITE),
        _fails(errno.EACCES),
        _returns(ALLOW),
    ]


def _refused(call: str) -> Line:
    """What is answered to a call that is refused whatever its arguments."""
    if call in IGNORED:
        return _fails(0)
    if call in UNKNOWN:
        return _fails(errno.ENOSYS)
    return _fails(errno.EPERM)


def _skip_if(values: tuple[int, ...]) -> Code:
    """Skip the line that follows if what was loaded is one of these."""
    return [(EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)]


def _block(number: int, body: Code) -> Code:
    """`body` for one call. It must return."""
    return [(EQUAL, 0, len(body), number), *body]


def _argument(place: int) -> Line:
    return LOAD, 0, 0, ARGUMENTS_AT + 8 * place


def _returns(what: int) -> Line:
    return RETURN, 0, 0, what


def _fails(error: int) -> Line:
    return _returns(FAIL | error)
