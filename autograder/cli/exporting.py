"""`fdl export`: its verbs. Each imports what it needs when it is called."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from autograder.course import layout

app = typer.Typer(help="Take scores, or a grader, to another system.", no_args_is_help=True)

Course = Annotated[Path | None, typer.Option("--course", metavar="DIR", help="Another course root.")]
UnitName = Annotated[str, typer.Argument(metavar="UNIT", help="Its id, number or beginning.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Where to; by default in the course's exports/.")
]


@app.command()
def csv(
    unit: Annotated[str, typer.Argument(metavar="[UNIT]", help="Its id, number or beginning.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every unit that has been graded.")] = False,
    out: Out = None,
    course: Course = None,
) -> None:
    """Scores for a spreadsheet: a row for each student and unit, a column for each exercise.

    Example: fdl export csv 01_forward_propagation --out scores.csv
    """
    if bool(unit) == every:
        raise typer.BadParameter("give a unit, or --all")
    found = "" if every else _unit(unit)
    place = _root(course)
    from autograder.exports import spreadsheet
    from autograder.gradebook import results

    with _told("csv"):
        graded = results.Course(place)
        units = results.graded_units(graded) if every else [found]
        if not units:
            raise results.Refused("no unit has been graded yet: run `fdl grade UNIT` first")
        rows = spreadsheet.table([results.of_class(graded, u) for u in units], results.roster(graded))
        file = _write(out or place / "exports" / f"{found or 'all'}.csv", spreadsheet.encoded(rows))
    print(f"{len(rows) - 1} rows: {file}")


@app.command()
def canvas(
    unit: UnitName,
    gradebook: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="What Canvas exported (Grades, Export).", exists=True, dir_okay=False
        ),
    ],
    column: Annotated[
        str, typer.Option(metavar="NAME", help="Title of the Canvas assignment; by default the unit's id.")
    ] = "",
    out: Out = None,
    course: Course = None,
) -> None:
    """Scores in a Canvas gradebook, for Canvas to import (Grades, Import).

    Students are found by SIS Login ID, SIS User ID, ID or Email, in this order.
    Example: fdl export canvas 01_forward_propagation --gradebook Grades.csv --column "Unit 1"
    """
    found, place = _unit(unit), _root(course)
    from autograder.exports import canvas as receiver
    from autograder.gradebook import results

    with _told("canvas"):
        graded = results.of_class(results.Course(place), found)
        try:
            frame = receiver.read(gradebook.read_bytes())
            filled = receiver.fill(frame, graded, column)
        except receiver.NotCanvas as error:
            raise ValueError(f"{gradebook} cannot be filled in: {error}") from None
        file = _write(out or place / "exports" / f"{found}-canvas.csv", frame.text().encode())
    for text in filled.told + filled.ambiguous:
        print(f"fdl export canvas: {text}", file=sys.stderr)
    print(f"{filled.entered} of {len(graded)} scores in the column {filled.column!r}: {file}")
    raise typer.Exit(1 if filled.ambiguous else 0)


@app.command()
def gradescope(
    unit: UnitName,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The zip; by default in the course's exports/."),
    ] = None,
    visibility: Annotated[
        str, typer.Option(help="Of the checks: visible, hidden, after_due_date or after_published.")
    ] = "visible",
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Grade there even if nothing can confine students' code.")
    ] = False,
    course: Course = None,
) -> None:
    """A zip for Gradescope (Configure Autograder) that grades a unit there with the course's engine.

    Example: fdl export gradescope 01_forward_propagation --out autograder.zip
    """
    from autograder.course import catalogue
    from autograder.exports import gradescope as receiver

    found = _unit(unit)
    if visibility not in receiver.VISIBILITIES:
        raise typer.BadParameter(
            f"--visibility is one of {', '.join(receiver.VISIBILITIES)}, not {visibility!r}"
        )
    file = out or _root(course) / "exports" / f"{found}-gradescope.zip"
    with _told("gradescope"):
        plan = receiver.pack(catalogue.unit(found), file, visibility, unsafe)
    points = sum(exercise.points for exercise in plan.exercises.values())
    print(f"{points:g} autograder points, {file.stat().st_size / 1e6:.1f} MB: {file}")


def _unit(name: str) -> str:
    from autograder.course import catalogue

    try:
        return catalogue.unit(name).id
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _root(course: Path | None) -> Path:

    root = course or layout.ROOT / "course"
    if not root.is_dir():
        raise typer.BadParameter(f"there is no folder {root}")
    return root


def _write(file: Path, data: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


@contextmanager
def _told(verb: str) -> Iterator[None]:
    """Say in a sentence on stderr what went wrong."""
    from autograder.gradebook.database import Refused

    try:
        yield
    except (Refused, ValueError, OSError) as error:
        print(f"fdl export {verb}: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
