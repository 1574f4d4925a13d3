"""`make bench`: time grading against nbgrader as it comes, and against the least that it could cost."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from autograder.course import catalogue, layout
from autograder.grading.plan import plan_of
from bench import contenders, measure, table
from bench.contenders import Contender
from helpers.quiet import import_tensorflow

HERE = Path(__file__).parent
COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    TimeElapsedColumn(),
    TextColumn("left"),
    TimeRemainingColumn(),
)


def main(
    unit: Annotated[str, typer.Argument(help="Which unit.")] = "01_forward_propagation",
    students: Annotated[int, typer.Option(min=6, help="How many submissions.")] = 24,
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is run.")] = 3,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at a time; by default the cores.")] = 0,
    json_: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the table goes.")] = HERE / "results.md",
) -> None:
    """Time `fdl grade`, stock `nbgrader autograde` and the lower bound on the same submissions, in turns.

    Three rounds take twenty minutes on two cores. Example: make bench
    """
    try:
        found = catalogue.unit(unit)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    measure.adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            for figures in run(found, students, rounds, jobs or os.cpu_count() or 1, Path(folder)):
                # After each round, so that an interrupted bench leaves something.
                out.write_text(table.page(figures))
                out.with_suffix(".json").write_text(json.dumps(asdict(figures), indent=1) + "\n")
        except (RuntimeError, OSError) as error:
            print(f"bench: {error}", file=sys.stderr)
            raise typer.Exit(1) from None
    print(json.dumps(asdict(figures), indent=1) if json_ else table.page(figures))
    print(f"Written to {out} and {out.with_suffix('.json')}", file=sys.stderr)


@dataclass(frozen=True)
class Bench:
    """Both graders, ready to be run, and what is measured of them.

    Attributes:
        stock: nbgrader as it comes.
        ours: the course's engine.
        folder: where both course roots are.
        figures: what was measured so far.
    """

    stock: Contender
    ours: Contender
    folder: Path
    figures: table.Figures

    def look_at_memory(self, grader: Contender, students: Sequence[str]) -> None:
        """Run a grader once, and note its memory."""
        env = contenders.environment(self.folder)
        course = grader.folder(students)
        self.figures.memory[grader.name] = measure.memory(grader.command, course, env, grader.worker)

    def time(self, grader: Contender, students: Sequence[str]) -> None:
        """Run a grader once, and note what it costs."""
        env = contenders.environment(self.folder)
        course = grader.folder(students)
        cost = measure.cost(grader.command, course, self.folder / "log", env)
        sizes = self.figures.costs.setdefault(grader.name, {})
        sizes.setdefault(len(students), []).append(cost)

    def bound(self, students: Sequence[str]) -> None:
        """Note what `bench.bound` measures, in a process of its own."""
        course = self.ours.folder(students)
        command = [sys.executable, "-m", "bench.bound", self.figures.unit, str(course)]
        env = contenders.environment(self.folder)
        done = subprocess.run(command, cwd=layout.ROOT, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the lower bound could not be measured: {done.stderr[-2000:]}")
        self.figures.bounds.append(json.loads(done.stdout))


def prepare(unit: catalogue.Unit, students: int, jobs: int, folder: Path) -> Bench:
    """Make both course roots.

    Args:
        unit: whose submissions are graded.
        students: how many.
        jobs: how many are graded at a time.
        folder: where the course roots are made.
    """
    import_tensorflow()
    plan = plan_of(unit)
    made = contenders.honest(plan, students)
    stock = contenders.stock(folder, unit, plan, made)
    ours = contenders.ours(folder, plan, made, jobs)
    figures = table.Figures(unit.id, students, jobs, [one.what for one in made])
    return Bench(stock, ours, folder, figures)


def run(unit: catalogue.Unit, students: int, rounds: int, jobs: int, folder: Path) -> Iterator[table.Figures]:
    """Look at memory once, then run everything in turns; the figures after each round.

    Args:
        unit: whose submissions are graded.
        students: how many.
        rounds: how often everything is run.
        jobs: how many are graded at a time.
        folder: where it all happens.
    """
    bench = prepare(unit, students, jobs, folder)
    everybody = contenders.names(students)
    some = everybody[::6]
    crowd = contenders.names(students, contenders.COPIES)
    turns = [
        (bench.stock, some),
        (bench.ours, some),
        (bench.stock, everybody),
        (bench.ours, everybody),
        (bench.ours, crowd),
    ]
    a_round = sum(len(chosen) for _, chosen in turns) + students
    with Progress(*COLUMNS, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=rounds * a_round + 2 * len(some))
        for grader in (bench.stock, bench.ours):
            bar.update(task, description=f"memory: {grader.name}")
            bench.look_at_memory(grader, some)
            bar.advance(task, len(some))
        for number in range(1, rounds + 1):
            for grader, chosen in turns:
                bar.update(task, description=f"round {number}: {grader.name}, {len(chosen)} submissions")
                bench.time(grader, chosen)
                bar.advance(task, len(chosen))
            bar.update(task, description=f"round {number}: the lower bound")
            bench.bound(everybody)
            bar.advance(task, students)
            yield bench.figures


if __name__ == "__main__":
    typer.run(main)
