"""The grader's side: starts the fork server, gives children their steps, and believes nothing they send."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from multiprocessing.connection import wait
from pathlib import Path

from autograder.sandbox import NO_TIER, SCRATCH, TIERS, Job, StepResult, bubblewrap, confine, scratch, wire
from autograder.sandbox.conversation import HANGUP, Conversation, ServerGone
from helpers.errors import CannotConfine, Refused

# Seconds in which the server must have imported TensorFlow, from a cold disk too.
READY = 180.0
# A server that a job has ended is started anew this often.
ATTEMPTS = 2
KEPT = ("LD_LIBRARY_PATH", "HOME")


class Sandbox:
    """Runs jobs in confined children, up to `workers` at once; may be shared by threads.

        with Sandbox(workers=2) as sandbox:
            results = sandbox.run(job)

    The server that forks them is started by `with`, by `start`, or else by the first `run`. It imports TensorFlow
    while the caller does other things; the first `run` waits for it.

    Args:
        workers: how many jobs run at the same time.
        unsafe: run students' code even where nothing can confine it.
        tier: this confinement and no other; by default the strongest that works here.
    Raises:
        CannotConfine: if nothing can confine it and not `unsafe`, or not by `tier`.
    """

    def __init__(self, workers: int = 2, unsafe: bool = False, tier: str = ""):
        if workers < 1:
            raise ValueError(f"workers must be at least 1, not {workers}")
        self.tier = strongest(unsafe, tier)
        self._slots = threading.Semaphore(workers)
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._closed = False

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the server, unless it runs already."""
        self._running()

    @property
    def folder(self) -> Path:
        """The running server's folder; the command lines of all its processes name it."""
        return self._running().folder

    def close(self) -> None:
        """End the server and every child."""
        with self._lock:
            self._closed = True
            if self._server:
                self._server.close()

    def run(self, job: Job) -> list[StepResult]:
        """Run a job's steps in a new child.

        Returns:
            One result a step; if the child died in a step, that is the last one, and says so.
        Raises:
            Refused: if the server does not start.
            RuntimeError: if this sandbox is closed.
        """
        with self._slots:
            for _ in range(ATTEMPTS):
                server = self._running()
                try:
                    return server.run(job)
                except ServerGone:
                    self._discard(server)
        return [StepResult(job.steps[0].id, died="ended the server that starts students' processes, twice")]

    def _running(self) -> "_Server":
        with self._lock:
            if self._closed:
                raise RuntimeError("this sandbox is closed")
            if self._server is None:
                server = _Server(self.tier)
                server.start()
                self._server = server
            return self._server

    def _discard(self, server: "_Server") -> None:
        """Let go of a server that is gone, unless another thread was faster."""
        with self._lock:
            if self._server is server:
                server.close()
                self._server = None


def strongest(unsafe: bool = False, tier: str = "") -> str:
    """The strongest confinement that works here.

    Args:
        unsafe: whether none will do.
        tier: this one and no other.
    Raises:
        CannotConfine: if there is none.
    """
    found = _working(tier)
    if unsafe:
        found.append(NO_TIER)
    if tier and tier not in found:
        offered = " and ".join(found) or "none"
        raise CannotConfine(f"this machine offers no confinement {tier!r}, but {offered}")
    if not found:
        raise CannotConfine(
            "nothing on this machine can confine students' code: that takes Linux 5.13 or newer on x86_64 or aarch64, "
            "with Landlock and seccomp. Grade there, or in a machine of its own with `--unsafe`."
        )
    return tier or found[0]


def _working(tier: str) -> list[str]:
    """The confinements that work here, strongest first; the stronger is not tried out if `tier` is the weaker."""
    strong, weak = TIERS
    if not confine.possible():
        return []
    if tier != weak and bubblewrap.works():
        return [strong, weak]
    return [weak]


class _Server:
    """A fork server, for one confinement."""

    def __init__(self, tier: str):
        self.tier = tier
        self.lock = threading.Lock()
        self.ready = False
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start the process. It is not ready before it has imported TensorFlow."""
        scratch.tidy()
        self.folder, self.owner = scratch.claim()
        (self.folder / SCRATCH).mkdir()
        _lend_fonts(self.folder)
        self.control, theirs = socket.socketpair()
        # Closed with the server.
        self.log = tempfile.TemporaryFile()  # noqa: SIM115
        started = threading.Event()
        # The server is told to die with its parent, which to Linux is the thread that started it.
        self.keeper = threading.Thread(target=self._keep, args=(theirs, started), daemon=True)
        self.keeper.start()
        try:
            started.wait()
        except BaseException:
            # Nobody else knows of it yet.
            self.close()
            raise

    def _keep(self, theirs: socket.socket, started: threading.Event) -> None:
        """Start the process and stay until it ends."""
        try:
            self.process = subprocess.Popen(
                self._command(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
                env=environment(self.folder),
                cwd=self.folder,
                # Ctrl-C is the grader's to handle.
                start_new_session=True,
            )
        finally:
            theirs.close()
            started.set()
        self.process.wait()

    def _command(self, fd: int) -> list[str]:
        python = [sys.executable, "-P", "-m", "autograder.sandbox.server"]
        arguments = [*python, str(fd), self.tier, str(self.folder)]
        if self.tier == TIERS[0]:
            return bubblewrap.command(self.folder, arguments)
        return arguments

    def run(self, job: Job) -> list[StepResult]:
        """Have a child forked, and do a job's steps with it.

        Raises:
            Refused: if the server does not start.
            ServerGone: if it has ended.
        """
        channel, theirs = socket.socketpair()
        line, its = socket.socketpair()
        with channel, line:
            with theirs, its, self.lock:
                self._wait_until_ready()
                ends = [theirs.fileno(), its.fileno()]
                try:
                    socket.send_fds(self.control, [wire.START.pack(job.memory)], ends)
                except OSError:
                    raise ServerGone from None
            return Conversation(job, channel, line).results()

    def _wait_until_ready(self) -> None:
        if self.ready:
            return
        word = b""
        if wait([self.control], READY):
            # Nothing, if it has hung up.
            word = self.control.recv(64)
        if not word:
            raise Refused(f"the server that starts students' processes did not start: {self.last_words()}")
        self.ready = True

    def last_words(self) -> str:
        """The end of what the server printed."""
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")[-1000:].strip()

    def close(self) -> None:
        """End the server, and every child with it."""
        self.control.close()
        self.keeper.join(HANGUP)
        if self.keeper.is_alive() and self.process:
            self.process.kill()
            self.keeper.join()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.owner.close()


def _lend_fonts(folder: Path) -> None:
    """Copy the list of fonts, which matplotlib would take half a second to make anew."""
    cache = Path(os.path.expanduser("~/.cache/matplotlib"))
    for fonts in cache.glob("fontlist*"):
        # Without it, it is only slower.
        with contextlib.suppress(OSError):
            shutil.copy(fonts, folder)


def environment(folder: Path) -> dict[str, str]:
    """What the server sees of the environment: nothing of the grader's but where its libraries are.

    Args:
        folder: the server's.
    """
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TMPDIR": str(folder),
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(folder),
        "KERAS_BACKEND": "tensorflow",
        "KERAS_HOME": str(folder),
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        # With threads of its own a process should not be forked.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
    }
