"""Evidence survives the journey between processes, and bytes from nobody trusted harm nobody."""

import json
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers import evidence
from helpers.evidence import DTYPES, Evidence, Failure, Odd, as_evidence, decode, encode, landmarks, plain

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
arrays = st.sampled_from(sorted(DTYPES)).flatmap(
    lambda name: hnp.arrays(name, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)
values = st.one_of(arrays, texts, st.builds(Odd, texts, texts))


def packed(head, body=b""):
    return json.dumps(head).encode() + b"\n" + body


def equal(a, b):
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and (a.dtype, a.shape, a.tobytes()) == (
            b.dtype,
            b.shape,
            b.tobytes(),
        )
    return a == b


@given(st.dictionaries(texts, values, max_size=6), st.none() | st.builds(Failure, texts, texts, texts))
def test_what_is_encoded_is_decoded(found, failure):
    back = decode(encode(Evidence(found, failure)))
    assert back.failure == failure
    assert list(back.arrays) == list(found)
    assert all(equal(found[key], back.arrays[key]) for key in found)


@given(st.dictionaries(texts, arrays, max_size=4), st.dictionaries(texts, arrays, max_size=4))
def test_landmarks_travel_with_what_is_judged(found, marks):
    back = decode(encode(Evidence(found, landmarks=marks)))
    assert [list(back.arrays), list(back.landmarks)] == [list(found), list(marks)]
    assert all(equal(found[key], back.arrays[key]) for key in found)
    assert all(equal(marks[key], back.landmarks[key]) for key in marks)


def test_a_landmark_is_kept_apart_and_only_if_it_is_an_array():
    found = as_evidence({"a": [1.0], **landmarks(h=[2.0], units=3, odd=None, name="Dense")})
    assert list(found.arrays) == ["a"]
    assert {key: value.tolist() for key, value in found.landmarks.items()} == {"h": [2.0], "units": 3}


def harmless(data):
    try:
        found = decode(data)
    except ValueError:
        return
    assert isinstance(found, Evidence)
    encode(found)  # what was believed can be told again
    str(found).encode()


@given(st.binary(max_size=200))
@example(b"")
@example(b"\n")
@example(b"[" * 100_000)
@example(b'{"arrays": [["a", "float32", [NaN]]], "failure": null}\n')
@example(b'{"arrays": [["\\ud800", "text", "x"]], "failure": null}\n')
@example(b"9" * 5000)
def test_arbitrary_bytes_raise_nothing_but_valueerror(data):
    harmless(data)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(sorted(DTYPES)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
rows = st.tuples(
    st.text(max_size=4) | json_values,
    st.sampled_from([*sorted(DTYPES), "text", "odd", "object"]) | json_values,
    st.lists(st.integers(-1, 5) | json_values, max_size=4) | json_values,
).map(list)


@given(st.lists(rows | json_values, max_size=4) | json_values, json_values, st.binary(max_size=64))
def test_arbitrary_headers_raise_nothing_but_valueerror(listed, failure, body):
    harmless(packed({"arrays": listed, "failure": failure}, body))


@pytest.mark.parametrize(
    ("row", "body", "said"),
    [
        (["a", "object", [1]], b"12345678", "dtype 'object'"),
        (["a", "float32", [3]], b"12345678", "fewer bytes than its shapes need"),
        (["a", "float32", [-1]], b"1234", "impossible shape"),
        (["a", "float32", [True]], b"1234", "impossible shape"),
        (["a", "float32", [1 << 60]], b"1234", "impossible shape"),
        (["a", "float32", [1 << 26, 1 << 26]], b"1234", "fewer bytes"),
        (["a", "float32", [1] * 17], b"1234", "fewer bytes"),
        (["a", "bool", [1]], b"\2", "neither 0 nor 1"),
        (["a" * 3000, "text", "b"], b"", "not short texts"),
        (["a", "text", 5], b"", "not short texts"),
        (["a", "text", "\ud800"], b"", "surrogates not allowed"),
        (["a", "odd", "b"], b"", "malformed"),
        (["a"], b"", "not enough values"),
        ("ab", b"", "dtype 'b'"),
    ],
)
def test_a_lie_is_refused_by_its_name(row, body, said):
    with pytest.raises(ValueError, match=said):
        decode(packed({"arrays": [row], "failure": None}, body))


def test_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(evidence, "MAX_BYTES", 100)
    with pytest.raises(ValueError, match="evidence of 101 bytes, the limit is 100"):
        decode(b" " * 101)
    monkeypatch.undo()
    monkeypatch.setattr(evidence, "MAX_HEAD", 10)
    with pytest.raises(ValueError, match="a head of 34 bytes, the limit is 10"):
        decode(b'{"arrays": [[[]]], "failure": null}'[:34] + b"\n")
    monkeypatch.undo()
    with pytest.raises(ValueError, match="300 arrays, the limit is 256"):
        decode(packed({"arrays": [["a", "text", "b"]] * 300, "failure": None}))


def test_long_texts_are_cut_when_they_are_written():
    failure = Failure("E" * 9999, "m" * 9999, "p" * 9999)
    cut = decode(encode(Evidence({}, failure))).failure
    assert cut == Failure(*(letter * evidence.MAX_TEXT for letter in "Emp"))


def test_a_text_that_cannot_be_written_down_is_mended_by_who_sends_it():
    failure = Failure("OSError", "no file \udcff")  # as Python names a file whose name is not UTF-8
    assert decode(encode(Evidence({"k": "\ud800"}, failure))) == Evidence(
        {"k": "?"}, Failure("OSError", "no file ?")
    )


@pytest.mark.parametrize(
    ("value", "dtype", "shape"),
    [
        (3, "int64", ()),
        (2.5, "float64", ()),
        (True, "bool", ()),
        ([[1, 2], [3, 4]], "int64", (2, 2)),
        (np.arange(3, dtype="uint8"), "int64", (3,)),
        (np.ones(2, "float16"), "float16", (2,)),
        (np.ones(2, ">f4"), "float32", (2,)),
        (tf.ones((2, 3)), "float32", (2, 3)),
        (tf.cast([1.5], "bfloat16"), "float32", (1,)),
        (tf.Variable([1, 2]), "int64", (2,)),
        (keras.Variable(np.ones(4, "float32")), "float32", (4,)),
        (np.zeros((0, 3)), "float64", (0, 3)),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str | tuple) else str(value),
)
def test_numbers_of_any_kind_become_plain_arrays(value, dtype, shape):
    array: Any = plain(value)
    assert (array.dtype, array.shape) == (np.dtype(dtype), shape)
    assert np.array_equal(array, np.asarray(value).astype(dtype))
    assert equal(decode(encode(Evidence({"x": array}))).arrays["x"], array)


class Rebel:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("I am no array")


@pytest.mark.parametrize(
    ("value", "type_", "why"),
    [
        (None, "None", "is a `return` missing?"),
        (len, "a builtin_function_or_method", "should it be called?"),
        (Rebel, "a type", "should it be called?"),
        (Rebel(), "a Rebel", "it does not convert to an array: I am no array"),
        ([[1], [1, 2]], "a list", "it does not convert to an array"),
        ({"a": 1}, "a dict", "it holds something else than numbers"),
        (["a", "b"], "a list", "it holds something else than numbers"),
        (b"bytes", "a bytes", "it holds something else than numbers"),
        (np.array([1, None]), "a ndarray", "it holds something else than numbers"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_array_is_odd_and_says_why(value, type_, why):
    odd: Any = plain(value)
    assert (odd.type, odd.why[: len(why)]) == (type_, why)
    assert decode(encode(Evidence({"x": odd}))).arrays["x"] == odd


def test_a_text_stays_a_text_and_short():
    assert plain("ValueError") == "ValueError"
    assert plain("x" * 9999) == "x" * evidence.MAX_TEXT
