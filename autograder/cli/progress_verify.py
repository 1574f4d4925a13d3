"""x"""

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class Bar:
    """A progress bar on stderr, moved by the answers gathered in all processes."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        times = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
        self.progress = Progress(*columns, *times, console=Console(stderr=True))
        self._task = self.progress.add_task("reading the exercises", total=None)
        self._total = 0.0

    def start(self, total: float, exercises: int) -> None:
        self._total = total
        self.progress.update(self._task, description=f"proving {exercises} exercises", total=total)

    def advance(self, seconds: float) -> None:
        self.progress.advance(self._task, seconds)

    def tell(self, text: str) -> None:
        """A line that stays, for whoever reads a log."""
        self.progress.console.print(Text(text), soft_wrap=True)

    def say(self, left: list[str]) -> None:
        text = left[0] if len(left) == 1 else f"{len(left)} exercises"
        self.progress.update(self._task, description=f"proving {text}")

    def finish(self) -> None:
        self.progress.update(self._task, description="proved", completed=self._total)
