"""The address of late days in the nbgrader_config.py of course roots that were made before version 2."""

from autograder.gradebook.late_days import AssignLatePenalties, LateDays

__all__ = ["AssignLatePenalties", "LateDays"]
