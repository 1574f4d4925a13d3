"""What both sides know of an exercise: its name, and checks that run beside a candidate.

A check returns evidence and no verdict, so the same check runs beside a reference answer, a misconception
and a student's answer; `helpers.judge` then finds whose evidence it equals.
"""

import inspect
import linecache
import re
import traceback
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np

from helpers.evidence import AT_THE_CHECK, Evidence, Failure, as_evidence
from helpers.single_check import Check, Run

# The objects of an exercise, in its order: (Dense,) or (sigmoid, tanh, relu).
Candidate = tuple[Any, ...]


class Checks:
    """The public half of an exercise.

    Args:
        name: how the exercise is called, "Dense".
        lecture: where the lecture treats it, "3:17".
        kind: of what kind an answer is, "layer"; it brings probes, once there is an example.
        objects: the names that a student defines, if they are not just `name`.
        given: what the checks hand to an answer under a name of its notebook: networks made of their own
            `BatchNorm`, say, which the answer should find.
        not_yours: what a student should not call, by full names ("keras.layers.Dropout") or by an operation's
            type ("Softmax"), beyond what the census finds (autograder.proving.census).
    """

    def __init__(
        self,
        name: str,
        *,
        lecture: str,
        kind: str = "",
        objects: Sequence[str] = (),
        given: dict[str, object] | None = None,
        not_yours: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.lecture = lecture
        self.kind = kind
        self.without: dict[str, str] = {}
        self.objects = tuple(objects) or (name,)
        self.given = dict(given or {})
        self.not_yours = tuple(not_yours)
        self.checks: list[Check] = []

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    def check(
        self, name: str, points: float = 1, *, mistake: str = "", advice: str = "", **atol: float
    ) -> Callable[[Run], Check]:
        """Decorate `f(*objects, rng)`: a check, which returns evidence as a dict of arrays.

        Args:
            name: the property that it looks at.
            points: what it is worth.
            mistake: what a wrong value means, where it means one thing whatever the answer.
            advice: one thing to try then.
            atol: absolute tolerances by name of an array.
        Returns:
            The decorator, which makes a `Check` of the function.
        Raises:
            ValueError: when it decorates, if another check of the exercise has that name.
        """

        def decorate(function: Run) -> Check:
            if any(check.name == name for check in self.checks):
                raise ValueError(f"{self.name}: two checks are called {name!r}")
            made = Check(name, function, points, atol, mistake=mistake, advice=advice)
            self.checks.append(made)
            return made

        return decorate

    def example(
        self, *, without: dict[str, str] | None = None, points: dict[str, float] | None = None
    ) -> Callable[[Any], Any]:
        """Decorate `f(*objects, rng, N=…, dtype=…)`: how an answer is used, by which its kind's probes try it.

        Args:
            without: why a probe is left out, by its key.
            points: what a probe is worth, by its key, where it is not 1.
        Returns:
            The decorator; it adds a check for each probe of the kind.
        Raises:
            ValueError: when it decorates, if the kind has no such probe.
        """
        # Late: probes are made of checks.
        from helpers.probes import checks_of

        self.without = dict(without or {})

        def decorate(function: Any) -> Any:
            self.checks += checks_of(self.kind, function, points or {}, self.without)
            return function

        return decorate


def gather(exercise: Checks, check: Check, candidate: Candidate, seed: int, luck: int) -> Evidence:
    """Run one check beside a candidate.

    Args:
        exercise: the exercise to which the check belongs.
        check: the check.
        candidate: the exercise's objects, in its order.
        seed: the draw; it decides the inputs and is the same for all candidates.
        luck: seeds the candidate's own randomness, with draw and check; it should never repeat.
    Returns:
        The check's arrays, or the failure that came in their place.
    """
    # Late: reading a page of helpers should not cost an import of TensorFlow.
    import keras

    # A seed of its own for each check of each exercise: for one that came before, TensorFlow throws its kernels away.
    keras.utils.set_random_seed(zlib.crc32(f"{luck} {seed} {exercise.name} {check.name}".encode()))
    rng = np.random.default_rng([seed, zlib.crc32(check.name.encode())])
    for wanted, thing in zip(exercise.objects, candidate, strict=True):
        if not callable(thing):
            kind = type(thing).__name__
            message = f"{wanted} is of type {kind}, not a function or class"
            return Evidence({}, Failure("NotCallable", message))
    names: dict[str, Any] = {}
    try:
        names = _namespace(candidate)
        with _standing_in(names, exercise.given), loading_as(candidate):
            found = check.run(*candidate, rng)
        return as_evidence(found)
    # The student's code may raise anything.
    except (Exception, SystemExit) as error:
        return Evidence({}, failure_of(error, names))


def fill(layer: Any, rng: np.random.Generator, scale: float = 0.5) -> None:
    """Set every weight of a layer or model to random values that depend on its shape only.

    Whatever order the weights were made in, and whatever they are called, the same shape gets the
    same values. Weights of the same shape are told apart by their order.

    Args:
        layer: a built layer or model.
        rng: one number of it is drawn, however many weights there are.
        scale: the values' standard deviation; their mean is 0.
    """
    seed = int(rng.integers(1 << 30))
    seen: Counter[tuple[int, ...]] = Counter()
    for w in layer.weights:
        shape = tuple(w.shape)
        values = np.random.default_rng([seed, seen[shape], *shape]).normal(size=shape)
        w.assign(values * scale)
        seen[shape] += 1


def _namespace(candidate: Candidate) -> dict[str, Any]:
    """The global names that the candidate's code sees."""
    for thing in candidate:
        parts = list(vars(thing).values()) if inspect.isclass(thing) else [thing]
        for part in parts:
            function = _function_in(part)
            if inspect.isfunction(function):
                return function.__globals__
    return {}


def _function_in(part: Any) -> Any:
    """The function that a method, a decorated function or a tf.function holds; anything else as it is."""
    if callable(part):
        part = inspect.unwrap(getattr(part, "__func__", part))
    return getattr(part, "python_function", part)


@contextmanager
def _standing_in(names: dict[str, Any], given: dict[str, object]) -> Iterator[None]:
    """Let names stand for what is given; afterwards for what they stood for before, if for anything."""
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

    Args:
        candidate: an exercise's objects; those that are classes are meant.
    Returns:
        A context, after which names that were registered before mean what they meant.
    """
    import keras

    registered = keras.saving.get_custom_objects()
    before: dict[str, Any] = {}
    for thing in candidate:
        if not inspect.isclass(thing):
            continue
        name = keras.saving.get_registered_name(thing)
        if name in registered:
            before.setdefault(name, registered[name])
            registered[name] = thing
    try:
        yield
    finally:
        registered.update(before)


def failure_of(error: BaseException, names: dict[str, Any]) -> Failure:
    """Say what was raised, and where in the student's own code it came from.

    Args:
        error: the exception, with its traceback.
        names: the global names of the student's code, by which its frames are known.
    Returns:
        The failure; its place is the last line of the student's that was reached, or else the check's own
        line, which says what it asked of the student's object.
    """
    frames = list(traceback.walk_tb(error.__traceback__))
    own = [(frame, line) for frame, line in frames if frame.f_globals is names]
    place = ""
    if own:
        frame, line = own[-1]
        place = f"in {frame.f_code.co_name}, line {line} of the cell"
        code = _code_at(frame, line)
        if code:
            place += f": {code}"
    elif len(frames) > 1:
        code = _code_at(*frames[1])
        if code:
            place = f"{AT_THE_CHECK}{code}"
    return Failure(type(error).__name__, _first_lines(_words(error)), place)


def _code_at(frame: FrameType, line: int) -> str:
    return linecache.getline(frame.f_code.co_filename, line).strip()


def _words(error: BaseException) -> str:
    try:
        return str(error)
    # An exception class of the student's own may be wrong in itself.
    except Exception:
        return ""


def _first_lines(text: str, lines: int = 3) -> str:
    """What went wrong, without what TensorFlow and Keras add about their own insides."""
    text = re.sub(r"\x1b\[[0-9;]*m|\[\[(\{\{.*?\}\})+\]\]|\{\{.*?\}\}|\[Op:\w+\]", "", text)
    text = re.sub(r"^Exception encountered when calling [\w.]+\(\)\.\s*", "", text)
    # What AutoGraph converted begins with the way there; the error's own words come last.
    text = re.sub(r"^in user code:.*\n\n\s*\w+: ", "", text, flags=re.DOTALL)
    # A graph says where it was made, line by line through whoever ran the check; the error's own words come last.
    text = re.sub(r"^Graph execution error:\s*", "", text)
    text = re.sub(
        r"^Detected at node .*\n(<stack traces unavailable>\n|( +File .*\n|\n)+)",
        "",
        text,
        flags=re.MULTILINE,
    )
    text = re.sub(r"\n\s*Arguments received by [\w.]+\(\):.*", "", text, flags=re.DOTALL)
    text = re.sub(r"name: *$", "", text, flags=re.MULTILINE)
    text = text.replace("tensorflow.python.framework.ops.EagerTensor", "tf.Tensor")
    stripped = [line.strip() for line in text.splitlines()]
    kept = [line for line in stripped if line]
    return " ".join(kept[:lines])[:500]
