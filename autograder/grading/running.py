"""Runs what the verdicts need, in as many confined children as it takes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from autograder import syntax
from autograder.grading import rules
from autograder.grading.draws import Draw
from autograder.grading.placed import ADDED, Placed
from autograder.grading.plan import CHECK, SETUP, SOLUTION, Plan
from autograder.judging.lazy_tables import PUBLIC
from autograder.sandbox import Job, Step, StepResult
from autograder.sandbox.deadline import Deadline

# What IPython lets hold for all later cells, and where it comes from.
ANNOTATIONS, FUTURE = "annotations", "__future__.annotations"
Run = Callable[[Job], list[StepResult]]


@dataclass
class Work:
    """One submission while it is graded.

    Attributes:
        plan: the unit's.
        draw: the submission's secret draw.
        placed: its cells, in the plan's form.
        results: of the steps that were run, by their id; a cell's step has the cell's.
        printed: outputs of cells that are not run again, by the cell's id.
        notes: what is to be said of the submission as a whole, each a sentence.
        deadline: when its time is over.
    """

    plan: Plan
    draw: Draw
    placed: list[Placed]
    results: dict[str, StepResult] = field(default_factory=dict)
    printed: dict[str, list] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    deadline: Deadline = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = Deadline(self.plan.limits().notebook)

    def seconds(self, exercise: str) -> float:
        """How long the cells and checks of an exercise ran."""
        total = 0.0
        for placed in self.placed:
            if placed.exercise == exercise and placed.id in self.results:
                total += self.results[placed.id].seconds
        return round(total, 2)


def groups(
    plan: Plan, names: list[str], needs: Mapping[str, rules.Need], breaches: Mapping[str, str]
) -> list[list[str]]:
    """Which exercises run in one child: those that could hand each other nothing.

    Args:
        plan: the unit's.
        names: of the exercises that are to be run.
        needs: what each exercise needs of the notebook.
        breaches: exercises that use what they should write, and where.
    """
    cells = {name: cells_of([name], needs, breaches) for name in names}

    def may_profit(one: str, other: str) -> bool:
        """Whether an exercise could get something from another one in its child."""
        if one in breaches or needs[one].handed(cells[other]):
            return True
        exercise = plan.exercises[one]
        needs_of_other = replace(needs[other], cells=tuple(cells[other]))
        return rules.may_hand_over(exercise, rules.read_cells(needs_of_other, plan), plan)

    def fits(name: str, group: list[str]) -> bool:
        return not any(may_profit(name, other) or may_profit(other, name) for other in group)

    chosen: list[list[str]] = []
    for name in names:
        fitting = (group for group in chosen if fits(name, group))
        group = next(fitting, None)
        if group is None:
            chosen.append([name])
        else:
            group.append(name)
    return chosen


def cells_of(group: list[str], needs: Mapping[str, rules.Need], breaches: Mapping[str, str]) -> list[Placed]:
    """The cells that some exercises need, with those of other exercises that they use in turn.

    Args:
        group: the exercises' names.
        needs: what each exercise needs of the notebook.
        breaches: exercises that use what they should write; their cells are left out, unless they are in the group.
    """
    names = list(group)
    # It grows while it is gone through.
    for name in names:
        for other in needs[name].exercises:
            if other not in names and other not in breaches:
                names.append(other)
    return [cell for name in names for cell in needs[name].cells]


def run_all(work: Work, group: list[str], steps: list[Step], run: Run) -> dict[str, StepResult]:
    """Run cells and checks, in as many children as it takes.

    A step in which a child dies is left out of the next, as are checks that have been done and those of a
    solution cell that is left out.

    Args:
        work: the submission.
        group: the exercises whose checks are run.
        steps: what is to be done.
        run: runs a job in a confined child.
    Returns:
        What became of each step, by its id; a step that was not reached is not in it.
    """
    results: dict[str, StepResult] = {}
    while any(step.exercise for step in steps):
        seconds = work.deadline.left()
        if seconds <= 1:
            break
        child = run(_job(work.plan, steps, group, seconds))
        for result in child:
            results.setdefault(result.id, result)
        died = _where_it_died(steps, child)
        if not died:
            break
        done = {result.id for result in child}
        if died not in done:
            results.setdefault(died, StepResult(died, died="gave no result"))
        elif results[died] is not child[-1]:
            # It ran well in an earlier child, and not in this one.
            results[died] = replace(results[died], died=child[-1].died)
        steps = list(_steps_left(work, steps, done, died))
    return results


def _where_it_died(steps: list[Step], child: list[StepResult]) -> str:
    """The id of the step that a child did not live through; "" if it did all of them."""
    for result in child:
        if result.died:
            return result.id
    done = {result.id for result in child}
    for step in steps:
        if step.id not in done:
            return step.id
    return ""


def _steps_left(work: Work, steps: list[Step], done: set[str], died: str) -> Iterator[Step]:
    """What the next child has to do, after one that died in a step."""
    without_answer = {cell.exercise for cell in work.placed if cell.id == died and cell.kind == SOLUTION}
    for step in steps:
        is_a_cell = not step.exercise
        if step.id == died or step.exercise in without_answer:
            continue
        # Cells are run anew, checks that are done are not.
        if is_a_cell or step.id not in done:
            yield step


def _job(plan: Plan, steps: list[Step], group: list[str], seconds: float) -> Job:
    """A child's work, with the memory and output of the exercise that may use most."""
    limits = [plan.limits(name) for name in group]
    gigabytes = max(limit.memory for limit in limits)
    output = max(limit.output for limit in limits)
    checks = {name: plan.checks[name] for name in group}
    return Job(tuple(steps), checks, seconds, int(gigabytes * 2**30), output)


