"""The command line, `fdl`: a list of verbs. Each imports what it needs when it is called, so that help comes at once."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Build, prove and grade the course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def fdl() -> None:
    """Build, prove and grade the course Foundations of deep learning."""


@app.command()
def verify(
    units: Annotated[
        list[str] | None,
        typer.Argument(metavar="UNIT", help="Ids, numbers or beginnings; all by default."),
    ] = None,
    exercise: Annotated[str, typer.Option(help="Only the exercise of this name.")] = "",
    draws: Annotated[int, typer.Option(min=2, help="Over how many draws.")] = 20,
    seed: Annotated[int | None, typer.Option(min=0, help="Repeat a proof; by default a fresh one.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; by default the cores.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    mutants: Annotated[bool, typer.Option(help="Try mutants of the references as well.")] = True,
) -> None:
    """Prove every exercise: the reference right, the stub 0, each misconception caught and named.

    Example: fdl verify 01_forward_propagation --exercise stable_softmax
    """
    import os
    import secrets

    from autograder import catalogue
    from autograder import verify as verification

    try:
        chosen = [catalogue.unit(name) for name in units or []] or catalogue.units() + catalogue.drafts()
        result = verification.run(
            chosen,
            exercise,
            draws=draws,
            seed=secrets.randbelow(1 << 31) if seed is None else seed,
            jobs=jobs or os.cpu_count() or 1,
            mutants=mutants,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if json:
        print(result.as_json())
    else:
        verification.show(result, verification.command(units or [], exercise, draws))
    raise typer.Exit(0 if result.fine else 1)


@app.command()
def build(
    units: Annotated[
        list[str] | None,
        typer.Argument(metavar="[UNIT]...", help="Ids, numbers or beginnings; all by default."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; say where notebooks/ differs from a fresh build.")
    ] = False,
    zip: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Pack what students need to work anywhere.")
    ] = None,
    course: Annotated[Path | None, typer.Option(metavar="DIR", help="Another course root.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another folder for what students get.")
    ] = None,
) -> None:
    """Make the instructor's and the students' notebooks from course/units and solutions.

    Example: fdl build 01_forward_propagation --zip students.zip
    """
    import sys

    from autograder import build as building
    from autograder import catalogue

    try:
        chosen = [catalogue.unit(name) for name in units or []]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    try:
        fine = building.run(chosen, check, zip, course or building.COURSE, out or building.NOTEBOOKS)
    except (ValueError, OSError) as error:
        print(f"fdl build: {error}", file=sys.stderr)
        fine = False
    raise typer.Exit(0 if fine else 1)


def main() -> None:
    app()
