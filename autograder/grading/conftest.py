"""A toy unit whose submissions are graded in the test's own process."""

import pytest

from autograder.grading import engine
from autograder.grading.draws import draw_of, secret
from autograder.grading.plan import plan_of
from autograder.judging.lazy_tables import LazyTables
from autograder.testing import in_process_sandbox, toy_unit


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return plan_of(toy_unit.make_unit(tmp_path_factory.mktemp("toy")))


@pytest.fixture(scope="module")
def tables():
    return LazyTables()


@pytest.fixture(scope="module")
def draw(tmp_path_factory):
    return draw_of(secret(tmp_path_factory.mktemp("course")), toy_unit.UNIT, "Zoë")


@pytest.fixture
def kernel():
    return in_process_sandbox.InProcess()


@pytest.fixture
def grade(plan, draw, tables, kernel):
    def grade(nb, **settings):
        run = settings.pop("run", kernel.run)
        data = nb if isinstance(nb, bytes) else toy_unit.data(nb)
        return engine.grade(data, plan, draw, run, tables, **settings)

    return grade


def points(graded):
    return {name: verdict.points for name, verdict in graded.verdicts.items()}


def kinds(graded, exercise):
    return [check.kind for check in graded.verdicts[exercise].checks]


def messages(graded, exercise):
    return [check.message for check in graded.verdicts[exercise].checks]


def checked(job):
    """The exercises whose checks a job runs: each on the public draw, and then each on the secret one."""
    return [step.exercise for step in job.steps if step.exercise]


def outputs(graded, grade_id):
    return next(
        c.outputs for c in graded.notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )
