"""One rule judges everything: the same names, shapes, dtypes, finiteness and values."""

import numpy as np

from helpers.checks import Check
from helpers.evidence import Evidence, Failure, Odd

RTOL = {2: 1e-2, 4: 1e-4, 8: 1e-9}  # by the bytes of one real number


def summarize(check: Check, theirs: Evidence, ours: Evidence) -> Evidence:
    """What of the evidence can be compared: itself, unless it is random and the check has a summary.

    Args:
        ours: the reference's evidence for the same draw.
    """
    if theirs.failure or not check.summarize:
        return theirs
    if mismatch(theirs, ours):
        return theirs  # a summary may rely on shapes; what differs already will fail as it is
    with np.errstate(all="ignore"):
        try:
            found = check.summarize(theirs.arrays, ours.arrays)
        except (ValueError, ArithmeticError, IndexError, np.linalg.LinAlgError) as error:
            return Evidence({}, Failure("Summary", f"the values cannot be summarized: {error}"))
    return Evidence({key: np.asarray(value, "float64") for key, value in found.items()})


def mismatch(theirs: Evidence, ours: Evidence) -> str | None:
    """The first way in which two pieces of evidence differ in form, told in a sentence; None if in none."""
    for key, expected in ours.arrays.items():
        if key not in theirs.arrays:
            return f"{key} is missing"
        value = theirs.arrays[key]
        if isinstance(value, Odd):
            if isinstance(expected, Odd) and value == expected:
                continue
            return f"{key} is {value.type}: {value.why}"
        if isinstance(value, str) or isinstance(expected, str | Odd):
            if type(value) is type(expected):
                continue
            return f"{key} is {_kind(value)}, expected {_kind(expected)}"
        if value.shape != expected.shape:
            return f"{key} has shape {value.shape}, expected {expected.shape}"
        if value.dtype != expected.dtype:
            return f"{key} has dtype {value.dtype}, expected {expected.dtype}"
    extra = sorted(theirs.arrays.keys() - ours.arrays.keys())
    return f"{extra[0]} should not be there" if extra else None


def same(check: Check, a: Evidence, b: Evidence) -> bool:
    """Whether two pieces of summarized evidence are equal up to the tolerances; `b` sets the scale."""
    if a.failure or b.failure:
        return (a.failure and a.failure.type) == (b.failure and b.failure.type)
    if mismatch(a, b):
        return False
    return all(_close(check, key, a.arrays[key], b.arrays[key]).all() for key in b.arrays)


def _close(check: Check, key: str, x, y) -> np.ndarray:
    """Element by element: is x equal to y within the tolerance of `key`?"""
    if isinstance(y, str | Odd) or y.dtype.kind not in "fc":
        return np.asarray(x == y)
    # The very same array, or the same to the last bit, is by far the most frequent case.
    if x is y or x.tobytes() == y.tobytes():
        return np.ones(y.shape, bool)
    rtol, atol = tolerance(check, key, y)
    finite = np.isfinite(y)
    # What np.isclose computes, at a tenth of its cost.
    with np.errstate(all="ignore"):
        close = np.abs(x - y) <= atol + rtol * np.abs(y)
        if finite.all():
            return close
        return (close & finite) | (x == y) | (np.isnan(x) & np.isnan(y))


def tolerance(check: Check, key: str, y: np.ndarray) -> tuple[float, float]:
    """Relative by dtype; absolute as the author says, or a tenth of that at the array's scale."""
    real = y.dtype.itemsize // (2 if y.dtype.kind == "c" else 1)
    rtol = RTOL[real]
    scale = float(np.max(np.abs(y[np.isfinite(y)]), initial=0))
    return rtol, check.atol.get(key, 0.1 * rtol * scale)


def explain(check: Check, theirs: Evidence, expected: Evidence) -> str:
    """Say how summarized evidence differs from the reference's: what was given, what was expected."""
    if theirs.failure:
        return _explain_failure(theirs.failure)
    if form := mismatch(theirs, expected):
        return form
    for key, y in expected.arrays.items():
        x = theirs.arrays[key]
        close = _close(check, key, x, y)
        if close.all():
            continue
        if isinstance(y, str | Odd):
            return f"{key} is {x!r}, expected {y!r}"
        assert isinstance(x, np.ndarray)
        bad = ~np.isfinite(x) & np.isfinite(y) if x.dtype.kind in "fc" else np.zeros(x.shape, bool)
        if bad.any():
            where = _first(bad)
            return f"{key}{_at(where)} is {x[where]}, expected {_number(y[where])}; {bad.sum()} of {bad.size} values are not finite"
        with np.errstate(all="ignore"):
            gap = np.where(close, -1.0, np.nan_to_num(np.abs(x.astype("complex128") - y)))
        where = np.unravel_index(int(np.argmax(gap)), gap.shape)
        given, wanted = _number(x[where]), _number(y[where])
        text = f"{key}{_at(where)} is {given}, expected {wanted}"
        if key in check.atol and check.atol[key] > 1e-3:
            text += f" ± {_number(check.atol[key])}"
        if gap.size > 1:
            text += f" ({(~close).sum()} of {gap.size} values differ)"
        return text
    return "equal to what was expected"


def _explain_failure(failure: Failure) -> str:
    if failure.type == "NotImplementedError" and not failure.message:
        return "not written yet: replace `raise NotImplementedError()` with your code"
    if failure.type == "NotCallable":
        return failure.message
    place = f" ({failure.place})" if failure.place else ""
    return f"your code raised {failure.type}: {failure.message}{place}"


def _kind(value) -> str:
    if isinstance(value, str):
        return "a text"
    return value.type if isinstance(value, Odd) else f"an array of shape {value.shape}"


def _first(mask: np.ndarray) -> tuple:
    return tuple(int(i) for i in np.argwhere(mask)[0])


def _at(where: tuple) -> str:
    return f"[{', '.join(str(int(i)) for i in where)}]" if len(where) else ""


def _number(value) -> str:
    value = value.item() if hasattr(value, "item") else value
    return f"{value:.4g}" if isinstance(value, float | complex) else str(value)
