"""What both sides know of an exercise: its name, and checks that run beside a candidate.

A check returns evidence and no verdict, so the same check runs beside a reference answer, a misconception
and a student's answer; `helpers.judge` then finds whose evidence it equals.
"""

import inspect
import linecache
import re
import traceback
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from helpers.evidence import AT_THE_CHECK, Evidence, Failure, plain

Candidate = tuple[Any, ...]  # the objects of an exercise, in its order: (Dense,) or (sigmoid, tanh, relu)


@dataclass
class Check:
    """A function that runs beside a candidate and returns arrays by name.

    `atol` holds absolute tolerances by name of an array or, where there is a summary, of what it returns.
    """

    name: str
    run: Callable[..., dict]
    points: float = 1
    atol: dict[str, float] = field(default_factory=dict)
    summarize: Callable[[dict, dict], dict] | None = None

    def summary(self, **atol: float):
        """Decorate `f(theirs, ours)`: what of random evidence can be compared, with its tolerances.

        `ours` is the reference's evidence for the same draw. It holds the inputs, so take them from
        there: evidence that belongs to another draw then fits nothing.
        """

        def decorate(function):
            self.summarize = function
            self.atol |= atol
            return function

        return decorate


class Checks:
    """The public half of an exercise.

    Args:
        name: how the exercise is called, "Dense".
        lecture: where the lecture treats it, "3:17".
        objects: the names that a student defines, if they are not just `name`.
        given: what stands in, while checks run, for names that earlier exercises define, so that a
            mistake made there is not counted twice.
        allow: operations that this exercise may use beyond those that every exercise may (helpers.operations).
        forbid: operations that every exercise may use but this one, since it asks to write them.
    """

    def __init__(
        self,
        name: str,
        *,
        lecture: str,
        objects: Sequence[str] = (),
        given: dict[str, object] | None = None,
        allow: Sequence[str] = (),
        forbid: Sequence[str] = (),
    ):
        self.name, self.lecture = name, lecture
        self.objects = tuple(objects) or (name,)
        self.given = dict(given or {})
        self.allow, self.forbid = tuple(allow), tuple(forbid)
        self.checks: list[Check] = []

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    def check(self, name: str, points: float = 1, **atol: float):
        """Decorate `f(*objects, rng)`: a check, which returns evidence as a dict of arrays."""

        def decorate(function) -> Check:
            if name in [c.name for c in self.checks]:
                raise ValueError(f"{self.name}: two checks are called {name!r}")
            self.checks.append(Check(name, function, points, atol))
            return self.checks[-1]

        return decorate


def gather(exercise: Checks, check: Check, candidate: Candidate, seed: int, luck: int) -> Evidence:
    """Run one check beside a candidate.

    Args:
        seed: the draw; it decides the inputs and is the same for all candidates.
        luck: seeds the candidate's own randomness; it should never repeat.
    """
    import keras  # late: reading a page of helpers should not cost an import of TensorFlow

    keras.utils.set_random_seed(luck)
    rng = np.random.default_rng([seed, zlib.crc32(check.name.encode())])
    names: dict = {}
    for wanted, thing in zip(exercise.objects, candidate, strict=True):
        if not callable(thing):
            kind = type(thing).__name__
            return Evidence(
                {}, Failure("NotCallable", f"{wanted} is of type {kind}, not a function or class")
            )
    try:
        names = _namespace(candidate)
        with _standing_in(names, exercise.given), loading_as(candidate):
            found = check.run(*candidate, rng)
        return Evidence({key: plain(value) for key, value in found.items()})
    except (Exception, SystemExit) as error:  # the student's code may raise anything
        return Evidence({}, failure_of(error, names))


def fill(layer: Any, rng: np.random.Generator, scale: float = 0.5) -> None:
    """Set every weight of a layer or model to random values that depend on its shape only.

    Whatever order the weights were made in, and whatever they are called, the same shape gets the
    same values. Weights of the same shape are told apart by their order.
    """
    seed = int(rng.integers(1 << 30))
    seen: dict[tuple, int] = {}
    for w in layer.weights:
        shape = tuple(w.shape)
        seen[shape] = seen.get(shape, -1) + 1
        w.assign(np.random.default_rng([seed, seen[shape], *shape]).normal(size=shape) * scale)


def _namespace(candidate: Candidate) -> dict:
    """The global names that the candidate's code sees."""
    for thing in candidate:
        parts = vars(thing).values() if inspect.isclass(thing) else [thing]
        for part in parts:
            function = inspect.unwrap(getattr(part, "__func__", part)) if callable(part) else part
            function = getattr(function, "python_function", function)  # of a tf.function
            if inspect.isfunction(function):
                return function.__globals__
    return {}


@contextmanager
def _standing_in(names: dict, given: dict) -> Iterator[None]:
    before = {name: names[name] for name in given if name in names}
    names.update(given)
    try:
        yield
    finally:
        for name in given:
            names.pop(name, None)
        names.update(before)


@contextmanager
def loading_as(candidate: Candidate) -> Iterator[None]:
    """Let Keras load what a candidate saved as the candidate's own class.

    A registered name belongs to the class that took it last. Where the reference and its misconceptions
    live in one process, that is somebody else's. (A CustomObjectScope would not do: Keras prefers what is
    registered.)
    """
    import keras

    registered = keras.saving.get_custom_objects()
    names = {keras.saving.get_registered_name(thing): thing for thing in candidate if inspect.isclass(thing)}
    before = {name: registered[name] for name in names if name in registered}
    registered.update({name: names[name] for name in before})
    try:
        yield
    finally:
        registered.update(before)


def failure_of(error: BaseException, names: dict) -> Failure:
    """Say where in the student's own code an exception came from."""
    frames = list(traceback.walk_tb(error.__traceback__))
    own = [(frame, line) for frame, line in frames if frame.f_globals is names]
    place = ""
    if own:
        frame, line = own[-1]
        code = linecache.getline(frame.f_code.co_filename, line).strip()
        place = f"in {frame.f_code.co_name}, line {line} of the cell" + (f": {code}" if code else "")
    elif len(frames) > 1:
        frame, line = frames[1]  # the check's own line: what it asked of the student's object
        code = linecache.getline(frame.f_code.co_filename, line).strip()
        place = f"{AT_THE_CHECK}{code}" if code else ""
    return Failure(type(error).__name__, _first_lines(_words(error)), place)


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an exception class of the student's own, wrong in itself
        return ""


def _first_lines(text: str, lines: int = 3) -> str:
    """What went wrong, without what TensorFlow and Keras add about their own insides."""
    text = re.sub(r"\x1b\[[0-9;]*m|\{\{.*?\}\}|\[Op:\w+\]", "", text)
    text = re.sub(r"^Exception encountered when calling [\w.]+\(\)\.", "", text)
    text = re.sub(r"\n\s*Arguments received by [\w.]+\(\):.*", "", text, flags=re.DOTALL)
    text = re.sub(r"name: *$", "", text, flags=re.MULTILINE)
    text = text.replace("tensorflow.python.framework.ops.EagerTensor", "tf.Tensor")
    kept = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(kept[:lines])[:500]
