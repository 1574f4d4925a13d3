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
    # text stays text: it can be read aloud, searched and enlarged
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "hatch.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
SHADES = {"all points": "#3b3b3b", "some": "#9a9a9a", "none": "#ffffff", "not begun": "#ffffff"}
HATCHES = {"all points": "", "some": "", "none": "///", "not begun": ""}
MEDIAN = {"color": "black", "linewidth": 2}
OUTLIER = {"marker": "o", "markersize": 3, "markerfacecolor": "black"}


def scores(points: Sequence[float], max_score: float, alt: str) -> Markup:
    """How many students have how many points.

    Args:
        points: of each student.
        max_score: the points that there are.
        alt: the picture in words.
    """
    with matplotlib.rc_context(STYLE):
        figure, ax = _figure(7.5, 2.6)
        right = max_score or 1
        bars = min(20, max(5, round(max_score)))
        edges = [float(edge) for edge in np.linspace(0, right, bars + 1)]
        ax.hist(np.clip(points, 0, max_score), bins=edges, color="#4a5a6a", edgecolor="white")
        if len(points) > 1:
            median = float(np.median(points))
            ax.axvline(median, color="black", linestyle="--", linewidth=1.2)
            ax.text(median, 1.02, f"median {median:g}", transform=ax.get_xaxis_transform(), ha="center")
        ax.set_xlabel(f"points (of {max_score:g})")
        ax.set_ylabel("students")
        ax.set_xlim(0, right)
        ax.yaxis.set_major_locator(MaxNLocator(integer=True))
        return _svg(figure, "scores", alt)


def outcomes(exercises: Mapping[str, Mapping[str, int]], alt: str) -> Markup:
    """Of each exercise, how many students have all points, some, none, or have not begun.

    Args:
        exercises: for each, how many students by outcome (see `SHADES`).
        alt: the picture in words.
    """
    with matplotlib.rc_context(STYLE):
        figure, ax = _figure(7.5, 0.9 + 0.36 * len(exercises))
        left = np.zeros(len(exercises))
        for outcome, shade in SHADES.items():
            width = np.array([counts.get(outcome, 0) for counts in exercises.values()])
            ax.barh(
                list(exercises),
                width,
                left=left,
                label=outcome,
                height=0.66,
                color=shade,
                edgecolor="black",
                linewidth=0.7,
                hatch=HATCHES[outcome],
            )
            left += width
        ax.invert_yaxis()
        ax.set_xlabel("students")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.legend(ncols=4, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)
        return _svg(figure, "outcomes", alt)


def units(shares: Mapping[str, Sequence[float]], alt: str) -> Markup:
    """The spread of scores in each unit, in percent.

    Args:
        shares: by the unit's title, which part of the points each student has, from 0 to 1.
        alt: the picture in words.
    """
    with matplotlib.rc_context(STYLE):
        figure, ax = _figure(7.5, 0.9 + 0.42 * len(shares))
        for row, values in enumerate(shares.values()):
            ax.boxplot(
                [100 * np.asarray(values)],
                positions=[row],
                orientation="horizontal",
                widths=0.55,
                medianprops=MEDIAN,
                flierprops=OUTLIER,
            )
        ax.set_yticks(range(len(shares)), list(shares))
        ax.invert_yaxis()
        ax.set_xlim(-2, 102)
        ax.set_xlabel("percent of the points")
        return _svg(figure, "units", alt)


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of so many inches, and its axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _svg(figure: Figure, name: str, alt: str) -> Markup:
    file = io.StringIO()
    # ids of two pictures on one page differ, and stay
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": name}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    element = text[text.index("<svg") :]
    return Markup(element.replace("<svg", f'<svg role="img" aria-label="{escape(alt)}"', 1))
