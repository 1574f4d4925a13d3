"""Every exercise is proved as it is: its proof is kept beside it, with the state of its sources."""

import pytest

from autograder.authoring.student_bundle import zip_notebooks
from autograder.course import catalogue
from autograder.course.layout import NOTEBOOKS
from autograder.proving import kept

UNITS = catalogue.units()


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_every_exercise_is_proved_as_it_is(unit):
    exercises = catalogue.exercises(unit)
    assert kept.unproved(exercises) == [], "run `fdl verify` and commit solutions/"
    for exercise in exercises:
        proof = kept.still_valid(exercise, kept.DRAWS)
        assert proof.shortfalls == []
        assert (proof.reference, proof.stub) == (exercise.points, 0)
        assert [row.name for row in proof.misconceptions] == [m.name for m in exercise.misconceptions]
        assert all(row.caught and row.named for row in proof.misconceptions)


@pytest.mark.parametrize("unit", UNITS, ids=str)
def test_no_proof_is_of_an_exercise_that_is_gone(unit):
    exercises = catalogue.exercises(unit)
    assert kept.read(kept.file_for(exercises[0])).keys() == {exercise.name for exercise in exercises}


def test_no_proof_is_in_the_student_bundle(tmp_path):
    names = zip_notebooks(tmp_path / "bundle.zip", NOTEBOOKS)
    assert not [name for name in names if kept.FILE in name]
