"""Naming never misleads: whole, pair, parts, otherwise no name; and points are by check, over all draws."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from helpers.checks import Checks, gather
from helpers.compare import summarize
from helpers.evidence import Evidence, Failure
from helpers.judge import Judge
from helpers.table import REFERENCE, Changed, Table
from helpers.verdict import Verdict

NAMES = "ABCD"
RIGHT = dict.fromkeys(NAMES, 1.0)
ERROR = "error"


def exercise():
    found = Checks("f", lecture="0:00")
    for name in NAMES:
        found.check(name, points=2)(lambda f, rng: {})
    return found


def evidence(value):
    """Of one check: a number, several, or an error as "type" or "type: message"."""
    if isinstance(value, str):
        return Evidence({}, Failure(*value.split(": ")))
    return Evidence({"f": np.asarray(value, "float64")})


def answer(changes, draw=0):
    """What a candidate gives: the reference's values but for some checks."""
    return {
        name: evidence(v if isinstance(v, str) else np.asarray(v) * (1 + draw))
        for name, v in (RIGHT | changes).items()
    }


def judged(wrong, misconceptions, pairs=None, draws=1) -> Verdict:
    """Judge an answer that differs from the reference by `wrong`, where these misconceptions are known."""
    tables = [
        Table(
            answer({}, draw),
            {name: answer(changes, draw) for name, changes in ({REFERENCE: {}} | misconceptions).items()},
            {names: answer(changes, draw) for names, changes in (pairs or {}).items()},
        )
        for draw in range(draws)
    ]
    return Judge(exercise(), tables).verdict([answer(wrong, draw) for draw in range(draws)])


class Counting:
    """Adds how often it was called."""

    calls = 0

    def __call__(self, x):
        self.calls += 1
        return 2 * x + self.calls


def named(*args, **settings):
    verdict = judged(*args, **settings)
    return verdict.how, verdict.names


ONE = {"m": {"A": 2, "B": 3}}
TWO = ONE | {"n": {"C": 5}}


def test_the_right_answer_has_all_points_and_no_name():
    verdict = judged({}, TWO)
    assert (verdict.how, verdict.names, verdict.points, verdict.right) == ("right", (), 8, True)
    assert [outcome.message for outcome in verdict.outcomes] == [""] * 4


def test_whole_is_exactly_one_that_equals_at_every_check():
    assert named({"A": 2, "B": 3}, TWO) == ("whole", ("m",))
    assert named({"A": 2}, TWO) == ("unrecognized", ())
    assert named({"A": 2, "B": 4}, TWO) == ("unrecognized", ())


def test_two_that_cannot_be_told_apart_name_nobody():
    assert named({"A": 2, "B": 3}, ONE | {"twin": {"A": 2, "B": 3}}) == ("unrecognized", ())


def test_a_pair_is_named_where_the_double_fault_equals_at_every_check():
    pairs = {("m", "n"): {"A": 7, "B": 3, "C": 8}}
    assert named({"A": 7, "B": 3, "C": 8}, TWO, pairs) == ("pair", ("m", "n"))
    assert named({"A": 7, "B": 3, "C": 9}, TWO, pairs) == ("unrecognized", ())


def test_two_pairs_that_cannot_be_told_apart_name_nobody():
    three = TWO | {"o": {"D": 4}}
    pairs = {("m", "n"): {"A": 7}, ("m", "o"): {"A": 7}}
    assert named({"A": 7}, three, pairs) == ("unrecognized", ())


def test_whole_goes_before_pair():
    assert named({"A": 2, "B": 3}, TWO, {("m", "n"): {"A": 2, "B": 3}}) == ("whole", ("m",))


def test_parts_explain_each_failed_check_once():
    assert named({"A": 2, "B": 3, "C": 5}, TWO) == ("parts", ("m", "n"))


@pytest.mark.parametrize(
    ("wrong", "misconceptions"),
    [
        ({"A": 2, "B": 3, "D": 9}, TWO),
        ({"A": 2, "C": 5}, TWO),
        ({"A": 2, "B": 3, "C": 6}, TWO),
        ({"A": 2, "B": 3, "C": 5}, ONE | {"n": {"B": 3, "C": 5}}),
        ({"A": 2, "B": 3, "C": 5}, TWO | {"twin": {"C": 5}}),
    ],
    ids=["a ✗ is left over", "only half of a part", "another value", "they overlap", "two would do"],
)
def test_parts_that_do_not_fit_exactly_name_nobody(wrong, misconceptions):
    assert named(wrong, misconceptions) == ("unrecognized", ())


