"""What is true of an array that is wrong, beside the one that was expected: relations between two arrays.

Each is told with the numbers of one draw and has a key that is the same at every draw, so that what holds
by chance at one is not told. None knows an exercise.
"""

from collections.abc import Iterator

import numpy as np

from helpers.bounds import clipped
from helpers.combinations import combined, larger_divisor, matrix_product, mixed, normalized, rounded, shifted
from helpers.factors import coefficient, factor_names
from helpers.forms import of_another_shape, order, rows
from helpers.one_number import another_number
from helpers.places import not_finite, partly
from helpers.quantities import (
    EXPECTED,
    FUNCTIONS,
    LARGE,
    REDUCTIONS,
    identity,
    in_brackets,
    mixture,
    quantities,
)
from helpers.scene import Relation, Scene, Told, close, constant_ratio, independent, is_numeric, rtol_of

# So many numbers are looked at before all are.
SAMPLE = 4


def relations(x: np.ndarray, scene: Scene) -> Iterator[Relation]:
    """All that is true of an array, what is best to tell first.

    Args:
        x: what an answer gave; it differs from `scene.expected` in shape, dtype or values.
        scene: what it is held against.
    """
    y = scene.expected
    if not is_numeric(x) or not is_numeric(y):
        return
    if x.shape != y.shape:
        yield from of_another_shape(x, scene)
        for key, words, strong in matrix_product(x.astype("float64"), y, scene, rtol_of(x)):
            yield Relation(key, words, strong, independent(x))
    elif not np.isfinite(x.astype("float64")).all():
        yield from not_finite(x, scene)
    elif np.isfinite(y.astype("float64")).all():
        yield from _of_the_same_shape(x, scene)


def _of_the_same_shape(x: np.ndarray, scene: Scene) -> Iterator[Relation]:
    y = scene.expected
    rtol = max(rtol_of(x), rtol_of(y))
    fx, fy = x.astype("float64"), y.astype("float64")
    if close(fx, fy, rtol):
        yield from _equal_but_not_alike(x, y)
        return
    count = min(independent(x), independent(y))
    if x.size > 1 and not np.any(fx):
        yield Relation(("zero",), "0 everywhere", True, independent(y))
        return
    if y.dtype.kind == "b" and x.dtype.kind == "b":
        if x.size > 3 and 0 < fy.mean() < 1 and np.array_equal(x, ~y):
            yield Relation(("not",), "the other way round everywhere", True, x.size)
        yield from partly(fx, scene, rtol)
        return
    for find in WHOLE:
        for key, words, strong in find(fx, fy, scene, rtol):
            yield Relation(key, words, strong, count)
    if x.size > 2 and np.ptp(fx) <= rtol * np.max(np.abs(fx)) and np.ptp(fy) > 0:
        yield from _one_for_all(fx, fy, rtol)
        yield Relation(("constant",), f"the same everywhere: {fx.flat[0]:.4g}", False, independent(y))
        return
    yield from partly(fx, scene, rtol)
    for find in LAST:
        for key, words, strong in find(fx, fy, scene, rtol):
            yield Relation(key, words, strong, count)


def _one_for_all(x: np.ndarray, y: np.ndarray, rtol: float) -> Iterator[Relation]:
    """One number everywhere, which all that was expected gives together."""
    for name, function in REDUCTIONS.items():
        if close(x, np.full(x.shape, function(y, axis=None)), rtol):
            words = f"{name} of all that was expected, everywhere"
            yield Relation(("one for all", name), words, True, independent(y))


def _equal_but_not_alike(x: np.ndarray, y: np.ndarray) -> Iterator[Relation]:
    """The values agree: it is the dtype that does not, or digits that a check is strict about."""
    count = independent(y)
    if x.dtype != y.dtype:
        words = f"the right values in {x.dtype}, expected {y.dtype}"
        yield Relation(("dtype",), words, True, count)
    elif x.dtype == "float64":
        for dtype in ("float32", "float16"):
            if np.array_equal(x, y.astype(dtype).astype("float64")):
                yield Relation(("rounded", dtype), f"what was expected, rounded to {dtype}", True, count)
    for key, words, strong in _nearly(x.astype("float64"), y.astype("float64"), Scene(y), 0):
        yield Relation(key, words, strong, count)


