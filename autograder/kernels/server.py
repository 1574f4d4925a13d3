"""The fork server: imports TensorFlow once, runs no op, and forks a child for each job.

    python -m autograder.kernels.server FD TIER FOLDER

It never sees a job. For each it is handed two sockets: the child's channel to the grader, and a line by which
the grader ends the child and learns how it ended. It goes when the grader goes, and no child outlives it.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

PRELOAD = ("numpy", "matplotlib.pyplot", "tensorflow", "keras", "sklearn.datasets", "helpers.notebook")
IF_THERE = ("helpers.data", "helpers.plots")
START = struct.Struct(">Q")  # a job's limit of memory; its two sockets come with it
TICK = 0.05  # seconds between two looks at what the children use
UNCONFINED = 113


@dataclass
class Child:
    pid: int
    line: socket.socket
    scratch: Path
    memory: int
    why: str = ""  # we ended it


class Server:
    def __init__(self, control: socket.socket, tier: str, folder: Path):
        self.control, self.tier, self.folder = control, tier, folder
        self.children: dict[int, Child] = {}
        self.deaths, self.knell = socket.socketpair()  # readable when a child has ended
        self.deaths.setblocking(False)
        self.knell.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.knell.fileno(), warn_on_full_buffer=False)

    def serve(self) -> None:
        """Go on until the grader hangs up."""
        while True:
            lines = {child.line: child for child in self.children.values() if not child.why}
            waiting = [self.control, self.deaths, *lines]
            ready, _, _ = select.select(waiting, [], [], TICK if self.children else None)
            if self.deaths in ready:
                self.deaths.recv(4096)
            for line in lines.keys() & set(ready):
                self.end(lines[line], "the grader ended it")
            self.reap()
            if self.control in ready and not self.start():
                return

    def start(self) -> bool:
        """Fork a child; False once the grader is gone."""
        message, fds, _, _ = socket.recv_fds(self.control, START.size, 2)
        if not message:
            return False
        channel, line = (socket.socket(fileno=fd) for fd in fds)
        refuse_after_ops()
        scratch = Path(tempfile.mkdtemp(dir=self.folder))
        memory = START.unpack(message)[0]
        pid = os.fork()
        if pid == 0:
            for other in (
                self.control,
                self.deaths,
                self.knell,
                line,
                *(c.line for c in self.children.values()),
            ):
                other.close()
            become(channel, scratch, self.tier, memory)
        channel.close()
        self.children[pid] = Child(pid, line, scratch, memory)
        return True

    def end(self, child: Child, why: str) -> None:
        """Kill a child. It is not reaped yet, so its pid cannot be another's."""
        child.why = why
        os.kill(child.pid, signal.SIGKILL)

    def reap(self) -> None:
        """Bury the dead and say what they died of."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status, used = os.wait4(-1, os.WNOHANG)
                if not pid:
                    return
                if child := self.children.pop(pid, None):  # otherwise a sweeper
                    sweep(child.scratch)
                    report = {
                        "why": child.why or cause(status),
                        "cpu": used.ru_utime + used.ru_stime,
                        "memory": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
                    }
                    with contextlib.suppress(OSError):  # the grader may have gone
                        child.line.sendall(json.dumps(report).encode())
                    child.line.close()


def become(channel: socket.socket, scratch: Path, tier: str, memory: int) -> None:
    """Turn this fork into a child. Never returns, and never leaves the server's code to a student's."""
    code = UNCONFINED
    try:
        from autograder.kernels import child

        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        child.settle(scratch)
        code = 1
        child.serve(channel)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)  # skips a second of TensorFlow's tidying up


def cause(status: int) -> str:
    """How a child ended, in words for a report."""
    code = os.waitstatus_to_exitcode(status)
    if code == UNCONFINED:
        return "could not be confined, so it was not run"
    if code >= 0:
        return f"ended its own process (exit code {code})"
    return f"was ended by {signal.Signals(-code).name}"


def sweep(scratch: Path) -> None:
    """Remove a child's folder, however deep it is and whatever its modes."""
    try:
        scratch.rmdir()
    except OSError:
        script = 'chmod -R u+rwX "$0"; rm -rf "$0"'
        os.posix_spawn("/bin/sh", ["/bin/sh", "-c", script, str(scratch)], {"PATH": "/usr/bin:/bin"})


def preload() -> None:
    """Import what children need, and freeze it, so that the collector leaves the shared pages alone."""
    for name in PRELOAD:
        importlib.import_module(name)
    for name in IF_THERE:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    importlib.import_module("autograder.kernels.child")
    threading = sys.modules["tensorflow"].config.threading
    threading.set_intra_op_parallelism_threads(1)  # the workers are the parallelism
    threading.set_inter_op_parallelism_threads(1)
    refuse_after_ops()
    gc.collect()
    gc.freeze()


def refuse_after_ops() -> None:
    """A fork of a process that ran a TensorFlow op hangs in its first `tf.function`."""
    context = sys.modules["tensorflow.python.eager.context"]._context
    if context is not None and context._initialized:
        raise RuntimeError("a preloaded module ran a TensorFlow op, so children would hang")


def main(fd: str, tier: str, folder: str) -> None:
    begin = time.monotonic()
    control = socket.socket(fileno=int(fd))
    preload()
    control.sendall(json.dumps({"seconds": time.monotonic() - begin}).encode())
    server = Server(control, tier, Path(folder))
    server.serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