def test_a_larger_part_goes_before_a_smaller_one_within_it():
    misconceptions = TWO | {"half of m": {"A": 2}}
    assert named({"A": 2, "B": 3, "C": 5}, misconceptions) == ("parts", ("m", "n"))


@pytest.mark.parametrize("nothing", ["ValueError", np.nan, 0.0], ids=["error", "nan", "zero"])
def test_what_many_faults_share_names_only_as_a_whole(nothing):
    known = {"m": {"A": nothing}, "n": {"B": nothing}}
    both = {"A": nothing, "B": nothing}
    assert named({"A": nothing}, known) == ("whole", ("m",))
    assert named(both, known) == ("unrecognized", ())
    assert named(both, known, {("m", "n"): both}) == ("unrecognized", ())
    assert named(both | {"C": nothing}, known) == ("unrecognized", ())


def test_an_error_names_only_if_it_says_the_same():
    known = {"m": {"A": "TypeError: dense_3 got shape (2, 4), expected (4,)"}}
    assert named({"A": "TypeError: dense got shape (2, 4), expected (4,)"}, known) == ("whole", ("m",))
    assert named({"A": "TypeError: dense got shape (7,), expected (5, 1)"}, known) == ("unrecognized", ())
    assert named({"A": "TypeError: f() takes 1 argument but 2 were given"}, known) == ("unrecognized", ())
    assert named({"A": "TypeError"}, known) == ("unrecognized", ())


def test_an_error_beside_what_informs_needs_no_words():
    known = {"m": {"A": "TypeError: one", "B": 3}}
    assert named({"A": "TypeError: another", "B": 3}, known) == ("whole", ("m",))


def test_evidence_of_another_shape_names_only_as_a_whole():
    known = {"m": {"A": [2, 2]}, "n": {"B": [3, 3]}}
    assert named({"A": [2, 2]}, known) == ("whole", ("m",))
    assert named({"A": [2, 2], "B": [3, 3]}, known) == ("unrecognized", ())


def test_a_name_must_hold_on_every_draw():
    tables = [Table(answer({}, d), {REFERENCE: answer({}, d), "m": answer({"A": 2}, d)}) for d in (0, 1)]
    judge = Judge(exercise(), tables)
    assert judge.verdict([answer({"A": 2}, 0), answer({"A": 2}, 1)]).names == ("m",)
    verdict = judge.verdict([answer({"A": 2}, 0), answer({"A": 3}, 1)])
    assert (verdict.how, verdict.points) == ("unrecognized", 6)


def test_points_must_hold_on_every_draw():
    tables = [Table(answer({}, d), {REFERENCE: answer({}, d)}) for d in (0, 1, 2)]
    given_ = [answer({}, 0), answer({"B": 9}, 1), answer({}, 2)]
    assert Judge(exercise(), tables).verdict(given_).points == 6


def test_a_right_answer_to_another_draw_is_wrong():
    table = Table(answer({}, 0), {REFERENCE: answer({}, 0)})
    assert Judge(exercise(), [table]).verdict([answer({}, 1)]).points == 0


def test_missing_evidence_fails_its_check_alone():
    table = Table(answer({}), {REFERENCE: answer({})})
    given_ = answer({})
    del given_["B"]
    verdict = Judge(exercise(), [table]).verdict([given_])
    assert [o.check for o in verdict.outcomes if not o.passed] == ["B"]
    assert verdict.outcomes[1].message == "f is missing"


def test_too_few_draws_are_refused():
    table = Table(answer({}), {REFERENCE: answer({})})
    with pytest.raises(ValueError, match="longer"):
        Judge(exercise(), [table, table]).verdict([answer({})])


def test_a_check_says_which_name_explains_it():
    whole = judged({"A": 2, "B": 3, "C": 5}, TWO)
    assert [outcome.names for outcome in whole.outcomes] == [("m",), ("m",), ("n",), ()]
    pair = judged({"A": 7, "D": 8}, TWO, {("m", "n"): {"A": 7, "D": 8}})
    assert [outcome.names for outcome in pair.outcomes] == [("m",), (), (), ("m", "n")]


