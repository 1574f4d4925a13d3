"""Writing a file so that nobody ever finds half of it, however the writing ends."""

import os
import tempfile
from pathlib import Path


def replace(place: Path, data: bytes) -> None:
    """Put a file in its place; what was there before stays until all of it is written.

    Args:
        place: where it belongs.
        data: what it holds.
    Raises:
        OSError: if there is no room for it, or it may not be written.
    """
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as fresh:
        try:
            fresh.write(data)
            fresh.flush()
            os.replace(fresh.name, place)
        except BaseException:
            os.unlink(fresh.name)
            raise
