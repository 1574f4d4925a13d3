"""What can be made of the numbers that a reference works with: each with a name that a student can read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from helpers.scene import Scene, Told, close, independent, is_numeric

# Beyond this many numbers, only an array itself is tried, and nothing made of it.
LARGE = 20_000
# Of more arrays than these, nothing is made.
MOST = 10
EXPECTED = "what was expected"

FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "the exponential of {}": np.exp,
    "the logarithm of {}": np.log,
    "the square of {}": np.square,
    "the square root of {}": np.sqrt,
    "1 / {}": lambda z: 1 / z,
    "1 - {}": lambda z: 1 - z,
    "the absolute value of {}": np.abs,
    "1 - the square of {}": lambda z: 1 - z * z,
    "{0} · (1 - {0})": lambda z: z * (1 - z),
    "tanh of {}": np.tanh,
    "the sigmoid of {}": lambda z: 1 / (1 + np.exp(-z)),
    "relu of {}": lambda z: np.maximum(z, 0),
    "what of {} is negative, 0 for the rest": lambda z: np.minimum(z, 0),
    "the logarithm of 1 - {}": lambda z: np.log(1 - z),
    "1 / the square root of {}": lambda z: 1 / np.sqrt(z),
    "1 / the square of {}": lambda z: 1 / (z * z),
    "exp of minus {}": lambda z: np.exp(-z),
    "the cube of {}": lambda z: z**3,
    "1 where {} > 0, else 0": lambda z: (z > 0).astype("float64"),
    "the sign of {}": np.sign,
}
REDUCTIONS: dict[str, Callable[..., np.ndarray]] = {
    "the sum": np.sum,
    "the mean": np.mean,
    "the largest": np.max,
    "the smallest": np.min,
    "the variance": np.var,
    "the standard deviation": np.std,
    "the product": np.prod,
    "the norm": lambda z, axis, keepdims=False: np.sqrt(np.sum(z * z, axis=axis, keepdims=keepdims)),
}


@dataclass(frozen=True)
class Quantity:
    """An array with a name, "h", "the mean of h over axis 0"; `plain` if nothing was made of it."""

    name: str
    value: np.ndarray
    plain: bool = False


def quantities(scene: Scene, shape: tuple[int, ...]) -> list[Quantity]:
    """Arrays of several different numbers that fit a shape, the plain ones first.

    Args:
        scene: whose arrays.
        shape: theirs is this, or can be broadcast to it.
    """
    if shape not in scene.made:
        scene.made[shape] = list(_made(scene, shape))
    return scene.made[shape]


def plain_quantities(scene: Scene, shape: tuple[int, ...]) -> list[Quantity]:
    """Those of them that nothing was made of.

    Args:
        scene: whose arrays.
        shape: theirs is this, or can be broadcast to it.
    """
    return [one for one in quantities(scene, shape) if one.plain]


def _made(scene: Scene, shape: tuple[int, ...]) -> Iterator[Quantity]:
    plain = [Quantity(name, _real(value), True) for name, value in scene.others.items() if is_numeric(value)]
    made: list[Quantity] = []
    for one in plain[:MOST]:
        if one.value.size <= LARGE:
            made += _transposed(one)
            made += _functions(one)
            made += _reductions(one)
    for one in (*plain, *made):
        if not _fits(one.value.shape, shape) or not np.isfinite(one.value).all():
            continue
        if independent(one.value) > 1:
            yield one


def _real(value: np.ndarray) -> np.ndarray:
    return value.astype("float64")


def _transposed(one: Quantity) -> Iterator[Quantity]:
    if one.value.ndim == 2:
        yield Quantity(f"{one.name} transposed", one.value.T)


def _functions(one: Quantity) -> Iterator[Quantity]:
    with np.errstate(all="ignore"):
        for name, function in FUNCTIONS.items():
            yield Quantity(name.format(one.name), function(one.value))


def _reductions(one: Quantity) -> Iterator[Quantity]:
    if one.value.ndim < 2:
        return
    for axis in range(one.value.ndim):
        for name, function in REDUCTIONS.items():
            with np.errstate(all="ignore"):
                kept = function(one.value, axis=axis, keepdims=True)
            called = f"{name} of {one.name} over axis {axis}"
            yield Quantity(called, kept)
            yield Quantity(called, np.squeeze(kept, axis))


def _fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    if len(shape) > len(wanted):
        return False
    ends = zip(reversed(shape), reversed(wanted), strict=False)
    return all(n in (1, m) for n, m in ends)


def identity(x: np.ndarray, q: Quantity, rtol: float) -> Iterator[Told]:
    """Whether an array is a quantity, or minus that.

    Args:
        x: the array.
        q: the quantity, of a shape that fits.
        rtol: the share that they may differ by.
    """
    value = np.broadcast_to(q.value, x.shape)
    repeated = ""
    if value.shape != q.value.shape:
        repeated = ", repeated along an axis"
    unchanged = ""
    if q.plain and not repeated:
        unchanged = ", unchanged"
    if close(x, value, rtol):
        yield ("is", q.name), f"this is {q.name}{unchanged}{repeated}", True
    elif close(x, -value, rtol):
        yield ("is minus", q.name), f"this is minus {q.name}{repeated}", True
