"""The figures of a bench, and the page that shows them."""

import os
import platform
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import linear_regression, median

from bench.contenders import COPIES
from bench.measure import Cost, Memory

# The size that is extrapolated to.
CLASS = 100
STOCK, OURS = "nbgrader autograde", "fdl grade"
KINDS = ("wall", "cpu")
# Of the lower bound: cells and checks alone, and with all that is done about them.
RUN, ALL = "run", "all"


@dataclass
class Figures:
    """What was measured.

    Attributes:
        unit: whose submissions were graded.
        students: how many there are.
        jobs: how many of them were graded at a time.
        what: what each of them is.
        costs: by grader and class size, one for each round.
        bounds: of each round: seconds a submission, by what is bounded and by kind.
        memory: by grader.
        machine: on which it was measured.
    """

    unit: str
    students: int
    jobs: int
    what: list[str]
    costs: dict[str, dict[int, list[Cost]]] = field(default_factory=dict)
    bounds: list[dict[str, dict[str, float]]] = field(default_factory=list)
    memory: dict[str, Memory] = field(default_factory=dict)
    machine: str = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"

    def slope(self, grader: str, kind: str) -> float:
        """Seconds that one submission more costs, by least squares over all runs.

        Args:
            kind: "wall" or "cpu".
        """
        slope, _ = self._line(grader, kind)
        return slope

    def of_class(self, grader: str, kind: str) -> float:
        """Seconds a submission for a class of `CLASS`, start-up included.

        Args:
            kind: "wall" or "cpu".
        """
        slope, start = self._line(grader, kind)
        return slope + start / CLASS

    def _line(self, grader: str, kind: str) -> tuple[float, float]:
        sizes, seconds = [], []
        for size, costs in self.costs[grader].items():
            for one in costs:
                sizes.append(size)
                seconds.append(getattr(one, kind))
        return linear_regression(sizes, seconds)

    def bounded(self, what: str, kind: str) -> list[float]:
        """The lower bound of each round, in seconds a submission.

        Args:
            what: "run" or "all".
            kind: "wall" or "cpu".
        """
        return [round_[what][kind] for round_ in self.bounds]

    def loads(self) -> list[float]:
        """The machine's load at the end of each run."""
        costs = [one for sizes in self.costs.values() for one in sizes.values()]
        return [cost.load for run in costs for cost in run]


def page(f: Figures) -> str:
    """The page, in Markdown."""
    kinds = Counter(re.sub(r",? \d+", "", what) for what in f.what)
    what = ", ".join(f"{kind} ({count})" for kind, count in kinds.items())
    return f"""# What grading costs

Made by `make bench`: {f.unit}, {f.students} submissions, everything in turns, rounds: {len(f.bounds)}; {f.machine}.
Each cell is the median of the rounds, with the least and the most. CPU time is that of every process that was started,
start-up included. Wall time depends on what else the machine does: the load average at the end of the runs was {_span(f.loads())}.

{_runs(f)}

## A submission
Seconds for one submission more, by a line through all runs above; then, from the same line, for a class of {CLASS}
with its share of the start-up, which for nbgrader is an extrapolation. In `fdl grade`'s largest class everybody is there {COPIES} times
over: whatever a class misunderstands is tried once for each of the secret draws, and in the class of {f.students} nearly everybody
misunderstands something else.

{_slopes(f)}

## Targets
{_targets(f)}

## Memory
Peaks in MB over the smallest class, `--jobs {f.jobs}`. A worker is a process that runs a student's code; its proportional size counts
pages that several processes share by its share of them.

{_memory(f)}

## What is run
- *nbgrader autograde*: as it comes, without any configuration. It starts a kernel for each submission and runs its every
  cell, experiments and plots too; a check cell is the student's `check(...)`, which judges by the two public draws and raises.
- *fdl grade*, {f.jobs} at a time: forks a confined process for each submission, runs set-up and solution cells, and each
  exercise's checks on a public and a secret draw; judges outside, once what several give alike; writes gradebook and
  notebook. No verdict is taken from before.
- *The lower bound*: the cells and checks that `fdl grade` runs, one after another in one process in which
  everything is imported and has been run before; no fork, no sandbox, no kernel, no gradebook. It cannot be had: one
  student's code would change the next one's.

What *fdl grade* costs beyond the lower bound: judging; and that each submission's process builds TensorFlow's kernels for itself (none
may exist before a fork), twice where an exercise must not meet what the others' checks hand out. The lower bound alone comes to
{_bound_of_stock(f):.3g} of what nbgrader takes in a class of {CLASS}: no grader that runs these checks on two draws costs less. Most
of it is Keras, which makes a model, and for each of its layers a graph, for every check of a network.

The submissions: {what}. Left out are those that loop endlessly, use up memory, exit, or are no notebook.
"""


