"""A machine with several users, within this one: its accounts and home directories are seen by what is started in it alone."""

import stat
import subprocess
import sys
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
# /etc is a copy, and /home is empty.
BEGIN = """
set -e
cp -a /etc/. "$0/etc"
mount --bind "$0/etc" /etc
mount -t tmpfs tmpfs /home
"""
# What others may not pass, mostly root's home, is empty but for what is needed of it.
OPEN = """
mkdir "$0/{number}"
mount --bind "{kept}" "$0/{number}"
"""
EMPTY = """
mount -t tmpfs -o mode=755 tmpfs "{closed}"
"""
BACK = """
mkdir -p "{kept}"
mount --bind "$0/{number}" "{kept}"
"""
END = """
echo ready
exec sleep infinity
"""


def _beginning() -> str:
    """What is done before anything is started; Python and the project can then be reached by all."""
    kept = {}
    for path in (Path(sys.base_prefix), Path(sys.prefix), ROOT):
        closed = [one for one in reversed(path.parents) if not one.stat().st_mode & stat.S_IXOTH]
        if closed:
            kept[path] = closed[0]
    numbered = list(enumerate(kept))
    steps = [BEGIN]
    steps += [OPEN.format(number=number, kept=path) for number, path in numbered]
    steps += [EMPTY.format(closed=closed) for closed in sorted(set(kept.values()))]
    steps += [BACK.format(number=number, kept=path) for number, path in numbered]
    return "".join([*steps, END])


class Machine:
    """Accounts that vanish with it.

    Args:
        folder: which it may use, and which all may enter.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "etc").mkdir()
        begin = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _beginning(), str(folder)]
        self.anchor = subprocess.Popen(begin, stdout=subprocess.PIPE, text=True)
        assert self.anchor.stdout
        assert self.anchor.stdout.readline() == "ready\n"
        self.services: list[subprocess.Popen] = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """End the services as systemd would, then whatever of theirs is left."""
        for service in self.services:
            service.terminate()
        for service in self.services:
            with suppress(subprocess.TimeoutExpired):
                service.wait(20)
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.pid != self.anchor.pid and self._is_here(process.pid):
                    process.kill()
        self.anchor.kill()
        self.anchor.wait()

    def _is_here(self, pid: int) -> bool:
        here = Path(f"/proc/{self.anchor.pid}/ns/mnt").readlink()
        return Path(f"/proc/{pid}/ns/mnt").readlink() == here

    def command(self, *command: str | Path, user: str = "root", folder: str | Path = "/") -> list[str]:
        """A command, as a user in a folder of this machine."""
        inside = ["nsenter", f"--mount=/proc/{self.anchor.pid}/ns/mnt", f"--wdns={folder}"]
        return [*inside, "runuser", "-u", user, "--", *map(str, command)]

    def run(self, *command: str | Path, says: str = "", **where) -> str:
        """Run a command to its end; returns what it printed."""
        done = subprocess.run(
            self.command(*command, **where), input=says, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def add_user(self, name: str, group: str, password: str) -> None:
        """Make an account, as the guide for administrators says."""
        self.run("useradd", "--create-home", "--key", "HOME_MODE=0700", "--groups", group, name)
        self.run("chpasswd", says=f"{name}:{password}")

    def start(self, unit: Path, log: Path) -> None:
        """Start a service as systemd would, by what its description says."""
        said = defaultdict(list)
        for line in unit.read_text("utf-8").splitlines():
            key, _, value = line.partition("=")
            said[key].append(value)
        (program,), (folder,), (umask,) = said["ExecStart"], said["WorkingDirectory"], said["UMask"]
        shell = f"umask {umask} && exec {program}"
        (user,) = said["User"] or ["root"]
        command = ["env", "-i", *said["Environment"], "sh", "-c", shell]
        with log.open("w") as output:
            service = subprocess.Popen(
                self.command(*command, user=user, folder=folder),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.services.append(service)
