"""A unit's file becomes nbgrader's notebooks; what students hold works on its own and shows no answer."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder import bundle, catalogue, derivation, known, release, tables
from autograder.assemble import answer_cell, assemble, check_id, solution_id
from autograder.build import build, differences, texts
from autograder.catalogue import ROOT, Unit
from autograder.publish import leaks, secret_lines
from autograder.trees import files
from helpers.tables import load, save
from solutions.exercise import BEGIN, END, STUB
from solutions.forward_propagation.softmax import softmax

TEXT = """\
# ---
# title: not for students
# ---

# %% [markdown]
# # Softmax
#
# A unit of one exercise (lecture 6:52).

# %% tags=["setup"]
from helpers import check
import numpy as np
import tensorflow as tf

# %% [markdown]
# ## The output layer

# %%
from solutions.forward_propagation.softmax import stable_softmax

# %% tags=["experiment"]
f = stable_softmax(tf.constant([[0.0, 1.0]]))
print(f.numpy().round(3))

# %% tags=["setup"]
rng = np.random.default_rng(0)
"""
ID = "91_softmax"


def unit_of(text: str, folder: Path) -> Unit:
    path = folder / f"{ID}.py"
    path.write_text(text, "utf-8")
    return Unit(ID, path, "forward_propagation")


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    return unit_of(TEXT, tmp_path_factory.mktemp("units"))


@pytest.fixture(scope="module")
def built(unit, tmp_path_factory):
    """A folder with course/ and notebooks/, as `fdl build` leaves them."""
    folder = tmp_path_factory.mktemp("built")
    build([unit], course=folder / "course", notebooks=folder / "notebooks")
    return folder


def nbgrader(cell):
    return cell.metadata.get("nbgrader", {})


def by_grade_id(notebook):
    return {nbgrader(c)["grade_id"]: c for c in notebook.cells if nbgrader(c)}


# The instructor's notebook


def test_every_kind_of_cell_gets_its_place_in_nbgrader(unit):
    kinds = [
        (c.cell_type, nbgrader(c).get("grade_id"), nbgrader(c).get("points")) for c in assemble(unit).cells
    ]
    assert kinds == [
        ("markdown", None, None),
        ("code", "setup", None),
        ("markdown", None, None),
        ("code", "stable_softmax", None),
        ("code", "stable_softmax-check", 5),
        ("code", None, None),
        ("code", "setup-2", None),
    ]


def test_solution_and_check_cells_are_what_nbgrader_grades(unit):
    cells = by_grade_id(assemble(unit))
    flags = {name: [nbgrader(c)[k] for k in ("grade", "solution", "locked")] for name, c in cells.items()}
    assert flags == {
        "setup": [False, False, True],
        "stable_softmax": [False, True, False],
        "stable_softmax-check": [True, False, True],
        "setup-2": [False, False, True],
    }
    assert cells["stable_softmax"].source == softmax.source
    assert cells["stable_softmax-check"].source == "check(stable_softmax)"


def test_the_header_of_the_file_stays_behind(unit):
    assert assemble(unit).cells[0].source.startswith("# Softmax\n")


def test_assembling_twice_gives_the_same_cells_and_prose_does_not_rename_the_rest(unit, tmp_path):
    ids = [c.id for c in assemble(unit).cells]
    assert ids == [c.id for c in assemble(unit).cells]
    assert len(set(ids)) == len(ids)
    more = TEXT + "\n# %% [markdown]\n# The end.\n"
    assert [c.id for c in assemble(unit_of(more, tmp_path)).cells][: len(ids)] == ids


@pytest.mark.parametrize(
    ("name", "wanted"), [("Dense", "Dense"), ("sigmoid, tanh", "sigmoid-tanh"), ("σ′ (a)", "a")]
)
def test_names_become_ids_that_nbgrader_takes(monkeypatch, name, wanted):
    monkeypatch.setattr(softmax, "name", name)
    assert (solution_id(softmax), check_id(softmax)) == (wanted, f"{wanted}-check")


CASES = {
    "code of no kind": ("# %%\nprint(1)\n", 'an experiment, headed `# %% tags=["experiment"]`'),
    "code after an import": (
        "# %%\nfrom solutions.forward_propagation.softmax import stable_softmax\nx = 1\n",
        "import <its objects>` and nothing else",
    ),
    "an import under another name": (
        "# %%\nfrom solutions.forward_propagation.softmax import stable_softmax as f\n",
        "import <its objects>` and nothing else",
    ),
    "two kinds at once": ('# %% tags=["setup", "experiment"]\nx = 1\n', "should be one of"),
    "a private import in an experiment": (
        '# %% tags=["experiment"]\nx = 1\nfrom solutions.forward_propagation.softmax import softmax\n',
        "imports from solutions, which students do not have",
    ),
}


@pytest.mark.parametrize(("more", "says"), CASES.values(), ids=CASES)
def test_a_cell_of_no_kind_is_named_by_file_and_line(tmp_path, more, says):
    unit = unit_of(TEXT + "\n" + more, tmp_path)
    with pytest.raises(ValueError, match="should be one of|students do not have") as error:
        assemble(unit)
    line = TEXT.count("\n") + 3  # an empty line, the cell's header, its first line
    assert f"{unit.path}, line {line}: " in str(error.value)
    assert says in str(error.value)


def test_an_exercise_enters_once(tmp_path):
    more = "\n# %%\nfrom solutions.forward_propagation.softmax import stable_softmax\n"
    with pytest.raises(ValueError, match="two cells would be called 'stable_softmax'"):
        assemble(unit_of(TEXT + more, tmp_path))


def test_a_unit_without_a_file_says_what_to_write():
    with pytest.raises(ValueError, match="no file yet: write course/units/NN_dropout.py"):
        assemble(Unit("dropout", None, "dropout"))


# Derivations

DERIVATION = """\
---
points: 4
lecture: 5:26
---
## Answer
tanh a = 2σ(2a) − 1, since …

