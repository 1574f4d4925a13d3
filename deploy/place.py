"""Where a hub's files lie, what its accounts are called and where it listens: all follows from a course and a folder."""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = "place.json"


@dataclass(frozen=True)
class Place:
    """A hub on one machine.

    Attributes:
        root: the folder in which everything lies but the course root.
        course: the course root.
        id: what the course is called, in nbgrader's exchange and by the hub.
        port: where the hub answers, on this machine only; it takes the three after it as well.
    """

    root: Path
    course: Path
    id: str
    port: int

    @classmethod
    def read(cls, root: Path) -> "Place":
        """The hub that was set up in a folder."""
        about = json.loads((root / FILE).read_text("utf-8"))
        return cls(root, Path(about["course"]), about["id"], about["port"])

    def write(self) -> None:
        """Write down what cannot be derived, for `read`."""
        about = {"course": str(self.course), "id": self.id, "port": self.port}
        (self.root / FILE).write_text(json.dumps(about, indent=2) + "\n", "utf-8")

    @property
    def staff(self) -> Path:
        """The project with its answers, and in .venv what runs it; students cannot enter."""
        return self.root / "staff"

    @property
    def python(self) -> Path:
        """The Python of the hub and of instructors."""
        return self.staff / ".venv" / "bin" / "python"

    @property
    def students(self) -> Path:
        """The environment of students: of ours it holds `helpers` alone."""
        return self.root / "students"

    @property
    def students_python(self) -> Path:
        """The Python of students."""
        return self.students / "bin" / "python"

    @property
    def exchange(self) -> Path:
        """nbgrader's exchange."""
        return self.root / "exchange"

    @property
    def state(self) -> Path:
        """What the hub keeps: its database and the secret of its cookies. Only root enters."""
        return self.root / "state"

    @property
    def home(self) -> Path:
        """The home directory of the course's account."""
        return self.root / "grader"

    @property
    def token(self) -> Path:
        """By which the hub knows the instructors' server."""
        return self.home / "token"

    @property
    def units(self) -> Path:
        """The descriptions of both services, for systemd."""
        return self.root / "systemd"

    @property
    def own_settings(self) -> Path:
        """Where the administrator's own settings of the hub may stand."""
        return self.root / "own_jupyterhub_config.py"

    @property
    def account(self) -> str:
        """The unix user who grades, and who owns the course root."""
        return f"grader-{self.id}"

    @property
    def instructors(self) -> str:
        """The unix group of those who may open formgrader, by nbgrader's name for it."""
        return f"formgrade-{self.id}"

    @property
    def learners(self) -> str:
        """The unix group of the students, by nbgrader's name for it."""
        return f"nbgrader-{self.id}"

    @property
    def address(self) -> str:
        """Where the hub answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def proxy_api(self) -> str:
        """Where the hub tells its proxy who is where."""
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def hub_port(self) -> int:
        """Where the proxy finds the hub."""
        return self.port + 2

    @property
    def service_address(self) -> str:
        """Where the proxy finds the instructors' server."""
        return f"http://127.0.0.1:{self.port + 3}"

    @property
    def service_prefix(self) -> str:
        """Where instructors find it, below the hub's address."""
        return f"/services/{self.id}/"
