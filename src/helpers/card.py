"""The card: an exercise's verdict as a student reads it, in HTML with a plain-text twin.

What a student's code printed or raised is shown as text; nothing of it becomes HTML.
"""

from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Any

from helpers.verdict import Advice, Clue, Kind, Outcome, Verdict

MIME = "application/vnd.fdl.verdict+json"
LEADS = {
    "whole": ("This is",),
    "pair": ("Two things at once. One is", "The other is"),
    "parts": ("Part of it looks like", "Another part looks like"),
    "probes": ("What stands out", "And"),
    "first": ("The first ✗ looks like",),
}
GREEN, RED, GREY = "#2e7d32", "#c62828", "#757575"
TRUE = "True of these numbers"


class Step(StrEnum):
    """How much a card tells of what an answer looks like."""

    # What the student should ask.
    QUESTION = "question"
    # What it looks like, what is true of the numbers, and where the lecture treats it.
    HINT = "hint"
    # Also what to do.
    FIX = "fix"


@dataclass(frozen=True)
class Card:
    """A verdict with what it needs to be shown.

    Attributes:
        verdict: the verdict.
        advice: what is advised against each misconception, by its name.
        lecture: where the lecture treats the exercise.
        notes: what else happened, each a sentence: a time-out, a missing cell.
        withheld: whether no points are given, whatever the checks say.
        step: how much it tells of what the answer looks like.
        after: what to do next, once it is right.
    """

    verdict: Verdict
    advice: dict[str, Advice]
    lecture: str = ""
    notes: tuple[str, ...] = ()
    withheld: bool = False
    step: Step = Step.FIX
    after: str = ""

    @property
    def score(self) -> str:
        points = 0 if self.withheld else self.verdict.points
        return f"{points:g} of {_max_points(self.verdict):g} points"


@dataclass(frozen=True)
class Named:
    """A misconception as a card tells it: the words that introduce it, its name, its advice."""

    lead: str
    name: str
    advice: Advice


def text(card: Card) -> str:
    """The card in plain text.

    Args:
        card: what is shown.
    Returns:
        A headline and a line for each check, misconception, hint and note.
    """
    lines = [f"{card.verdict.exercise}: {card.score} (lecture {card.lecture})"]
    for row in _shown(card):
        line = f"  {_mark(row.outcome)} {row.outcome.check}"
        if row.message:
            line += f" — {row.message}"
        lines.append(line)
        if row.fact:
            lines.append(f"      {TRUE}: {row.fact}.")
    for named in _told(card):
        words = f"  {named.lead}: {named.name}."
        if card.step == Step.FIX:
            words += f" {named.advice.text}"
        lines.append(f"{words} (lecture {named.advice.lecture})")
    asked = _question(card) or _hint(card.verdict)
    if asked:
        lines.append(f"  {asked}")
    for note in card.notes:
        lines.append(f"  Note: {note}")
    if card.after:
        lines.append(f"  {card.after}")
    return "\n".join(lines)


def html(card: Card) -> str:
    """The card in HTML with its style inline, since a notebook's page allows no other.

    Args:
        card: what is shown; all that it holds is escaped.
    Returns:
        One section.
    """
    rows = "".join(_html_of_row(row) for row in _shown(card))
    names = "".join(_html_of_name(named, card.step) for named in _told(card))
    sentences = "".join(
        f'<p style="margin:.5em 0">{escape(sentence)}</p>'
        for sentence in (_question(card) or _hint(card.verdict), *card.notes, card.after)
        if sentence
    )
    side = _side(card)
    return (
        f'<section style="border-left:4px solid {side};padding:.4em 1em;margin:.3em 0;max-width:52em;line-height:1.45">'
        f'<div style="font-size:1.1em"><b>{escape(card.verdict.exercise)}</b> · {card.score} '
        f'<span style="opacity:.7">· lecture {escape(card.lecture)}</span></div>'
        f'<ul style="list-style:none;padding:0;margin:.4em 0">{rows}</ul>{names}{sentences}</section>'
    )


def record(card: Card) -> dict[str, Any]:
    """The card as plain JSON, for programs.

    Args:
        card: what is shown.
    Returns:
        What graded notebooks hold under `MIME`.
    """
    verdict = card.verdict
    return {
        "exercise": verdict.exercise,
        "points": verdict.points,
        "max_points": _max_points(verdict),
        "how": verdict.how,
        "lecture": card.lecture,
        "misconceptions": list(verdict.names),
        "advice": [_record_of_name(named) for named in _named(card)],
        "hint": _hint(verdict),
        "notes": list(card.notes),
        "checks": [_record_of_check(outcome) for outcome in verdict.outcomes],
    }


def display(card: Card) -> None:
    """Show a card in a notebook, or print it where there is none.

    Args:
        card: what is shown.
    """
    try:
        from IPython import get_ipython
        from IPython.display import display as show
    except ImportError:
        print(text(card))
        return
    if get_ipython():
        show({"text/plain": text(card), "text/html": html(card)}, raw=True)
    else:
        print(text(card))


def _max_points(verdict: Verdict) -> float:
    return sum(outcome.points for outcome in verdict.outcomes)


def _record_of_name(named: Named) -> dict[str, str]:
    return {
        "lead": named.lead,
        "name": named.name,
        "text": named.advice.text,
        "lecture": named.advice.lecture,
    }


