"""The filter of system calls, gone through line by line as the kernel would; and what may be read."""

import errno
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox import confine
from autograder.sandbox.confine import ALLOW, FAIL, KILL, READ

PID = 4242
HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}


def answer(machine: str, call: str | int, *arguments: int, architecture: int | None = None) -> int:
    """What the kernel would do about a system call."""
    number = confine._numbers(machine)[call] if isinstance(call, str) else call
    code = confine.program(machine, PID)
    assert len(code) < 4096  # the kernel's limit
    data = {0: number, 4: architecture or confine.ARCHITECTURES[machine]}
    data |= {16 + 8 * i: value & 0xFFFFFFFF for i, value in enumerate((*arguments, 0, 0, 0, 0, 0, 0)[:6])}
    at, loaded = 0, 0
    while True:
        operation, yes, no, operand = code[at]
        assert max(yes, no) < 256
        at += 1
        if operation == confine.RETURN:
            return operand
        if operation == confine.LOAD:
            loaded = data[operand]
        else:
            true = {
                confine.EQUAL: loaded == operand,
                confine.AT_LEAST: loaded >= operand,
                confine.ANY_BIT: bool(loaded & operand),
            }
            at += yes if true[operation] else no


@pytest.mark.parametrize("machine", confine.ARCHITECTURES)
class TestFilter:
    def test_a_thread_may_start_and_a_process_may_not(self, machine):
        assert answer(machine, "clone", 0x3D0F00) == ALLOW  # glibc's flags for a thread
        assert answer(machine, "clone", 17) == FAIL | errno.EPERM  # and for a fork
        assert answer(machine, "clone3") == FAIL | errno.ENOSYS

    @pytest.mark.parametrize("call", ["kill", "tgkill"])
    def test_a_process_may_signal_itself_alone(self, machine, call):
        assert answer(machine, call, PID, 9) == ALLOW
        for other in (PID + 1, 0, -1, 1):
            assert answer(machine, call, other, 9) == FAIL | errno.EPERM

    def test_limits_are_those_of_the_process_itself(self, machine):
        assert answer(machine, "prlimit64", 0) == answer(machine, "prlimit64", PID) == ALLOW
        assert answer(machine, "prlimit64", 1) == FAIL | errno.EPERM

    def test_prctl_names_threads_and_no_more(self, machine):
        assert answer(machine, "prctl", confine.PR_SET_NAME) == ALLOW
        assert answer(machine, "prctl", confine.PR_SET_PDEATHSIG) == FAIL | errno.EINVAL

    def test_a_file_may_not_signal_a_process(self, machine):
        assert answer(machine, "fcntl", 3, 2, 1) == ALLOW
        assert answer(machine, "fcntl", 3, 8, 1) == answer(machine, "ioctl", 3, 0x8902) == FAIL | errno.EPERM
        assert answer(machine, "ioctl", 3, 0x5401) == ALLOW

    def test_socket_pairs_are_streams_and_there_are_no_other_sockets(self, machine):
        assert answer(machine, "socketpair", 1, 1 | 0x80000) == ALLOW
        assert answer(machine, "socketpair", 1, 2) == FAIL | errno.EPERM
        assert answer(machine, "socket", 2, 1) == FAIL | errno.EOPNOTSUPP

    def test_opening_to_read_does_not_empty_a_file(self, machine):
        for flags, expected in ((0, ALLOW), (0o1001, ALLOW), (0o1002, ALLOW), (0o1000, FAIL | errno.EACCES)):
            assert answer(machine, "openat", 3, 0, flags) == expected

    def test_changing_modes_does_nothing_and_says_nothing(self, machine):
        assert answer(machine, "fchmodat") == FAIL

    def test_calls_that_came_later_are_not_known(self, machine):
        assert answer(machine, confine.NEWEST) == answer(machine, 0x40000000) == FAIL | errno.ENOSYS

    def test_another_architectures_calls_end_the_process(self, machine):
        assert answer(machine, "openat", architecture=0x40000003) == KILL

    def test_every_other_listed_call_is_refused_and_an_unlisted_one_allowed(self, machine):
        listed = confine._numbers(machine)
        for call in listed.keys() - set(confine.ASKED):
            assert answer(machine, call) & 0xFFFF0000 == FAIL, call
        unlisted = next(n for n in range(confine.NEWEST) if n not in listed.values())
        assert answer(machine, unlisted) == ALLOW

    def test_numbers_are_those_of_the_kernels_headers(self, machine):
        header = Path(HEADERS[machine])
        if not header.exists():
            pytest.skip(f"{header} is not installed")
        kernels = {
            name: int(n)
            for name, n in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)$", header.read_text(), re.M)
        }
        for call, number in confine._numbers(machine).items():
            assert kernels.get(call, number) == number, call


def test_what_is_private_in_a_readable_folder_is_left_out(tmp_path, monkeypatch):
    for name in ("numpy/core", "solutions/dropout", "autograder"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "six.py").touch()
    hidden = [tmp_path / "solutions", tmp_path / "autograder"]
    monkeypatch.setattr(confine, "private", lambda: hidden)
    monkeypatch.setattr(confine, "roots", lambda: [tmp_path])
    rules = dict(confine.readable())
    assert rules == {tmp_path: confine.LIST, tmp_path / "numpy": READ, tmp_path / "six.py": READ}


def test_neither_the_repository_nor_the_home_directory_is_readable():
    for path, _ in confine.readable():
        for hidden in (*confine.private(), Path.home()):
            assert not hidden.is_relative_to(path)


CONFINED = """
import os, sys
from pathlib import Path
from autograder.kernels import confine
version, scratch, outside = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
confine.landlock_version = lambda: version
os.chdir(scratch)
confine.confine(list(confine.readable()), scratch)
can = [confine.proof()]
for attempt in (os.truncate, os.open, os.remove, os.rename):
    more = {os.truncate: (0,), os.open: (os.O_TRUNC,), os.remove: (), os.rename: ("mine",)}[attempt]
    try:
        attempt(outside, *more)
        can.append(attempt.__name__)
    except OSError:
        pass
Path("mine").write_text("as before")
print("can:", *can)
"""


@pytest.mark.skipif(not confine.possible(), reason="no Landlock or no seccomp on this machine")
@pytest.mark.parametrize("version", range(1, confine.landlock_version() + 1))
def test_older_landlocks_confine_as_well(version, tmp_path):
    scratch, outside = tmp_path / "scratch", tmp_path / "outside"
    scratch.mkdir()
    outside.write_text("everybody's grades")
    command = [sys.executable, "-c", CONFINED, str(version), str(scratch), str(outside)]
    found = subprocess.run(command, capture_output=True, text=True)
    assert (found.stdout.strip(), found.stderr) == ("can:", "")
    assert outside.read_text() == "everybody's grades"