@pytest.mark.parametrize(
    ("second", "kind", "said"),
    [
        ({"A": 123.25}, "wrong_value", "right for the inputs in the notebook, wrong for fresh ones"),
        (
            {"A": "KeyError"},
            "raised",
            "right for the inputs in the notebook; for fresh ones your code raised KeyError",
        ),
    ],
    ids=["value", "error"],
)
def test_a_message_tells_nothing_of_a_private_draw(second, kind, said):
    tables = [Table(answer({}, d), {REFERENCE: answer({}, d)}) for d in (0, 1)]
    verdict = Judge(exercise(), tables, shown=1).verdict([answer({}, 0), answer(second, 1)])
    assert (verdict.outcomes[0].kind, verdict.outcomes[0].message) == (kind, said)
    public = Judge(exercise(), tables, shown=1).verdict([answer({"A": 5}, 0), answer(second, 1)])
    assert public.outcomes[0].message == "f is 5, expected 1"


def test_a_wrong_form_is_told_of_the_evidence_and_not_of_its_summary():
    random = Checks("f", lecture="0:00")
    check = random.check("A")(lambda f, rng: {})
    check.summary(mean=0.1)(lambda theirs, ours: {"mean": theirs["y"].mean()})
    ours = {"A": Evidence({"y": np.ones(4)})}
    table = Table(ours, {REFERENCE: {"A": Evidence({"mean": np.asarray(1.0)})}})
    judge = Judge(random, [table])
    short, low = ({"A": Evidence({"y": y})} for y in (np.ones(3), np.zeros(4)))
    assert judge.verdict([short]).outcomes[0].message == "y has shape (3,), expected (4,)"
    assert judge.verdict([low]).outcomes[0].message == "mean is 0, expected 1 ± 0.1"


values = st.sampled_from([1.0, 1.0, 2.0, 3.0, 0.0, np.nan, "ValueError", "TypeError"])
changes = st.fixed_dictionaries(dict.fromkeys(NAMES, values))


def differing(a, b):
    return {n for n in NAMES if not (a[n] == b[n] or (a[n] != a[n] and b[n] != b[n]))}


@given(changes, st.lists(changes, max_size=5), st.lists(changes, max_size=3), st.integers(1, 2))
def test_a_name_is_given_only_to_what_the_answer_equals(wrong, known, doubles, draws):
    misconceptions = {str(i): m for i, m in enumerate(known)}
    pairs = dict(zip([("0", "1"), ("0", "2"), ("1", "2")], doubles, strict=False)) if len(known) > 2 else {}
    verdict = judged(wrong, misconceptions, pairs, draws)
    failed = differing(wrong, RIGHT)
    equal = [name for name, m in misconceptions.items() if not differing(wrong, m)]
    assert {o.check for o in verdict.outcomes if not o.passed} == failed
    assert verdict.points == 2 * (len(NAMES) - len(failed))
    match verdict.how:
        case "right":
            assert not failed
        case "whole":
            assert equal == list(verdict.names)
        case "pair":
            assert [p for p, m in pairs.items() if not differing(wrong, m)] == [verdict.names]
            assert not equal
        case "parts":
            fails = [differing(misconceptions[name], RIGHT) for name in verdict.names]
            assert sum(map(len, fails)) == len(failed)
            assert set().union(*fails) == failed
            for name, part in zip(verdict.names, fails, strict=True):
                assert not differing(wrong, misconceptions[name]) & part
                assert any(wrong[n] in (2.0, 3.0) for n in part)  # a number that can point to a cause
        case "unrecognized":
            assert failed
            assert len(equal) != 1
    assert bool(verdict.names) == (verdict.how in ("whole", "pair", "parts"))


SPECIFIC = {"A": [2.0, 3.0, 4.0, 5.0], "B": [7.0, 8.0, 9.0, 1.5]}
RIGHT_ROW = {"A": [1.0, 1.0, 1.0, 1.0], "B": [1.0, 1.0, 1.0, 1.0]}


