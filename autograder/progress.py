"""How algorithms tell how far they are, without knowing who watches."""

from typing import Protocol


class Progress(Protocol):
    """Is told how far some work is."""

    def __call__(self, done: float, total: float, what: str) -> None:
        """Take notice.

        Args:
            done: how much is done, of `total`.
            what: what is being done now, or was done last.
        """


def silent(done: float, total: float, what: str) -> None:
    """Progress that nobody watches."""


def part(progress: Progress, begin: float, end: float) -> Progress:
    """The progress of a part of some larger work.

    Args:
        progress: of the larger work, which is 1 in all.
        begin: which share of the larger work is done when the part begins,
        end: and when it ends.
    """

    def told(done: float, total: float, what: str) -> None:
        progress(begin + (end - begin) * done / total, 1, what)

    return told
