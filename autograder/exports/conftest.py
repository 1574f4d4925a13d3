"""A class with names as they come, for the tests of what leaves the course."""

import pytest

from autograder.gradebook.results import Part, Person, Result
from autograder.grading.graded_exercise import GradedExercise

UNIT = "01_forward_propagation"
VERDICT = GradedExercise("Dense", "unrecognized", "3:17", checks=(), doubts=("stopped",))


def result(id, *scores, penalty=0.0, derivation=None, unit=UNIT, **about):
    """A result with an exercise for each score, of 10 points each, and perhaps a derivation of 5."""
    parts = [Part(f"exercise {i}", score, 10.0, verdict=VERDICT) for i, score in enumerate(scores, 1)]
    if derivation is not None:
        parts.append(Part("by hand", derivation, 5.0, waits=derivation == 0, by_hand=True))
    return Result(Person(id, **about), unit, tuple(parts), penalty)


@pytest.fixture
def results():
    return [
        result(
            "ada", 10, 7.5, first_name="Ada", last_name="Okafor, the 2nd", email="ada@x.edu", derivation=5
        ),
        result("jörg", 10, 1 / 3, first_name='Jörg "JJ"', last_name="Müller", penalty=2),
        result("محمد", 0, 0, first_name="محمد", last_name="علي"),
        result("=HYPERLINK(1)", 1, 2, first_name="@sum(1)", last_name="-2+3", email="\t+1"),
    ]
