import base64
import re

import pytest
from nbformat.v4 import new_output

from autograder.authoring import site
from autograder.authoring.assemble import assemble
from autograder.authoring.unit_page import page_of
from autograder.course import catalogue
from autograder.testing.small_unit import TEXT, unit_of
from helpers.errors import Refused

EXPERIMENT = """
# %% [markdown]
# ## What comes out
# **Before you run the next cell:** how much is it?

# %% tags=["experiment"]
guess = None  # "less" or "more"
commit(guess, {"less": "less than <ten>", "more": "more"})
print(6 * 7)
"""


@pytest.fixture
def unit(tmp_path):
    return unit_of(TEXT + EXPERIMENT, tmp_path)


@pytest.fixture
def notebook(unit):
    """Assembled, and as if its last cell had run."""
    notebook = assemble(unit, catalogue.exercises(unit))
    drawn = base64.b64encode(b"points").decode()
    picture = {"image/png": drawn, "text/plain": 'loss & "rate"'}
    notebook.cells[-1].outputs = [
        new_output("stream", text="42 < 43\n"),
        new_output("display_data", data=picture),
    ]
    return notebook


def test_an_answer_is_not_shown_and_its_statement_is(unit, notebook):
    text = page_of(unit, notebook).text
    (exercise,) = catalogue.exercises(unit)
    assert "NotImplementedError" in text
    assert "reduce_max" not in text
    for check in exercise.checks:
        assert f"<li>{check.name}</li>" in text


def test_what_is_to_be_guessed_is_listed_and_what_comes_out_is_folded_away(unit, notebook):
    text = page_of(unit, notebook).text
    assert "<ul><li>less than &lt;ten&gt;</li><li>more</li></ul>" in text
    assert "commit" not in text
    after = text[text.index("Guess first") :]
    assert "42 &lt; 43" in after


def test_a_picture_lies_beside_the_page_and_is_told_in_words(unit, notebook):
    page = page_of(unit, notebook)
    (name,) = page.pictures
    assert page.pictures[name] == b"points"
    assert f'<img src="{name}" alt="loss &amp; &quot;rate&quot;">' in page.text


def test_headings_stay_markdown_but_not_within_a_piece_of_code(tmp_path):
    text = TEXT + "\n# %% [markdown]\n# ## A heading\n# ```\n# # no heading\n# ```\n"
    unit = unit_of(text, tmp_path)
    page = page_of(unit, assemble(unit, catalogue.exercises(unit)))
    assert re.search(r"^## A heading$", page.text, re.MULTILINE)
    assert not re.search(r"^# no heading$\n\n", page.text, re.MULTILINE)


def test_a_unit_that_fails_is_refused_by_name(tmp_path):
    unit = unit_of(TEXT + '\n# %% tags=["experiment"]\nraise ZeroDivisionError("none")\n', tmp_path)
    with pytest.raises(Refused, match="ZeroDivisionError: none"):
        site.make([unit], tmp_path / "pages", jobs=1)


def test_links_of_the_repository_lead_to_pages_of_the_site():
    text = "[a](units/01_a.py) [b](../course/syllabus.md) [c](concepts/) [d](students.md#e)"
    assert site.linked(text) == "[a](units/01_a.md) [b](syllabus.md) c [d](students.md#e)"
