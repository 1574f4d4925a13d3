"""One rule judges everything: the same names, shapes, dtypes, finiteness and values."""

import re
from dataclasses import dataclass

import numpy as np

from helpers.checks import Check
from helpers.evidence import Evidence, Failure, Odd, Value
from helpers.verdict import Clue, Kind

# By the bytes of one real number.
RTOL = {2: 1e-2, 4: 1e-4, 8: 1e-9}
# A vector of so many numbers is told whole.
SHORT = 8
# A larger number is told by its first digits, whole or not.
WHOLE = 1e7


@dataclass(frozen=True)
class Difference:
    """How evidence differs from the reference's.

    Attributes:
        kind: in which way, as an outcome says it.
        message: the sentence that tells it: what was given, and what was expected.
        clue: what about it calls for a hint of its own.
        gist: what two messages share that say the same; "" where only equal messages do.
        raised: the type of the exception, if that is what it is.
    """

    kind: Kind
    message: str
    clue: Clue | None = None
    gist: str = ""
    raised: str = ""


def summarize(check: Check, theirs: Evidence, ours: Evidence) -> Evidence:
    """What of the evidence can be compared: itself, unless it is random and the check has a summary.

    Args:
        check: the check that gave it.
        theirs: a candidate's evidence.
        ours: the reference's evidence for the same draw.
    Returns:
        The summary as float64 arrays; `theirs` itself if it is a failure or has another form than `ours`,
        and a failure of type "Summary" if its values cannot be summarized. Landmarks are left out.
    """
    if theirs.landmarks:
        theirs = Evidence(theirs.arrays, theirs.failure)
    if theirs.failure or not check.summarize:
        return theirs
    # A summary may rely on shapes, and what differs already will fail as it is.
    if mismatch(theirs, ours):
        return theirs
    with np.errstate(all="ignore"):
        try:
            found = check.summarize(theirs.arrays, ours.arrays)
        except (ValueError, ArithmeticError, IndexError, np.linalg.LinAlgError) as error:
            return Evidence({}, Failure("Summary", f"the values cannot be summarized: {error}"))
    return Evidence({key: np.asarray(value, "float64") for key, value in found.items()})


def mismatch(theirs: Evidence, ours: Evidence) -> Difference | None:
    """The first way in which two pieces of evidence differ in form: in names, types, shapes or dtypes.

    Args:
        theirs: a candidate's evidence.
        ours: what was expected.
    Returns:
        The difference, or None if there is none.
    """
    for key, expected in ours.arrays.items():
        if key not in theirs.arrays:
            return Difference(Kind.WRONG_FORM, f"{key} is missing")
        difference = _mismatch_of_one(key, theirs.arrays[key], expected)
        if difference:
            return difference
    extra = sorted(theirs.arrays.keys() - ours.arrays.keys())
    if extra:
        return Difference(Kind.WRONG_FORM, f"{extra[0]} should not be there")
    return None


def _mismatch_of_one(key: str, value: Value, expected: Value) -> Difference | None:
    match value, expected:
        case np.ndarray(), np.ndarray():
            return _mismatch_of_arrays(key, value, expected)
        case str(), str():
            return None
        case Odd(), Odd() if value == expected:
            return None
        case Odd(type=what, why=why), _:
            return Difference(Kind.WRONG_FORM, f"{key} is {what}: {why}", _clue_of_none(what, why))
    return Difference(Kind.WRONG_FORM, f"{key} is {_described(value)}, expected {_described(expected)}")


def _mismatch_of_arrays(key: str, value: np.ndarray, expected: np.ndarray) -> Difference | None:
    if value.shape != expected.shape:
        message = f"{key} has shape {value.shape}, expected {expected.shape}"
        return Difference(Kind.WRONG_FORM, message, Clue.SHAPE)
    if value.dtype != expected.dtype:
        return Difference(Kind.WRONG_FORM, f"{key} has dtype {value.dtype}, expected {expected.dtype}")
    return None


