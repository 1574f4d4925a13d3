"""How a process on Linux gives up its rights for good: Landlock for files, seccomp for system calls, rlimits.

No root, no other program, no compiler; a few milliseconds. Afterwards the process can read Python and its
libraries, write its scratch folder, and start threads. It has no network, and it can neither start a process
nor signal, trace or slow another: a job is one process, so killing that one ends all of it.
"""

import contextlib
import ctypes
import errno
import importlib.util
import os
import platform
import resource
import site
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import helpers

FILE_SIZE = 64 << 20
OPEN_FILES = 256
ADDRESSES = 1 << 38  # bytes; TensorFlow reserves many, and page tables for more would be a bomb
# /proc/self is this very process's folder; all of /proc would show everybody's.
SYSTEM = """/usr /lib /lib64 /bin /sbin /etc/ld.so.cache /etc/alternatives /etc/fonts /etc/localtime /etc/mime.types
    /etc/nsswitch.conf /etc/passwd /etc/group /proc/self /proc/cpuinfo /proc/meminfo /proc/stat /proc/filesystems
    /proc/sys/vm /sys/devices/system/cpu /sys/devices/system/node /dev/urandom /dev/random /dev/zero""".split()

Rule = tuple[Path, int]  # rights at a path and below it

_libc = ctypes.CDLL(None, use_errno=True)


def possible() -> bool:
    """Whether this machine's kernel can do all of this."""
    if platform.machine() not in ARCHITECTURES:
        return False
    return landlock_version() > 0 and _libc.prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 0


def confine(rules: list[Rule], scratch: Path) -> None:
    """Give up everything but what a student's code needs. The caller must have a single thread.

    Args:
        rules: what remains readable.
        scratch: the one folder that remains writable.
    Raises:
        OSError: if any part of it fails; then nothing may be run.
    """
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # if the machine runs out of memory, this goes first
    landlock([*rules, (scratch, WRITE), (Path("/dev/null"), WRITE)])
    drop_capabilities()
    seccomp()


