"""The pictures of a class report: SVG that stands in a page, in greys and hatches, with its content in words."""

import io
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import matplotlib
import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and enlarged
    "font.family": "sans-serif",
    "font.size": 10,
    "hatch.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
SHADES = {"all points": "#3b3b3b", "some": "#9a9a9a", "none": "#ffffff", "not begun": "#ffffff"}
HATCHES = {"all points": "", "some": "", "none": "///", "not begun": ""}


def scores(points: Sequence[float], most: float, alt: str) -> Markup:
    """How many students have how many points."""
    with matplotlib.rc_context(STYLE):
        figure, ax = _figure(7.5, 2.6)
        bins = [float(edge) for edge in np.linspace(0, most or 1, min(20, max(5, round(most))) + 1)]
        ax.hist(np.clip(points, 0, most), bins=bins, color="#4a5a6a", edgecolor="white")
        if len(points) > 1:
            middle = float(np.median(points))
            ax.axvline(middle, color="black", linestyle="--", linewidth=1.2)
            ax.text(middle, 1.02, f"median {middle:g}", transform=ax.get_xaxis_transform(), ha="center")
        ax.set_xlabel(f"points (of {most:g})")
        ax.set_ylabel("students")
        ax.set_xlim(0, most or 1)
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        return _svg(figure, "scores", alt)


def outcomes(exercises: Mapping[str, Mapping[str, int]], alt: str) -> Markup:
    """Of each exercise, how many students have all points, some, none, or have not begun."""
    with matplotlib.rc_context(STYLE):
        figure, ax = _figure(7.5, 0.9 + 0.36 * len(exercises))
        left = np.zeros(len(exercises))
        for kind, shade in SHADES.items():
            width = np.array([counts.get(kind, 0) for counts in exercises.values()])
            style: dict[str, Any] = {
                "color": shade,
                "edgecolor": "black",
                "linewidth": 0.7,
                "hatch": HATCHES[kind],
            }
            ax.barh(list(exercises), width, left=left, label=kind, height=0.66, **style)
            left += width
        ax.invert_yaxis()
        ax.set_xlabel("students")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.legend(ncols=4, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)
        return _svg(figure, "outcomes", alt)


def units(shares: Mapping[str, Sequence[float]], alt: str) -> Markup:
    """The spread of scores in each unit, in percent."""
    with matplotlib.rc_context(STYLE):
        figure, ax = _figure(7.5, 0.9 + 0.42 * len(shares))
        for row, values in enumerate(shares.values()):
            ax.boxplot(
                [100 * np.asarray(values)],
                positions=[row],
                orientation="horizontal",
                widths=0.55,
                medianprops={"color": "black", "linewidth": 2},
                flierprops={"marker": "o", "markersize": 3, "markerfacecolor": "black"},
            )
        ax.set_yticks(range(len(shares)), list(shares))
        ax.invert_yaxis()
        ax.set_xlim(-2, 102)
        ax.set_xlabel("percent of the points")
        return _svg(figure, "units", alt)


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _svg(figure: Figure, name: str, alt: str) -> Markup:
    file = io.StringIO()
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": name}):  # ids of two pictures differ, and stay
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    return Markup(
        text[text.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{escape(alt)}"', 1)
    )
