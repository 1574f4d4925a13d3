"""Which operations of the libraries are an exercise's answer? They are tried, not listed.

Every public operation is tried as the answer: alone, under exp, log, a mean and a gradient, and as exp of what it
leaves; one of NumPy's or SciPy's with the slope of the reference. What passes more than one of the checks that a stub
fails, probes aside, is not the student's to call, and is kept by the names under which the witness would see it, with
what of the libraries bears its name. Where the exercise is a layer, an initializer or a regularizer, Keras's classes of
that kind are tried, and operations in the place of its `call`; where it makes weights, no class may make them for it.
"""

import contextlib
import importlib
import inspect
import io
import math
import os
import signal
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, TypeVar

import numpy as np

from autograder.exercise import Exercise
from autograder.judging.tables import answer, summary
from autograder.proving.operations_tried import (
    FORMS,
    as_called,
    is_named_after,
    operations,
    relatives,
    tensorflow,
    with_slope_of,
)
from helpers.checks import Candidate, Check, gather
from helpers.compare import same, summarize
from helpers.frames import name_of, root_of
from helpers.ownership import NotYours
from helpers.sighting import OPERATION, Sighting
from helpers.witness import Witness

CLASSES = {
    "Layer": "keras.layers",
    "Initializer": "keras.initializers",
    "Regularizer": "keras.regularizers",
    "Optimizer": "keras.optimizers",
    "Loss": "keras.losses",
    "Callback": "keras.callbacks",
}
SILENT_HOMES = ("numpy.", "scipy.", "sklearn.")
# What a call may take, and how many calls of the reference an operation is tried on.
SECONDS, CALLS = 2.0, 12
# Seconds of CPU after which an operation does not come back.
STUCK = 30.0
DRAW, LUCK = 1, 1

T = TypeVar("T")


class _Slow(BaseException):
    pass


@dataclass
class _Call:
    """One call of the reference: what it was given, and what it gave back."""

    args: tuple
    kwargs: dict
    value: np.ndarray


