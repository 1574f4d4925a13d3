"""What students import: `check`, `commit`, `settings`, data, plots.

    from helpers import check, commit, data, plots

`check(Dense)` runs an exercise's checks beside your Dense and shows what it found; `settings(steps=False)` has it
tell all that it can at once.
"""

import os
from typing import Any

# TensorFlow's start-up log helps nobody here, nor that sums may be reordered.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

__all__ = ["check", "commit", "settings"]


def __getattr__(name: str) -> Any:
    """Load `check` and `commit`, and with them TensorFlow, when they are asked for."""
    if name == "settings":
        from helpers import attempts

        return attempts.settings
    if name in __all__:
        from helpers import notebook

        return getattr(notebook, name)
    raise AttributeError(f"helpers has no {name!r}; students import {', '.join(__all__)}, data, plots")
