"""Pages that people read: jinja2 templates that become one file each, with no script and nothing from elsewhere."""

import functools
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def write(path: Path, template: str, **data: object) -> Path:
    """Write a page, and its folder if there is none yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # a half character, as in a damaged name, must not keep the page from being written
    path.write_bytes(render(template, **data).encode("utf-8", "replace"))
    return path


def render(template: str, **data: object) -> str:
    return _environment().get_template(template).render(**data)


@functools.cache
def _environment() -> Environment:
    """Whatever a template is given is text and is escaped, unless it is `Markup`."""
    environment = Environment(
        loader=PackageLoader("autograder.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"points": points, "share": share, "count": count}
    environment.globals["style"] = lambda: Markup(
        (Path(__file__).parent / "templates" / "page.css").read_text()
    )
    return environment


def points(value: float) -> str:
    """Points as people write them: 7, 2.5, 0.33."""
    return f"{round(value, 2):g}"


def share(part: float, whole: float) -> int:
    """A percentage that is 0 or 100 only if it is exactly that."""
    if not whole:
        return 0
    percent = round(100 * part / whole)
    return min(percent, 99) if part < whole else 100 if part == whole else max(percent, 100)


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
