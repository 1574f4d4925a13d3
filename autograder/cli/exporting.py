"""`fdl export`: the verbs that take scores, or the grader, to another system."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.options import CourseRoot, UnitName, root_of, unit_of, verb, write
from helpers.errors import CalledWrongly, Refused

app = typer.Typer(help="Take scores, or a grader, to another system.", no_args_is_help=True)

Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Where to; by default in the course's exports/.")
]


@app.command()
def csv(
    unit: Annotated[str, typer.Argument(metavar="[UNIT]", help="Its id, number or beginning.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Every unit that has been graded.")] = False,
    out: Out = None,
    course: CourseRoot = None,
) -> None:
    """Scores for a spreadsheet: a row for each student and unit, a column for each exercise.

    Example: fdl export csv 01_forward_propagation --out scores.csv
    """
    with verb("export csv"):
        if bool(unit) == every:
            raise CalledWrongly("give a unit, or --all")
        found, root = "" if every else unit_of(unit, course).id, root_of(course)
        from autograder.course.layout import Course
        from autograder.exports import spreadsheet
        from autograder.gradebook import results

        graded = Course(root)
        units = results.graded_units(graded) if every else [found]
        if not units:
            raise Refused("no unit has been graded yet: run `fdl grade UNIT` first")
        classes = [results.of_class(graded, name) for name in units]
        rows = spreadsheet.table(classes, results.roster(graded))
        file = write(out or root / "exports" / f"{found or 'all'}.csv", spreadsheet.encoded(rows))
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
    course: CourseRoot = None,
) -> None:
    """Scores in a Canvas gradebook, for Canvas to import (Grades, Import).

    Students are found by SIS Login ID, SIS User ID, ID or Email, in this order.
    Example: fdl export canvas 01_forward_propagation --gradebook Grades.csv --column "Unit 1"
    """
    with verb("export canvas"):
        found, root = unit_of(unit, course).id, root_of(course)
        from autograder.course.layout import Course
        from autograder.exports import canvas as receiver
        from autograder.gradebook import results

        graded = results.of_class(Course(root), found)
        try:
            frame = receiver.read(gradebook.read_bytes())
            filled = receiver.fill(frame, graded, column)
        except receiver.NotCanvas as error:
            raise Refused(f"{gradebook} cannot be filled in: {error}") from None
        file = write(out or root / "exports" / f"{found}-canvas.csv", frame.text().encode())
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
    course: CourseRoot = None,
) -> None:
    """A zip for Gradescope (Configure Autograder) that grades a unit there with the course's engine.

    Example: fdl export gradescope 01_forward_propagation --out autograder.zip
    """
    with verb("export gradescope"):
        found = unit_of(unit, course)
        from autograder.exports import gradescope as receiver

        if visibility not in receiver.VISIBILITIES:
            choices = ", ".join(receiver.VISIBILITIES)
            raise CalledWrongly(f"--visibility is one of {choices}, not {visibility!r}")
        file = out or root_of(course) / "exports" / f"{found}-gradescope.zip"
        plan = receiver.pack(found, file, visibility, unsafe)
        points = sum(exercise.points for exercise in plan.exercises.values())
        print(f"{points:g} autograder points, {file.stat().st_size / 1e6:.1f} MB: {file}")
