"""Units and exercises are found as authors write them, and a name that is wrong is answered with the closest."""

import re
import sys

import pytest

import solutions
from autograder.course import catalogue
from autograder.course.catalogue import imports, unit, units
from autograder.testing.tiny_exercise import TINY
from helpers.errors import AuthoringError


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A course of two units with files and one that has only its exercises."""
    (tmp_path / "course" / "units").mkdir(parents=True)
    for package in ("tiny_forward", "tiny_tape", "tiny_tail"):
        folder = tmp_path / "solutions" / package
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        for name in ("early", "late"):
            (folder / f"{name}.py").write_text(
                TINY.replace('"centered"', f'"{name}"').replace("centered", name)
            )
            (folder / f"test_{name}.py").write_text("raise ImportError('a test is no exercise')")
    for number, package in ((1, "tiny_forward"), (12, "tiny_tape")):
        text = "# %% [markdown]\n# from solutions.x import y\n"
        for name in ("late", "early"):
            text += f"\n# %%\nfrom solutions.{package}.{name} import {name}\n"
        (tmp_path / "course" / "units" / f"{number:02}_{package}.py").write_text(text)
    monkeypatch.setattr(solutions, "__path__", [str(tmp_path / "solutions")])
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("solutions.tiny_")]:
        del sys.modules[name]


def test_units_are_those_with_a_file_and_drafts_the_others(root):
    assert [u.id for u in units(root)] == ["01_tiny_forward", "12_tiny_tape"]
    assert [(u.id, u.path) for u in catalogue.drafts(root)] == [("tiny_tail", None)]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("01_tiny_forward", "01_tiny_forward"),
        ("01_tiny_forward.py", "01_tiny_forward"),
        ("1", "01_tiny_forward"),
        ("01", "01_tiny_forward"),
        ("12", "12_tiny_tape"),
        ("tiny_tape", "12_tiny_tape"),
        ("tiny_f", "01_tiny_forward"),
        ("12_", "12_tiny_tape"),
        ("tiny_tail", "tiny_tail"),
        ("05_tiny_tail", "05_tiny_tail"),
    ],
)
def test_a_unit_answers_to(root, name, found):
    assert unit(name, root).id == found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("01_tiny_froward", "there is no unit '01_tiny_froward'; did you mean 01_tiny_forward?"),
        ("7", "there is no unit '7'; there are 01_tiny_forward, 12_tiny_tape, tiny_tail"),
        ("tiny_ta", "'tiny_ta' may be any of 12_tiny_tape, tiny_tail"),
        ("", "there is no unit ''"),
    ],
)
def test_a_wrong_unit_is_answered_with_the_closest(root, name, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        unit(name, root)


def test_exercises_come_in_the_order_of_the_unit_s_file(root):
    assert [e.name for e in catalogue.exercises(unit("1", root))] == ["late", "early"]


def test_exercises_of_a_draft_come_file_by_file(root):
    assert [e.name for e in catalogue.exercises(unit("tiny_tail", root), root)] == ["early", "late"]


def test_modules_are_those_imported_then_the_others(root):
    file = root / "course" / "units" / "01_tiny_forward.py"
    file.write_text("# %%\nfrom solutions.tiny_forward.late import late\n")
    found = catalogue.modules(unit("1", root), root)
    assert found == ["solutions.tiny_forward.late", "solutions.tiny_forward.early"]


def test_a_unit_that_imports_what_is_no_exercise_is_told_so(root):
    file = root / "course" / "units" / "01_tiny_forward.py"
    file.write_text("# %%\nfrom solutions.tiny_forward.late import by_sums\n")
    with pytest.raises(ValueError, match="01_tiny_forward imports by_sums from solutions.tiny_forward.late"):
        catalogue.exercises(unit("1", root))


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            ("import numpy as np", "import numpi as np"),
            "line 2: ModuleNotFoundError: No module named 'numpi'",
        ),
        (('"early"', '"early", 1 / 0'), "line 6: ZeroDivisionError: division by zero"),
        (("def by_sums(", "def by_sums"), "line 34: SyntaxError: unmatched ')'"),
        (("h - mean", "h * mean"), "line 29: early: this occurs 0 times, not once: 'h - mean'"),
        (('("axis=axis"', '("axis"'), "line 28: early: this occurs 4 times, not once: 'axis'"),
    ],
    ids=[
        "a missing module",
        "an exception",
        "a syntax error",
        "an edit of nothing",
        "an edit of four places",
    ],
)
def test_a_module_that_cannot_be_imported_is_told_with_file_and_line(root, edit, said):
    file = root / "solutions" / "tiny_forward" / "early.py"
    file.write_text(file.read_text().replace(*edit, 1))
    with pytest.raises(AuthoringError, match=re.escape(f"{file}, {said}")):
        catalogue.exercises(unit("1", root))


def test_a_mistake_in_what_a_module_imports_is_told_where_it_is(root):
    (root / "solutions" / "tiny_forward" / "shared.py").write_text("\nundefined\n")
    file = root / "solutions" / "tiny_forward" / "early.py"
    file.write_text("from solutions.tiny_forward import shared\n")
    with pytest.raises(
        AuthoringError, match=r"shared\.py, line 2: NameError: name 'undefined' is not defined"
    ):
        catalogue.exercises(unit("1", root))


def test_a_module_that_does_not_exist_is_told_by_its_name(root):
    (root / "solutions" / "tiny_forward" / "late.py").unlink()
    with pytest.raises(AuthoringError, match=r"^solutions\.tiny_forward\.late: ModuleNotFoundError: "):
        catalogue.exercises(unit("1", root))


def test_a_wrong_exercise_is_answered_with_the_closest(root):
    assert catalogue.exercise(unit("1", root), "late", root).name == "late"
    with pytest.raises(ValueError, match="01_tiny_forward has no exercise 'lat'; did you mean late?"):
        catalogue.exercise(unit("1", root), "lat", root)


def test_only_cells_that_hold_just_the_import_are_exercises():
    text = """
# %% [markdown]
# from solutions.a.b import c

# %% tags=["experiment"]
from solutions.a.b import hidden
print(hidden)

# %%
# a comment may stand here
from solutions.a.b import (
    one,
    two,
)
"""
    assert imports(text) == [("solutions.a.b", ["one", "two"])]
