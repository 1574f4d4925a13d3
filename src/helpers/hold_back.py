"""Holding back what a notebook's cell prints and draws, while it runs to its end."""

import os
from typing import Any

from IPython import get_ipython
from IPython.utils.capture import capture_output

# Who reads the solution set or the site leaves every guess open, and sees all the same what comes out.
SHOW_ALL = "FDL_SHOW_ALL"

# At most one: what holds back the running cell's output.
_held: list[capture_output] = []


def all_is_shown() -> bool:
    """Whether nothing is to be held back: where a solution set or a page to read is made."""
    return bool(os.environ.get(SHOW_ALL))


def hold_back_output() -> None:
    """Keep the rest of the running cell's prints and pictures to ourselves; errors and warnings are still shown.

    The cell's names are made as ever, so that cells below it find them. Outside a notebook, where there
    are no cells, nothing is held back.
    """
    shell = get_ipython()
    if shell is None or _held or all_is_shown():
        return
    held = capture_output(stderr=False)
    held.__enter__()
    _held.append(held)

    def let_go(*_: Any) -> None:
        shell.events.unregister("post_run_cell", let_go)
        _held.remove(held)
        held.__exit__(None, None, None)

    shell.events.register("post_run_cell", let_go)