def table_of(misconceptions, changed=(), draw=0):
    """A table whose reference gives rows at the checks A and B."""
    known = {
        name: answer(RIGHT_ROW | gives, draw) for name, gives in ({REFERENCE: {}} | misconceptions).items()
    }
    mutants = []
    for change, gives in changed:
        whole = answer(RIGHT_ROW | gives, draw)
        mutants.append(Changed(change, {name: whole[name] for name in gives}))
    return Table(answer(RIGHT_ROW, draw), known, {}, mutants)


def judged_rows(wrong, misconceptions, changed=(), tell=False):
    tables = [table_of(misconceptions, changed, draw) for draw in range(2)]
    return Judge(exercise(), tables).verdict([answer(RIGHT_ROW | wrong, draw) for draw in range(2)], tell)


def test_the_first_failure_alone_is_named_where_one_misconception_gives_just_that():
    verdict = judged_rows({"A": SPECIFIC["A"], "B": [4.0, 3.0, 2.0, 1.0]}, {"m": SPECIFIC})
    assert (verdict.how, verdict.names) == ("first", ("m",))


@pytest.mark.parametrize(
    ("wrong", "misconceptions"),
    [
        ({"A": SPECIFIC["A"]}, {"m": SPECIFIC}),
        ({"A": SPECIFIC["A"], "B": [4.0] * 4}, {"m": SPECIFIC, "n": {"A": SPECIFIC["A"], "B": [6.0] * 4}}),
        ({"A": [2.0, 2.0, 2.0, 2.0], "B": [4.0] * 4}, {"m": {"A": [2.0, 2.0, 2.0, 2.0], "B": [6.0] * 4}}),
        ({"A": [4.0, 3.0, 2.0, 5.0], "B": SPECIFIC["B"]}, {"m": SPECIFIC}),
        (
            {"A": SPECIFIC["A"], "B": [4.0, 3.0, 2.0, 1.0], "C": [4.0] * 4},
            {"m": SPECIFIC | {"C": [6.0] * 4}},
        ),
    ],
    ids=[
        "it passes what the misconception fails",
        "two give that",
        "one number is not specific",
        "the second",
        "most others are something else",
    ],
)
def test_the_first_failure_alone_names_nobody_where_that_could_mislead(wrong, misconceptions):
    verdict = judged_rows(wrong, misconceptions)
    assert (verdict.how, verdict.names) == ("unrecognized", ())


def test_a_right_answer_with_one_small_change_is_told_the_kind_of_change_once():
    change = "a minus stands where a plus belongs"
    verdict = judged_rows(SPECIFIC, {}, [("another", {"A": [3.0, 1.0, 2.0, 5.0]}), (change, SPECIFIC)])
    first, second = verdict.outcomes[:2]
    assert (verdict.how, verdict.names) == ("mutant", ())
    assert first.fact == f"equal to a right answer with one small change: {change}"
    assert (first.follows, second.follows) == (False, True)


def test_a_misconception_goes_before_a_small_change():
    verdict = judged_rows(SPECIFIC, {"m": SPECIFIC}, [("a change", SPECIFIC)])
    assert (verdict.how, verdict.names) == ("whole", ("m",))


def test_a_fact_is_told_only_where_it_is_asked_for_and_nothing_is_named():
    wrong = {"A": [-1.0, -2.0, -3.0, -4.0]}
    right = {"A": [1.0, 2.0, 3.0, 4.0]}
    table = Table(answer(right), {REFERENCE: answer(right), "m": answer(right | {"B": 5})})
    judge = Judge(exercise(), [table])
    assert judge.verdict([answer(wrong)]).outcomes[0].fact == ""
    outcome = judge.verdict([answer(wrong)], tell=True).outcomes[0]
    assert (outcome.fact, outcome.strong) == ("f: the sign is the other one", True)


