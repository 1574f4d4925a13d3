"""What a verdict says of its checks, and which kinds there are."""

import pytest

from helpers.verdict import Kind, Outcome, Verdict

FAILED = [kind for kind in Kind if kind != Kind.PASSED]


def test_the_kinds_are_those_that_programs_rely_on():
    assert [kind.value for kind in Kind] == [
        "passed",
        "not_written",
        "raised",
        "wrong_form",
        "wrong_value",
        "stopped",
        "not_reached",
        "not_yours",
        "nothing",
    ]


@pytest.mark.parametrize("kind", FAILED)
def test_only_what_passed_earns_its_points(kind):
    outcomes = (Outcome("a", 2, Kind.PASSED), Outcome("b", 3, kind))
    verdict = Verdict("Dense", outcomes, (), "unrecognized")
    assert [outcome.passed for outcome in outcomes] == [True, False]
    assert (verdict.points, verdict.right) == (2, False)
