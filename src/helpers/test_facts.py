"""A relation that is planted is told; one that is not is not; and nothing is told that four numbers do not carry."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers.checks import Check
from helpers.evidence import Evidence, Odd
from helpers.facts import Seen, facts

NAME = "the values"
# One size for each axis at each of two draws, so that a factor names its axis.
SIZES = ((5, 7, 11), (13, 3, 2))


def drawn(seed, size, dtype):
    """What a reference works with at a draw: inputs, weights, a bias, and the activation that comes of them."""
    rng = np.random.default_rng([seed, size[0]])
    n, inputs, units = size
    h, W, b = rng.normal(size=(n, inputs)), rng.normal(size=(inputs, units)), rng.normal(size=units)
    arrays = {"h": h, "W": W, "b": b, "a": h @ W + b, "row": rng.uniform(1, 2, size=n)}
    arrays["c"] = rng.normal(size=(n, units))
    return {name: value.astype(dtype) for name, value in arrays.items()} | {
        "rate": np.array(rng.uniform(0.1, 0.4)),
        "examples": np.array(n),
    }


LANDMARKS = ("h", "W", "b", "c", "row", "rate", "examples")


def fact_of(wrong, seed=0, expected="a", dtype="float32", landmarks=LANDMARKS):
    """What is told of an answer that gives `wrong(arrays)` in the place of what was expected."""
    draws = []
    for size in SIZES:
        arrays = drawn(seed, size, dtype)
        right = Evidence({"y": arrays[expected]}, landmarks={name: arrays[name] for name in landmarks})
        given_ = Evidence({"y": np.asarray(wrong(arrays))})
        draws.append(Seen(given_, right, given_, Evidence(right.arrays)))
    return facts({NAME: (Check(NAME, lambda f, rng: {}), draws)}).get(NAME)


PLANTED = {
    "the sign": (lambda d: -d["a"], "y: the sign is the other one"),
    "a sum for a mean": (
        lambda d: d["a"] * len(d["h"]),
        "y: 5 times what was expected, and 5 is the number of examples",
    ),
    "divided by a size": (
        lambda d: d["a"] / d["h"].shape[1],
        "y: what was expected, divided by 7, the size of axis 1 of h",
    ),
    "twice": (lambda d: 2 * d["a"], "y: twice what was expected"),
    "a number of the draw": (lambda d: d["a"] * (1 - d["rate"]), "y: what was expected, times 1 - rate"),
    "divided by a number": (lambda d: d["a"] / d["rate"], "y: what was expected, divided by rate"),
    "transposed": (lambda d: d["a"].T, "y: transposed: the axes are the other way round"),
    "another shape": (
        lambda d: d["a"].reshape(-1, 1),
        "y: the right values in shape (55, 1), expected (5, 11)",
    ),
    "summed": (
        lambda d: d["a"].sum(0),
        "y: the sum of what was expected over axis 0: one number where it should be 5",
    ),
    "an offset": (lambda d: d["a"] + 1, "y: 1 more than expected, everywhere"),
    "a function": (lambda d: np.exp(d["a"]), "y: the exponential of what was expected"),
    "the reverse": (lambda d: np.cbrt(d["a"]), "y: what was expected is the cube of it"),
    "stretched and shifted": (lambda d: 2 * d["a"] - 1, "y: 2 times what was expected, -1"),
    "a term is lacking": (lambda d: d["h"] @ d["W"], "y: lacks the term b"),
    "the other sign of a term": (
        lambda d: d["h"] @ d["W"] - d["b"],
        "y: minus b stands where plus b belongs",
    ),
    "a factor too many": (
        lambda d: d["a"] * d["b"],
        "y: has the factor b, which should not be there",
    ),
    "wrong where it is negative": (
        lambda d: np.where(d["a"] < 0, 0.01 * d["a"], d["a"]),
        "y: wrong just where what was expected is negative: there, what was expected, divided by 100",
    ),
    "cut off": (
        lambda d: np.minimum(d["a"], 0.5),
        "y: cut off at 0.5: it is that wherever more was expected",
    ),
    "cut off at both ends": (
        lambda d: np.clip(d["a"], -0.5, 0.5),
        "y: cut off at both ends: never below -0.5, never above 0.5",
    ),
    "a number for a vector": (
        lambda d: d["c"] + 0.75,
        "y: c, with 0.75 added to each number of it",
    ),
    "two arrays multiplied": (lambda d: d["c"] * d["b"], "y: this is b times c"),
    "a function in the place of a slope": (
        lambda d: d["c"] * np.tanh(d["b"]),
        "y: this is c times (tanh of b)",
    ),
    "a product of other matrices": (
        lambda d: np.tanh(d["h"]) @ d["W"],
        "y: this is the matrix product of (tanh of h) and W",
    ),
    "matrices for numbers": (
        lambda d: d["c"] @ d["c"].T,
        "y: this is the matrix product of c and c transposed",
    ),
    "a term with a coefficient": (
        lambda d: d["a"] - 2 * d["rate"] * d["c"],
        "y: 2·rate times c less than expected",
    ),
    "something small below": (
        lambda d: np.sign(d["a"]) / (1 / np.abs(d["a"]) + 0.01),
        "y: as if 0.01 were added to what is divided by",
    ),
    "one left out": (
        lambda d: np.delete(d["a"], 1, axis=0),
        "y: what was expected, but number 1 along axis 0 is left out",
    ),
    "a term that counts as often as there are examples": (
        lambda d: d["a"] + (len(d["h"]) - 1) * d["b"],
        "y: 4 times b more than expected; with b itself that makes 5 times b, and 5 is the number of examples",
    ),
    "a factor for each row": (
        lambda d: d["a"] * d["row"][:, None],
        "y: has the factor row, which should not be there",
    ),
    "one number for all": (
        lambda d: np.full_like(d["a"], d["a"].max()),
        "y: the largest of all that was expected, everywhere",
    ),
    "rows twice": (
        lambda d: d["a"][[0, 1, 2, *range(len(d["a"]) - 3)]],
        "y: each row is one that was expected, but 2 of 5 are missing and others stand there twice",
    ),
    "reversed": (lambda d: d["a"][::-1], "y: in reverse order along axis 0"),
    "nothing": (lambda d: 0 * d["a"], "y: 0 everywhere"),
    "another dtype": (lambda d: d["a"].astype("float64"), "y: the right values in float64, expected float32"),
}


@pytest.mark.parametrize(("wrong", "told"), PLANTED.values(), ids=PLANTED)
def test_a_relation_that_is_planted_is_told_at_any_draw(wrong, told):
    for seed in range(5):
        fact = fact_of(wrong, seed)
        assert fact is not None
        assert fact.strong
        if seed == 0:
            assert fact.words == told
            # Not NumPy's, which JSON does not know.
            assert type(fact.strong) is bool


def test_a_weighted_sum_of_few_rows_is_told_with_its_weights():
    rng = np.random.default_rng(0)
    means = rng.normal(size=(3, 7))
    right = Evidence({"mu": means.mean(axis=0)}, landmarks={"means": means})

    def told(x):
        given_ = Evidence({"mu": x})
        found = facts({NAME: (Check(NAME, lambda f, rng: {}), [Seen(given_, right, given_, right)])})
        return found[NAME].words if NAME in found else ""

    words = "mu: a sum of the rows of means, with the weights 0.81, 0.09, 0.1"
    assert told(np.array([0.81, 0.09, 0.1]) @ means) == words
    assert "weights" not in told(rng.normal(size=7))


def test_another_array_of_the_check_is_recognized():
    def evidence(first, second):
        return Evidence({"dW": first, "dh": second})

    rng = np.random.default_rng(0)
    dW, dh = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    right, given_ = evidence(dW, dh), evidence(dh, dW)
    told = facts({NAME: (Check(NAME, lambda f, rng: {}), [Seen(given_, right, given_, right)])})
    assert told[NAME].words == "dW: this is dh, unchanged"


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_what_has_nothing_to_do_with_it_is_told_nothing_strong(seed):
    def noise(arrays):
        return np.random.default_rng(seed).normal(size=arrays["a"].shape).astype("float32")

    fact = fact_of(noise, seed)
    assert fact is None or not fact.strong


@given(st.floats(-30, 30), st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_a_factor_is_told_as_it_is(factor, seed):
    assume(abs(factor) > 0.05 and abs(factor - 1) > 0.01)
    fact = fact_of(lambda d: (factor * d["a"]).astype("float32"), seed)
    assert fact is not None
    if not fact.strong:
        assert f"{np.float32(factor):.4g} times" in fact.words or "times what was expected" in fact.words


def told_of(given_, right):
    """What is told where an answer gives the same arrays at each of four draws."""
    found, ours = Evidence(given_), Evidence(right)
    return facts({NAME: (Check(NAME, lambda f, rng: {}), [Seen(found, ours, found, ours)] * 4)}).get(NAME)


def test_one_number_is_not_told_to_be_some_times_another():
    assert told_of({"y": np.array(3.217)}, {"y": np.array(2.0)}) is None
    assert told_of({"y": np.array(-2.0)}, {"y": np.array(2.0)}).words == "y: the sign is the other one"


def test_what_holds_of_two_arrays_with_different_numbers_is_told_of_one():
    right = {"y": np.arange(1.7, 9), "z": np.arange(2.3, 10)}
    fact = told_of({"y": 1.2345 * right["y"], "z": 2.3456 * right["z"]}, right)
    assert fact.words == "y: 1.234 times what was expected, everywhere"


def test_a_relation_that_holds_at_one_draw_only_is_not_told():
    def wrong(arrays):
        return arrays["a"] * (2 if len(arrays["h"]) == 5 else 3)

    fact = fact_of(wrong)
    assert fact is None or not fact.strong


def test_three_numbers_carry_no_fact_and_four_do():
    def told(numbers):
        right = Evidence({"y": np.arange(1.0, numbers + 1)})
        given_ = Evidence({"y": -np.arange(1.0, numbers + 1)})
        return facts({NAME: (Check(NAME, lambda f, rng: {}), [Seen(given_, right, given_, right)])})

    assert told(3) == {}
    assert told(4)[NAME].words == "y: the sign is the other one"


def test_of_four_numbers_two_that_are_finite_and_right_say_so_and_noughts_alone_do_not():
    nan = np.nan
    fact = told_of({"y": np.array([nan, 0.0, -1.5, nan])}, {"y": np.array([0.0, 0.0, -1.5, 0.0])})
    assert fact.words == "y: right wherever it is finite"
    assert told_of({"y": np.array([nan, 0.0, nan, nan])}, {"y": np.zeros(4)}) is None


def test_numbers_of_several_checks_carry_a_fact_together():
    seen = {}
    for name, value in {"one": 1.5, "two": 2.5, "three": 3.5, "four": 4.5}.items():
        right, given_ = Evidence({"loss": np.array(value)}), Evidence({"loss": np.array(-value)})
        seen[name] = (Check(name, lambda f, rng: {}), [Seen(given_, right, given_, right)])
    assert {fact.words for fact in facts(seen).values()} == {"loss: the sign is the other one"}


def test_what_is_no_array_or_did_not_come_is_told_so():
    right = Evidence({"dW": np.ones(4), "db": np.ones(3)})
    given_ = Evidence({"dW": Odd("None", "is a `return` missing?")})
    told = facts({NAME: (Check(NAME, lambda f, rng: {}), [Seen(given_, right, given_, right)])})
    assert told[NAME].words == "dW: None came back where an array is expected"


def test_a_failure_and_a_random_value_are_told_nothing_by_chance():
    check = Check(NAME, lambda f, rng: {}, summarize=lambda theirs, ours: {"mean": np.mean(theirs["y"])})
    rng = np.random.default_rng(1)
    right, other = (Evidence({"y": rng.integers(0, 2, size=(6, 8)).astype("float32")}) for _ in range(2))
    summary = Evidence({"mean": np.array(0.5)})
    assert facts({NAME: (check, [Seen(other, right, summary, summary)])}) == {}


def test_a_random_layer_that_gives_its_input_is_told_so():
    rng = np.random.default_rng(1)
    h = rng.normal(size=(6, 8)).astype("float32")
    check = Check(NAME, lambda f, rng: {}, summarize=lambda theirs, ours: {"kept": np.mean(theirs["y"] != 0)})
    right = Evidence({"y": h * (rng.random(h.shape) < 0.7) / 0.7}, landmarks={"h": h})
    given_ = Evidence({"y": h})
    seen = Seen(given_, right, Evidence({"kept": np.array(1.0)}), Evidence({"kept": np.array(0.7)}))
    assert facts({NAME: (check, [seen])})[NAME].words == "y: this is h, unchanged"
