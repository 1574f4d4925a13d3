"""The command line, `fdl`: a list of verbs, by what they are for."""

import typer

from autograder.cli import authoring, exporting, grading, rehearsal, reporting

app = typer.Typer(
    help="Build, prove and grade the course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(authoring.app)
app.add_typer(grading.app)
app.add_typer(reporting.app)
app.add_typer(exporting.app, name="export")
app.add_typer(rehearsal.app)


@app.callback()
def fdl() -> None:
    """Build, prove and grade the course Foundations of deep learning."""


def main() -> None:
    """What the command `fdl` runs."""
    app()
