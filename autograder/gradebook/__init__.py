"""nbgrader's side: a class goes in, results come out.

A course's nbgrader_config.py names what is below as `autograder.gradebook.NAME`, wherever it is defined.
"""

import importlib
from typing import Any

_DEFINED_IN = {
    "SubmissionExporter": "nbgrader_steps",
    "RunByEngine": "nbgrader_steps",
    "SaveVerdicts": "nbgrader_steps",
    "AssignLatePenalties": "late_days",
    "LateDays": "late_days",
    "chosen": "own_course",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and only then: nbgrader takes seconds to import."""
    if name in _DEFINED_IN:
        module = importlib.import_module(f"autograder.gradebook.{_DEFINED_IN[name]}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
