"""What students hold works on its own and shows no answer."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.authoring import student_bundle
from autograder.authoring.assemble import assemble
from autograder.authoring.build import build, texts
from autograder.authoring.publish import leaks, secret_lines
from autograder.course import catalogue
from autograder.course.layout import ROOT
from autograder.judging import tables
from autograder.judging.store import RECORDS
from autograder.testing import only_the_bundle
from autograder.testing.small_unit import ID, TEXT, by_grade_id, unit_of
from helpers.published import load
from solutions.forward_propagation.softmax import softmax


@pytest.fixture(scope="module")
def zipped(built, tmp_path_factory):
    file = tmp_path_factory.mktemp("zip") / "students.zip"
    student_bundle.zip_notebooks(file, built / "notebooks")
    return file


def test_the_bundle_holds_no_answer_no_private_draw_and_no_private_import(zipped, tmp_path):
    zipfile.ZipFile(zipped).extractall(tmp_path)
    secrets = secret_lines(softmax)
    assert len(secrets) == 2
    content = texts(tmp_path)
    assert f"{student_bundle.FOLDER}/{ID}/{ID}.ipynb" in content
    for where, text in content.items():
        lines = {line.strip() for line in text.split("\n")}
        assert not any(secret in text for secret in secrets), where
        assert not any(line.startswith(("from solutions", "import solutions")) for line in lines), where
        assert not any(line.startswith(("from autograder", "import autograder")) for line in lines), where
    assert leaks([softmax], content) == []
    found = list(tmp_path.rglob("*.evidence"))
    assert [load(path).draws for path in found] == [tables.PUBLIC_DRAWS]
    assert all(len(load(path).tables) == len(tables.PUBLIC_DRAWS) for path in found)


def test_a_build_that_would_show_an_answer_is_refused_and_changes_nothing(known_evidence, tmp_path):
    shown = TEXT.replace(
        "print(f", "a = f\naxis = -1\ne = tf.exp(a - tf.reduce_max(a, axis=axis, keepdims=True))\nprint(f"
    )
    with pytest.raises(ValueError, match="is a line of the solution of stable_softmax") as error:
        build([unit_of(shown, tmp_path)], course=tmp_path / "course", notebooks=tmp_path / "notebooks")
    assert f"{ID}.ipynb: `e = tf.exp(a - " in str(error.value)
    assert not (tmp_path / "notebooks").exists()
    assert not (tmp_path / "course").exists()


def test_the_bundle_unpacks_on_every_system(zipped, built, tmp_path):
    archive = zipfile.ZipFile(zipped)
    names = archive.namelist()
    assert len({name.casefold() for name in names}) == len(names)
    assert all(set(name) <= set(map(chr, range(33, 127))) - set('<>:"|?*\\') for name in names)
    assert all(entry.external_attr >> 16 == 0o644 for entry in archive.infolist())  # no symbolic links
    assert not [n for n in names if not n.endswith(".evidence") and b"\r" in archive.read(n)]
    assert (built / "notebooks" / RECORDS).exists()
    assert not [name for name in names if "test_" in name or "__pycache__" in name or "/." in name]
    student_bundle.zip_notebooks(tmp_path / "again.zip", built / "notebooks")
    assert (tmp_path / "again.zip").read_bytes() == zipped.read_bytes()


def test_names_that_differ_in_capitals_only_are_refused(tmp_path):
    for name in ("checks/Dense.py", "checks/dense.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    with pytest.raises(ValueError, match=r"checks/Dense\.py and checks/dense\.py are one file on Windows"):
        student_bundle.zip_notebooks(tmp_path / "students.zip", tmp_path / ".")


def test_the_bundle_pins_what_it_imports_to_the_locked_versions():
    lock = "keras==3.1 \\\n    --hash=sha256:0\n" + "".join(
        f"{name}==2.0 ; python_version < '3.12' \\\n    --hash=sha256:1\n{name}==2.1 ; python_version >= '3.12'\n"
        for name in student_bundle.NEEDED
        if name != "keras"
    )
    text = student_bundle.pyproject(lock)
    assert '"keras==3.1",' in text
    assert (
        "\"mnist1d==2.0; python_version < '3.12'\",\n    \"mnist1d==2.1; python_version >= '3.12'\"," in text
    )
    with pytest.raises(ValueError, match=r"requirements\.lock does not name tensorflow"):
        student_bundle.pyproject("keras==3.1\n")


def test_the_bundle_imports_nothing_that_it_does_not_install(tmp_path):
    installed = {"tensorflow", "keras", "matplotlib", "sklearn", "mnist1d"}  # what bundle.NEEDED names
    # With tensorflow, jupyterlab, scikit-learn and matplotlib.
    along = {"numpy", "IPython", "threadpoolctl", "PIL"}
    student_bundle.zip_notebooks(tmp_path / "students.zip", ROOT / "notebooks")
    zipfile.ZipFile(tmp_path / "students.zip").extractall(tmp_path)
    content = texts(tmp_path / student_bundle.FOLDER)
    assert "helpers/notebook.py" in content
    for where, text in content.items():
        if where.endswith((".py", ".ipynb")):
            roots = re.findall(
                r"^\s*(?:from (\w+)[\w.]* import|import (\w+)[\w.]*(?: as|,|$))", text, re.MULTILINE
            )
            found = {a or b for a, b in roots}
            assert found <= installed | along | {"helpers"} | sys.stdlib_module_names, where


RUNNER = """
import json, os, sys
bundle, given = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))
sys.path.insert(0, sys.argv[3])

