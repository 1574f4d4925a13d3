"""The pictures that several units draw: lines, images, curves, decision regions.

Each function draws into `ax`, or into a figure of its own, and returns the axes. What differs, differs in
more than colour: line style, marker and shade, so that a picture can be read in greyscale and on paper.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

WIDTH, HEIGHT = 8.0, 4.0  # inches; the largest figure of the course
INK = ("#111111", "#c1440e", "#1f6fb4", "#6b8e23", "#7d3c98", "#8a8a8a")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 3)))
MARKERS = ("o", "s", "^", "D", "v", "x")


def style(i: int, marker: bool = False) -> dict:
    """Colour, dashes and, if asked for, marker of the i-th line: `ax.plot(x, y, **plots.style(i))`."""
    chosen = {"color": INK[i % len(INK)], "linestyle": DASHES[i % len(DASHES)], "linewidth": 1.8}
    return chosen | ({"marker": MARKERS[i % len(MARKERS)], "markersize": 5} if marker else {})


def panels(columns: int, rows: int = 1, width: float = WIDTH, height: float | None = None, **kwargs):
    """A figure of `rows` × `columns` axes side by side; returns the axes as `plt.subplots` does.

    Args:
        width, height: of the whole figure, in inches; by default as high as suits the columns.
        kwargs: for `plt.subplots`, such as `sharey=True`.
    """
    if height is None:
        height = min(HEIGHT, rows * width / columns * 0.8)
    _, axes = plt.subplots(rows, columns, figsize=(width, height), layout="constrained", **kwargs)
    return axes


def label(ax, x: str = "", y: str = "", title: str = "", *, logx: bool = False, logy: bool = False):
    """Name the axes, in the lecture's symbols, and make them logarithmic where asked."""
    ax.set(xlabel=x, ylabel=y, title=title)
    if logx:
        ax.set_xscale("log")
    if logy:
        ax.set_yscale("log")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def lines(
    x: Any,
    ys: Mapping[str, Any],
    *,
    xlabel: str = "",
    ylabel: str = "",
    title: str = "",
    marker: bool = False,
    logx: bool = False,
    logy: bool = False,
    ax: Any = None,
):
    """Draw one line for each entry of `ys` over `x`, with a legend.

    Args:
        x: positions, shape (N,); None numbers the values from 1, as epochs and steps are numbered.
        ys: values by name, each of shape (N,); a value that is not finite leaves a gap.
        marker: mark each value, for few of them.
    """
    ax = ax or panels(1, width=WIDTH * 0.7)
    for i, (name, y) in enumerate(ys.items()):
        y = np.asarray(y, "float64")
        at = np.arange(1, len(y) + 1) if x is None else np.asarray(x)
        ax.plot(at, y, label=name, **style(i, marker))
    if len(ys) > 1:
        ax.legend(frameon=False)
    return label(ax, xlabel, ylabel, title, logx=logx, logy=logy)


def history(runs: Any, *, what: str = "loss", title: str = "", logy: bool = False, ax: Any = None):
    """Draw what `fit` returned, epoch by epoch: training dashed, validation solid, a shade for each run.

    Args:
        runs: one `keras.callbacks.History`, or several by name.
        what: the metric, "loss" or "accuracy".
    """
    ax = ax or panels(1, width=WIDTH * 0.7)
    runs = runs if isinstance(runs, Mapping) else {"": runs}
    for i, (name, run) in enumerate(runs.items()):
        for key, dashes, part in ((what, "--", "training"), (f"val_{what}", "-", "validation")):
            if key in run.history:
                values = run.history[key]
                line = style(i, len(values) <= 20) | {"linestyle": dashes}
                ax.plot(np.arange(1, len(values) + 1), values, label=f"{name} {part}".strip(), **line)
    ax.legend(frameon=False)
    return label(ax, "epoch", what, title, logy=logy)


def images(x: Any, titles: Sequence[object] = (), *, shape: tuple[int, int] = (8, 8), columns: int = 8):
    """Draw rows of `x` as images, ink dark on white.

    Args:
        x: examples or weights, shape (N, shape[0]·shape[1]).
        titles: one for each image, if any.
    """
    x = np.asarray(x).reshape(-1, *shape)
    rows = -(-len(x) // columns)
    words = max((str(title).count("\n") + 1 for title in titles), default=0)  # lines of the longest title
    axes = np.atleast_1d(panels(columns, rows, height=rows * (1.0 + 0.2 * words))).ravel()
    for ax in axes:
        ax.axis("off")
    for i, image in enumerate(x):
        axes[i].imshow(image, cmap="gray_r")
        if len(titles):
            axes[i].set_title(str(titles[i]), fontsize=9)
    return axes


def regions(
    f: Callable[[np.ndarray], Any], *, span: float = 3.0, title: str = "", ax: Any = None, n: int = 160
):
    """Draw which class a function of the plane chooses where: one shade a class, black borders between.

    Args:
        f: takes points, float32 of shape (N, 2), gives probabilities of shape (N, C).
        span: the square reaches from −span to span.
        n: points along each side.
    """
    ax = ax or panels(1, width=HEIGHT, height=HEIGHT)
    side = np.linspace(-span, span, n, dtype="float32")
    points = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    scores = np.asarray(f(points))
    chosen = scores.argmax(-1).reshape(n, n)
    classes = scores.shape[-1]
    levels = np.arange(classes + 1) - 0.5
    ax.contourf(side, side, chosen, levels=levels, cmap="Pastel1" if classes <= 9 else "tab20", alpha=0.9)
    for c in range(classes - 1):
        ax.contour(side, side, chosen > c, levels=[0.5], colors="black", linewidths=0.8)
    for c in range(classes):
        inside = np.argwhere(chosen == c)
        if len(inside) > 0.02 * n * n:
            row, column = _deepest(chosen == c)
            ax.text(side[column], side[row], str(c), ha="center", va="center", fontsize=9)
    ax.set_aspect("equal")
    return label(ax, "$x_1$", "$x_2$", title)


def bars(
    values: Mapping[str, float], *, xlabel: str = "", title: str = "", form: str = "{:.3g}", ax: Any = None
):
    """Draw horizontal bars, the value written behind each."""
    ax = ax or panels(1, width=WIDTH * 0.7, height=0.6 + 0.4 * len(values))
    names = list(values)
    drawn = ax.barh(names, [values[name] for name in names], color="#bbbbbb", edgecolor="black", height=0.6)
    ax.bar_label(drawn, [form.format(values[name]) for name in names], padding=3)
    ax.invert_yaxis()
    ax.margins(x=0.15)
    return label(ax, xlabel, "", title)


def _deepest(mask: np.ndarray) -> tuple[int, int]:
    """The place of a mask that is farthest from its edge: where its name can be written."""
    depth = np.pad(mask, 1).astype(int)
    level = depth.copy()
    while level.any():
        inner = level.copy()
        for axis in (0, 1):
            for step in (-1, 1):
                inner &= np.roll(level, step, axis)
        depth += inner
        level = inner
    row, column = np.unravel_index(int(depth[1:-1, 1:-1].argmax()), mask.shape)
    return int(row), int(column)
