"""The card: an exercise's verdict as a student reads it, in HTML with a plain-text twin.

What a student's code printed or raised is shown as text; nothing of it becomes HTML.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

from helpers.verdict import Advice, Clue, Kind, Outcome, Verdict

MIME = "application/vnd.fdl.verdict+json"
LEADS = {
    "whole": ("This is",),
    "pair": ("Two things at once. One is", "The other is"),
    "parts": ("Part of it looks like", "Another part looks like"),
}
GREEN, RED = "#2e7d32", "#c62828"


@dataclass(frozen=True)
class Card:
    """A verdict with what it needs to be shown.

    Attributes:
        verdict: the verdict.
        advice: what is advised against each misconception, by its name.
        lecture: where the lecture treats the exercise.
        notes: what else happened, each a sentence: a time-out, a missing cell.
        withheld: whether no points are given, whatever the checks say.
    """

    verdict: Verdict
    advice: dict[str, Advice]
    lecture: str = ""
    notes: tuple[str, ...] = ()
    withheld: bool = False

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
    for outcome, message in _shown(card.verdict):
        line = f"  {_mark(outcome)} {outcome.check}"
        if message:
            line += f" — {message}"
        lines.append(line)
    for named in _named(card):
        lines.append(f"  {named.lead}: {named.name}. {named.advice.text} (lecture {named.advice.lecture})")
    hint = _hint(card.verdict)
    if hint:
        lines.append(f"  {hint}")
    for note in card.notes:
        lines.append(f"  Note: {note}")
    return "\n".join(lines)


def html(card: Card) -> str:
    """The card in HTML with its style inline, since a notebook's page allows no other.

    Args:
        card: what is shown; all that it holds is escaped.
    Returns:
        One section.
    """
    rows = "".join(_html_of_row(outcome, message) for outcome, message in _shown(card.verdict))
    names = "".join(_html_of_name(named) for named in _named(card))
    sentences = "".join(
        f'<p style="margin:.5em 0">{escape(sentence)}</p>'
        for sentence in (_hint(card.verdict), *card.notes)
        if sentence
    )
    side = _color(card.verdict.right and not card.withheld)
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
        "points": outcome.points if outcome.passed else 0,
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


def _shown(verdict: Verdict) -> list[tuple[Outcome, str]]:
    """The checks worth listing, none of an exercise not yet begun; a message said once is not repeated."""
    if not _begun(verdict):
        return []
    said: set[str] = set()
    rows = []
    for outcome in verdict.outcomes:
        gist = outcome.gist or outcome.message
        rows.append((outcome, "the same" if gist in said else outcome.message))
        if gist:
            said.add(gist)
    return rows


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


def _html_of_row(outcome: Outcome, message: str) -> str:
    label = "passed" if outcome.passed else "not passed"
    row = (
        f'<li style="margin:.25em 0"><span style="color:{_color(outcome.passed)};font-weight:bold" '
        f'aria-label="{label}">{_mark(outcome)}</span> <b>{escape(outcome.check)}</b>'
    )
    if message:
        row += f'<div style="margin-left:1.4em">{escape(message)}</div>'
    return row + "</li>"


def _html_of_name(named: Named) -> str:
    return (
        f'<p style="margin:.5em 0;padding:.5em .8em;background:rgba(128,128,128,.14)">{named.lead}: '
        f"<b>{escape(named.name)}</b>.<br>{escape(named.advice.text)} "
        f"<i>Lecture {escape(named.advice.lecture)}.</i></p>"
    )
