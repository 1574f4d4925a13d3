"""What a wrong array is held against, when two arrays are equal, and how many independent numbers that rests on."""

from dataclasses import dataclass, field
from typing import Any, TypeGuard

import numpy as np

# By the bytes of one number: what two ways of computing the same may differ by.
RTOL = {2: 1e-2, 4: 2e-4, 8: 1e-7}
# A relation without its numbers: its key, its words, and whether it is strong.
Told = tuple[tuple[str, ...], str, bool]


@dataclass(frozen=True)
class Size:
    """How many of something there are: the number, and what it is called, "the number of examples"."""

    name: str
    number: int


@dataclass(frozen=True)
class Scene:
    """What a wrong array is held against.

    Attributes:
        expected: what the reference gave in its place.
        others: the reference's other arrays and landmarks by name, those of one number too.
        sizes: the sizes that are known by name, those worth telling first.
    """

    expected: np.ndarray
    others: dict[str, np.ndarray] = field(default_factory=dict)
    sizes: tuple[Size, ...] = ()
    # What was made of them, by the shape that it fits; see `helpers.quantities`.
    made: dict[tuple[int, ...], list[Any]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Relation:
    """One true thing about an array.

    Attributes:
        key: equal for the same thing at another draw.
        words: what it is, with the numbers of this draw.
        strong: whether it says exactly what became of each number.
        numbers: how many independent numbers it rests on.
    """

    key: tuple[str, ...]
    words: str
    strong: bool
    numbers: int


def is_numeric(value: object) -> TypeGuard[np.ndarray]:
    """Whether a value is an array of real numbers or of truth values, and not empty."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiub" and value.size > 0


def close(x: np.ndarray, y: np.ndarray, rtol: float | None = None) -> bool:
    """Whether two arrays are equal, up to what two ways of computing the same may differ by.

    Args:
        x: one of them.
        y: the other, which sets the scale.
        rtol: the share that they may differ by; by default that of the coarser dtype.
    Returns:
        False too if the shapes differ or a number is not finite.
    """
    if x.shape != y.shape:
        return False
    if rtol is None:
        rtol = max(rtol_of(x), rtol_of(y))
    a, b = x.astype("float64"), y.astype("float64")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return False
    scale = float(np.max(np.abs(b), initial=0))
    return bool(np.all(np.abs(a - b) <= rtol * np.abs(b) + 0.1 * rtol * scale))


def rtol_of(x: np.ndarray) -> float:
    """The share by which an array's numbers may be off; integers are exact."""
    if x.dtype.kind != "f":
        return 1e-9
    return RTOL.get(x.dtype.itemsize, 1e-4)


def independent(x: np.ndarray) -> int:
    """How many different numbers other than 0 an array holds, to six digits."""
    values = x[np.isfinite(x)].astype("float64").ravel()
    scale = float(np.max(np.abs(values), initial=0))
    if scale == 0:
        return 0
    different = np.unique(np.round(values / scale, 6))
    return int(np.count_nonzero(different))


def constant_ratio(x: np.ndarray, y: np.ndarray, rtol: float) -> float | None:
    """The number by which y has to be multiplied to give x, if one does.

    Args:
        x: one array.
        y: another of its shape.
        rtol: the share that they may differ by.
    """
    scale = float(np.max(np.abs(y), initial=0))
    if scale == 0 or not np.any(x):
        return None
    large = np.abs(y) > 1e-6 * scale
    c = float(np.median(x[large] / y[large]))
    if abs(c) < 1e-9 or not close(x, y * c, rtol):
        return None
    return c
