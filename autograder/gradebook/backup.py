"""`fdl backup` and `fdl restore`: all of a course that cannot be made again, as one archive.

It holds the gradebook as an SQLite file wherever it is, what is the instructor's, the secret of the draws, what was
handed in, and the graded notebooks. So it is as secret as all of these, and for its owner alone to read.
"""

import gzip
import io
import json
import os
import sqlite3
import stat
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import inspect

from autograder.authoring.new_course import YOURS
from autograder.course.layout import CONFIG, COURSE, COURSE_FILE, Course, is_own
from autograder.gradebook import copying, due_dates
from autograder.gradebook.database import address, connected, file_of, is_there, place
from autograder.grading import draws
from helpers.errors import CalledWrongly, Refused

MANIFEST, GRADEBOOK = "fdl-backup.json", "gradebook.db"
# Of what MANIFEST says; raised when an older fdl could not restore it.
VERSION = 1
# Of a course that is a folder of this project; the rest of it is the project's.
NOT_OURS = (CONFIG, "limits.yml", "operations.yml")
FROM_STUDENTS = ("submitted", "autograded", "collected")
# Where what a restored file replaces is kept.
BEFORE = "before-restore"
CACHES = ("__pycache__", ".ipynb_checkpoints")


@dataclass
class Kept:
    """What an archive holds.

    Attributes:
        rows: of the gradebook's tables, by name; empty where nothing was graded yet.
        files: how many there are beside it.
        left_out: what is no ordinary file and is not kept: links, sockets.
        replaced: where what a restored file replaced is now; None if nothing was.
    """

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    left_out: list[str] = field(default_factory=list)
    replaced: Path | None = None


def backup(course: Course, archive: Path) -> Kept:
    """Put a course into an archive that only its owner can read.

    Args:
        course: the course.
        archive: a file that is not there yet.
    Raises:
        Refused: if it is there, or the gradebook cannot be read.
    """
    if os.path.lexists(archive):
        raise Refused(f"{archive} is there already; name a new file")
    kept = Kept()
    # Of mode 600, as files of `tempfile` are.
    with tempfile.NamedTemporaryFile(dir=archive.parent, prefix=".", delete=False) as fresh:
        try:
            # What has two names in the file system is put in twice; links are left out before.
            with tarfile.open(fileobj=fresh, mode="w:gz", dereference=True) as packed:
                _pack(course, packed, kept)
            fresh.flush()
            os.rename(fresh.name, archive)
        except BaseException:
            os.unlink(fresh.name)
            raise
    return kept


def _pack(course: Course, packed: tarfile.TarFile, kept: Kept) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, GRADEBOOK)
        url = address(course)
        # Before the files: what is handed in meanwhile is graded again, what is graded meanwhile is lost.
        if is_there(url):
            kept.rows = _copy_gradebook(url, copy)
        manifest = json.dumps({"version": VERSION, "rows": kept.rows}).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size = len(manifest)
        packed.addfile(about, io.BytesIO(manifest))
        if kept.rows:
            packed.add(copy, GRADEBOOK)
    for path in _files(course):
        name = str(path.relative_to(course.root))
        if not stat.S_ISREG(path.lstat().st_mode):
            kept.left_out.append(name)
            continue
        packed.add(path, name)
        kept.files += 1


def _copy_gradebook(url: str, copy: Path) -> dict[str, int]:
    """Copy a gradebook into a file, and count its rows."""
    file = file_of(url)
    if file is None:
        return copying.copy(url, copying.url_of(copy)).rows
    # SQLite's own way, which waits for who is writing.
    with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    return rows(copying.url_of(copy))


def rows(url: str) -> dict[str, int]:
    """How many rows the tables of a gradebook have, by their names."""
    with connected(url) as connection:
        there = set(inspect(connection).get_table_names())
        return {
            table.name: copying.count(table, connection) for table in copying.TABLES if table.name in there
        }


def _files(course: Course) -> Iterator[Path]:
    """Everything that cannot be made again, but for the gradebook."""
    ours = YOURS if is_own(course.root) else NOT_OURS
    for name in (*ours, due_dates.FILE, draws.FILE, *FROM_STUDENTS):
        path = course.root / name
        if not path.is_dir() or path.is_symlink():
            if os.path.lexists(path):
                yield path
            continue
        for folder, inner, names in os.walk(path):
            inner[:] = sorted(set(inner) - set(CACHES))
            # A link to a folder is listed among the folders.
            links = [one for one in inner if Path(folder, one).is_symlink()]
            yield from (Path(folder, one) for one in sorted([*names, *links]))


