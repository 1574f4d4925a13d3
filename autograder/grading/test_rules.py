import gc
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder import syntax
from autograder.grading import rules
from autograder.grading.plan import plan_of
from autograder.grading.restore import restore
from autograder.grading.submission import parse
from autograder.testing import toy_unit


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return plan_of(toy_unit.make_unit(tmp_path_factory.mktemp("toy")))


@pytest.fixture
def look(plan):
    """What an exercise needs of a notebook with cells that a student added behind set-up."""

    def look(exercise, *added, after=(), **answers):
        nb = toy_unit.right(plan, **answers)
        nb.cells[2:2] = [toy_unit.added(source) for source in added]
        nb.cells += [toy_unit.added(source) for source in after]
        placed = restore(parse(toy_unit.data(nb)), plan)
        need = rules.need(plan.exercises[exercise], placed, plan)
        return need, rules.complaints(plan.exercises[exercise], rules.read_cells(need, plan), plan)

    return look


def sources(need):
    return [cell.source for cell in need.cells if cell.kind == "added"]


@pytest.mark.parametrize(
    "added",
    [
        ["y = np.polyval([2, 0], 3)\nprint(y)"],
        ["import numpy as np\nprint(np.polyval([2, 0], 3))"],
        ["x = np.polyval([2, 0], 3)  # a name that is a parameter of the answer"],
        ["import os\nos.listdir()"],
        ["np.random.seed(0)"],
    ],
)
def test_a_cell_where_a_student_tries_things_out_is_neither_run_nor_held_against_them(look, added):
    need, complaints = look("double", *added)
    assert sources(need) == []
    assert complaints == []


def test_helpers_and_what_they_need_are_run(look):
    cells = ["factor = 2.0", "def twice(x):\n    return factor * x", "unused = 3"]
    need, complaints = look("double", *cells, double="def double(x):\n    return twice(x)")
    assert sources(need) == cells[:2]
    assert complaints == []


@pytest.mark.parametrize(
    "helper",
    [
        "twice = np.polyval",
        "%matplotlib inline\ntwice = np.polyval",
        "from numpy import polyval as twice",
        "import os as twice",
        "def make():\n    global twice\n    twice = np.polyval\nmake()",
        "tricks = [0]\ntwice = lambda x: tricks[0]([2, 0], x)\ntricks[0] = np.polyval",
        "from numpy import *\ntwice = polyval",
        "class twice:\n    f = np.polyval",
    ],
)
def test_what_a_helper_uses_counts_as_the_answers(look, helper):
    _, complaints = look("double", helper, double="def double(x):\n    return twice(x)")
    assert complaints


@pytest.mark.parametrize(
    ("spoiler", "refused"),
    [
        ("np.multiply = np.polyval", False),
        ("double.trick = np.polyval", True),
        ("def double(x):\n    return np.polyval([2, 0], x)", True),
    ],
    ids=["set-up's is not run", "the answer's own is refused", "a second answer is refused"],
)
def test_a_cell_that_changes_what_an_answer_reads_is_either_not_run_or_refused(look, spoiler, refused):
    answer = "def double(x):\n    return np.multiply(2.0, x)"
    need, complaints = look("double", spoiler, double=answer)
    assert bool(complaints) == refused
    assert sources(need) == ([spoiler] if refused else [])


def test_a_definition_behind_the_check_does_not_count(look):
    need, _ = look("double", after=["def double(x):\n    return np.polyval([2, 0], x)"])
    assert sources(need) == []


def test_another_exercises_objects_are_needed_but_held_against_that_one(look):
    need, complaints = look("quadruple", double="def double(x):\n    return np.polyval([2, 0], x)")
    assert need.exercises == {"double"}
    assert complaints == []


def test_two_exercises_that_share_a_list_do_not_share_a_child(look, plan):
    shared = {
        "double": "list.append(box, np.add)\ndef double(x):\n    return x + x",
        "halves": "def halve(x):\n    return box[0](x, -x / 2)\ndef third(x):\n    return x / 3",
    }
    one, _ = look("double", "box = []", **shared)
    other, _ = look("halves", "box = []", **shared)
    assert one.shared == other.shared == {"box"}
    assert other.handed(one.cells)
    assert not other.handed(other.cells)


@pytest.mark.parametrize("depth", [900, 3000])
def test_nesting_that_cannot_be_read_is_refused(look, depth):
    _, complaints = look("double", double="def double(x):\n    return x" + " + x" * depth)
    assert complaints == ["an expression is nested too deep to be read"]


@pytest.mark.parametrize(
    ("source", "runs"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("!ls\nx = 1", "pass\nx = 1"),
        ("x = '''\n%d\n'''", "x = '''\n%d\n'''"),
        ("def f(:", "def f(:"),
    ],
)
def test_what_is_read_is_what_is_run(source, runs):
    assert syntax.runnable(source) == runs


def test_an_answer_as_long_as_a_book_is_refused(look):
    _, complaints = look("double", double="x = 1\n" * 20_000)
    assert complaints == ["there are 120,000 characters to be read; the limit is 60,000"]


class Rubbish:
    """Something in a circle, whose end runs Python: so the collector lets another thread in, wherever it comes."""

    def __init__(self):
        self.me = self

    def __del__(self):
        sum(range(300))


def test_threads_read_cells_side_by_side():
    cells = [
        f"x = {'(' * 50}{i}{')' * 50}\n" + "def f(a):\n    return [a for _ in a]\n" * 20 for i in range(40)
    ]
    before, interval = gc.get_threshold(), sys.getswitchinterval()

    def read(cell):
        Rubbish()
        return syntax.names.__wrapped__(cell).binds

    gc.set_threshold(50, 2, 2)
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(read, cells * 4))
    finally:
        gc.set_threshold(*before)
        sys.setswitchinterval(interval)
    assert found == [{"x": "", "f": ""}] * len(found)
