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

CLASS = 100  # the size that is extrapolated to
STOCK, OURS = "nbgrader autograde", "fdl grade"


@dataclass
class Figures:
    """What was measured. `costs` is by grader and class size, a cost for each round."""

    unit: str
    students: int
    jobs: int
    what: list[str]
    costs: dict[str, dict[int, list[Cost]]] = field(default_factory=dict)
    bounds: list[dict[str, dict[str, float]]] = field(default_factory=list)
    memory: dict[str, Memory] = field(default_factory=dict)
    machine: str = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"

    def slope(self, grader: str, kind: str) -> float:
        """Seconds that one submission more costs, by least squares over all runs."""
        return self._line(grader, kind)[0]

    def of_class(self, grader: str, kind: str) -> float:
        """Seconds a submission for a class of `CLASS`, start-up included."""
        slope, start = self._line(grader, kind)
        return slope + start / CLASS

    def _line(self, grader: str, kind: str) -> tuple[float, float]:
        points = [(n, getattr(c, kind)) for n, found in self.costs[grader].items() for c in found]
        return linear_regression(*zip(*points, strict=True))

    def bound(self, what: str, kind: str) -> float:
        return median(b[what][kind] for b in self.bounds)


def page(f: Figures) -> str:
    """The page, in Markdown."""
    kinds = Counter(re.sub(r",? \d+", "", what) for what in f.what)
    what = ", ".join(f"{kind} ({count})" for kind, count in kinds.items())
    return f"""# What grading costs

Made by `make bench`: {f.unit}, {f.students} submissions, everything in turns, rounds: {len(f.bounds)}; {f.machine}.
Each cell is the median of the rounds, with the least and the most. CPU time is that of every process that was started,
start-up included. Wall time depends on what else the machine does: the load average at the end of the runs was {_span(_loads(f))}.

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
  exercise's checks on a public and a secret draw; judges outside; writes gradebook and notebook. No verdict is taken from before.
- *The lower bound*: the cells and checks that `fdl grade` runs, one after another in one process in which
  everything is imported and has been run before; no fork, no sandbox, no kernel, no gradebook. It cannot be had: one
  student's code would change the next one's.

What *fdl grade* costs beyond the lower bound: judging; and that each submission's process builds TensorFlow's kernels for itself (none
may exist before a fork), twice where an exercise must not meet what the others' checks hand out.

The submissions: {what}. Left out are those that loop endlessly, use up memory, exit, or are no notebook.
"""


def _runs(f: Figures) -> str:
    rows = [
        (grader, n, *(_span([getattr(c, kind) for c in found]) for kind in ("wall", "cpu")))
        for grader, sizes in f.costs.items()
        for n, found in sizes.items()
    ]
    return _table(("", "submissions", "wall s", "CPU s"), rows)


def _slopes(f: Figures) -> str:
    rows: list[tuple] = []
    for grader in f.costs:
        values = [fit(grader, kind) for fit in (f.slope, f.of_class) for kind in ("wall", "cpu")]
        rows.append((grader, *(f"{v:.2f}" for v in values)))
    for what, name in (("run", "lower bound: cells and checks"), ("all", "lower bound, with judging")):
        spans = [_span([b[what][kind] for b in f.bounds]) for kind in ("wall", "cpu")]
        rows.append((name, *spans, "", ""))
    return _table(("", "wall s", "CPU s", f"class of {CLASS}: wall s", "CPU s"), rows)


def targets(f: Figures) -> list[tuple[str, float, float]]:
    """What was aimed at: in words, what it came to, and what it may be at most."""
    cpu, wall = (f.of_class(OURS, kind) / f.of_class(STOCK, kind) for kind in ("cpu", "wall"))
    return [
        (f"nbgrader's CPU time, class of {CLASS}", cpu, 1 / 10),
        (f"nbgrader's wall time, class of {CLASS}", wall, 1 / 15),
        ("the lower bound's CPU, cells and checks", f.slope(OURS, "cpu") / f.bound("run", "cpu"), 1.5),
        ("the lower bound's CPU, with judging", f.slope(OURS, "cpu") / f.bound("all", "cpu"), 1.5),
        ("MB of a worker", f.memory[OURS].pss, 400),
    ]


def _targets(f: Figures) -> str:
    rows = [(what, f"{v:.3g}", f"{most:.3g}", _met(v, most)) for what, v, most in targets(f)]
    return _table(("in terms of", "came to", "at most", ""), rows)


def _met(value: float, most: float) -> str:
    if value <= 0:
        return "not to be told: the machine was too busy"
    return "met" if value <= most else "missed"


def _memory(f: Figures) -> str:
    rows = [(name, *(f"{value:.0f}" for value in (m.pss, m.private, m.all))) for name, m in f.memory.items()]
    return _table(("", "a worker, proportional", "of it private", "all processes together"), rows)


def _loads(f: Figures) -> list[float]:
    return [c.load for sizes in f.costs.values() for found in sizes.values() for c in found]


def _span(values: list[float]) -> str:
    return f"{median(values):.3g} ({min(values):.3g}–{max(values):.3g})"


def _table(head: tuple[str, ...], rows: Iterable[Iterable[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
