"""A process that confined itself, by each version of Landlock that this machine can stand in for."""

import subprocess
import sys

import pytest

from autograder.sandbox import confine, landlock

CONFINED = """
import os, sys
from pathlib import Path
from autograder.sandbox import confine, landlock, readable
version, scratch, outside = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
landlock.version = lambda: version
os.chdir(scratch)
confine.confine(list(readable.rules()), scratch)
can = [confine.proof()]
for attempt in (os.truncate, os.open, os.remove, os.rename):
    more = {os.truncate: (0,), os.open: (os.O_TRUNC,), os.remove: (), os.rename: ("mine",)}[attempt]
    try:
        attempt(outside, *more)
        can.append(attempt.__name__)
    except OSError:
        pass
Path("mine").write_text("as before")
print("can:", *can)
"""


@pytest.mark.skipif(not confine.possible(), reason="no Landlock or no seccomp on this machine")
@pytest.mark.parametrize("version", range(1, landlock.version() + 1))
def test_older_landlocks_confine_as_well(version, tmp_path):
    scratch, outside = tmp_path / "scratch", tmp_path / "outside"
    scratch.mkdir()
    outside.write_text("everybody's grades")
    command = [sys.executable, "-c", CONFINED, str(version), str(scratch), str(outside)]
    found = subprocess.run(command, capture_output=True, text=True)
    assert (found.stdout.strip(), found.stderr) == ("can:", "")
    assert outside.read_text() == "everybody's grades"


def test_a_process_that_is_not_confined_can_do_all_that_is_tried_out(tmp_path):
    """So that what `proof` finds means something."""
    (tmp_path / "scratch").mkdir()
    program = "import os; from autograder.sandbox import confine; print(confine.proof())"
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, cwd=tmp_path / "scratch", capture_output=True, text=True, check=True)
    assert found.stdout.strip() == (
        "read the autograder, list the root directory, write outside its folder, open a socket, start a process, "
        "signal another process"
    )
