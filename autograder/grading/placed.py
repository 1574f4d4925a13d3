"""A cell of a restored submission."""

from dataclasses import dataclass, field

from autograder.grading.plan import Planned

ADDED = "added"


@dataclass(frozen=True)
class Placed:
    """A cell of the restored notebook.

    Attributes:
        kind: as in the plan, or `ADDED` if the student added it.
        id: the plan's, or one of our own.
        source: what counts of it.
        planned: the plan's cell; None if the student added it.
        markdown: whether it is text.
        missing: whether it was missing from the submission, and came back from the plan.
        changed: whether the submission changed it though it is locked; then `source` is the plan's.
        pictures: that are attached to it and shown.
        files: that are attached to it and not shown, as base64, by the name under which they are kept.
        left_out: digests of what is attached to it and left out, by name.
        id_of: nbgrader's id that it bore when it was submitted.
        own: whether it holds what the student wrote or attached, beside what the unit gives.
        beside_locked: whether the student wrote it into a locked cell, beside which it stands.
        idle: whether it is left out when the notebook runs, since it holds a stub of what stands elsewhere.
        guess: of a check, what was guessed about its answer, so that a person looks at it.
        if_wrong: of a check, what else may have been meant, so that a person looks at an answer that is not right.
    """

    kind: str
    id: str
    source: str
    planned: Planned | None = None
    markdown: bool = False
    missing: bool = False
    changed: bool = False
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    id_of: str = ""
    own: bool = False
    beside_locked: bool = False
    idle: bool = False
    guess: str = ""
    if_wrong: str = ""

    @property
    def exercise(self) -> str:
        return self.planned.exercise if self.planned else ""

    @property
    def grade_id(self) -> str:
        return self.planned.grade_id if self.planned else ""
