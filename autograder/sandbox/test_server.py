"""The fork server without TensorFlow: it forks, ends, buries, and goes when the grader goes."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from autograder.sandbox import NO_TIER, SCRATCH, wire

# A child that answers one message in capitals.
ECHO = """
import socket, sys
from pathlib import Path
from autograder.sandbox import NO_TIER
from autograder.sandbox.server import Server

class Echo:
    def settle(self, scratch):
        assert Path.cwd() == scratch

    def serve(self, channel):
        channel.sendall(channel.recv(99).upper())

fd, folder = sys.argv[1:]
Server(socket.socket(fileno=int(fd)), NO_TIER, Path(folder), Echo()).serve()
assert "tensorflow" not in sys.modules
"""


@pytest.fixture
def control(tmp_path) -> Iterator[socket.socket]:
    """The grader's end of a line to a running server."""
    (tmp_path / SCRATCH).mkdir()
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", ECHO, str(theirs.fileno()), str(tmp_path)]
    process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
    theirs.close()
    yield ours
    ours.close()
    assert process.wait(60) == 0


def child(control: socket.socket) -> tuple[socket.socket, socket.socket]:
    """Have a child forked: the channel to it, and the line by which the server tells how it ended."""
    channel, theirs = socket.socketpair()
    line, its = socket.socketpair()
    with theirs, its:
        socket.send_fds(control, [wire.START.pack(1 << 32)], [theirs.fileno(), its.fileno()])
    return channel, line


def test_a_child_works_and_the_server_says_how_it_ended(control, tmp_path):
    channel, line = child(control)
    with channel, line:
        channel.sendall(b"heard")
        assert channel.recv(99) == b"HEARD"
        assert line.recv(99) == b"ended its own process (exit code 0)"
        assert line.recv(99) == b""
    assert list((tmp_path / SCRATCH).iterdir()) == []


def test_a_child_whose_grader_hangs_up_is_ended_and_the_others_go_on(control):
    idle, line = child(control)
    busy, other = child(control)
    with idle, line, busy, other:
        line.shutdown(socket.SHUT_WR)
        assert line.recv(99) == b"was ended by the grader"
        busy.sendall(b"still here")
        assert busy.recv(99) == b"STILL HERE"


def test_a_server_whose_grader_has_gone_before_it_began_says_so_and_ends(tmp_path):
    ours, theirs = socket.socketpair()
    ours.close()
    with theirs:
        command = [
            sys.executable,
            "-m",
            "autograder.sandbox.server",
            str(theirs.fileno()),
            NO_TIER,
            str(tmp_path),
        ]
        done = subprocess.run(
            command, pass_fds=[theirs.fileno()], capture_output=True, text=True, env=os.environ
        )
    assert (done.returncode, done.stderr.strip()) == (1, "the grader has gone already")
