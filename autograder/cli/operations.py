"""The verbs of `fdl operations`: what no list knew, and what was decided about it."""

from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.options import AsJson, CourseRoot, root_of, unit_of, verb

if TYPE_CHECKING:
    from autograder.course.operations import Decision

app = typer.Typer(help="Decide about operations that no list knew.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The public path, as tensorflow.linalg.band_part.")]
InUnit = Annotated[str, typer.Option("--unit", metavar="UNIT", help="Only in this unit.")]
InExercise = Annotated[str, typer.Option("--exercise", metavar="NAME", help="Only in this exercise.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take back what was decided about it there.")]


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
        graded = results.graded_units(root) if (root.root / "gradebook.db").exists() else []
        for unit in graded:
            open_ones += [(unit, row) for row in used(results.of_class(root, unit))]
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
) -> None:
    """Let an operation be used, in all exercises or in some.

    Example: fdl operations allow tensorflow.math.softplus --exercise activations
    """
    _decide("allow", name, (unit, exercise), undo, course)


@app.command()
def refuse(
    name: Name,
    unit: InUnit = "",
    exercise: InExercise = "",
    undo: Undo = False,
    course: CourseRoot = None,
) -> None:
    """Say that an operation does what exercises ask to write.

    Example: fdl operations refuse tensorflow.linalg.normalize --unit 01_forward_propagation
    """
    _decide("refuse", name, (unit, exercise), undo, course)


def _decide(what: str, name: str, where: tuple[str, str], undo: bool, course: Path | None) -> None:
    with verb(f"operations {what}"):
        root = root_of(course)
        from autograder.course import operations
        from helpers.errors import CalledWrongly
        from helpers.ownership import whole
        from helpers.quiet import import_tensorflow

        import_tensorflow()
        unit, exercise = where
        found = unit_of(unit).id if unit else ""
        if exercise:
            _must_be_there(found, exercise)
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
        # What rests on it is judged anew, and nothing else.
        print(
            f"It decides for all once they are graded: {' '.join(['fdl grade', found or 'UNIT', *to_course])}"
        )


def _must_be_there(unit: str, exercise: str) -> None:
    """Refuse the name of an exercise that the unit, or the course, does not have."""
    from autograder.course import catalogue
    from helpers.errors import CalledWrongly

    units = [catalogue.unit(unit)] if unit else catalogue.units()
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
