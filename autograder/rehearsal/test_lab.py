"""What `fdl lab` writes before it becomes JupyterLab."""

import json
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.layout import NOTEBOOKS
from autograder.rehearsal import lab as labs
from autograder.rehearsal.lab import INSTRUCTOR, PATIENCE, STUDENT, TOO_SLOW, Lab, environment, prepare
from helpers.attempts import HANDED_IN, KEPT


@pytest.fixture
def lab(tmp_path):
    """A course with one unit of which students have nothing yet."""
    for step in ("source", "notebooks"):
        (tmp_path / "course" / step / "01_small").mkdir(parents=True)
        (tmp_path / "course" / step / "01_small" / "01_small.ipynb").write_text(
            '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
        )
    return Lab(tmp_path / "course", tmp_path / "lab")


def written(lab, role, name):
    return json.loads((lab.home(role) / "config" / f"{name}.json").read_text())


def test_a_student_finds_all_units_when_nobody_has_released_any(lab):
    prepare(lab, STUDENT)
    assert lab.released() == {"01_small"}
    assert (lab.work / "01_small" / "01_small.ipynb").is_file()


def test_a_student_fetches_what_an_instructor_has_released(lab):
    (lab.exchange / "fdl" / "outbound" / "07_initialization").mkdir(parents=True)
    prepare(lab, STUDENT)
    assert sorted(path.name for path in lab.work.iterdir()) == ["start.md"]
    page = (lab.work / "start.md").read_text("utf-8")
    assert "7 · Where to begin" in page
    assert "](07_initialization" not in page  # no link that leads nowhere


def test_work_is_as_it_was_at_the_next_start(lab):
    prepare(lab, STUDENT)
    (lab.work / "01_small" / "01_small.ipynb").write_text("mine")
    prepare(lab, STUDENT)
    assert (lab.work / "01_small" / "01_small.ipynb").read_text() == "mine"


def log_of(attempts):
    """A log of attempts as `check` writes it: the hour of each, its exercise, and the checks that failed."""
    rows = [
        {"time": f"2026-03-01T{hour:02}:00:00+00:00", "exercise": exercise, "passed": [], "failed": failed}
        for hour, exercise, failed in attempts
    ]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


GREEN = log_of([(10, "activations", ["the shapes"]), (11, "activations", []), (11, "Dense", [])])
NOT_WRITTEN = (
    '{"time": "2026-03-01T10:00:00+00:00", "exercise": "MLP", "failed": ["all"], "not_written": true}'
)


@pytest.mark.parametrize(
    ("logs", "so_far"),
    [
        pytest.param({}, "not begun", id="no-log"),
        pytest.param({KEPT: GREEN}, "2 of 5 right", id="kept"),
        pytest.param({HANDED_IN: GREEN}, "2 of 5 right", id="handed-in"),
        pytest.param({KEPT: log_of([(12, "Dense", ["bias"])]), HANDED_IN: GREEN}, "1 of 5 right", id="both"),
        pytest.param({KEPT: GREEN + log_of([(12, "Dense", ["the bias"])])}, "1 of 5 right", id="wrong-again"),
        pytest.param({KEPT: log_of([(12, "Dense", ["the bias"])])}, "0 of 5 right", id="none-right"),
        pytest.param({KEPT: NOT_WRITTEN}, "not begun", id="not-written"),
        pytest.param({KEPT: log_of([(12, "of another course", [])])}, "not begun", id="another-exercise"),
        pytest.param({KEPT: "[" * 10_000 + '\n{"exercise": 3}\n\xff'}, "not begun", id="damaged"),
        pytest.param({KEPT: f"spoiled\n{GREEN}"}, "2 of 5 right", id="damaged-line"),
    ],
)
def test_the_front_page_says_how_far_each_unit_is(lab, logs, so_far):
    unit = "01_forward_propagation"
    built = NOTEBOOKS / unit / f"{unit}.ipynb"
    released = lab.outbound / unit
    released.mkdir(parents=True)
    shutil.copyfile(built, released / built.name)
    for name, text in logs.items():
        log = lab.work / unit / name
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(text, "latin-1")
    prepare(lab, STUDENT)
    page = (lab.work / "start.md").read_text("utf-8")
    (row,) = [line for line in page.splitlines() if "1 · " in line]
    assert row.endswith(f"| {so_far} |")
    assert "as of when this lab was started" in page


