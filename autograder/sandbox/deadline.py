"""Time that is counted as on a machine with nothing else to do."""

import os
import time

# How many times as long something may take where the machine is busy with others.
PATIENCE = 6.0


class Deadline:
    """Until when something must be done.

    Where more processes want to run than there are cores, each gets its share only, and the clock counts its share.

    Args:
        seconds: what an idle machine may need.
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._start = time.monotonic()

    def left(self) -> float:
        """What is left, in seconds of an idle machine."""
        return self.seconds - (time.monotonic() - self._start) / _crowding()

    def left_by_the_clock(self) -> float:
        """What is left, in seconds of this machine, as busy as it is now."""
        return self.left() * _crowding()


def _crowding() -> float:
    """How many processes want to run for each core; at least 1, and no more than patience allows."""
    load, _, _ = os.getloadavg()
    return min(max(1.0, load / (os.cpu_count() or 1)), PATIENCE)
