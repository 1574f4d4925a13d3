import json
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from helpers.card import GREY, MIME, RED, Card, Step, html, record, text
from helpers.checks import Check
from helpers.compare import explain
from helpers.evidence import Evidence, Failure, Odd
from helpers.verdict import Advice, Kind, Outcome, Verdict

RIGHT = Outcome("a = hW + b", 2, Kind.PASSED)
WRONG = Outcome(
    "the bias counts", 1, Kind.WRONG_VALUE, "a[0, 1] is 0.64, expected 1", ("the bias is forgotten",)
)
NOT_WRITTEN = Failure("NotImplementedError")
ADVICE = {"the bias is forgotten": Advice("Add self.b.", "3:17"), "transposed": Advice("Use h @ W.", "3:20")}


def card_of(*outcomes, names=(), how="unrecognized", notes=()):
    return Card(Verdict("Dense", outcomes, names, how), ADVICE, "3:17", notes)


def failed(given, expected=1.0, name="c"):
    """What becomes of a check that gave this in place of what was expected."""
    evidence = Evidence({}, given) if isinstance(given, Failure) else seen(given)
    difference = explain(Check(name, lambda f, rng: {}), evidence, seen(expected))
    return Outcome(name, 1, difference.kind, difference.message, clue=difference.clue, gist=difference.gist)


def seen(value):
    return Evidence({"a": value if isinstance(value, str | Odd) else np.asarray(value)})


@pytest.fixture
def named():
    return card_of(RIGHT, WRONG, names=("the bias is forgotten",), how="whole")


@pytest.mark.parametrize("show", [text, html], ids=["text", "html"])
def test_a_card_tells_score_given_expected_belief_advice_and_time(named, show):
    shown = show(named)
    for part in (
        "2 of 3 points",
        "a[0, 1] is 0.64, expected 1",
        "This is",
        "the bias is forgotten",
        "Add self.b.",
        "3:17",
    ):
        assert part in shown


@pytest.mark.parametrize(
    ("how", "leads"),
    [
        ("pair", ["Two things at once. One is: the bias", "The other is: transposed"]),
        ("parts", ["Part of it looks like: the bias", "Another part looks like: transposed"]),
    ],
)
def test_two_names_are_introduced_by_what_is_known(how, leads):
    shown = text(card_of(WRONG, names=("the bias is forgotten", "transposed"), how=how))
    assert [lead in shown for lead in leads] == [True, True]


def test_no_name_means_no_misconception_in_the_card():
    shown = text(card_of(WRONG))
    assert "This is" not in shown
    assert "No known mistake looks like this" in shown


def test_an_exercise_not_begun_gets_one_line_and_no_list():
    stub = failed(NOT_WRITTEN)
    assert text(card_of(stub, stub)).count("\n") == 1


def test_a_message_said_once_is_not_repeated():
    again = replace(WRONG, check="another")
    assert text(card_of(WRONG, again)).count(WRONG.message) == 1


@pytest.mark.parametrize(
    ("first", "second", "repeats"),
    [
        (
            Failure("ValueError", "(5, 7)", "in build, line 7 of the cell: w = x"),
            Failure("ValueError", "(6, 4)", "in build, line 7 of the cell: w = x"),
            True,
        ),
        (
            Failure("ValueError", "bad", "in build, line 7 of the cell: w = x"),
            Failure("ValueError", "bad", "in build, line 8 of the cell: b = x"),
            False,
        ),
        (
            Failure("ValueError", "bad", "in build, line 7 of the cell: w = x"),
            Failure("TypeError", "bad", "in build, line 7 of the cell: w = x"),
            False,
        ),
        (
            Failure("TypeError", "no", "when the check did: a = f(1)"),
            Failure("TypeError", "no", "when the check did: b = f(2)"),
            True,
        ),
        (
            Failure("TypeError", "no", "when the check did: a = f(1)"),
            Failure("TypeError", "never", "when the check did: a = f(1)"),
            False,
        ),
    ],
    ids=["same line, other sizes", "another line", "another type", "same words, another call", "other words"],
)
def test_an_error_is_told_once(first, second, repeats):
    shown = text(card_of(failed(first, name="one"), failed(second, name="two")))
    assert ("✗ two — the same" in shown) == repeats


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (Odd("None", "is a `return` missing?"), "ends without `return`"),
        (Failure("TypeError", "'NoneType' object is not iterable"), "ends without `return`"),
        (Failure("KeyError", "'db1'"), "Mend the error first"),
        ([[1.0, 2.0]], "Print the shapes"),
        (np.float32(1), "work a small input out by hand"),
        (2.0, "work a small input out by hand"),
    ],
    ids=["None", "an error about None", "error", "shape", "dtype", "value"],
)
def test_the_hint_fits_what_happened(given, hint):
    assert hint in text(card_of(RIGHT, failed(given)))


