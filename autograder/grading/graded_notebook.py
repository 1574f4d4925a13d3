"""The graded notebook: the submission in the plan's form, with what grading found as its only outputs.

A check cell's outputs are the card (text, HTML, and the verdict as JSON) and the score, which nbgrader takes for
partial credit. Feedback, report and regrade read the verdict from there.
"""

import copy
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output

from autograder.course.layout import KERNEL
from autograder.grading.graded_exercise import GradedExercise
from autograder.grading.placed import Placed
from autograder.grading.plan import PROSE
from autograder.grading.submission import clean
from autograder.sandbox import StepResult
from helpers import card
from helpers.evidence import Failure

# The notebook's metadata that say how it was graded, and a cell's that say what was left out of it, and whether the
# student wrote into it.
OURS = "fdl"
LEFT_OUT, OWN = "left_out", "own"


@dataclass(frozen=True)
class CheckCell:
    """What a check cell says of its exercise: what grading found, and the outputs that tell it."""

    graded: GradedExercise
    outputs: list[NotebookNode]


def notebook(
    placed: Iterable[Placed], outputs: Mapping[str, list], about: dict | None = None
) -> NotebookNode:
    """Put a graded notebook together. Whoever writes it down validates it, once for all cells.

    Args:
        placed: the cells of the restored submission.
        outputs: of the cells that have any, by cell id.
        about: goes into the notebook's metadata.
    """
    cells = [_cell(each, outputs.get(each.id, [])) for each in placed]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}, OURS: about or {}}
    return from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _cell(placed: Placed, outputs: list) -> dict:
    metadata = copy.deepcopy(placed.planned.node.metadata) if placed.planned else {}
    about = _about(placed)
    if about:
        metadata[OURS] = about
    cell = {"id": placed.id, "metadata": metadata, "source": placed.source}
    if not placed.markdown:
        return cell | {"cell_type": "code", "execution_count": None, "outputs": outputs}
    if placed.pictures:
        cell["attachments"] = placed.pictures
    return cell | {"cell_type": "markdown"}


def _about(placed: Placed) -> dict:
    """What a cell's metadata say of it."""
    about: dict = {}
    if placed.left_out:
        about[LEFT_OUT] = placed.left_out
    if placed.own and placed.kind == PROSE:
        about[OWN] = True
    return about


def is_own(cell: NotebookNode) -> bool:
    """Whether a text of a graded notebook holds what the student wrote or attached."""
    return bool(cell.metadata.get(OURS, {}).get(OWN))


def left_out(cell: NotebookNode) -> dict[str, str]:
    """Digests of what was attached to a cell of a graded notebook and left out, by name."""
    return dict(cell.metadata.get(OURS, {}).get(LEFT_OUT, {}))


def check_outputs(shown: card.Card, graded: GradedExercise) -> list[NotebookNode]:
    """What stands below a check cell: the card, and the score as nbgrader takes it for partial credit.

    Args:
        shown: the card.
        graded: what it shows, and how it came about.
    """
    bundle = {"text/plain": card.text(shown), "text/html": card.html(shown), card.MIME: graded.to_json()}
    score = {"text/plain": f"{graded.points:g}"}
    return [
        new_output("display_data", data=bundle),
        new_output("execute_result", data=score, execution_count=None),
    ]


def printed(result: StepResult) -> list[NotebookNode]:
    """What a cell printed, and what it raised; nothing on stderr, which costs points in nbgrader."""
    outputs = []
    if result.output:
        outputs.append(new_output("stream", name="stdout", text=clean(result.output)))
    if result.died:
        outputs.append(_error("Stopped", f"this cell {result.died}", ""))
    elif result.failure:
        outputs.append(_error(*_texts(result.failure)))
    return outputs


def check_cells(notebook: NotebookNode) -> dict[str, CheckCell]:
    """What a notebook that we graded says of each exercise, by its name; a damaged verdict is none."""
    by_exercise = {}
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        graded = _graded(outputs)
        if graded:
            by_exercise[graded.exercise] = CheckCell(graded, outputs)
    return by_exercise


def _graded(outputs: Iterable[NotebookNode]) -> GradedExercise | None:
    """The verdict that the outputs of a check cell hold."""
    for output in outputs:
        data = output.get("data", {}).get(card.MIME)
        if data is not None:
            with suppress(KeyError, TypeError, ValueError):
                return GradedExercise.from_json(data)
    return None


def write(graded: NotebookNode) -> bytes:
    """The notebook's bytes."""
    return (nbformat.writes(graded) + "\n").encode()


def read(data: bytes) -> NotebookNode | None:
    """A notebook that we graded; None if it is damaged, as by a full disk."""
    try:
        notebook = nbformat.reads(data.decode(), as_version=4)
    except (ValueError, nbformat.ValidationError, json.JSONDecodeError, AttributeError, KeyError):
        return None
    if not isinstance(notebook.metadata.get(OURS), dict):
        return None
    return notebook


def _texts(failure: Failure) -> tuple[str, str, str]:
    return clean(failure.type), clean(failure.message), clean(failure.place)


def _error(name: str, message: str, place: str) -> NotebookNode:
    text = f"{name}: {message}"
    if place:
        text += f"\n{place}"
    return new_output("error", ename=name, evalue=message, traceback=text.split("\n"))
