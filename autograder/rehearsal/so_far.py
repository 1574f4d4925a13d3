"""How far a student has come in a unit, by the log of attempts beside the notebook."""

from collections.abc import Iterable
from pathlib import Path

from autograder.exercise import check_id
from autograder.grading import attempt_log
from autograder.grading.attempt_log import Attempt
from autograder.grading.submission import parse, read_file
from helpers.attempts import HANDED_IN, KEPT
from helpers.errors import Unreadable

NOT_BEGUN = "not begun"


def so_far(folder: Path, notebooks: Iterable[Path]) -> str:
    """How many of a unit's exercises were right at their latest attempt, in words.

    Args:
        folder: the student's, where the log lies.
        notebooks: copies of the unit's notebook; the first that can be read tells which exercises there are.
    """
    cells = _check_cells(notebooks)
    latest: dict[str, Attempt] = {}
    begun = False
    for attempt in _attempts(folder):
        cell = check_id(attempt.exercise)
        if cell in cells:
            latest[cell] = attempt
            begun = begun or attempt.written
    if not begun:
        return NOT_BEGUN
    right = sum(attempt.right for attempt in latest.values())
    return f"{right} of {len(cells)} right"


def _attempts(folder: Path) -> list[Attempt]:
    """All attempts, in the order in which they were made: who edits the settings by hand has two logs."""
    attempts = [*attempt_log.read(folder / KEPT), *attempt_log.read(folder / HANDED_IN)]
    return sorted(attempts, key=lambda attempt: attempt.time)


def _check_cells(notebooks: Iterable[Path]) -> set[str]:
    """The ids of a unit's check cells, one for each exercise; none if no copy can be read."""
    for notebook in notebooks:
        try:
            cells = parse(read_file(notebook))
        except Unreadable:
            continue
        return {cell.grade_id for cell in cells if cell.type == "code" and cell.grade_id.endswith("-check")}
    return set()
