"""The one progress bar, on stderr: what is being done, how much of it, and how long it may take."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text


class Bar:
    """A bar that is told how far some work is, and above which lines may be printed that stay."""

    def __init__(self, bars: Bars, title: str):
        self._bars, self._title = bars, title
        self._task = bars.add_task(title, total=None, count="")

    def __call__(self, done: float, total: float, what: str) -> None:
        """Show how far the work is; see `autograder.progress.Progress`."""
        description = f"{self._title}: {what}" if what else self._title
        counted = isinstance(total, int) and total > 1
        count = f"{done:g}/{total}" if counted else f"{done / max(total, 1e-9):.0%}"
        self._bars.update(self._task, completed=done, total=total, description=description, count=count)

    def line(self, text: str) -> None:
        """Print a line that stays, for whoever reads a log."""
        self._bars.console.print(Text(text), soft_wrap=True)


@contextmanager
def bar(title: str) -> Iterator[Bar]:
    """Show a bar while some work is done.

    Args:
        title: what the work is, "grading 01_forward_propagation".
    """
    what = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"))
    times = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    with Bars(*what, *times, console=Console(stderr=True)) as bars:
        yield Bar(bars, title)
