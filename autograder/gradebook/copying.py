"""`fdl gradebook copy FROM TO`: all that a gradebook holds goes into a new one, from a file to a server or back.

No table of nbgrader's or ours counts its rows itself, so that no sequence has to be set on.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Base
from sqlalchemy import URL, Column, Connection, MetaData, String, Table, func, inspect, select

# For its table, which is copied with nbgrader's.
from autograder.gradebook import hand_graded  # noqa: F401
from autograder.gradebook.database import connected, file_of, is_there, place, refusals
from helpers.errors import Refused

# Rows that are in memory at a time.
CHUNK = 1000
VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32), nullable=False))
TABLES = [*Base.metadata.sorted_tables, VERSION]


@dataclass
class Copied:
    """What was copied.

    Attributes:
        rows: of each table, by its name.
        left_out: tables of other programs.
    """

    rows: dict[str, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def url_of(file: Path) -> str:
    """The URL of a gradebook that is a file."""
    return URL.create("sqlite", database=str(file.resolve())).render_as_string()


def copy(source: str, target: str) -> Copied:
    """Copy a gradebook, all of it or nothing.

    Args:
        source: URL of the one that there is.
        target: URL of a file that is not there yet, or of a database without a table.
    Raises:
        Refused: if there is no gradebook, something at the target, or something that the target does not take.
    """
    if not is_there(source):
        raise Refused(f"there is no gradebook {place(source)}")
    file = file_of(target)
    if is_there(target) or (file is not None and os.path.lexists(file)):
        raise Refused(
            f"{place(target)} is there already, and nothing is copied over it: name a new file, or an empty database"
        )
    if file is None:
        return _copied(source, target)
    # Nobody finds half of it under its name.
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".") as folder:
        fresh = Path(folder, "fresh.db")
        copied = _copied(source, url_of(fresh))
        os.rename(fresh, file)
    return copied


def _copied(source: str, target: str) -> Copied:
    with refusals(source), connected(source) as old, refusals(target), connected(target) as new:
        _hold_still(old)
        there = set(inspect(old).get_table_names())
        copied = Copied(left_out=sorted(there - {table.name for table in TABLES}))
        with new.begin():
            for table in TABLES:
                if table.name in there:
                    table.create(new)
                    for rows in _rows(table, old, source):
                        new.execute(table.insert(), rows)
                    copied.rows[table.name] = _counted(table, old, new)
        return copied


def _hold_still(connection: Connection) -> None:
    """Read everything as it is now, whoever goes on grading meanwhile."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    else:
        connection.execution_options(isolation_level="REPEATABLE READ")


def _rows(table: Table, old: Connection, source: str) -> Iterator[Sequence[dict]]:
    """The rows of a table, some at a time; what keeps them from being read is told of the source."""
    with refusals(source):
        rows = old.execution_options(yield_per=CHUNK).execute(select(table)).mappings()
        for some in rows.partitions():
            yield [dict(row) for row in some]


def _counted(table: Table, old: Connection, new: Connection) -> int:
    """How many rows a table has on either side.

    Raises:
        Refused: if that is not the same.
    """
    before, after = count(table, old), count(table, new)
    if before != after:
        raise Refused(f"of {before} rows of the table {table.name}, {after} were copied, and none is kept")
    return after


def count(table: Table, connection: Connection) -> int:
    """How many rows a table has.

    Args:
        table: nbgrader's or ours.
        connection: to the database that it is in.
    """
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
