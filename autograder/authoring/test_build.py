"""The release is nbgrader's, the same at every build; what differs from it is named."""

import shutil
import subprocess
import zipfile

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.authoring import build as building
from autograder.authoring import release
from autograder.authoring.assemble import assemble
from autograder.authoring.build import build, differences
from autograder.authoring.mirror import files
from autograder.cli.app import app
from autograder.course import catalogue
from autograder.course.layout import CONFIG
from autograder.exercise import STUB
from autograder.gradebook import database
from autograder.judging import making
from autograder.judging.sources import state
from autograder.judging.store import RECORDS, record, record_of, recorded, says_the_same
from autograder.testing.small_unit import ID, TEXT, by_grade_id, unit_of
from helpers.evidence import Evidence, Failure
from helpers.published import load, save
from solutions.forward_propagation.softmax import softmax

EVIDENCE = f"{ID}/checks/softmax.evidence"


def test_the_release_holds_the_stub_and_every_other_cell_as_it_was(sample, built):
    released = nbformat.read(built / "notebooks" / ID / f"{ID}.ipynb", 4)
    nbformat.validate(released)
    ours = assemble(sample, catalogue.exercises(sample))
    assert by_grade_id(released)["stable_softmax"].source == softmax.stub
    assert STUB.split("\n")[1] in softmax.stub
    assert [c.id for c in released.cells] == [c.id for c in ours.cells]
    others = [i for i, c in enumerate(ours.cells) if c.source != softmax.source]
    assert [released.cells[i].source for i in others] == [ours.cells[i].source for i in others]


def test_course_and_students_get_the_same_release_and_no_gradebook_is_made(built):
    there, here = built / "course" / "release" / ID, built / "notebooks" / ID
    names = [p.relative_to(here) for p in files(here)]
    assert names == [p.relative_to(there) for p in files(there)]
    assert all((here / name).read_bytes() == (there / name).read_bytes() for name in names)
    assert (built / "course" / "source" / ID / f"{ID}.ipynb").exists()
    assert not (built / "course" / "gradebook.db").exists()


def test_two_builds_are_the_same_but_for_the_last_bits_of_evidence(sample, built, tmp_path):
    build([sample], course=tmp_path / "course", notebooks=tmp_path / "notebooks", anew=True)
    for part in ("notebooks", "course/source", "course/release"):
        one, other = built / part, tmp_path / part
        names = [path.relative_to(one) for path in files(one)]
        assert names == [path.relative_to(other) for path in files(other)]
        for name in names:
            if name.suffix == ".evidence":
                assert says_the_same(softmax, one / name, other / name), name
            elif RECORDS not in name.parts:
                assert (one / name).read_bytes() == (other / name).read_bytes(), name
    assert recorded(built / "notebooks").keys() == recorded(tmp_path / "notebooks").keys() == {state(softmax)}


def test_nbgrader_itself_makes_the_same_release_and_knows_the_points(built, tmp_path):
    from nbgrader.api import Gradebook

    (tmp_path / CONFIG).write_text('get_config().CourseDirectory.course_id = "elsewhere"\n', "utf-8")
    shutil.copytree(built / "course" / "source", tmp_path / "source")
    with database.alembic_on_path():
        subprocess.run(["nbgrader", "generate_assignment", ID, "--log-level=ERROR"], cwd=tmp_path, check=True)
    name = f"release/{ID}/{ID}.ipynb"
    assert (tmp_path / name).read_bytes() == (built / "course" / name).read_bytes()
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "elsewhere") as gradebook:
        notebook = gradebook.find_notebook(ID, ID)
        assert {cell.name: cell.max_score for cell in notebook.grade_cells} == {"stable_softmax-check": 8}
        assert [cell.name for cell in notebook.solution_cells] == ["stable_softmax"]


def test_what_nbgrader_says_is_passed_on(sample, built, tmp_path):
    with pytest.raises(ValueError, match="nbgrader could not release 92_none") as error:
        release.generate("92_none", tmp_path, config=built / "course")
    assert "No notebooks were matched" in str(error.value)


# Comparing with what is there


