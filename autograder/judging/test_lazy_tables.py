import numpy as np
import pytest

from autograder.judging import lazy_tables
from autograder.judging.lazy_tables import NOT_FOR_FRESH, PUBLIC, Answers, LazyTables, Reason
from autograder.judging.making import published
from autograder.judging.sources import state
from autograder.judging.store import record
from autograder.judging.tables import answer, tabulate
from helpers.checks import gather
from helpers.evidence import Evidence
from helpers.judge import Judge
from helpers.published import save
from helpers.table import REFERENCE, Table
from helpers.verdict import Kind
from solutions.forward_propagation.softmax import softmax

SECRET = 12345
STUB = """
def stable_softmax(a, axis=-1):
    raise NotImplementedError()
"""
RIVALS = {
    "the reference": softmax.source,
    "the stub": STUB,
    "nothing known": "def stable_softmax(a, axis=-1):\n    return a * 0.5",
    **{m.name: m.source for m in (*softmax.misconceptions, *softmax.alternatives)},
    **{" and ".join(pair): source for pair, source in softmax.pairs()},
}


@pytest.fixture(scope="module")
def whole_table():
    return tabulate(softmax, PUBLIC)


@pytest.fixture(scope="module")
def tables():
    return LazyTables()


def answers_of(source):
    candidate = softmax.make(source)
    given = {draw: answer(softmax, candidate, draw, luck=99 + draw) for draw in (PUBLIC, SECRET)}
    return Answers(given.pop(PUBLIC), given)


@pytest.mark.parametrize("source", RIVALS.values(), ids=RIVALS)
def test_a_verdict_is_the_one_that_the_whole_public_table_would_give(whole_table, tables, source):
    answers = answers_of(source)
    wanted = Judge(softmax, [whole_table]).verdict([answers.public], tell=True)
    assert tables.verdict(softmax, answers) == wanted


def test_what_holds_on_the_public_draw_alone_has_no_points_and_no_name(tables):
    answers = answers_of(softmax.source)
    answers.fresh = answers_of(softmax.misconceptions[0].source).fresh
    verdict = tables.verdict(softmax, answers)
    wrong = [outcome for outcome in verdict.outcomes if not outcome.passed]
    assert {(outcome.kind, outcome.message) for outcome in wrong} == {(Kind.WRONG_VALUE, NOT_FOR_FRESH)}
    assert (verdict.names, verdict.how, verdict.right) == ((), "unrecognized", False)
    assert verdict.points < softmax.points


def test_naming_by_the_first_check_compares_arrays_of_two_shapes(whole_table):
    first, second, third, *_ = (check.name for check in softmax.checks)
    two = Evidence({"f": np.ones((2, 3)), "g": np.ones((2, 3))})
    right = whole_table.known[REFERENCE] | {first: two, second: two, third: two}
    # One array has another shape, and the other tells enough.
    wrong = Evidence({"f": np.arange(6.0).reshape(2, 3) + 2, "g": np.ones((2, 4))})
    rival = right | {first: wrong, second: wrong, third: wrong}
    other = Evidence({"f": 7 * np.ones((2, 3)), "g": np.ones((2, 3))})
    given = whole_table.ours | {first: wrong, second: wrong, third: other}
    table = Table(whole_table.ours, {REFERENCE: right, "it is wider": rival})
    verdict = Judge(softmax, [table]).verdict([given])
    assert verdict.names == ("it is wider",)
    assert [outcome.passed for outcome in verdict.outcomes][:4] == [False, False, False, True]


def test_what_the_build_has_made_is_not_made_again(tmp_path, monkeypatch):
    file = tmp_path / "unit" / "checks" / "softmax.evidence"
    file.parent.mkdir(parents=True)
    save(file, published(softmax))
    record(tmp_path, {"unit/checks/softmax.evidence": state(softmax)})
    made = []

    def counted(exercise, check, candidate, draw, luck):
        made.append(draw)
        return gather(exercise, check, candidate, draw, luck)

    monkeypatch.setattr(lazy_tables, "gather", counted)
    held = softmax.misconceptions[0]
    verdict = LazyTables([tmp_path]).verdict(softmax, answers_of(held.source))
    assert verdict.names == (held.name,)
    assert set(made) == {SECRET}
    assert len(made) <= 2 * len(softmax.checks)


def test_a_reason_is_told_in_the_place_of_what_is_missing(tables):
    answers = answers_of(softmax.source)
    del answers.public["along any axis"]
    answers.reasons["along any axis"] = Reason(Kind.STOPPED, "your code was stopped")
    verdict = tables.verdict(softmax, answers)
    assert [(o.kind, o.message) for o in verdict.outcomes if not o.passed] == [
        (Kind.STOPPED, "your code was stopped")
    ]
    assert verdict.names == ()
