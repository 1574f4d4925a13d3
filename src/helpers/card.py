"""The card: an exercise's verdict as a student reads it, in HTML with a plain-text twin.

What a student's code printed or raised is shown as text; nothing of it becomes HTML.
"""

import re
from dataclasses import dataclass
from html import escape

from helpers.judge import Advice, Outcome, Verdict

MIME = "application/vnd.fdl.verdict+json"
LEADS = {
    "whole": ("This is",),
    "pair": ("Two things at once. One is", "The other is"),
    "parts": ("Part of it looks like", "Another part looks like"),
}


@dataclass(frozen=True)
class Card:
    """A verdict with what it needs to be shown: the misconceptions' advice and the exercise's lecture time."""

    verdict: Verdict
    advice: dict[str, Advice]
    lecture: str = ""
    notes: tuple[str, ...] = ()  # what else happened, each a sentence: a time-out, a missing cell
    withheld: bool = False  # the checks pass or not, but no points are given

    @property
    def score(self) -> str:
        total = sum(o.points for o in self.verdict.outcomes)
        return f"{0 if self.withheld else self.verdict.points:g} of {total:g} points"


def text(card: Card) -> str:
    """The card in plain text."""
    lines = [f"{card.verdict.exercise}: {card.score} (lecture {card.lecture})"]
    for o, message in _shown(card.verdict):
        lines.append(f"  {_mark(o)} {o.check}" + (f" — {message}" if message else ""))
    for lead, name, advice in _named(card):
        lines.append(f"  {lead}: {name}. {advice.text} (lecture {advice.lecture})")
    if hint := _hint(card.verdict):
        lines.append(f"  {hint}")
    lines += [f"  Note: {note}" for note in card.notes]
    return "\n".join(lines)


def html(card: Card) -> str:
    """The card in HTML with its style inline, since a notebook's page allows no other."""
    rows = "".join(
        f'<li style="margin:.25em 0"><span style="{_tone(o.passed)}" aria-label="{"passed" if o.passed else "not passed"}">'
        f"{_mark(o)}</span> <b>{escape(o.check)}</b>{_message(message)}</li>"
        for o, message in _shown(card.verdict)
    )
    named = "".join(
        f'<p style="margin:.5em 0;padding:.5em .8em;background:rgba(128,128,128,.14)">{lead}: '
        f"<b>{escape(name)}</b>.<br>{escape(advice.text)} <i>Lecture {escape(advice.lecture)}.</i></p>"
        for lead, name, advice in _named(card)
    )
    hint = _hint(card.verdict)
    extra = "".join(
        f'<p style="margin:.5em 0">{escape(t)}</p>' for t in ([hint] if hint else []) + list(card.notes)
    )
    side = "#2e7d32" if card.verdict.right and not card.withheld else "#c62828"
    return (
        f'<section style="border-left:4px solid {side};padding:.4em 1em;margin:.3em 0;max-width:52em;line-height:1.45">'
        f'<div style="font-size:1.1em"><b>{escape(card.verdict.exercise)}</b> · {card.score} '
        f'<span style="opacity:.7">· lecture {escape(card.lecture)}</span></div>'
        f'<ul style="list-style:none;padding:0;margin:.4em 0">{rows}</ul>{named}{extra}</section>'
    )


def record(card: Card) -> dict:
    """The verdict as plain JSON, for programs."""
    verdict = card.verdict
    return {
        "exercise": verdict.exercise,
        "points": verdict.points,
        "max_points": sum(o.points for o in verdict.outcomes),
        "how": verdict.how,
        "lecture": card.lecture,
        "misconceptions": list(verdict.names),
        "advice": [
            {"lead": lead, "name": name, "text": advice.text, "lecture": advice.lecture}
            for lead, name, advice in _named(card)
        ],
        "hint": _hint(verdict),
        "notes": list(card.notes),
        "checks": [
            {
                "check": o.check,
                "points": o.points if o.passed else 0,
                "max_points": o.points,
                "passed": o.passed,
                "message": o.message,
                "misconception": "; ".join(o.names) or None,
            }
            for o in verdict.outcomes
        ],
    }


def display(card: Card) -> None:
    """Show a card in a notebook, or print it where there is none."""
    try:
        from IPython import get_ipython
        from IPython.display import display as show
    except ImportError:
        get_ipython = None
    if get_ipython and get_ipython():
        show({"text/plain": text(card), "text/html": html(card)}, raw=True)
    else:
        print(text(card))


def _named(card: Card) -> list[tuple[str, str, Advice]]:
    """Each name with the words that introduce it and its advice."""
    leads = LEADS.get(card.verdict.how, ("",))
    return [
        (leads[min(i, len(leads) - 1)], name, card.advice.get(name, Advice()))
        for i, name in enumerate(card.verdict.names)
    ]


def _shown(verdict: Verdict) -> list[tuple[Outcome, str]]:
    """The checks worth listing, none of an exercise not yet begun; a message said once is not repeated."""
    if all(o.message.startswith("not written yet") for o in verdict.outcomes):
        return []
    seen: set[str] = set()
    rows = []
    for o in verdict.outcomes:
        key = _repeated(o.message)
        rows.append((o, "the same" if key in seen else o.message))
        seen |= {key} - {""}
    return rows


def _repeated(message: str) -> str:
    """What two messages share that say the same: an error in one line, whatever sizes its words mention."""
    if mine := re.match(r"your code raised (\w+:).*( \(in .*)", message, re.DOTALL):
        return "".join(mine.groups())
    return re.sub(r" \(when the check did: .*", "", message, flags=re.DOTALL)


def _hint(verdict: Verdict) -> str:
    """What to say when no misconception is named: one thing to try."""
    wrong = [o for o in verdict.outcomes if not o.passed]
    if not wrong or verdict.names:
        return ""
    if not _shown(verdict):
        return "Not written yet: replace `raise NotImplementedError()` with your code, run its cell, then this one."
    if wrong[0].message.startswith("not written yet"):
        return ""
    if "None" in wrong[0].message:
        return (
            "None is what a function gives that ends without `return`, as those do that change what they are given, "
            "and what a tape gives for what it did not record. Find out where yours comes from."
        )
    if any("your code raised" in o.message for o in wrong):
        return "Mend the error first: call your code in a cell of your own with a small input, step by step."
    if "has shape" in wrong[0].message:
        return (
            "No known mistake looks like this. Print the shapes, line by line, beside those of the docstring."
        )
    return "No known mistake looks like this. Start with the first ✗: work a small input out by hand, and compare."


def _mark(outcome: Outcome) -> str:
    return "✓" if outcome.passed else "✗"


def _tone(passed: bool) -> str:
    return f"color:{'#2e7d32' if passed else '#c62828'};font-weight:bold"


def _message(message: str) -> str:
    return f'<div style="margin-left:1.4em">{escape(message)}</div>' if message else ""
