"""A student's notebook on a page: its code, text and pictures, none of it alive.

Sources come from the graded notebook. What cells printed and their pictures come from the one that was handed in:
experiments are not run while grading, and what was printed then may tell of secret inputs. HTML, scripts and other
formats among the outputs are never looked at.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import bleach
from markdown_it import MarkdownIt
from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.course import lecture
from autograder.grading import restore, submission
from autograder.grading.submission import clean
from autograder.pages.mathml import mathml
from autograder.pages.pictures import Album, Picture
from helpers.errors import Unreadable

TAGS = set(
    "a blockquote br code em h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul".split()
)
ATTRIBUTES = {"a": ["href"], "ol": ["start"]}
# characters that a cell printed, of a formula, and of the title of text that is folded
MAX_TEXT = 4_000
MAX_FORMULA = 2_000
MAX_TITLE = 70
# a reader of Markdown can be kept busy for minutes by more
MAX_MARKDOWN = 20_000
FORMULA = re.compile(r"```.*?```|`[^`\n]+`|(?P<tex>\$\$[^$]+\$\$|\$[^$\n]+\$)", re.DOTALL)
# these two hold a formula's place while the text around it becomes HTML
BEGIN, END = "\ue000", "\ue001"
PLACE = re.compile(f"{BEGIN}([0-9]+){END}")


@dataclass(frozen=True)
class CellView:
    """A cell on the page.

    Args:
        anchor: its id on the page.
        grade_id: nbgrader's, "" if it has none.
        kind: "text" or "code".
        body: what stands in it.
        own: whether the student wrote it: an answer, or a cell that they added.
        title: its heading, if it begins with one.
        printed: what it printed before it was handed in.
        pictures: its plots as handed in, or what is attached to it.
    """

    anchor: str
    grade_id: str
    kind: str
    body: Markup
    own: bool = True
    title: str = ""
    printed: str = ""
    pictures: tuple[Picture, ...] = ()


def cells(graded: NotebookNode, data: bytes | Unreadable) -> list[CellView]:
    """The cells of a graded notebook as they are shown.

    Args:
        graded: the notebook.
        data: the submission that it was made from, for its pictures; it is believed in nothing else.
    """
    album = Album()
    handed_in = _HandedIn(data)
    views = []
    for number, cell in enumerate(graded.cells, 1):
        if cell.cell_type == "code":
            views.append(_code_cell(number, cell, handed_in.outputs(cell), album))
        else:
            views.append(_text_cell(number, cell, album))
    return views


@dataclass(frozen=True)
class Fold:
    """Cells of the course's own that stand next to each other: its text, its experiments, its checks."""

    title: str
    cells: tuple[CellView, ...]


def folded(views: Sequence[CellView]) -> list[CellView | Fold]:
    """The cells of a page, those of the course folded.

    Args:
        views: all of them.
    """
    shown: list[CellView | Fold] = []
    for own, group in itertools.groupby(views, key=lambda view: view.own):
        if own:
            shown += group
            continue
        together = tuple(group)
        shown.append(Fold(_title_of_fold(together), together))
    return shown


def _title_of_fold(views: Iterable[CellView]) -> str:
    headings = [view.title for view in views if view.title]
    return " · ".join(headings) or "The course, in between"


def title(notebook: NotebookNode | None, unit: str) -> str:
    """A unit's title.

    Args:
        notebook: whose first line is the title; None if it is gone.
        unit: the title if there is no other.
    """
    if not notebook or not notebook.cells:
        return unit
    first_line = notebook.cells[0].source.partition("\n")[0]
    if not first_line.startswith("# "):
        return unit
    return first_line[2:].strip()


def stylesheet() -> str:
    """The rules for highlighted code."""
    return HtmlFormatter(style="default").get_style_defs(".code")


def _code_cell(number: int, cell: NotebookNode, outputs: list[dict], album: Album) -> CellView:
    pictures = [album.take(output.get("data"), f"plot of cell {number}, as handed in") for output in outputs]
    return CellView(
        anchor=f"cell-{number}",
        grade_id=_grade_id(cell),
        kind="code",
        body=code(cell.source),
        own=_is_own(cell),
        printed=_printed(outputs),
        pictures=tuple(filter(None, pictures)),
    )


