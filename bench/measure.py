"""Wall time, CPU time and memory of a command with all that it starts."""

import contextlib
import ctypes
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER = 36
# Seconds between two looks at memory, each of which costs the kernel a walk through it.
TICK = 0.2
MB = 1e6


@dataclass(frozen=True)
class Cost:
    """Of one run, in seconds; `load` is the machine's load average at its end, this run included.

    `memory` is what its largest process held at most, in MB.
    """

    wall: float
    cpu: float
    load: float
    memory: float = 0.0


def adopt_orphans() -> None:
    """Have this process inherit what its descendants leave behind, so that nobody's CPU time is lost.

    A sandbox's first process is waited for by none of its own: without this its time would count as nobody's.

    Raises:
        OSError: if the kernel cannot do that.
    """
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError("this kernel does not let a process adopt orphans; the bench needs Linux 3.4 or newer")


def cost(command: Sequence[str], folder: Path, log: Path, env: Mapping[str, str]) -> Cost:
    """Run a command and wait until it and all its descendants have ended. Call `adopt_orphans` before.

    Args:
        folder: where it is run.
        log: the file that takes what it says.
        env: its environment.
    Raises:
        RuntimeError: if the command fails, with the end of what it said.
    """
    start = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=output, stderr=output)
    cpu = memory = 0.0
    failed = False
    for pid, status, used in _endings():
        cpu += used.ru_utime + used.ru_stime
        # Linux counts it in KiB.
        memory = max(memory, used.ru_maxrss * 1024 / MB)
        if pid == process.pid:
            failed = status != 0
    if failed:
        raise RuntimeError(f"{' '.join(command)} failed: {log.read_text()[-2000:]}")
    wall = time.monotonic() - start
    load, _, _ = os.getloadavg()
    return Cost(wall, cpu, load, memory)


def _endings() -> Iterator[tuple]:
    """Wait for one descendant after another, until nobody is left: number, status, and what it used."""
    with contextlib.suppress(ChildProcessError):
        while True:
            yield os.wait4(-1, 0)


@dataclass(frozen=True)
class Size:
    """Of one process, in MB.

    Attributes:
        line: its command line. A fork without one of its own is told from its parent by "> " before it.
        pss: a page that several share counts by its share.
        private: pages that nobody shares.
    """

    line: str
    pss: float
    private: float


@dataclass
class Memory:
    """Peaks in MB.

    Attributes:
        pss: of a worker's proportional size.
        private: of it, private.
        all: of the proportional sizes of every process together.
    """

    pss: float = 0.0
    private: float = 0.0
    all: float = 0.0

    def look_at(self, sizes: Sequence[Size], worker: str) -> None:
        """Take notice of the processes as they are now.

        Args:
            worker: a piece of the command line of those that run students' code.
        """
        self.all = max(self.all, sum(size.pss for size in sizes))
        for size in sizes:
            if worker in size.line:
                self.pss = max(self.pss, size.pss)
                self.private = max(self.private, size.private)


def memory(command: Sequence[str], folder: Path, env: Mapping[str, str], worker: str) -> Memory:
    """Run a command once more and watch its memory.

    Args:
        folder: where it is run.
        env: its environment.
        worker: a piece of the command line of the processes that run students' code.
    """
    peak = Memory()
    process = psutil.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        peak.look_at(list(_sizes(process)), worker)
        # A sampling interval; nothing waits for what happens in it.
        time.sleep(TICK)
    # The orphans' time would count as the next command's.
    for _ in _endings():
        continue
    return peak


def _sizes(process: psutil.Process) -> Iterator[Size]:
    """The sizes of a process and its descendants, as far as they are still there."""
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            used = one.memory_full_info()
            yield Size(_line(one), used.pss / MB, used.uss / MB)


def _line(process: psutil.Process) -> str:
    line = process.cmdline()
    parent = process.parent()
    forked = parent is not None and parent.cmdline() == line
    text = " ".join(line)
    return f"> {text}" if forked else text
