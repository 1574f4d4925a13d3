"""The pictures that several units draw: lines, images, curves, decision regions.

Each function draws into `ax`, or into a figure of its own, and returns the axes. What differs, differs in
more than colour: line style, marker and shade, so that a picture can be read in greyscale and on paper.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

# The largest figure of the course, in inches.
WIDTH, HEIGHT = 8.0, 4.0
INK = ("#111111", "#c1440e", "#1f6fb4", "#6b8e23", "#7d3c98", "#8a8a8a")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 3)))
MARKERS = ("o", "s", "^", "D", "v", "x")


def style(i: int, marker: bool = False) -> dict[str, Any]:
    """Colour, dashes and, if asked for, marker of the i-th line: `ax.plot(x, y, **plots.style(i))`.

    Args:
        i: 0, 1, 2 …; after six they come again.
        marker: whether to mark each value.
    Returns:
        Arguments for `plot`.
    """
    chosen = {"color": INK[i % len(INK)], "linestyle": DASHES[i % len(DASHES)], "linewidth": 1.8}
    if marker:
        chosen |= {"marker": MARKERS[i % len(MARKERS)], "markersize": 5}
    return chosen


def panels(
    columns: int, rows: int = 1, width: float = WIDTH, height: float | None = None, **kwargs: Any
) -> Any:
    """A figure of axes side by side.

    Args:
        columns, rows: how many.
        width, height: of the whole figure, in inches; by default as high as suits the columns.
        kwargs: for `plt.subplots`, such as `sharey=True`.
    Returns:
        The axes, as `plt.subplots` gives them: an array of them, or the only one.
    """
    if height is None:
        height = min(HEIGHT, rows * width / columns * 0.8)
    _, axes = plt.subplots(rows, columns, figsize=(width, height), layout="constrained", **kwargs)
    return axes


def label(
    ax: Any, x: str = "", y: str = "", title: str = "", *, logx: bool = False, logy: bool = False
) -> Any:
    """Name the axes, in the lecture's symbols, and make them logarithmic where asked.

    Args:
        ax: matplotlib axes.
        x, y, title: the words; "$h_1$" is set as mathematics.
        logx, logy: which of them are logarithmic.
    Returns:
        The axes.
    """
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
) -> Any:
    """Draw one line for each entry of `ys` over `x`, with a legend.

    Args:
        x: positions, shape (N,); None numbers the values from 1, as epochs and steps are numbered.
        ys: values by name, each of shape (N,); a value that is not finite leaves a gap.
        xlabel, ylabel, title, logx, logy: as for `label`.
        marker: mark each value, for few of them.
        ax: matplotlib axes; by default new ones.
    Returns:
        The axes.
    """
    ax = ax or panels(1, width=WIDTH * 0.7)
    for i, (name, y) in enumerate(ys.items()):
        y = np.asarray(y, "float64")
        positions = _from_one(y) if x is None else np.asarray(x)
        ax.plot(positions, y, label=name, **style(i, marker))
    if len(ys) > 1:
        ax.legend(frameon=False)
    return label(ax, xlabel, ylabel, title, logx=logx, logy=logy)


def _from_one(y: Any) -> np.ndarray:
    return np.arange(1, len(y) + 1)


def history(runs: Any, *, what: str = "loss", title: str = "", logy: bool = False, ax: Any = None) -> Any:
    """Draw what `fit` returned, epoch by epoch: training dashed, validation solid, a shade for each run.

    Args:
        runs: one `keras.callbacks.History`, or several by name.
        what: the metric, "loss" or "accuracy".
        title, logy: as for `label`.
        ax: matplotlib axes; by default new ones.
    Returns:
        The axes.
    """
    ax = ax or panels(1, width=WIDTH * 0.7)
    if not isinstance(runs, Mapping):
        runs = {"": runs}
    for i, (name, run) in enumerate(runs.items()):
        for key, dashes, part in ((what, "--", "training"), (f"val_{what}", "-", "validation")):
            if key not in run.history:
                continue
            values = run.history[key]
            line = style(i, marker=len(values) <= 20) | {"linestyle": dashes}
            ax.plot(_from_one(values), values, label=f"{name} {part}".strip(), **line)
    ax.legend(frameon=False)
    return label(ax, "epoch", what, title, logy=logy)


def images(
    x: Any, titles: Sequence[object] = (), *, shape: tuple[int, int] = (8, 8), columns: int = 8
) -> np.ndarray:
    """Draw rows of `x` as images, ink dark on white.

    Args:
        x: examples or weights, shape (N, shape[0]·shape[1]).
        titles: one for each image, if any.
        shape: of an image, (rows, columns) of pixels.
        columns: how many images stand side by side.
    Returns:
        All axes of the figure, in one row; those beyond the N-th are empty.
    """
    x = np.asarray(x).reshape(-1, *shape)
    rows = math.ceil(len(x) / columns)
    # The longest title decides how much room all of them get.
    most_lines = max((len(str(title).split("\n")) for title in titles), default=0)
    axes = np.atleast_1d(panels(columns, rows, height=rows * (1.0 + 0.2 * most_lines))).ravel()
    for ax in axes:
        ax.axis("off")
    for i, image in enumerate(x):
        axes[i].imshow(image, cmap="gray_r")
        if len(titles):
            axes[i].set_title(str(titles[i]), fontsize=9)
    return axes


def regions(
    f: Callable[[np.ndarray], Any], *, span: float = 3.0, title: str = "", ax: Any = None, n: int = 160
) -> Any:
    """Draw which class a function of the plane chooses where: one shade a class, black borders between.

    Args:
        f: takes points, float32 of shape (N, 2), gives probabilities of shape (N, C).
        span: the square reaches from −span to span.
        title: what stands above.
        ax: matplotlib axes; by default new ones.
        n: points along each side.
    Returns:
        The axes.
    """
    ax = ax or panels(1, width=HEIGHT, height=HEIGHT)
    side = np.linspace(-span, span, n, dtype="float32")
    points = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    scores = np.asarray(f(points))
    chosen = scores.argmax(-1).reshape(n, n)
    classes = scores.shape[-1]
    levels = np.arange(classes + 1) - 0.5
    shades = "Pastel1" if classes <= 9 else "tab20"
    ax.contourf(side, side, chosen, levels=levels, cmap=shades, alpha=0.9)
    for c in range(classes - 1):
        ax.contour(side, side, chosen > c, levels=[0.5], colors="black", linewidths=0.8)
    for c in range(classes):
        inside = chosen == c
        if inside.mean() > 0.02:
            row, column = _deepest(inside)
            ax.text(side[column], side[row], str(c), ha="center", va="center", fontsize=9)
    ax.set_aspect("equal")
    return label(ax, "$x_1$", "$x_2$", title)


def bars(
    values: Mapping[str, float], *, xlabel: str = "", title: str = "", form: str = "{:.3g}", ax: Any = None
) -> Any:
    """Draw horizontal bars, the value written behind each.

    Args:
        values: the bars' lengths by name, the first at the top.
        xlabel, title: as for `label`.
        form: how a value is written, for `str.format`.
        ax: matplotlib axes; by default new ones.
    Returns:
        The axes.
    """
    ax = ax or panels(1, width=WIDTH * 0.7, height=0.6 + 0.4 * len(values))
    names = list(values)
    lengths = list(values.values())
    drawn = ax.barh(names, lengths, color="#bbbbbb", edgecolor="black", height=0.6)
    ax.bar_label(drawn, [form.format(length) for length in lengths], padding=3)
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
