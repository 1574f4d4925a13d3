"""`nbgrader collect` and formgrader's Collect take plain files and folders from the exchange, and nothing else.

Students write into the exchange themselves. nbgrader follows a link that lies there, as to the course's own answers,
with the rights of who collects; at a pipe or a link that leads nowhere it stops, and the rest of the class waits.
"""

import glob
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.exchange.default.exchange import Exchange


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
