"""A nightly grading says what is other than the night before, and nothing else."""

import json

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.gradebook.conftest import SQUARES
from autograder.testing import toy_unit


@pytest.fixture
def night(fdl, root):
    """A night: exit code, what was said, and what went wrong."""

    def night(*options):
        words = ["nightly", toy_unit.UNIT, "--course", str(root), *options]
        done = CliRunner().invoke(app.app, words)
        return done.exit_code, done.stdout, done.stderr

    return night


def test_each_night_tells_what_has_changed_since_the_last(night, plan, hand_in):
    code, _, wrong = night()
    assert code == 1
    assert wrong.startswith("fdl nightly: nobody has handed in anything")

    hand_in("ada", toy_unit.right(plan))
    hand_in("bob", toy_unit.right(plan, double=SQUARES))
    assert night() == (0, "99_toy  new        ada: 8 of 8\n99_toy  new        bob: 5 of 8\n", "")
    assert night() == (0, "Nothing has changed since the last time.\n", "")

    hand_in("bob", toy_unit.right(plan))
    hand_in("carl", b"%PDF-1.7")
    code, said, _ = night("--json")
    assert code == 0
    changes = [(one["what"], one["student"], one["said"]) for one in json.loads(said)["changes"]]
    assert changes[:2] == [("changed", "bob", "5 → 8"), ("new", "carl", "0 of 8")]
    assert changes[2][:2] == ("to review", "carl")
    assert "is not a notebook" in changes[2][2]
    # It still waits, and was told.
    assert night() == (0, "Nothing has changed since the last time.\n", "")
