"""The fork server: imports TensorFlow once, runs no op, and forks a confined child for each job.

    python -m autograder.sandbox.server FD TIER FOLDER

It never sees a job. For each it is handed two sockets: the child's channel to the grader, and a line by which
the grader ends the child and learns how it ended. It goes when the grader goes, and no child outlives it.
"""

import contextlib
import fcntl
import gc
import importlib
import os
import select
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import NO_TIER, SCRATCH, confine, usage, wire
from helpers.seeding import keep_kernels

PRELOAD = ("numpy", "matplotlib.pyplot", "tensorflow", "keras", "sklearn.datasets", "helpers.notebook")
IF_THERE = ("helpers.data", "helpers.plots")
TICK = 0.05  # seconds between two looks at what the children use
NOT_CONFINED = 113  # the exit code of a child that could not be


@dataclass
class Child:
    pid: int
    line: socket.socket
    scratch: Path
    memory: int
    why: str = ""  # why we ended it


class Server:
    """Forks children and ends them."""

    def __init__(self, control: socket.socket, tier: str, folder: Path):
        self.control, self.folder = control, folder
        self.rules = None if tier == NO_TIER else list(confine.readable())
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
                self.end(lines[line], "was ended by the grader")
            for child in lines.values():
                if not child.why and (why := usage.excess(child.pid, child.scratch, child.memory)):
                    self.end(child, why)
            self.reap()
            if self.control in ready and not self.start():
                return

    def start(self) -> bool:
        """Fork a child for a job; False once the grader is gone."""
        message, fds, _, _ = socket.recv_fds(self.control, wire.START.size, 2)
        if not message:
            return False
        channel, line = (socket.socket(fileno=fd) for fd in fds)
        (memory,) = wire.START.unpack(message)
        with channel:
            try:
                pid, scratch = self.fork(memory, lambda: work.serve(channel), line)
                self.children[pid] = Child(pid, line, scratch, memory)
            except OSError as error:  # no room for one more process, or on the disk
                line.sendall(f"was not run: {error}".encode())
                line.close()
        return True

    def fork(self, memory: int, task: Callable[[], object], *unneeded: socket.socket) -> tuple[int, Path]:
        """Start a confined child that does `task` and ends."""
        refuse_after_ops()
        scratch = Path(tempfile.mkdtemp(dir=self.folder / SCRATCH))
        server = os.getpid()
        if pid := os.fork():
            return pid, scratch
        code = NOT_CONFINED
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (self.control, self.deaths, self.knell, *unneeded, *self._lines()):
                end.close()
            os.chdir(scratch)
            confine.die_with_parent(server)
            confine.rlimits(memory)
            if self.rules is not None:
                confine.confine(self.rules, scratch)
            work.settle(scratch)
            code = 1
            task()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)  # never back into the server; and it skips a second of TensorFlow's tidying up

    def _lines(self) -> list[socket.socket]:
        return [child.line for child in self.children.values()]

    def end(self, child: Child, why: str) -> None:
        """Kill a child. It is not reaped yet, so its pid cannot be another's."""
        child.why = why
        with contextlib.suppress(ProcessLookupError):  # it leads no group yet
            os.killpg(child.pid, signal.SIGKILL)  # unconfined, it may have started others
        os.kill(child.pid, signal.SIGKILL)

    def reap(self) -> None:
        """Bury the dead and say what they died of."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if child := self.children.pop(pid, None):  # or else a sweeper
                usage.sweep(child.scratch)
                with contextlib.suppress(OSError):  # the grader may have gone
                    child.line.sendall((child.why or _cause(status)).encode())
                child.line.close()

    def prove(self) -> None:
        """Try out in a child whether confinement works on this machine.

        Raises:
            RuntimeError: if it does not.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                pid, scratch = self.fork(1 << 32, lambda: theirs.sendall(confine.proof().encode()), ours)
            found = ours.recv(4096).decode()
        status = os.waitpid(pid, 0)[1]
        usage.sweep(scratch)
        if found or status:
            raise RuntimeError(f"a confined process can {found}" if found else _cause(status))


def _cause(status: int) -> str:
    """How a child ended, in words for a report."""
    code = os.waitstatus_to_exitcode(status)
    if code == NOT_CONFINED:
        return "could not be confined, so it was not run"
    if code >= 0:
        return f"ended its own process (exit code {code})"
    return f"was ended by {signal.Signals(-code).name}"


def preload() -> None:
    """Import what children need, and freeze it, so that the collector leaves the shared pages alone."""
    for name in PRELOAD:
        importlib.import_module(name)
    for name in IF_THERE:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    threading = sys.modules["tensorflow"].config.threading
    threading.set_intra_op_parallelism_threads(1)  # the workers are the parallelism
    threading.set_inter_op_parallelism_threads(1)
    keep_kernels()
    refuse_after_ops()
    gc.collect()
    gc.freeze()


def refuse_after_ops() -> None:
    """A fork of a process that ran a TensorFlow op hangs in its first `tf.function`."""
    context = sys.modules["tensorflow.python.eager.context"]._context
    if context is not None and context._initialized:
        raise RuntimeError("a preloaded module ran a TensorFlow op, so children would hang")


@contextlib.contextmanager
def ending_with(control: socket.socket) -> Iterator[None]:
    """Have the kernel end this process if the grader hangs up while it is too busy to notice."""
    flags = fcntl.fcntl(control, fcntl.F_GETFL)
    fcntl.fcntl(control, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(control, fcntl.F_SETFL, flags | os.O_ASYNC)  # a SIGIO, which by default ends a process
    with contextlib.suppress(BlockingIOError):
        if not control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
            sys.exit("the grader has gone already")
    yield
    fcntl.fcntl(control, fcntl.F_SETFL, flags)


if __name__ == "__main__":
    fd, tier, folder = sys.argv[1:]
    control = socket.socket(fileno=int(fd))
    confine.die_with_parent(os.getppid())
    with ending_with(control):
        preload()
    from autograder.sandbox import child as work  # it needs TensorFlow, imported quietly by now

    server = Server(control, tier, Path(folder))
    if tier != NO_TIER:
        server.prove()
    control.sendall(b"ready")
    server.serve()