## Rubric
- 2 points: the fraction is multiplied by $e^{-a}$.

## Common errors
- σ(a) for σ(2a).
"""


@pytest.fixture
def derived(tmp_path, monkeypatch):
    """A unit with a derivation whose answer lies in a folder of its own."""
    monkeypatch.setattr(derivation, "ROOT", tmp_path)
    folder = tmp_path / "solutions" / "forward_propagation"
    folder.mkdir(parents=True)
    (folder / "tanh_from_sigmoid.md").write_text(DERIVATION, "utf-8")
    more = '\n# %% [markdown] derivation="tanh_from_sigmoid"\n# ### Derivation\n# Show it.\n'
    return unit_of(TEXT + more, tmp_path)


def test_a_derivation_is_a_task_and_a_cell_graded_by_hand(derived):
    task, answer = assemble(derived).cells[-2:]
    assert (task.source, task.metadata) == ("### Derivation\nShow it.", {})
    about = nbgrader(answer)
    assert [about[k] for k in ("grade_id", "points", "grade", "solution", "locked")] == [
        "tanh_from_sigmoid",
        4,
        True,
        True,
        False,
    ]
    shown, hidden = answer.source.split(BEGIN)
    assert "(4 points, graded by hand; lecture 5:26)" in shown
    assert all(part in hidden.split(END)[0] for part in ("2σ(2a)", "2 points: the fraction", "σ(a) for"))


def test_students_see_neither_answer_nor_rubric(derived, tmp_path):
    build([derived], course=tmp_path / "course", notebooks=tmp_path / "notebooks")
    notebook = nbformat.read(tmp_path / "notebooks" / ID / f"{ID}.ipynb", 4)
    assert by_grade_id(notebook)["tanh_from_sigmoid"].source == (
        "**Your derivation** (4 points, graded by hand; lecture 5:26)\n\nYOUR ANSWER HERE"
    )


BROKEN = {
    "no front matter": (DERIVATION.split("---\n")[2], "should begin with"),
    "no points": (DERIVATION.replace("points: 4\n", ""), "its front matter should say points"),
    "points that are no number": (DERIVATION.replace("4", "four"), "received 'four'"),
    "no points to win": (DERIVATION.replace("4", "0"), "a number above 0, received '0'"),
    "no rubric": (DERIVATION.replace("## Rubric", "## Points"), "has no ## Rubric"),
    "an empty answer": (DERIVATION.replace("tanh a = 2σ(2a) − 1, since …", ""), "has no ## Answer"),
    "no YAML": (DERIVATION.replace("points: 4", "points: [4"), "its front matter is not YAML"),
}


@pytest.mark.parametrize(("text", "says"), BROKEN.values(), ids=BROKEN)
def test_a_derivation_that_lacks_something_says_what(tmp_path, text, says):
    path = tmp_path / "d.md"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match="d.md") as error:
        derivation.read(path)
    assert says in str(error.value)


def test_a_derivation_without_an_answer_names_the_file_to_write(derived):
    with pytest.raises(ValueError, match=r"'shift' has no answer; write .*forward_propagation/shift\.md"):
        answer_cell(derived, "shift")


# The release


def test_the_release_holds_the_stub_and_every_other_cell_as_it_was(unit, built):
    released = nbformat.read(built / "notebooks" / ID / f"{ID}.ipynb", 4)
    nbformat.validate(released)
    ours = assemble(unit)
    assert by_grade_id(released)["stable_softmax"].source == softmax.stub
    assert STUB.split("\n")[1] in softmax.stub
    assert [c.id for c in released.cells] == [c.id for c in ours.cells]
    others = [i for i, c in enumerate(ours.cells) if nbgrader(c).get("grade_id") != "stable_softmax"]
    assert [released.cells[i].source for i in others] == [ours.cells[i].source for i in others]


def test_course_and_students_get_the_same_release_and_no_gradebook_is_made(built):
    there, here = built / "course" / "release" / ID, built / "notebooks" / ID
    names = [p.relative_to(here) for p in files(here)]
    assert names == [p.relative_to(there) for p in files(there)]
    assert all((here / name).read_bytes() == (there / name).read_bytes() for name in names)
    assert (built / "course" / "source" / ID / f"{ID}.ipynb").exists()
    assert not (built / "course" / "gradebook.db").exists()


def test_two_builds_are_the_same_byte_by_byte(unit, built, tmp_path, monkeypatch):
    monkeypatch.setattr(known, "KEPT", tmp_path / "kept")  # so that the evidence is made anew as well
    build([unit], course=tmp_path / "course", notebooks=tmp_path / "notebooks")
    for part in ("notebooks", "course/source", "course/release"):
        names = [p.relative_to(built / part) for p in files(built / part)]
        assert names == [p.relative_to(tmp_path / part) for p in files(tmp_path / part)]
        for name in names:
            assert (built / part / name).read_bytes() == (tmp_path / part / name).read_bytes(), name


def test_a_gradebook_gets_the_unit_when_it_is_recorded(unit, built):
    from nbgrader.api import Gradebook

    course = built / "course"
    release.record(ID, course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        notebook = gradebook.find_notebook(ID, ID)
        assert {c.name: c.max_score for c in notebook.grade_cells} == {"stable_softmax-check": 5}
        assert [c.name for c in notebook.solution_cells] == ["stable_softmax"]
    assert sorted(p.name for p in course.iterdir()) == [
        "gradebook.db",
        "nbgrader_config.py",
        "release",
        "source",
    ]


def test_what_nbgrader_says_is_passed_on(unit, built, tmp_path):
    with pytest.raises(ValueError, match="nbgrader could not release 92_none") as error:
        release.generate("92_none", tmp_path, config=built / "course")
    assert "No notebooks were matched" in str(error.value)


# Comparing with what is there


@pytest.fixture
def there(unit, built, tmp_path):
    """A copy of what students get, to be changed, and the difference that a check finds."""
    shutil.copytree(built / "notebooks", tmp_path / "notebooks")

    def found():
        return [str(d) for d in differences([unit], built / "course", tmp_path / "notebooks")]

    return tmp_path / "notebooks", found


def test_a_fresh_build_does_not_differ_even_after_it_was_used(there):
    folder, found = there
    for name in ("checks/__pycache__/softmax.pyc", f".ipynb_checkpoints/{ID}.ipynb"):
        (folder / ID / name).parent.mkdir()
        (folder / ID / name).write_text("left behind")
    assert found() == []


def test_each_difference_is_named(there):
    folder, found = there
    notebook, checks = folder / ID / f"{ID}.ipynb", folder / ID / "checks"
    notebook.write_text(notebook.read_text("utf-8").replace("The output layer", "Output"), "utf-8")
    (checks / "softmax.evidence").unlink()
    (checks / "old.py").write_text("")
    line = next(i for i, t in enumerate(notebook.read_text("utf-8").split("\n"), 1) if "## Output" in t)
    assert found() == [
        f"{notebook} differs from a fresh build from line {line} on",
        f"{checks / 'old.py'} is not made by any build",
        f"{checks / 'softmax.evidence'} is missing",
    ]


@pytest.mark.parametrize(("factor", "differ"), [(1 + 1e-7, False), (1.01, True)], ids=["last bits", "value"])
def test_evidence_is_compared_by_what_it_says(there, factor, differ):
    folder, found = there
    path = folder / ID / "checks" / "softmax.evidence"
    published = load(path)
    arrays = published.tables[0].ours["each row is a distribution"].arrays
    arrays["f"] = (arrays["f"] * factor).astype("float32")
    before = path.read_bytes()
    save(path, published)
    assert path.read_bytes() != before
    assert found() == [f"{path} holds other numbers than a fresh build"] * differ


def test_a_rebuild_leaves_evidence_alone_that_differs_in_its_last_bits(unit, built, tmp_path):
    path = tmp_path / "notebooks" / ID / "checks" / "softmax.evidence"
    path.parent.mkdir(parents=True)
    published = load(built / "notebooks" / ID / "checks" / "softmax.evidence")
    arrays = published.tables[0].ours["each row is a distribution"].arrays
    arrays["f"] = arrays["f"] * np.float32(1 + 1e-7)
    save(path, published)
    before = path.read_bytes()
    build([unit], course=tmp_path / "course", notebooks=tmp_path / "notebooks")
    assert path.read_bytes() == before


# What students hold


@pytest.fixture(scope="module")
def zipped(built, tmp_path_factory):
    file = tmp_path_factory.mktemp("zip") / "students.zip"
    bundle.zip_notebooks(file, built / "notebooks")
    return file


def test_the_bundle_holds_no_answer_no_private_draw_and_no_private_import(zipped, tmp_path):
    zipfile.ZipFile(zipped).extractall(tmp_path)
    secrets = secret_lines(softmax)
    assert len(secrets) == 2
    content = texts(tmp_path)
    assert f"{bundle.FOLDER}/{ID}/{ID}.ipynb" in content
    for where, text in content.items():
        lines = {line.strip() for line in text.split("\n")}
        assert not any(secret in text for secret in secrets), where
        assert not any(line.startswith(("from solutions", "import solutions")) for line in lines), where
        assert not any(line.startswith(("from autograder", "import autograder")) for line in lines), where
    assert leaks([softmax], content) == []
    found = list(tmp_path.rglob("*.evidence"))
    assert [load(path).draws for path in found] == [tables.PUBLIC_DRAWS]
    assert all(len(load(path).tables) == len(tables.PUBLIC_DRAWS) for path in found)


def test_a_build_that_would_show_an_answer_is_refused_and_changes_nothing(tmp_path):
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
    assert not [name for name in names if "test_" in name or "__pycache__" in name]
    bundle.zip_notebooks(tmp_path / "again.zip", built / "notebooks")
    assert (tmp_path / "again.zip").read_bytes() == zipped.read_bytes()


def test_names_that_differ_in_capitals_only_are_refused(tmp_path):
    for name in ("checks/Dense.py", "checks/dense.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    with pytest.raises(ValueError, match=r"checks/Dense\.py and checks/dense\.py are one file on Windows"):
        bundle.zip_notebooks(tmp_path / "students.zip", tmp_path / ".")


def test_the_bundle_pins_what_it_imports_to_the_locked_versions():
    lock = "keras==3.1 \\\n    --hash=sha256:0\n" + "".join(
        f"{name}==2.0 ; python_version < '3.12' \\\n    --hash=sha256:1\n{name}==2.1 ; python_version >= '3.12'\n"
        for name in bundle.NEEDED
        if name != "keras"
    )
    text = bundle.pyproject(lock)
    assert '"keras==3.1",' in text
    assert (
        "\"mnist1d==2.0; python_version < '3.12'\",\n    \"mnist1d==2.1; python_version >= '3.12'\"," in text
    )
    with pytest.raises(ValueError, match=r"requirements\.lock does not name tensorflow"):
        bundle.pyproject("keras==3.1\n")


RUNNER = """
import json, os, sys, traceback
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("solutions", "autograder"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
bundle, solved = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))
sys.path.insert(0, sys.argv[3])
for name in ("solutions", "autograder"):
    try:
        __import__(name)
        sys.exit(f"{name} can be imported")
    except ModuleNotFoundError:
        pass

