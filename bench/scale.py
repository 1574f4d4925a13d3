"""`make bench-scale`: what each piece of a class costs as the class grows: is it in proportion?"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import linear_regression
from typing import Annotated

import typer

from autograder.course import catalogue
from autograder.grading.plan import plan_of
from bench import contenders, measure, table
from helpers.quiet import import_tensorflow

HERE = Path(__file__).parent
SIZES = (50, 200, 800, 3000)
# So many differ; the others hand in what somebody else has handed in, in a notebook of their own.
DIFFERENT = 50
NEW, RECORDING = "grade, all of it new", "of it recording, by the one writer"
STEPS = {
    NEW: ("grade", "--jobs", "{jobs}"),
    "grade, nothing changed": ("grade", "--jobs", "{jobs}"),
    "report": ("report",),
    "feedback": ("feedback",),
    "export": ("export", "csv"),
}


@dataclass
class Scale:
    """What was measured: the cost of each step, by the number of submissions."""

    unit: str
    jobs: int
    costs: dict[str, dict[int, measure.Cost]] = field(default_factory=dict)


def main(
    unit: Annotated[str, typer.Argument(help="Which unit.")] = "01_forward_propagation",
    sizes: Annotated[
        list[int] | None, typer.Option("--size", min=2, help="So many submissions; may be repeated.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at a time; by default the cores.")] = 0,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the table goes.")] = HERE / "scale.md",
) -> None:
    """Grade made-up classes of several sizes, twice each, and report on them; write a table with a line through each column.

    3,000 submissions take an hour on two cores. Example: make bench-scale SIZES="--size 50 --size 200"
    """
    try:
        found = catalogue.unit(unit)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    measure.adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        try:
            for scale in run(found, sorted(sizes or SIZES), jobs or os.cpu_count() or 1, Path(folder)):
                out.write_text(page(scale))
                out.with_suffix(".json").write_text(json.dumps(asdict(scale), indent=1) + "\n")
        except (RuntimeError, OSError) as error:
            print(f"bench: {error}", file=sys.stderr)
            raise typer.Exit(1) from None
    print(page(scale))


def run(unit: catalogue.Unit, sizes: list[int], jobs: int, folder: Path) -> Iterator[Scale]:
    """Take each step with a class of each size; what was measured, after each of them.

    Args:
        unit: whose submissions are graded.
        sizes: of the classes.
        jobs: how many submissions are graded at a time.
        folder: where the course roots are made.
    """
    import_tensorflow()
    plan = plan_of(unit)
    scale = Scale(unit.id, jobs)
    env = contenders.environment(folder)
    made = contenders.honest(plan, min(DIFFERENT, *sizes))
    for size in sizes:
        root = folder / "course"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir()
        students = [replace(made[i % len(made)], student=f"s{i:05}") for i in range(size)]
        contenders.hand_in(root, plan, students)
        for step, (verb, *more) in STEPS.items():
            what = [word.format(jobs=jobs) for word in more]
            # `fdl export csv UNIT`, but `fdl grade UNIT --jobs 2`.
            words = [verb, *what, unit.id] if verb == "export" else [verb, unit.id, *what]
            print(f"{size} submissions: {step}", file=sys.stderr)
            fdl = [str(contenders.BIN / "fdl")]
            note = folder / "recording"
            if step == NEW:
                fdl = [sys.executable, str(HERE / "recording.py"), str(note)]
            costs = scale.costs.setdefault(step, {})
            costs[size] = measure.cost([*fdl, *words, "--course", "."], root, folder / "log", env)
            if step == NEW:
                scale.costs.setdefault(RECORDING, {})[size] = _recording(note, costs[size])
            yield scale


def _recording(note: Path, whole: measure.Cost) -> measure.Cost:
    """What of a run was the one writer's work; it is a part of a process, whose memory is told of the whole."""
    found = json.loads(note.read_text())
    return replace(whole, wall=found["wall"], cpu=found["cpu"], memory=0.0)


def page(scale: Scale) -> str:
    """The table, in Markdown."""
    rows = []
    for step, costs in scale.costs.items():
        for size, cost in costs.items():
            each = 1000 * cost.cpu / size
            rows.append(
                (
                    step,
                    size,
                    f"{cost.wall:.1f}",
                    f"{cost.cpu:.1f}",
                    f"{each:.1f}",
                    f"{cost.memory:.0f}" if cost.memory else "",
                )
            )
    lines = []
    for step, costs in scale.costs.items():
        if len(costs) > 1:
            slope, start = linear_regression(list(costs), [cost.cpu for cost in costs.values()])
            room, _ = linear_regression(list(costs), [cost.memory for cost in costs.values()])
            lines.append((step, f"{1000 * slope:.1f}", f"{start:.1f}", f"{1000 * room:.0f}" if room else ""))
    runs = table.table(("", "submissions", "wall s", "CPU s", "CPU ms each", "MB, largest process"), rows)
    fitted = table.table(("", "CPU ms a submission", "CPU s to begin with", "kB a submission"), lines)
    return f"""# What a class costs as it grows

Made by `make bench-scale`: {scale.unit}, {scale.jobs} at a time. CPU time is that of every process that was started.

{runs}

## In proportion
A line through each step's sizes, by least squares.

{fitted}
"""


if __name__ == "__main__":
    typer.run(main)
