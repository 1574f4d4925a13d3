"""Right in some places, wrong in others: where, and what stands there."""

from collections.abc import Callable, Iterator

import numpy as np

from helpers.factors import factor_names
from helpers.quantities import EXPECTED, plain_quantities
from helpers.scene import Relation, Scene, close, constant_ratio, independent, is_numeric, rtol_of


def not_finite(x: np.ndarray, scene: Scene) -> Iterator[Relation]:
    """Where an array is not finite that should be.

    Args:
        x: the array.
        scene: what it is held against.
    """
    y = scene.expected
    fx, fy = x.astype("float64"), y.astype("float64")
    good, wanted = np.isfinite(fx), np.isfinite(fy)
    if not good.any():
        return
    right = close(fx[good & wanted], fy[good & wanted], max(rtol_of(x), rtol_of(y)))
    for name, here in _places(scene):
        if np.array_equal(here, ~good & wanted):
            rest = "the rest is right" if right else "the rest is wrong too"
            yield Relation(("not finite", name), f"not finite just where {name}; {rest}", True, 4)
            return
    there = fy[good & wanted]
    if right and there.size:
        # Noughts count here as well: they are right. A few of them alone say nothing.
        numbers = independent(there)
        count = max(there.size // 2, numbers + int(numbers > 0 and np.any(there == 0)))
        yield Relation(("finite",), "right wherever it is finite", True, count)


def partly(fx: np.ndarray, scene: Scene, rtol: float) -> Iterator[Relation]:
    """Right in some places, wrong in others: where, and what it is there.

    Args:
        fx: the array, as float64.
        scene: what it is held against.
        rtol: the share that equal numbers may differ by.
    """
    fy = scene.expected.astype("float64")
    scale = float(np.max(np.abs(fy)))
    wrong = np.abs(fx - fy) > rtol * np.abs(fy) + 0.1 * rtol * scale
    if wrong.all() or not wrong.any() or fx.ndim == 0:
        return
    right = int(independent(fy[~wrong])) + int(np.any(fy[~wrong] == 0))
    what = _what_there(fx, wrong, scene, rtol)
    for name, here in _places(scene):
        # That all is right that should be 0 says nothing of the rest.
        if not what[0] and not np.any(fy[~wrong]):
            break
        if np.array_equal(here, wrong):
            told_by = 2 * min(int(wrong.sum()), int((~wrong).sum()))
            yield Relation(("where", name, *what[0]), f"wrong just where {name}{what[1]}", True, told_by)
    if what[0] and what[0][0] == "zero":
        # Where all is 0 or 1, that says little.
        strong = independent(fy) > 2
        yield Relation(("right or 0",), "each value is right or 0", strong, right)
    for axis in range(fx.ndim):
        others = tuple(i for i in range(fx.ndim) if i != axis)
        bad = np.flatnonzero(wrong.any(axis=others))
        n = fx.shape[axis]
        if 0 < len(bad) < n:
            key, words = _which(bad, n, axis)
            # Among noughts and ones, to be wrong is to be the other.
            strong = bool(what[0]) and independent(fy) > 2
            yield Relation((*key, *what[0]), f"right but for {words}{what[1]}", strong, right)
    if what[0]:
        yield Relation(("some", *what[0]), f"right in some places, wrong in others{what[1]}", False, right)


def _which(bad: np.ndarray, n: int, axis: int) -> tuple[tuple[str, ...], str]:
    if len(bad) == 1 and bad[0] == n - 1:
        return ("but last", str(axis)), f"the last along axis {axis}"
    if len(bad) == 1 and bad[0] == 0:
        return ("but first", str(axis)), f"the first along axis {axis}"
    listed = ", ".join(str(i) for i in bad[:6])
    if len(bad) > 6:
        listed += ", …"
    return ("but some", str(axis)), f"{len(bad)} of {n} along axis {axis} (number {listed})"


def _what_there(x: np.ndarray, wrong: np.ndarray, scene: Scene, rtol: float) -> tuple[tuple[str, ...], str]:
    """What the wrong values are; ((), "") if nothing simple."""
    there, expected = x[wrong], scene.expected.astype("float64")[wrong]
    if not np.any(there):
        return ("zero",), ": 0 there"
    if independent(there) < 2 and len(there) < 3:
        return (), ""
    c = constant_ratio(there, expected, rtol)
    if c is not None:
        factor = next(factor_names(c, scene), None)
        if factor:
            return factor.key, f": there, {factor.words}"
    for q in plain_quantities(scene, x.shape):
        value = np.broadcast_to(q.value, x.shape)[wrong]
        if independent(value) > 1 and close(there, value, rtol):
            return ("is", q.name), f": there it is {q.name}"
        c = constant_ratio(there, value, rtol)
        if c is not None and independent(value) > 1:
            return ("times", q.name), f": there it is {c:.4g} times {q.name}"
    if len(there) > 2 and np.ptp(there) == 0:
        return ("constant",), f": {there[0]:.4g} there"
    return (), ""


CONDITIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "{} is negative": lambda z: z < 0,
    "{} is positive": lambda z: z > 0,
    "{} is 0": lambda z: z == 0,
    "{} is not 0": lambda z: z != 0,
    "{} is not negative": lambda z: z >= 0,
    "{} is not positive": lambda z: z <= 0,
    "{} is above 1": lambda z: z > 1,
    "{} is above 1 or below -1": lambda z: np.abs(z) > 1,
    "{} is large (above 20)": lambda z: np.abs(z) > 20,
}


def _places(scene: Scene) -> Iterator[tuple[str, np.ndarray]]:
    """Conditions on the numbers that hold in some places and not in others."""
    y = scene.expected
    named = [*scene.others.items(), (EXPECTED, y)]
    for name, value in named:
        if not is_numeric(value) or value.shape != y.shape:
            continue
        for condition, holds in CONDITIONS.items():
            # That a product is right where it is 0 says nothing.
            if name == EXPECTED and condition == "{} is not 0":
                continue
            here = holds(value.astype("float64"))
            if here.any() and not here.all():
                yield condition.format(name), here
    if y.ndim == 2 and y.shape[0] == y.shape[1] and y.shape[0] > 1:
        yield "the row is the column", np.eye(y.shape[0], dtype=bool)
        yield "the row is not the column", ~np.eye(y.shape[0], dtype=bool)
    if y.ndim >= 1 and y.size > 3:
        largest = y == np.max(y, axis=-1, keepdims=True)
        yield "what was expected is the largest of its row", largest
