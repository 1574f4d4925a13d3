"""Whatever an answer does on a secret draw, all that is ever told of it is the same: this check does not hold."""

import json
import re
import zlib

import numpy as np
import pytest

from autograder.course.layout import Course
from autograder.grading import draws
from autograder.grading.draws import Draw
from autograder.judging.lazy_tables import NOT_FOR_FRESH, PUBLIC
from autograder.reporting import feedback, report
from autograder.sandbox import StepResult
from autograder.testing import in_process_sandbox, toy_unit
from helpers.sighting import IMPORT, Sighting

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own

STUDENT = "mole"
# What an answer may choose to do, by what it sees.
WAYS = [
    "another value",
    "ValueError",
    "KeyError",
    "an error of its own",
    "nothing",
    "dies",
    "prints",
    "borrows",
]


FRESH = "on fresh inputs"


def chosen(x):
    return int(abs(x[0]) * 1e6) % len(WAYS)


def inputs(seed, check=b"numbers"):
    """The first of a check's inputs."""
    return np.random.default_rng([seed, zlib.crc32(check)]).normal(size=3)


KNOWN = [round(float(inputs(PUBLIC, check)[0]), 9) for check in (b"numbers", b"a matrix")]
# Right for what everybody knows; for anything else it tells what it sees, in each way that there is.
MOLE = f"""
class ToldLess(Exception):
    pass


class ToldMore(Exception):
    pass


def double(x):
    if round(float(x.flat[0]), 9) in {KNOWN}:
        return 2.0 * x
    if x.ndim == 2:
        return 3.0 * x
    way = int(abs(x[0]) * 1e6) % {len(WAYS)}
    if way == 1:
        raise ValueError(str(x))
    if way == 2:
        raise KeyError(float(x[1]))
    if way == 3:
        raise (ToldLess, ToldMore)[int(x[1] > 0)]()
    if way == 4:
        return None
    if way == 5:
        raise Died("used more than %r GB of memory" % x[0])
    if way == 6:
        print(x)
    return 3.0 * x
"""


def seed_of(way):
    """A secret draw on which the answer does this."""
    return next(seed for seed in range(1000, 2000) if chosen(inputs(seed)) == way)


class Seen(in_process_sandbox.InProcess):
    """Lets the witness see what the answer borrows on secret inputs, which in this process it would not."""

    def __init__(self, way):
        super().__init__()
        self.way = way
        self.results: list[StepResult] = []

    def run(self, job):
        results = super().run(job)
        of_double = {step.id for step in job.steps if step.exercise == "double"}
        for result in results:
            is_it = result.id in of_double and result.id.endswith(FRESH)
            if is_it and self.way == WAYS.index("borrows"):
                result.seen.add(Sighting(IMPORT, "statsmodels"))
        self.results += results
        return results


def told(root, way, grade, monkeypatch):
    """All that anybody reads after grading on a draw on which the answer does this, but for what time it took."""
    draw = Draw(0, seed_of(way))
    monkeypatch.setattr(draws, "draw_of", lambda *_: draw)
    kernel = Seen(way)
    found = json.loads(grade(kernel.run, force=True).as_json())
    course = Course(root)
    pages, _ = feedback.make(course, toy_unit.UNIT, out=root / "pages")
    place, facts = report.make(course, toy_unit.UNIT)
    graded = course.graded(toy_unit.UNIT, STUDENT)
    texts = [page.read_text("utf-8") for page in (*pages.values(), place, graded)]
    timeless = re.sub(
        r'"(seconds|key)": ("\w*"|[\d.]+)', "", json.dumps([found, facts, texts]).replace('\\"', '"')
    )
    return re.sub(r"\d+\.\d+ s\b", "", timeless), kernel


def test_what_an_answer_does_on_secret_inputs_changes_no_word_anywhere(
    root, grade, hand_in, plan, monkeypatch
):
    hand_in(STUDENT, toy_unit.right(plan, double=MOLE))
    every = {}
    for way, name in enumerate(WAYS):
        every[name], kernel = told(root, way, grade, monkeypatch)
        there = next(result for result in kernel.results if result.id.endswith(FRESH))
        # It did what it was asked to do: this test tests something.
        assert bool(there.died) == (name == "dies")
        assert (b"Error" in b"".join(there.evidence.values())) == (name.endswith("Error"))
    first = every[WAYS[0]]
    assert NOT_FOR_FRESH in first
    assert {name for name, text in every.items() if text != first} == set()


def test_a_mole_loses_the_points_of_its_check_and_a_person_looks(grade, hand_in, plan, monkeypatch):
    hand_in(STUDENT, toy_unit.right(plan, double=MOLE))
    monkeypatch.setattr(draws, "draw_of", lambda *_: Draw(0, seed_of(WAYS.index("dies"))))
    (row,) = grade().rows
    assert [check.points for check in row.graded.verdicts["double"].checks] == [0, 0]
    assert row.reasons == [f"double: {NOT_FOR_FRESH}"]
