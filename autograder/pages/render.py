"""Pages that people read: jinja2 templates that become one file each, with no script and nothing from elsewhere.

A template lies with the package that knows what it shows. Here are what all pages have in common: their frame
(base.html), their style (page.css), small pieces (parts.html), and how numbers are written.
"""

import functools
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

# A longer word may break behind these signs, and without one of them where a column would be too wide for a telephone.
LONG_WORD = 10
BREAKS = re.compile(r"[^_./=]{20}|[^_./=]*[_./=]+")
COMMON = Path(__file__).parent / "templates"


def write(path: Path, template: Path, **data: object) -> Path:
    """Write a page, and its folder if there is none yet.

    Args:
        path: the page's file.
        template: see `render`.
        data: what the template shows, by name.
    Returns:
        The page's file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # a half character, as in a damaged name, must not keep the page from being written
    path.write_bytes(render(template, **data).encode("utf-8", "replace"))
    return path


def render(template: Path, **data: object) -> str:
    """A page as text.

    Args:
        template: its file; it finds the templates beside it and the common ones.
        data: what the template shows, by name: text, which is escaped, unless it is `Markup`.
    """
    return _environment(template.parent).get_template(template.name).render(**data)


@functools.cache
def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([folder, COMMON]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "points": points,
        "share": share,
        "count": count,
        "coded": coded,
        "breakable": breakable,
    }
    environment.globals["style"] = _style
    return environment


def _style() -> Markup:
    return Markup((COMMON / "page.css").read_text("utf-8"))


def points(value: float) -> str:
    """Points as people write them: 7, 2.5, 0.33."""
    return f"{round(value, 2):g}"


def share(part: float, whole: float) -> int:
    """A part of a whole in percent: 100 only if it is all of it, and 0 of nothing."""
    if not whole:
        return 0
    if part == whole:
        return 100
    percent = round(100 * part / whole)
    if part > whole:
        return max(percent, 100)
    return min(percent, 99)


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    Args:
        number: how many.
        one: the noun of one.
        many: the noun of several; by default with an s.
    """
    if number == 1:
        return f"{number:,} {one}"
    return f"{number:,} {many or one + 's'}"


def coded(text: str) -> Markup:
    """A text whose code, between backticks, is shown as code.

    Args:
        text: anybody's; it is escaped.
    """
    # As plain text: a substitution in Markup escapes its pieces once more.
    escaped = str(escape(text))
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", escaped))


def breakable(text: str) -> Markup:
    """A text whose long words may break where an identifier has a joint; a table's column breaks no word elsewhere.

    Args:
        text: anybody's; it is escaped.
    """
    words = re.split(r"(\s+)", text)
    return Markup("").join(_with_joints(word) for word in words)


def _with_joints(word: str) -> Markup:
    if len(word) <= LONG_WORD:
        return escape(word)
    pieces = BREAKS.findall(word)
    pieces.append(word[sum(map(len, pieces)) :])
    return Markup("<wbr>").join(filter(None, pieces))
