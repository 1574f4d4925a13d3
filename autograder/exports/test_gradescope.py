"""The zip is unpacked into a folder laid out as Gradescope's /autograder, and started there."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import catalogue, layout
from autograder.exports import gradescope, on_gradescope
from autograder.grading import draws, engine
from autograder.grading.plan import plan_of
from autograder.sandbox import confine
from autograder.testing import in_process_sandbox, toy_unit
from autograder.testing.small_unit import ID, TEXT, unit_of
from helpers.errors import CannotConfine

STATUS = {"passed", "failed"}
TEST: dict[str, type | tuple[type, ...]] = {
    "score": (int, float),
    "max_score": (int, float),
    "status": str,
    "name": str,
    "number": str,
    "output": str,
    "output_format": str,
    "visibility": str,
}
TOP: dict[str, type | tuple[type, ...]] = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "visibility": str,
    "stdout_visibility": str,
    "extra_data": dict,
    "tests": list,
}


def check_schema(report):
    """What Gradescope documents of results.json."""
    assert report.keys() <= TOP.keys()
    assert "score" in report or report["tests"]
    for name, value in report.items():
        assert isinstance(value, TOP[name]), name
    for name in ("visibility", "stdout_visibility"):
        assert report.get(name, "visible") in gradescope.VISIBILITIES
    for test in report.get("tests", []):
        assert test.keys() == TEST.keys()
        for name, value in test.items():
            assert isinstance(value, TEST[name]), name
        assert test["status"] in STATUS
        assert test["output_format"] == "text"
        assert test["visibility"] in gradescope.VISIBILITIES
        assert 0 <= test["score"] <= test["max_score"]


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return plan_of(toy_unit.make_unit(tmp_path_factory.mktemp("toy")))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Laid out as Gradescope's; the grader's secret is kept in it too."""
    monkeypatch.setattr(layout, "ROOT", tmp_path)
    (tmp_path / "submission").mkdir()
    return tmp_path


@pytest.fixture
def report(plan, folder):
    """Hand files in, and what results.json says."""

    def report(files, visibility="visible"):
        for name, data in files.items():
            place = folder / "submission" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        graded = on_gradescope.grade(plan, folder, in_process_sandbox.InProcess().run)
        found = on_gradescope.results(graded, plan, visibility)
        check_schema(found)
        return found

    return report


def test_what_is_right_earns_every_check(report, plan):
    found = report({"homework (2).ipynb": toy_unit.data(toy_unit.right(plan))})
    assert found["score"] == sum(test["score"] for test in found["tests"]) == 8
    assert [test["name"] for test in found["tests"]] == [
        f"{exercise.name}: {check.name}" for exercise in plan.exercises.values() for check in exercise.checks
    ]
    assert {test["status"] for test in found["tests"]} == {"passed"}
    assert not any(test["output"] for test in found["tests"])


def test_what_is_wrong_says_what_it_looks_like_once(report, plan):
    squares = toy_unit.right(plan, double="def double(x):\n    return x * x")
    found = report({f"{toy_unit.UNIT}.ipynb": toy_unit.data(squares)}, "after_due_date")
    numbers, matrix, *others = found["tests"]
    assert (numbers["score"], numbers["status"], found["score"]) == (0, "failed", 5)
    assert "This is: squares. Add x to itself. (lecture 1:00)" in numbers["output"]
    assert "Add x to itself" not in matrix["output"]
    assert {test["status"] for test in others} == {"passed"}
    assert {test["visibility"] for test in found["tests"]} == {"after_due_date"}


BROKEN = {
    "no notebook": ({"thesis.pdf": b"%PDF-1.7"}, "There is no 99_toy.ipynb, but thesis.pdf"),
    "damaged": ({"a.ipynb": b'{"cells": ['}, "The file is not a notebook"),
    "two notebooks": (
        {"a.ipynb": b"{}", "b.ipynb": b"{}"},
        "There is no 99_toy.ipynb, but a.ipynb, b.ipynb",
    ),
    "nothing": ({}, "nothing was handed in"),
}


