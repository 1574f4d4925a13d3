"""What an instructor decides about operations is kept, holds where it was said, and can be taken back."""

import pytest

from autograder.course import operations
from autograder.course.operations import ALLOW, REFUSE, Decision, applied, decide, is_decided, read, undo
from helpers.errors import AuthoringError
from helpers.ownership import declared

SOFTPLUS = Decision(ALLOW, "tensorflow.nn.softplus")
REVERSED = Decision(REFUSE, "numpy.flip", "01_toy", "double")


def test_decisions_are_read_as_they_were_made(tmp_path):
    decide(tmp_path, SOFTPLUS)
    file = decide(tmp_path, REVERSED)
    assert read(tmp_path) == [SOFTPLUS, REVERSED]
    assert "refuse: numpy.flip" in file.read_text()


def test_a_later_decision_about_the_same_takes_the_place_of_an_earlier_one(tmp_path):
    decide(tmp_path, SOFTPLUS)
    other = Decision(REFUSE, SOFTPLUS.operation)
    decide(tmp_path, other)
    assert read(tmp_path) == [other]


def test_what_is_taken_back_is_gone_and_nothing_else(tmp_path):
    decide(tmp_path, SOFTPLUS)
    decide(tmp_path, REVERSED)
    undo(tmp_path, SOFTPLUS)
    assert read(tmp_path) == [REVERSED]


def test_an_operation_that_does_not_exist_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(ValueError, match="there is no numpy.flap"):
        decide(tmp_path, Decision(ALLOW, "numpy.flap"))
    assert read(tmp_path) == []


@pytest.mark.parametrize(
    "text", ["- allow: a\n  refuse: b\n", "- forbid: a\n", "allow", "- [", "- allow: a\n  in: b\n"]
)
def test_a_file_that_says_something_else_is_told_with_its_name(tmp_path, text):
    (tmp_path / operations.FILE).write_text(text)
    with pytest.raises(AuthoringError, match=operations.FILE):
        read(tmp_path)


def test_a_decision_holds_where_it_was_said():
    everywhere = [SOFTPLUS]
    there = [REVERSED]
    assert is_decided(everywhere, SOFTPLUS.operation, "any", "thing")
    assert is_decided(there, REVERSED.operation, "01_toy", "double")
    assert not is_decided(there, REVERSED.operation, "01_toy", "halves")
    assert not is_decided(there, REVERSED.operation, "02_toy", "double")


def test_what_is_refused_is_not_yours_and_what_is_allowed_is():
    measured = declared(["tensorflow.nn.softplus", "numpy.tanh"])
    now = applied(measured, [SOFTPLUS, REVERSED], "01_toy", "double")
    assert sorted(now.paths) == ["numpy.flip", "numpy.tanh"]
    assert applied(measured, [REVERSED], "01_toy", "halves") == measured
