"""The engine inside nbgrader: `nbgrader autograde`, formgrader's Autograde button and `fdl grade` all come here.

course/nbgrader_config.py puts these classes in the places of nbgrader's own.
"""

import atexit
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Grade
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from autograder.course.layout import Course
from autograder.gradebook import hand_graded
from autograder.gradebook.database import gradebook_of
from autograder.grading import draws, graded_notebook, restore, submission
from autograder.grading.grader import Grader, prepare, read_submission
from helpers.errors import Unreadable
from helpers.quiet import import_tensorflow


class SubmissionExporter(NotebookExporter):
    """Reads a notebook as `submission` does: nothing that a student writes can make nbgrader fail."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        unit = resources["nbgrader"]["assignment"]
        converter: Any = self.parent
        about = grader(converter.coursedir.root)
        plan = about.plan(unit)
        try:
            data = read_submission(about.course, plan, resources["nbgrader"]["student"]).data
            if isinstance(data, Unreadable):
                raise data
            placed = restore.restore(submission.parse(data), plan)
        except Unreadable as error:
            self.log.error("%s: %s", filename, error)
            placed = restore.blank(plan)
        return self.from_notebook_node(graded_notebook.notebook(placed, {}), resources, **kw)


class RunByEngine(NbGraderPreprocessor):
    """In the place of nbgrader's Execute: what stands in the notebook afterwards is the engine's alone.

    It has another name since `nbgrader autograde --no-execute` switches `Execute` off, and cells without
    output would then have full marks.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        about = resources["nbgrader"]
        if "graded" not in about:
            # `fdl grade` has graded it already; `nbgrader autograde` has not.
            root = self.parent.parent.coursedir.root
            about["graded"] = grader(root).grade(about["assignment"], about["student"], reuse=False)
        return about["graded"].notebook, resources


class SaveVerdicts(SaveAutoGrades):
    """Saves scores as nbgrader does, and marks what needs review; in the transaction of `fdl grade`, if there is one."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        about = resources["nbgrader"]
        with gradebook_of(about) as self.gradebook:
            self.notebook_id, self.assignment_id = about["notebook"], about["assignment"]
            self.student_id, self.notebook = about["student"], nb
            return NbGraderPreprocessor.preprocess(self, nb, resources)

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        about = resources["nbgrader"]
        grade = self.gradebook.find_grade(
            cell.metadata.nbgrader.grade_id, about["notebook"], about["assignment"], about["student"]
        )
        scores_before, waited_before = _scores(grade), grade.needs_manual_grade
        super()._add_score(cell, resources)
        if cell.cell_type == "code":
            verdict = about["graded"].of_cell(grade.name) if about.get("graded") else None
            if verdict is None:
                # nbgrader takes a cell without output for full marks.
                grade.auto_score = 0
            in_doubt = verdict is None or verdict.needs_review
            # Then a grader has seen these very scores.
            decided = grade.manual_score is not None and scores_before == _scores(grade)
            if in_doubt:
                grade.needs_manual_grade = not decided
            elif decided:
                grade.needs_manual_grade = waited_before
        else:
            attached = about["graded"].files if about.get("graded") else {}
            grade.needs_manual_grade = self._waits(cell, grade, waited_before, attached)
        self.gradebook.db.commit()

    def _waits(
        self, cell: NotebookNode, grade: Grade, waited_before: bool, attached: Mapping[str, str]
    ) -> bool:
        """Whether a grader has to read a derivation."""
        where = cell.metadata.nbgrader.grade_id, self.notebook_id, self.assignment_id, self.student_id
        comment = self.gradebook.find_comment(*where)
        converter: Any = self.parent.parent
        course = Course(Path(converter.coursedir.root))
        folder = course.submitted(self.assignment_id, self.student_id).parent
        answer = hand_graded.answer_of(cell, self.notebook, folder, attached)
        return hand_graded.waits(self.gradebook, grade, comment, answer, waited_before)


def _scores(grade: Grade) -> tuple[float | None, float | None]:
    return grade.auto_score, grade.manual_score


@functools.cache
def grader(root: str) -> Grader:
    """What grades in a process of nbgrader's; `fdl grade` has its own."""
    from autograder.sandbox.client import Sandbox

    sandbox = Sandbox(workers=1)
    atexit.register(sandbox.close)
    # It imports TensorFlow while this process does.
    sandbox.start()
    import_tensorflow()
    prepare()
    course = Course(Path(root))
    return Grader(course, draws.secret(course.root), sandbox.run)
