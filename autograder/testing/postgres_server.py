"""A PostgreSQL server of a test's own: in a temporary folder, on a socket there, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import create_engine, text

# Debian keeps the programs of each version here, and not on the PATH.
DEBIAN = Path("/usr/lib/postgresql")
# With every sign that means something in a URL.
PASSWORD = "p@ss:w/rd%"
CLUSTER = ("--username=teacher", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync")
# No network; and what a crash would lose is of no interest.
SETTINGS = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off")
# Seconds in which a server starts.
LONG = 60


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, of the newest version; None if it is not installed."""
    versions = sorted(DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name))
    if versions:
        return versions[-1]
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


class Server:
    """A server that runs.

    Attributes:
        folder: of its socket.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def url(self, database: str, password: str = PASSWORD) -> str:
        """What a course's nbgrader_config.py calls a database.

        Args:
            database: its name.
            password: what the role signs in with.
        """
        return f"postgresql+psycopg://teacher:{quote(password, safe='')}@/{database}?host={self.folder}"

    def make(self, database: str, template: str = "template0") -> str:
        """Make a database, and return its URL.

        Args:
            database: its name.
            template: which it is a copy of; empty by default.
        """
        self._say(f"CREATE DATABASE {database} TEMPLATE {template}")
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database."""
        self._say(f"DROP DATABASE {database}")

    def _say(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def running(bin_folder: Path) -> Iterator[Server]:
    """Start a server, which listens on no network.

    Args:
        bin_folder: where PostgreSQL's programs are.
    """
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    folder.chmod(0o755)
    data, secret = folder / "data", folder / "password"
    secret.write_text(PASSWORD)
    # It refuses to run as root.
    user = _somebody_else()
    if user is not None:
        for path in (folder, secret):
            os.chown(path, user, -1)
    try:
        initdb = [str(bin_folder / "initdb"), f"--pgdata={data}", f"--pwfile={secret}", *CLUSTER]
        subprocess.run(initdb, check=True, capture_output=True, user=user, cwd=folder)
        postgres = [str(bin_folder / "postgres"), "-D", str(data), "-k", str(folder)]
        for setting in SETTINGS:
            postgres += ["-c", setting]
        with open(folder / "log", "wb") as log:
            server = subprocess.Popen(postgres, stdout=log, stderr=log, user=user, cwd=folder)
        try:
            _until_it_answers(bin_folder, folder, server)
            yield Server(folder)
        finally:
            # SIGINT ends sessions that a test left open.
            server.send_signal(signal.SIGINT)
            server.wait(LONG)
    finally:
        shutil.rmtree(folder)


def _somebody_else() -> int | None:
    """A user for root to run the server as; None for oneself."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL runs as anybody but root: there is neither a user postgres nor nobody")


def _until_it_answers(bin_folder: Path, folder: Path, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + LONG
    while subprocess.run([bin_folder / "pg_isready", "-q", "-h", folder], check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((folder / "log").read_text())
        time.sleep(0.1)
