"""What runs in Gradescope's container: grades one submission with the course's engine, and writes results.json.

    python -m autograder.exports.on_gradescope UNIT FOLDER VISIBILITY [--unsafe]

FOLDER is laid out as Gradescope does it: source/ is this checkout, submission/ what the student uploaded, results/
takes results.json. A student reads it, so it tells values of the public draw only, as the judge gives them.
"""

import json
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from autograder.course import catalogue, layout
from autograder.grading import draws, engine
from autograder.grading.graded_exercise import GradedExercise
from autograder.grading.graded_submission import Graded
from autograder.grading.grader import beside_notebook, prepare, read_at
from autograder.grading.plan import DERIVATION, Plan, plan_of
from autograder.grading.running import Run
from autograder.judging.lazy_tables import LazyTables
from autograder.sandbox.client import Sandbox
from helpers.quiet import import_tensorflow

# Where the zip has what a course of one's own chooses and adds.
OWN = "own"
FAILED = "This could not be graded: {why}. It says nothing about your work; tell your instructor."


def main(unit: str, folder: Path, visibility: str, unsafe: bool) -> bool:
    """Grade what lies in a folder, and write results.json.

    Args:
        unit: its id.
        folder: laid out as Gradescope does it.
        visibility: of the checks, as Gradescope calls it.
        unsafe: grade also where nothing can confine what a student wrote.
    Returns:
        False if that was not possible, which results.json then says as well.
    """
    start = time.monotonic()
    fine = True
    try:
        # It starts while TensorFlow is imported here.
        with Sandbox(workers=1, unsafe=unsafe) as sandbox:
            import_tensorflow()
            prepare()
            content = layout.content_of(layout.ROOT / OWN)
            plan = plan_of(catalogue.unit(unit, content))
            graded = grade(plan, folder, sandbox.run)
            report = results(graded, plan, visibility)
            report["extra_data"] = {"confinement": sandbox.tier}
    except Exception as error:
        # Whatever it is, the student should read a sentence, and staff what happened.
        traceback.print_exc()
        fine = False
        why = str(error).rstrip(".")[:500]
        report = {"score": 0, "output": FAILED.format(why=why)}
    report |= {"execution_time": round(time.monotonic() - start), "stdout_visibility": "hidden"}
    (folder / "results").mkdir(exist_ok=True)
    (folder / "results" / "results.json").write_text(json.dumps(report, indent=1), "utf-8")
    return fine


def grade(plan: Plan, folder: Path, run: Run) -> Graded:
    """Grade the submission in a folder; who hands in again gets the same draw.

    Args:
        plan: the unit's.
        folder: laid out as Gradescope does it.
        run: runs a job in a confined child.
    """
    uploaded = folder / "submission"
    wanted = uploaded / f"{plan.unit}.ipynb"
    found = read_at(wanted, plan)
    beside = beside_notebook(wanted, plan, found)
    handed_in = engine.HandedIn(found.data, beside, found.name, found.note, found.guess)
    secret = draws.secret(layout.ROOT)
    draw = draws.draw_of(secret, plan.unit, who(folder / "submission_metadata.json"))
    tables = LazyTables([layout.ROOT / "notebooks"])
    return engine.grade(handed_in, plan, draw, run, tables)


def who(metadata: Path) -> str:
    """Who handed in: the addresses of a group, or nobody if Gradescope does not say."""
    try:
        users = json.loads(metadata.read_text("utf-8"))["users"]
        return " ".join(sorted(str(user["email"]) for user in users))
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def results(graded: Graded, plan: Plan, visibility: str) -> dict:
    """What results.json says: a line for each check.

    Args:
        graded: the submission.
        plan: the unit's.
        visibility: of the checks, as Gradescope calls it.
    """
    lines = list(graded.notes)
    if graded.needs_review:
        lines.append("Not all of it could be judged; a person will look at it.")
    by_hand = []
    for cell in plan.cells:
        if cell.kind == DERIVATION:
            by_hand.append(f"{cell.grade_id} ({cell.node.metadata.nbgrader.points:g})")
    if by_hand:
        lines.append(f"Graded by hand and not counted here, with their points: {', '.join(by_hand)}.")
    tests: list[dict] = []
    for number, verdict in enumerate(graded.verdicts.values(), 1):
        tests += _tests(number, verdict, visibility)
    output = "\n".join(lines)
    return {"score": graded.score, "output": output, "visibility": "visible", "tests": tests}


def _tests(number: int, verdict: GradedExercise, visibility: str) -> Iterator[dict]:
    """A verdict's checks; what is said of all of them stands at the first that failed."""
    advice = _advice(verdict)
    for place, check in enumerate(verdict.checks, 1):
        output = []
        if not check.passed:
            output = [check.message, *advice]
            advice = []
        yield {
            "number": f"{number}.{place}",
            "name": f"{verdict.exercise}: {check.check}",
            "score": check.points,
            "max_score": check.max_points,
            "status": "passed" if check.passed else "failed",
            "output": "\n".join(filter(None, output)),
            "output_format": "text",
            "visibility": visibility,
        }


def _advice(verdict: GradedExercise) -> list[str]:
    """What is said of an exercise as a whole, without what a check's message says already."""
    sentences = [f"{m.lead}: {m.name}. {m.text} (lecture {m.lecture})" for m in verdict.advice]
    messages = " ".join(check.message for check in verdict.checks).casefold()
    for note in (verdict.hint, *verdict.notes):
        begin = note.partition(".")[0].casefold()
        if note and begin not in messages:
            sentences.append(note)
    return sentences


if __name__ == "__main__":
    name, place, shown, *flags = sys.argv[1:]
    fine = main(name, Path(place).resolve(), shown, "--unsafe" in flags)
    sys.exit(0 if fine else 1)
