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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

from autograder.sandbox import NO_TIER, SCRATCH, confine, readable, usage, wire
from autograder.sandbox.landlock import Rule
from autograder.sandbox.linux import die_with_parent
from helpers.seeding import keep_kernels

CONTEXT = "tensorflow.python.eager.context"
PRELOAD = (
    "numpy",
    "matplotlib.pyplot",
    "tensorflow",
    CONTEXT,
    "keras",
    "sklearn.datasets",
    "helpers.notebook",
    "helpers.data",
    "helpers.plots",
)
# Seconds between two looks at what the children use.
TICK = 0.05
# Bytes, for the child in which confinement is tried out.
MEMORY_OF_PROOF = 4 << 30
# The exit code of a child that could not be confined.
NOT_CONFINED = 113


class GraderGone(Exception):
    """There is nobody to serve."""


class Work(Protocol):
    """What a child does: the module `child`, which cannot be imported before TensorFlow has been, quietly."""

    def settle(self, scratch: Path) -> None:
        """Make the fork a place of its own."""

    def serve(self, channel: socket.socket) -> None:
        """Do a job's steps."""


@dataclass
class Child:
    """A running child.

    Attributes:
        pid: its number.
        line: to the grader, who ends it by hanging up and is told how it ended.
        scratch: its folder.
        memory: bytes that it may use.
        why: why we ended it; "" while it may go on.
    """

    pid: int
    line: socket.socket
    scratch: Path
    memory: int
    why: str = ""


