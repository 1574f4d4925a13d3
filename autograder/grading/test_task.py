"""What crosses the network: nothing of a submission or of a verdict is lost on the way, and no other verdict gets through."""

import json

import pytest

from autograder.grading.draws import Draw
from autograder.grading.engine import HandedIn
from autograder.grading.plan import plan_of
from autograder.grading.task import Task, Untrue, answer, grade_task, understood
from autograder.judging.lazy_tables import LazyTables
from autograder.testing import in_process_sandbox, toy_unit
from helpers.errors import Unreadable


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return plan_of(toy_unit.make_unit(tmp_path_factory.mktemp("toy")))


@pytest.fixture(scope="module")
def tables():
    return LazyTables()


@pytest.fixture(scope="module")
def task(plan):
    work = toy_unit.data(toy_unit.right(plan, double="def double(x):\n    print('é')\n    return x * x"))
    given = HandedIn(work, ["a.png"], "copy (1).ipynb", "It was found.", "")
    return Task(plan.unit, "Zoë", given, Draw(2, 77), None, ("double",))


@pytest.fixture(scope="module")
def graded(task, plan, tables):
    return grade_task(task, plan, in_process_sandbox.InProcess().run, tables)


def sent(message: dict) -> dict:
    return json.loads(json.dumps(message))


def test_a_task_arrives_as_it_was_sent(task):
    arrived = Task.from_json(sent(task.to_json()))
    assert (arrived.to_json(), arrived.digest) == (task.to_json(), task.digest)
    assert arrived.handed_in.data == task.handed_in.data


def test_why_there_is_no_notebook_arrives_as_well():
    task = Task("99_toy", "ada", HandedIn(Unreadable("It is a picture.")), Draw(0, 1))
    arrived = Task.from_json(sent(task.to_json())).handed_in.data
    assert isinstance(arrived, Unreadable)
    assert str(arrived) == "It is a picture."


def test_a_verdict_arrives_as_it_was_reached(task, plan, graded):
    arrived = understood(sent(answer(task, graded)), task, plan)
    assert arrived == graded
    assert graded.verdicts["double"].misconceptions == ("squares",)
    assert "é" in json.dumps(graded.notebook, ensure_ascii=False)


def verdict(message: dict) -> dict:
    """What a message says of the first exercise, where it is read."""
    cells = message["graded"]["notebook"]["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return next(v for o in outputs for mime, v in o.get("data", {}).items() if "json" in mime)


LIES = {
    "another student's": lambda message: message.update(task="0" * 64),
    "no verdicts": lambda message: message["graded"]["notebook"].update(cells=[]),
    "no notebook": lambda message: message["graded"].update(notebook="none"),
    "nothing": lambda message: message.pop("graded"),
    "about other work": lambda message: verdict(message).update(key="0" * 32),
    "too many points": lambda message: verdict(message)["checks"][0].update(points=7),
    "no number": lambda message: verdict(message)["checks"][0].update(points=float("nan")),
    "other checks": lambda message: verdict(message)["checks"].pop(),
    "worth more": lambda message: verdict(message)["checks"][0].update(max_points=50, points=50),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_an_answer_that_cannot_be_is_refused(lie, task, plan, graded):
    message = sent(answer(task, graded))
    lie(message)
    with pytest.raises(Untrue):
        understood(message, task, plan)


def test_another_students_verdict_is_refused_even_where_both_wrote_the_same(task, plan, graded):
    other = Task(task.unit, "ada", task.handed_in, task.draw, None, task.again)
    with pytest.raises(Untrue, match="it belongs to another submission"):
        understood(sent(answer(task, graded)), other, plan)


def test_tables_that_were_made_elsewhere_give_the_same_verdict(task, plan, graded):
    from autograder.grading.cluster import pack_table, unpack_table

    made, shipped = LazyTables(), LazyTables()
    for exercise in plan.exercises.values():
        table = made.table(exercise, task.draw.seed)
        shipped.put(exercise, task.draw.seed, unpack_table(pack_table(table)))
    again = grade_task(task, plan, in_process_sandbox.InProcess().run, shipped)
    assert {name: v.checks for name, v in again.verdicts.items()} == {
        name: v.checks for name, v in graded.verdicts.items()
    }
    assert again.verdicts["double"].misconceptions == ("squares",)
