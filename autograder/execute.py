"""The address of nbgrader's steps in the nbgrader_config.py of course roots that were made before version 2."""

from autograder.gradebook.nbgrader_steps import RunByEngine, SaveVerdicts, SubmissionExporter

__all__ = ["RunByEngine", "SaveVerdicts", "SubmissionExporter"]
