"""One job's conversation with its child, of whose words nothing is believed.

Whatever bytes a child sends, the worst that comes of them is a step that says it died.
"""

import contextlib
import json
import re
import socket
import time
import zlib
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any

from autograder.sandbox import Job, Step, StepResult, wire
from autograder.sandbox.deadline import Deadline
from helpers.evidence import MAX_BYTES, Failure
from helpers.sighting import KINDS, Sighting

# Bytes of all that one child sends.
MAX_TOTAL = 128 << 20
# Of evidence in one step.
MAX_PIECES = 512
# Things that the witness sees in one step, and characters of what they are called.
MAX_SEEN, MAX_NAME = 20_000, 200
# Seconds in which a child must be gone after it was killed.
HANGUP = 10.0
NOT_RESULTS = "sent something other than results"
# Control characters, and those that turn the direction of writing.
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class ServerGone(Exception):
    """It is not the job's fault: a new server may run it."""


class _Died(Exception):
    """The child did not live through its step; the text says why."""


@dataclass(frozen=True)
class _Frame:
    """What a child said: a list that begins with a word, and bytes behind it."""

    head: list
    body: bytes


class Conversation:
    """One job's, with its child.

    Args:
        channel: to the child: requests go out, frames come in.
        line: to the server, which says how the child ended; hanging up ends it.
    """

    def __init__(self, job: Job, channel: socket.socket, line: socket.socket):
        self.job, self.channel, self.line = job, channel, line
        self.buffer = bytearray()
        self.total = 0
        # What the child says that it does just now, in the words of a report.
        self.doing = ""
        # The same code has the same luck wherever it is run, and other code another.
        code = "\0".join(step.source for step in job.steps)
        self.luck = zlib.crc32(code.encode("utf-8", "replace"))
        self.end = Deadline(job.seconds)

    def results(self) -> list[StepResult]:
        """Do the steps one by one, up to the one in which the child dies.

        Raises:
            ServerGone: if the server died.
        """
        results: list[StepResult] = []
        for index, step in enumerate(self.job.steps):
            result = StepResult(step.id)
            results.append(result)
            begin = time.monotonic()
            try:
                self._request(index, step)
                self._take(index, step, result)
            except _Died as died:
                result.died = self.doing + str(died)
            result.seconds = time.monotonic() - begin
            if result.died:
                break
        self._hang_up()
        return results

    def _request(self, index: int, step: Step) -> None:
        """Ask the child for a step."""
        self.doing = ""
        source = step.source
        if step.exercise:
            source = self.job.checks[step.exercise]
        request = {
            "index": index,
            "id": step.id,
            "source": source,
            "output": self.job.output,
            "exercise": step.exercise,
            "draws": step.draws,
            "luck": self.luck,
        }
        self.channel.settimeout(HANGUP)
        try:
            self.channel.sendall(wire.pack(request))
        except OSError:
            raise _Died(self._why()) from None

    def _take(self, index: int, step: Step, result: StepResult) -> None:
        """Take what comes of a step, until it is done.

        Raises:
            _Died: if the child dies, is too slow, or sends anything that is not foreseen.
        """
        deadline = Deadline(step.seconds)
        for _ in range(3 * MAX_PIECES + MAX_SEEN + 1):
            if len(result.evidence) > MAX_PIECES:
                break
            frame = self._frame(deadline)
            match frame.head:
                case ["done", int(at), None | [str(), str(), str()] as failure] if at == index:
                    result.output = clean(frame.body.decode("utf-8", "replace"))[: self.job.output]
                    if failure:
                        result.failure = Failure(*map(clean, failure))
                    return
                case ["check", str(name), int()] if step.exercise:
                    # A name that is none of the exercise's may be the student's words.
                    known = name in step.names
                    self.doing = f"in the check “{name}” it " if known else "in a check it "
                case ["evidence", str(name), int(draw)] if draw in step.draws:
                    # The first one counts, and each has the step's time for itself.
                    result.evidence.setdefault((name, draw), frame.body)
                    deadline = Deadline(step.seconds)
                case ["seen", *sightings] if step.exercise:
                    result.seen.update(map(_sighting, sightings))
                case ["watched", str(name), int(draw)] if draw in step.draws:
                    result.watched.add((name, draw))
                case _:
                    raise _Died(NOT_RESULTS)
        raise _Died(f"sent more than {MAX_PIECES} results in one step")

    def _frame(self, deadline: Deadline) -> _Frame:
        """Wait for a whole frame."""
        self._fill(wire.HEAD.size, deadline)
        head, body = wire.HEAD.unpack_from(self.buffer)
        if head > wire.MAX_HEAD or body > MAX_BYTES:
            raise _Died(NOT_RESULTS)
        start = wire.HEAD.size
        middle = start + head
        end = middle + body
        self._fill(end, deadline)
        frame = _Frame(_parsed(self.buffer[start:middle]), bytes(self.buffer[middle:end]))
        del self.buffer[:end]
        return frame

    def _fill(self, size: int, deadline: Deadline) -> None:
        """Wait until there are so many bytes."""
        while len(self.buffer) < size:
            self.buffer += self._receive(deadline)

    def _receive(self, deadline: Deadline) -> bytes:
        """Wait for some bytes."""
        ready: list[Any] = []
        while not ready:
            if self.end.left() <= 0:
                raise _Died(f"took longer than {self.end.seconds:g} s in all")
            if deadline.left() <= 0:
                raise _Died(f"took longer than {deadline.seconds:g} s")
            earlier = min(deadline, self.end, key=Deadline.left)
            # Not below 0, if time has run out in between.
            ready = wait([self.channel, self.line], max(0.0, earlier.left_by_the_clock()))
        part = b""
        if self.channel in ready:
            with contextlib.suppress(OSError):
                part = self.channel.recv(wire.PIECE)
        if not part:
            raise _Died(self._why())
        self.total += len(part)
        if self.total > MAX_TOTAL:
            raise _Died(f"sent more than {MAX_TOTAL >> 20} MB of results")
        return part

    def _why(self) -> str:
        """Why the child fell silent: the server says, if it is dead."""
        if not wait([self.line], HANGUP / 2):
            return "closed its line to the grader"
        why = self.line.recv(4096)
        if not why:
            raise ServerGone
        return why.decode()

    def _hang_up(self) -> None:
        """End the child, and wait until it is gone, so that its memory is free for the next one."""
        with contextlib.suppress(OSError):
            self.line.shutdown(socket.SHUT_WR)
        while wait([self.line], HANGUP):
            if not self.line.recv(4096):
                return


def _sighting(said: object) -> Sighting:
    match said:
        case [str(kind), str(name)] if kind in KINDS:
            return Sighting(kind, clean(name)[:MAX_NAME])
    raise _Died(NOT_RESULTS)


def _parsed(line: bytes | bytearray) -> list:
    try:
        head = json.loads(line)
    except (ValueError, RecursionError):
        raise _Died(NOT_RESULTS) from None
    if not isinstance(head, list):
        raise _Died(NOT_RESULTS)
    return head


def clean(text: str) -> str:
    """Text that any file and any terminal can take."""
    whole = text.encode("utf-8", "replace").decode()
    return UNFIT.sub("", whole.replace("\r", "\n"))
