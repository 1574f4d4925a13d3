"""The command line, `fdl`: a list of verbs. Each imports what it needs when it is called, so that help comes at once."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.cli import authoring, progress_grade, reporting, tables_demo, tables_grade, tables_verify
from autograder.cli import exporting as exports
from autograder.course import layout
from autograder.gradebook import database

app = typer.Typer(
    help="Build, prove and grade the course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(exports.app, name="export")
app.add_typer(reporting.app)


@app.callback()
def fdl() -> None:
    """Build, prove and grade the course Foundations of deep learning."""


@app.command()
def verify(
    units: Annotated[
        list[str] | None,
        typer.Argument(metavar="UNIT", help="Ids, numbers or beginnings; all by default."),
    ] = None,
    exercise: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this exercise; may be given again.")
    ] = None,
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

    from autograder.course import catalogue
    from autograder.proving import verify as verification

    try:
        chosen = [catalogue.unit(name) for name in units or []] or catalogue.units() + catalogue.drafts()
        result = verification.run(
            chosen,
            exercise or [],
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
        tables_verify.show(result, tables_verify.command(units or [], exercise or [], draws))
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
    anew: Annotated[
        bool, typer.Option("--anew", help="Run all checks again, also where nothing has changed since.")
    ] = False,
    course: Annotated[Path | None, typer.Option(metavar="DIR", help="Another course root.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another folder for what students get.")
    ] = None,
) -> None:
    """Make the instructor's and the students' notebooks from course/units and solutions.

    Example: fdl build 01_forward_propagation --zip students.zip
    """
    import sys

    from autograder.course import catalogue

    try:
        chosen = [catalogue.unit(name) for name in units or []]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    try:
        fine = authoring.run(chosen, check, zip, course or layout.COURSE, out or layout.NOTEBOOKS, anew)
    except (ValueError, OSError) as error:
        print(f"fdl build: {error}", file=sys.stderr)
        fine = False
    raise typer.Exit(0 if fine else 1)


@app.command()
def grade(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="Its id, number or beginning.")],
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at a time; by default the cores.")] = 0,
    exercise: Annotated[
        str, typer.Option(help="Grade this one anew, and keep the verdicts about others.")
    ] = "",
    student: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this one; may be repeated.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade anew what has not changed as well.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    course: Annotated[Path | None, typer.Option(metavar="DIR", help="Another course root.")] = None,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run students' code even where nothing can confine it.")
    ] = False,
) -> None:
    """Grade what students handed in, as submitted/STUDENT/UNIT/UNIT.ipynb in the course's folder.

    Work that has not changed since it was graded is not run again. Example: fdl grade 01_forward_propagation
    """
    import os
    import sys

    from autograder.course import catalogue

    try:
        found = catalogue.unit(unit)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    root = course or layout.ROOT / "course"
    if not root.is_dir():
        raise typer.BadParameter(f"there is no folder {root}")
    workers = jobs or os.cpu_count() or 1
    try:
        from autograder.gradebook import (
            grade_class as grading,  # imports nbgrader; `kernels` starts before TensorFlow
        )

        with (
            grading.kernels(workers, unsafe) as (run, tier),
            progress_grade.progress(f"grading {found}") as tell,
        ):
            report = grading.grade(
                found,
                root,
                run,
                tier,
                jobs=workers,
                exercise=exercise,
                students=student or (),
                force=force,
                tell=tell,
            )
    except (grading.Refused, RuntimeError, OSError) as error:
        print(f"fdl grade: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    except KeyboardInterrupt:
        print("Interrupted. What is graded is saved; the same command goes on from there.", file=sys.stderr)
        raise typer.Exit(1) from None
    if json:
        print(report.as_json())
    else:
        tables_grade.show(report, root)
    raise typer.Exit(0 if report.fine else 1)


@app.command()
def demo(
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to; by default course/demo, which is emptied.")
    ] = None,
    students: Annotated[int, typer.Option(min=0, help="At least so many in the first unit.")] = 24,
    unit: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this unit; may be repeated.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at a time; by default the cores.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Build the course, grade a class of made-up students, and see whether grading finds what they got wrong.

    Example: fdl demo --unit 01_forward_propagation
    """
    import os
    import sys

    from autograder.rehearsal import demo as demonstration

    try:
        units = demonstration.chosen(unit or [])
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    try:
        place = (out or layout.ROOT / "course" / "demo").resolve()
        result = demonstration.run(units, place, students, jobs or os.cpu_count() or 1)
    except (ValueError, RuntimeError, OSError) as error:
        print(f"fdl demo: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    if json:
        print(demonstration.as_json(result))
    else:
        tables_demo.show(result)
    raise typer.Exit(1 if result.shortfalls else 0)


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
    course: Annotated[Path | None, typer.Option(metavar="DIR", help="Another course root.")] = None,
) -> None:
    """Open JupyterLab as a student or an instructor, with an exchange on this machine.

    Other options go to Jupyter. Example: fdl lab --instructor --port 9000
    """
    import sys

    from autograder.rehearsal import lab as labs

    root = course or labs.COURSE
    if not root.is_dir():
        raise typer.BadParameter(f"there is no folder {root}")
    role = labs.INSTRUCTOR if instructor else labs.STUDENT
    try:
        place = labs.Lab(root, dir or root / "lab")
        labs.prepare(place, role)
    except (ValueError, OSError) as error:
        print(f"fdl lab: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    print(f"The {role}'s files: {place.root(role)}; exchange: {place.exchange}", flush=True)
    labs.start(place, role, [*context.args, *([] if browser else ["--no-browser"])])


@app.command()
def extend(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="Its id, number or beginning.")],
    student: Annotated[str, typer.Argument(metavar="STUDENT", help="The id, as in submitted/.")],
    days: Annotated[float, typer.Option(min=0, help="After the due date; 0 takes it back.")],
    course: Annotated[Path | None, typer.Option(metavar="DIR", help="Another course root.")] = None,
) -> None:
    """Give a student more time for a unit than its due date; grade the unit again afterwards.

    Example: fdl extend 01_forward_propagation ada --days 2
    """
    import sys

    from autograder.course import catalogue

    try:
        found = catalogue.unit(unit).id
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    from autograder.gradebook import late_days, results

    try:
        with database._gradebook(results.Course(course or layout.ROOT / "course")) as gradebook:
            due = late_days.extend(gradebook, found, student, days)
    except (results.Refused, ValueError) as error:
        print(f"fdl extend: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    print(f"{found} is due for {student} on {due:%Y-%m-%d %H:%M} UTC. Now run `fdl grade {found}`.")


@app.command()
def solutions(
    units: Annotated[
        list[str] | None,
        typer.Argument(metavar="[UNIT]...", help="Ids, numbers or beginnings; all by default."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to; by default solutions/ in the course root.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=0, help="Units at a time; by default the cores.")] = 0,
    course: Annotated[Path | None, typer.Option(metavar="DIR", help="Another course root.")] = None,
) -> None:
    """Make the instructor's solution set: each unit with its answers, executed, with rubrics, as notebook and HTML.

    Example: fdl solutions 11_dropout --out solution-set
    """
    import os
    import sys

    from autograder.authoring import solution_set
    from autograder.cli.progress_grade import progress
    from autograder.course import catalogue

    try:
        chosen = [catalogue.unit(name) for name in units or []] or catalogue.units()
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    place = out or (course or layout.ROOT / "course") / "solutions"
    try:
        with progress("making solutions") as tell:
            made = solution_set.make(chosen, place, jobs or os.cpu_count() or 1, tell)
    except (ValueError, OSError) as error:
        print(f"fdl solutions: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    for unit in made:
        for fault in unit.faults:
            print(f"fdl solutions: {fault}", file=sys.stderr)
        for file in unit.files:
            print(file)
    raise typer.Exit(1 if any(unit.faults for unit in made) else 0)


def main() -> None:
    app()