def run(folder, unit, answers):
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
for unit, answers in solved.items():
    found[unit] = {"untouched": run(bundle, unit, {}), "solved": run(bundle, unit, answers)}
print("FOUND" + json.dumps(found))
"""


def run_as_student(notebooks: Path, site: Path, units: list[Unit], scratch: Path) -> dict:
    """Run each unit's graded cells, untouched and solved, where only the bundle's helpers can be imported."""
    solved = {u.id: {k: c.source for k, c in by_grade_id(assemble(u)).items()} for u in units}
    (scratch / "solved.json").write_text(json.dumps(solved), "utf-8")
    (scratch / "runner.py").write_text(RUNNER, "utf-8")
    done = subprocess.run(
        [sys.executable, "runner.py", str(notebooks), "solved.json", str(site)],
        cwd=scratch,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.split("FOUND")[-1])


def test_students_can_work_anywhere(unit, zipped, tmp_path):
    zipfile.ZipFile(zipped).extractall(tmp_path)
    site, folder = tmp_path / "site", tmp_path / bundle.FOLDER
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([sys.executable, *install, "--target", site, folder], check=True, timeout=120)
    found = run_as_student(folder, site, [unit], tmp_path)
    assert Path(found["helpers"]).is_relative_to(site)
    assert found[ID]["solved"] == {}
    assert found[ID]["untouched"] == {
        "stable_softmax-check": "NotYet: stable_softmax: 5 of 5 checks not passed yet"
    }


# The course as it is committed


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """What running every committed notebook as a student gave."""
    units = [u for u in catalogue.units() if (ROOT / "notebooks" / u.id).is_dir()]
    scratch = tmp_path_factory.mktemp("course")
    return run_as_student(ROOT / "notebooks", ROOT / "src", units, scratch)


@pytest.mark.parametrize("unit", catalogue.units(), ids=str)
def test_a_committed_notebook_passes_when_solved_and_fails_every_check_untouched(unit, course):
    checks = [k for k, c in by_grade_id(assemble(unit)).items() if c.source.startswith("check(")]
    assert course[unit.id]["solved"] == {}
    assert list(course[unit.id]["untouched"]) == checks
    assert all(error.startswith("NotYet: ") for error in course[unit.id]["untouched"].values())


@pytest.mark.parametrize("unit", catalogue.units(), ids=str)
def test_a_committed_notebook_shows_no_answer(unit):
    assert leaks(catalogue.exercises(unit), texts(ROOT / "notebooks" / unit.id)) == []
