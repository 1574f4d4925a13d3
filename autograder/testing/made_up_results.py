"""Made-up results for the tests of pages about a class: verdicts as the engine writes them, and nothing is run."""

import random
from collections.abc import Iterable
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.course.layout import Course
from autograder.exercise import check_id
from autograder.gradebook.database import alembic_on_path
from autograder.gradebook.results import Part, Person, Result
from autograder.grading import graded_notebook
from autograder.grading.graded_exercise import GradedExercise
from autograder.grading.graded_notebook import CheckCell
from helpers.card import Card
from helpers.verdict import Advice, Kind, Outcome, Verdict

UNIT = "90_made_up"
CHECKS = {"Dense": ("the shapes", "a = hW + b", "the dtype"), "softmax": ("sums to 1", "large values")}
ADVICE = {
    "the bias is forgotten": Advice("Add b to each row.", "3:17"),
    "no maximum is subtracted": Advice("Subtract each row's maximum.", "6:52"),
}
STUB = 'def {name}(h):\n    """What it is."""\n    raise NotImplementedError()'


def verdict(
    exercise: str,
    wrong: Iterable[str] = (),
    named: str = "",
    message: str = "a[0] is 1, expected 2",
    doubts: tuple[str, ...] = (),
    seconds: float = 0.5,
    kind: Kind = Kind.WRONG_VALUE,
    fact: str = "",
    raised: str = "",
) -> CheckCell:
    """A verdict in which some checks fail.

    Args:
        exercise: one of `CHECKS`.
        wrong: the checks that fail; all of them by "all".
        named: the misconception that explains them, if there is one.
        message: what each of them says.
        doubts: why a person should look at it.
        seconds: how long it took.
        kind: what became of those that fail.
        fact: what is true of their numbers.
        raised: the type of the exception that they raised.
    """
    failed = set(CHECKS[exercise] if wrong == "all" else wrong)
    names = (named,) if named else ()
    outcomes = []
    for check in CHECKS[exercise]:
        if check in failed:
            outcomes.append(Outcome(check, 1, kind, message, names, fact=fact, raised=raised))
        else:
            outcomes.append(Outcome(check, 1, Kind.PASSED))
    how = "right"
    if failed:
        how = "whole" if named else "unrecognized"
    card = Card(Verdict(exercise, tuple(outcomes), names, how), ADVICE, "3:17", doubts)
    graded = GradedExercise.of(card, doubts, key="made up", draw=0, seconds=seconds)
    return CheckCell(graded, graded_notebook.check_outputs(card, graded))


def result(
    student: str | Person,
    *verdicts: CheckCell,
    codes: dict[str, str] | None = None,
    derivation: Part | None = None,
    **about,
) -> Result:
    """One student's result, with its notebook.

    Args:
        verdicts: those that are missing are right.
        codes: answers, by exercise.
        derivation: in the place of one that waits for a grader.
        about: other fields of the result.
    """
    given = {cell.graded.exercise: cell for cell in verdicts}
    check_cells = {name: given.get(name) or verdict(name) for name in CHECKS}
    parts = []
    for name, cell in check_cells.items():
        graded = cell.graded
        points = graded.points, graded.max_points
        parts.append(Part(name, *points, graded.needs_review, verdict=graded, cell=check_id(name)))
    parts.append(derivation or Part("proof", 0, 4, True, cell="proof", by_hand=True))
    person = student if isinstance(student, Person) else Person(student)
    about.setdefault("seconds", 1.5)
    about.setdefault("notebook", _notebook(check_cells, codes or {}, about))
    return Result(person, about.pop("unit", UNIT), tuple(parts), **about)


