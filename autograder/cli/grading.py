"""The verbs that change a gradebook: `fdl collect`, `fdl grade`, `fdl due` and `fdl extend`."""

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
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
from helpers.errors import CalledWrongly, Refused

app = typer.Typer()

TlsCa = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The certificate of the workers' authority.")
]
TlsCert = Annotated[Path | None, typer.Option(metavar="FILE", help="A certificate of that authority.")]
TlsKey = Annotated[Path | None, typer.Option(metavar="FILE", help="The key of that certificate.")]


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
    workers: Annotated[
        str,
        typer.Option(metavar="ADDRESS", help="Grade on the workers of a dask scheduler: tls://HOST:8786."),
    ] = "",
    tls_ca: TlsCa = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
) -> None:
    """Grade what students handed in, as submitted/STUDENT/UNIT/UNIT.ipynb in the course's folder.

    Work that has not changed since it was graded is not run again. Example: fdl grade 01_forward_propagation
    """
    with verb("grade", "What is graded is saved; the same command goes on from there."):
        found, root = unit_of(unit, course), root_of(course)
        if workers and (jobs or unsafe):
            raise CalledWrongly("--jobs and --unsafe are about this machine, and --workers grades on others")
        if not workers and (tls_ca or tls_cert or tls_key):
            raise CalledWrongly("--tls-ca, --tls-cert and --tls-key go with --workers tls://HOST:PORT")
        from autograder.cli import tables
        from autograder.cli.progress import bar
        from autograder.course.layout import Course
        from autograder.gradebook import grade_class, unchanged
        from autograder.grading import dask_farm

        side_by_side = cores(jobs)
        with ExitStack() as stack:
            if workers:
                tls = dask_farm.tls_of(workers, tls_ca, tls_cert, tls_key)
                farm = stack.enter_context(dask_farm.connected(workers, tls))
                progress = stack.enter_context(bar(f"grading {found}"))
                backend = grade_class.on_workers(farm, progress.line, progress)
                run, tier = grade_class.NOT_HERE, ""
            else:
                backend = None
                at_once = force or bool(exercise) or unchanged.anybody_new(Course(root), found.id)
                run, tier = stack.enter_context(grade_class.sandbox(side_by_side, unsafe, at_once))
                progress = stack.enter_context(bar(f"grading {found}"))
            report = grade_class.grade(
                found,
                root,
                run,
                tier,
                jobs=side_by_side,
                exercise=exercise,
                students=student or (),
                force=force,
                progress=progress,
                backend=backend,
            )
        if json:
            print(report.as_json())
        else:
            tables.show_class(report, root)
    raise typer.Exit(0 if report.fine else 1)


@app.command()
def collect(
    source: Annotated[str, typer.Argument(metavar="FOLDER|ZIP", help="What was downloaded.")],
    unit: Annotated[str | None, typer.Argument(metavar="UNIT", help="Its id, number or beginning.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last one of UNIT back.")] = False,
    course: CourseRoot = None,
) -> None:
    """Take what Canvas, Moodle or Gradescope gave to download into submitted/, by the gradebook's roster.

    Example: fdl collect submissions.zip 01_forward_propagation; back: fdl collect --undo 01_forward_propagation
    """
    with verb("collect"):
        from autograder.course.layout import Course
        from autograder.gradebook import collect as collecting
        from autograder.gradebook import database

        place = Course(root_of(course))
        if undo:
            found = unit_of(unit or source, course).id
            done = collecting.undo(place, found)
            print(
                f"taken back: {len(done.students)} submissions, {len(done.replaced)} of which there were before"
            )
            return
        if unit is None:
            raise CalledWrongly("name the unit as well: fdl collect FOLDER|ZIP UNIT")
        found = unit_of(unit, course).id
        with database.opened(place, make=True) as gradebook:
            roster = collecting.roster_of(gradebook)
        done = collecting.collect(place, found, Path(source), roster)
        for sentence in done.unmatched:
            print(f"not collected: {sentence}")
        for sentence in done.remarks:
            print(sentence)
        for student in done.late:
            print(
                f"{student} is late, says the platform, and not when: put it into timestamp.txt, if it matters"
            )
        print(
            f"{len(done.students)} students: {place.root / 'submitted'}; {len(done.replaced)} had handed in before"
        )
        print(f"`fdl collect --undo {found}` takes it back. Now run `fdl grade {found}`.")
    raise typer.Exit(1 if done.unmatched else 0)


