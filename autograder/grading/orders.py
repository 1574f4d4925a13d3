"""What workers are asked, and by whom: a piece of work, and a farm that has it done; `dispatch` brings them together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


class Lost(Exception):
    """Nobody answers who knows of the workers."""


@dataclass(frozen=True)
class Present:
    """A worker that is there.

    Attributes:
        name: for people.
        threads: how much it does at a time.
        silent: seconds since it was last heard of.
    """

    name: str
    threads: int
    silent: float = 0.0


class Farm(Protocol):
    """Workers, and a way to have them do something."""

    def workers(self) -> dict[str, Present]:
        """Those that are there, by their addresses.

        Raises:
            Lost: if that cannot be found out.
        """

    def send(self, worker: str, function: str, data: bytes) -> str:
        """Have a worker do something; returns a key for what comes of it.

        Args:
            worker: its address.
            function: what it is to do.
            data: with what.
        """

    def landed(self, seconds: float) -> list[tuple[str, bytes | Exception | None]]:
        """What has come, by key: what was answered, or why that cannot be read; None for what was lost on the way.

        Args:
            seconds: how long to wait if there is nothing.
        """

    def forget(self, key: str) -> None:
        """Nobody waits for this any more."""


# Equal if they are the same one.
@dataclass(eq=False)
class Order:
    """A piece of work.

    Attributes:
        name: for people.
        function: what a worker is to do.
        data: with what; asked for when it is sent, so that not all of it lies in memory.
        accept: reads what a worker answers; raises ValueError if that is no answer.
        failures: why it failed so far.
        alone: whether its worker is to do nothing beside it.
        tried: the workers that it failed on.
        done: whether it is handed on already.
    """

    name: str
    function: str
    data: Callable[[], bytes]
    accept: Callable[[bytes], object]
    failures: list[str] = field(default_factory=list)
    alone: bool = False
    tried: set[str] = field(default_factory=set)
    done: bool = False
