"""A log of attempts is read line by line, and what is withheld is not right."""

import json

import pytest

from autograder.grading import attempt_log


@pytest.mark.parametrize(
    ("more", "right"),
    [({}, True), ({"withheld": False}, True), ({"withheld": True}, False), ({"failed": ["shapes"]}, False)],
    ids=["all passed", "nothing withheld", "not yours yet", "a check failed"],
)
def test_an_attempt_is_right_if_all_passed_and_nothing_is_withheld(tmp_path, more, right):
    row = {"time": "2026-03-01T10:00:00+00:00", "exercise": "Dense", "failed": [], **more}
    (tmp_path / "log").write_text(json.dumps(row) + "\n")
    (attempt,) = attempt_log.read(tmp_path / "log")
    assert attempt.right == right
