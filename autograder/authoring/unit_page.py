"""A unit as a page to read: what students see, with what its experiments show, and without answers.

The page is Markdown whose headings are Markdown, so that a site finds them, and whose text is HTML already.
"""

import ast
import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.authoring.assemble import EXPERIMENT, SETUP
from autograder.course import derivation, lecture
from autograder.course.catalogue import Unit, exercises
from autograder.exercise import Exercise, check_id, solution_id
from autograder.pages.markdown import html_of

HEADING = re.compile(r"^(#{1,6}) +(.+)$")
FENCE = re.compile(r"^\s*(```|~~~)")
PICTURES = {"image/png": "png", "image/svg+xml": "svg"}
# A program of more lines is folded away: who reads wants to see what comes out.
SHORT = 12


@dataclass
class UnitPage:
    """A unit's page.

    Attributes:
        text: Markdown.
        pictures: by the name under which the text shows them, beside it.
    """

    text: str
    pictures: dict[str, bytes] = field(default_factory=dict)


def page_of(unit: Unit, notebook: NotebookNode) -> UnitPage:
    """A unit's page.

    Args:
        unit: what it is about.
        notebook: as it was assembled, answers included; where it was executed, its outputs are shown.
    Raises:
        ValueError: if a formula cannot be shown.
    """
    return _Writer(unit).write(notebook)


class _Writer:
    """Writes one page."""

    def __init__(self, unit: Unit):
        self.unit = unit
        every = exercises(unit)
        self.solutions = {solution_id(exercise.name): exercise for exercise in every}
        self.checks = {check_id(exercise.name): exercise for exercise in every}
        self.pictures: dict[str, bytes] = {}

    def write(self, notebook: NotebookNode) -> UnitPage:
        parts = [part for cell in notebook.cells for part in self._parts_of(cell)]
        return UnitPage("\n\n".join(parts) + "\n", self.pictures)

    def _parts_of(self, cell: NotebookNode) -> Iterator[str]:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        tags = cell.metadata.get("tags", [])
        if name in self.solutions:
            yield _block("exercise", _code(self.solutions[name].stub))
        elif name in self.checks:
            yield _block("check", _what_is_checked(self.checks[name]))
        elif cell.cell_type == "markdown" and name:
            d = derivation.of(self.unit, name)
            yield _block(
                "derivation",
                lecture.linked(
                    f"<p>You derive it: {d.points:g} points, graded by hand; lecture {escape(d.lecture)}.</p>"
                ),
            )
        elif cell.cell_type == "markdown":
            yield from _prose(cell.source)
        elif SETUP in tags:
            yield _block("setup", _folded("What the notebook imports", _code(cell.source)))
        elif EXPERIMENT in tags:
            yield from self._experiment(cell)

    def _experiment(self, cell: NotebookNode) -> Iterator[str]:
        """The guesses, the program, and what comes out."""
        program, options = _without_guess(cell.source)
        shown = "".join(self._outputs(cell))
        if options:
            items = "".join(f"<li>{escape(option)}</li>" for option in options)
            yield _block("guess", f"<ul>{items}</ul>")
        if program:
            code = _code(program)
            yield _block(
                "program", code if len(program.split("\n")) <= SHORT else _folded("The program", code)
            )
        if shown and options:
            shown = _folded("Guess first; then see what comes out", shown)
        if shown:
            yield _block("output", shown)

    def _outputs(self, cell: NotebookNode) -> Iterator[str]:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                yield f"<pre><code>{escape(output.text.rstrip())}</code></pre>"
                continue
            data = output.get("data", {})
            kind = next((kind for kind in PICTURES if kind in data), None)
            if kind:
                yield self._picture(data[kind], kind, data.get("text/plain", ""))
            elif "text/plain" in data:
                yield f"<pre><code>{escape(data['text/plain'])}</code></pre>"

    def _picture(self, data: str, kind: str, words: str) -> str:
        name = f"{self.unit.id}-{len(self.pictures) + 1}.{PICTURES[kind]}"
        self.pictures[name] = base64.b64decode(data) if kind == "image/png" else data.encode()
        return f'<p><img src="{name}" alt="{escape(words)}"></p>'


def _prose(source: str) -> Iterator[str]:
    """Headings as Markdown, and all between them as HTML."""
    lines: list[str] = []
    fenced = False
    for line in source.split("\n"):
        if FENCE.match(line):
            fenced = not fenced
        if not fenced and HEADING.match(line):
            yield from _text(lines)
            lines = []
            yield line
        else:
            lines.append(line)
    yield from _text(lines)


def _text(lines: list[str]) -> Iterator[str]:
    source = "\n".join(lines).strip()
    if source:
        yield _block("prose", lecture.linked(html_of(source)))


def _what_is_checked(exercise: Exercise) -> str:
    items = "".join(f"<li>{escape(check.name)}</li>" for check in exercise.checks)
    call = f"check({', '.join(exercise.objects)})"
    return f"<p><code>{escape(call)}</code> looks at:</p><ul>{items}</ul>"


def _without_guess(source: str) -> tuple[str, list[str]]:
    """A program without its guess, and what there was to guess."""
    lines = source.split("\n")
    options: list[str] = []
    for statement in reversed(ast.parse(source).body):
        call = statement.value if isinstance(statement, ast.Expr) else None
        is_guess = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "guess"
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "commit":
            options = list(ast.literal_eval(call.args[1]).values())
        elif not is_guess:
            continue
        del lines[statement.lineno - 1 : statement.end_lineno]
    return "\n".join(lines).strip("\n"), options


def _code(source: str) -> str:
    return highlight(source, PythonLexer(), HtmlFormatter(cssclass="highlight", wrapcode=True))


def _folded(title: str, html: str) -> str:
    return f"<details><summary>{escape(title)}</summary>\n{html}</details>"


def _block(kind: str, html: str) -> str:
    """HTML that a reader of Markdown leaves as it is."""
    return f'<div class="{kind}">\n{html}\n</div>'
