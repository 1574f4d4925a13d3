"""Work on what strangers wrote, in a process of its own that ends where it takes too long or too much memory.

No code of theirs runs there: it is for reading, which a few bytes can keep busy for hours.
"""

import functools
import math
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

# Of CPU time. What people write takes a hundredth of that, on a fast machine.
SECONDS = 10
MEMORY = 2 << 30
# One thing at a time.
_alone = threading.Lock()
Result = TypeVar("Result")


class TooMuch(Exception):
    """It took more time or memory than there is."""


def call(function: Callable[..., Result], *arguments: object, seconds: float = SECONDS) -> Result:
    """Call a function in that process, which is kept for the next call; may be shared by threads.

    Args:
        function: of a module's top level.
        arguments: for it; like the result they are copied.
        seconds: of CPU time that it may take.
    Returns:
        What it returns; what it raises is raised here.
    Raises:
        TooMuch: if it takes more time or memory.
        RuntimeError: if the process ended otherwise.
    """
    with _alone:
        process, channel = _process()
        try:
            channel.send((function, arguments, seconds))
            returned, value = channel.recv()
        except (EOFError, OSError):
            _process.cache_clear()
            if process.wait() == -signal.SIGXCPU:
                raise TooMuch(f"it takes more than {seconds:g} s") from None
            raise RuntimeError(f"the process that reads ended with {process.returncode}") from None
        except BaseException:
            # Nobody is there for its answer, which is not the next one's.
            _process.cache_clear()
            process.kill()
            raise
    if returned:
        return value
    if isinstance(value, MemoryError):
        raise TooMuch(f"it takes more than {MEMORY >> 30} GB of memory")
    raise value


@functools.cache
def _process() -> tuple[subprocess.Popen, Connection]:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", f"from autograder.limited import serve; serve({theirs.fileno()})"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with theirs:
        process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment
        )
    return process, Connection(ours.detach())


def serve(channel_number: int) -> None:
    """Do what is asked for until nobody is left to ask.

    Args:
        channel_number: of the descriptor by which it is asked.
    """
    channel = Connection(channel_number)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_DATA, MEMORY)
    while True:
        try:
            function, arguments, seconds = channel.recv()
        except (EOFError, OSError):
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, math.ceil(used.ru_utime + used.ru_stime + seconds))
        try:
            answer = True, function(*arguments)
        except Exception as error:
            answer = False, error
        channel.send(answer)


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most, hard))
