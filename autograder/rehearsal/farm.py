"""`fdl farm N`: a scheduler and workers on this machine, encrypted, to try `fdl grade UNIT --workers` with."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.grading.cluster import PRELOAD
from helpers.errors import Refused

# Seconds in which a scheduler must be there, and in which one ends when asked to.
START, END = 60.0, 10.0
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Farm:
    """A scheduler and its workers.

    Attributes:
        address: of the scheduler.
        options: those of `fdl grade` that name it, and what it takes to be let in.
        processes: the scheduler, and then a process for each worker, which starts it anew when it dies.
    """

    address: str
    options: list[str]
    processes: list[subprocess.Popen]

    def wait(self) -> None:
        """Stay as long as the scheduler does."""
        self.processes[0].wait()


@contextmanager
def farm(workers: int, threads: int, course: Path, arguments: tuple[str, ...] = ()) -> Iterator[Farm]:
    """Start a scheduler and workers, and end them afterwards. Their logs go to this process's stderr.

    Args:
        workers: how many.
        threads: how much each does at a time.
        course: the course root, whose decisions about operations hold.
        arguments: more for `dask worker`.
    Raises:
        Refused: if dask is not installed, or does not start.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fdl-farm-")))
        files = _certificate(folder)
        security = ["--tls-ca-file", files["ca"], "--tls-cert", files["cert"], "--tls-key", files["key"]]
        log = folder / "scheduler.log"
        command = [*_dask("scheduler"), "--host", HOST, "--port", "0", "--no-dashboard", *security]
        scheduler = stack.enter_context(_started([*command, "--protocol", "tls"], folder, log))
        address = _address(scheduler, log)
        processes = [scheduler]
        for number in range(1, workers + 1):
            about = ["--name", f"worker-{number}", "--nthreads", str(threads), "--memory-limit", "0"]
            places = ["--host", HOST, "--no-dashboard", "--local-directory", str(folder)]
            preload = [*PRELOAD.split(), "--course", str(course)]
            command = [*_dask("worker"), address, *about, *places, *security, *arguments, *preload]
            processes.append(stack.enter_context(_started(command, folder)))
        options = ["--workers", address]
        for name, file in files.items():
            options += [f"--tls-{name}", file]
        yield Farm(address, options, processes)


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
            command, cwd=folder, env=settings, stdout=output, stderr=output, start_new_session=True
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

        made = Security.temporary()
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
