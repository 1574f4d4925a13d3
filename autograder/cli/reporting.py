"""The verbs that tell people how a class did, `fdl feedback` and `fdl report`. Each imports what it needs when it is called."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from autograder.course import layout

app = typer.Typer()

Course = Annotated[Path | None, typer.Option("--course", metavar="DIR", help="Another course root.")]


@app.command()
def feedback(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="Its id, number or beginning.")],
    student: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this one; may be repeated.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another folder than the course's feedback/.")
    ] = None,
    course: Course = None,
    json: Annotated[bool, typer.Option("--json", help="Print each page's file as JSON.")] = False,
) -> None:
    """Write a page for each student: points, reasons, advice, and the notebook that they handed in.

    `nbgrader release_feedback UNIT` hands them out. Example: fdl feedback 01_forward_propagation
    """
    with _told("feedback"):
        found, place = _unit(unit), _root(course)
        from autograder.cli.progress_grade import progress
        from autograder.course.layout import Course
        from autograder.reporting import feedback as making  # imports nbgrader

        with progress(f"feedback on {found}") as tell:
            written, gone = making.make(Course(place), found, student or (), out, tell)
    if json:
        print(dumps({"unit": found, "pages": {who: str(file) for who, file in written.items()}}, indent=1))
    else:
        print(f"Pages: {len(written)}, as {out or place / 'feedback'}/STUDENT/{found}/{found}.html")
    for who in gone:
        print(
            f"{who}: the graded notebook is gone, so the page has no reasons: run `fdl grade {found}`",
            file=sys.stderr,
        )
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
    course: Course = None,
    json: Annotated[bool, typer.Option("--json", help="Print what is on the page as JSON.")] = False,
) -> None:
    """Write a page about a class: scores, checks, misconceptions to reteach, whom to look at, what is alike.

    Example: fdl report 01_forward_propagation --anonymous
    """
    with _told("report"):
        found, place = _unit(unit) if unit else "", _root(course)
        from autograder.cli.progress_grade import progress
        from autograder.course.layout import Course
        from autograder.reporting import report as making  # imports nbgrader and matplotlib

        with progress("report") as tell:
            file, facts = making.make(Course(place), found, anonymous, out, tell)
    print(dumps({**facts, "page": str(file)}, indent=1, ensure_ascii=False) if json else f"Page: {file}")


@contextmanager
def _told(verb: str) -> Iterator[None]:
    """Say in a sentence what keeps a verb from its work; exit with 2 if it was called wrongly, else with 1."""
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    except Exception as error:
        from autograder.gradebook.database import Refused

        if not isinstance(error, Refused | OSError):
            raise
        print(f"fdl {verb}: {error}", file=sys.stderr)
        raise typer.Exit(1) from None


def _unit(name: str) -> str:
    from autograder.course import catalogue

    return catalogue.unit(name).id


def _root(course: Path | None) -> Path:

    root = (course or layout.ROOT / "course").resolve()
    if not root.is_dir():
        raise ValueError(f"there is no folder {root}")
    return root
