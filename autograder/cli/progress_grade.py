"""x"""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from autograder.gradebook.grade_class import Tell


@contextmanager
def progress(what: str) -> Iterator[Tell]:
    """A bar on stderr."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    times = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Progress(*columns, *times, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)

        def tell(done: int, total: int, who: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{what}: {who}")

        yield tell
