"""Late days: what a late submission costs, by nbgrader's own due dates, extensions and plugin.

course/nbgrader_config.py says what a day costs. nbgrader keeps the penalty beside the score, so manual grades and
comments stay as they are, and each grading works it out anew.
"""

import math
from datetime import datetime
from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors
from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Float, Integer

from autograder.gradebook.database import gradebook_of

DAY = 24 * 60 * 60


class LateDays(LateSubmissionPlugin):
    """A penalty for each day that has begun, after a grace period and the days that every student has free.

    Free days are used up in the order of due dates, over all units that a student has handed in; where an earlier
    due date or extension changes, the later units have to be graded again as well. `penalty_method` set to
    'zero' takes everything from whoever is late, as in nbgrader.
    """

    points_per_day = Float(0.0, min=0.0, help="Points taken off for each day.").tag(config=True)
    share_per_day = Float(
        0.0, min=0.0, max=1.0, help="Share of the unit's points taken off for each day: 0.1 is a tenth."
    ).tag(config=True)
    grace_minutes = Float(0.0, min=0.0, help="So much later is not late.").tag(config=True)
    free_days = Integer(0, min=0, help="Late days that cost nothing, for each student and the course.").tag(
        config=True
    )

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """The points to take off; nbgrader never takes more than the score.

        Args:
            student_id: whose submission.
            score: with manual grades.
            total_seconds_late: by the due date and extension.
        Returns:
            The points; None if nothing is taken off.
        """
        # The step that asks has the gradebook open.
        step: Any = self.parent
        submission = step.gradebook.find_submission(step.assignment_id, student_id)
        days = self.days(total_seconds_late)
        days -= min(days, self._free(step.gradebook, submission))
        if not days:
            return None
        if self.penalty_method == "zero":
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        return days * (self.points_per_day + self.share_per_day * submission.max_score)

    def days(self, seconds: float) -> int:
        """How many days have begun since the grace period ended."""
        return max(0, math.ceil((seconds - 60 * self.grace_minutes) / DAY))

    def _free(self, gradebook: Gradebook, submission: SubmittedAssignment) -> int:
        """How many free days the units that were due before have left."""
        used = 0
        for other in gradebook.student_submissions(submission.student.id):
            if _due(other) < _due(submission):
                used += self.days(seconds_late(other))
        return max(0, self.free_days - used)


class AssignLatePenalties(preprocessors.AssignLatePenalties):
    """nbgrader's step, which an extension of no due date would stop; in the transaction of `fdl grade`, if there is one."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        about = resources["nbgrader"]
        self.assignment_id, student = about["assignment"], about["student"]
        self.init_plugin()
        with gradebook_of(about) as self.gradebook:
            submission = self.gradebook.find_submission(self.assignment_id, student)
            seconds = seconds_late(submission)
            for notebook in submission.notebooks:
                penalty = None
                if seconds > 0:
                    penalty = self.plugin_inst.late_submission_penalty(student, notebook.score, seconds)
                if penalty:
                    penalty = self._check_late_penalty(notebook, penalty)
                notebook.late_submission_penalty = penalty
            self.gradebook.db.commit()
        return nb, resources


def seconds_late(submission: SubmittedAssignment) -> float:
    """How late a submission is by its due date and extension; without a due date it never is."""
    return submission.total_seconds_late if submission.assignment.duedate else 0.0


def _due(submission: SubmittedAssignment) -> tuple[datetime, str]:
    """What submissions are ordered by; those that are never due are last."""
    if not submission.assignment.duedate:
        return datetime.max, submission.name
    return submission.duedate, submission.name
