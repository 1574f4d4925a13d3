"""Markdown as pages show it: as JupyterLab does."""

import pytest

from autograder.pages.markdown import html_of, html_of_any


@pytest.mark.parametrize(
    ("source", "html"),
    [
        pytest.param("#1 counts the ones.", "<p>#1 counts the ones.</p>", id="no-heading"),
        pytest.param("a\n#1 counts.", "<p>a\n#1 counts.</p>", id="no-heading-in-a-paragraph"),
        pytest.param("$$a$$\n\n#0", "<p>#0</p>", id="behind-a-formula"),
    ],
)
def test_a_number_sign_without_a_space_begins_no_heading(source, html):
    assert html_of(source).strip().endswith(html)
    assert html_of_any(source, {}).strip().endswith(html)


def test_a_number_sign_and_a_space_begin_a_heading():
    assert html_of("## A layer").startswith("<h2")
