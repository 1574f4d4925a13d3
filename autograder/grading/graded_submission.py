"""What became of one submission: the graded notebook, and what was found about each exercise."""

from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.exercise import check_id
from autograder.grading.graded_exercise import GradedExercise


@dataclass
class Graded:
    """What became of a submission.

    Attributes:
        notebook: the submission in the plan's form, with what was found as its outputs.
        verdicts: by exercise, in the plan's order.
        notes: what is to be said of the submission as a whole, each a sentence.
        needs_review: whether a person should look at it.
        seconds: how long grading it took.
        ran: the exercises that were run now; the verdicts about the others are older.
        files: what was attached and cannot be shown in the notebook, as base64, by name.
    """

    notebook: NotebookNode
    verdicts: dict[str, GradedExercise]
    notes: list[str] = field(default_factory=list)
    needs_review: bool = False
    seconds: float = 0.0
    ran: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return sum(verdict.points for verdict in self.verdicts.values())

    @property
    def max_score(self) -> float:
        return sum(verdict.max_points for verdict in self.verdicts.values())

    @property
    def unfinished(self) -> bool:
        """Whether grading itself failed, so that the next run tries again."""
        return not all(verdict.key for verdict in self.verdicts.values())

    @property
    def unread(self) -> bool:
        """Whether what was handed in could not be read; the notes say why."""
        return all(verdict.unread for verdict in self.verdicts.values())

    @property
    def reasons(self) -> list[str]:
        """Why a person should look at it, each reason once: what concerns the whole, then single exercises."""
        if not self.needs_review:
            return []
        notes = " ".join(self.notes)
        doubts = []
        for exercise, verdict in self.verdicts.items():
            doubts += [f"{exercise}: {doubt}" for doubt in verdict.doubts if doubt not in notes]
        return list(dict.fromkeys([*self.notes, *doubts]))

    def of_cell(self, grade_id: str) -> GradedExercise | None:
        """The verdict that belongs to a check cell.

        Args:
            grade_id: nbgrader's id of the cell.
        """
        for exercise, verdict in self.verdicts.items():
            if check_id(exercise) == grade_id:
                return verdict
        return None

    def __deepcopy__(self, _: object) -> "Graded":
        # nbconvert copies what it hands to its steps.
        return self
