"""`fdl report [UNIT]`: a page about a class, as one file: what to reteach, whom to look at, what is alike."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.course.layout import Course
from autograder.gradebook import results
from autograder.gradebook.results import Result
from autograder.grading import draws
from autograder.pages import render
from autograder.progress import Progress, silent
from autograder.reporting import charts, class_facts, notebook_view, similarity
from autograder.reporting.anonymity import Names
from autograder.reporting.similarity import Pair
from helpers.errors import Refused


def make(
    course: Course,
    unit: str = "",
    anonymous: bool = False,
    out: Path | None = None,
    progress: Progress = silent,
) -> tuple[Path, dict]:
    """Write the page of a unit or, without one, of the course.

    Args:
        out: the file, or a folder for it; by default the course's reports/.
        progress: is told how far it is.
    Returns:
        The file, and what it says.
    Raises:
        Refused: if nothing has been graded.
    """
    place = out or course.root / "reports"
    if not out or out.is_dir():
        place /= f"{unit or 'course'}{'-anonymous' if anonymous else ''}.html"
    units = [unit] if unit else results.graded_units(course)
    if not units:
        raise Refused("no unit has been graded yet: run `fdl grade UNIT` first")
    graded = {}
    for number, name in enumerate(units):
        progress(number, len(units) + 1, name)
        graded[name] = results.of_class(course, name)
    progress(len(units), len(units) + 1, "the page")
    everybody = results.roster(course) + [result.student for these in graded.values() for result in these]
    names = Names(everybody, draws.secret(course.root) if anonymous else None)
    given = results.handed_out(course, unit) if unit else []
    about = write_unit(place, graded[unit], names, given) if unit else write_course(place, graded, names)
    progress(len(units) + 1, len(units) + 1, place.name)
    return place, about


def write_unit(place: Path, graded: Sequence[Result], names: Names, given: Sequence[str] = ()) -> dict:
    """The page of one unit.

    Args:
        given: code that was handed out.
    Returns:
        What it says.
    """
    unit = graded[0].unit
    codes = {r.student.id: code for r in graded if (code := _code(r))}
    pairs = similarity.pairs(codes, given)
    about = class_facts.of_unit(graded, names)
    called = {result.student.id: names.of(result.student) for result in graded}
    alike = [
        {
            "students": [called[who] for who in pair.students],
            "shares": [round(share, 3) for share in pair.shares],
            "lines": [len(lines) for lines in pair.marks],
        }
        for pair in pairs
    ]
    render.write(
        place,
        "unit.html",
        about=about,
        title=_title(graded),
        anonymous=names.anonymous,
        scores=charts.scores(about["scores"], about["max_score"], _scores_in_words(about)),
        outcomes=charts.outcomes(
            {e["exercise"]: e["outcomes"] for e in about["exercises"]},
            "How many students got all points of each exercise, some or none; the table of checks below has the numbers.",
        ),
        alike=list(zip(alike, _side_by_side(pairs, codes, given, names), strict=False)),
        more=max(0, len(pairs) - similarity.SHOWN),
    )
    return {"unit": unit, **about, "alike": alike}


def write_course(place: Path, graded: Mapping[str, Sequence[Result]], names: Names) -> dict:
    """The page of a course, its units side by side."""
    about = class_facts.of_course(graded, names)
    titles = {unit: _title(these) for unit, these in graded.items()}
    shares = {
        titles[u]: [r.score / r.max_score if r.max_score else 0 for r in rs] for u, rs in graded.items()
    }
    medians = ", ".join(f"{u['unit']} {u['median']:g} of {u['max_score']:g}" for u in about["units"])
    render.write(
        place,
        "course.html",
        about=about,
        titles=titles,
        anonymous=names.anonymous,
        spread=charts.units(shares, f"The spread of scores in each unit. Medians: {medians}."),
    )
    return about


def _code(result: Result) -> str:
    """A student's answers that are code, in the notebook's order; "" if nothing could be read."""
    if not result.notebook or result.unread:
        return ""
    answers = (
        cell.source
        for cell in result.notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    )
    return "\n\n".join(answers)


def _side_by_side(
    pairs: Sequence[Pair], codes: dict[str, str], given: Sequence[str], names: Names
) -> list[tuple]:
    hidden = {who: names.hide(code) for who, code in codes.items()}
    return [similarity.excerpts(pair, hidden, given) for pair in pairs[: similarity.SHOWN]]


def _title(graded: Sequence[Result]) -> str:
    return notebook_view.title(next((r.notebook for r in graded if r.notebook), None), graded[0].unit)


def _scores_in_words(about: dict) -> str:
    scores, most = about["scores"], about["max_score"]
    return (
        f"Scores of {render.count(len(scores), 'student')}: from {scores[0]:g} to {scores[-1]:g} of {most:g} points, "
        f"mean {about['mean']:g}, median {about['median']:g}."
    )
