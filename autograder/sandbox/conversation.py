"""One job's conversation with its child, of whose words nothing is believed.

Whatever bytes a child sends, the worst that comes of them is a step that says it died.
"""

import contextlib
import json
import re
import socket
import time
from multiprocessing.connection import wait

from autograder.sandbox import Job, Step, StepResult, wire
from helpers.evidence import MAX_BYTES, Failure

MAX_TOTAL = 128 << 20  # bytes of all that one child sends
MAX_PIECES = 512  # of evidence in one step
HANGUP = 10.0  # seconds in which a child must be gone after it was killed
# Control characters, and those that turn the direction of writing.
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class ServerGone(Exception):
    """It is not the job's fault: a new server may run it."""


class _Died(Exception):
    """The child did not live through its step; the text says why."""


class Conversation:
    """One job's, with its child."""

    def __init__(self, job: Job, channel: socket.socket, line: socket.socket):
        self.job, self.channel, self.line = job, channel, line
        self.buffer = bytearray()
        self.total = 0
        self.doing = ""
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
                result.died = self.doing + str(died)
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
        self.doing = ""
        begin = time.monotonic()
        for _ in range(2 * MAX_PIECES + 1):
            match self._frame(begin + step.seconds, f"took longer than {step.seconds:g} s"):
                case ["done", int(at), None | [str(), str(), str()] as told], body if at == index:
                    result.output = clean(body.decode("utf-8", "replace"))[: self.job.output]
                    result.failure = Failure(*map(clean, told)) if told else None
                    return
                case ["check", str(name), int(draw)], _ if step.exercise:
                    self.doing = f"in the check “{name}” it " if name in step.names else "in a check it "
                case ["evidence", str(name), int(draw)], body if draw in step.draws:
                    result.evidence.setdefault((name, draw), body)
                    begin = time.monotonic()
                case _:
                    raise _Died("sent something other than results")
        raise _Died(f"sent more than {MAX_PIECES} results in one step")

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
        if self.end < deadline:
            deadline, late = self.end, f"took longer than {self.job.seconds:g} s in all"
        left = deadline - time.monotonic()
        ready = wait([self.channel, self.line], left) if left > 0 else []
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
        if not wait([self.line], HANGUP / 2):
            return "closed its line to the grader"
        if not (why := self.line.recv(4096)):
            raise ServerGone
        return why.decode()

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
