"""An array of another shape than was expected: what it is all the same; and the right values in other places."""

from collections.abc import Iterator

import numpy as np

from helpers.quantities import REDUCTIONS, identity, plain_quantities
from helpers.scene import Relation, Scene, Told, close, independent, rtol_of


def of_another_shape(x: np.ndarray, scene: Scene) -> Iterator[Relation]:
    """What an array is that has another shape than was expected.

    Args:
        x: the array.
        scene: what it is held against.
    """
    for key, words, strong in _reshaped(x, scene):
        count = min(independent(x), independent(scene.expected))
        yield Relation(key, words, strong, count)


def _reshaped(x: np.ndarray, scene: Scene) -> Iterator[Told]:
    y = scene.expected
    rtol = max(rtol_of(x), rtol_of(y))
    shapes = f"in shape {x.shape}, expected {y.shape}"
    if x.size == y.size:
        if x.ndim == 2 and x.T.shape == y.shape and min(x.shape) > 1 and close(x.T, y):
            yield ("transposed",), "transposed: the axes are the other way round", True
        elif x.ndim == y.ndim and x.ndim > 2 and _by_other_axes(x, y):
            yield ("axes",), "what was expected, its axes in another order", True
        elif close(x.reshape(y.shape), y):
            yield ("shape",), f"the right values {shapes}", True
    yield from _reduced(x, y, rtol)
    yield from _reduced_too_little(x, y, rtol)
    yield from _a_part(x, y, rtol)
    yield from _another_quantity(x, scene, rtol)
    yield from _broadcast(x, y)


def _by_other_axes(x: np.ndarray, y: np.ndarray) -> bool:
    if x.ndim != 3:
        return False
    orders = ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    return any(close(x.transpose(order), y) for order in orders)


def _reduced(x: np.ndarray, y: np.ndarray, rtol: float) -> Iterator[Told]:
    """What was expected for each entry of an axis, in one number."""
    if y.ndim == 0 or y.size < 2:
        return
    fy = y.astype("float64")
    for axis in range(y.ndim):
        for name, function in REDUCTIONS.items():
            kept = function(fy, axis=axis, keepdims=True)
            for value in (kept, np.squeeze(kept, axis)):
                if value.shape == x.shape and close(x, value, rtol):
                    words = f"{name} of what was expected over axis {axis}: one number where it should be {y.shape[axis]}"
                    yield ("reduced", name, str(axis)), words, True
    if x.size == 1 and y.ndim > 1:
        for name, function in REDUCTIONS.items():
            if close(x.reshape(()), np.asarray(function(fy, axis=None)), rtol):
                yield ("reduced", name, "all"), f"{name} of all that was expected", True


def _reduced_too_little(x: np.ndarray, y: np.ndarray, rtol: float) -> Iterator[Told]:
    """What should be one number, for each entry of an axis."""
    if x.ndim == 0 or x.size < 2:
        return
    fx = x.astype("float64")
    if not np.isfinite(fx).all():
        return
    words_of = {
        "the sum": "not summed",
        "the mean": "not averaged",
        "the largest": "not reduced to the largest",
    }
    for name, said in words_of.items():
        function = REDUCTIONS[name]
        for axis in range(x.ndim):
            kept = function(fx, axis=axis, keepdims=True)
            for value in (kept, np.squeeze(kept, axis)):
                if value.shape == y.shape and close(value, y, rtol):
                    yield (
                        ("not reduced", name, str(axis)),
                        f"{said} over axis {axis}: {name} is what was expected",
                        True,
                    )
        if y.size == 1 and x.ndim > 1 and close(np.asarray(function(fx)), y.reshape(()), rtol):
            yield ("not reduced", name, "all"), f"{said}: {name} of it is what was expected", True


def _a_part(x: np.ndarray, y: np.ndarray, rtol: float) -> Iterator[Told]:
    """Some of what was expected and no more, or more than was expected."""
    if x.ndim != y.ndim or x.ndim == 0:
        return
    differing = [axis for axis in range(x.ndim) if x.shape[axis] != y.shape[axis]]
    if len(differing) != 1:
        return
    axis = differing[0]
    n, m = x.shape[axis], y.shape[axis]
    if n == 0:
        return
    first, last = np.arange(min(n, m)), np.arange(-min(n, m), 0)
    for where, said in ((first, "first"), (last, "last")):
        if n < m and close(x, np.take(y, where, axis), rtol):
            yield (
                ("part", said, str(axis)),
                f"only the {said} {n} of what was expected along axis {axis}, which has {m}",
                True,
            )
        if n > m and close(np.take(x, where, axis), y, rtol):
            yield (
                ("more", said, str(axis)),
                f"what was expected is its {said} {m} along axis {axis}; it has {n}",
                True,
            )


def _another_quantity(x: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    for q in plain_quantities(scene, x.shape):
        if q.value.shape == x.shape:
            yield from identity(x.astype("float64"), q, rtol)


def _broadcast(x: np.ndarray, y: np.ndarray) -> Iterator[Told]:
    """(N,) and (N, 1) give (N, N) where they meet."""
    if x.ndim != y.ndim + 1 or x.ndim < 2 or x.shape[0] != x.shape[1]:
        return
    diagonal = np.moveaxis(np.diagonal(x, axis1=0, axis2=1), -1, 0)
    if close(diagonal, y):
        n = x.shape[0]
        yield (
            ("broadcast",),
            f"what was expected is its diagonal: ({n},) and ({n}, 1) became ({n}, {n}) together",
            True,
        )


def order(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """The right values in other places.

    Args:
        x: what an answer gave.
        y: what was expected, of the same shape.
        scene: what it is held against.
        rtol: the share that equal numbers may differ by.
    """
    if x.size < 2 or independent(y) < 2:
        return
    if x.ndim == 2 and x.shape[0] == x.shape[1] and close(x.T, y, rtol):
        yield ("transposed",), "transposed: the axes are the other way round", True
    if x.ndim == 3 and x.shape[0] == x.shape[1] == x.shape[2] and _by_other_axes(x, y):
        yield ("axes",), "what was expected, its axes in another order", True
    for axis in range(x.ndim):
        if close(np.flip(x, axis), y, rtol):
            yield ("reversed", str(axis)), f"in reverse order along axis {axis}", True
        for step in (1, -1):
            if close(np.roll(x, step, axis), y, rtol):
                where = "late" if step < 0 else "early"
                yield ("shifted", where, str(axis)), f"one place too {where} along axis {axis}", True
    if x.ndim == 2 and close(x.reshape(y.T.shape).T, y, rtol):
        yield ("order of axes",), "the right values, filled in by the other axis first", True
    same = np.sort(x.ravel()), np.sort(y.ravel())
    if close(*same, rtol):
        yield ("order",), "the right values in another order", True
