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
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.course.layout import KERNEL
from autograder.grading.graded_exercise import GradedExercise
from autograder.grading.restore import Placed
from autograder.grading.submission import clean
from autograder.sandbox import StepResult
from helpers import card
from helpers.evidence import Failure

OURS = "fdl"  # the notebook's metadata that say how it was graded


def notebook(
    placed: Iterable[Placed], outputs: Mapping[str, list], about: dict | None = None
) -> NotebookNode:
    """Put a graded notebook together.

    Args:
        outputs: of the cells that have any, by cell id.
        about: goes into the notebook's metadata.
    """
    cells = []
    for p in placed:
        metadata = copy.deepcopy(p.planned.node.metadata) if p.planned else {}
        if p.markdown:
            cell = new_markdown_cell(p.source, id=p.id, metadata=metadata)
            if p.pictures:
                cell.attachments = p.pictures
        else:
            cell = new_code_cell(p.source, id=p.id, metadata=metadata, outputs=outputs.get(p.id, []))
        cells.append(cell)
    return new_notebook(
        cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}, OURS: about or {}}
    )


@dataclass(frozen=True)
class Recorded:
    """What is known of one exercise: what grading found, and the outputs below its check cell that say so."""

    found: GradedExercise
    outputs: list[NotebookNode]


def check_outputs(shown: card.Card, found: GradedExercise) -> list[NotebookNode]:
    """What stands below a check cell: the card, and the score as nbgrader takes it for partial credit."""
    bundle = {"text/plain": card.text(shown), "text/html": card.html(shown), card.MIME: found.to_json()}
    score = {"text/plain": f"{found.points:g}"}
    return [
        new_output("display_data", data=bundle),
        new_output("execute_result", data=score, execution_count=None),
    ]


def printed(result: StepResult) -> list[NotebookNode]:
    """What a cell printed, and what it raised; nothing on stderr, which costs points in nbgrader."""
    outputs = [new_output("stream", name="stdout", text=clean(result.output))] if result.output else []
    if result.died:
        outputs.append(_error("Stopped", f"this cell {result.died}", ""))
    elif result.failure:
        outputs.append(_error(*_texts(result.failure)))
    return outputs


def recorded(notebook: NotebookNode) -> dict[str, Recorded]:
    """What a notebook that we graded says of each exercise, by its name; a damaged verdict is none."""
    by_exercise = {}
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        found = _found(outputs)
        if found:
            by_exercise[found.exercise] = Recorded(found, outputs)
    return by_exercise


def _found(outputs: Iterable[NotebookNode]) -> GradedExercise | None:
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
        found = nbformat.reads(data.decode(), as_version=4)
    except (ValueError, nbformat.ValidationError, json.JSONDecodeError, AttributeError, KeyError):
        return None
    return found if isinstance(found.metadata.get(OURS), dict) else None


def _texts(failure: Failure) -> tuple[str, str, str]:
    return clean(failure.type), clean(failure.message), clean(failure.place)


def _error(name: str, message: str, place: str) -> NotebookNode:
    text = f"{name}: {message}" + (f"\n{place}" if place else "")
    return new_output("error", ename=name, evalue=message, traceback=text.split("\n"))
