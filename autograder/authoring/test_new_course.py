"""`fdl new` begins a course of one's own, which takes new versions of the course and loses nothing."""

import hashlib

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.authoring import new_course
from autograder.authoring.build import build
from autograder.authoring.new_course import YOURS
from autograder.cli.app import app
from autograder.course import catalogue, configuration, course_file
from autograder.testing.small_unit import by_grade_id
from helpers.errors import CalledWrongly, Refused
from helpers.published import load_checks


def digests(root):
    """What is the instructor's in a course root."""
    files = [file for name in YOURS for file in [root / name, *(root / name).rglob("*.*")] if file.is_file()]
    return {
        file: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if "__pycache__" not in file.parts
    }


def test_a_new_course_takes_every_unit_and_is_nbgrader_s_by_its_own_name(tmp_path):
    run = CliRunner().invoke(app, ["new", str(tmp_path / "spring")])
    assert run.exit_code == 0, run.output
    assert [unit.id for unit in catalogue.units(tmp_path / "spring")] == [
        unit.id for unit in catalogue.units()
    ]
    config = configuration.load(tmp_path / "spring")
    assert config.CourseDirectory.course_id == "spring"
    assert config.Autograde == configuration.load(tmp_path).Autograde


def test_what_being_late_costs_stands_in_the_course_file(tmp_path):
    file = new_course.make(tmp_path / "spring")
    file.write_text(file.read_text() + "late:\n  points_per_day: 2\n  free_days: 3\n")
    assert configuration.load(file.parent).LateDays == {
        **configuration.load(tmp_path).LateDays,
        "points_per_day": 2,
        "free_days": 3,
    }
    file.write_text(file.read_text().replace("free_days: 3", "free_day: 3"))
    with pytest.raises(Refused, match="late, free_day: there is no such setting; did you mean free_days?"):
        configuration.load(file.parent)


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Refused, match="there is something in"):
        new_course.make(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_next_term_has_what_was_yours_and_nothing_of_the_students(own):
    (own / "operations.yml").write_text("- allow: tensorflow.nn.softplus\n")
    with open(own / "nbgrader_config.py", "a") as config:
        config.write('c.CourseDirectory.db_url = "postgresql:///autumn"\n')
    for made in (
        "gradebook.db",
        ".draws",
        "extensions.yml",
        "submitted/ada/21_tiny_rows/x.ipynb",
        "notebooks/x",
    ):
        (own / made).parent.mkdir(parents=True, exist_ok=True)
        (own / made).write_text("last term's")
    spring = own.parent / "spring"
    new_course.make_from(spring, own)
    there = {file.relative_to(spring).as_posix() for file in spring.rglob("*") if file.is_file()}
    assert there == {
        "course.yml",
        "nbgrader_config.py",
        "operations.yml",
        "more/21_tiny_rows.py",
        "solutions/tiny_rows/extra.py",
    }
    # The last term's grades are in there.
    config = (spring / "nbgrader_config.py").read_text()
    assert config.endswith('\n# c.CourseDirectory.db_url = "postgresql:///autumn"\n')
    chosen, before = course_file.read(spring), course_file.read(own)
    assert chosen is not None
    assert before is not None
    assert (chosen.id, chosen.due) == ("spring", {})
    assert (chosen.units, chosen.points, chosen.late) == (before.units, before.points, before.late)
    assert "#   21_tiny_rows: 2030-01-31 23:59" in (spring / "course.yml").read_text()


def test_the_last_term_has_to_be_a_course_of_one_s_own(tmp_path):
    with pytest.raises(CalledWrongly, match="has no course.yml"):
        new_course.make_from(tmp_path / "spring", tmp_path)


def test_a_new_version_reaches_students_and_changes_nothing_of_yours(own, in_this_process):
    (unit,) = catalogue.units(own)
    build([unit], own, own / "notebooks")
    before = digests(own)
    assert len(before) == 4
    assert unit.path
    unit.path.write_text(unit.path.read_text().replace("What the project says.", "What version 2 says."))
    build([unit], own, own / "notebooks")
    assert digests(own) == before
    notebook = nbformat.read(own / "notebooks" / unit.id / f"{unit.id}.ipynb", as_version=4)
    assert "What version 2 says." in [cell.source for cell in notebook.cells]
    cells = by_grade_id(notebook)
    assert list(cells) == ["setup", "rows", "rows-check", "extra", "extra-check"]
    assert [cells[name].metadata.nbgrader.points for name in ("rows-check", "extra-check")] == [8, 3]
    # The card says the same.
    checks = own / "notebooks" / unit.id / "checks"
    assert [check.points for check in load_checks(checks / "rows.py").checks] == [5.25, 2.75]
    assert "21_tiny_rows" in (own / "notebooks" / "README.md").read_text()