def steps_of(work: Work, group: list[str], cells: set[str]) -> list[Step]:
    """Set-up, cells, and checks on the public draw in their places; at the end all checks on the secret draw.

    Whoever moved set-up down has run it before what stands above it. And nothing that is shown (printed text, values in
    messages) comes from code that has seen secret inputs.

    Args:
        work: the submission.
        group: the exercises whose checks are run.
        cells: the ids of the cells that they need.
    """
    steps = [solution_step(work, cell) for cell in work.placed if cell.kind == SETUP]
    on_fresh_inputs = []
    for cell in work.placed:
        if cell.kind in (SOLUTION, ADDED) and cell.id in cells:
            steps.append(solution_step(work, cell))
        elif holds_for_later_cells(cell):
            steps.append(future_step(cell))
        elif cell.kind == CHECK and cell.exercise in group:
            public, secret = check_steps(work, cell)
            steps.append(public)
            on_fresh_inputs.append(secret)
    return steps + on_fresh_inputs


def solution_step(work: Work, cell: Placed) -> Step:
    """Runs a cell that is no check.

    Args:
        work: the submission.
        cell: the cell.
    """
    seconds = work.plan.limits(cell.exercise).cell
    return Step(cell.id, syntax.runnable(cell.source), seconds=seconds)


def holds_for_later_cells(cell: Placed) -> bool:
    """Whether a cell of the student's says how Python reads the cells below it, whatever else is in it."""
    return cell.kind in (SOLUTION, ADDED) and syntax.names(cell.source).binds.get(ANNOTATIONS) == FUTURE


def future_step(cell: Placed) -> Step:
    """Runs of a cell that is not needed what holds for later cells.

    Args:
        cell: the cell.
    """
    return Step(f"{cell.id} for later cells", f"from __future__ import {ANNOTATIONS}")


def check_steps(work: Work, cell: Placed) -> tuple[Step, Step]:
    """Run the checks of a check cell, on the public draw and on the secret one.

    Args:
        work: the submission.
        cell: the cell.
    """
    public = _check_step(work, cell, cell.id, PUBLIC)
    return public, _check_step(work, cell, fresh(cell.id), work.draw.seed)


def _check_step(work: Work, cell: Placed, id: str, draw: int) -> Step:
    names = tuple(check.name for check in work.plan.exercises[cell.exercise].checks)
    seconds = work.plan.limits(cell.exercise).check
    return Step(id, exercise=cell.exercise, draws=(draw,), names=names, seconds=seconds)


def fresh(id: str) -> str:
    """The id of the step that runs a check cell's checks on the secret draw."""
    return f"{id} on fresh inputs"
