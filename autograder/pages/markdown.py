"""Markdown as HTML, as notebooks show it, with formulas that need no script and no network."""

from html import escape
from typing import ClassVar

from mistune import BlockParser
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathBlockParser

from autograder.pages.mathml import mathml

# A reader of Markdown can be kept busy for minutes by more.
MAX_MARKDOWN, MAX_FORMULA = 20_000, 2_000


def html_of(source: str) -> str:
    """Markdown as HTML. It may hold HTML, so it must be ours.

    Args:
        source: as it stands in a cell.
    Raises:
        ValueError: if a formula cannot be shown.
    """
    return MarkdownWithMath(renderer=_Renderer(escape=False), block=_Blocks()).render(source)


def html_of_any(source: str, attachments: dict[str, dict[str, str]]) -> str:
    """Markdown as HTML, whatever stands in it: a formula that cannot be shown stands there as it was typed.

    Args:
        source: as it stands in a cell; HTML in it must be harmless.
        attachments: the cell's pictures, by name and kind.
    """
    if len(source) > MAX_MARKDOWN:
        return f"<pre>{escape(source)}</pre>"
    renderer = _Lenient(escape=False, attachments=attachments)
    return MarkdownWithMath(renderer=renderer, block=_Blocks()).render(source)


class _Blocks(MathBlockParser):
    """A line that begins with "#1" is no heading, as in JupyterLab; nbconvert takes it for one."""

    SPECIFICATION: ClassVar = {
        **MathBlockParser.SPECIFICATION,
        "atx_heading": BlockParser.SPECIFICATION["atx_heading"],
    }


class _Renderer(IPythonRenderer):
    """Formulas as MathML."""

    def block_math(self, body: str) -> str:
        return f"{mathml(body, block=True)}\n"

    def inline_math(self, body: str) -> str:
        return mathml(body)


class _Lenient(_Renderer):
    """Nothing that a student writes can make it fail."""

    def block_math(self, body: str) -> str:
        return self._formula(body, block=True)

    def inline_math(self, body: str) -> str:
        return self._formula(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        return self._formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def _formula(self, tex: str, block: bool) -> str:
        try:
            if len(tex) > MAX_FORMULA:
                raise ValueError("too long")
            return mathml(tex, block)
        except (ValueError, KeyError, IndexError, RecursionError):
            return f"<code>{escape(tex)}</code>"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        name = url.removeprefix("attachment:")
        if name != url and name not in self.attachments:
            return f"<em>(the picture {escape(name)} is not in the notebook)</em>"
        return super().image(text, url, title)
