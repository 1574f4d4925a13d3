"""Watches for tricks while a check runs: threads, code from text, frames, memory, files.

Python's audit hook tells of them. It cannot be taken back, so there is one for the process, which does nothing
while nobody watches.
"""

import _thread
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple

from helpers.frames import ENTRY, OURS, STUDENT, Frames, identity

IMPORT = "import"
# What an answer has no need of, by Python's names for it.
TRICKS = {
    "compile": "compiled a text",
    "exec": "ran code from a text",
    "sys._getframe": "looked at frames",
    "sys._current_frames": "looked at frames",
    "sys.settrace": "traced what runs",
    "sys.setprofile": "traced what runs",
    "gc.get_objects": "searched memory",
    "gc.get_referrers": "searched memory",
    "gc.get_referents": "searched memory",
    "code.__new__": "made code by hand",
    "function.__new__": "made a function by hand",
    "object.__getattr__": "looked behind a function",
    "object.__setattr__": "changed what lies behind a function",
    "object.__delattr__": "changed what lies behind a function",
    "open": "opened a file",
    "marshal.loads": "loaded code",
    "pickle.find_class": "unpickled",
    "_thread.start_new_thread": "started a thread",
    IMPORT: "imported",
}
BEGINNINGS = {
    "ctypes.": "reached for memory",
    "os.": "called the system",
    "subprocess.": "called the system",
    "socket.": "called the system",
}
OF_FRAMES = ("f_code", "tb_frame")
# Modules of Python's own that lie between an answer and a thread, or an import.
BETWEEN = ("threading", "_thread", "concurrent.", "multiprocessing", "importlib", "_frozen_importlib")
STARTED = "_thread.start_new_thread"
# What starts one, in the versions of Python that there are.
STARTERS = [
    (threading, "_start_new_thread"),
    (threading, "_start_joinable_thread"),
    (_thread, "start_new_thread"),
    (_thread, "start_joinable_thread"),
]


class Watch(NamedTuple):
    """What is watched: how frames are told apart, who is told of tricks, and who of imports."""

    frames: Frames
    alarm: Callable[[str], None]
    imported: Callable[[str], None]
    # Others are the kernel's, or were told of when they were started.
    thread: int


_watch: Watch | None = None
_hooked = False
# What events mean that were heard before; "" if nothing.
_meanings: dict[str, str] = {}
_telling = threading.local()


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Have tricks of the candidate's told until the end of the context."""
    global _watch, _hooked
    if not _hooked:
        sys.addaudithook(_heard)
        _hooked = True
    before, _watch = _watch, watch
    try:
        with _threads_watched():
            yield
    finally:
        _watch = before


@contextmanager
def _threads_watched() -> Iterator[None]:
    """Hear of threads that are started, of which Python tells no hook before 3.13."""
    starters = [(module, name) for module, name in STARTERS if hasattr(module, name)]
    before = [getattr(module, name) for module, name in starters]

    def heard(start: Callable[..., Any]) -> Callable[..., Any]:
        def start_thread(*args: Any, **kwargs: Any) -> Any:
            _heard(STARTED, ())
            return start(*args, **kwargs)

        return start_thread

    for (module, name), start in zip(starters, before, strict=True):
        setattr(module, name, heard(start))
    try:
        yield
    finally:
        for (module, name), start in zip(starters, before, strict=True):
            setattr(module, name, start)


def threads_of(frames: Frames) -> bool:
    """Whether another thread runs the student's code just now."""
    here = threading.get_ident()
    for ident, frame in sys._current_frames().items():
        at: object = frame
        # They come and go while they are looked at: what is met in a frame's place need not be one.
        while ident != here and isinstance(at, FrameType):
            if frames.place(at).kind == STUDENT and at.f_globals is frames.names:
                return True
            at = at.f_back
    return False


def _heard(event: str, args: tuple[Any, ...]) -> None:
    # Python tells of much that is no trick, `id` among it.
    what = _meanings.get(event)
    if what is None:
        what = _meanings[event] = _meaning(event)
    watch = _watch
    if not what or watch is None:
        return
    # The witness looks at many frames.
    if event == "object.__getattr__" and args[1] in OF_FRAMES:
        return
    if watch.thread != threading.get_ident():
        return
    # What is done here may be heard as well.
    if getattr(_telling, "now", False):
        return
    _telling.now = True
    try:
        frame = sys._getframe(1)
        if _could_be_candidates(watch.frames, frame, event):
            _tell(watch, event, what, args, frame)
    finally:
        _telling.now = False


def _could_be_candidates(frames: Frames, frame: FrameType, event: str) -> bool:
    """Whether more than a look at a frame's module is needed: libraries look behind functions all the time."""
    known = frames.spaces.get(identity(frame.f_globals))
    return not known or event in (IMPORT, STARTED)


def _tell(watch: Watch, event: str, what: str, args: tuple[Any, ...], frame: FrameType) -> None:
    """Tell of an event, if it is the candidate's."""
    if event == IMPORT:
        if _is_candidates(watch.frames, frame, BETWEEN):
            watch.imported(str(args[0]))
    elif _is_candidates(watch.frames, frame, BETWEEN if event == STARTED else ()):
        watch.alarm(what)
    elif event != STARTED:
        watch.frames.leads_on(frame)


def _meaning(event: str) -> str:
    if event in TRICKS:
        return TRICKS[event]
    for beginning, what in BEGINNINGS.items():
        if event.startswith(beginning):
            return what
    return ""


def _is_candidates(frames: Frames, frame: FrameType | None, between: tuple[str, ...]) -> bool:
    """Whether it is the student's own code that does it, by nothing but some modules of Python's own."""
    while frame is not None:
        kind = frames.place(frame).kind
        if kind in (STUDENT, ENTRY):
            return True
        module = frame.f_globals.get("__name__", "")
        if module == __name__:
            frame = frame.f_back
            continue
        if kind == OURS or not between or not module.startswith(between):
            return False
        frame = frame.f_back
    return False
