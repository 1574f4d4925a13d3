"""`fdl report [UNIT]`: a page about a class, as one file: what to reteach, whom to look at, what is alike."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbformat import NotebookNode

from autograder.course import lecture
from autograder.course.layout import Course
from autograder.gradebook import results
from autograder.gradebook.results import Result
from autograder.grading import draws
from autograder.pages import render
from autograder.progress import Progress, silent
from autograder.reporting import attempts, charts, check_facts, class_facts, notebook_view, similarity, terms
from autograder.reporting.anonymity import DisplayNames
from autograder.reporting.attempts import ExerciseAttempts
from autograder.reporting.class_facts import CourseFacts, UnitFacts, UnitScores
from helpers.errors import CalledWrongly, Refused

TEMPLATES = Path(__file__).parent / "templates"
OUTCOMES = "How many students got all points of each exercise, some or none; the table of checks below has the numbers."


def make(
    course: Course,
    unit: str = "",
    anonymous: bool = False,
    out: Path | None = None,
    progress: Progress = silent,
    earlier: Path | None = None,
) -> tuple[Path, dict[str, Any]]:
    """Write the page of a unit or, without one, of the course.

    Args:
        course: whose gradebook is read.
        unit: its id.
        anonymous: whether names are left out.
        out: the file, or a folder for it; by default the course's reports/.
        progress: is told how far it is.
        earlier: what `fdl report UNIT --json` said in another term, to stand beside this one.
    Returns:
        The file, and what it says, as JSON.
    Raises:
        Refused: if nothing has been graded.
        CalledWrongly: if `earlier` is no report about this unit.
    """
    if earlier and not unit:
        raise CalledWrongly("two terms are compared in one unit: name it")
    units = [unit] if unit else results.graded_units(course)
    if not units:
        raise Refused("no unit has been graded yet: run `fdl grade UNIT` first")
    graded = {}
    for number, name in enumerate(units):
        progress(number, len(units) + 1, name)
        graded[name] = results.of_class(course, name)
    progress(len(units), len(units) + 1, "the page")
    names = _display_names(course, graded, anonymous)
    place = _place(course, unit, anonymous, out)
    facts: UnitFacts | CourseFacts
    if unit:
        given = results.handed_out(course, unit)
        pages = {} if anonymous else _feedback_pages(course, graded[unit], place)
        logs = attempts.from_logs(course, unit, graded[unit])
        facts = write_unit(place, graded[unit], names, given, pages, logs, earlier)
    else:
        facts = write_course(place, graded, names)
    progress(len(units) + 1, len(units) + 1, place.name)
    return place, facts.to_json()


def write_unit(
    place: Path,
    graded: Sequence[Result],
    names: DisplayNames,
    given: Sequence[str] = (),
    pages: Mapping[str, str] | None = None,
    logs: Sequence[ExerciseAttempts] = (),
    earlier: Path | None = None,
) -> UnitFacts:
    """The page of one unit.

    Args:
        place: the page's file.
        graded: everybody's results.
        names: what students are called.
        given: code that was handed out.
        pages: links to feedback pages, by the student's id.
        logs: what logs of attempts say.
        earlier: see `make`.
    Returns:
        What it says.
    """
    codes = _codes(graded)
    likeness = similarity.likeness(codes, given)
    facts = class_facts.of_unit(graded, names, likeness, pages, logs)
    if earlier:
        facts = replace(facts, compared=terms.compared(facts.to_json(), earlier))
    hidden = {student: names.hide(code) for student, code in codes.items()}
    shown = likeness.rings[: similarity.SHOWN]
    excerpts = [similarity.excerpts(ring.closest, hidden, given) for ring in shown]
    outcomes = {exercise.exercise: exercise.outcomes for exercise in facts.exercises}
    render.write(
        place,
        TEMPLATES / "unit.html",
        facts=facts,
        title=_title(graded),
        linked=lecture.linked,
        fewest=check_facts.FEWEST,
        anonymous=names.anonymous,
        scores=charts.scores(facts.scores, facts.max_score, _scores_in_words(facts)),
        outcomes=charts.outcomes(outcomes, OUTCOMES),
        alike=list(zip(facts.alike[: similarity.SHOWN], excerpts, strict=True)),
        more=len(likeness.rings) - len(shown),
    )
    return facts


def write_course(place: Path, graded: Mapping[str, Sequence[Result]], names: DisplayNames) -> CourseFacts:
    """The page of a course, its units side by side.

    Args:
        place: the page's file.
        graded: everybody's results, by unit.
        names: what students are called.
    Returns:
        What it says.
    """
    facts = class_facts.of_course(graded, names)
    titles = {unit: _title(unit_results) for unit, unit_results in graded.items()}
    shares = {
        titles[unit]: [_share(result) for result in unit_results] for unit, unit_results in graded.items()
    }
    medians = ", ".join(f"{unit.unit} {unit.median:g} of {unit.max_score:g}" for unit in facts.units)
    render.write(
        place,
        TEMPLATES / "course.html",
        facts=facts,
        titles=titles,
        linked=lecture.linked,
        anonymous=names.anonymous,
        spread=charts.units(shares, f"The spread of scores in each unit. Medians: {medians}."),
    )
    return facts


def _place(course: Course, unit: str, anonymous: bool, out: Path | None) -> Path:
    """The page's file."""
    if out and not out.is_dir():
        return out
    folder = out or course.root / "reports"
    name = unit or "course"
    if anonymous:
        name += "-anonymous"
    return folder / f"{name}.html"


def _feedback_pages(course: Course, graded: Sequence[Result], place: Path) -> dict[str, str]:
    """Links from a page to the students' feedback pages, where `fdl feedback` has written them."""
    links = {}
    for result in graded:
        page = course.root / "feedback" / result.student.id / result.unit / f"{result.unit}.html"
        if page.is_file():
            links[result.student.id] = quote(os.path.relpath(page, place.resolve().parent))
    return links


def _display_names(course: Course, graded: Mapping[str, Sequence[Result]], anonymous: bool) -> DisplayNames:
    people = results.roster(course)
    for unit_results in graded.values():
        people += [result.student for result in unit_results]
    if anonymous:
        return DisplayNames(people, draws.secret(course.root))
    return DisplayNames(people)


def _codes(graded: Sequence[Result]) -> dict[str, str]:
    """By student, the answers that are code; without those of whom nothing could be read."""
    codes = {}
    for result in graded:
        if not result.notebook or result.unread:
            continue
        code = _answers(result.notebook)
        if code:
            codes[result.student.id] = code
    return codes


def _answers(notebook: NotebookNode) -> str:
    """The code in a notebook's solution cells, in its order."""
    answers = []
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            answers.append(cell.source)
    return "\n\n".join(answers)


def _share(result: Result) -> float:
    """Which part of the points a student has, from 0 to 1."""
    if not result.max_score:
        return 0.0
    return result.score / result.max_score


def _title(graded: Sequence[Result]) -> str:
    notebook = next((result.notebook for result in graded if result.notebook), None)
    return notebook_view.title(notebook, graded[0].unit)


def _scores_in_words(unit: UnitScores) -> str:
    students = render.count(len(unit.scores), "student")
    return (
        f"Scores of {students}: from {unit.scores[0]:g} to {unit.scores[-1]:g} of {unit.max_score:g} points, "
        f"mean {unit.mean:g}, median {unit.median:g}."
    )
