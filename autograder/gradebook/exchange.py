"""nbgrader's own commands and buttons take plain files and folders from students, and nothing else.

Students write into the exchange themselves. nbgrader follows a link that lies there, as to the course's own answers,
with the rights of who collects; at a pipe or a link that leads nowhere it stops, and the rest of the class waits.
What came into `submitted/` by hand it copies in the same way when it grades; there a file can claim a terabyte, too.
"""

import glob
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde, base
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.exchange.default.exchange import Exchange
from nbgrader.utils import find_all_files

from autograder.gradebook.book import MOST_KEPT
from autograder.grading.submission import MAX_BYTES

_init_assignment = Autograde.init_assignment


def guard_autograde() -> None:
    """Have nbgrader leave out what is no file, or too large, of what lies beside a notebook that it grades.

    It does so in this process, with the limits of `fdl grade`.
    """
    Autograde.init_assignment = _init_assignment_of_plain_files


def _init_assignment_of_plain_files(autograde: Any, assignment_id: str, student_id: str) -> None:
    """In the place of nbgrader's `init_assignment`, which copies what lies beside a notebook."""

    def plain(folder: str, exclude: list[str]) -> list[str]:
        files = [] if os.path.islink(folder) else sorted(find_all_files(folder, exclude))
        return list(_with_room(files, autograde.log))

    # Other converters, which copy the course's own files, find all of them.
    base.find_all_files = plain
    try:
        _init_assignment(autograde, assignment_id, student_id)
    finally:
        base.find_all_files = find_all_files


def _with_room(files: list[str], log: Any) -> Iterator[str]:
    """Those that are plain files and not too large."""
    left = MOST_KEPT
    for name in files:
        about = os.lstat(name)
        if not stat.S_ISREG(about.st_mode):
            log.warning("%s is no file, and is left out", name)
        elif not os.access(name, os.R_OK):
            log.warning("%s cannot be read, and is left out", name)
        elif about.st_size > min(left, MAX_BYTES):
            log.warning("%s has %d MB, which is too much, and is left out", name, about.st_size // 10**6)
        else:
            left -= about.st_size
            yield name


def guard_collect() -> None:
    """Have nbgrader leave out what is neither a file nor a folder when it collects, in this process."""
    ExchangeCollect.do_copy = _copy_plain


def _copy_plain(collecting: Any, src: str, dest: str, log: Any = None) -> None:
    """In the place of nbgrader's `do_copy`, which is called for each submission."""
    if os.path.islink(src):
        collecting.log.warning("%s is a link to another place, and is left out", src)
        os.makedirs(dest)
        return
    left_out = list(_neither_files_nor_folders(Path(src)))
    for path in left_out:
        collecting.log.warning("%s is no file, and is left out", path)
    directory = collecting.coursedir
    before = directory.ignore
    # nbgrader leaves out by patterns.
    directory.ignore = [*before, *(glob.escape(path.name) for path in left_out)]
    try:
        Exchange.do_copy(collecting, src, dest, log)
    finally:
        directory.ignore = before


def _neither_files_nor_folders(folder: Path) -> Iterator[Path]:
    """Links, pipes, sockets and devices in a folder and below it."""
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place, name)
            kind = path.lstat().st_mode
            if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
                yield path
