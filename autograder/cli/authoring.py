"""The verbs for authors: `fdl build`, `fdl verify`, `fdl solutions` and `fdl site`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.options import (
    AsJson,
    CourseRoot,
    Jobs,
    UnitNames,
    chosen_root,
    cores,
    root_of,
    units_of,
    verb,
)

if TYPE_CHECKING:
    from autograder.course.catalogue import Unit

app = typer.Typer()


@app.command()
def verify(
    units: UnitNames = None,
    exercise: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this exercise; may be given again.")
    ] = None,
    draws: Annotated[int, typer.Option(min=2, help="Over how many draws.")] = 20,
    seed: Annotated[int | None, typer.Option(min=0, help="Repeat a proof; by default a fresh one.")] = None,
    jobs: Jobs = 0,
    json: AsJson = False,
    mutants: Annotated[bool, typer.Option(help="Try mutants of the references as well.")] = True,
    anew: Annotated[
        bool, typer.Option("--anew", help="Prove again what has not changed since it was proved.")
    ] = False,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="A first look in seconds: two draws, no double faults, no mutants."),
    ] = False,
    course: CourseRoot = None,
) -> None:
    """Prove every exercise: the reference right, the stub 0, each misconception caught and named.

    What has not changed since it was proved is not proved again, unless a seed is given.

    Example: fdl verify 01_forward_propagation --exercise stable_softmax
    """
    if quick:
        draws, mutants = 2, False
    with verb("verify"):
        import secrets

        from autograder.cli import tables
        from autograder.cli.progress import bar
        from autograder.course import catalogue
        from autograder.course.layout import content_of
        from autograder.proving import verify as verification

        chosen = units_of(units, course)
        if not units:
            chosen += catalogue.drafts(content_of(root_of(course)))
        with bar("proving") as progress:
            result = verification.run(
                chosen,
                exercise or [],
                draws=draws,
                seed=secrets.randbelow(1 << 31) if seed is None else seed,
                jobs=cores(jobs),
                mutants=mutants,
                pairs=not quick,
                anew=anew or seed is not None or not mutants,
                progress=progress,
                tell=progress.line,
            )
        if json:
            print(result.as_json())
        else:
            tables.show_proofs(result, verification.command(units or [], exercise or [], draws, quick))
    raise typer.Exit(0 if result.fine else 1)


@app.command()
def build(
    units: UnitNames = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; say where notebooks/ differs from a fresh build.")
    ] = False,
    zip: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Pack what students need to work anywhere.")
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Run all checks again, also where nothing has changed since.")
    ] = False,
    course: CourseRoot = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another folder for what students get.")
    ] = None,
) -> None:
    """Make the instructor's and the students' notebooks from course/units and solutions.

    Example: fdl build 01_forward_propagation --zip students.zip
    """
    with verb("build", "What was in notebooks/ is as it was, or finished."):
        from autograder.authoring import build as building
        from autograder.authoring import student_bundle
        from autograder.cli.progress import bar
        from autograder.course.layout import notebooks_of

        chosen = units_of(units, course)
        root = chosen_root(course)
        notebooks = out or notebooks_of(root)
        with bar("comparing" if check else "building") as progress:
            if check:
                differences = building.differences(chosen, root, notebooks, anew, progress)
            else:
                differences = []
                building.build(chosen, root, notebooks, anew, progress)
        for difference in differences:
            print(difference)
        if differences:
            command = " ".join(["fdl build", *map(str, chosen if units else [])])
            print(f"not up to date: {_files(differences)}. Run `{command}` and commit {_short(notebooks)}")
        elif check:
            print(f"{_short(notebooks)} is up to date ({_count(chosen)})")
        else:
            print(f"built {_count(chosen)}: {_short(notebooks)} for students, {_short(root)} for instructors")
        if zip and not differences:
            student_bundle.zip_notebooks(zip, notebooks)
            print(f"packed for students: {_short(zip)}")
    raise typer.Exit(1 if differences else 0)


@app.command()
def solutions(
    units: UnitNames = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to; by default solutions/ in the course root.")
    ] = None,
    jobs: Jobs = 0,
    course: CourseRoot = None,
) -> None:
    """Make the instructor's solution set: each unit with its answers, executed, with rubrics, as notebook and HTML.

    Example: fdl solutions 11_dropout --out solution-set
    """
    with verb("solutions"):
        from autograder.authoring import solution_set
        from autograder.cli.progress import bar
        from autograder.course.layout import is_own

        chosen, root = units_of(units, course), root_of(course)
        # A course of one's own has its exercises in solutions/.
        place = out or root / ("solution-set" if is_own(root) else "solutions")
        with bar("making solutions") as progress:
            made = solution_set.make(chosen, place, cores(jobs), progress)
        for unit in made:
            for fault in unit.faults:
                print(f"fdl solutions: {fault}", file=sys.stderr)
            for file in unit.files:
                print(file)
    raise typer.Exit(1 if any(unit.faults for unit in made) else 0)


@app.command()
def site(
    units: UnitNames = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to; by default build/pages.")] = None,
    jobs: Jobs = 0,
) -> None:
    """Write the course as pages to read: units with what their experiments show, without answers; and the guides.

    `make docs` makes a site of them.

    Example: fdl site 11_dropout --out /tmp/pages
    """
    with verb("site"):
        from autograder.authoring import site as pages
        from autograder.cli.progress import bar
        from autograder.course.layout import ROOT

        chosen = units_of(units)
        place = out or ROOT / "build" / "pages"
        with bar("running units") as progress:
            pages.make(chosen, place, cores(jobs), progress)
        print(place)


def _files(differences: Sequence[object]) -> str:
    return "1 file" if len(differences) == 1 else f"{len(differences)} files"


def _count(chosen: Sequence["Unit"]) -> str:
    return chosen[0].id if len(chosen) == 1 else f"{len(chosen)} units"


def _short(path: Path) -> str:
    """A path as a person at the top of the checkout would write it."""
    path = path.resolve()
    if path.is_relative_to(Path.cwd()):
        return str(path.relative_to(Path.cwd()))
    return str(path)
