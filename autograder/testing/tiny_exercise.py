"""A tiny exercise for tests, as text: replace a line of it, and see what is said."""

import importlib.util
import itertools
import sys
from pathlib import Path

from autograder.exercise import Exercise

TINY = '''
import numpy as np

from autograder.exercise import Exercise

center = Exercise("centered", lecture="38:09")


@center.reference
def centered(h, axis=0):
    """Take each mean along `axis` away."""
    ### BEGIN SOLUTION
    mean = np.mean(h, axis=axis, keepdims=True)
    return h - mean
    ### END SOLUTION


@center.check("columns", points=2)
def _(centered, rng):
    return {"h": centered(rng.normal(size=(4, 3)) + 2)}


@center.check("rows")
def _(centered, rng):
    return {"h": centered(rng.normal(size=(4, 3)) + 2, axis=1)}


center.misconception("the axis is ignored", ("axis=axis", "axis=0"), advice="Pass `axis` on.")
center.misconception("the mean is added", ("h - mean", "h + mean"), advice="Subtract it.")
center.misconception("the median is taken", ("np.mean", "np.median"), advice="Take the mean.")


@center.alternative
def by_sums(h, axis=0):
    return h - h.sum(axis, keepdims=True) / h.shape[axis]
'''

_numbers = itertools.count()


def tiny(folder: Path, *edits: tuple[str, str], more: str = "", text: str = TINY) -> Exercise:
    """The tiny exercise with pieces of its file replaced, and more at the file's end.

    Raises:
        ValueError: if a piece does not occur exactly once.
    """
    for old, new in edits:
        if text.count(old) != 1:
            raise ValueError(f"this occurs {text.count(old)} times, not once: {old!r}")
        text = text.replace(old, new)
    name = f"tiny_{next(_numbers)}"
    path = folder / f"{name}.py"
    path.write_text(text + "\n" + more, "utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is no module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return next(value for value in vars(module).values() if isinstance(value, Exercise))
