"""What a single number is, of the reference's others: one of them, an entry of an array, its sum, its mean."""

from collections.abc import Iterator

import numpy as np

from helpers.quantities import REDUCTIONS
from helpers.scene import Scene, Told, close, is_numeric

# The entries of longer arrays are not tried: one of many may agree by chance.
FEW = 32


def another_number(x: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """Which number of the reference's an array of one number holds.

    Args:
        x: the array.
        scene: what it is held against.
        rtol: the share that they may differ by.
    """
    one = x.reshape(())
    for name, value in scene.others.items():
        if not is_numeric(value):
            continue
        for key, words, made in _numbers(name, value.astype("float64")):
            if close(one, np.asarray(made), rtol):
                yield ("is", *key), f"this is {words}", True
            elif close(one, -np.asarray(made), rtol):
                yield ("is minus", *key), f"this is minus {words}", True


def _numbers(name: str, z: np.ndarray) -> Iterator[tuple[tuple[str, ...], str, float]]:
    if z.size == 1:
        yield (name,), name, float(z.reshape(()))
        return
    with np.errstate(all="ignore"):
        for reduction, function in REDUCTIONS.items():
            yield (reduction, name), f"{reduction} of {name}", float(function(z, axis=None))
    if z.ndim == 1 and z.size <= FEW:
        for i, entry in enumerate(z):
            yield ("entry", str(i), name), f"number {i} of {name}, counted from 0", float(entry)
