"""The verbs of `fdl operations`: what no list knew, and what was decided about it."""

from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.options import AsJson, CourseRoot, Jobs, cores, root_of, unit_of, units_of, verb

if TYPE_CHECKING:
    from autograder.course.layout import Course
    from autograder.course.operations import Decision

app = typer.Typer(help="Decide about operations that no list knew.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The public path, as tensorflow.linalg.band_part.")]
InUnit = Annotated[str, typer.Option("--unit", metavar="UNIT", help="Only in this unit.")]
InExercise = Annotated[str, typer.Option("--exercise", metavar="NAME", help="Only in this exercise.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take back what was decided about it there.")]
Unsafe = Annotated[
    bool, typer.Option("--unsafe", help="Run students' code even where nothing can confine it.")
]


@app.command("list")
def list_(course: CourseRoot = None, json: AsJson = False) -> None:
    """Say what was decided, and what students use that nobody has decided about.

    Example: fdl operations list
    """
    with verb("operations list"):
        from autograder.course import operations
        from autograder.course.layout import COURSE, Course
        from autograder.gradebook import results
        from autograder.reporting.used import used

        root = Course(root_of(course))
        decisions = operations.read(root.root)
        if root.root != COURSE.resolve():
            decisions = operations.read(COURSE) + decisions
        open_ones = []
        for unit in _graded_units(root):
            for row in used(results.of_class(root, unit)):
                if not operations.is_decided(decisions, row.operation, unit, row.exercise):
                    open_ones.append((unit, row))
        if json:
            rows = [{"unit": unit, **vars(row)} for unit, row in open_ones]
            print(dumps({"decided": [vars(one) for one in decisions], "open": rows}, indent=1))
            return
        for decision in decisions:
            print(f"{decision.what:7} {decision.operation}   {_where(decision)}")
        for unit, row in open_ones:
            who = f"{row.students} students, {row.right} with full marks"
            print(f"open    {row.operation}   {unit}, {row.exercise}: {who}")
        if not decisions and not open_ones:
            print("nothing was decided, and nobody uses what no list knows")


@app.command()
def allow(
    name: Name,
    unit: InUnit = "",
    exercise: InExercise = "",
    undo: Undo = False,
    course: CourseRoot = None,
    jobs: Jobs = 0,
    unsafe: Unsafe = False,
) -> None:
    """Let an operation be used, in all exercises or in some, and grade anew what that touches.

    Example: fdl operations allow tensorflow.math.softplus --exercise activations
    """
    decision = _decide("allow", name, (unit, exercise), undo, course)
    _regrade(decision, course, jobs, unsafe)


@app.command()
def refuse(
    name: Name,
    unit: InUnit = "",
    exercise: InExercise = "",
    undo: Undo = False,
    course: CourseRoot = None,
    jobs: Jobs = 0,
    unsafe: Unsafe = False,
) -> None:
    """Say that an operation does what exercises ask to write, and grade anew what that touches.

    Example: fdl operations refuse tensorflow.linalg.normalize --unit 01_forward_propagation
    """
    decision = _decide("refuse", name, (unit, exercise), undo, course)
    _regrade(decision, course, jobs, unsafe)


def _decide(what: str, name: str, where: tuple[str, str], undo: bool, course: Path | None) -> "Decision":
    """Write down what was decided, and say how to take it back."""
    with verb(f"operations {what}"):
        root = root_of(course)
        from autograder.course import operations
        from helpers.errors import CalledWrongly
        from helpers.ownership import whole
        from helpers.quiet import import_tensorflow

        import_tensorflow()
        unit, exercise = where
        found = unit_of(unit, course).id if unit else ""
        if exercise:
            _must_be_there(found, exercise, course)
        decision = operations.Decision(what, whole(name), found, exercise)
        try:
            file = operations.undo(root, decision) if undo else operations.decide(root, decision)
        except ValueError as error:
            raise CalledWrongly(f"{error}; write its public path, as tensorflow.linalg.band_part") from None
        to_course = ["--course", str(course)] if course else []
        if undo:
            print(f"{name}: nothing is decided {_where(decision)} any more ({file})")
        else:
            print(f"{name}: {what}, {_where(decision)} ({file})")
            words = ["fdl operations", what, name, *_options(decision), *to_course, "--undo"]
            print(f"To take it back: {' '.join(words)}")
    return decision


def _regrade(decision: "Decision", course: Path | None, jobs: int, unsafe: bool) -> None:
    """Grade the units anew that were graded and that a decision is about; what it does not touch is not run again."""
    with verb(f"operations {decision.what}", "It is decided; `fdl grade UNIT` goes on from there."):
        from autograder.cli import tables
        from autograder.cli.progress import bar
        from autograder.course.layout import Course
        from autograder.gradebook import grade_class

        root, workers = root_of(course), cores(jobs)
        units = [unit for unit in _graded_units(Course(root)) if decision.unit in ("", unit)]
        if not units:
            print("Nothing that it touches has been graded yet.")
            return
        with grade_class.sandbox(workers, unsafe) as (run, tier):
            for name in units:
                with bar(f"grading {name}") as progress:
                    report = grade_class.grade(
                        unit_of(name, course), root, run, tier, jobs=workers, progress=progress
                    )
                tables.show_class(report, root)


def _graded_units(root: "Course") -> list[str]:
    """The units that were graded in a course root; none where nothing was."""
    from autograder.gradebook import database, results

    if not database.is_there(database.address(root)):
        return []
    return results.graded_units(root)


def _must_be_there(unit: str, exercise: str, course: Path | None) -> None:
    """Refuse the name of an exercise that the unit, or the course, does not have."""
    from autograder.course import catalogue
    from helpers.errors import CalledWrongly

    units = units_of([unit] if unit else [], course)
    names = [one.name for each in units for one in catalogue.exercises(each)]
    if exercise not in names:
        raise CalledWrongly(f"there is no exercise {exercise!r}{catalogue.suggestion(exercise, names)}")


def _options(decision: "Decision") -> list[str]:
    options = []
    if decision.unit:
        options += ["--unit", decision.unit]
    if decision.exercise:
        options += ["--exercise", decision.exercise]
    return options


def _where(decision: "Decision") -> str:
    return " of ".join(part for part in (decision.exercise, decision.unit) if part) or "everywhere"
