"""A course root's nbgrader_config.py: a program of the instructor's, so it may say anything and raise anything."""

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.layout import CONFIG, COURSE
from helpers.errors import Refused

if TYPE_CHECKING:
    from traitlets.config import Config


def load(root: Path) -> "Config":
    """How nbgrader runs a course, by its nbgrader_config.py; by ours if it has none.

    Args:
        root: the course root.
    Raises:
        Refused: if the file cannot be read or run; it names file and line.
    """
    from traitlets.config.loader import PyFileConfigLoader

    folder = root if (root / CONFIG).exists() else COURSE
    try:
        return PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    except Exception as error:
        place = _place(error, folder / CONFIG)
        raise Refused(f"{place}: {type(error).__name__}: {error}. Mend it and run this again") from None


def _place(error: Exception, file: Path) -> str:
    """The file, with the line that the error came from where that is known."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f"{file}, line {error.lineno}"
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if _is_of(frame, file)]
    if lines:
        return f"{file}, line {lines[-1]}"
    return str(file)


def _is_of(frame: object, file: Path) -> bool:
    code = getattr(frame, "f_code", None)
    return code is not None and Path(code.co_filename) == file
