"""What two of a reference's arrays give together: a sum, a product, a quotient, a product of matrices."""

from collections.abc import Callable, Iterator

import numpy as np

from helpers.factors import coefficient, factor_names
from helpers.quantities import (
    EXPECTED,
    FUNCTIONS,
    LARGE,
    MOST,
    REDUCTIONS,
    Quantity,
    in_brackets,
    plain_quantities,
    quantities,
)
from helpers.scene import Scene, Told, close, constant_ratio, independent, is_numeric

# Fewer different numbers could be met by one of so many combinations by chance.
ENOUGH = 4
# So many numbers are looked at before all are.
SAMPLE = 4
OPERATIONS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "{0} times {1}": np.multiply,
    "{0} divided by {1}": np.divide,
    "{1} divided by {0}": lambda a, b: b / a,
    "{0} plus {1}": np.add,
    "{0} minus {1}": np.subtract,
    "{1} minus {0}": lambda a, b: b - a,
}


def combined(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """Which two of the reference's arrays an array is made of, number by number.

    Args:
        x: what an answer gave.
        y: what was expected, of the same shape.
        scene: what it is held against.
        rtol: the share that equal numbers may differ by.
    """
    if x.size > LARGE or independent(x) < ENOUGH:
        return
    some = np.argsort(-np.abs(x).ravel())[:SAMPLE]
    all_of_them = quantities(scene, x.shape)
    if not all_of_them:
        return
    flat = [np.broadcast_to(q.value, x.shape).ravel()[some] for q in all_of_them]
    samples = np.stack(flat)
    wanted = x.ravel()[some]
    for one in plain_quantities(scene, x.shape):
        value = np.broadcast_to(one.value, x.shape)
        for words, operation in OPERATIONS.items():
            made = operation(value.ravel()[some], samples)
            for i in np.flatnonzero(_could_be(wanted, made)):
                other = all_of_them[i]
                # h times h² is no two arrays.
                if one.name in (other.name, other.of):
                    continue
                candidate = operation(value, np.broadcast_to(other.value, x.shape))
                name = words.format(one.name, in_brackets(other))
                yield from _told(x, y, candidate, name, scene, rtol)


def mixed(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """Which array an array is, plus so many times another: what a step made of weights and a gradient.

    Args:
        x: what an answer gave.
        y: what was expected, of the same shape.
        scene: what it is held against.
        rtol: the share that equal numbers may differ by.
    """
    if x.size > LARGE or independent(x) < ENOUGH:
        return
    scale = float(np.max(np.abs(x)))
    for one in plain_quantities(scene, x.shape):
        gap = x - one.value
        # What remains of two large numbers is noise.
        if independent(gap) < ENOUGH or np.max(np.abs(gap)) < 100 * rtol * scale:
            continue
        for other in quantities(scene, x.shape):
            if one.name in (other.name, other.of):
                continue
            k = constant_ratio(gap, np.broadcast_to(other.value, x.shape), 100 * rtol)
            if k is None or not close(one.value + k * other.value, x, rtol):
                continue
            times = coefficient(abs(k), scene)
            if times:
                done = "plus" if k > 0 else "minus"
                words = f"this is {one.name} {done} {times} times {in_brackets(other)}"
                yield ("mixed", one.name, done, times, other.name), words, True


def _could_be(wanted: np.ndarray, made: np.ndarray) -> np.ndarray:
    """Which rows are, roughly, what is wanted times a constant."""
    ratio = made / wanted
    good = np.isfinite(ratio).all(axis=1)
    spread = np.ptp(np.where(np.isfinite(ratio), ratio, 0), axis=1)
    largest = np.max(np.abs(np.where(np.isfinite(ratio), ratio, 0)), axis=1)
    return good & (largest > 0) & (spread <= 0.02 * largest)


def _told(
    x: np.ndarray, y: np.ndarray, made: np.ndarray, name: str, scene: Scene, rtol: float
) -> Iterator[Told]:
    """That an array is what was made, or that times a number with a name."""
    if not np.isfinite(made).all() or independent(made) < ENOUGH:
        return
    if made.shape == y.shape and close(made, y, rtol):
        return
    c = constant_ratio(x, made, rtol)
    if c is None:
        return
    if abs(c - 1) < 1e-3:
        yield ("made of", name), f"this is {name}", True
    elif abs(c + 1) < 1e-3:
        yield ("made of", name, "minus"), f"this is minus ({name})", True
    else:
        for factor in factor_names(c, scene):
            words = factor.words.replace(EXPECTED, f"({name})")
            yield ("made of", name, *factor.key), f"this is {words}", True


def shifted(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """Which of the reference's arrays an array is, up to one number that was added everywhere.

    Args:
        x: what an answer gave.
        y: what was expected, of the same shape.
        scene: what it is held against.
        rtol: the share that equal numbers may differ by.
    """
    if independent(x) < ENOUGH:
        return
    scale = float(np.max(np.abs(x)))
    for q in plain_quantities(scene, x.shape):
        gap = x - q.value
        if np.ptp(gap) > rtol * scale or np.max(np.abs(gap)) < 10 * rtol * scale:
            continue
        c = float(np.median(gap))
        done = "added to"
        if c < 0:
            done = "taken from"
        yield ("shifted", q.name, done), f"{q.name}, with {abs(c):.4g} {done} each number of it", True


def normalized(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """Which of the reference's arrays, or what is made of one, was divided by its own sum, largest or length.

    Args:
        x: what an answer gave.
        y: what was expected, of the same shape.
        scene: what it is held against.
        rtol: the share that equal numbers may differ by.
    """
    if x.size > LARGE or independent(x) < ENOUGH or x.ndim == 0:
        return
    for q in quantities(scene, x.shape):
        if q.value.shape != x.shape:
            continue
        for axis in range(x.ndim):
            with np.errstate(all="ignore"):
                ratio = q.value / x
            # The same all along the axis.
            if not np.isfinite(ratio).all() or np.any(
                np.ptp(ratio, axis) > 0.02 * np.max(np.abs(ratio), axis)
            ):
                continue
            for name in ("the sum", "the largest", "the norm"):
                made = q.value / REDUCTIONS[name](q.value, axis=axis, keepdims=True)
                if close(x, made, rtol) and not close(made, y, rtol):
                    words = f"this is {in_brackets(q)}, divided by {name} of it over axis {axis}"
                    yield ("normalized", q.name, name, str(axis)), words, True


def rounded(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """Whether what was expected was rounded.

    Args:
        x: what an answer gave.
        y: what was expected, of the same shape.
        scene: what it is held against.
        rtol: the share that equal numbers may differ by.
    """
    for digits, words in {
        0: "to whole numbers",
        1: "to 1 decimal",
        2: "to 2 decimals",
        3: "to 3 decimals",
    }.items():
        if close(x, np.round(y, digits), 1e-6) and independent(x) > 1:
            yield ("rounded", str(digits)), f"what was expected, rounded {words}", True
            return


def matrix_product(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """Which two of the reference's matrices an array is the product of.

    Args:
        x: what an answer gave.
        y: what was expected, of whatever shape.
        scene: what it is held against.
        rtol: the share that equal numbers may differ by.
    """
    if x.ndim != 2 or x.size > LARGE or independent(x) < ENOUGH:
        return
    plain = _matrices(scene)
    functions = [one for matrix in plain for one in _functions(matrix)]
    for i, left in enumerate([*plain, *functions]):
        others = plain
        if i < len(plain):
            others = [*plain, *functions]
        for right in others:
            for a in _both_ways(left):
                for b in _both_ways(right):
                    if not _fits(a.value, b.value, x):
                        continue
                    name = f"the matrix product of {a.name} and {b.name}"
                    yield from _told(x, y, a.value @ b.value, name, scene, rtol)


def _fits(a: np.ndarray, b: np.ndarray, x: np.ndarray) -> bool:
    """Whether two matrices have a product of an array's shape, which agrees in one number or in its sign."""
    if a.shape[1] != b.shape[0] or (a.shape[0], b.shape[1]) != x.shape:
        return False
    with np.errstate(all="ignore"):
        ratios = [float(x[i, 0] / (a[i] @ b[:, 0])) for i in (0, -1)]
    return bool(np.isfinite(ratios).all()) and abs(ratios[0] - ratios[1]) <= 0.02 * abs(ratios[0])


def _matrices(scene: Scene) -> list[Quantity]:
    found = []
    for name, value in scene.others.items():
        if is_numeric(value) and value.ndim == 2 and value.size <= LARGE:
            found.append(Quantity(name, value.astype("float64"), True))
    return found[:MOST]


def _functions(matrix: Quantity) -> Iterator[Quantity]:
    with np.errstate(all="ignore"):
        for name, function in FUNCTIONS.items():
            made = function(matrix.value)
            if np.isfinite(made).all():
                yield Quantity(f"({name.format(matrix.name)})", made)


def _both_ways(matrix: Quantity) -> Iterator[Quantity]:
    yield matrix
    yield Quantity(f"{matrix.name} transposed", matrix.value.T)


def larger_divisor(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """Whether a small round number was added to what is divided by, as is done against a division by 0.

    Args:
        x: what an answer gave.
        y: what was expected, of the same shape.
        scene: what it is held against.
        rtol: the share that equal numbers may differ by.
    """
    there = y != 0
    if not there.any() or not np.array_equal(there, x != 0):
        return
    below = 1 / np.abs(y[there])
    gap = 1 / np.abs(x[there]) - below
    # Both were computed in the same dtype, of which a tolerance leaves much room.
    noise = rtol / 50 * below
    surest = int(np.argmin(noise))
    c = float(gap[surest])
    if c < 5 * noise[surest] or np.any(np.abs(gap - c) > 0.02 * c + 2 * noise):
        return
    if not np.array_equal(np.sign(x), np.sign(y)):
        return
    digits = 10.0 ** np.floor(np.log10(c))
    for rounded in (digits, 2 * digits, 5 * digits, 10 * digits):
        if abs(c / rounded - 1) < 0.02:
            yield ("divisor", f"{rounded:.0e}"), f"as if {rounded:g} were added to what is divided by", True
