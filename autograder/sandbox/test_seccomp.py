"""The filter of system calls, gone through line by line as the kernel would."""

import errno
import re
from pathlib import Path

import pytest

from autograder.sandbox import linux, seccomp
from autograder.sandbox.seccomp import ALLOW, FAIL, KILL

PID = 4242
HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}


def answer(machine: str, call: str | int, *arguments: int, architecture: int | None = None) -> int:
    """What the kernel would do about a system call."""
    number = seccomp.numbers(machine)[call] if isinstance(call, str) else call
    code = seccomp.program(machine, PID)
    # The kernel's limit.
    assert len(code) < 4096
    data = {0: number, 4: architecture or seccomp.ARCHITECTURES[machine]}
    data |= {16 + 8 * i: value & 0xFFFFFFFF for i, value in enumerate((*arguments, 0, 0, 0, 0, 0, 0)[:6])}
    at, loaded = 0, 0
    while True:
        operation, yes, no, operand = code[at]
        assert max(yes, no) < 256
        at += 1
        if operation == seccomp.RETURN:
            return operand
        if operation == seccomp.LOAD:
            loaded = data[operand]
        else:
            true = {
                seccomp.EQUAL: loaded == operand,
                seccomp.AT_LEAST: loaded >= operand,
                seccomp.ANY_BIT: bool(loaded & operand),
            }
            at += yes if true[operation] else no


@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
class TestFilter:
    def test_a_thread_may_start_and_a_process_may_not(self, machine):
        # Glibc's flags for a thread.
        assert answer(machine, "clone", 0x3D0F00) == ALLOW
        # Its flags for a fork.
        assert answer(machine, "clone", 17) == FAIL | errno.EPERM
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
        assert answer(machine, "prctl", linux.PR_SET_NAME) == ALLOW
        assert answer(machine, "prctl", linux.PR_SET_PDEATHSIG) == FAIL | errno.EINVAL

    def test_a_file_may_not_signal_a_process(self, machine):
        assert answer(machine, "fcntl", 3, 2, 1) == ALLOW
        assert answer(machine, "fcntl", 3, 8, 1) == answer(machine, "ioctl", 3, 0x8902) == FAIL | errno.EPERM
        assert answer(machine, "ioctl", 3, 0x5401) == ALLOW

    def test_nobody_waits_for_a_file_or_is_told_of_a_folder(self, machine):
        # F_SETLEASE, F_NOTIFY; F_SETFL stays.
        assert (
            answer(machine, "fcntl", 3, 1024, 1) == answer(machine, "fcntl", 3, 1026, 2) == FAIL | errno.EPERM
        )
        assert answer(machine, "fcntl", 3, 4, 2048) == ALLOW

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
        assert answer(machine, seccomp.NEWEST) == answer(machine, 0x40000000) == FAIL | errno.ENOSYS

    def test_another_architectures_calls_end_the_process(self, machine):
        assert answer(machine, "openat", architecture=0x40000003) == KILL

    def test_every_other_listed_call_is_refused_and_an_unlisted_one_allowed(self, machine):
        listed = seccomp.numbers(machine)
        for call in listed.keys() - set(seccomp.ASKED):
            assert answer(machine, call) & 0xFFFF0000 == FAIL, call
        unlisted = next(n for n in range(seccomp.NEWEST) if n not in listed.values())
        assert answer(machine, unlisted) == ALLOW

    def test_numbers_are_those_of_the_kernels_headers(self, machine):
        header = Path(HEADERS[machine])
        if not header.exists():
            pytest.skip(f"{header} is not installed")
        defined = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)$", header.read_text(), re.M)
        theirs = {name: int(number) for name, number in defined}
        ours = seccomp.numbers(machine)
        # Older headers lack the newest calls.
        shared = ours.keys() & theirs.keys()
        assert len(shared) > 0.8 * len(ours)
        assert {call: ours[call] for call in shared} == {call: theirs[call] for call in shared}

    def test_every_call_that_depends_on_its_arguments_is_decided_upon(self, machine):
        for call in seccomp.ASKED:
            assert seccomp._asked(call, PID)
        assert set(seccomp.ASKED) | set(seccomp.IGNORED) | set(seccomp.UNKNOWN) <= {
            call for other in seccomp.ARCHITECTURES for call in seccomp.numbers(other)
        }