def test_a_check_that_says_what_its_failure_means_names_it_whatever_the_answer_is():
    found = Checks("f", lecture="0:00")
    found.check("A")(lambda f, rng: {})
    found.check("B", mistake="over the budget")(lambda f, rng: {})
    right = {name: evidence(1.0) for name in "AB"}
    judge = Judge(found, [Table(right, {REFERENCE: right})])

    def judged_as(a, b):
        verdict = judge.verdict([{"A": evidence(a), "B": evidence(b)}])
        return verdict.how, verdict.names, [outcome.names for outcome in verdict.outcomes]

    assert judged_as(1.0, 7.0) == ("probes", ("over the budget",), [(), ("over the budget",)])
    assert judged_as(3.0, 7.0) == ("probes", ("over the budget",), [(), ("over the budget",)])
    assert judged_as(3.0, 1.0) == ("unrecognized", (), [(), ()])
    # An error or another form may mean anything.
    assert judged_as(1.0, "TypeError") == ("unrecognized", (), [(), ()])
    assert judged_as(1.0, [7.0, 7.0]) == ("unrecognized", (), [(), ()])


@pytest.mark.parametrize(
    ("answer_", "named_"),
    [
        (lambda x: 2 * x.numpy(), ("a size or a value is asked for that a graph does not know yet",)),
        (
            lambda x: tf.reshape(2 * x, (x.shape[0], 3)),
            ("a size or a value is asked for that a graph does not know yet",),
        ),
        (
            lambda x: 2 * x * keras.layers.Layer().add_weight(shape=(), initializer="ones", dtype=x.dtype),
            (),
        ),
        (Counting(), ()),
    ],
)
def test_what_fails_in_a_graph_for_another_reason_is_not_named_for_it(answer_, named_):
    double = Checks("double", kind="function", lecture="0:00")

    @double.check("twice x")
    def twice(double, rng):
        return {"y": double(tf.constant(rng.normal(size=(4, 3))))}

    @double.example(without={"untouched": "tensors", "dtype": "elsewhere", "one": "elsewhere"})
    def example(double, rng, N=4):
        return {"x": tf.constant(rng.normal(size=(N, 3)))}, lambda x: {"y": double(x)}

    def given_by(candidate):
        return {check.name: gather(double, check, (candidate,), 1, 2) for check in double.checks}

    ours = given_by(lambda x: 2 * x)
    known = {check.name: summarize(check, ours[check.name], ours[check.name]) for check in double.checks}
    verdict = Judge(double, [Table(ours, {REFERENCE: known})]).verdict([given_by(answer_)])
    assert not verdict.outcomes[-1].passed
    assert verdict.names == named_


def test_an_exception_of_ones_own_is_none_of_a_library():
    own = Evidence({}, Failure("ValueError", "no", "in f, line 2 of the cell: raise ValueError(x)"))
    known = {REFERENCE: answer({}), "m": answer({"A": "ValueError", "B": [2, 3, 4]})}
    judge = Judge(exercise(), [Table(answer({}), known)])
    assert judge.verdict([answer({"A": "ValueError", "B": [2, 3, 4]})]).names == ("m",)
    assert judge.verdict([answer({"B": [2, 3, 4]}) | {"A": own}]).names == ()


def test_what_an_earlier_failure_accounts_for_is_marked_as_following():
    verdict = judged({"A": "TypeError: no", "B": "TypeError: no", "C": "ValueError: no"}, {})
    assert [outcome.follows for outcome in verdict.outcomes] == [False, True, False, False]
    assert [outcome.raised for outcome in verdict.outcomes] == ["TypeError", "TypeError", "ValueError", ""]
    named_twice = judged({"A": 2, "B": 3}, ONE)
    assert [outcome.follows for outcome in named_twice.outcomes] == [False, True, False, False]


@given(st.lists(st.sampled_from([1.0, 2.0, 3.0]), min_size=4, max_size=4), st.integers(0, 3))
def test_a_name_is_told_only_if_its_misconception_gives_the_first_failure(values, check):
    """Whatever an answer gives: a name stands for equal evidence at the first ✗."""
    misconceptions = {"m": SPECIFIC, "n": {"C": [2.0, 3.0, 1.0, 2.0]}}
    tables = [table_of(misconceptions)]
    given_ = answer(RIGHT_ROW | {NAMES[check]: values, "A": values})
    verdict = Judge(exercise(), tables).verdict([given_])
    failed = [outcome.check for outcome in verdict.outcomes if not outcome.passed]
    for name in verdict.names:
        known = tables[0].known[name]
        assert any(np.array_equal(known[at].arrays["f"], given_[at].arrays["f"]) for at in failed)
