"""The witness: what an answer called while a check ran beside it, however it was reached.

From the moment a check enters the candidate until it leaves, each TensorFlow operation is recorded by its type, and
with it every library function and class on the way from the student's code down to it. So an alias, a partial, a
layer that was found by its name, a function that was traced before all show what they are. The record is data: who
judges it is somebody else.
"""

import functools
import inspect
import operator
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from helpers import op_callbacks
from helpers.checks import Candidate, Check, Checks, gather
from helpers.evidence import Evidence
from helpers.frames import (
    LIBRARY,
    OURS,
    STUDENT,
    WITH_CLASSES,
    Frames,
    Place,
    caller,
    identity,
    name_of,
    plain_function,
    root_of,
)
from helpers.sighting import ALARM, CLASS, FUNCTION, IMPORT, OPERATION, Sighting
from helpers.watchman import BEGINNINGS, TRICKS, Watch, threads_of, watching

# They make, fill and read what holds values, and compute nothing.
OF_VALUES = frozenset(
    "Const Placeholder NoOp VarHandleOp VarIsInitializedOp AssignVariableOp ReadVariableOp".split()
)

# They run Python in threads of TensorFlow's, where nobody is told of operations.
OUT_OF_SIGHT = frozenset("PyFunc PyFuncStateless EagerPyFunc".split())
# They take what a data set computes, and do not say by what.
OF_DATA_SETS = frozenset("IteratorGetNext IteratorGetNextSync DatasetToSingleElement".split())
# An optimizer of Keras's is made of simpler ones.
OF_OPTIMIZERS = ("ResourceApply", "ResourceSparseApply", "ResourceSparseFused")
THREADS, STOPPED, OUT_OF_SIGHT_RAN = (
    "keeps a thread running",
    "stopped the witness",
    "ran Python in a thread of TensorFlow's",
)
WHOLE_STEP = "called a step of an optimizer as one operation"
OTHER_OBJECTS = "makes objects that are not of its class"
MADE_BEFORE = "took from a data set that was made before"
TRACED_BEFORE = "called a graph that was traced before"
# What a witness may say; whatever else is told, it is not.
ALARMS = frozenset(
    [
        THREADS,
        STOPPED,
        OUT_OF_SIGHT_RAN,
        OTHER_OBJECTS,
        MADE_BEFORE,
        TRACED_BEFORE,
        WHOLE_STEP,
        *TRICKS.values(),
        *BEGINNINGS.values(),
    ]
)


# These are taken, and make none.
_ENDS = frozenset(Sighting(OPERATION, op_type) for op_type in OF_DATA_SETS)
OF_OBJECTS = (*WITH_CLASSES, "keras.src.callbacks")


class Witness:
    """Watches candidates while checks run beside them.

    Args:
        names: the global names of the student's code, by which its frames are known.
        tell: is given what was not seen before, as soon as it is seen.
        threads: those that are not the student's, where that is known.
        traced_before: the names of graphs that were traced while nobody watched.

    Attributes:
        seen: each thing that was seen.
    """

    def __init__(
        self,
        names: dict[str, Any] | None = None,
        tell: Callable[[list[Sighting]], None] = lambda sightings: None,
        threads: Collection[threading.Thread] | None = None,
        traced_before: Collection[str] = (),
    ) -> None:
        self.names = names
        self.tell = tell
        self.threads = threads
        self.seen: set[Sighting] = set()
        self.traced_before = frozenset(traced_before)
        # What candidates held when they were looked at last.
        self._parts: dict[int, list[object]] = {}
        # Of the exercise and the candidate that were watched last: what is known of their code holds for all checks.
        self._last: tuple[list[object], Frames] | None = None

    def gather(self, exercise: Checks, check: Check, candidate: Candidate, seed: int, luck: int) -> Evidence:
        """Run one check beside a candidate, as `helpers.checks.gather` does, and watch; see there."""
        frames = self._frames_of(exercise, check, candidate)
        for thing in candidate:
            self._look_at(thing)
        if any(map(_makes_others, candidate)):
            self._alarm(OTHER_OBJECTS)
        if threads_of(frames) or self._is_not_alone():
            self._alarm(THREADS)
        entered = tuple(_entered(thing, self._came_back) for thing in candidate)
        with self._listening(frames):
            return gather(exercise, check, entered, seed, luck)

    def _frames_of(self, exercise: Checks, check: Check, candidate: Candidate) -> Frames:
        ours = [*(one.run for one in exercise.checks), *exercise.given.values()]
        if check not in exercise.checks:
            ours.append(check.run)
        things = [exercise, *candidate, *ours]
        if self._last is None or not _are_same(things, self._last[0]):
            self._last = things, Frames(self.names, ours, candidate)
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

        with watching(Watch(frames, self._alarm, self._import, threading.get_ident())):
            op_callbacks.listen(seen_operation)
            try:
                yield
            finally:
                if not op_callbacks.listening(seen_operation):
                    self._alarm(STOPPED)
                op_callbacks.stop(seen_operation)

    def _operation(self, frames: Frames, frame: FrameType | None, op_type: str, attrs: Any) -> None:
        """Record an operation, if it is the candidate's, with what lies between that and it."""
        if op_type in OF_VALUES:
            return
        way = frames.way(op_type, frame)
        if not way:
            return
        objects_at = frames.ways.get(way)
        # Most operations come by a way that is known.
        if objects_at is not None and not (objects_at and _is_of_objects(frames, frame, objects_at)):
            return
        between, objects_at = _between(frames, frame)
        frames.ways[way] = objects_at
        if between is None:
            return
        found = [Sighting(OPERATION, op_type)]
        if op_type in OUT_OF_SIGHT:
            found.append(Sighting(ALARM, OUT_OF_SIGHT_RAN))
        if op_type.startswith(OF_OPTIMIZERS):
            found.append(Sighting(ALARM, WHOLE_STEP))
        if op_type in OF_DATA_SETS and not any("Dataset" in name for _, name in self.seen - _ENDS):
            found.append(Sighting(ALARM, MADE_BEFORE))
        if self.traced_before and self.traced_before.intersection(op_callbacks.called(op_type, attrs)):
            found.append(Sighting(ALARM, TRACED_BEFORE))
        found += [Sighting(OPERATION, within) for within in op_callbacks.inside(op_type, attrs)]
        for place in between:
            found += place.sightings
        self._see(found)

    def _look_at(self, thing: Any) -> None:
        """Record what a candidate is, or holds, that a library wrote, unless it has not changed since."""
        parts = _parts_of(thing)
        before = self._parts.get(identity(thing), [])
        if _are_same(parts, before):
            return
        self._parts[identity(thing)] = parts
        for part in parts:
            if inspect.isclass(part) and root_of(part.__module__):
                self._see([Sighting(CLASS, name_of(part))])
            else:
                self._see(_held(part))

    def _came_back(self, thing: Any) -> None:
        """Record the classes of Keras's of what a candidate gave: whose methods run, nobody need call by name."""
        for cls in type(thing).__mro__:
            if (cls.__module__ or "").startswith(OF_OBJECTS):
                self._see([Sighting(CLASS, name_of(cls))])

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


