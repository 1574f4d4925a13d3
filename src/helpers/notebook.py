"""`check` and `commit`, as they stand in a student's notebook."""

import ast
import inspect
import logging
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from helpers.quiet import import_tensorflow

import_tensorflow()

from helpers import attempts, card  # noqa: E402
from helpers.checks import Candidate, Checks  # noqa: E402
from helpers.hold_back import all_is_shown, hold_back_output  # noqa: E402
from helpers.ipython_cells import as_python  # noqa: E402
from helpers.judge import Judge  # noqa: E402
from helpers.next_step import next_step  # noqa: E402
from helpers.operations import Reading, read  # noqa: E402
from helpers.ownership import FILE, NotYours, alarms, what_is_called, written  # noqa: E402
from helpers.published import Published, load, load_checks  # noqa: E402
from helpers.sighting import Sighting  # noqa: E402
from helpers.verdict import Verdict  # noqa: E402
from helpers.witness import Witness  # noqa: E402

_opened: dict[Path, tuple[Checks, Published]] = {}
# The objects with which an exercise's checks all passed the last time, by its name.
_right: dict[str, Candidate] = {}


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
        NotYet: after the card, if a check failed, or your code uses what it should do itself.
        CalledWrongly: if these are no exercise's objects, or the folder `checks` is missing or damaged.
    """
    names = _names_of_caller(inspect.currentframe())
    try:
        exercise, published = _find(objects, names)
    except ValueError as error:
        raise CalledWrongly(str(error)) from None
    witness = Witness(names)
    verdict = judge(exercise, published, objects, witness)
    borrowed = tuple(_withheld(exercise, names, witness.seen))
    cells = _cells_of(exercise, _ran(names))
    step = attempts.note(verdict, cells, bool(borrowed))
    notes, after = borrowed, ""
    _right.pop(exercise.name, None)
    if verdict.right:
        _right[exercise.name] = objects
        if attempts.attended() and not borrowed:
            after = next_step(exercise.objects, Path.cwd(), _names_that_are_right(names))
    else:
        notes += tuple(_rests_on(exercise, cells, names))
    card.display(card.Card(verdict, published.advice, exercise.lecture, notes, bool(borrowed), step, after))
    wrong = sum(not outcome.passed for outcome in verdict.outcomes)
    if wrong:
        raise NotYet(f"{exercise.name}: {wrong} of {len(verdict.outcomes)} checks not passed yet")
    if borrowed:
        raise NotYet(f"{exercise.name}: {borrowed[0]}")


def _names_of_caller(frame: FrameType | None) -> dict[str, Any]:
    """The global names of the cell that called `check`."""
    if frame is None or frame.f_back is None:
        return {}
    return frame.f_back.f_globals


def judge(
    exercise: Checks, published: Published, objects: Candidate, witness: Witness | None = None
) -> Verdict:
    """Run the public draws beside a candidate and judge what they gave.

    Args:
        exercise: the exercise.
        published: what is known of it for the public draws.
        objects: the candidate, in the order of the exercise's objects.
        witness: sees what the candidate calls.
    Returns:
        The verdict; nothing is shown.
    """
    luck = secrets.randbits(31)
    witness = witness or Witness()
    answers = []
    with _unwarned():
        for draw in published.draws:
            lucky = (luck + draw) % 2**31
            answer = {}
            for one in exercise.checks:
                answer[one.name] = witness.gather(exercise, one, objects, draw, lucky)
            answers.append(answer)
    return Judge(exercise, published.tables).verdict(answers, tell=True)


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

    While there is no guess, the cell runs to its end, and what it prints and draws is held back; where all is
    shown (`helpers.hold_back.SHOW_ALL`), nobody is asked.

    Args:
        guess: one of the keys of `options`, or None while you have not made up your mind.
        options: what could come out, in words.
    """
    if guess in list(options):
        print(f"Your guess: {options[guess]}")
        return
    if guess is None and all_is_shown():
        return
    keys = ", ".join(map(repr, options))
    if guess is not None:
        print(f"{guess!r} is none of {keys}.")
    print(f"This cell waits for your guess: set guess to one of {keys}, then run it again.")
    hold_back_output()


def _rests_on(exercise: Checks, cells: list[str], names: dict[str, Any]) -> Iterator[str]:
    """Earlier answers that this one uses and whose checks have not passed, a sentence each."""
    used = {name for cell in cells for name in _names_in(cell)}
    for other, _ in _opened.values():
        theirs = [name for name in other.objects if name in used]
        if other is exercise or not theirs or _is_right(other, names):
            continue
        those = ", ".join(f"`{name}`" for name in theirs)
        yield (
            f"This rests on your {those}, whose check has not passed yet as it stands now. "
            "Begin there: what is wrong in it shows here as well, and counts once when your work is graded."
        )


