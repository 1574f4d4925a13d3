"""Files that hold an entry for each exercise of a unit: several processes may put theirs in at once, and none is lost."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path


def rewrite(file: Path, text_of: Callable[[], str]) -> None:
    """Write a file anew, while no other process does so in its folder.

    Args:
        file: the file. Who is killed in between leaves it as it was.
        text_of: reads what is there, and gives what is to be there.
    """
    lock = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        part = file.with_name(f"{file.name}.part")
        part.write_text(text_of(), "utf-8", newline="\n")
        part.replace(file)
    finally:
        os.close(lock)
