from datetime import datetime

import pytest

from autograder.course.layout import Course
from autograder.gradebook import results
from autograder.gradebook.results import Part, Person
from autograder.testing import made_up_results
from helpers.errors import Refused
from helpers.verdict import Kind

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own

READ = Part("proof", 3, 4, comment="Say why.", cell="proof", by_hand=True, decided=True)
NOT_READ = ("The file is empty.",)
MADE = [
    made_up_results.result(Person("ada", "Ada", "Okafor", "ada@example.org"), derivation=READ),
    made_up_results.result(
        "bo", made_up_results.verdict("Dense", ["the dtype"], doubts=("your code was stopped: late",))
    ),
    made_up_results.result("gone", notebook=None, handed_in=datetime(2026, 3, 1, 12)),
    made_up_results.result(
        "unread",
        *(
            made_up_results.verdict(
                n, "all", message="there was nothing to grade", kind=Kind.NOTHING, doubts=NOT_READ
            )
            for n in made_up_results.CHECKS
        ),
        notes=NOT_READ,
        derivation=Part("proof", 0, 4, cell="proof", by_hand=True),
    ),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return made_up_results.save(tmp_path_factory.mktemp("course"), MADE)


@pytest.mark.parametrize("number", [0, 1, 3], ids=["read", "in doubt", "unread"])
def test_what_was_saved_is_read(course, number):
    found = results.of_class(course, made_up_results.UNIT)
    assert found[number] == MADE[number]
    assert found[number].notebook == MADE[number].notebook


def test_without_its_notebook_a_result_has_scores_and_no_reasons(course):
    found = results.of_class(course, made_up_results.UNIT)[2]
    assert found.score == MADE[2].score == 5
    assert found.verdicts == []
    assert found.handed_in == datetime(2026, 3, 1, 12)


def test_why_somebody_should_look_is_said_once(course):
    _, doubt, _, unread = results.of_class(course, made_up_results.UNIT)
    assert doubt.reasons == ["Dense: your code was stopped: late"]
    assert unread.unread
    assert unread.reasons == ["The file is empty."]
    assert not doubt.unread


def test_stubs_come_from_the_gradebook(course):
    assert results.handed_out(course, made_up_results.UNIT) == [
        made_up_results.STUB.format(name=name) for name in made_up_results.CHECKS
    ]


def test_the_roster_and_the_graded_units(course):
    assert [person.id for person in results.roster(course)] == ["ada", "bo", "gone", "unread"]
    assert results.graded_units(course) == [made_up_results.UNIT]


def test_nothing_graded_is_refused(course, tmp_path):
    with pytest.raises(
        Refused, match="no submission of 91_other has been graded: run `fdl grade 91_other` first"
    ):
        results.of_class(course, "91_other")
    with pytest.raises(Refused, match=rf"there is no gradebook in {tmp_path}"):
        results.of_class(Course(tmp_path), made_up_results.UNIT)
    assert not (tmp_path / "gradebook.db").exists()