def same(check: Check, a: Evidence, b: Evidence) -> bool:
    """Whether two pieces of summarized evidence are equal up to the tolerances.

    Args:
        check: the check that gave both; it may hold tolerances of its own.
        a: one of them.
        b: the other, which sets the scale of the tolerances.
    Returns:
        Whether they are equal; two failures are if their types are, and both or neither were raised on
        purpose (see `say_the_same` for their words).
    """
    if a.failure and b.failure:
        return a.failure.type == b.failure.type and a.failure.on_purpose == b.failure.on_purpose
    if a.failure or b.failure:
        return False
    if mismatch(a, b):
        return False
    return all(close_to(check, key, a.arrays[key], expected).all() for key, expected in b.arrays.items())


def say_the_same(a: Failure | None, b: Failure | None) -> bool:
    """Whether two failures of one draw agree in type, words and sizes, but for addresses and the number in `dense_3`.

    Args:
        a: one of them, or None where nothing failed.
        b: the other, or None.
    Returns:
        Whether both failed and say the same, or neither failed.
    """
    if a is None or b is None:
        return a is b
    return a.type == b.type and _words(a.message) == _words(b.message)


def _words(message: str) -> list[str]:
    """A message without what differs from call to call, or in last digits from machine to machine."""
    without_addresses = re.sub(r"0x[0-9a-f]+", "", message)
    return re.findall(r"[^\W\d_]+|(?<![\w.])\d{1,6}(?![\w.]*\d)", without_addresses)


