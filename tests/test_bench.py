"""What the bench reports: nobody's CPU time is lost, and a line is a line."""

import subprocess
import sys

import pytest

from autograder.grading.plan import plan_of
from autograder.testing import toy_unit
from bench import contenders, table
from bench.measure import Cost, Memory

# A child starts a grandchild that works on alone, as a sandbox's first process does.
MEASURED = """
import os, sys, time
from pathlib import Path
from bench import measure
measure.adopt_orphans()
work = "import time\\nwhile time.process_time() < 0.5: pass"
start = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}])"
cost = measure.cost([sys.executable, "-c", start], Path("."), Path(sys.argv[1]), os.environ)
print(cost.cpu > 0.5)
try:
    measure.cost([sys.executable, "-c", "raise SystemExit('no reason')"], Path("."), Path(sys.argv[1]), os.environ)
except RuntimeError as error:
    print("no reason" in str(error))
"""


def test_the_time_of_orphans_counts_and_a_failure_is_told(tmp_path):
    command = [sys.executable, "-c", MEASURED, str(tmp_path / "log")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["True", "True"]


@pytest.fixture
def figures():
    """nbgrader takes 5 s and 10 for each submission; ours 4 and a fiftieth of that."""
    costs = {
        name: {n: [Cost(start + n * slope, start + n * slope, 1.0)] for n in (4, 24)}
        for name, start, slope in [(table.STOCK, 5, 10.0), (table.OURS, 4, 0.2)]
    }
    bounds = [{what: {"wall": 0.1, "cpu": 0.1} for what in ("run", "all")}]
    memory = {table.STOCK: Memory(400, 380, 600), table.OURS: Memory(180, 40, 900)}
    return table.Figures("u", 24, 2, ["right", "wrong", "wrong"], costs, bounds, memory)


def test_a_submission_costs_the_slope_and_its_share_of_the_start(figures):
    assert figures.slope(table.STOCK, "cpu") == pytest.approx(10)
    assert figures.of_class(table.STOCK, "cpu") == pytest.approx(10.05)
    assert figures.of_class(table.OURS, "wall") == pytest.approx(0.24)


def test_the_page_says_what_is_met_and_what_is_missed(figures):
    lines = {
        line.split(" | ")[0]: line
        for line in table.page(figures).splitlines()
        if "met" in line or "missed" in line
    }
    assert "0.0239 | 0.0714 | met" in lines["| nbgrader's CPU time, class of 100"]
    assert "2 | 1.35 | missed" in lines["| the lower bound's CPU, cells and checks"]
    assert "180 | 400 | met" in lines["| MB of a worker"]


def test_a_line_that_falls_is_not_taken_for_speed(figures):
    figures.costs[table.OURS] = {4: [Cost(90, 1, 1)], 24: [Cost(10, 1, 1)]}
    assert "not to be told: the machine was too busy" in table.page(figures)


def test_the_class_is_honest_and_of_every_kind(tmp_path):
    plan = plan_of(toy_unit.make_unit(tmp_path))
    made = contenders.honest(plan, 6)
    assert [m.student for m in made] == contenders.names(6)
    assert made[0].what == "everything right"
    assert len({m.what for m in made}) > 2
    assert not any(m.review for m in made)
    assert len(set(contenders.names(6, 4))) == 24
