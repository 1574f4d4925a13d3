"""What to say of a name that nobody knows."""

import difflib
from collections.abc import Sequence


def suggestion(name: str, known: Sequence[str]) -> str:
    """The end of a message about a name that is not known.

    Args:
        name: what was asked for.
        known: what there is.
    """
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    if close:
        return f"; did you mean {close[0]}?"
    if known:
        return f"; there are {', '.join(known)}"
    return "; there are none yet"