def _text_cell(number: int, cell: NotebookNode, album: Album) -> CellView:
    attached = cell.get("attachments", {})
    pictures = [album.take(bundle, f"attached: {name}") for name, bundle in attached.items()]
    own = _is_own(cell)
    body = markdown(cell.source)
    return CellView(
        anchor=f"cell-{number}",
        grade_id=_grade_id(cell),
        kind="text",
        body=body if own else lecture.linked(body),
        own=own,
        title=_heading(cell.source),
        pictures=tuple(filter(None, pictures)),
    )


def _is_own(cell: NotebookNode) -> bool:
    """Whether the student wrote it."""
    answer = cell.metadata.get("nbgrader", {}).get("solution", False)
    return answer or cell.id.startswith(restore.ADDED)


def _grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


# most cells are the same in a whole class
@functools.lru_cache(maxsize=2000)
def markdown(source: str) -> Markup:
    """Markdown as HTML of harmless tags, with its formulas; as it was typed if there is too much of it."""
    if len(source) > MAX_MARKDOWN:
        return Markup("<pre>{}</pre>").format(clean(source))
    formulas: list[Markup] = []

    def set_aside(match: re.Match) -> str:
        if not match["tex"]:
            # code, in which a dollar is a dollar
            return match[0]
        formulas.append(_formula(match["tex"]))
        return f"{BEGIN}{len(formulas) - 1}{END}"

    text = re.sub(f"[{BEGIN}{END}]", "", clean(source))
    text = FORMULA.sub(set_aside, text)
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    html = re.sub(r"(</?h)([1-4])>", _below_the_pages_headings, html)
    html = bleach.clean(html, tags=TAGS, attributes=ATTRIBUTES, protocols={"https", "http"}, strip=True)
    return Markup(PLACE.sub(lambda match: formulas[int(match[1])], html))


def _below_the_pages_headings(tag: re.Match) -> str:
    return f"{tag[1]}{int(tag[2]) + 2}>"


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


def _heading(source: str) -> str:
    """The heading that a text begins with, without Markdown's signs, cut between two words."""
    first = source.lstrip().partition("\n")[0]
    if not first.startswith("#"):
        return ""
    words = re.sub(r"[*`#]|\$+", "", first).strip()
    if len(words) <= MAX_TITLE:
        return words
    return words[: MAX_TITLE - 1].rsplit(" ", 1)[0] + " …"


def _printed(outputs: Iterable[dict]) -> str:
    """What was printed, as text."""
    texts = []
    for output in outputs:
        if output.get("output_type") == "stream" and output.get("name") == "stdout":
            texts.append(_joined(output.get("text")).rstrip("\n"))
    text = clean("\n".join(texts))
    if len(text) <= MAX_TEXT:
        return text
    return f"{text[:MAX_TEXT]}\n… ({len(text):,} characters in all)"


def _joined(text: object) -> str:
    """A text that may be given as a list of lines."""
    if isinstance(text, list):
        return "".join(map(str, text))
    return str(text)


class _HandedIn:
    """The outputs of a submission's cells, found as well as they can be: by nbgrader's id, id, place or source."""

    def __init__(self, data: bytes | Unreadable):
        self._outputs: dict[str, list[dict]] = {}
        if isinstance(data, Unreadable):
            return
        try:
            # holds it against the limits
            submission.parse(data)
        except Unreadable:
            return
        for position, cell in enumerate(submission.raw_cells(data)):
            outputs = _dictionaries(cell.get("outputs"))
            for key in _keys(cell, f"{restore.ADDED}-{position}"):
                self._outputs[key] = outputs

    def outputs(self, cell: NotebookNode) -> list[dict]:
        """What a cell of the graded notebook had put out when it was handed in."""
        for key in _keys(cell, cell.id):
            if key in self._outputs:
                return self._outputs[key]
        return []


def _dictionaries(outputs: object) -> list[dict]:
    """What can be outputs in what should be a list of them."""
    if not isinstance(outputs, list):
        return []
    return [output for output in outputs if isinstance(output, dict)]


def _keys(cell: dict, place: str) -> list[str]:
    """By what a cell is found again, the surest first."""
    source = _joined(cell.get("source")).strip()
    keys = [place, str(cell.get("id")), f"source {source}"]
    grade_id = _entry(_entry(cell.get("metadata"), "nbgrader"), "grade_id")
    if grade_id:
        keys.insert(0, f"grade {grade_id}")
    return keys


def _entry(value: object, key: str) -> object:
    """What a value holds under a key; None if it is no dictionary."""
    if not isinstance(value, dict):
        return None
    return value.get(key)