def crowd(students: int, unit: str = UNIT, seed: int = 0) -> list[Result]:
    """A class as they come: half of the exercises right, the rest wrong in one of three ways.

    Args:
        students: how many.
        unit: its id.
        seed: decides who does what.
    """
    rng = random.Random(seed)
    # the checks of Dense that fail, and the misconception that they look like
    ways = [((), ""), (("the shapes",), ""), (("a = hW + b",), "the bias is forgotten"), ("all", "")]
    results = []
    for number in range(students):
        failed, named = rng.choice(ways)
        verdicts = [verdict("Dense", failed, named, seconds=rng.random())]
        code = "\n".join(f"    h{i} = h @ W{rng.randrange(10**6)} + {rng.random()}" for i in range(20))
        answers = {"Dense": f"def Dense(h):\n{code}\n    return h"}
        if rng.random() < 0.05:
            doubts = ("your code was stopped: took longer than 10 s",)
            verdicts.append(verdict("softmax", "all", doubts=doubts))
        results.append(result(f"s{number:03}", *verdicts, codes=answers, unit=unit))
    return results


def save(root: Path, results: Iterable[Result]) -> Course:
    """Put results where grading leaves them: into a gradebook, and beside it the graded notebooks.

    Args:
        root: the course root.
        results: of any units.
    """
    course = Course(root)
    with alembic_on_path():
        gradebook = Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "fdl")
    for result in results:
        if result.unit not in [assignment.name for assignment in gradebook.assignments]:
            _register(gradebook, result)
        _record(gradebook, result)
        if result.notebook:
            file = course.graded(result.unit, result.student.id)
            file.parent.mkdir(parents=True)
            file.write_bytes(graded_notebook.write(result.notebook))
    gradebook.close()
    return course


def _record(gradebook: Gradebook, result: Result) -> None:
    """Put one result into a gradebook that knows the unit."""
    person, unit = result.student, result.unit
    names = {"first_name": person.first_name, "last_name": person.last_name, "email": person.email}
    gradebook.update_or_create_student(person.id, **names)
    submission = gradebook.add_submission(unit, person.id, timestamp=result.handed_in)
    grades = {grade.name: grade for notebook in submission.notebooks for grade in notebook.grades}
    for part in result.parts:
        grade = grades[part.cell]
        grade.auto_score = part.verdict.points if part.verdict else None
        grade.manual_score = part.score if part.decided else None
        grade.needs_manual_grade = part.waits
        if part.comment:
            cell = part.cell.removesuffix("-check")
            gradebook.find_comment(cell, unit, unit, person.id).manual_comment = part.comment
    gradebook.db.commit()


def _register(gradebook: Gradebook, result: Result) -> None:
    unit = result.unit
    gradebook.add_assignment(unit)
    gradebook.add_notebook(unit, unit)
    for part in result.parts:
        kind = "markdown" if part.by_hand else "code"
        gradebook.add_grade_cell(part.cell, unit, unit, max_score=part.max_score, cell_type=kind)
        gradebook.add_solution_cell(part.cell.removesuffix("-check"), unit, unit)
        name = part.cell.removesuffix("-check")
        gradebook.add_source_cell(name, unit, unit, source=STUB.format(name=name), cell_type=kind)


def _notebook(check_cells: dict[str, CheckCell], codes: dict[str, str], about: dict) -> NotebookNode:
    cells = [new_markdown_cell("# 90 · Made up\n\nThe course's text.", id="intro")]
    for name, cell in check_cells.items():
        source = codes.get(name, STUB.format(name=name))
        cells.append(new_code_cell(source, id=f"{name}-id", metadata=_about(name, solution=True)))
        check = check_id(name)
        metadata = _about(check, grade=True)
        cells.append(new_code_cell(f"check({name})", id=check, metadata=metadata, outputs=cell.outputs))
    proof = codes.get("proof", "Since it is so.")
    cells.append(new_markdown_cell(proof, id="proof-id", metadata=_about("proof", grade=True, solution=True)))
    cells.append(new_code_cell("plot()", id="experiment"))
    ours = {"notes": list(about.get("notes", ())), "seconds": about["seconds"]}
    return new_notebook(cells=cells, metadata={graded_notebook.OURS: ours})


def _about(name: str, grade: bool = False, solution: bool = False) -> dict:
    return {"nbgrader": {"grade_id": name, "grade": grade, "solution": solution}}
