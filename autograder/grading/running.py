"""Runs what the verdicts need, in as many confined children as it takes."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from autograder import syntax
from autograder.grading import rules
from autograder.grading.draws import Draw
from autograder.grading.plan import CHECK, SETUP, SOLUTION, Plan
from autograder.grading.restore import ADDED, Placed
from autograder.judging.lazy_tables import PUBLIC
from autograder.sandbox import Job, Step, StepResult

Run = Callable[[Job], list[StepResult]]


@dataclass
class Work:
    """One submission while it is graded."""

    plan: Plan
    draw: Draw
    placed: list[Placed]
    results: dict[str, StepResult] = field(default_factory=dict)  # of cells, by their id
    printed: dict[str, list] = field(default_factory=dict)  # what the others gave the last time
    notes: list[str] = field(default_factory=list)
    end: float = 0.0  # when its time is over

    def __post_init__(self) -> None:
        self.end = time.monotonic() + self.plan.limits().notebook

    def seconds(self, exercise: str) -> float:
        """How long the cells and checks of an exercise ran."""
        results = [self.results.get(placed.id) for placed in self.placed if placed.exercise == exercise]
        return round(sum(result.seconds for result in results if result), 2)

    @property
    def draws(self) -> tuple[int, int]:
        return PUBLIC, self.draw.seed


def groups(
    plan: Plan, names: list[str], needs: dict[str, rules.Need], breaches: Mapping[str, str]
) -> list[list[str]]:
    """Which exercises run in one child: those that could hand each other nothing."""
    cells = {name: cells_of([name], needs, breaches) for name in names}

    def apart(one: str, other: str) -> bool:
        if one in breaches or needs[one].handed(cells[other]):
            return True
        exercise = plan.exercises[one]
        if exercise.given.keys() & {name for e in plan.exercises.values() for name in e.objects}:
            return True  # its checks hand its answer what others ask for
        return bool(rules.complaints(exercise, replace(needs[other], cells=tuple(cells[other])), plan))

    groups: list[list[str]] = []
    for name in names:
        fits = (g for g in groups if not any(apart(name, other) or apart(other, name) for other in g))
        if group := next(fits, None):
            group.append(name)
        else:
            groups.append([name])
    return groups


def cells_of(group: list[str], needs: dict[str, rules.Need], breaches: Mapping[str, str]) -> list[Placed]:
    """The cells that some exercises need, with those of other exercises that they use in turn."""
    names = list(group)
    for name in names:  # grows while it is gone through
        names += [other for other in needs[name].exercises if other not in names and other not in breaches]
    return [cell for name in names for cell in needs[name].cells]


def run_all(work: Work, group: list[str], cells: set[str], run: Run) -> dict[str, StepResult]:
    """Run cells and checks in the notebook's order, in as many children as it takes.

    A step in which a child dies is left out of the next, as are checks that have been done and those of a
    solution cell that is left out.
    """
    results: dict[str, StepResult] = {}
    steps = list(_steps(work, set(group), cells))
    while any(step.exercise for step in steps) and (left := work.end - time.monotonic()) > 1:
        job = _job(work.plan, steps, group, left)
        found = run(job)
        for result in found:
            results.setdefault(result.id, result)
        done = {result.id for result in found}
        died = next((r.id for r in found if r.died), next((s.id for s in steps if s.id not in done), ""))
        if not died:
            break
        if died not in done:
            results.setdefault(died, StepResult(died, died="gave no result"))
        elif results[died] is not (last := found[-1]):  # it ran well the first time, and not again
            results[died] = replace(results[died], died=last.died)
        lost = {p.exercise for p in work.placed if p.id == died and p.kind == SOLUTION}
        steps = [s for s in steps if s.id != died and s.exercise not in lost]
        steps = [s for s in steps if not (s.exercise and s.id in done)]
    return results


def _job(plan: Plan, steps: list[Step], group: list[str], seconds: float) -> Job:
    """A child's work, with the memory and output of the exercise that may use most."""
    most = [plan.limits(name) for name in group]
    memory, output = max(m.memory for m in most), max(m.output for m in most)
    return Job(tuple(steps), {n: plan.checks[n] for n in group}, seconds, int(memory * 2**30), output)


def _steps(work: Work, group: set[str], cells: set[str]) -> Iterable[Step]:
    """Cells, and checks on the public draw in their places; at the end all checks on the secret draw.

    So nothing that is shown (printed text, values in messages) comes from code that has seen secret inputs.
    """
    for p in work.placed:
        if p.kind == SETUP or (p.kind in (SOLUTION, ADDED) and p.id in cells):
            yield Step(p.id, syntax.runnable(p.source), seconds=work.plan.limits(p.exercise).cell)
        elif p.kind == CHECK and p.exercise in group:
            yield _check_step(work, p, p.id, PUBLIC)
    for p in work.placed:
        if p.kind == CHECK and p.exercise in group:
            yield _check_step(work, p, fresh(p.id), work.draw.seed)


def _check_step(work: Work, placed: Placed, id: str, draw: int) -> Step:
    names = tuple(c.name for c in work.plan.exercises[placed.exercise].checks)
    seconds = work.plan.limits(placed.exercise).check
    return Step(id, exercise=placed.exercise, draws=(draw,), names=names, seconds=seconds)


def fresh(id: str) -> str:
    """The id of the step that runs a check cell's checks on the secret draw."""
    return f"{id} on fresh inputs"
