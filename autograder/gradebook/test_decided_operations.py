"""`fdl operations`: a decision about an operation decides for everybody, and grades anew what it touches."""

import json
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.gradebook import grade_class
from autograder.gradebook.conftest import auto_scores
from autograder.testing import in_process_sandbox, toy_unit

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
STRANGE = "import numpy as np\ndef double(x):\n    return np.ldexp(x, 1)"


@pytest.fixture
def kernel(monkeypatch):
    kernel = in_process_sandbox.InProcess()

    @contextmanager
    def sandbox(jobs, unsafe=False, at_once=True):
        yield kernel.run, "nothing"

    monkeypatch.setattr(grade_class, "sandbox", sandbox)
    return kernel


@pytest.fixture
def operations(root, unit, kernel, monkeypatch):
    monkeypatch.setattr("autograder.cli.operations.unit_of", lambda name, course: unit)

    def operations(*words):
        result = CliRunner().invoke(app.app, ["operations", *words, "--course", str(root)])
        assert result.exit_code == 0, result.output
        return result.stdout

    return operations


@pytest.fixture
def graded(hand_in, plan, grade):
    hand_in("ada", toy_unit.right(plan, double=STRANGE))
    hand_in("bo", toy_unit.right(plan))
    grade()


def test_what_no_list_knows_earns_its_points_and_is_told(root, graded, operations):
    assert auto_scores(root) == {"ada": 8, "bo": 8}
    (row,) = json.loads(operations("list", "--json"))["open"]
    assert (row["operation"], row["students"], row["right"]) == ("numpy.ldexp", 1, 1)


def test_what_is_refused_loses_its_points_for_all_until_it_is_taken_back(root, graded, operations, kernel):
    told = operations("refuse", "numpy.ldexp", "--unit", toy_unit.UNIT)
    assert auto_scores(root) == {"ada": 5, "bo": 8}
    assert "To take it back: fdl operations refuse numpy.ldexp" in told
    assert "open" not in operations("list")
    operations("refuse", "numpy.ldexp", "--unit", toy_unit.UNIT, "--undo")
    assert auto_scores(root) == {"ada": 8, "bo": 8}


def test_what_is_allowed_is_open_no_more_and_costs_no_run(root, graded, operations, kernel):
    operations("allow", "numpy.ldexp")
    assert "open" not in operations("list")
    assert kernel.jobs == []


def test_a_name_that_nothing_has_is_told(root, operations):
    result = CliRunner().invoke(app.app, ["operations", "allow", "numpy.flap", "--course", str(root)])
    assert result.exit_code == 2
    assert "there is no numpy.flap" in " ".join(result.output.split())
