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
TICK = 0.2  # seconds between two looks at memory, each of which costs the kernel a walk through it


@dataclass(frozen=True)
class Cost:
    """Of one run, in seconds; `load` is the machine's load average at its end, this run included."""

    wall: float
    cpu: float
    load: float


def adopt_orphans() -> None:
    """Have this process inherit what its descendants leave behind, so that nobody's CPU time is lost.

    A sandbox's first process is waited for by none of its own: without this its time would count as nobody's.
    """
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError("this kernel does not let a process adopt orphans; the bench needs Linux 3.4 or newer")


def cost(command: Sequence[str], folder: Path, log: Path, env: Mapping[str, str]) -> Cost:
    """Run a command and wait until it and all its descendants have ended. Call `adopt_orphans` before.

    Raises:
        RuntimeError: if the command fails, with the end of what it said.
    """
    start, cpu, failed = time.monotonic(), 0.0, False
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=output, stderr=output)
    with contextlib.suppress(ChildProcessError):  # nobody is left
        while True:
            pid, status, used = os.wait4(-1, 0)
            cpu += used.ru_utime + used.ru_stime
            failed |= pid == process.pid and status != 0
    if failed:
        raise RuntimeError(f"{' '.join(command)} failed: {log.read_text()[-2000:]}")
    return Cost(time.monotonic() - start, cpu, os.getloadavg()[0])


@dataclass
class Memory:
    """Peaks in MB. A shared page counts in `pss` by its share, and in `private` not at all."""

    pss: float = 0.0
    private: float = 0.0
    all: float = 0.0  # the proportional sizes of every process together


def memory(command: Sequence[str], folder: Path, env: Mapping[str, str], worker: str) -> Memory:
    """Run a command once more and watch its memory.

    Args:
        worker: a piece of the command line of the processes that run students' code.
    """
    peak = Memory()
    process = psutil.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        found = list(_sizes(process))
        peak.all = max(peak.all, sum(pss for pss, _, _ in found))
        for pss, private, line in found:
            if worker in line:
                peak.pss, peak.private = max(peak.pss, pss), max(peak.private, private)
        time.sleep(TICK)  # it is a sampling interval, and nothing waits for what happens in it
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()  # for the orphans, whose time would count as the next command's
    return peak


def _sizes(process: psutil.Process) -> Iterator[tuple[float, float, str]]:
    """Proportional and private MB, and the command line, of a process and its descendants.

    A fork without an own command line is told from its parent by a ">" for each generation that shares it.
    """
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            line, parent = " ".join(one.cmdline()), one.parent()
            mark = "> " if parent and parent.cmdline() == one.cmdline() else ""
            sizes = one.memory_full_info()
            yield sizes.pss / 1e6, sizes.uss / 1e6, mark + line
