"""The command line, `fdl`: a list of verbs, by what they are for."""

from pathlib import Path
from typing import Annotated

import typer

from autograder import logs
from autograder.cli import authoring, exporting, grading, new, operations, rehearsal, reporting, term
from autograder.cli.options import verb

app = typer.Typer(
    help="Build, prove and grade the course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(new.app)
app.add_typer(authoring.app)
app.add_typer(grading.app)
app.add_typer(reporting.app)
app.add_typer(exporting.app, name="export")
app.add_typer(operations.app, name="operations")
app.add_typer(term.app)
app.add_typer(rehearsal.app)


@app.callback()
def fdl(
    log: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Append a log to this file; - is stderr. By default there is none."
        ),
    ] = None,
    log_level: Annotated[
        str, typer.Option(metavar="LEVEL", help="The least that is logged: debug, info, warning or error.")
    ] = "info",
) -> None:
    """Build, prove and grade the course Foundations of deep learning."""
    with verb("--log"):
        if log is None:
            logs.discard()
        else:
            logs.configure(log_level, None if str(log) == "-" else log)


def main() -> None:
    """What the command `fdl` runs."""
    app()
