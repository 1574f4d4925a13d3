"""Where a course's files lie."""

import os
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path

# nbgrader's name for the time of submission, beside the notebook.
STAMP = "timestamp.txt"
ROOT = Path(__file__).resolve().parents[2]
COURSE, NOTEBOOKS = ROOT / "course", ROOT / "notebooks"
# what a build has made and not yet put into its place
MADE = ROOT / "build" / "evidence"
CONFIG = "nbgrader_config.py"
# What makes a folder a course of one's own.
COURSE_FILE = "course.yml"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def is_own(root: Path) -> bool:
    """Whether a course root is a course of one's own: it has a course.yml, and perhaps units and exercises."""
    return (root / COURSE_FILE).is_file()


def content_of(root: Path) -> Path:
    """Where the units of a course root stand: what `catalogue` takes as its root.

    Args:
        root: a course root; one without a course.yml has the units of this project.
    """
    return root if is_own(root) else ROOT


def notebooks_of(root: Path) -> Path:
    """Where a build puts what students get of a course root."""
    return root / "notebooks" if is_own(root) else NOTEBOOKS


def same_name(name: str, names: Collection[str]) -> str:
    """The one of some names that reads as a name does, whether or not accents are signs of their own; else the name.

    Args:
        name: of a student, as a folder or the roster has it.
        names: among which it is looked for.
    """
    if name.isascii() or name in names:
        return name
    composed = unicodedata.normalize("NFC", name)
    return next((other for other in names if unicodedata.normalize("NFC", other) == composed), name)


class Course:
    """The folders of a course root."""

    def __init__(self, root: Path):
        self.root = root.resolve()

    def students(self, unit: str) -> list[str]:
        """Who handed something in for a unit, be it in another place than it should be: the folders of submitted/, by name."""
        students = []
        for folder in sorted((self.root / "submitted").glob("*")):
            if folder.is_dir() and not folder.name.startswith(".") and _holds(folder, unit):
                students.append(folder.name)
        return students

    def submitted(self, unit: str, student: str) -> Path:
        """Where a student's submission of a unit should lie."""
        return self._folder_of(student) / unit / f"{unit}.ipynb"

    def _folder_of(self, student: str) -> Path:
        """Where a student's submissions lie: macOS takes letters and their accents apart."""
        folder = self.root / "submitted" / student
        if student.isascii() or os.path.lexists(folder):
            return folder
        composed, apart = unicodedata.normalize("NFC", student), unicodedata.normalize("NFD", student)
        for name in (composed, apart):
            other = folder.with_name(name)
            if os.path.lexists(other):
                return other
        return folder

    def graded(self, unit: str, student: str) -> Path:
        """Where the graded notebook of a student lies."""
        return self.root / "autograded" / student / unit / f"{unit}.ipynb"


def _holds(folder: Path, unit: str) -> bool:
    """Whether something of a unit is in a student's folder, be it a link that leads nowhere, or nobody may look."""
    try:
        return any(may_be_of(unit, name) for name in os.listdir(folder))
    except PermissionError:
        return True


def may_be_of(unit: str, name: str) -> bool:
    """Whether what has this name in a student's folder may be a unit, where it belongs or not.

    Args:
        unit: its id.
        name: of a file or folder: the unit's in whatever case, packed or copied, or a notebook or zip of another name.
    """
    if re.fullmatch(rf"{re.escape(unit)}([ (.].*)?", name, re.IGNORECASE):
        return True
    if not name.lower().endswith((".ipynb", ".zip")) or name.startswith("."):
        return False
    number, its_number = re.match(r"\d+", unit), re.match(r"\d+", name)
    # Another number is another unit's.
    return not (number and its_number) or int(number[0]) == int(its_number[0])