def _runs(f: Figures) -> str:
    rows = []
    for grader, sizes in f.costs.items():
        for size, costs in sizes.items():
            wall = _span([cost.wall for cost in costs])
            cpu = _span([cost.cpu for cost in costs])
            rows.append((grader, size, wall, cpu))
    return table(("", "submissions", "wall s", "CPU s"), rows)


def _slopes(f: Figures) -> str:
    rows: list[tuple] = []
    for grader in f.costs:
        slopes = [f"{f.slope(grader, kind):.2f}" for kind in KINDS]
        of_class = [f"{f.of_class(grader, kind):.2f}" for kind in KINDS]
        rows.append((grader, *slopes, *of_class))
    for what, name in ((RUN, "lower bound: cells and checks"), (ALL, "lower bound, with judging")):
        spans = [_span(f.bounded(what, kind)) for kind in KINDS]
        rows.append((name, *spans, "", ""))
    return table(("", "wall s", "CPU s", f"class of {CLASS}: wall s", "CPU s"), rows)


def targets(f: Figures) -> list[tuple[str, float, float]]:
    """What was aimed at: in words, what it came to, and what it may be at most."""
    cpu = f.of_class(OURS, "cpu") / f.of_class(STOCK, "cpu")
    wall = f.of_class(OURS, "wall") / f.of_class(STOCK, "wall")
    run = f.slope(OURS, "cpu") / median(f.bounded(RUN, "cpu"))
    judged = f.slope(OURS, "cpu") / median(f.bounded(ALL, "cpu"))
    return [
        (f"nbgrader's CPU time, class of {CLASS}", cpu, 1 / 14),
        (f"nbgrader's wall time, class of {CLASS}", wall, 1 / 15),
        ("the lower bound's CPU, cells and checks", run, 1.35),
        ("the lower bound's CPU, with judging", judged, 1.5),
        ("MB of a worker", f.memory[OURS].pss, 400),
    ]


def _bound_of_stock(f: Figures) -> float:
    """The lower bound's CPU time as a share of nbgrader's."""
    return median(f.bounded(RUN, "cpu")) / f.of_class(STOCK, "cpu")


def _targets(f: Figures) -> str:
    rows = [(what, f"{value:.3g}", f"{most:.3g}", _met(value, most)) for what, value, most in targets(f)]
    return table(("in terms of", "came to", "at most", ""), rows)


def _met(value: float, most: float) -> str:
    if value <= 0:
        return "not to be told: the machine was too busy"
    return "met" if value <= most else "missed"


def _memory(f: Figures) -> str:
    rows = [
        (grader, f"{peak.pss:.0f}", f"{peak.private:.0f}", f"{peak.all:.0f}")
        for grader, peak in f.memory.items()
    ]
    return table(("", "a worker, proportional", "of it private", "all processes together"), rows)


def _span(values: list[float]) -> str:
    return f"{median(values):.3g} ({min(values):.3g}–{max(values):.3g})"


def table(head: tuple[str, ...], rows: Iterable[Iterable[object]]) -> str:
    """Rows below a head, in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
