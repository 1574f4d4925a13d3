"""A student's notebook on a page: its code, text and pictures, none of it alive.

Sources come from the graded notebook. What cells printed and their pictures come from the one that was handed in:
experiments are not run while grading, and what was printed then may tell of secret inputs. HTML, scripts and other
formats among the outputs are never looked at.
"""

import functools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

import bleach
from markdown_it import MarkdownIt
from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.grading import restore, submission
from autograder.grading.submission import clean
from autograder.pages.mathml import mathml
from autograder.pages.pictures import Album, Picture
from helpers.errors import Unreadable

TAGS = set(
    "a blockquote br code em h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul".split()
)
MAX_TEXT = 4_000  # characters that a cell printed
MAX_FORMULA = 2_000
MAX_MARKDOWN = 20_000  # a reader of Markdown can be kept busy for minutes by more
FORMULA = re.compile(r"```.*?```|`[^`\n]+`|(?P<tex>\$\$[^$]+\$\$|\$[^$\n]+\$)", re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """A cell on the page.

    Args:
        anchor: its id on the page.
        grade_id: nbgrader's, "" if it has none.
        kind: "text", "code" or "prose", which is the course's own text.
        title: of prose, to be shown while it is folded.
    """

    anchor: str
    grade_id: str
    kind: str
    body: Markup
    title: str = ""
    printed: str = ""
    pictures: tuple[Picture, ...] = ()


def cells(graded: NotebookNode, data: bytes | Unreadable) -> list[Shown]:
    """The cells of a graded notebook as they are shown.

    Args:
        data: the submission that it was made from, for its pictures; it is believed in nothing else.
    """
    album, before = Album(), _Submitted(data)
    return [_shown(number, cell, before.outputs(cell), album) for number, cell in enumerate(graded.cells, 1)]


def title(notebook: NotebookNode | None, unit: str) -> str:
    """A unit's title as its notebook has it."""
    first = notebook.cells[0].source.splitlines() if notebook and notebook.cells else []
    return first[0][2:].strip() if first and first[0].startswith("# ") else unit


def stylesheet() -> str:
    """The rules for highlighted code."""
    return HtmlFormatter(style="default").get_style_defs(".code")


def _shown(number: int, cell: NotebookNode, before: list[dict], album: Album) -> Shown:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    anchor = f"cell-{number}"
    if cell.cell_type != "code":
        attached = cell.get("attachments", {})
        pictures = [album.take(bundle, f"attached: {name}") for name, bundle in attached.items()]
        ours = not grade_id and not cell.id.startswith(restore.ADDED)
        kind, title = ("prose", _title(cell.source)) if ours else ("text", "")
        return Shown(anchor, grade_id, kind, markdown(cell.source), title, "", tuple(filter(None, pictures)))
    found = [album.take(output.get("data"), f"plot of cell {number}, as handed in") for output in before]
    shown = tuple(filter(None, found))
    return Shown(anchor, grade_id, "code", code(cell.source), "", _printed(before), shown)


@functools.lru_cache(maxsize=2000)  # most cells are the same in a whole class
def markdown(source: str) -> Markup:
    """Markdown as HTML of harmless tags, with its formulas; as it was typed if there is too much of it."""
    if len(source) > MAX_MARKDOWN:
        return Markup("<pre>{}</pre>").format(clean(source))
    formulas: list[Markup] = []

    def set_aside(found: re.Match) -> str:
        if not found["tex"]:
            return found[0]  # code, in which a dollar is a dollar
        formulas.append(_formula(found["tex"]))
        return f"\ue000{len(formulas) - 1}\ue001"

    text = FORMULA.sub(set_aside, re.sub("[\ue000\ue001]", "", clean(source)))
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    # below the page's own headings
    html = re.sub(r"(</?h)([1-4])>", lambda m: f"{m[1]}{int(m[2]) + 2}>", html)
    attributes = {"a": ["href"], "ol": ["start"]}
    html = bleach.clean(html, tags=TAGS, attributes=attributes, protocols={"https", "http"}, strip=True)
    return Markup(re.sub("\ue000([0-9]+)\ue001", lambda m: formulas[int(m[1])], html))


def _formula(text: str) -> Markup:
    """A formula between its dollars; as it was typed if it cannot be shown."""
    try:
        if len(text) > MAX_FORMULA:
            raise ValueError("too long")
        return Markup(mathml(text.strip("$"), block=text.startswith("$$")))
    except (ValueError, KeyError, IndexError, RecursionError):
        return Markup("<code>{}</code>").format(text)


@functools.lru_cache(maxsize=2000)
def code(source: str) -> Markup:
    """Python, highlighted; a lexer's classes around escaped text."""
    return Markup(highlight(clean(source), PythonLexer(), HtmlFormatter(nowrap=True)).rstrip("\n"))


def _title(source: str) -> str:
    first = next((line for line in source.splitlines() if line.strip()), "")
    words = re.sub(r"[*`#]|\$+", "", first).strip()
    return words if len(words) <= 70 else words[:69].rsplit(" ", 1)[0] + " …"


def _printed(outputs: Iterable[dict]) -> str:
    """What was printed, as text."""
    streams = (o for o in outputs if o.get("output_type") == "stream" and o.get("name") == "stdout")
    found = [_joined(stream.get("text")).rstrip("\n") for stream in streams]
    text = clean("\n".join(found))
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}\n… ({len(text):,} characters in all)"


def _joined(text: object) -> str:
    """A text that may be given as a list of lines."""
    return "".join(map(str, text)) if isinstance(text, list) else str(text)


class _Submitted:
    """The outputs of a submission's cells, found as well as they can be: by nbgrader's id, id, place or source."""

    def __init__(self, data: bytes | Unreadable):
        self.found: dict[str, list[dict]] = {}
        try:
            if isinstance(data, Unreadable):
                raise data
            submission.parse(data)  # holds it against the limits
        except Unreadable:
            return
        for position, cell in enumerate(json.loads(data)["cells"]):
            outputs = cell.get("outputs")
            good = [o for o in outputs if isinstance(o, dict)] if isinstance(outputs, list) else []
            for key in _keys(cell, f"{restore.ADDED}-{position}"):
                self.found[key] = good

    def outputs(self, cell: NotebookNode) -> list[dict]:
        return next((self.found[key] for key in _keys(cell, cell.id) if key in self.found), [])


def _keys(cell: dict, place: str) -> list[str]:
    metadata = cell.get("metadata")
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = about.get("grade_id") if isinstance(about, dict) else None
    source = _joined(cell.get("source")).strip()
    return [f"grade {grade_id}"] * bool(grade_id) + [place, str(cell.get("id")), f"source {source}"]