@pytest.fixture
def there(sample, built, tmp_path, in_this_process):
    """A copy of what students get, to be changed, and what a check then finds."""
    shutil.copytree(built / "notebooks", tmp_path / "notebooks")

    def found(anew=False):
        return [str(d) for d in differences([sample], built / "course", tmp_path / "notebooks", anew)]

    return tmp_path / "notebooks", found


def test_a_fresh_build_does_not_differ_even_after_it_was_used(there):
    folder, found = there
    for name in ("checks/__pycache__/softmax.pyc", f".ipynb_checkpoints/{ID}.ipynb"):
        (folder / ID / name).parent.mkdir()
        (folder / ID / name).write_text("left behind")
    assert found() == []
    assert found(anew=True) == []


def test_each_difference_is_named(there):
    folder, found = there
    notebook, checks = folder / ID / f"{ID}.ipynb", folder / ID / "checks"
    notebook.write_text(notebook.read_text("utf-8").replace("The output layer", "Output"), "utf-8")
    (checks / "softmax.evidence").unlink()
    (checks / "old.py").write_text("")
    (folder / "README.md").write_text("# Other\n")
    line = next(i for i, t in enumerate(notebook.read_text("utf-8").split("\n"), 1) if "## Output" in t)
    assert found() == [
        f"{folder / 'README.md'} differs from a fresh build from line 1 on",
        f"{notebook} differs from a fresh build from line {line} on",
        f"{checks / 'old.py'} is not made by any build",
        f"{checks / 'softmax.evidence'} is missing",
        f"{record_of(folder, EVIDENCE)} does not know {ID}/checks/softmax.evidence as it is now",
    ]


def test_evidence_that_was_made_from_other_sources_is_named(there):
    folder, found = there
    record(folder, {EVIDENCE: "another state"})
    assert found() == [f"{record_of(folder, EVIDENCE)} does not know {EVIDENCE} as it is now"]


@pytest.mark.parametrize(("factor", "differ"), [(1 + 1e-7, False), (1.01, True)], ids=["last bits", "value"])
def test_evidence_is_compared_by_what_it_says(there, factor, differ):
    folder, found = there
    change(folder / EVIDENCE, factor)
    record(folder, {EVIDENCE: state(softmax)})  # as if another processor had made it
    assert found(anew=True) == [f"{folder / EVIDENCE} holds other numbers than a fresh build"] * differ


def change(path, factor):
    """Multiply a few of the values in a file of evidence."""
    published, before = load(path), path.read_bytes()
    arrays = published.tables[0].ours["each row is a distribution"].arrays
    arrays["f"] = (arrays["f"] * factor).astype("float32")
    save(path, published)
    assert path.read_bytes() != before


def test_evidence_whose_errors_say_something_else_is_named_and_made_anew(there, sample, built, tmp_path):
    folder, found = there
    published = load(folder / EVIDENCE)
    answer = published.tables[0].known["no maximum is subtracted"]
    answer["large pre-activations"] = Evidence(
        {}, Failure("ValueError", "in words that nobody uses any more")
    )
    save(folder / EVIDENCE, published)
    assert found() == [
        f"{folder / EVIDENCE} holds other numbers than a fresh build",
        f"{record_of(folder, EVIDENCE)} does not know {EVIDENCE} as it is now",
    ]
    # As if it had been recorded, which a build would not do.
    record(folder, {EVIDENCE: state(softmax)})
    assert found(anew=True) == [f"{folder / EVIDENCE} holds other numbers than a fresh build"]
    build([sample], course=tmp_path / "course", notebooks=folder, anew=True)
    assert found(anew=True) == []


def test_a_rebuild_leaves_evidence_alone_that_differs_in_its_last_bits(
    sample, built, tmp_path, in_this_process
):
    shutil.copytree(built / "notebooks", tmp_path / "notebooks")
    change(tmp_path / "notebooks" / EVIDENCE, 1 + 1e-7)
    before = (tmp_path / "notebooks" / EVIDENCE).read_bytes()
    build([sample], course=tmp_path / "course", notebooks=tmp_path / "notebooks", anew=True)
    assert (tmp_path / "notebooks" / EVIDENCE).read_bytes() == before


