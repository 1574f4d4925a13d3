import re

import pytest

from autograder.course.limits import DEFAULT, limits, read

TEXT = """
11_dropout:
  notebook: 300
  exercises:
    Dropout: {check: 20, memory: 6}
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        (tmp_path / "limits.yml").write_text(text)
        return tmp_path / "limits.yml"

    return write


def test_an_exercise_has_its_own_limits_and_those_of_its_unit(write):
    found = read(write(TEXT), "11_dropout", ["Dropout", "mask"])
    dropout, mask = limits(found, "Dropout"), limits(found, "mask")
    assert (dropout.check, dropout.memory, dropout.notebook) == (20, 6, 300)
    assert (mask.check, mask.memory, mask.notebook) == (DEFAULT.check, DEFAULT.memory, 300)
    assert limits(read(write(TEXT), "07_initialization", []), "x") == DEFAULT


def test_without_a_file_or_with_an_empty_one_there_are_no_exceptions(write, tmp_path):
    assert limits(read(tmp_path / "none.yml", "u", [])) == DEFAULT
    assert limits(read(write("# nothing\n"), "u", [])) == DEFAULT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("u: {exercises: {Dens: {check: 1}}}", "limits.yml: u has no exercise Dens"),
        ("u: {checks: 3}", "u: 'checks' is none of cell, check, memory, notebook, output"),
        ("u: {exercises: {Dense: {check: -1}}}", "Dense: check must be a number above 0, not -1"),
        ("u: {cell: long}", "u: cell must be a number above 0, not 'long'"),
    ],
    ids=["exercise", "name", "negative", "word"],
)
def test_what_would_not_be_kept_to_is_refused(write, text, said):
    with pytest.raises(ValueError, match=re.escape(said) + "$"):
        read(write(text), "u", ["Dense"])
