"""The lecture that the course follows: each of its times on a page is a link to that second of the recording."""

import re

from markupsafe import Markup

RECORDING = "https://www.youtube.com/watch?v=zij_FTbJHsk"
# What stands in code, a formula or a link is left as it is, and so is what stands in a tag.
TIME = re.compile(
    r"<(?P<whole>a|code|math|pre|script|style|svg)\b.*?</(?P=whole)>|<[^>]*>|(?<![\w:.])(?P<minutes>\d{1,2}):(?P<seconds>[0-5]\d)(?![\w:])",
    re.DOTALL,
)


def linked(html: str) -> Markup:
    """HTML whose times, as in "lecture 6:52", are links.

    Args:
        html: words of the course, where a time is one of the lecture; of nobody else.
    """
    # As plain text: a substitution in Markup escapes its pieces once more.
    return Markup(TIME.sub(_link, str(html)))


def _link(found: re.Match) -> str:
    if not found["minutes"]:
        return found[0]
    second = 60 * int(found["minutes"]) + int(found["seconds"])
    # In a tab of its own: JupyterLab shows a page in a frame, and the recording refuses to be shown in one.
    return f'<a href="{RECORDING}&amp;t={second}" target="_blank" rel="noopener">{found[0]}</a>'