def rlimits(memory: int) -> None:
    """Limits that the kernel keeps for one process; `watch` sees to the rest.

    Args:
        memory: bytes that the whole process may use.
    """
    data = memory + memory // 4  # the server stops at `memory` what is in use, and can say so
    limits = {"DATA": data, "AS": ADDRESSES, "FSIZE": FILE_SIZE, "NOFILE": OPEN_FILES, "CORE": 0}
    for name, limit in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends."""
    if sys.platform == "linux":
        _prctl(PR_SET_PDEATHSIG, 9)
        if os.getppid() != parent:
            os._exit(1)  # it ended while we asked


# ---- Landlock: which files -----------------------------------------------------------------------------------

FILE_RIGHTS = """execute write_file read_file read_dir remove_dir remove_file make_char make_dir make_reg make_sock
    make_fifo make_block make_sym refer truncate ioctl_dev""".split()
RIGHT = {name: 1 << i for i, name in enumerate(FILE_RIGHTS)}
KNOWN = {1: 13, 2: 14, 3: 15, 4: 15}  # how many of them a version of Landlock knows; later ones know all
LIST = RIGHT["read_dir"]
READ = LIST | RIGHT["read_file"] | RIGHT["execute"]
WRITE = sum(RIGHT.values()) - RIGHT["execute"] - RIGHT["make_char"] - RIGHT["make_block"]
OF_A_FILE = sum(RIGHT[name] for name in ("execute", "write_file", "read_file", "truncate", "ioctl_dev"))
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446


def landlock_version() -> int:
    """0 if the kernel has none."""
    if sys.platform != "linux":
        return 0
    return max(0, _libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1)))


def landlock(rules: list[Rule]) -> None:
    """Allow what the rules say and nothing else, to this thread and all that it will start."""
    version = landlock_version()
    handled = (1 << KNOWN.get(version, len(FILE_RIGHTS))) - 1
    no_tcp, no_signal = (
        3 * (version >= 4),
        3 * (version >= 6),
    )  # nor a socket without a name in the file system
    size = 8 if version < 4 else 16 if version < 6 else 24
    attributes = struct.pack("<QQQ", handled, no_tcp, no_signal)
    ruleset = _syscall(CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    for path, rights in rules:
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue  # what is not there need not be allowed
        rights &= handled if path.is_dir() else handled & OF_A_FILE
        _syscall(ADD_RULE, ruleset, 1, struct.pack("<Qi", rights, fd), 0)
        os.close(fd)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _syscall(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def readable() -> Iterator[Rule]:
    """What may be read: the system's libraries, Python's, and helpers."""
    for path in roots():
        yield from _but_private(path)


def roots() -> list[Path]:
    """The folders and files that hold the system's libraries, Python's, and helpers."""
    users = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    python = [sys.prefix, sys.base_prefix, *users, *helpers.__path__]
    return [Path(path) for path in (*SYSTEM, *python)]


def private() -> list[Path]:
    """Where solutions and the autograder lie; if they are installed as packages, among all others."""
    here = Path(__file__).resolve().parents[1]
    solutions = importlib.util.find_spec("solutions")
    elsewhere = [Path(solutions.origin).resolve().parent] if solutions and solutions.origin else []
    return [here, here.parent / "course", *elsewhere]


def _but_private(path: Path) -> Iterator[Rule]:
    """A path, or where something private lies below it, all that lies beside that."""
    path, hidden = path if path.parts[:3] == ("/", "proc", "self") else path.resolve(), private()
    if not any(p.is_relative_to(path) for p in hidden):
        yield path, READ
    elif path not in hidden:
        yield path, LIST
        for entry in path.iterdir():
            yield from _but_private(entry)


# ---- seccomp: which system calls -----------------------------------------------------------------------------

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
NEWEST = 451  # calls from here on came after this was written
# Landlock does not ask about these; libraries call them in passing, so they are told that it worked.
IGNORED = """chmod fchmod fchmodat chown fchown lchown fchownat utime utimes futimesat utimensat setxattr lsetxattr
    fsetxattr removexattr lremovexattr fremovexattr""".split()
UNKNOWN = ("clone3", "openat2", "memfd_create")  # libraries then do the same with an older call
ASKED = (
    "clone kill tgkill prlimit64 prctl fcntl ioctl socketpair open openat socket".split()
)  # for what exactly

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
SIGNALS_OF_FILES = (
    8,
    10,
    15,
)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: a file may signal any process, with any signal
SIGNALS_OF_SOCKETS = (0x8901, 0x8902)  # FIOSETOWN, SIOCSPGRP: the same
THREAD, DATAGRAM, TRUNCATE, TO_WRITE = 0x10000, 2, os.O_TRUNC, os.O_WRONLY | os.O_RDWR
Code = list[tuple[int, int, int, int]]  # operation, jump if true, jump if false, operand


def seccomp() -> None:
    """Refuse the calls above from now on, to this thread and all that it will start."""
    code = b"".join(struct.pack("<HBBI", *line) for line in program(platform.machine(), os.getpid()))
    buffer = ctypes.create_string_buffer(code)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    filter_ = struct.pack("<HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_)


def program(machine: str, pid: int) -> Code:
    """The filter, in the kernel's packet-filter language, for the process `pid`."""
    number = _numbers(machine)
    argument = lambda i: (LOAD, 0, 0, 16 + 8 * i)  # noqa: E731  its lower half; all of these are ints
    fail = lambda error: (RETURN, 0, 0, FAIL | error)  # noqa: E731
    allow = (RETURN, 0, 0, ALLOW)

    def only(call: str, i: int, values: tuple[int, ...], error: int = errno.EPERM) -> Code:
        return _block(number[call], [argument(i), *_jump_if(values), fail(error), allow])

    def never(call: str, i: int, values: tuple[int, ...]) -> Code:
        return _block(number[call], [argument(i), *_jump_if(values), allow, fail(errno.EPERM)])

    code: Code = [
        (LOAD, 0, 0, 4),
        (EQUAL, 1, 0, ARCHITECTURES[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
    ]
    code += [(AT_LEAST, 0, 1, NEWEST), fail(errno.ENOSYS)]  # the numbers of x32 lie there as well
    code += _block(number["clone"], [argument(0), (ANY_BIT, 1, 0, THREAD), fail(errno.EPERM), allow])
    code += only("kill", 0, (pid,)) + only("tgkill", 0, (pid,)) + only("prlimit64", 0, (0, pid))
    code += only("prctl", 0, (PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_SET_VMA), errno.EINVAL)
    code += never("fcntl", 1, SIGNALS_OF_FILES) + never("ioctl", 1, SIGNALS_OF_SOCKETS)
    code += _block(number["socketpair"], [argument(1), (ANY_BIT, 0, 1, DATAGRAM), fail(errno.EPERM), allow])
    for call, i in (("open", 1), ("openat", 2)):  # to truncate what one opens to read escapes old Landlocks
        read_only = [(ANY_BIT, 0, 2, TRUNCATE), (ANY_BIT, 1, 0, TO_WRITE), fail(errno.EACCES), allow]
        code += _block(number.get(call), [argument(i), *read_only])
    code += _block(number["socket"], [fail(errno.EOPNOTSUPP)])  # what libraries take for "no network here"
    for call in [call for call in number if call not in ASKED]:
        error = 0 if call in IGNORED else errno.ENOSYS if call in UNKNOWN else errno.EPERM
        code += _block(number[call], [fail(error)])
    return [*code, allow]


def _jump_if(values: tuple[int, ...]) -> Code:
    """Skip the line that follows if it is one of these."""
    return [(EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)]


def _block(number: int | None, body: Code) -> Code:
    """`body` for one call. It must return; a call that the architecture lacks has none."""
    return [] if number is None else [(EQUAL, 0, len(body), number), *body]


def _numbers(machine: str) -> dict[str, int]:
    words = NUMBERS.split()
    column = 1 + list(ARCHITECTURES).index(machine)
    rows = (words[i : i + 3] for i in range(0, len(words), 3))
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


# ---- the rest ------------------------------------------------------------------------------------------------

PR_SET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME = 1, 3, 15, 16
PR_GET_SECCOMP, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_SET_VMA = 21, 22, 38, 0x53564D41
SECCOMP_MODE_FILTER = 2
CAPSET = {"x86_64": 126, "aarch64": 91}


def drop_capabilities() -> None:
    """Root without its capabilities is one more user."""
    _syscall(CAPSET[platform.machine()], struct.pack("<II", 0x20080522, 0), bytes(24))


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


def _works(attempt) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _prctl(option: int, *values) -> None:
    words = [ctypes.c_ulong(v) if isinstance(v, int) else v for v in (*values, 0, 0, 0, 0)[:4]]
    if _libc.prctl(option, *words):
        code = ctypes.get_errno()
        raise OSError(code, f"prctl {option}: {os.strerror(code)}")


def _syscall(number: int, *arguments) -> int:
    result = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"system call {number}: {os.strerror(code)}")
    return result