@dataclass
class Census:
    """A trial of all operations as the answer to one exercise.

    Args:
        exercise: the exercise.
        without: paths that are not tried.
        trying: a file that always holds the path of what is being tried; None to write nothing.

    Attributes:
        found: what passes.
        tried: how many forms of operations were tried.
    """

    exercise: Exercise
    without: Sequence[str] = ()
    trying: Path | None = None
    found: NotYours = field(default_factory=NotYours)
    tried: int = 0

    def take(self) -> NotYours:
        """Try everything."""
        with _quiet():
            ours = answer(self.exercise, self.exercise.candidate, DRAW, LUCK)
            self._ours = ours
            self._relatives: dict[str, str] = {}
            again = answer(self.exercise, self.exercise.candidate, DRAW, LUCK + 1)
            self._right = summary(self.exercise, again, ours)
            self._honest = self._seen_in_right_answers()
            for place, thing in enumerate(self.exercise.candidate):
                if inspect.isclass(thing):
                    self._try_classes(place, thing)
                    self._try_in_call(place, thing)
                else:
                    self._try_functions(place)
        # What was found itself goes by its own path.
        self._hold({**self._relatives, **self.found.names})
        return self.found

    # ------------------------------------------------------------ functions
    def _try_functions(self, place: int) -> None:
        """Try each operation in the place of one function; first on what that was called with."""
        calls = self._calls(place)
        if not calls:
            return
        needed = self._checks_about(place)
        reference = self.exercise.candidate[place]
        # What is right about a slope that was lent is the reference's own.
        of_values = self._failed_by(place, with_slope_of(reference, _zero))
        for path, operation in self._to_try(operations()):
            silent = path.startswith(SILENT_HOMES)
            for form in FORMS:
                for candidate in as_called(form(operation), reference):
                    self.tried += 1
                    if not any(_gives(candidate, call) for call in calls):
                        continue
                    if silent:
                        candidate = with_slope_of(reference, candidate)
                    self._hold_if_it_passes(
                        place, candidate, of_values if silent else needed, path, operation
                    )

    def _calls(self, place: int) -> list[_Call]:
        """Calls of the reference's, from all checks, that gave an array."""
        calls: list[_Call] = []
        reference = self.exercise.candidate[place]

        def recording(*args: Any, **kwargs: Any) -> Any:
            value = reference(*args, **kwargs)
            with contextlib.suppress(Exception):
                calls.append(_Call(args, kwargs, np.asarray(value)))
            return value

        chosen = []
        for check in self.exercise.checks:
            calls.clear()
            gather(self.exercise, check, self._with(place, recording), DRAW, LUCK)
            chosen += calls[:2]
        return [call for call in chosen if call.value.dtype.kind in "fiu" and call.value.size][:CALLS]

    # ------------------------------------------------------------ classes
    def _try_classes(self, place: int, reference: type) -> None:
        """Try Keras's classes of the reference's kind in its place."""
        home = _home_of(reference)
        if home is None:
            return
        needed = self._about_values(place, self._checks_about(place))
        classes = (
            (f"{home.__name__}.{name}", getattr(home, name)) for name in sorted(vars(home)) if name[0] != "_"
        )
        for path, cls in self._to_try(classes):
            if not inspect.isclass(cls) or cls in reference.__mro__:
                continue
            self.tried += 1
            weighty = _maker_of_weights(cls)
            if weighty is not None and _maker_of_weights(reference) is reference:
                # Whoever is to make weights borrows none: a convolution over one point is a dense layer.
                # By name alone: to list them all would tell nobody what the exercise is about.
                self._hold({name_of(cls): path, name_of(weighty): path})
            if self._passes(place, cls, needed):
                names = {name_of(cls): path}
                at_work = _defining(cls)
                if at_work not in reference.__mro__:
                    # The witness tells a class by that which defines what it does.
                    names[name_of(at_work)] = path
                self._hold(names, path)

    def _try_in_call(self, place: int, reference: type) -> None:
        """Try operations in the place of a layer's `call`, with what numbers the layer holds."""
        if not hasattr(reference, "call"):
            return
        h = np.random.default_rng(0).normal(size=(6, 5)).astype("float32") + 3
        inert = type(reference.__name__, (reference,), {"call": _raise})
        needed = self._about_values(place, self._failed_by(place, inert))
        for path, operation in self._to_try(operations()):
            for arguments in (_numbers_of, _weights_of):
                self.tried += 1
                if not _keeps_shape(operation, h, arguments):
                    continue
                call = _as_call(operation, arguments)
                layer = type(reference.__name__, (reference,), {"call": call})
                self._hold_if_it_passes(place, layer, needed, path, operation)

    def _to_try(self, things: Iterable[tuple[str, T]]) -> Iterator[tuple[str, T]]:
        """What is to be tried, its path noted before it is: it may end the process."""
        for path, thing in things:
            if path in self.without:
                continue
            if self.trying is not None:
                self.trying.write_text(path, "utf-8")
            yield path, thing

    # ------------------------------------------------------------ judging
    def _hold_if_it_passes(
        self, place: int, candidate: Any, needed: list[Check], path: str, operation: Any
    ) -> None:
        if not self._passes(place, candidate, needed):
            return
        names = {name_of(operation): path}
        types = [kind for kind in self._types(place, candidate, needed) if is_named_after(kind, path)]
        if len(types) == 1:
            names[types[0]] = path
        if not path.startswith(SILENT_HOMES):
            self._relatives = {**dict.fromkeys(relatives(path), path), **self._relatives}
        self._hold(names, path)

    def _hold(self, names: dict[str, str], *paths: str) -> None:
        """Note what is not the student's, unless right answers use it."""
        honest = {sighting.name for sighting in self._honest}
        found = {name: public for name, public in names.items() if name not in honest}
        if found:
            # The first path of several stands for all.
            self.found = NotYours({**found, **self.found.names}, (*self.found.paths, *paths))

    def _passes(self, place: int, candidate: Any, needed: list[Check]) -> bool:
        """Whether a candidate passes more than one of the checks that count, or the only one; a layer, a third of them."""
        enough = min(2, len(needed))
        if inspect.isclass(candidate):
            enough = max(enough, math.ceil(len(needed) / 3))
        passed = 0
        for check in needed:
            passed += self._passes_at(check, place, candidate)
            if passed >= enough:
                return True
        return False

    def _passes_at(self, check: Check, place: int, candidate: Any) -> bool:
        evidence = _limited(lambda: gather(self.exercise, check, self._with(place, candidate), DRAW, LUCK))
        if evidence is None or evidence.failure:
            return False
        try:
            given = summarize(check, evidence, self._ours[check.name])
        except Exception:
            # A summary may trip over what is no answer at all.
            return False
        return same(check, given, self._right[check.name])

    def _types(self, place: int, candidate: Any, needed: list[Check]) -> set[str]:
        """The types of operations that tell a candidate from right answers, at the check that shows the fewest."""
        found = [self._types_at(check, place, candidate) for check in needed]
        return min(filter(None, found), key=len, default=set())

    def _types_at(self, check: Check, place: int, candidate: Any) -> set[str]:
        """The types of operations that a candidate runs at a check, and no right answer at any."""
        witness = Witness()
        _limited(lambda: witness.gather(self.exercise, check, self._with(place, candidate), DRAW, LUCK))
        return {s.name for s in witness.seen if s.kind == OPERATION and s not in self._honest}

    def _checks_about(self, place: int) -> list[Check]:
        """The checks that a stub in this place fails."""
        return self._failed_by(place, self.exercise.make(self.exercise.stub)[place])

    def _about_values(self, place: int, checks: list[Check]) -> list[Check]:
        """The checks that a layer fails which gives back what it is given: the others ask nothing of an operation."""
        reference = self.exercise.candidate[place]
        if not hasattr(reference, "call"):
            return checks
        idle = type(reference.__name__, (reference,), {"call": lambda self, h, training=None: h})
        failed = self._failed_by(place, idle)
        return [check for check in checks if check in failed]

    def _failed_by(self, place: int, candidate: Any) -> list[Check]:
        """The checks that a candidate fails; probes aside, which look at no answer."""
        failed = []
        for check in self.exercise.checks:
            if check.probe:
                continue
            evidence = gather(self.exercise, check, self._with(place, candidate), DRAW, LUCK)
            given = summarize(check, evidence, self._ours[check.name])
            if not same(check, given, self._right[check.name]):
                failed.append(check)
        return failed

    def _with(self, place: int, thing: Any) -> Candidate:
        """The reference with something else in one place."""
        candidate = list(self.exercise.candidate)
        candidate[place] = thing
        return tuple(candidate)

    def _seen_in_right_answers(self) -> set[Sighting]:
        """What the witness sees of the reference and of the alternatives."""
        seen: set[Sighting] = set()
        sources = [self.exercise.source, *(rival.source for rival in self.exercise.alternatives)]
        for source in sources:
            candidate = self.exercise.make(source)
            witness = Witness()
            for check in self.exercise.checks:
                witness.gather(self.exercise, check, candidate, DRAW, LUCK)
            seen |= set(witness.seen)
        return seen


