"""The verbs that tell people how a class did: `fdl feedback` and `fdl report`."""

import sys
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.options import CourseRoot, Students, UnitName, root_of, unit_of, verb

app = typer.Typer()


@app.command()
def feedback(
    unit: UnitName,
    student: Students = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another folder than the course's feedback/.")
    ] = None,
    course: CourseRoot = None,
    json: Annotated[bool, typer.Option("--json", help="Print each page's file as JSON.")] = False,
) -> None:
    """Write a page for each student: points, reasons, advice, and the notebook that they handed in.

    `nbgrader release_feedback UNIT` hands them out. Example: fdl feedback 01_forward_propagation
    """
    with verb("feedback"):
        found, root = unit_of(unit, course).id, root_of(course)
        from autograder.cli.progress import bar
        from autograder.course.layout import Course
        from autograder.reporting import feedback as making

        with bar(f"feedback on {found}") as progress:
            written, gone = making.make(Course(root), found, student or (), out, progress)
        if json:
            pages = {who: str(file) for who, file in written.items()}
            print(dumps({"unit": found, "pages": pages}, indent=1))
        else:
            print(f"Pages: {len(written)}, as {out or root / 'feedback'}/STUDENT/{found}/{found}.html")
        for who in gone:
            why = "the graded notebook is gone, so the page has no reasons"
            print(f"{who}: {why}: run `fdl grade {found}`", file=sys.stderr)
    raise typer.Exit(1 if gone else 0)


@app.command()
def report(
    unit: Annotated[
        str,
        typer.Argument(metavar="[UNIT]", help="Its id, number or beginning; by default the whole course."),
    ] = "",
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Leave every name out.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A file, or a folder for it; by default the course's reports/."),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What `fdl report UNIT --json` said in another term."),
    ] = None,
    course: CourseRoot = None,
    json: Annotated[bool, typer.Option("--json", help="Print what is on the page as JSON.")] = False,
) -> None:
    """Write a page about a class: scores, checks, misconceptions to reteach, whom to look at, what is alike.

    Example: fdl report 01_forward_propagation --compare last-term.json
    """
    with verb("report"):
        found, root = unit_of(unit, course).id if unit else "", root_of(course)
        from autograder.cli.progress import bar
        from autograder.course.layout import Course
        from autograder.reporting import report as making

        with bar("report") as progress:
            file, facts = making.make(Course(root), found, anonymous, out, progress, compare)
        if json:
            print(dumps({**facts, "page": str(file)}, indent=1, ensure_ascii=False))
        else:
            print(f"Page: {file}")