def test_a_log_that_is_no_file_and_a_notebook_that_is_none_break_nothing(lab):
    unit = "01_forward_propagation"
    (lab.outbound / unit).mkdir(parents=True)
    (lab.work / unit / KEPT).mkdir(parents=True)
    (lab.work / unit / f"{unit}.ipynb").write_text("mine")
    prepare(lab, STUDENT)
    assert "| not begun |" in (lab.work / "start.md").read_text("utf-8")


def test_both_roles_meet_in_one_exchange_of_the_course(lab):
    for role in (STUDENT, INSTRUCTOR):
        prepare(lab, role)
    exchanges = {written(lab, role, "nbgrader_config")["Exchange"]["root"] for role in (STUDENT, INSTRUCTOR)}
    assert exchanges == {str(lab.exchange)}
    assert written(lab, STUDENT, "nbgrader_config")["CourseDirectory"]["course_id"] == "fdl"
    assert "(source/01_small/01_small.ipynb)" in (lab.course / "start.md").read_text("utf-8")


@pytest.fixture
def validator(lab, monkeypatch):
    """What *Validate* has of the student's configuration."""
    from nbgrader.server_extensions.validate_assignment.handlers import ValidateAssignmentHandler
    from nbgrader.validator import Validator

    prepare(lab, STUDENT)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", environment(lab, STUDENT)["JUPYTER_CONFIG_DIR"])
    return Validator(config=ValidateAssignmentHandler.load_config(None))


def test_validate_waits_for_a_busy_machine_as_long_as_the_lab_says(validator):
    (execute,) = [step(parent=validator) for step in validator.preprocessors if step.__name__ == "Execute"]
    assert {name: getattr(execute, name) for name in PATIENCE} == PATIENCE


def test_validate_says_in_a_sentence_what_became_of_a_cell_that_does_not_end(validator, tmp_path):
    check = {"grade_id": "slow-check", "grade": True, "points": 1, "solution": False, "locked": True}
    slow = new_code_cell("import time; time.sleep(60)", metadata={"nbgrader": {**check, "schema_version": 3}})
    nbformat.write(new_notebook(cells=[slow]), tmp_path / "slow.ipynb")
    validator.config.Execute.timeout = 1
    (failed,) = validator.validate(str(tmp_path / "slow.ipynb"))["failed"]
    # Above it stands the line at which the cell was stopped.
    assert failed["raw_error"].endswith(TOO_SLOW)


def test_only_an_instructor_has_formgrader(lab):
    for role in (STUDENT, INSTRUCTOR):
        prepare(lab, role)
    name = "nbgrader.server_extensions.formgrader"
    extensions = {
        role: written(lab, role, "jupyter_server_config")["ServerApp"]["jpserver_extensions"]
        for role in (STUDENT, INSTRUCTOR)
    }
    assert extensions[STUDENT][name] is False
    assert name not in extensions[INSTRUCTOR]


def test_nothing_of_jupyter_or_ipython_lies_in_the_home_directory(lab):
    variables = environment(lab, STUDENT, {"HOME": "/home/ada", "PATH": "/bin"})
    changed = {name: value for name, value in variables.items() if name not in ("HOME", "PATH")}
    assert sorted(changed) == ["IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"]
    assert all(value.startswith(str(lab.place)) for value in changed.values())


def test_what_jupyter_should_know_is_handed_on(lab, monkeypatch):
    given = []
    monkeypatch.setattr(labs, "start", lambda place, role, arguments: given.append((role, arguments)))
    command = ["lab", "--instructor", "--no-browser", "--course", str(lab.course), "--port", "9000"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert given == [(INSTRUCTOR, ["--port", "9000", "--no-browser"])]
    assert str(lab.course / "lab" / "exchange") in result.output


def test_a_course_that_is_not_there_is_wrong_usage(tmp_path):
    result = CliRunner().invoke(app, ["lab", "--course", str(tmp_path / "nowhere")])
    assert result.exit_code == 2
    assert "there is no folder" in result.output


def test_a_place_that_is_a_file_is_one_clear_sentence(lab, tmp_path):
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(app, ["lab", "--course", str(lab.course), "--dir", str(tmp_path / "file")])
    assert result.exit_code == 1
    assert "fdl lab: " in result.output
    assert "Traceback" not in result.output