@pytest.mark.parametrize(("files", "told"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_earns_nothing_and_is_told(report, files, told):
    found = report(files)
    assert found["score"] == 0
    assert told in found["output"]
    assert "a person will look at it" in found["output"]


def test_the_notebook_of_the_units_name_is_taken_among_others(report, plan):
    right, stub = toy_unit.data(toy_unit.right(plan)), toy_unit.data(toy_unit.work(plan))
    files = {f"unzipped/{toy_unit.UNIT}.ipynb": right, "old.ipynb": stub, ".ipynb_checkpoints/x.ipynb": stub}
    assert report(files)["score"] == 8


def test_a_link_is_not_followed(folder, report, plan):
    (folder / "secret.ipynb").write_bytes(toy_unit.data(toy_unit.right(plan)))
    (folder / "submission" / f"{toy_unit.UNIT}.ipynb").symlink_to(folder / "secret.ipynb")
    found = report({})
    assert found["score"] == 0
    assert "is a link" in found["output"]


@pytest.mark.parametrize("text", ["", "{}", '{"users": [{}]}', '{"users": null}', "[1]"])
def test_odd_metadata_is_nobody(tmp_path, text):
    (tmp_path / "m.json").write_text(text)
    assert on_gradescope.who(tmp_path / "m.json") == ""


def test_a_group_is_known_by_its_addresses_in_any_order(tmp_path):
    (tmp_path / "m.json").write_text('{"users": [{"email": "b@x"}, {"email": "a@x"}]}')
    assert on_gradescope.who(tmp_path / "m.json") == "a@x b@x"


def test_what_is_graded_by_hand_is_left_out_and_told():
    plan = plan_of(catalogue.unit("01_forward_propagation"))
    found = on_gradescope.results(engine.nothing("It is no notebook.", plan, {}), plan, "visible")
    names = " ".join(test["name"] for test in found["tests"])
    for name in ("softmax_shift", "tanh_from_sigmoid"):
        assert f"{name} (4)" in found["output"]
        assert name not in names


def test_where_nothing_confines_nothing_is_graded_and_the_student_reads_why(folder, monkeypatch, capsys):
    def refuse(workers, unsafe):
        assert not unsafe
        raise CannotConfine("nothing on this machine can confine students' code")

    monkeypatch.setattr(on_gradescope, "Sandbox", refuse)
    assert not on_gradescope.main(toy_unit.UNIT, folder, "visible", unsafe=False)
    found = json.loads((folder / "results" / "results.json").read_text())
    check_schema(found)
    assert found["score"] == 0
    assert (
        "nothing on this machine can confine students' code. It says nothing about your work"
        in found["output"]
    )
    assert "Traceback" in capsys.readouterr().err


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The zip for a unit that this checkout's course does not have, and the unit."""
    folder = tmp_path_factory.mktemp("zip")
    unit = unit_of(TEXT, folder)
    gradescope.pack(unit, folder / "a.zip")
    return folder / "a.zip", unit


def test_each_zip_has_a_secret_of_its_own_that_is_not_the_courses(packed, tmp_path, monkeypatch):
    archive, unit = packed
    course = draws.secret(tmp_path)
    monkeypatch.setattr(layout, "COURSE", tmp_path)
    gradescope.pack(unit, tmp_path / "again.zip")
    secrets = {course.hex()}
    for file in (archive, tmp_path / "again.zip"):
        with zipfile.ZipFile(file) as opened:
            secrets.add(opened.read(".draws").decode())
    assert len(secrets) == 3


def test_the_zip_holds_what_one_unit_needs(packed):
    with zipfile.ZipFile(packed[0]) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        secret = archive.read(".draws")
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert f"course/units/{ID}.py" in modes
    assert [name for name in modes if name.startswith("course/")] == [f"course/units/{ID}.py"]
    assert f"notebooks/{ID}/checks/softmax.evidence" in modes
    assert not any("test_" in name or "__pycache__" in name or name.endswith(".db") for name in modes)
    assert len(secret) == 64


def test_the_zip_of_a_course_of_one_s_own_has_its_exercises_and_points(own, in_this_process, monkeypatch):
    (unit,) = catalogue.units(own)
    gradescope.pack(unit, own.parent / "a.zip")
    there = own.parent / "source"
    with zipfile.ZipFile(own.parent / "a.zip") as archive:
        archive.extractall(there)
    monkeypatch.setattr(catalogue, "ROOT", there)
    (packed,) = catalogue.units(layout.content_of(there / on_gradescope.OWN))
    assert [file.read_text() for file in packed.files] == [file.read_text() for file in unit.files]
    assert [exercise.points for exercise in catalogue.exercises(packed)] == [8, 3]
    assert (there / on_gradescope.OWN / "solutions" / "tiny_rows" / "extra.py").is_file()


@pytest.mark.parametrize("unsafe", [False, True])
def test_unsafe_is_asked_for_in_the_program_or_not_there(tmp_path, unsafe):
    unit = unit_of(TEXT, tmp_path)
    gradescope.pack(unit, tmp_path / "a.zip", "hidden", unsafe)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        last = archive.read("run_autograder").decode().splitlines()[-1]
    assert last.endswith(f'{ID} "$root" hidden' + (" --unsafe" if unsafe else ""))


@pytest.mark.parametrize("text", [gradescope.SETUP, gradescope.RUN], ids=["setup.sh", "run_autograder"])
def test_the_programs_are_bash(text):
    assert subprocess.run(["bash", "-n"], input=text.encode(), timeout=20).returncode == 0


@pytest.mark.skipif(
    not confine.possible(), reason="needs Linux with Landlock; `fdl export gradescope --unsafe` elsewhere"
)
def test_the_unpacked_zip_grades_a_submission_of_any_name(packed, tmp_path):
    archive, unit = packed
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "source")
    (
        tmp_path / "bin"
    ).mkdir()  # a container without bubblewrap: the server comes from this checkout, not the zip
    (tmp_path / "bin" / "bash").symlink_to(shutil.which("bash"))
    (tmp_path / "submission").mkdir()
    plan = plan_of(unit)
    (tmp_path / "submission" / "My work (final).ipynb").write_bytes(toy_unit.data(toy_unit.right(plan)))
    (tmp_path / "submission_metadata.json").write_text('{"users": [{"email": "a@x.edu"}]}')
    environment = {"PATH": str(tmp_path / "bin"), "AUTOGRADER": str(tmp_path), "FDL_PYTHON": sys.executable}
    command = ["bash", str(tmp_path / "source" / "run_autograder")]
    ran = subprocess.run(
        command, env={**environment, "HOME": os.environ["HOME"]}, timeout=300, capture_output=True
    )
    assert ran.returncode == 0, ran.stderr.decode()
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    check_schema(found)
    (exercise,) = plan.exercises.values()
    assert found["score"] == exercise.points
    assert len(found["tests"]) == len(exercise.checks)
    assert found["extra_data"]["confinement"] == "Landlock + seccomp + rlimits"


def test_an_unknown_visibility_is_wrong_usage():
    found = CliRunner().invoke(app.app, ["export", "gradescope", "1", "--visibility", "secret"])
    assert found.exit_code == 2