def _names_that_are_right(names: dict[str, Any]) -> set[str]:
    """The objects of all exercises whose checks have passed, as the notebook has them now."""
    right = [exercise for exercise, _ in _opened.values() if _is_right(exercise, names)]
    return {name for exercise in right for name in exercise.objects}


def _is_right(exercise: Checks, names: dict[str, Any]) -> bool:
    """Whether an exercise's checks all passed the last time, with the objects that the notebook has now."""
    then = _right.get(exercise.name, ())
    now = [names.get(name) for name in exercise.objects]
    return len(then) == len(now) and all(one is other for one, other in zip(then, now, strict=True))


def _names_in(cell: str) -> set[str]:
    """The names that a cell reads or binds."""
    try:
        tree = ast.parse(cell)
    except SyntaxError:
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _withheld(exercise: Checks, names: dict[str, Any], seen: Iterable[Sighting]) -> Iterator[str]:
    """Why an answer would have no points yet although its checks may pass, a sentence each."""
    theirs = written(Path("checks") / FILE).get(exercise.name, NotYours())
    reading = _read(exercise, names)
    called = what_is_called(theirs, seen, reading)
    if called:
        yield f"Not yours yet: {called}."
    for sentence in reading.borrowed(theirs.paths, exercise.objects):
        yield f"Not yours yet: {sentence}."
    for sentence in (*reading.reaching, *(f"it {what}" for what in alarms(seen))):
        yield f"A person looks at this before it has points: {sentence}."


def _read(exercise: Checks, names: dict[str, Any]) -> Reading:
    """What the cells that define the answer use; nothing outside IPython."""
    ran = _ran(names)
    return read(_cells_of(exercise, ran), context=ran)


def _ran(names: dict[str, Any]) -> list[str]:
    """The cells that were run so far, as Python; none outside IPython."""
    return [as_python(cell) for cell in names.get("In", ())]


def _cells_of(exercise: Checks, ran: list[str]) -> list[str]:
    """The cells that define an answer: for each of its objects the last that does."""
    last: dict[str, str] = {}
    for cell in ran:
        for name in exercise.objects:
            if _defines(cell, name):
                last[name] = cell
    return list(dict.fromkeys(last.values()))


def _defines(cell: str, name: str) -> bool:
    return re.search(rf"^(def|class)\s+{name}\b|^{name}\s*=", cell, re.MULTILINE) is not None


def _find(objects: Candidate, names: dict[str, Any]) -> tuple[Checks, Published]:
    """The exercise whose objects were handed to `check`, from the folder beside the notebook."""
    files = sorted(Path("checks").glob("*.py"))
    if not files:
        raise ValueError(
            f"There is no folder 'checks' in {Path.cwd()}. It came with the notebook: open the notebook in its own folder."
        )
    for file in files:
        if file not in _opened:
            _opened[file] = load_checks(file), load(file.with_suffix(".evidence"))
    given = [_called(thing, names) for thing in objects]
    for exercise, published in _opened.values():
        if _is_meant(exercise, given):
            return exercise, published
    raise ValueError(_no_such_exercise(given))


def _is_meant(exercise: Checks, given: list[set[str]]) -> bool:
    """Whether what was handed to `check` is called as the exercise's objects are, in their order."""
    if len(given) != len(exercise.objects):
        return False
    return all(wanted in called for wanted, called in zip(exercise.objects, given, strict=True))


def _no_such_exercise(given: list[set[str]]) -> str:
    """What there is in place of what was asked for: the exercises that ask for one of its names, or all."""
    exercises = [exercise for exercise, _ in _opened.values()]
    called = set().union(*given)
    meant = [exercise for exercise in exercises if called.intersection(exercise.objects)]
    there = "; ".join(f"check({', '.join(exercise.objects)})" for exercise in meant or exercises)
    asked = ", ".join(min(names, key=len) for names in given)
    return f"check({asked}) is no exercise of this notebook. It has: {there}."


def _called(thing: Any, names: dict[str, Any]) -> set[str]:
    """What an object is called: the notebook's names for it, and its own; what has neither, by its kind."""
    called = {name for name, value in names.items() if value is thing and not name.startswith("_")}
    own = getattr(thing, "__name__", "")
    if own:
        called.add(own)
    return called or {f"a {type(thing).__name__}"}