def _gives(candidate: Callable, call: _Call) -> bool:
    """Whether an operation gives back what the reference did."""
    value = _limited(lambda: np.asarray(candidate(*call.args, **call.kwargs)))
    if value is None or value.shape != call.value.shape or value.dtype.kind not in "fiu":
        return False
    return bool(np.allclose(value, call.value, rtol=1e-3, atol=1e-6, equal_nan=True))


def _zero(*args: Any, **kwargs: Any) -> float:
    return 0.0


def _numbers_of(layer: Any) -> list:
    """The numbers that a layer was made with, as `rate`."""
    return [
        value for name, value in vars(layer).items() if isinstance(value, float) and not name.startswith("_")
    ]


def _weights_of(layer: Any) -> list:
    return list(layer.weights)


def _keeps_shape(operation: Callable, h: np.ndarray, arguments: Callable) -> bool:
    """Whether an operation makes of activations and a rate, or weights, something of their kind."""
    if arguments is _numbers_of:
        value = _limited(lambda: np.asarray(operation(tensorflow().constant(h), 0.3)))
        return value is not None and value.shape == h.shape and value.dtype == h.dtype
    W, b = np.ones((5, 4), "float32"), np.zeros(4, "float32")
    value = _limited(lambda: np.asarray(operation(tensorflow().constant(h), W, b)))
    return value is not None and value.shape == (6, 4)


def _as_call(operation: Callable, arguments: Callable) -> Callable:
    def call(self: Any, h: Any, training: Any = None) -> Any:
        return operation(h, *arguments(self))

    return call


def _raise(self: Any, *args: Any, **kwargs: Any) -> Any:
    raise NotImplementedError


def _defining(cls: type) -> type:
    """The class that defines what objects of a class do when they are called."""
    for name in ("call", "__call__"):
        for base in cls.__mro__:
            if name in vars(base):
                return base
    return cls


def _maker_of_weights(cls: type) -> type | None:
    """The class, among those that one descends from, that makes its weights; None if none does."""
    for base in cls.__mro__:
        build = vars(base).get("build")
        if build is not None:
            code = inspect.unwrap(build).__code__
            return base if "add_weight" in code.co_names else None
    return None


def _home_of(reference: type) -> ModuleType | None:
    """Keras's module of classes of a class's kind."""
    for base in reference.__mro__:
        if root_of(base.__module__) == "keras" and base.__name__ in CLASSES:
            return importlib.import_module(CLASSES[base.__name__])
    return None


def _limited(work: Callable[[], Any]) -> Any:
    """What some work gives; None if it raises, or takes too long."""
    try:
        # The alarm may come while it is switched off.
        try:
            signal.setitimer(signal.ITIMER_REAL, SECONDS)
            # Code in C hears no alarm of Python's: then the system ends the process.
            signal.setitimer(signal.ITIMER_VIRTUAL, STUCK)
            return work()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except BaseException as error:
        # Whatever an operation does with these arguments.
        if isinstance(error, KeyboardInterrupt):
            raise
        return None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Nothing printed, nothing warned of, and no work without end."""

    def too_slow(number: int, frame: FrameType | None) -> None:
        raise _Slow

    before = signal.signal(signal.SIGALRM, too_slow)
    try:
        with warnings.catch_warnings(), open(os.devnull, "w") as null:
            warnings.simplefilter("ignore")
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(null):
                yield
    finally:
        signal.signal(signal.SIGALRM, before)
