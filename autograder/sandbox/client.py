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

READY = 180.0  # seconds in which the server must have imported TensorFlow, from a cold disk too


class Kernels:
    """Runs jobs in confined children, up to `workers` at once; may be shared by threads.

        with Kernels(workers=2) as kernels:
            results = kernels.run(job)

    The server imports TensorFlow while the caller does other things; the first `run` waits for it.

    Args:
        workers: how many jobs run at the same time.
        unsafe: run students' code even where nothing can confine it.
        tier: this confinement and no other; by default the strongest that works here.
    Raises:
        RuntimeError: if nothing can confine it and not `unsafe`, or not by `tier`.
    """

    def __init__(self, workers: int = 2, unsafe: bool = False, tier: str = ""):
        if workers < 1:
            raise ValueError(f"workers must be at least 1, not {workers}")
        self.tier = strongest(unsafe, tier)
        self._slots = threading.Semaphore(workers)
        self._lock = threading.Lock()
        self._server = _Server(self.tier)
        self._closed = False

    def __enter__(self) -> "Kernels":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server and every child."""
        with self._lock:
            self._closed = True
            self._server.close()

    def run(self, job: Job) -> list[StepResult]:
        """Run a job's steps in a new child.

        Returns:
            One result a step; if the child died in a step, that is the last one, and says so.
        Raises:
            RuntimeError: if the server does not start, or these kernels are closed.
        """
        with self._slots:
            for _ in range(2):
                server = self._open()
                with contextlib.suppress(ServerGone):
                    return server.run(job)
                self._replace(server)
        return [StepResult(job.steps[0].id, died="ended the server that starts students' processes, twice")]

    def _open(self) -> "_Server":
        if self._closed:
            raise RuntimeError("these kernels are closed")
        return self._server

    def _replace(self, server: "_Server") -> None:
        with self._lock:
            if self._open() is server:
                server.close()
                self._server = _Server(self.tier)


def strongest(unsafe: bool = False, tier: str = "") -> str:
    """The strongest confinement that works here, or `tier` if that does."""
    found = []
    if confine.possible():
        found = list(TIERS if tier != TIERS[1] and bubblewrap.works() else TIERS[1:])
    if unsafe:
        found.append(NO_TIER)
    if tier and tier not in found:
        raise CannotConfine(
            f"this machine offers no confinement {tier!r}, but {' and '.join(found) or 'none'}"
        )
    if not found:
        raise CannotConfine(
            "nothing on this machine can confine students' code: that takes Linux 5.13 or newer on x86_64 or aarch64, "
            "with Landlock and seccomp. Grade there, or in a machine of its own with `--unsafe`."
        )
    return tier or found[0]


class _Server:
    """A running fork server."""

    def __init__(self, tier: str):
        scratch.tidy()
        self.folder, self.mine = scratch.claim()
        (self.folder / SCRATCH).mkdir()
        for fonts in Path(os.path.expanduser("~/.cache/matplotlib")).glob("fontlist*"):
            shutil.copy(fonts, self.folder)  # which matplotlib would take half a second to find anew
        self.control, theirs = socket.socketpair()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the server
        server = [sys.executable, "-P", "-m", "autograder.sandbox.server"]
        arguments = [*server, str(theirs.fileno()), tier, str(self.folder)]
        self.command = bubblewrap.command(self.folder, arguments) if tier == TIERS[0] else arguments
        self.lock = threading.Lock()
        self.ready = False
        started = threading.Event()
        # The server is told to die with its parent, which to Linux is the thread that started it.
        self.keeper = threading.Thread(target=self._keep, args=(theirs, started), daemon=True)
        self.keeper.start()
        started.wait()

    def _keep(self, theirs: socket.socket, started: threading.Event) -> None:
        try:
            self.process = subprocess.Popen(
                self.command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
                env=environment(self.folder),
                cwd=self.folder,
                start_new_session=True,  # Ctrl-C is the grader's to handle
            )
        finally:
            theirs.close()
            started.set()
        self.process.wait()

    def run(self, job: Job) -> list[StepResult]:
        channel, theirs = socket.socketpair()
        line, its = socket.socketpair()
        with channel, line:
            with theirs, its, self.lock:
                self._wait_until_ready()
                try:
                    ends = [theirs.fileno(), its.fileno()]
                    socket.send_fds(self.control, [wire.START.pack(job.memory)], ends)
                except OSError:
                    raise ServerGone from None
            return Conversation(job, channel, line).results()

    def _wait_until_ready(self) -> None:
        if self.ready:
            return
        if not wait([self.control], READY) or not self.control.recv(64):
            raise Refused(f"the server that starts students' processes did not start: {self.last_words()}")
        self.ready = True

    def last_words(self) -> str:
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")[-1000:].strip()

    def close(self) -> None:
        self.control.close()
        self.keeper.join(HANGUP)
        if self.keeper.is_alive():
            self.process.kill()
            self.keeper.join()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.mine.close()


def environment(folder: Path) -> dict[str, str]:
    """What the server sees of the environment: nothing of the grader's but where its libraries are."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "HOME") if name in os.environ}
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
        "OPENBLAS_NUM_THREADS": "1",  # with threads of its own a process should not be forked
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
    }