def restore(archive: Path, course: Course, force: bool = False) -> Kept:
    """Put what an archive holds into a course root; what it does not hold stays as it is.

    Args:
        archive: what `backup` made. Restore none of a stranger's: its nbgrader_config.py is a program.
        course: where to.
        force: replace what is there and differs; it is kept in a folder of its own.
    Raises:
        Refused: if it is no whole archive of ours, or what is there would be replaced; nothing is changed then.
        CalledWrongly: if a course of one's own would come into this project's folder.
    """
    root = course.root
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=".restore-") as folder:
        fresh = Path(folder)
        kept = _unpack(archive, fresh)
        names = [path.relative_to(fresh) for path in sorted(fresh.rglob("*")) if path.is_file()]
        (fresh / MANIFEST).unlink()
        names.remove(Path(MANIFEST))
        if root == COURSE.resolve() and Path(COURSE_FILE) in names:
            raise CalledWrongly(f"{archive} is of a course of its own: name a folder for it, --course DIR")
        target = _target(Course(fresh), root) if kept.rows else ""
        differ = [name for name in names if _differs(fresh / name, root / name)]
        if differ and not force:
            shown = ", ".join(map(str, differ[:3]))
            raise Refused(
                f"{len(differ)} files of {root} are other ones than those of {archive}: {shown}{' …' * (len(differ) > 3)}. "
                f"Restore it into an empty folder (--course), or say --force, which keeps them in {BEFORE}/"
            )
        if differ:
            kept.replaced = _aside(root, differ)
        for name in names:
            if target and name == Path(GRADEBOOK):
                continue
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(fresh / name, root / name)
        # Last, so that after an interruption the same command goes on: the files are no others then.
        if target:
            copying.copy(copying.url_of(fresh / GRADEBOOK), target)
    kept.files = len([name for name in names if name != Path(GRADEBOOK)])
    return kept


def _unpack(archive: Path, folder: Path) -> Kept:
    """Unpack an archive, and see that it is whole.

    Raises:
        Refused: if it is not; also if it would write anywhere else, or holds links.
    """
    no_backup = f"{archive} is no backup of a course, or not all of one"
    try:
        with tarfile.open(archive, "r:gz") as packed:
            links = _extract(packed, folder)
        about = json.loads((folder / MANIFEST).read_text("utf-8"))
        version, wanted = about["version"], dict(about["rows"])
    except FileNotFoundError as error:
        if error.filename == str(archive):
            raise
        raise Refused(f"{no_backup}: there is no {MANIFEST} in it") from None
    except (
        tarfile.TarError,
        gzip.BadGzipFile,
        EOFError,
        zlib.error,
        ValueError,
        KeyError,
        TypeError,
    ) as error:
        raise Refused(f"{no_backup}: {error}") from None
    if links:
        raise Refused(f"{no_backup}: it holds what is no file, {', '.join(links[:3])}")
    if version != VERSION:
        raise Refused(f"{archive} was made by a newer fdl: install the newest version (`make install`)")
    gradebook = folder / GRADEBOOK
    if wanted and (not gradebook.is_file() or rows(copying.url_of(gradebook)) != wanted):
        raise Refused(f"{no_backup}: its gradebook has not the rows that it had")
    return Kept(wanted)


def _extract(packed: tarfile.TarFile, folder: Path) -> list[str]:
    """Put the files of an archive into a folder, and return the names of what is none; that is left where it is."""
    others = []
    for member in packed:
        if member.isfile():
            # It refuses what would lie outside of the folder.
            packed.extract(member, folder, filter="data")
        else:
            others.append(member.name)
    return others


def _target(fresh: Course, root: Path) -> str:
    """The database that the gradebook belongs into, by the archive's configuration; "" for the file in the course root.

    Raises:
        Refused: if there is something in it.
    """
    url = address(fresh)
    if file_of(url) == fresh.root / GRADEBOOK:
        return ""
    if is_there(url):
        raise Refused(
            f"the gradebook {place(url)}, which the archive's {CONFIG} names, is there already, and nothing is "
            f"restored over it. Make an empty database of that name, or restore on a machine that has none"
        )
    return url


def _differs(fresh: Path, there: Path) -> bool:
    if not os.path.lexists(there):
        return False
    return there.is_symlink() or not there.is_file() or fresh.read_bytes() != there.read_bytes()


def _aside(root: Path, names: list[Path]) -> Path:
    """Move files of a course root into a new folder, and return it."""
    last = max((int(one.name) for one in (root / BEFORE).glob("*/")), default=0)
    folder = root / BEFORE / str(last + 1)
    # What SQLite had not finished belongs to the file that it lies beside.
    journals = [Path(f"{GRADEBOOK}-{kind}") for kind in ("journal", "wal", "shm")]
    for name in [*names, *journals]:
        if os.path.lexists(root / name):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(root / name, folder / name)
    return folder