def close_to(check: Check, key: str, x: Value, y: Value) -> np.ndarray:
    """Say element by element whether x is equal to y within the tolerance of an array's name.

    Args:
        check: the check that gave both.
        key: the array's name.
        x: what was given.
        y: what was expected, of the same shape and dtype.
    """
    if not isinstance(x, np.ndarray) or not isinstance(y, np.ndarray) or y.dtype.kind not in "fc":
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
    """The tolerances within which an array's values are equal.

    Args:
        check: the check that gave it; its author may have set an absolute tolerance for `key`.
        key: the array's name.
        y: what was expected, real or complex.
    Returns:
        The relative tolerance, by dtype; and the absolute one: the author's, or else a tenth of the
        relative one at the scale of the largest finite value.
    """
    parts = 2 if y.dtype.kind == "c" else 1
    rtol = RTOL[y.dtype.itemsize // parts]
    finite = y[np.isfinite(y)]
    scale = float(np.max(np.abs(finite), initial=0))
    return rtol, check.atol.get(key, 0.1 * rtol * scale)


def explain(check: Check, theirs: Evidence, expected: Evidence, ours: Evidence | None = None) -> Difference:
    """Say how summarized evidence differs from the reference's.

    Args:
        check: the check that gave both.
        theirs: a candidate's evidence.
        expected: the reference's.
        ours: the reference's as it came, with the landmarks that are shown beside the numbers.
    Returns:
        The first difference: a failure before another form, another form before another value.
    """
    if theirs.failure:
        return _difference_of_failure(theirs.failure)
    other_form = mismatch(theirs, expected)
    if other_form:
        return other_form
    for key, y in expected.arrays.items():
        x = theirs.arrays[key]
        close = close_to(check, key, x, y)
        if not close.all():
            landmarks: dict[str, np.ndarray] = {}
            if ours:
                landmarks = ours.landmarks
            return _difference_in_value(check, key, x, y, close, landmarks)
    # Who asks has seen that something is wrong: what cannot be explained does not pass for all that.
    return Difference(Kind.WRONG_VALUE, "equal to what was expected")


def _difference_of_failure(failure: Failure) -> Difference:
    """What a student's code raised, or that it is not written yet."""
    if failure.type == "NotImplementedError" and not failure.message:
        message = "not written yet: replace `raise NotImplementedError()` with your code"
        return Difference(Kind.NOT_WRITTEN, message)
    if failure.type == "NotCallable":
        return Difference(Kind.WRONG_FORM, failure.message, _clue_of_none(failure.message))
    raised = f"your code raised {failure.type}: {failure.message}"
    clue = _clue_of_none(failure.type, failure.message, failure.place)
    if not failure.place:
        return Difference(Kind.RAISED, raised, clue, raised=failure.type)
    # One line of the student's is told once, whatever sizes its words mention; and so is what several
    # checks met in the same words.
    gist = raised if failure.at_the_check else f"{failure.type} {failure.place}"
    return Difference(Kind.RAISED, f"{raised} ({failure.place})", clue, gist, failure.type)


def _difference_in_value(
    check: Check, key: str, x: Value, y: Value, close: np.ndarray, landmarks: dict[str, np.ndarray]
) -> Difference:
    """Tell the value that is farthest from what was expected; before that, one that is not finite."""
    if not isinstance(x, np.ndarray) or not isinstance(y, np.ndarray):
        return Difference(Kind.WRONG_VALUE, f"{key} is {x!r}, expected {y!r}", _clue_of_none(str(x)))
    if y.ndim == 1 and 1 < y.size <= SHORT:
        given, expected = two_texts(x, y)
        message = f"{key} is {given}, expected {expected}{_inputs(landmarks, y.shape, ())}"
        return Difference(Kind.WRONG_VALUE, message)
    not_finite = np.zeros(x.shape, bool)
    if x.dtype.kind in "fc":
        not_finite = ~np.isfinite(x) & np.isfinite(y)
    if not_finite.any():
        first = tuple(np.argwhere(not_finite)[0])
        given, expected = two_texts(x[first], y[first])
        count = f"{not_finite.sum()} of {x.size} values are not finite"
        inputs = _inputs(landmarks, y.shape, first)
        return Difference(
            Kind.WRONG_VALUE, f"{key}{_at(first)} is {given}, expected {expected}; {count}{inputs}"
        )

    with np.errstate(all="ignore"):
        distance = np.nan_to_num(np.abs(x.astype("complex128") - y))
    gap = np.where(close, -1.0, distance)
    farthest = np.unravel_index(int(np.argmax(gap)), gap.shape)
    given, expected = two_texts(x[farthest], y[farthest])
    message = f"{key}{_at(farthest)} is {given}, expected {expected}"
    atol = check.atol.get(key, 0)
    if atol > 1e-3:
        message += f" ± {_number(atol)}"
    if x.size > 1:
        message += f" ({(~close).sum()} of {x.size} values differ)"
    return Difference(Kind.WRONG_VALUE, message + _inputs(landmarks, y.shape, farthest))


def _inputs(landmarks: dict[str, np.ndarray], shape: tuple[int, ...], where: tuple) -> str:
    """The inputs that belong to a value: the number in its place, or all of them if they are few; at most three."""
    told = []
    for name, value in landmarks.items():
        if where and value.shape == shape:
            told.append(f"{name}{_at(where)} = {_number(value[where])}")
        elif value.size <= SHORT and value.ndim <= 1:
            told.append(f"{name} = {_numbers(value)}")
    if not told:
        return ""
    return f"; for {', '.join(told[:3])}"


def two_texts(x: np.ndarray, y: np.ndarray) -> tuple[str, str]:
    """Two arrays or numbers in as few digits as tell them apart, at least four.

    Args:
        x: one.
        y: the other.
    """
    for digits in range(4, 18):
        given, expected = _numbers(x, digits), _numbers(y, digits)
        if given != expected:
            break
    return given, expected


def _numbers(value: np.ndarray, digits: int = 4) -> str:
    if np.ndim(value) == 0:
        return _number(value[()], digits)
    return f"[{', '.join(_number(one, digits) for one in value)}]"


def _clue_of_none(*texts: str) -> Clue | None:
    """Whether what Python says of a student's value or exception speaks of None."""
    if any("None" in text for text in texts):
        return Clue.NONE
    return None


def _described(value: Value) -> str:
    if isinstance(value, str):
        return "a text"
    if isinstance(value, Odd):
        return value.type
    return f"an array of shape {value.shape}"


def _at(where: tuple) -> str:
    if not where:
        return ""
    return f"[{', '.join(str(int(i)) for i in where)}]"


def _number(value: object, digits: int = 4) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE:
        return str(int(value))
    if isinstance(value, float | complex):
        return f"{value:.{digits}g}"
    return str(value)
