"""The grader's side: starts the fork server, gives children their steps, and believes nothing they send."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from multiprocessing.connection import wait
from pathlib import Path

from autograder.kernels import Job, Step, StepResult, wire
from autograder.kernels.server import START
from helpers.evidence import MAX_BYTES, Failure

MAX_TOTAL = 256 << 20  # bytes of all that one child sends
MAX_PIECES = 512  # of evidence in one step
READY = 180.0  # seconds in which the server must have imported TensorFlow, from a cold disk too
# Control characters, and those that turn the direction of writing.
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HANGUP = 10.0  # seconds in which a child must be gone after it was killed


class Kernels:
    """Runs jobs in confined children, up to `workers` at once; may be shared by threads.

        with Kernels(workers=2) as kernels:
            results = kernels.run(job)

    The server imports TensorFlow while the caller does other things; the first `run` waits for it.

    Args:
        workers: how many jobs run at the same time.
        unsafe: run students' code even where nothing can confine it.
    Raises:
        RuntimeError: if nothing can confine it and not `unsafe`.
    """

    def __init__(self, workers: int = 2, unsafe: bool = False):
        if workers < 1:
            raise ValueError(f"workers must be at least 1, not {workers}")
        self.tier = "none"
        self._slots = threading.Semaphore(workers)
        self._lock = threading.Lock()
        self._server = _Server(self.tier)

    def __enter__(self) -> "Kernels":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server and every child."""
        self._server.close()

    def run(self, job: Job) -> list[StepResult]:
        """Run a job's steps in a new child.

        Returns:
            One result a step; if the child died in a step, that is the last one, and says so.
        Raises:
            RuntimeError: if the server does not start.
        """
        with self._slots:
            for _ in range(2):
                with self._lock:
                    if self._server.gone:
                        self._server.close()
                        self._server = _Server(self.tier)
                    server = self._server
                with contextlib.suppress(_ServerGone):
                    return server.run(job)
        raise RuntimeError(f"the server that starts students' processes ended twice: {server.last_words()}")


class _ServerGone(Exception):
    """It is not the job's fault: a new server may run it."""


