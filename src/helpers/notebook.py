"""`check` and `commit`, as they stand in a student's notebook."""

import inspect
import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from helpers.quiet import import_tensorflow

import_tensorflow()

from helpers import card  # noqa: E402
from helpers.checks import Checks, gather  # noqa: E402
from helpers.judge import Judge  # noqa: E402
from helpers.operations import violations  # noqa: E402
from helpers.published import Published, load, load_checks  # noqa: E402
from helpers.verdict import Verdict  # noqa: E402

_opened: dict[Path, tuple[Checks, Published]] = {}


class NotYet(Exception):
    """A check failed; the card above says which, and what to try."""

    def _render_traceback_(self) -> list[str]:
        """IPython shows this in place of a traceback through code that is not the student's."""
        return [str(self)]


class CalledWrongly(ValueError):
    """`check` cannot tell what to check; the message says what to do, and no traceback through helpers hides it."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def check(*objects: Any) -> None:
    """Run an exercise's checks beside your objects and show a card.

    Args:
        objects: what the exercise asked you to define, in the order of the check cell.
    Raises:
        NotYet: after the card, if a check failed.
        CalledWrongly: if these are no exercise's objects, or the folder `checks` is missing or damaged.
    """
    frame = inspect.currentframe()
    names = frame.f_back.f_globals if frame and frame.f_back else {}
    try:
        exercise, published = _find(objects, names)
    except ValueError as error:
        raise CalledWrongly(str(error)) from None
    verdict = judge(exercise, published, objects)
    borrowed = tuple(f"Not yours yet, {reason}." for reason in _borrowed(exercise, names))
    card.display(card.Card(verdict, published.advice, exercise.lecture, borrowed, withheld=bool(borrowed)))
    wrong = sum(not o.passed for o in verdict.outcomes)
    if wrong or borrowed:
        raise NotYet(
            f"{exercise.name}: "
            + (f"{wrong} of {len(verdict.outcomes)} checks not passed yet" if wrong else borrowed[0])
        )


def judge(exercise: Checks, published: Published, objects: tuple) -> Verdict:
    """Run the public draws beside a candidate and judge what they gave."""
    luck = secrets.randbits(31)
    with _unwarned():
        answers = [
            {c.name: gather(exercise, c, objects, draw, (luck + draw) % 2**31) for c in exercise.checks}
            for draw in published.draws
        ]
    return Judge(exercise, published.tables).verdict(answers)


@contextmanager
def _unwarned() -> Iterator[None]:
    """A check that is run again traces its functions again: of that TensorFlow would warn the student."""
    log = logging.getLogger("tensorflow")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def commit(guess: str | None, options: dict[str, str]) -> None:
    """Say what you guessed, before you see what comes out.

    Args:
        guess: one of the keys of `options`, or None while you have not made up your mind.
    """
    if guess is None:
        print(f"No guess yet: set guess to one of {', '.join(map(repr, options))}, then run this cell again.")
    elif guess not in options:
        print(f"{guess!r} is none of {', '.join(map(repr, options))}.")
    else:
        print(f"Your guess: {options[guess]}")


def _borrowed(exercise: Checks, names: dict) -> list[str]:
    """What the cells that define the answer use although the exercise asks to write it; [] outside IPython."""
    ran = [TransformerManager().transform_cell(cell) for cell in names.get("In", ())]
    last = {name: cell for cell in ran for name in exercise.objects if _defines(cell, name)}
    return violations(exercise, list(dict.fromkeys(last.values())), known=ran)


def _defines(cell: str, name: str) -> bool:
    return re.search(rf"^(def|class)\s+{name}\b|^{name}\s*=", cell, re.MULTILINE) is not None


def _find(objects: tuple, names: dict) -> tuple[Checks, Published]:
    """The exercise whose objects were handed to `check`, from the folder beside the notebook."""
    folder = Path("checks")
    files = sorted(folder.glob("*.py"))
    if not files:
        raise ValueError(
            f"There is no folder 'checks' in {Path.cwd()}. It came with the notebook: open the notebook in its own folder."
        )
    for file in files:
        if file not in _opened:
            _opened[file] = load_checks(file), load(file.with_suffix(".evidence"))
    given = [_called(thing, names) for thing in objects]
    for exercise, published in _opened.values():
        if len(objects) == len(exercise.objects) and all(
            wanted in called for wanted, called in zip(exercise.objects, given, strict=True)
        ):
            return exercise, published
    exercises = [e for e, _ in _opened.values()]
    meant = [e for e in exercises if any(called & set(e.objects) for called in given)]
    known = "; ".join(f"check({', '.join(e.objects)})" for e in meant or exercises)
    asked = ", ".join(min(called, key=len) for called in given)
    raise ValueError(f"check({asked}) is no exercise of this notebook. It has: {known}.")


def _called(thing: Any, names: dict) -> set[str]:
    """What an object is called: the notebook's names for it, and its own; what has neither, by its kind."""
    called = {n for n, v in names.items() if v is thing and not n.startswith("_")}
    called |= {getattr(thing, "__name__", "")} - {""}
    return called or {f"a {type(thing).__name__}"}