def _factor(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    c = constant_ratio(x, y, rtol)
    if c is None or abs(c - 1) < 1e-4:
        return
    for factor in factor_names(c, scene):
        yield factor.key, factor.words, True
    # One number is always some times another.
    if x.size > 1:
        yield ("constant factor",), f"{c:.4g} times what was expected, everywhere", False


def _offset(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    d = x - y
    scale = max(float(np.max(np.abs(y))), float(np.max(np.abs(x))))
    if np.ptp(d) > rtol * scale or abs(d.flat[0]) < 10 * rtol * scale:
        return
    if x.size == 1:
        whole = x == np.round(x) and y == np.round(y)
        if not whole or abs(d.flat[0]) != 1:
            return
    c = float(np.median(d))
    for name, value in scene.others.items():
        if (
            value.size == 1
            and value.dtype.kind in "fiu"
            and abs(abs(c) - float(value.reshape(()))) < rtol * scale
        ):
            more = "more" if c > 0 else "less"
            yield (
                ("offset", name, more),
                f"everywhere {name} {more} than expected, {name} = {abs(c):.4g}",
                True,
            )
    more = "more" if c > 0 else "less"
    exact = abs(c - round(c)) < rtol * scale and round(c) != 0
    yield ("offset", f"{c:.3g}"), f"{abs(c):.4g} {more} than expected, everywhere", exact


def _function(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """A function of each number that was expected, or the reverse."""
    if x.size > LARGE:
        return
    with np.errstate(all="ignore"):
        for name, function in FUNCTIONS.items():
            made = function(y)
            if independent(made) > 1 and close(x, made, rtol):
                yield ("function", name), name.format(EXPECTED), True
            if close(x, -made, rtol) and independent(made) > 1:
                yield ("function", name, "minus"), f"minus {name.format(EXPECTED)}", True
            back = function(x)
            if independent(back) > 1 and close(back, y, rtol):
                yield ("inverse", name), f"what was expected is {name.format('it')}", True
            if independent(back) > 1 and close(-back, y, rtol):
                yield ("inverse", name, "minus"), f"what was expected is minus {name.format('it')}", True
        yield from clipped(x, y, rtol)


def _another(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    if x.size == 1:
        yield from another_number(x, scene, rtol)
        return
    for q in quantities(scene, x.shape):
        yield from identity(x, q, rtol)


SHARES = {
    1: "{} more than expected",
    -1: "lacks the term {}",
    -2: "minus {0} stands where plus {0} belongs",
    2: "twice {} more than expected",
    0.5: "half of {} more than expected",
    -0.5: "half of {} is lacking",
}


def _term(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """The difference is a quantity: a term that is lacking, or one too many."""
    d = x - y
    scale = max(float(np.max(np.abs(y))), float(np.max(np.abs(x))))
    # What remains of two large numbers is noise.
    if x.size < 2 or float(np.max(np.abs(d))) < 100 * rtol * scale:
        return
    some = np.argsort(-np.abs(d).ravel())[:SAMPLE]
    for q in quantities(scene, x.shape):
        value = np.broadcast_to(q.value, x.shape)
        if not _proportional(d.ravel()[some], value.ravel()[some]):
            continue
        size = float(np.sum(value * value))
        k = float(np.sum(d * value)) / size
        if abs(k) < 1e-6 or np.max(np.abs(d - k * value)) > rtol * scale:
            continue
        # By a mask of noughts and ones the places are told, which others do better.
        if independent(value) < 2:
            continue
        share = next((s for s in SHARES if abs(k - s) < 1e-3), None)
        if share is not None:
            yield ("term", str(share), q.name), SHARES[share].format(in_brackets(q)), True
            continue
        times = coefficient(abs(k), scene)
        more = "more" if k > 0 else "less"
        if times:
            words = f"{times} times {in_brackets(q)} {more} than expected"
            yield ("term", times, q.name, more), words, True
        elif q.plain:
            difference = f"{abs(k):.4g} times {q.name} {more} than expected"
            for factor in factor_names(1 + k, scene):
                whole = factor.words.replace(EXPECTED, q.name)
                words = f"{difference}; with {q.name} itself that makes {whole}"
                yield ("counts", *factor.key, q.name), words, True
            words = f"differs from what was expected by {k:.4g} times {q.name}"
            yield ("term", q.name), words, False


def _product(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """The ratio is a quantity: a factor that is lacking, or one too many."""
    if x.size < 2:
        return
    some = np.argsort(-np.abs(x * y).ravel())[:SAMPLE]
    with np.errstate(all="ignore"):
        for q in quantities(scene, x.shape):
            value = np.broadcast_to(q.value, x.shape)
            for key, words, one, other in (
                ("lacks", f"lacks the factor {in_brackets(q)}", x, y),
                ("has", f"has the factor {in_brackets(q)}, which should not be there", y, x),
            ):
                if not _proportional((one * value).ravel()[some], other.ravel()[some]):
                    continue
                c = constant_ratio(one * value, other, rtol)
                if c is None or independent(value) < 2:
                    continue
                if abs(c - 1) < 1e-3:
                    yield (key, q.name), words, True
                elif abs(c + 1) < 1e-3:
                    yield (key, q.name, "minus"), f"{words}, and the sign is the other one", True


def _proportional(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether a few numbers are, roughly, others times a constant: most of what is tried is rejected so."""
    with np.errstate(all="ignore"):
        ratio = a / b
    return bool(np.isfinite(ratio).all() and np.ptp(ratio) <= 0.02 * np.max(np.abs(ratio)))


def _normalized(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """What was expected divided by its own sum over an axis, or the reverse; or that subtracted."""
    if x.size < 2 or x.size > LARGE:
        return
    with np.errstate(all="ignore"):
        for axis in [*range(x.ndim), None]:
            over = "all of it" if axis is None else f"axis {axis}"
            for name, function in REDUCTIONS.items():
                of_y = function(y, axis=axis, keepdims=True)
                of_x = function(x, axis=axis, keepdims=True)
                about = f"{name} over {over}"
                if close(x, y / of_y, rtol):
                    yield ("divided by own", about), f"what was expected, divided by {about}", True
                if close(x / of_x, y, rtol):
                    yield (
                        ("not divided by own", about),
                        f"not yet divided by {about}: that would give what was expected",
                        True,
                    )
                if close(x, y - of_y, rtol):
                    yield ("less own", about), f"what was expected, less {about}", True
                if close(x - of_x, y, rtol):
                    yield (
                        ("not less own", about),
                        f"{about} is not subtracted: that would give what was expected",
                        True,
                    )


def _sums_to_one(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """Probabilities of something else than what was asked for."""
    if x.ndim < 2 or x.size < 4:
        return
    axes = [axis for axis in range(y.ndim) if y.shape[axis] > 1 and _adds_up(y, axis)]
    if not axes or any(_adds_up(x, axis) for axis in axes):
        return
    for axis in range(x.ndim):
        if x.shape[axis] > 1 and _adds_up(x, axis):
            yield ("sums", str(axis)), f"sums to 1 along axis {axis}, expected along axis {axes[0]}", True
            return
    if abs(np.sum(x) - 1) < 1e-3:
        yield ("sums", "all"), f"sums to 1 over all of it, expected along axis {axes[0]}", True
        return
    yield ("sums", "no"), f"does not sum to 1 along axis {axes[0]}", False


def _adds_up(x: np.ndarray, axis: int) -> bool:
    return bool(np.all(np.abs(np.sum(x, axis) - 1) < 1e-3))


def _nearly(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    scale = float(np.max(np.abs(y)))
    if scale == 0:
        return
    share = float(np.max(np.abs(x - y))) / scale
    if 0 < share < 5e-3:
        digits = int(-np.log10(share))
        words = f"nearly right: off by at most {share:.0e} of the largest, so {digits} digits are right"
        yield ("digits",), words, False


def _same_along_an_axis(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """Off by a number, or a factor, for each entry of an axis."""
    if x.ndim != 2 or min(x.shape) < 3:
        return
    scale = max(float(np.max(np.abs(y))), float(np.max(np.abs(x))))
    for axis in range(2):
        if np.max(np.ptp(x - y, axis=axis)) <= rtol * scale < 0.1 * np.max(np.abs(x - y)):
            words = f"off by the same all along axis {axis}: by one number for each entry of axis {1 - axis}"
            yield ("off along", str(axis)), words, False
        with np.errstate(all="ignore"):
            ratio = x / y
        if not np.isfinite(ratio).all() or np.max(np.abs(ratio - 1)) < 100 * rtol:
            continue
        if np.max(np.ptp(ratio, axis=axis)) <= 10 * rtol * np.max(np.abs(ratio)):
            words = f"off by the same factor all along axis {axis}: by one for each entry of axis {1 - axis}"
            yield ("factor along", str(axis)), words, False


def _affine(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    """Stretched and shifted: 2y - 1."""
    if x.size < 4 or np.ptp(y) == 0:
        return
    stretch, shift = np.polyfit(y.ravel(), x.ravel(), 1)
    made = stretch * y + shift
    if not close(x, made, rtol) or abs(stretch) < 1e-3 or abs(shift) < 1e-3:
        return
    simple = bool(abs(2 * stretch - round(2 * stretch)) < 1e-3 and abs(2 * shift - round(2 * shift)) < 1e-3)
    yield (
        ("affine", f"{stretch:.3g}", f"{shift:.3g}"),
        f"{stretch:.4g} times what was expected, {shift:+.4g}",
        simple,
    )


def _one_off(x: np.ndarray, y: np.ndarray, scene: Scene, rtol: float) -> Iterator[Told]:
    whole = np.array_equal(x, np.round(x)) and np.array_equal(y, np.round(y))
    if not whole or x.size < 2:
        return
    d = x - y
    if np.max(np.abs(d)) == 1 and np.max(np.abs(y)) > 1:
        yield ("one off",), "off by one, and never by more", False


WHOLE = (
    _factor,
    _offset,
    _function,
    _another,
    shifted,
    mixture,
    _affine,
    _term,
    _product,
    _normalized,
    order,
    rows,
    _sums_to_one,
    combined,
    mixed,
    normalized,
    matrix_product,
    larger_divisor,
)
LAST = (rounded, _one_off, _same_along_an_axis, _nearly)
