"""`fdl farm N`: a scheduler and workers on this machine, encrypted, to try `fdl grade UNIT --workers` with."""

import functools
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.grading.cluster import PRELOAD
from autograder.sandbox.linux import die_with_parent
from helpers.errors import Refused

# Seconds in which a scheduler must be there, and in which one ends when asked to.
START, END = 60.0, 10.0
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Farm:
    """A scheduler and its workers.

    Attributes:
        address: of the scheduler.
        files: the authority's certificate, everybody's, and its key, as "ca", "cert" and "key".
        folder: where they lie, and what the workers put down.
        processes: the scheduler, and then a process for each worker, which starts it anew when it dies.
    """

    address: str
    files: dict[str, str]
    folder: Path
    processes: list[subprocess.Popen]

    @property
    def options(self) -> list[str]:
        """Those of `fdl grade` that name it, and what it takes to be let in."""
        options = ["--workers", self.address]
        for name, file in self.files.items():
            options += [f"--tls-{name}", file]
        return options

    def worker(self, name: str, threads: int, course: Path) -> AbstractContextManager[subprocess.Popen]:
        """Another worker, which is ended afterwards.

        Args:
            name: for people.
            threads: how much it does at a time.
            course: the course root, whose decisions about operations hold.
        """
        about = ["--name", name, "--nthreads", str(threads), "--memory-limit", "0"]
        places = ["--host", HOST, "--no-dashboard", "--local-directory", str(self.folder)]
        preload = [*PRELOAD.split(), "--course", str(course)]
        command = [*_dask("worker"), self.address, *about, *places, *_security(self.files), *preload]
        return _started(command, self.folder)

    def wait(self) -> None:
        """Stay until somebody interrupts.

        Raises:
            Refused: when the scheduler ends before that.
        """
        self.processes[0].wait()
        raise Refused(
            "the scheduler has ended by itself, and its workers are ended with it. Start all of them anew"
        )


@contextmanager
def farm(workers: int, threads: int, course: Path) -> Iterator[Farm]:
    """Start a scheduler and workers, and end them afterwards. Their logs go to this process's stderr.

    Args:
        workers: how many.
        threads: how much each does at a time.
        course: the course root, whose decisions about operations hold.
    Raises:
        Refused: if dask is not installed, or does not start.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fdl-farm-")))
        files = _certificate(folder)
        log = folder / "scheduler.log"
        places = ["--host", HOST, "--port", "0", "--no-dashboard", "--protocol", "tls"]
        command = [*_dask("scheduler"), *places, *_security(files)]
        scheduler = stack.enter_context(_started(command, folder, log))
        address = _address(scheduler, log)
        started = Farm(address, files, folder, [scheduler])
        for number in range(1, workers + 1):
            worker = stack.enter_context(started.worker(f"worker-{number}", threads, course))
            started.processes.append(worker)
        yield started


def _security(files: dict[str, str]) -> list[str]:
    return ["--tls-ca-file", files["ca"], "--tls-cert", files["cert"], "--tls-key", files["key"]]


def _dask(role: str) -> list[str]:
    return [sys.executable, "-m", "dask", role]


@contextmanager
def _started(command: list[str], folder: Path, log: Path | None = None) -> Iterator[subprocess.Popen]:
    """A process, which is ended afterwards with those that it has started."""
    # The profiler looks into every thread, a hundred times a second.
    settings = {**os.environ, "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
    with ExitStack() as stack:
        output = stack.enter_context(log.open("wb")) if log else None
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=settings,
            stdout=output,
            stderr=output,
            # Ctrl-C is this process's to handle.
            start_new_session=True,
            # However roughly this process ends.
            preexec_fn=functools.partial(die_with_parent, os.getpid()),
        )
        try:
            yield process
        finally:
            _end(process)


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(END)
    # Whatever it has left behind.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _address(scheduler: subprocess.Popen, log: Path) -> str:
    """Where a scheduler listens, as its log says.

    Raises:
        Refused: if it does not start.
    """
    begin = time.monotonic()
    while time.monotonic() - begin < START:
        said = log.read_text("utf-8", "replace")
        found = re.search(r"Scheduler at:\s+(tls://\S+)", said)
        if found:
            return found[1]
        if scheduler.poll() is not None:
            break
        time.sleep(0.1)
    raise Refused(f"the scheduler does not start: {log.read_text('utf-8', 'replace')[-1000:].strip()}")


def _certificate(folder: Path) -> dict[str, str]:
    """A certificate of its own for everybody here, and its key, in files that nobody else may read.

    Raises:
        Refused: if dask is not installed.
    """
    try:
        from distributed.security import Security

        made: Any = Security.temporary()
    except ImportError:
        raise Refused(
            "a farm takes the packages of the extra `scale`: run `make install EXTRA=scale`"
        ) from None
    files = {}
    for name, text in {
        "ca": made.tls_ca_file,
        "cert": made.tls_client_cert,
        "key": made.tls_client_key,
    }.items():
        file = folder / f"{name}.pem"
        file.touch(0o600)
        file.write_text(text)
        files[name] = str(file)
    return files
