"""The proofs that are kept are of exercises as they are, and say that nothing falls short."""

import pytest

from autograder.authoring.student_bundle import zip_notebooks
from autograder.course import catalogue
from autograder.course.layout import NOTEBOOKS
from autograder.proving import kept

UNITS = catalogue.units()
EXERCISES = [(unit, exercise.name) for unit in UNITS for exercise in catalogue.exercises(unit)]


@pytest.mark.parametrize(("unit", "name"), EXERCISES, ids=lambda part: str(part))
def test_a_kept_proof_is_of_its_exercise_as_it_is(unit, name):
    exercise = catalogue.exercise(unit, name)
    proof = kept.still_valid(exercise, kept.DRAWS)
    if proof is None:
        pytest.skip(
            f"no proof is kept of it as it is: `fdl verify {unit} --exercise {name}` makes it, in minutes"
        )
    assert proof.shortfalls == []
    assert (proof.reference, proof.stub) == (exercise.points, 0)
    assert [row.name for row in proof.misconceptions] == [m.name for m in exercise.misconceptions]
    assert all(row.caught and row.named for row in proof.misconceptions)


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_no_proof_is_of_an_exercise_that_is_gone(unit):
    exercises = catalogue.exercises(unit)
    assert kept.read(kept.file_for(exercises[0])).keys() <= {exercise.name for exercise in exercises}


def test_no_proof_is_in_the_student_bundle(tmp_path):
    names = zip_notebooks(tmp_path / "bundle.zip", NOTEBOOKS)
    assert not [name for name in names if kept.FILE in name]