def run(unit, answers):
    os.chdir(os.path.join(bundle, unit))
    names, failed = {"__name__": "__main__"}, {}
    for cell in json.load(open(f"{unit}.ipynb", encoding="utf-8"))["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if cell["cell_type"] == "code" and grade_id:
            source = answers.get(grade_id, "".join(cell["source"]))
            try:
                exec(compile(source, grade_id, "exec"), names)
            except Exception as error:
                failed[grade_id] = f"{type(error).__name__}: {error}"
    return failed

import helpers
found = {"helpers": helpers.__file__}
for unit, each in given.items():
    found[unit] = [run(unit, answers) for answers in each]
print("FOUND" + json.dumps(found))
"""

UNTOUCHED: dict[str, str] = {}


def run_as_student(notebooks: Path, site: Path, given: dict[str, list[dict]], scratch: Path) -> dict:
    """Run units' graded cells where only the bundle's helpers can be imported.

    Args:
        notebooks: the folder of units.
        site: where those helpers are.
        given: for each unit the answers of each run, by the cell's id.
        scratch: an empty folder.
    Returns:
        For each unit, what each run's cells raised, by the cell's id; and the file of the helpers.
    """
    (scratch / "given.json").write_text(json.dumps(given), "utf-8")
    (scratch / "runner.py").write_text(only_the_bundle.SOURCE + RUNNER, "utf-8")
    done = subprocess.run(
        [sys.executable, "runner.py", str(notebooks), "given.json", str(site)],
        cwd=scratch,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.split("FOUND")[-1])


def test_students_can_work_anywhere(sample, zipped, tmp_path):
    zipfile.ZipFile(zipped).extractall(tmp_path)
    site, folder = tmp_path / "site", tmp_path / student_bundle.FOLDER
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([sys.executable, *install, "--target", site, folder], check=True, timeout=120)
    cells = by_grade_id(assemble(sample, catalogue.exercises(sample)))
    solved = {id: cell.source for id, cell in cells.items()}
    found = run_as_student(folder, site, {ID: [UNTOUCHED, solved]}, tmp_path)
    assert Path(found["helpers"]).is_relative_to(site)
    assert found[ID] == [
        {"stable_softmax-check": "NotYet: stable_softmax: 8 of 8 checks not passed yet"},
        {},
    ]


# The course as it is committed


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """What running every committed notebook as students get it gave; `tests/test_notebooks.py` runs it solved."""
    units = [u.id for u in catalogue.units() if (ROOT / "notebooks" / u.id).is_dir()]
    given = {id: [UNTOUCHED] for id in units}
    return run_as_student(ROOT / "notebooks", ROOT / "src", given, tmp_path_factory.mktemp("course"))


@pytest.mark.parametrize("unit", catalogue.units(), ids=str)
def test_a_committed_notebook_fails_every_check_untouched(unit, course):
    assert unit.id in course, f"notebooks/{unit} is missing: run `fdl build {unit}`"
    checks = [
        k
        for k, c in by_grade_id(assemble(unit, catalogue.exercises(unit))).items()
        if c.source.startswith("check(")
    ]
    (untouched,) = course[unit.id]
    assert list(untouched) == checks
    for error in untouched.values():
        assert re.fullmatch(r"NotYet: .*: (\d+) of \1 checks not passed yet", error)


@pytest.mark.parametrize("unit", catalogue.units(), ids=str)
def test_a_committed_notebook_shows_no_answer(unit):
    shown = texts(ROOT / "notebooks" / unit.id)
    assert f"{unit}.ipynb" in shown, f"notebooks/{unit} is missing: run `fdl build {unit}`"
    assert leaks(catalogue.exercises(unit), shown) == []
