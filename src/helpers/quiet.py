"""Import TensorFlow without its start-up log, which it writes before any setting can silence it."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


def import_tensorflow() -> None:
    """Import tensorflow and keras; what they write to stderr meanwhile is shown only if that fails."""
    if "tensorflow" in sys.modules:
        return
    with _stderr_held_back():
        import keras  # noqa: F401
        import tensorflow  # noqa: F401


@contextmanager
def _stderr_held_back() -> Iterator[None]:
    """C++ writes to file descriptor 2, which replacing sys.stderr does not reach."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(kept, held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