class _Server:
    """A running fork server."""

    def __init__(self, tier: str):
        self.folder = Path(tempfile.mkdtemp(prefix="fdl-"))
        self.control, theirs = socket.socketpair()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the server
        self.command = [sys.executable, "-P", "-m", "autograder.kernels.server", str(theirs.fileno()), tier]
        self.lock = threading.Lock()
        self.ready = False
        self.gone = False
        started = threading.Event()
        # The server is told to die with its parent, which to Linux is the thread that started it.
        self.keeper = threading.Thread(target=self._keep, args=(theirs, started), daemon=True)
        self.keeper.start()
        started.wait()

    def _keep(self, theirs: socket.socket, started: threading.Event) -> None:
        try:
            self.process = subprocess.Popen(
                [*self.command, str(self.folder)],
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
        self.gone = True

    def run(self, job: Job) -> list[StepResult]:
        channel, theirs = socket.socketpair()
        line, its = socket.socketpair()
        with channel, line:
            try:
                self._wait_until_ready()
                with self.lock, theirs, its:
                    socket.send_fds(self.control, [START.pack(job.memory)], [theirs.fileno(), its.fileno()])
            except OSError:
                raise _ServerGone from None
            return _Conversation(job, channel, line).results()

    def _wait_until_ready(self) -> None:
        with self.lock:
            if not self.ready:
                self.control.settimeout(READY)
                if not self.control.recv(4096):
                    self.keeper.join(HANGUP)
                    raise RuntimeError(
                        f"the server that starts students' processes did not start: {self.last_words()}"
                    )
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


def environment(folder: Path) -> dict[str, str]:
    """What the server sees of the environment: nothing of the grader's but where its libraries are."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "HOME") if name in os.environ}
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "PYTHONWARNINGS": "ignore"}
    return (
        kept
        | one
        | quiet
        | {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TMPDIR": str(folder),
            "KERAS_HOME": str(folder),
            "KERAS_BACKEND": "tensorflow",
            "MPLBACKEND": "agg",
            "CUDA_VISIBLE_DEVICES": "-1",
        }
    )


class _Died(Exception):
    """The child did not live through its step; the text says why."""


class _Conversation:
    """One job's, with its child."""

    def __init__(self, job: Job, channel: socket.socket, line: socket.socket):
        self.job, self.channel, self.line = job, channel, line
        self.buffer = bytearray()
        self.total = 0
        self.end = time.monotonic() + job.seconds

    def results(self) -> list[StepResult]:
        found: list[StepResult] = []
        for index, step in enumerate(self.job.steps):
            result = StepResult(step.id)
            found.append(result)
            begin = time.monotonic()
            try:
                self._step(index, step, result)
            except _Died as died:
                result.died = str(died)
            result.seconds = time.monotonic() - begin
            if result.died:
                break
        self._hang_up()
        return found

    def _step(self, index: int, step: Step, result: StepResult) -> None:
        """Ask for a step and take what comes, until it is done.

        Raises:
            _Died: if the child dies, is too slow, or sends anything that is not foreseen.
        """
        source = self.job.checks[step.exercise] if step.exercise else step.source
        request = {"index": index, "id": step.id, "source": source, "output": self.job.output}
        self._send(wire.pack(request | {"exercise": step.exercise, "draws": step.draws}))
        doing = ""
        begin = time.monotonic()
        while True:
            match self._frame(begin + step.seconds, f"{doing}took longer than {step.seconds:g} s"):
                case ["done", int(at), None | [str(), str(), str()] as told], body if at == index:
                    result.output = clean(body.decode("utf-8", "replace"))[: self.job.output]
                    result.failure = Failure(*map(clean, told)) if told else None
                    return
                case ["check", str(name), int(draw)], _ if step.exercise:
                    doing = f"in the check “{clean(name)[:100]}” it "
                case ["evidence", str(name), int(draw)], body if draw in step.draws:
                    if (name, draw) in result.evidence or len(result.evidence) == MAX_PIECES:
                        raise _Died("sent more evidence than was asked for")
                    result.evidence[name, draw] = body
                    begin = time.monotonic()
                case _:
                    raise _Died("sent something other than results")

    def _send(self, request: bytes) -> None:
        self.channel.settimeout(HANGUP)
        try:
            self.channel.sendall(request)
        except OSError:
            raise _Died(self._why()) from None

    def _frame(self, deadline: float, late: str) -> tuple[list, bytes]:
        """Wait for a whole frame."""
        while True:
            if len(self.buffer) >= wire.HEAD.size:
                head, body = wire.HEAD.unpack_from(self.buffer)
                if head > wire.MAX_HEAD or body > MAX_BYTES:
                    raise _Died("sent something other than results")
                start, end = wire.HEAD.size + head, wire.HEAD.size + head + body
                if len(self.buffer) >= end:
                    frame = bytes(self.buffer[wire.HEAD.size : start]), bytes(self.buffer[start:end])
                    del self.buffer[:end]
                    return _parsed(frame[0]), frame[1]
            self._receive(deadline, late)

    def _receive(self, deadline: float, late: str) -> None:
        """Wait for some bytes."""
        now = time.monotonic()
        if self.end < deadline:
            deadline, late = self.end, f"the whole took longer than {self.job.seconds:g} s"
        ready = wait([self.channel, self.line], max(0, deadline - now))
        if not ready:
            raise _Died(late)
        part = b""
        if self.channel in ready:
            with contextlib.suppress(OSError):
                part = self.channel.recv(1 << 20)
        if not part:
            raise _Died(self._why())
        self.total += len(part)
        if self.total > MAX_TOTAL:
            raise _Died(f"sent more than {MAX_TOTAL >> 20} MB of results")
        self.buffer += part

    def _why(self) -> str:
        """Why the child fell silent: the server says, if it is dead."""
        if not wait([self.line], 1.0):
            return "closed its line to the grader"
        data = self.line.recv(4096)
        if not data:
            raise _ServerGone
        return json.loads(data)["why"]

    def _hang_up(self) -> None:
        """End the child, and wait until it is gone, so that its memory is free for the next one."""
        with contextlib.suppress(OSError):
            self.line.shutdown(socket.SHUT_WR)
        while wait([self.line], HANGUP):
            if not self.line.recv(4096):
                break


def _parsed(line: bytes) -> list:
    try:
        head = json.loads(line)
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, list):
        raise _Died("sent something other than results")
    return head


def clean(text: str) -> str:
    """Text that any file and any terminal can take."""
    return UNFIT.sub("", text.encode("utf-8", "replace").decode().replace("\r", "\n"))
