"""Namespaces around the fork server, by bubblewrap: of files only what it needs, no network, processes of its own.

A second wall around that of `confine`, and the one that ends everything at once when the grader dies.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder.sandbox import SCRATCH, confine


def command(folder: Path, arguments: list[str]) -> list[str]:
    """Wrap a command that may write `folder`, and see nothing else of the files but what it needs."""
    here = Path(__file__).parent
    bound = [*confine.roots(), here, here.parent / "__init__.py"]
    wrap = "bwrap --unshare-all --die-with-parent --new-session --proc /proc --dev /dev".split()
    for path in sorted({p for b in bound for p in (b, b.resolve())}):
        if path.parts[1] in ("proc", "dev"):
            continue
        if path.is_symlink() and len(path.parts) == 2:  # /lib → usr/lib
            wrap += ["--symlink", os.readlink(path), str(path)]
        else:
            wrap += ["--ro-bind-try", str(path), str(path)]
    wrap += ["--bind", str(folder), str(folder), "--chdir", str(folder), "--remount-ro", "/"]
    return [*wrap, "--", *arguments]


def works() -> bool:
    """Whether bubblewrap is installed and may do this here; in containers it mostly may not."""
    if not shutil.which("bwrap"):
        return False
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / SCRATCH).mkdir()
        python = command(Path(folder), [sys.executable, "-S", "-c", ""])
        try:
            return (
                subprocess.run(python, stdin=subprocess.DEVNULL, capture_output=True, timeout=20).returncode
                == 0
            )
        except subprocess.TimeoutExpired:
            return False
