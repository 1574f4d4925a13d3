"""The course's own Markdown as HTML, as notebooks show it, with formulas that need no script and no network."""

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.pages.mathml import mathml


def html_of(source: str) -> str:
    """Markdown as HTML. It may hold HTML, so it must be ours.

    Args:
        source: as it stands in a cell.
    Raises:
        ValueError: if a formula cannot be shown.
    """
    return MarkdownWithMath(renderer=_Renderer(escape=False)).render(source)


class _Renderer(IPythonRenderer):
    """Formulas as MathML."""

    def block_math(self, body: str) -> str:
        return f"{mathml(body, block=True)}\n"

    def inline_math(self, body: str) -> str:
        return mathml(body)