def test_what_is_not_written_yet_needs_no_hint():
    half = failed(NOT_WRITTEN)
    assert text(card_of(RIGHT, half)).endswith(f"✗ c — {half.message}")


def test_an_error_further_down_comes_before_a_wrong_value():
    assert "Mend the error first" in text(card_of(WRONG, failed(Failure("KeyError", "'db1'"))))


def test_withheld_points_are_not_shown_as_earned():
    card = Card(Verdict("Dense", (RIGHT,), (), "right"), ADVICE, "3:17", ("Not yours yet.",), withheld=True)
    assert "0 of 2 points" in text(card)
    assert "#c62828" in html(card)


def test_what_comes_next_ends_the_card():
    card = Card(Verdict("Dense", (RIGHT,), (), "right"), ADVICE, "3:17", after="Next: `L2` <here>.")
    assert text(card).endswith("\n  Next: `L2` <here>.")
    assert "Next: `L2` &lt;here&gt;.</p></section>" in html(card)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attrs):
        self.open += [] if tag in VOID else [tag]
        self.seen |= {tag, *(name for name, _ in attrs)}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


VOID = {"br"}
OURS = {"section", "div", "ul", "li", "span", "p", "b", "i", "br", "style", "aria-label"}


def test_what_a_student_wrote_never_becomes_html():
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    tags = Tags()
    tags.feed(
        html(
            card_of(
                Outcome(evil, 1, Kind.WRONG_VALUE, evil, (evil,)), names=(evil,), how="whole", notes=(evil,)
            )
        )
    )
    assert tags.open == []
    assert tags.seen <= OURS


def test_the_record_holds_kind_points_and_misconception_by_check(named):
    assert MIME.endswith("+json")
    assert record(named)["points"] == 2
    rows = [
        (row["check"], row["kind"], row["points"], row["misconception"]) for row in record(named)["checks"]
    ]
    assert rows == [
        ("a = hW + b", "passed", 2, None),
        ("the bias counts", "wrong_value", 0, "the bias is forgotten"),
    ]


def test_a_record_is_plain_json(named):
    assert json.loads(json.dumps(record(named))) == record(named)


FACT = Outcome("a = hW + b", 2, Kind.WRONG_VALUE, "a is 2, expected 1", fact="a: transposed", strong=True)


@pytest.mark.parametrize("show", [text, html], ids=["text", "html"])
@pytest.mark.parametrize(
    ("step", "there", "not_yet"),
    [
        (Step.QUESTION, ["A question first:", "3:17"], ["the bias is forgotten", "Add self.b."]),
        (Step.HINT, ["This is", "the bias is forgotten", "3:17"], ["A question first", "Add self.b."]),
        (Step.FIX, ["This is", "the bias is forgotten", "Add self.b."], ["A question first"]),
    ],
    ids=str,
)
def test_advice_comes_in_steps(named, show, step, there, not_yet):
    shown = show(replace(named, step=step))
    assert all(part in shown for part in there)
    assert not any(part in shown for part in not_yet)


def test_what_is_recorded_is_told_in_full_at_any_step(named):
    assert record(replace(named, step=Step.QUESTION)) == record(named)


def test_an_author_s_own_question_is_asked(named):
    own = {"the bias is forgotten": Advice("Add self.b.", "3:17", "What is a where h is 0?")}
    shown = text(replace(named, advice=own, step=Step.QUESTION))
    assert "A question first: What is a where h is 0? Change your code and check again" in shown


def test_a_fact_is_told_once_and_not_with_the_question():
    card = card_of(FACT, replace(FACT, check="in float64", follows=True))
    shown = text(card)
    assert shown.count("True of these numbers: a: transposed.") == 1
    assert "✗ in float64 — the same (follows from an earlier ✗)" in shown
    assert "True of these numbers" in html(card)
    assert "transposed" not in text(replace(card, step=Step.QUESTION))
    assert record(card)["checks"][0]["fact"] == "a: transposed"
    assert record(card_of(RIGHT))["checks"][0]["fact"] is None


def test_what_is_not_written_yet_is_neither_red_nor_green():
    shown = html(card_of(failed(NOT_WRITTEN)))
    assert GREY in shown
    assert RED not in shown
    assert RED in html(card_of(FACT))
