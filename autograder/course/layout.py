"""Where a course's files lie."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COURSE, NOTEBOOKS = ROOT / "course", ROOT / "notebooks"
MADE = ROOT / "build" / "evidence"  # what a build has made and not yet put into its place
CONFIG = "nbgrader_config.py"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class Course:
    """The folders of a course root."""

    def __init__(self, root: Path):
        self.root = root.resolve()

    def students(self, unit: str) -> list[str]:
        """Who handed something in for a unit: the folders of submitted/, by name."""
        submitted = self.root / "submitted"
        folders = sorted(p for p in submitted.glob("*") if p.is_dir() and not p.name.startswith("."))
        return [p.name for p in folders if any(os.path.lexists(p / name) for name in (unit, f"{unit}.ipynb"))]

    def submitted(self, unit: str, student: str) -> Path:
        return self.root / "submitted" / student / unit / f"{unit}.ipynb"

    def graded(self, unit: str, student: str) -> Path:
        return self.root / "autograded" / student / unit / f"{unit}.ipynb"