class Server:
    """Forks children and ends them.

    Args:
        control: to the grader, who asks for children.
        tier: how they are confined.
        folder: where their folders are made.
        work: what they do.
    """

    def __init__(self, control: socket.socket, tier: str, folder: Path, work: Work):
        self.control, self.folder, self.work = control, folder, work
        self.confined = tier != NO_TIER
        self.rules: list[Rule] = []
        if self.confined:
            self.rules += readable.rules()
        self.children: dict[int, Child] = {}
        # Readable when a child has ended.
        self.deaths, self.knell = socket.socketpair()

    def serve(self) -> None:
        """Go on until the grader hangs up."""
        self._listen_for_deaths()
        while self._turn():
            continue

    def _listen_for_deaths(self) -> None:
        self.deaths.setblocking(False)
        self.knell.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.knell.fileno(), warn_on_full_buffer=False)

    def _turn(self) -> bool:
        """Wait until something happens, and see to it; False once the grader is gone."""
        lines = {child.line: child for child in self.children.values() if not child.why}
        tick = TICK if self.children else None
        ready, _, _ = select.select([self.control, self.deaths, *lines], [], [], tick)
        if self.deaths in ready:
            self.deaths.recv(4096)
        for line, child in lines.items():
            if line in ready:
                self.end(child, "was ended by the grader")
                continue
            why = usage.excess(child.pid, child.scratch, child.memory)
            if why:
                self.end(child, why)
        self.reap()
        if self.control in ready:
            return self.start()
        return True

    def start(self) -> bool:
        """Fork a child for a job; False once the grader is gone."""
        message, fds, _, _ = socket.recv_fds(self.control, wire.START.size, 2)
        if not message:
            return False
        channel, line = (socket.socket(fileno=fd) for fd in fds)
        (memory,) = wire.START.unpack(message)
        with channel:
            try:
                pid, scratch = self.fork(memory, lambda: self.work.serve(channel), [line])
            except OSError as error:
                # There is no room for one more process, or on the disk.
                line.sendall(f"was not run: {error}".encode())
                line.close()
            else:
                self.children[pid] = Child(pid, line, scratch, memory)
        return True

    def fork(
        self, memory: int, task: Callable[[], object], unneeded: Sequence[socket.socket]
    ) -> tuple[int, Path]:
        """Start a confined child that does a task and ends.

        Args:
            memory: bytes that it may use.
            task: what it does.
            unneeded: sockets that it must not have, beside the server's own.
        Returns:
            Its number, and its folder.
        Raises:
            OSError: if there is no room for it.
            RuntimeError: if this process cannot be forked any more.
        """
        refuse_after_ops()
        scratch = Path(tempfile.mkdtemp(dir=self.folder / SCRATCH))
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._be_a_child(server, scratch, memory, task, unneeded)
        return pid, scratch

    def _be_a_child(
        self,
        server: int,
        scratch: Path,
        memory: int,
        task: Callable[[], object],
        unneeded: Sequence[socket.socket],
    ) -> NoReturn:
        """Do a task, confined; never back into the server, and without the second of TensorFlow's tidying up."""
        code = NOT_CONFINED
        try:
            os.setsid()
            self._let_go(unneeded)
            os.chdir(scratch)
            die_with_parent(server)
            confine.rlimits(memory)
            if self.confined:
                confine.confine(self.rules, scratch)
            self.work.settle(scratch)
            code = 1
            task()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _let_go(self, unneeded: Sequence[socket.socket]) -> None:
        """Close what is the server's, in a child."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        lines = [child.line for child in self.children.values()]
        for end in (self.control, self.deaths, self.knell, *unneeded, *lines):
            end.close()

    def end(self, child: Child, why: str) -> None:
        """Kill a child. It is not reaped yet, so its pid cannot be another's.

        Args:
            why: in words for a report.
        """
        child.why = why
        # Unconfined, it may have started others; just forked, it leads no group yet.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        os.kill(child.pid, signal.SIGKILL)

    def reap(self) -> None:
        """Bury the dead and say what they died of."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            # It may also be what sweeps a folder.
            child = self.children.pop(pid, None)
            if child:
                self._bury(child, child.why or _cause(status))

    def _bury(self, child: Child, why: str) -> None:
        usage.sweep(child.scratch)
        # The grader may have gone.
        with contextlib.suppress(OSError):
            child.line.sendall(why.encode())
        child.line.close()

    def prove(self) -> None:
        """Try out in a child whether confinement works on this machine.

        Raises:
            RuntimeError: if it does not.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                pid, scratch = self.fork(
                    MEMORY_OF_PROOF, lambda: theirs.sendall(confine.proof().encode()), [ours]
                )
            found = ours.recv(4096).decode()
        _, status = os.waitpid(pid, 0)
        usage.sweep(scratch)
        if found:
            raise RuntimeError(f"a confined process can {found}")
        if status:
            raise RuntimeError(_cause(status))


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
    # The workers are the parallelism.
    threading = sys.modules["tensorflow"].config.threading
    threading.set_intra_op_parallelism_threads(1)
    threading.set_inter_op_parallelism_threads(1)
    keep_kernels()
    refuse_after_ops()
    gc.collect()
    gc.freeze()


def refuse_after_ops() -> None:
    """A fork of a process that ran a TensorFlow op hangs in its first `tf.function`.

    Raises:
        RuntimeError: if this process ran one.
    """
    if CONTEXT not in sys.modules:
        return
    context = sys.modules[CONTEXT]._context
    if context is not None and context._initialized:
        raise RuntimeError("a preloaded module ran a TensorFlow op, so children would hang")


@contextlib.contextmanager
def ending_with(control: socket.socket) -> Iterator[None]:
    """Have the kernel end this process if the grader hangs up while it is too busy to notice.

    Args:
        control: to the grader.
    Raises:
        GraderGone: if the grader has hung up before.
    """
    flags = fcntl.fcntl(control, fcntl.F_GETFL)
    fcntl.fcntl(control, fcntl.F_SETOWN, os.getpid())
    # It then gets a SIGIO, which by default ends a process.
    fcntl.fcntl(control, fcntl.F_SETFL, flags | os.O_ASYNC)
    with contextlib.suppress(BlockingIOError):
        if not control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
            raise GraderGone
    yield
    fcntl.fcntl(control, fcntl.F_SETFL, flags)


def main(argv: Sequence[str]) -> str:
    """Serve a grader until it goes.

    Args:
        argv: the number of the descriptor to the grader, the confinement, and the folder.
    Returns:
        Why there was nothing to do; "" if there was.
    """
    fd, tier, folder = argv
    control = socket.socket(fileno=int(fd))
    die_with_parent(os.getppid())
    try:
        with ending_with(control):
            preload()
    except GraderGone:
        return "the grader has gone already"
    from autograder.sandbox import child

    server = Server(control, tier, Path(folder), child)
    if server.confined:
        server.prove()
    control.sendall(b"ready")
    server.serve()
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) or 0)