def _parts_of(thing: Any) -> list[object]:
    """A function alone; of a class what it descends from, and what its own part of that holds."""
    if not inspect.isclass(thing):
        return [thing]
    parts: list[object] = []
    for cls in thing.__mro__:
        parts.append(cls)
        if not root_of(cls.__module__):
            parts += vars(cls).values()
    return parts


def _are_same(things: list[object], others: list[object]) -> bool:
    return len(things) == len(others) and all(map(operator.is_, things, others))


def _between(frames: Frames, frame: FrameType | None) -> tuple[list[Place] | None, list[int]]:
    """What of libraries lies between an operation and the candidate; None if it is not the candidate's.

    Where it is not, also the steps at which it would have been, had a method been run for an object of the candidate's.
    """
    between: list[Place] = []
    objects_at: list[int] = []
    while frame is not None:
        place = frames.place(frame)
        if place.kind == OURS:
            return None, objects_at
        if place.kind != LIBRARY:
            return between, []
        if place.is_method:
            owner = frames.owner(frame)
            objects_at.append(len(between))
            if owner == OURS:
                return None, objects_at
        between.append(place)
        if place.is_method and owner == STUDENT:
            return between, []
        frame = frame.f_back
    return None, objects_at


def _is_of_objects(frames: Frames, frame: FrameType | None, steps: list[int]) -> bool:
    """Whether at one of some steps upwards a method runs for an object of the candidate's."""
    here = 0
    for step in steps:
        while here < step and frame is not None:
            frame = frame.f_back
            here += 1
        if frame is not None and frames.owner(frame) == STUDENT:
            return True
    return False


def _makes_others(thing: Any) -> bool:
    """Whether a class has a `__new__` of the student's own, which may give anything."""
    if not inspect.isclass(thing):
        return False
    return any("__new__" in vars(cls) for cls in thing.__mro__ if not _is_of_others(cls))


def _is_of_others(cls: type) -> bool:
    """Whether a class is a library's, or Python's own."""
    root = (cls.__module__ or "").partition(".")[0]
    return bool(root_of(root)) or root in sys.stdlib_module_names


def _entered(thing: Any, came_back: Callable[[Any], None]) -> Any:
    """A candidate as a check gets it: a function is wrapped, so that entering it shows; a class stays what it is."""
    if not callable(thing) or inspect.isclass(thing):
        return thing

    def enter(*args: Any, **kwargs: Any) -> Any:
        found = thing(*args, **kwargs)
        came_back(found)
        return found

    # Nothing of its __dict__: there TensorFlow keeps by what it would find the function within, and pass by this one.
    functools.update_wrapper(enter, thing, updated=())
    return enter


def _held(part: Any) -> list[Sighting]:
    """A function of a library's that stands under a name of the student's."""
    part = plain_function(part)
    if not callable(part) or inspect.isclass(part):
        return []
    name = name_of(part)
    return [Sighting(FUNCTION, name)] if root_of(name) else []
