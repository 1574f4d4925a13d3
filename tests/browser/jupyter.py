"""`fdl lab` as a process."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

UNIT = "01_forward_propagation"
# Milliseconds; a kernel that imports TensorFlow on a busy machine needs most of one.
MINUTE = 60_000


@contextmanager
def jupyterlab(role: str, course: Path, place: Path):
    """A running `fdl lab`; yields the address that it tells its user."""
    command = [str(Path(sys.executable).with_name("fdl")), "lab", f"--{role}", "--no-browser"]
    command += ["--course", str(course), "--dir", str(place)]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    place.mkdir(parents=True, exist_ok=True)
    log = place / f"{role}.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=place)
        try:
            yield _address(process, place / "jupyter" / role / "runtime", log)
        finally:
            process.terminate()
            try:
                process.wait(20)
            # Jupyter waits without end for a kernel that is just starting.
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: subprocess.Popen, runtime: Path, log: Path) -> str:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        if "is running at" in log.read_text():
            server = json.loads((runtime / f"jpserver-{process.pid}.json").read_text())
            return f"{server['url']}?token={server['token']}"
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")
