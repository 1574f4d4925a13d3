"""One rule: the same names, shapes, dtypes, finiteness, and values up to a tolerance by dtype."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.checks import Check
from helpers.compare import RTOL, close_to, explain, mismatch, same, say_the_same, summarize
from helpers.evidence import DTYPES, Evidence, Failure, Odd


def check(**atol):
    return Check("it works", lambda f, rng: {}, atol=atol)


def seen(**arrays):
    return Evidence({key: v if isinstance(v, str | Odd) else np.asarray(v) for key, v in arrays.items()})


GRID = np.arange(9.0).reshape(3, 3)


def raised(kind):
    return Evidence({}, Failure(kind, "the words", "in f, line 2 of the cell"))


arrays = st.sampled_from(sorted(DTYPES)).flatmap(
    lambda name: hnp.arrays(name, hnp.array_shapes(min_dims=0, min_side=0))
)


two_alike = st.tuples(
    st.sampled_from(["float16", "float32", "float64"]), hnp.array_shapes(min_dims=0, min_side=0)
).flatmap(lambda kind: st.tuples(hnp.arrays(*kind), hnp.arrays(*kind)))


@given(two_alike)
def test_values_are_close_where_numpy_finds_them_close(two):
    x, y = two
    with np.errstate(all="ignore"):
        expected = np.isclose(x, y, rtol=RTOL[y.dtype.itemsize], atol=0.5, equal_nan=True)
    np.testing.assert_array_equal(close_to(check(f=0.5), "f", x, y), expected)


@given(arrays)
def test_anything_equals_itself(array):
    a = seen(f=array)
    assert same(check(), a, a)
    assert explain(check(), a, a).message == "equal to what was expected"


def test_landmarks_are_not_compared_and_a_summary_never_meets_them():
    marked = Evidence(seen(f=1.0).arrays, landmarks={"h": np.ones(3)})
    assert same(check(), marked, seen(f=1.0))
    assert mismatch(seen(f=1.0), marked) is None
    assert summarize(check(), marked, marked) == seen(f=1.0)
    counting = Check("it works", lambda f, rng: {}, summarize=lambda theirs, ours: {"n": len(theirs)})
    assert summarize(counting, marked, marked).arrays["n"] == 1


@given(arrays, arrays)
def test_what_is_not_the_same_is_explained(x, y):
    a, b = seen(f=x), seen(f=y)
    if not same(check(), a, b):
        assert explain(check(), a, b).message.startswith("f")


@pytest.mark.parametrize(
    ("dtype", "within", "beyond"),
    [
        ("float16", 5e-3, 5e-2),
        ("float32", 5e-5, 5e-4),
        ("float64", 5e-10, 5e-9),
        ("complex64", 5e-5, 5e-4),
        ("complex128", 5e-10, 5e-9),
    ],
)
def test_the_tolerance_goes_by_dtype(dtype, within, beyond):
    y = np.array([1, 2, 3], dtype)
    assert same(check(), seen(f=(y * (1 + within)).astype(dtype)), seen(f=y))
    assert not same(check(), seen(f=(y * (1 + beyond)).astype(dtype)), seen(f=y))


def test_a_small_value_beside_a_large_one_may_differ_by_rounding():
    y = np.array([1.0, 0.0], "float32")
    assert same(check(), seen(f=y + np.array([0, 5e-6], "float32")), seen(f=y))
    assert not same(check(), seen(f=y + np.array([0, 5e-5], "float32")), seen(f=y))


def test_an_author_s_tolerance_is_absolute_and_for_its_name_only():
    a, b = seen(kept=0.3, f=1.0), seen(kept=0.2, f=1.0)
    assert same(check(kept=0.11), a, b)
    assert not same(check(kept=0.09), a, b)
    assert not same(check(f=0.11), a, b)


@pytest.mark.parametrize(
    ("given_", "expected", "said"),
    [
        (seen(), seen(f=1.0), "f is missing"),
        (seen(f=1.0, g=2.0), seen(f=1.0), "g should not be there"),
        (seen(f=[1.0]), seen(f=1.0), "f has shape (1,), expected ()"),
        (seen(f=np.float32(1)), seen(f=1.0), "f has dtype float32, expected float64"),
        (seen(f="TypeError"), seen(f=[1.0]), "f is a text, expected an array of shape (1,)"),
        (seen(f=[1.0]), seen(f="TypeError"), "f is an array of shape (1,), expected a text"),
        (seen(f="TypeError"), seen(f="ValueError"), "f is 'TypeError', expected 'ValueError'"),
        (seen(f=Odd("None", "is a `return` missing?")), seen(f=1.0), "f is None: is a `return` missing?"),
        (seen(f=3), seen(f=4), "f is 3, expected 4"),
        (seen(f=[True, False]), seen(f=[True, True]), "f is [True, False], expected [True, True]"),
        (seen(f=[1.0, 5.0, 2.5]), seen(f=[1.0, 2.0, 2.0]), "f is [1, 5, 2.5], expected [1, 2, 2]"),
        (seen(f=[1.0, np.nan]), seen(f=[1.0, 2.0]), "f is [1, nan], expected [1, 2]"),
        (seen(f=[1.0, 2.0]), seen(f=[1.0, np.inf]), "f is [1, 2], expected [1, inf]"),
        (seen(f=-np.inf), seen(f=np.inf), "f is -inf, expected inf"),
        (seen(f=GRID + 0.25), seen(f=GRID), "f[0, 0] is 0.25, expected 0 (9 of 9 values differ)"),
        (
            seen(f=np.where(GRID == 4, np.nan, GRID)),
            seen(f=GRID),
            "f[1, 1] is nan, expected 4; 1 of 9 values are not finite",
        ),
        (seen(f=1.00001), seen(f=1.0), "f is 1.00001, expected 1"),
        (seen(f=123456.0), seen(f=123457.0), "f is 123456, expected 123457"),
        (seen(f=1 + 2j), seen(f=1 - 2j), "f is 1+2j, expected 1-2j"),
        (
            raised("ValueError"),
            seen(f=1.0),
            "your code raised ValueError: the words (in f, line 2 of the cell)",
        ),
        (
            Evidence({}, Failure("NotImplementedError")),
            seen(f=1.0),
            "not written yet: replace `raise NotImplementedError()` with your code",
        ),
        (raised("NotCallable"), seen(f=1.0), "the words"),
    ],
)
def test_a_difference_is_told(given_, expected, said):
    assert not same(check(), given_, expected)
    assert explain(check(), given_, expected).message == said


@pytest.mark.parametrize(
    ("landmarks", "said"),
    [
        ({"h": GRID - 0.5}, "f[0, 0] is 1, expected 0 (9 of 9 values differ); for h[0, 0] = -0.5"),
        ({"rate": np.array(0.3)}, "f[0, 0] is 1, expected 0 (9 of 9 values differ); for rate = 0.3"),
        ({"b": np.array([1.0, 2.5])}, "f[0, 0] is 1, expected 0 (9 of 9 values differ); for b = [1, 2.5]"),
        ({"W": np.ones((9, 9))}, "f[0, 0] is 1, expected 0 (9 of 9 values differ)"),
    ],
    ids=["the number in its place", "one number", "a short vector", "nothing large"],
)
def test_small_inputs_are_shown_with_the_numbers(landmarks, said):
    ours = Evidence(seen(f=GRID).arrays, landmarks=landmarks)
    assert explain(check(), seen(f=GRID + 1), seen(f=GRID), ours).message == said


@pytest.mark.parametrize(
    ("given_", "kind", "clue"),
    [
        (Evidence({}, Failure("NotImplementedError")), "not_written", None),
        (Evidence({}, Failure("NotImplementedError", "later")), "raised", None),
        (raised("ValueError"), "raised", None),
        (Evidence({}, Failure("TypeError", "'NoneType' object is not iterable")), "raised", "none"),
        (
            Evidence({}, Failure("TypeError", "", "in f, line 2 of the cell: return None + 1")),
            "raised",
            "none",
        ),
        (raised("NotCallable"), "wrong_form", None),
        (seen(), "wrong_form", None),
        (seen(f=1.0, g=2.0), "wrong_form", None),
        (seen(f=[1.0]), "wrong_form", "shape"),
        (seen(f=np.float32(1)), "wrong_form", None),
        (seen(f="1.0"), "wrong_form", None),
        (seen(f=Odd("None", "is a `return` missing?")), "wrong_form", "none"),
        (seen(f=Odd("a list", "it holds something else than numbers")), "wrong_form", None),
        (seen(f=2.0), "wrong_value", None),
        (seen(f=np.nan), "wrong_value", None),
    ],
)
def test_a_difference_has_a_kind_and_a_clue(given_, kind, clue):
    difference = explain(check(), given_, seen(f=1.0))
    assert (difference.kind, difference.clue) == (kind, clue)


def test_a_text_that_speaks_of_none_is_a_clue():
    assert explain(check(), seen(f="None"), seen(f="float32")).clue == "none"
    assert explain(check(), seen(f="float16"), seen(f="float32")).clue is None


def test_form_comes_before_value():
    difference = explain(check(), seen(f=[9.0], g=1.0), seen(f=[1.0], g=[1.0]))
    assert difference.message == "g has shape (), expected (1,)"
    assert mismatch(seen(f=[9.0]), seen(f=[1.0])) is None


def test_an_author_s_tolerance_is_told():
    difference = explain(check(kept=0.02), seen(kept=0.64), seen(kept=1.0))
    assert difference.message == "kept is 0.64, expected 1 ± 0.02"


def test_nan_where_nan_is_expected_is_equal():
    assert same(check(), seen(f=[1.0, np.nan]), seen(f=[1.0, np.nan]))


def test_odd_things_are_equal_if_they_are_odd_alike():
    nothing, function = Odd("None", "is a `return` missing?"), Odd("a function", "should it be called?")
    assert same(check(), seen(f=nothing), seen(f=nothing))
    assert not same(check(), seen(f=function), seen(f=nothing))


def test_failures_are_equal_by_their_type():
    other = Evidence({}, Failure("ValueError", "other words"))
    assert same(check(), other, raised("ValueError"))
    assert not same(check(), other, raised("TypeError"))
    assert not same(check(), other, seen(f=1.0))
    assert not same(check(), seen(f=1.0), other)


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (None, None, True),
        (None, Failure("TypeError"), False),
        (Failure("TypeError"), None, False),
        (Failure("TypeError", "no"), Failure("ValueError", "no"), False),
        (Failure("TypeError", "no"), Failure("TypeError", "never"), False),
        (Failure("TypeError", "dense_3: (2, 4)"), Failure("TypeError", "dense: (2, 4)"), True),
        (Failure("TypeError", "dense_3: (2, 4)"), Failure("TypeError", "dense_3: (2, 5)"), False),
        (Failure("TypeError", "0.12345678 of 3"), Failure("TypeError", "0.12345679 of 3"), True),
        (Failure("TypeError", "<f at 0x7f00ab>"), Failure("TypeError", "<f at 0x55cd01>"), True),
        (Failure("TypeError", "no", "in f"), Failure("TypeError", "no", "in g"), True),
    ],
    ids=[
        "neither",
        "only b",
        "only a",
        "types",
        "words",
        "counters",
        "sizes",
        "digits",
        "addresses",
        "places",
    ],
)
def test_failures_say_the_same_in_type_and_words(a, b, alike):
    assert say_the_same(a, b) == alike


def kept(theirs, ours):
    return {"kept": np.mean(theirs["y"] != 0), "scale": (theirs["y"] / ours["h"]).max()}


def summarized(theirs, ours):
    some = check()
    some.summary(kept=0.1)(kept)
    return summarize(some, theirs, ours)


OURS = seen(h=[1.0, 2.0, 4.0], y=[2.0, 0.0, 8.0])


def test_a_summary_takes_the_place_of_random_evidence():
    found = summarized(seen(h=[1.0, 2.0, 4.0], y=[0.0, 4.0, 0.0]), OURS)
    assert found.arrays.keys() == {"kept", "scale"}
    assert (found.arrays["kept"], found.arrays["scale"]) == (pytest.approx(1 / 3), 2)
    assert all(value.dtype == "float64" for value in found.arrays.values())


@pytest.mark.parametrize(
    "theirs",
    [raised("ValueError"), seen(h=[1.0, 2.0, 4.0]), seen(h=[1.0, 2.0, 4.0], y=[1.0]), seen(h="no", y="no")],
    ids=["failure", "missing", "shape", "text"],
)
def test_what_has_another_form_is_not_summarized(theirs):
    assert summarized(theirs, OURS) is theirs


@pytest.mark.parametrize("error", [ValueError, IndexError, ZeroDivisionError, np.linalg.LinAlgError])
def test_values_that_cannot_be_summarized_are_a_failure(error):
    def refuse(theirs, ours):
        raise error("no")

    some = check()
    some.summary()(refuse)
    failure = summarize(some, OURS, OURS).failure
    assert failure
    assert failure.type == "Summary"


def test_a_mistake_of_the_author_s_is_not_taken_for_the_student_s():
    def misspelt(theirs, ours):
        return {"kept": theirs["z"]}

    some = check()
    some.summary()(misspelt)
    with pytest.raises(KeyError, match="z"):
        summarize(some, OURS, OURS)
