"""Cut off where it would be larger, or smaller, than some number."""

from collections.abc import Iterator

import numpy as np

from helpers.scene import Told, close

# So many numbers at the border show that there is one.
AT_THE_BORDER = 3


def clipped(x: np.ndarray, y: np.ndarray, rtol: float) -> Iterator[Told]:
    """Whether an array is what was expected, cut off above, below or at both ends.

    Args:
        x: what an answer gave.
        y: what was expected, of the same shape.
        rtol: the share that equal numbers may differ by.
    """
    low, high = float(np.min(x)), float(np.max(x))
    at_low, at_high = int(np.sum(x == low)), int(np.sum(x == high))
    if AT_THE_BORDER <= at_high < x.size and close(x, np.minimum(y, high), rtol):
        words = f"cut off at {high:.4g}: it is that wherever more was expected"
        if high == 0:
            words = "0 wherever a positive number was expected"
        yield ("cut off above",), words, True
    if AT_THE_BORDER <= at_low < x.size and close(x, np.maximum(y, low), rtol):
        words = f"cut off at {low:.4g}: it is that wherever less was expected"
        if low == 0:
            words = "0 wherever a negative number was expected"
        yield ("cut off below",), words, True
    if not (np.any(y > high) and np.any(y < low)):
        return
    if AT_THE_BORDER <= at_low + at_high < x.size and close(x, np.clip(y, low, high), rtol):
        yield ("cut off",), f"cut off at both ends: never below {low:.4g}, never above {high:.4g}", True
