"""Evidence: what a check saw of a candidate, as plain arrays that can cross from one process to another.

Nothing here executes what it reads. `decode` accepts bytes from a process that nobody trusts.
"""

import json
import math
from dataclasses import dataclass, field

import numpy as np

MAX_BYTES = 64 << 20  # of one check's evidence; the largest honest one is under 2 MB
MAX_HEAD = 1 << 20
MAX_ARRAYS = 256
MAX_TEXT = 2000
DTYPES = frozenset(["bool", "int64", "float16", "float32", "float64", "complex64", "complex128"])


@dataclass(frozen=True)
class Odd:
    """Something returned where an array belongs: what it is ("None", "a list"), and what is wrong with it."""

    type: str
    why: str


@dataclass(frozen=True)
class Failure:
    """An exception in the student's code: `place` says where, in the student's terms."""

    type: str
    message: str = ""
    place: str = ""


@dataclass(frozen=True)
class Evidence:
    """Arrays by name, or the exception that came in their place."""

    arrays: dict[str, "np.ndarray | str | Odd"] = field(default_factory=dict)
    failure: Failure | None = None


def plain(value: object) -> "np.ndarray | str | Odd":
    """Turn what a student's code returned into an array of a plain dtype.

    Args:
        value: a tensor, variable, array, number, or list of them; a short text is kept as it is.
    Returns:
        An array of one of `DTYPES` (all integers become int64), a str, or `Odd` for anything else.
    """
    if isinstance(value, str):
        return value[:MAX_TEXT]
    kind = type(value).__name__
    if value is None:
        return Odd("None", "is a `return` missing?")
    if callable(value) and not hasattr(value, "shape"):
        return Odd(f"a {kind}", "should it be called?")
    try:
        array = np.asarray(value)
        if array.dtype.name == "bfloat16":
            array = array.astype("float32")
    except Exception as error:  # a student's object may raise anything when it is converted
        return Odd(f"a {kind}", f"it does not convert to an array: {str(error)[:200]}")
    if array.dtype.kind in "iu":
        array = array.astype("int64")
    if array.dtype.name not in DTYPES:
        return Odd(f"a {kind}", "it holds something else than numbers")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def encode(evidence: Evidence) -> bytes:
    """Write evidence as one line of JSON and the arrays' raw bytes behind it."""
    head: dict = {"arrays": [], "failure": None}
    body = []
    if evidence.failure:
        f = evidence.failure
        head["failure"] = [_writable(f.type), _writable(f.message), _writable(f.place)]
    for key, value in evidence.arrays.items():
        if isinstance(value, str):
            head["arrays"].append([_writable(key), "text", _writable(value)])
        elif isinstance(value, Odd):
            head["arrays"].append([_writable(key), "odd", _writable(value.type), _writable(value.why)])
        else:
            head["arrays"].append([_writable(key), value.dtype.name, list(value.shape)])
            body.append(np.ascontiguousarray(value).tobytes())
    return b"\n".join([json.dumps(head).encode(), b"".join(body)])


def decode(data: bytes) -> Evidence:
    """Read what `encode` wrote, believing none of it.

    Raises:
        ValueError: if the bytes are anything but well-formed evidence within the limits.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"evidence of {len(data)} bytes, the limit is {MAX_BYTES}")
    line, _, body = data.partition(b"\n")
    if len(line) > MAX_HEAD:  # a head of nested lists would cost fifty times its size in memory
        raise ValueError(f"evidence with a head of {len(line)} bytes, the limit is {MAX_HEAD}")
    try:
        head = json.loads(line)
        rows, failure = head["arrays"], head["failure"]
        if len(rows) > MAX_ARRAYS:
            raise ValueError(f"evidence of {len(rows)} arrays, the limit is {MAX_ARRAYS}")
        arrays: dict[str, np.ndarray | str | Odd] = {}
        start = 0
        for key, kind, *rest in rows:
            if kind == "text":
                arrays[_text(key)] = _text(rest[0])
            elif kind == "odd":
                arrays[_text(key)] = Odd(*map(_text, rest))
            else:
                if kind not in DTYPES:
                    raise ValueError(f"evidence of dtype {str(kind)[:40]!r}")
                shape = [_size(n) for n in rest[0]]
                dtype = np.dtype(kind)
                end = start + math.prod(shape) * dtype.itemsize
                if len(shape) > 16 or end > len(body):
                    raise ValueError("evidence with fewer bytes than its shapes need")
                part = body[start:end]
                if kind == "bool" and part.strip(b"\0\1"):
                    raise ValueError("evidence with a bool that is neither 0 nor 1")
                arrays[_text(key)] = np.frombuffer(part, dtype).reshape(shape)
                start = end
        return Evidence(arrays, Failure(*map(_text, failure)) if failure else None)
    except (TypeError, KeyError, IndexError, RecursionError, OverflowError) as error:
        raise ValueError(f"malformed evidence: {error}") from None


def _writable(text: str) -> str:
    """Short, and without the lone surrogates by which Python marks a byte that is not UTF-8."""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode()


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError("evidence whose names are not short texts")
    value.encode()  # UnicodeEncodeError is a ValueError: nothing later could print or store it
    return value


def _size(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_BYTES:
        raise ValueError("evidence of an impossible shape")
    return value
