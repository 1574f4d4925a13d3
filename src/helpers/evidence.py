"""Evidence: what a check saw of a candidate, as plain arrays that can cross from one process to another.

Nothing here executes what it reads. `decode` accepts bytes from a process that nobody trusts.
"""

import json
import math
from dataclasses import dataclass, field

import numpy as np

# Of one check's evidence; the largest honest one is under 2 MB.
MAX_BYTES = 64 << 20
MAX_HEAD = 1 << 20
MAX_ARRAYS = 256
MAX_TEXT = 2000
DTYPES = frozenset(["bool", "int64", "float16", "float32", "float64", "complex64", "complex128"])
# Begins a failure's place, where it is the check's own line.
AT_THE_CHECK = "when the check did: "


@dataclass(frozen=True)
class Odd:
    """Something returned where an array belongs: what it is ("None", "a list"), and what is wrong with it."""

    type: str
    why: str


Value = np.ndarray | str | Odd


@dataclass(frozen=True)
class Failure:
    """An exception in the student's code: `place` says where, in the student's terms."""

    type: str
    message: str = ""
    place: str = ""

    @property
    def at_the_check(self) -> bool:
        """Whether `place` is a line of the check's, since none of the student's own was reached."""
        return self.place.startswith(AT_THE_CHECK)

    @property
    def on_purpose(self) -> bool:
        """Whether a `raise` of the student's own raised it."""
        return ": raise " in self.place


@dataclass(frozen=True)
class Landmark:
    """What a check returns to be recognized in an answer, not to be judged: an input, an intermediate value."""

    value: object


@dataclass(frozen=True)
class Evidence:
    """Arrays by name, or the exception that came in their place.

    Attributes:
        arrays: what is judged.
        failure: the exception.
        landmarks: what is there to be recognized; only the reference's are ever looked at.
    """

    arrays: dict[str, Value] = field(default_factory=dict)
    failure: Failure | None = None
    landmarks: dict[str, np.ndarray] = field(default_factory=dict)


def landmarks(**values: object) -> dict[str, Landmark]:
    """Mark inputs and intermediate values: `return {"a": layer(h), **landmarks(h=h, W=W, examples=len(h))}`.

    What a wrong answer gives is held against them: "this is h, unchanged", "it lacks b", "5 times what was
    expected, and 5 is the number of examples". They are never judged, so an author may give any.

    Args:
        values: arrays, or one number each; an integer is the size of something, and its name says of what.
    Returns:
        What a check returns beside what is judged.
    """
    return {name: Landmark(value) for name, value in values.items()}


def as_evidence(found: dict[str, object]) -> Evidence:
    """Turn what a check returned into evidence.

    Args:
        found: values by name, some of which may be landmarks; of these, only what is an array is kept.
    Returns:
        The evidence; a name keeps its place.
    """
    arrays: dict[str, Value] = {}
    marks: dict[str, np.ndarray] = {}
    for key, value in found.items():
        if not isinstance(value, Landmark):
            arrays[key] = plain(value)
            continue
        mark = plain(value.value)
        if isinstance(mark, np.ndarray):
            marks[key] = mark
    return Evidence(arrays, landmarks=marks)