Zone = Annotated[
    str | None,
    typer.Option(
        "--zone", metavar="ZONE", help="Whose clocks: Europe/Berlin. By default the course's, or those here."
    ),
]


@app.command()
def due(
    unit: UnitName,
    when: Annotated[
        str | None,
        typer.Argument(metavar="[WHEN]", help='Date and time: "2030-01-31 23:59"; `never` for none.'),
    ] = None,
    zone: Zone = None,
    student: Annotated[
        list[str] | None, typer.Option("--student", metavar="ID", help="Only for this one; may be repeated.")
    ] = None,
    course: CourseRoot = None,
) -> None:
    """Say when a unit is due, for everybody or for some; without WHEN, show it. Grade the unit again afterwards.

    Example: fdl due 01_forward_propagation "2030-01-31 23:59" --zone Europe/Berlin
    """
    with verb("due"):
        found, root = unit_of(unit, course).id, root_of(course)
        from autograder.course.layout import Course
        from autograder.gradebook import database, dates, due_dates, own_course

        place = Course(root)
        file = own_course.where_due(place, found)
        if file and when and not student:
            raise Refused(f"{file} says when {found} is due: change it there, and run `fdl grade {found}`")
        zone = zone or own_course.zone(place)
        moment = None if when in (None, "never") else dates.understood(when or "", zone)
        with database.opened(place, make=True) as gradebook:
            own_course.follow(gradebook, place, found)
            before = due_dates.due_date(gradebook, found)
            if when is None:
                _show_due(found, before, zone)
                extended = due_dates.everybody_with_more_time(gradebook, place, found)
            elif student:
                extended = {}
                for one in student:
                    extension = due_dates.Extension(until=moment) if moment else due_dates.Extension(days=0)
                    extended[one] = due_dates.extend(gradebook, place, found, one, extension)
            else:
                extended = due_dates.set_due(gradebook, place, found, moment)
                _show_due(found, moment, zone)
        for one, theirs in extended.items():
            print(f"for {one}: {dates.in_words(theirs, zone)}")
        if when is None:
            return
        if not student:
            was = f"'{before:%Y-%m-%d %H:%M} UTC'" if before else "never"
            print(f"`fdl due {found} {was}` takes it back.")
        print(f"Now run `fdl grade {found}`.")


def _show_due(unit: str, moment: datetime | None, zone: str | None) -> None:
    from autograder.gradebook import dates

    if moment is None:
        print(f"{unit} is never due.")
    else:
        print(f"{unit} is due at {dates.in_words(moment, zone)}.")


@app.command()
def extend(
    unit: UnitName,
    student: Annotated[str, typer.Argument(metavar="STUDENT", help="The id, as in submitted/.")],
    days: Annotated[float, typer.Option(min=0, help="After the due date; 0 takes it back.")],
    zone: Zone = None,
    course: CourseRoot = None,
) -> None:
    """Give a student more time for a unit than its due date, before or after they hand in; grade it again afterwards.

    Example: fdl extend 01_forward_propagation ada --days 2
    """
    with verb("extend"):
        found, root = unit_of(unit, course).id, root_of(course)
        from autograder.course.layout import Course
        from autograder.gradebook import database, dates, due_dates, own_course

        place = Course(root)
        zone = zone or own_course.zone(place)
        with database.opened(place, make=True) as gradebook:
            own_course.follow(gradebook, place, found)
            extension = due_dates.Extension(days=days)
            theirs = due_dates.extend(gradebook, place, found, student, extension)
        print(f"{found} is due for {student} at {dates.in_words(theirs, zone)}.")
        if student in place.students(found):
            print(f"Now run `fdl grade {found}`.")
        else:
            print(f"{student} has handed in nothing yet; it counts when they do.")
