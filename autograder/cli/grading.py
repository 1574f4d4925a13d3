"""The verbs that change a gradebook: `fdl grade` and `fdl extend`."""

from typing import Annotated

import typer

from autograder.cli.options import (
    AsJson,
    CourseRoot,
    Jobs,
    Students,
    UnitName,
    cores,
    root_of,
    unit_of,
    verb,
)

app = typer.Typer()


@app.command()
def grade(
    unit: UnitName,
    jobs: Jobs = 0,
    exercise: Annotated[
        str, typer.Option(help="Grade this one anew, and keep the verdicts about others.")
    ] = "",
    student: Students = None,
    force: Annotated[bool, typer.Option("--force", help="Grade anew what has not changed as well.")] = False,
    json: AsJson = False,
    course: CourseRoot = None,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run students' code even where nothing can confine it.")
    ] = False,
) -> None:
    """Grade what students handed in, as submitted/STUDENT/UNIT/UNIT.ipynb in the course's folder.

    Work that has not changed since it was graded is not run again. Example: fdl grade 01_forward_propagation
    """
    with verb("grade", "What is graded is saved; the same command goes on from there."):
        found, root = unit_of(unit), root_of(course)
        from autograder.cli import tables
        from autograder.cli.progress import bar
        from autograder.gradebook import grade_class

        workers = cores(jobs)
        with grade_class.sandbox(workers, unsafe) as (run, tier), bar(f"grading {found}") as progress:
            report = grade_class.grade(
                found,
                root,
                run,
                tier,
                jobs=workers,
                exercise=exercise,
                students=student or (),
                force=force,
                progress=progress,
            )
        if json:
            print(report.as_json())
        else:
            tables.show_class(report, root)
    raise typer.Exit(0 if report.fine else 1)


@app.command()
def extend(
    unit: UnitName,
    student: Annotated[str, typer.Argument(metavar="STUDENT", help="The id, as in submitted/.")],
    days: Annotated[float, typer.Option(min=0, help="After the due date; 0 takes it back.")],
    course: CourseRoot = None,
) -> None:
    """Give a student more time for a unit than its due date; grade the unit again afterwards.

    Example: fdl extend 01_forward_propagation ada --days 2
    """
    with verb("extend"):
        found, root = unit_of(unit).id, root_of(course)
        from autograder.course.layout import Course
        from autograder.gradebook import database, late_days

        with database.opened(Course(root)) as gradebook:
            due = late_days.extend(gradebook, found, student, days)
        print(f"{found} is due for {student} on {due:%Y-%m-%d %H:%M} UTC. Now run `fdl grade {found}`.")