def test_sources_that_change_during_a_build_are_not_recorded_as_built(sample, built, tmp_path, monkeypatch):
    states = iter(["before", "after"])
    monkeypatch.setattr(building, "state", lambda exercise: next(states))
    monkeypatch.setattr(building, "NOTEBOOKS", built / "notebooks")
    with pytest.raises(
        ValueError, match="the sources of stable_softmax changed while they were built; start again"
    ):
        build([sample], course=tmp_path / "course", notebooks=tmp_path / "notebooks")
    assert not (tmp_path / "notebooks").exists()


def test_what_an_interrupted_build_has_made_is_taken_up(sample, built, tmp_path, monkeypatch):
    monkeypatch.setattr(building, "MADE", tmp_path / "made")
    monkeypatch.setattr(building, "NOTEBOOKS", tmp_path / "none")
    (tmp_path / "made").mkdir()
    made = tmp_path / "made" / f"{state(softmax)}.evidence"
    shutil.copyfile(built / "notebooks" / EVIDENCE, made)
    monkeypatch.setattr(making, "_share", None)  # nothing is left to make
    build([sample], course=tmp_path / "course", notebooks=tmp_path / "notebooks")
    assert (tmp_path / "notebooks" / EVIDENCE).read_bytes() == (built / "notebooks" / EVIDENCE).read_bytes()
    assert not made.exists()


# The command line


@pytest.fixture
def fdl(sample, built, tmp_path, monkeypatch):
    """`fdl build` of the sample into a copy of what is built: exit code, and what is printed."""
    shutil.copytree(built / "notebooks", tmp_path / "notebooks")
    find = catalogue.unit
    monkeypatch.setattr(catalogue, "unit", lambda name, root=None: sample if name == ID else find(name))
    places = ["--out", str(tmp_path / "notebooks"), "--course", str(tmp_path / "course")]

    def run(*words):
        done = CliRunner().invoke(app, ["build", *words, *places])
        return done.exit_code, done.stdout, done.stderr

    return run


def test_a_check_that_finds_nothing_ends_with_0_and_changes_nothing(fdl, tmp_path):
    code, out, _ = fdl(ID, "--check", "--zip", str(tmp_path / "students.zip"))
    assert code == 0
    assert f"notebooks is up to date ({ID})" in out
    assert zipfile.is_zipfile(tmp_path / "students.zip")
    assert not (tmp_path / "course").exists()


def test_a_check_that_finds_something_ends_with_1_and_says_what_to_run(fdl, tmp_path):
    (tmp_path / "notebooks" / ID / "checks" / "softmax.py").unlink()
    code, out, _ = fdl(ID, "--check")
    assert code == 1
    assert "softmax.py is missing" in out
    assert f"not up to date: 1 file. Run `fdl build {ID}`" in out
    assert not (tmp_path / "notebooks" / ID / "checks" / "softmax.py").exists()
    assert fdl(ID)[0] == 0
    assert (tmp_path / "notebooks" / ID / "checks" / "softmax.py").exists()


def test_an_unknown_unit_is_wrong_usage(fdl):
    code, _, err = fdl("91_softmaks")
    assert code == 2
    assert "no unit '91_softmaks'" in err


def test_a_unit_that_cannot_be_built_ends_with_1_and_says_why(fdl, sample, monkeypatch, tmp_path):
    broken = unit_of(TEXT + "\n# %%\nprint(1)\n", tmp_path)
    monkeypatch.setattr(catalogue, "unit", lambda name, root=None: broken)
    code, _, err = fdl(ID)
    assert code == 1
    assert f"fdl build: {broken.path}, line {TEXT.count(chr(10)) + 3}: this code cell should be one of" in err


def test_a_unit_that_the_course_no_longer_has_is_named_and_then_removed(fdl, sample, monkeypatch, tmp_path):
    monkeypatch.setattr(catalogue, "units", lambda root=None: [sample])
    old = tmp_path / "notebooks" / "05_old"
    (old / "checks").mkdir(parents=True)
    (tmp_path / "notebooks" / "my_notes").mkdir()
    assert f"{old} belongs to no unit" in fdl("--check")[1].replace("\n", "")
    assert fdl()[0] == 0
    assert not old.exists()
    assert (tmp_path / "notebooks" / "my_notes").exists()
