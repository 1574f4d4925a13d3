"""x"""

from collections.abc import Iterator
from contextlib import contextmanager

from autograder.authoring.build import Progress


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on stderr with what is being built and how long it may take."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TextColumn("of about")
    with Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda message, share: bar.update(task, description=message, completed=share)
