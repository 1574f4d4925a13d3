"""Namespaces around the fork server, by bubblewrap: of files only what it needs, no network, processes of its own.

A second wall around that of `confine`, and the one that ends everything at once when the grader dies.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from autograder.sandbox import SCRATCH, readable

ISOLATED = "bwrap --unshare-all --die-with-parent --new-session --proc /proc --dev /dev".split()
# It makes these of its own.
MADE = ("proc", "dev")


def command(folder: Path, arguments: list[str]) -> list[str]:
    """Wrap a command.

    Args:
        folder: what it may write; of other files it sees only what it needs.
        arguments: the command.
    """
    wrapped = list(ISOLATED)
    for path in _shown():
        if path.parts[1] in MADE:
            continue
        if path.is_symlink() and len(path.parts) == 2:
            # As /lib, which leads to usr/lib.
            wrapped += ["--symlink", os.readlink(path), str(path)]
        else:
            wrapped += ["--ro-bind-try", str(path), str(path)]
    wrapped += ["--bind", str(folder), str(folder), "--chdir", str(folder), "--remount-ro", "/"]
    return [*wrapped, "--", *arguments]


def _shown() -> Iterable[Path]:
    """What the server reads, under every name: Python, its libraries, helpers, and this package."""
    here = Path(__file__).parent
    named = [*readable.roots(), here, here.parent / "__init__.py"]
    resolved = [path.resolve() for path in named]
    return sorted({*named, *resolved})


def works() -> bool:
    """Whether bubblewrap is installed and may do this here; in containers it mostly may not."""
    if not shutil.which("bwrap"):
        return False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / SCRATCH).mkdir()
        python = command(folder, [sys.executable, "-S", "-c", ""])
        try:
            done = subprocess.run(python, stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0
