"""What is true of values that luck has a share in: which of the reference's arrays they are, and where they are 0."""

from collections.abc import Iterator

import numpy as np

from helpers.factors import factor_names
from helpers.quantities import EXPECTED, Quantity, identity, plain_quantities
from helpers.scene import Relation, Scene, close, constant_ratio, independent, is_numeric, rtol_of

# Of fewer numbers none, or all, may be 0 by luck.
MANY = 50
# So many zeros are no accident.
SOME = 10
WITH_ZEROS = ", with zeros in some places"


def identities(x: np.ndarray, scene: Scene) -> Iterator[Relation]:
    """Which of the reference's other arrays an array is, whatever was expected; and where it is 0.

    Args:
        x: what an answer gave.
        scene: what it is held against.
    """
    y = scene.expected
    if not is_numeric(x) or not is_numeric(y) or x.shape != y.shape or x.size < 2:
        return
    if not np.isfinite(x.astype("float64")).all():
        return
    fx, fy = x.astype("float64"), y.astype("float64")
    if not np.any(fx) and np.any(y):
        yield Relation(("zero",), "0 everywhere", True, independent(y))
        return
    rtol = max(rtol_of(x), rtol_of(y))
    for q in plain_quantities(scene, x.shape):
        value = np.broadcast_to(q.value, x.shape)
        if not close(value, fy, rtol):
            for key, words, strong in identity(fx, q, rtol):
                yield Relation(key, words, strong, independent(x))
        yield from _times(fx, fy, q, scene, rtol)
    yield from _zeros(fx, fy)


def _times(x: np.ndarray, y: np.ndarray, q: Quantity, scene: Scene, rtol: float) -> Iterator[Relation]:
    """A quantity times a number that has a name, wherever it is not 0; not if that was expected."""
    c = _factor_of_the_rest(x, q, rtol)
    if c is None:
        return
    expected = _factor_of_the_rest(y, q, rtol)
    if expected is not None and abs(c - expected) < 1e-3 * abs(expected):
        return
    where = ""
    if not x.all():
        where = WITH_ZEROS
    if abs(c - 1) < 1e-3 and where:
        yield Relation(("is", q.name, "or 0"), f"this is {q.name}{where}", True, independent(x))
    for factor in factor_names(c, scene):
        if factor.key != ("sign",):
            words = factor.words.replace(EXPECTED, q.name)
            yield Relation((*factor.key, q.name), f"{words}{where}", True, independent(x))


def _factor_of_the_rest(x: np.ndarray, q: Quantity, rtol: float) -> float | None:
    """By what a quantity has to be multiplied to give what of an array is not 0, if by one number."""
    value = np.broadcast_to(q.value, x.shape)
    rest = x != 0
    return constant_ratio(x[rest], value[rest], rtol)


def _zeros(x: np.ndarray, y: np.ndarray) -> Iterator[Relation]:
    """Zeros that are lacking, that should not be there, or that stand in the same places again and again."""
    if x.size < MANY:
        return
    zero, expected = x == 0, y == 0
    if not zero.any() and expected.sum() > SOME:
        yield Relation(("never 0",), "never 0, where some of what was expected is", True, independent(x))
    if zero.sum() > SOME and not expected.any():
        yield Relation(("some 0",), "0 in some places, where nothing of what was expected is", True, SOME)
    if not zero.any() or zero.all():
        return
    for axis in range(x.ndim):
        if x.shape[axis] > 1 and _repeats(zero, axis) and not _repeats(expected, axis):
            words = f"0 in the same places all along axis {axis}, where that should differ"
            yield Relation(("same zeros", str(axis)), words, True, SOME)


def _repeats(pattern: np.ndarray, axis: int) -> bool:
    return bool((pattern == np.take(pattern, [0], axis)).all())
