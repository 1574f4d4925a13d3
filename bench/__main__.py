"""`make bench`: time grading against nbgrader as it comes, and against the least that it could cost."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
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
                out.write_text(
                    table.page(figures)
                )  # after each round, so that an interrupted bench leaves something
                out.with_suffix(".json").write_text(json.dumps(asdict(figures), indent=1) + "\n")
        except (RuntimeError, OSError) as error:
            print(f"bench: {error}", file=sys.stderr)
            raise typer.Exit(1) from None
    print(json.dumps(asdict(figures), indent=1) if json_ else table.page(figures))
    print(f"Written to {out} and {out.with_suffix('.json')}", file=sys.stderr)


def run(unit: catalogue.Unit, students: int, rounds: int, jobs: int, folder: Path) -> Iterator[table.Figures]:
    """Prepare both courses, look at memory once, and run everything in turns; the figures after each round."""
    import_tensorflow()
    plan = plan_of(unit)
    made = contenders.honest(plan, students)
    some, everybody = contenders.names(students)[::6], contenders.names(students)
    crowd = contenders.names(students, contenders.COPIES)
    graders = [contenders.stock(folder, unit, plan, made), contenders.ours(folder, plan, made, jobs)]
    figures = table.Figures(unit.id, students, jobs, [one.what for one in made])
    classes = [(grader, chosen) for chosen in (some, everybody) for grader in graders] + [(graders[1], crowd)]
    size = sum(len(chosen) for _, chosen in classes) + students
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TextColumn("left"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=rounds * size + len(some) * len(graders))
        for grader in graders:
            bar.update(task, description=f"memory: {grader.name}")
            env = contenders.environment(folder)
            course = grader.folder(some)
            figures.memory[grader.name] = measure.memory(grader.command, course, env, grader.worker)
            bar.advance(task, len(some))
        for number in range(1, rounds + 1):
            for grader, chosen in classes:
                bar.update(task, description=f"round {number}: {grader.name}, {len(chosen)} submissions")
                sized = figures.costs.setdefault(grader.name, {}).setdefault(len(chosen), [])
                sized.append(timed(grader, chosen, folder))
                bar.advance(task, len(chosen))
            bar.update(task, description=f"round {number}: the lower bound")
            figures.bounds.append(bound(unit.id, graders[1].folder(everybody), folder))
            bar.advance(task, students)
            yield figures


def timed(grader: Contender, names: list[str], folder: Path) -> measure.Cost:
    env = contenders.environment(folder)
    return measure.cost(grader.command, grader.folder(names), folder / "log", env)


def bound(unit: str, course: Path, folder: Path) -> dict:
    """What `bench.bound` measures, in a process of its own."""
    command = [sys.executable, "-m", "bench.bound", unit, str(course)]
    env = contenders.environment(folder)
    done = subprocess.run(command, cwd=layout.ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the lower bound could not be measured: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


typer.run(main)
