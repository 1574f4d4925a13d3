"""What a picture shows, in words: for whoever cannot see it, and for a page that does not load it.

The words are those that the picture bears: its titles, what is drawn against what, and the names in its legend.
"""

import re
from collections.abc import Iterator

import matplotlib.pyplot as plt
from IPython import get_ipython
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Run in a kernel, it makes every figure come with its words.
SOURCE = f"from {__name__} import describe_figures\ndescribe_figures()"


def describe_figures() -> None:
    """In this kernel, let the plain text that comes with a figure be what it shows."""
    # The first figure makes matplotlib choose what draws it, which forgets what was said of figures before.
    plt.close(plt.figure())
    plain_text = get_ipython().display_formatter.formatters["text/plain"]
    plain_text.for_type(Figure, lambda figure, printer, cycle: printer.text(words_of(figure)))


def words_of(figure: Figure) -> str:
    """A figure in words.

    Args:
        figure: as it was drawn.
    Returns:
        Its title; then for each of its axes the title, what is drawn against what, and the legend.
    """
    parts = []
    if figure.get_suptitle():
        parts.append(_plain(figure.get_suptitle()))
    for axes in figure.axes:
        words = ": ".join(_words_of_axes(axes))
        if words and words not in parts:
            parts.append(words)
    return "; ".join(parts) or "a picture without words"


def _words_of_axes(axes: Axes) -> Iterator[str]:
    if axes.get_title():
        yield _plain(axes.get_title())
    x, y = _plain(axes.get_xlabel()), _plain(axes.get_ylabel())
    if x and y:
        yield f"{y} against {x}"
    elif x or y:
        yield x or y
    _, names = axes.get_legend_handles_labels()
    if names:
        yield ", ".join(map(_plain, names))


def _plain(text: str) -> str:
    """Without the signs of matplotlib's mathematics."""
    text = re.sub(r"\\(?:math(?:bf|rm|it)|text|left|right)\b|[${}]|\\[,;:! ]", "", text)
    return " ".join(text.replace("\\", "").split())
