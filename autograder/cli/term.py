"""The verbs that keep a course through a term: its students, its backups, its gradebook and its machine."""

import sys
from dataclasses import asdict
from json import dumps
from pathlib import Path
from typing import Annotated

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
from helpers.errors import CourseError, Refused

app = typer.Typer()
gradebook_app = typer.Typer(help="Take the gradebook to another database.", no_args_is_help=True)
app.add_typer(gradebook_app, name="gradebook")

# How a gradebook is named on the command line.
NAMED = "a course root, whose nbgrader_config.py says it; an SQLite file; or a URL"
# Of the students of one kind that are named, before it only says how many more there are.
SHOWN = 20


@gradebook_app.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help=f"Where the gradebook is: {NAMED}.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where to, as well; there is nothing yet.")],
) -> None:
    """Copy a gradebook from a file to a PostgreSQL server, or back: every row of it, or nothing.

    A password in a URL is seen by others on this machine: name a course root, or use ~/.pgpass.
    Example: fdl gradebook copy course/gradebook.db course
    """
    with verb("gradebook copy"):
        from autograder.gradebook import copying, database

        old, new = _address(source), _address(target)
        copied = copying.copy(old, new)
        for name, rows in copied.rows.items():
            print(f"{rows:10,}  {name}")
        print(f"{sum(copied.rows.values()):10,}  rows: {database.place(old)} → {database.place(new)}")
        if copied.left_out:
            print(f"not copied, since they are not nbgrader's: {', '.join(copied.left_out)}")
        print(
            f"{database.place(old)} is as it was. c.CourseDirectory.db_url in nbgrader_config.py chooses between them."
        )


def _address(text: str) -> str:
    """The URL of a gradebook, as it was called on the command line."""
    from autograder.course.layout import Course
    from autograder.gradebook import copying, database

    if "://" in text:
        return text
    path = Path(text)
    if path.is_dir():
        return database.address(Course(path))
    return copying.url_of(path)


@app.command()
def backup(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="Not there yet: autumn-week-7.tar.gz.")],
    course: CourseRoot = None,
) -> None:
    """Put all of a course that cannot be made again into one archive: grades, submissions, settings, secret draws.

    It is as secret as all of these; only you can read it. Example: fdl backup autumn-week-7.tar.gz
    """
    with verb("backup"):
        from autograder.course.layout import Course
        from autograder.gradebook import backup as making

        place = Course(root_of(course))
        kept = making.backup(place, archive.absolute())
        for name in kept.left_out:
            print(f"left out, since it is no ordinary file: {name}", file=sys.stderr)
        print(_what_it_holds(kept.rows, kept.files))
        print(
            f"{archive}, {archive.stat().st_size / 1e6:.1f} MB. It is secret: grades, answers and the secret of the draws "
            "are in it, and a password if nbgrader_config.py has one"
        )
        print(f"It comes back by `fdl restore {archive}`.")


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="What `fdl backup` wrote.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that differ; they are kept in before-restore/.")
    ] = False,
    course: CourseRoot = None,
) -> None:
    """Put what a backup holds into a course root; what it does not hold stays there.

    Restore only what you have backed up: its nbgrader_config.py is a program. Example: fdl restore autumn-week-7.tar.gz
    """
    with verb("restore"):
        from autograder.course.layout import Course
        from autograder.gradebook import backup as making

        place = Course(chosen_root(course))
        kept = making.restore(archive.absolute(), place, force)
        print(f"{_what_it_holds(kept.rows, kept.files)}: {place.root}")
        if kept.replaced:
            print(f"What was there before is in {kept.replaced}: to take it back, move it to where it was.")
        print("`fdl build`, `fdl feedback UNIT` and `fdl report` make the rest again.")


def _what_it_holds(rows: dict[str, int], files: int) -> str:
    if not rows:
        return f"{files:,} files; nothing has been graded yet, so there is no gradebook"
    students, grades = rows.get("student", 0), rows.get("grade", 0)
    return f"{files:,} files, and a gradebook of {sum(rows.values()):,} rows: {students:,} students, {grades:,} grades"


