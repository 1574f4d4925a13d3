"""The verb that begins a course of one's own: `fdl new`."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.options import verb

app = typer.Typer()


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The course root; not there yet, or empty.")],
    last: Annotated[
        Path | None,
        typer.Option("--from", metavar="LAST_TERM", help="Begin with what is yours in this course root."),
    ] = None,
) -> None:
    """Begin a course root of your own: it chooses units, points, dates and policies, and may add to them.

    Example: fdl new ../spring-2031 --from ../autumn-2030
    """
    with verb("new"):
        from autograder.authoring import new_course

        place = folder.resolve()
        file = new_course.make_from(place, last.resolve()) if last else new_course.make(place)
        print(f"{file} chooses units, points, dates and policies: look at it first.")
        if last:
            print("The last term's dates are comments in it. Students, grades and secret draws begin anew.")
        print(f"Then, in {place}: fdl build")
