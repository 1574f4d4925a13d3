"""The verbs that try it all on one machine: `fdl demo`, `fdl farm` and `fdl lab`."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.options import AsJson, CourseRoot, Jobs, cores, root_of, verb

app = typer.Typer()


@app.command()
def demo(
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to; by default course/demo, which is emptied.")
    ] = None,
    students: Annotated[int, typer.Option(min=0, help="At least so many in the first unit.")] = 24,
    misconceptions: Annotated[
        int, typer.Option(min=0, help="At most so many of each exercise are held; 0 for all of them.")
    ] = 6,
    unit: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this unit; may be repeated.")
    ] = None,
    jobs: Jobs = 0,
    json: AsJson = False,
) -> None:
    """Build the course, grade a class of made-up students, and see whether grading finds what they got wrong.

    Example: fdl demo --unit 01_forward_propagation
    """
    with verb("demo"):
        from autograder.cli import tables
        from autograder.cli.progress import bar
        from autograder.course.layout import COURSE
        from autograder.rehearsal import demo as rehearsal

        units = rehearsal.chosen(unit or [])
        place = (out or COURSE / "demo").resolve()
        result = rehearsal.run(units, place, students, cores(jobs), bar, misconceptions)
        if json:
            print(rehearsal.as_json(result))
        else:
            tables.show_demo(result)
    raise typer.Exit(1 if result.shortfalls else 0)


@app.command()
def farm(
    workers: Annotated[int, typer.Argument(min=1, metavar="N", help="How many workers.")],
    threads: Annotated[int, typer.Option(min=1, help="How much each does at a time.")] = 2,
    course: CourseRoot = None,
) -> None:
    """Start a scheduler and N workers on this machine, to try `fdl grade UNIT --workers` with. Ctrl-C ends them.

    Example: fdl farm 2
    """
    with verb("farm", "The scheduler and its workers are ended."):
        root = root_of(course)
        from autograder.rehearsal import farm as farms

        with farms.farm(workers, threads, root) as started:
            print("In another terminal:", " ".join(["fdl grade UNIT", *started.options]), flush=True)
            started.wait()


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    context: typer.Context,
    instructor: Annotated[
        bool, typer.Option("--instructor/--student", help="Whose JupyterLab; by default a student's.")
    ] = False,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Exchange and student's work; by default lab/ in the course root."),
    ] = None,
    course: CourseRoot = None,
) -> None:
    """Open JupyterLab as a student or an instructor, with an exchange on this machine.

    Other options go to Jupyter. Example: fdl lab --instructor --port 9000
    """
    with verb("lab"):
        root = root_of(course)
        from autograder.cli.progress import bar
        from autograder.rehearsal import lab as labs

        role = labs.INSTRUCTOR if instructor else labs.STUDENT
        place = labs.Lab(root, dir or root / "lab")
        with bar("preparing") as progress:
            labs.prepare(place, role, progress)
        print(f"The {role}'s files: {place.root(role)}; exchange: {place.exchange}", flush=True)
        labs.start(place, role, [*context.args, *([] if browser else ["--no-browser"])])