@app.command()
def roster(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, as Canvas, Moodle or Gradescope exports it.")
    ],
    id_column: Annotated[
        str, typer.Option("--id", metavar="TITLE", help="The column of the ids that submitted/ is to have.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be, and change nothing.")
    ] = False,
    course: CourseRoot = None,
) -> None:
    """Enter students into the gradebook: ids, names, emails and the platform's ids. Nobody is ever removed.

    Example: fdl roster participants.csv --dry-run
    """
    with verb("roster"):
        root = root_of(course)
        from autograder.course.layout import Course
        from autograder.gradebook import database
        from autograder.gradebook import roster as importing

        with database.opened(Course(root), make=True) as gradebook:
            done = importing.bring_in(gradebook, file, id_column, write=not dry_run)
        for name, title in done.columns.items():
            print(f"{name:12} from {title!r}")
        if done.unused:
            print(f"not used: {', '.join(map(repr, done.unused))}")
        _list("new", done.added)
        _list("changed", [f"{student} ({what})" for student, what in done.updated.items()])
        _list("left out", done.left_out)
        for sentence in done.unusable:
            print(f"not used: {sentence}", file=sys.stderr)
        print(f"{len(done.added)} new, {len(done.updated)} changed, {done.kept} as they were.")
        if dry_run:
            print("Nothing was written; without --dry-run it is.")
        elif done.added:
            print("`nbgrader db student remove ID`, in the course's folder, takes one of them back.")
    raise typer.Exit(1 if done.unusable else 0)


def _list(what: str, sentences: list[str]) -> None:
    for sentence in sentences[:SHOWN]:
        print(f"{what}: {sentence}")
    if len(sentences) > SHOWN:
        print(f"{what}: and {len(sentences) - SHOWN} more")


@app.command()
def doctor(json: AsJson = False, course: CourseRoot = None) -> None:
    """Say what this machine and the course offer and lack for grading, and what mends it.

    It ends with 1 if something is lacking that grading needs. Example: fdl doctor
    """
    with verb("doctor"):
        root = root_of(course)
        from autograder.course.layout import Course
        from autograder.rehearsal import doctor as looking

        findings = looking.examine(Course(root))
        lacking = [finding for finding in findings if finding.needed and not finding.fine]
        if json:
            print(
                dumps(
                    {"fine": not lacking, "findings": [finding.as_dict() for finding in findings]}, indent=1
                )
            )
        else:
            for finding in findings:
                sign = "✓" if finding.fine else "✗"
                print(f"{sign} {finding.what}: {finding.said}")
                if finding.mend:
                    print(f"    {finding.mend}")
    raise typer.Exit(1 if lacking else 0)


@app.command()
def nightly(
    unit: UnitNames = None,
    jobs: Jobs = 0,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Run students' code even where nothing can confine it.")
    ] = False,
    json: AsJson = False,
    course: CourseRoot = None,
) -> None:
    """Grade every unit that somebody handed in, and say what has changed since the last time. It mails nobody.

    For cron: 30 3 * * * cd COURSE && fdl nightly >> nightly.log 2>&1
    """
    with verb("nightly", "What is graded is saved; the same command goes on from there."):
        root = root_of(course)
        from autograder.course.layout import Course
        from autograder.gradebook import changes, grade_class, unchanged

        place, side_by_side = Course(root), cores(jobs)
        units = [one for one in units_of(unit, course) if place.students(one.id)]
        if not units:
            raise Refused(f"nobody has handed in anything: there are no submissions in {root / 'submitted'}")
        told: list[dict[str, str]] = []
        fine = True
        at_once = any(unchanged.anybody_new(place, one.id) for one in units)
        with grade_class.sandbox(side_by_side, unsafe, at_once) as (run, tier):
            for one in units:
                try:
                    before = changes.totals(place, one.id)
                    report = grade_class.grade(one, root, run, tier, jobs=side_by_side)
                except CourseError as error:
                    # The other units are graded all the same.
                    print(f"fdl nightly, {one}: {error}", file=sys.stderr)
                    fine = False
                    continue
                fine = fine and report.fine
                told += [{"unit": one.id, **asdict(change)} for change in changes.since(before, report)]
        if json:
            print(dumps({"units": [one.id for one in units], "changes": told}, indent=1, ensure_ascii=False))
        else:
            _show_changes(told)
    raise typer.Exit(0 if fine else 1)


def _show_changes(told: list[dict[str, str]]) -> None:
    for change in told:
        print("{unit}  {what:9}  {student}: {said}".format_map(change))
    if not told:
        print("Nothing has changed since the last time.")