def _record_of_check(outcome: Outcome) -> dict[str, Any]:
    return {
        "check": outcome.check,
        "kind": outcome.kind.value,
        "points": outcome.earned,
        "max_points": outcome.points,
        "passed": outcome.passed,
        "message": outcome.message,
        "misconception": "; ".join(outcome.names) or None,
        "fact": outcome.fact or None,
        "strong": outcome.strong,
        "raised": outcome.raised,
        "follows": outcome.follows,
    }


def _named(card: Card) -> list[Named]:
    """The misconceptions that a card tells."""
    leads = LEADS.get(card.verdict.how, ("",))
    named = []
    for i, name in enumerate(card.verdict.names):
        lead = leads[min(i, len(leads) - 1)]
        named.append(Named(lead, name, card.advice.get(name, Advice())))
    return named


def _begun(verdict: Verdict) -> bool:
    """Whether anything of an exercise is written."""
    return not all(outcome.kind == Kind.NOT_WRITTEN for outcome in verdict.outcomes)


@dataclass(frozen=True)
class Row:
    """A check as a card lists it."""

    outcome: Outcome
    message: str
    fact: str = ""


def _shown(card: Card) -> list[Row]:
    """The checks worth listing, none of an exercise not yet begun; what was said once is not repeated."""
    if not _begun(card.verdict):
        return []
    said: set[str] = set()
    rows = []
    for outcome in card.verdict.outcomes:
        gist = outcome.gist or outcome.message
        message = outcome.message
        if gist in said:
            message = "the same"
        if outcome.follows:
            message = f"{message} (follows from an earlier ✗)"
        fact = outcome.fact
        if fact in said or card.step == Step.QUESTION:
            fact = ""
        rows.append(Row(outcome, message, fact))
        said |= {text for text in (gist, fact) if text}
    return rows


def _told(card: Card) -> list[Named]:
    """The misconceptions, once it is time to tell them."""
    if card.step == Step.QUESTION:
        return []
    return _named(card)


def _question(card: Card) -> str:
    """What to ask first, where what comes next would tell more; "" otherwise."""
    wrong = [outcome for outcome in card.verdict.outcomes if not outcome.passed]
    more = card.verdict.names or any(outcome.fact for outcome in wrong)
    if card.step != Step.QUESTION or not more:
        return ""
    first = wrong[0]
    advice = [card.advice.get(name, Advice()) for name in card.verdict.names]
    own = next((one.question for one in advice if one.question), "")
    place = next((one.lecture for one in advice if one.lecture), card.lecture)
    if own:
        return f"A question first: {own} Change your code and check again: a hint comes next."
    if first.kind == Kind.RAISED:
        asked = f"what did the line that raised {first.raised} get, and what did it want?"
    elif first.clue == Clue.SHAPE:
        asked = "which axis is which, and what should become of each?"
    else:
        asked = f"what should come out, worked out by hand for a small input, where it says “{first.check}”?"
    return f"A question first: {asked} Compare with lecture {place}. Change your code and check again: a hint comes next."


def _hint(verdict: Verdict) -> str:
    """What to say when no misconception is named: one thing to try."""
    wrong = [outcome for outcome in verdict.outcomes if not outcome.passed]
    if not wrong or verdict.names:
        return ""
    if not _begun(verdict):
        return "Not written yet: replace `raise NotImplementedError()` with your code, run its cell, then this one."
    first = wrong[0]
    if first.kind == Kind.NOT_WRITTEN:
        return ""
    if any(outcome.fact for outcome in wrong):
        return "No known mistake looks like this. What is true of the numbers may tell which line of yours it is."
    if first.clue == Clue.NONE:
        return (
            "None is what a function gives that ends without `return`, as those do that change what they are given, "
            "and what a tape gives for what it did not record. Find out where yours comes from."
        )
    if any(outcome.kind == Kind.RAISED for outcome in wrong):
        return "Mend the error first: call your code in a cell of your own with a small input, step by step."
    if first.clue == Clue.SHAPE:
        return (
            "No known mistake looks like this. Print the shapes, line by line, beside those of the docstring."
        )
    return "No known mistake looks like this. Start with the first ✗: work a small input out by hand, and compare."


def _mark(outcome: Outcome) -> str:
    return "✓" if outcome.passed else "✗"


def _color(good: bool) -> str:
    return GREEN if good else RED


def _side(card: Card) -> str:
    """The color of a card's side: what is not yet begun is neither right nor wrong."""
    if not _begun(card.verdict):
        return GREY
    return _color(card.verdict.right and not card.withheld)


def _html_of_row(shown: Row) -> str:
    outcome = shown.outcome
    label = "passed" if outcome.passed else "not passed"
    row = (
        f'<li style="margin:.25em 0"><span style="color:{_color(outcome.passed)};font-weight:bold" '
        f'aria-label="{label}">{_mark(outcome)}</span> <b>{escape(outcome.check)}</b>'
    )
    if shown.message:
        row += f'<div style="margin-left:1.4em">{escape(shown.message)}</div>'
    if shown.fact:
        row += f'<div style="margin-left:1.4em"><i>{TRUE}:</i> {escape(shown.fact)}.</div>'
    return row + "</li>"


def _html_of_name(named: Named, step: Step) -> str:
    fix = ""
    if step == Step.FIX:
        fix = f"{escape(named.advice.text)} "
    return (
        f'<p style="margin:.5em 0;padding:.5em .8em;background:rgba(128,128,128,.14)">{named.lead}: '
        f"<b>{escape(named.name)}</b>.<br>{fix}"
        f"<i>Lecture {escape(named.advice.lecture)}.</i></p>"
    )