def plain(value: object) -> Value:
    """Turn what a student's code returned into an array of a plain dtype.

    Args:
        value: a tensor, variable, array, number, or list of them; a short text is kept as it is.
    Returns:
        An array of one of `DTYPES` (all integers become int64), a str, or `Odd` for anything else.
    """
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if value is None:
        return Odd("None", "is a `return` missing?")
    kind = f"a {type(value).__name__}"
    if callable(value) and not hasattr(value, "shape"):
        return Odd(kind, "should it be called?")
    try:
        array = np.asarray(value)
        if array.dtype.name == "bfloat16":
            array = array.astype("float32")
    # A student's object may raise anything when it is converted.
    except Exception as error:
        first_sentence = str(error).split(". ")[0]
        return Odd(kind, f"it does not convert to an array: {first_sentence[:200]}")
    if array.dtype.kind in "iu":
        array = array.astype("int64")
    if array.dtype.name not in DTYPES:
        return Odd(kind, "it holds something else than numbers")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def encode(evidence: Evidence) -> bytes:
    """Write evidence as one line of JSON and the arrays' raw bytes behind it.

    Args:
        evidence: as `helpers.checks.gather` gives it; texts are cut to `MAX_TEXT` characters.
    Returns:
        The bytes that `decode` reads; equal evidence gives equal bytes.
    """
    rows: list[list] = []
    body = []
    for key, value in evidence.arrays.items():
        if isinstance(value, str):
            rows.append([_writable(key), "text", _writable(value)])
        elif isinstance(value, Odd):
            rows.append([_writable(key), "odd", _writable(value.type), _writable(value.why)])
        else:
            rows.append(_row(key, value))
            body.append(np.ascontiguousarray(value).tobytes())
    failure = None
    if evidence.failure:
        words = evidence.failure.type, evidence.failure.message, evidence.failure.place
        failure = [_writable(text) for text in words]
    head: dict[str, object] = {"arrays": rows, "failure": failure}
    marks = [_row(key, value) for key, value in evidence.landmarks.items()]
    # Most evidence has none, and then need not say so.
    if marks:
        head["landmarks"] = marks
        body += [np.ascontiguousarray(value).tobytes() for value in evidence.landmarks.values()]
    return b"\n".join([json.dumps(head).encode(), b"".join(body)])


def _row(key: str, array: np.ndarray) -> list:
    return [_writable(key), array.dtype.name, list(array.shape)]


def decode(data: bytes) -> Evidence:
    """Read what `encode` wrote, believing none of it.

    Args:
        data: bytes that anybody may have written.
    Returns:
        The evidence; its arrays are read-only.
    Raises:
        ValueError: if the bytes are anything but well-formed evidence within the limits.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"evidence of {len(data)} bytes, the limit is {MAX_BYTES}")
    line, _, body = data.partition(b"\n")
    # A head of nested lists would cost fifty times its size in memory.
    if len(line) > MAX_HEAD:
        raise ValueError(f"evidence with a head of {len(line)} bytes, the limit is {MAX_HEAD}")
    try:
        head = json.loads(line)
        arrays, end = _decode_arrays(head["arrays"], body, 0)
        marked, _ = _decode_arrays(head.get("landmarks", []), body, end)
        marks = {key: value for key, value in marked.items() if isinstance(value, np.ndarray)}
        failure = None
        if head["failure"]:
            failure = Failure(*map(_text, head["failure"]))
        return Evidence(arrays, failure, marks)
    except (TypeError, KeyError, IndexError, RecursionError, OverflowError) as error:
        raise ValueError(f"malformed evidence: {error}") from None


def _decode_arrays(rows: list, body: bytes, start: int) -> tuple[dict[str, Value], int]:
    """What each row of the head describes, and where its bytes end: the arrays follow each other in the body."""
    if len(rows) > MAX_ARRAYS:
        raise ValueError(f"evidence of {len(rows)} arrays, the limit is {MAX_ARRAYS}")
    arrays: dict[str, Value] = {}
    for key, kind, *rest in rows:
        name = _text(key)
        if kind == "text":
            arrays[name] = _text(rest[0])
        elif kind == "odd":
            arrays[name] = Odd(*map(_text, rest))
        else:
            array = _decode_array(kind, rest, body, start)
            arrays[name] = array
            start += array.nbytes
    return arrays, start


def _decode_array(dtype: object, rest: list, body: bytes, start: int) -> np.ndarray:
    """The array whose bytes begin at `start`."""
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ValueError(f"evidence of dtype {str(dtype)[:40]!r}")
    shape = [_size(n) for n in rest[0]]
    end = start + math.prod(shape) * np.dtype(dtype).itemsize
    if len(shape) > 16 or end > len(body):
        raise ValueError("evidence with fewer bytes than its shapes need")
    part = body[start:end]
    if dtype == "bool" and part.strip(b"\0\1"):
        raise ValueError("evidence with a bool that is neither 0 nor 1")
    return np.frombuffer(part, dtype).reshape(shape)


def _writable(text: str) -> str:
    """Short, and without the lone surrogates by which Python marks a byte that is not UTF-8."""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode()


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError("evidence whose names are not short texts")
    # UnicodeEncodeError is a ValueError: nothing later could print or store such a text.
    value.encode()
    return value


def _size(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_BYTES:
        raise ValueError("evidence of an impossible shape")
    return value
