"""The witness: what an answer called while a check ran beside it, however it was reached.

From the moment a check enters the candidate until it leaves, each TensorFlow operation is recorded by its type, and
with it every library function and class on the way from the student's code down to it. So an alias, a partial, a
layer that was found by its name, a function that was traced before all show what they are. The record is data: who
judges it is somebody else.
"""

import functools
import inspect
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np

from helpers import op_callbacks
from helpers.checks import Candidate, Check, Checks, gather
from helpers.evidence import Evidence
from helpers.frames import LIBRARY, OURS, STUDENT, Frames, Place, caller, name_of, root_of
from helpers.sighting import ALARM, CLASS, FUNCTION, IMPORT, OPERATION, Sighting
from helpers.watchman import Watch, threads_of, watching


class Witness:
    """Watches candidates while checks run beside them.

    Args:
        names: the global names of the student's code, by which its frames are known.
        tell: is given what was not seen before, as soon as it is seen.
        threads: those that are not the student's, where that is known.

    Attributes:
        seen: each thing that was seen.
    """

    def __init__(
        self,
        names: dict[str, Any] | None = None,
        tell: Callable[[list[Sighting]], None] = lambda sightings: None,
        threads: Collection[threading.Thread] | None = None,
    ) -> None:
        self.names = names
        self.tell = tell
        self.threads = threads
        self.seen: set[Sighting] = set()
        # Of the exercise and the candidate that were watched last: what is known of their code holds for all checks.
        self._last: tuple[object, Frames] | None = None

    def gather(self, exercise: Checks, check: Check, candidate: Candidate, seed: int, luck: int) -> Evidence:
        """Run one check beside a candidate, as `helpers.checks.gather` does, and watch; see there."""
        frames = self._frames_of(exercise, check, candidate)
        for thing in candidate:
            self._look_at(thing)
        if threads_of(frames) or self._is_not_alone():
            self._alarm("keeps a thread running")
        entered = tuple(_entered(thing) for thing in candidate)
        with self._listening(frames):
            return gather(exercise, check, entered, seed, luck)

    def _frames_of(self, exercise: Checks, check: Check, candidate: Candidate) -> Frames:
        ours = [check.run, *(other.run for other in exercise.checks), *exercise.given.values()]
        key = candidate, exercise, [id(thing) for thing in ours]
        if self._last is None or self._last[0] != key:
            self._last = key, Frames(self.names, ours, candidate)
        return self._last[1]

    @contextmanager
    def _listening(self, frames: Frames) -> Iterator[None]:
        """Be told of operations, threads and tricks."""

        def seen_operation(
            op_type: str | bytes,
            inputs: Any,
            attrs: Any,
            outputs: Any,
            op_name: Any = None,
            graph: Any = None,
        ) -> None:
            self._operation(frames, caller(), op_callbacks.type_of(op_type), attrs)

        with watching(Watch(frames, self._alarm, self._import)):
            op_callbacks.listen(seen_operation)
            try:
                yield
            finally:
                if not op_callbacks.listening(seen_operation):
                    self._alarm("stopped the witness")
                op_callbacks.stop(seen_operation)

    def _operation(self, frames: Frames, frame: FrameType | None, op_type: str, attrs: Any) -> None:
        """Record an operation, if it is the candidate's, with what lies between that and it."""
        way: list[Place] = []
        codes: list[int] = []
        known = frames.known
        while frame is not None:
            code = id(frame.f_code)
            codes.append(code)
            entry = known.get(code)
            place = entry[1] if entry else frames.place(frame)
            kind = place.kind
            if kind is LIBRARY:
                way.append(place)
                owner = frames.owner(frame) if place.has_self else LIBRARY
                if owner == OURS:
                    return
                if owner == STUDENT:
                    break
            elif kind is OURS:
                return
            else:
                break
            frame = frame.f_back
        else:
            return
        # Most operations come by a way that is known.
        way_here = (op_type, *codes)
        if way_here in frames.ways:
            return
        frames.ways.add(way_here)
        found = [Sighting(OPERATION, op_type)]
        if op_type.startswith("__"):
            found += [Sighting(OPERATION, within) for within in op_callbacks.inside(op_type, None)]
        for place in way:
            found += place.sightings
        self._see(found)

    def _look_at(self, thing: Any) -> None:
        """Record what a candidate is, or holds, that a library wrote."""
        if not inspect.isclass(thing):
            self._see(_held(thing))
            return
        for cls in thing.__mro__:
            if root_of(cls.__module__):
                self._see([Sighting(CLASS, name_of(cls))])
                continue
            for part in vars(cls).values():
                self._see(_held(part))

    def _is_not_alone(self) -> bool:
        """Whether there is a thread that was not there before the student's code."""
        return self.threads is not None and not set(threading.enumerate()) <= set(self.threads)

    def _alarm(self, what: str) -> None:
        self._see([Sighting(ALARM, what)])

    def _import(self, module: str) -> None:
        self._see([Sighting(IMPORT, module)])

    def _see(self, sightings: Iterable[Sighting]) -> None:
        new = [sighting for sighting in dict.fromkeys(sightings) if sighting not in self.seen]
        if new:
            self.seen.update(new)
            self.tell(new)


def _entered(thing: Any) -> Any:
    """A candidate as a check gets it: a function is wrapped, so that entering it shows; a class stays what it is."""
    if not callable(thing) or inspect.isclass(thing):
        return thing

    def enter(*args: Any, **kwargs: Any) -> Any:
        return thing(*args, **kwargs)

    # Nothing of its __dict__: there TensorFlow keeps by what it would find the function within, and pass by this one.
    functools.update_wrapper(enter, thing, updated=())
    return enter


def _held(part: Any) -> list[Sighting]:
    """A function of a library's that stands under a name of the student's."""
    part = _plain_function(part)
    if not callable(part) or inspect.isclass(part):
        return []
    name = name_of(part)
    return [Sighting(FUNCTION, name)] if root_of(name) else []


def _plain_function(part: Any) -> Any:
    """The function within a method, a property, a partial or a ufunc's wrapper."""
    for _ in range(5):
        if isinstance(part, staticmethod | classmethod):
            part = part.__func__
        elif isinstance(part, property):
            part = part.fget
        elif isinstance(part, functools.partial | functools.partialmethod):
            part = part.func
        elif isinstance(part, np.vectorize):
            part = part.pyfunc
    return part
