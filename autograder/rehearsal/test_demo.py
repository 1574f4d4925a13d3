import itertools
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import catalogue, limits
from autograder.gradebook.grade_class import Row
from autograder.grading import engine
from autograder.grading.plan import plan_of
from autograder.judging.lazy_tables import LazyTables
from autograder.rehearsal import demo
from autograder.rehearsal.made_up_class import Planted, make_class, names
from autograder.testing import in_process_sandbox, toy_unit

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    return toy_unit.make_unit(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def plan(unit):
    return plan_of(unit)


@pytest.fixture(scope="module")
def everybody(plan):
    return make_class(plan, 40, broken=True, other=demo.FOREIGN)


def test_a_class_has_everybody_in_it(plan, everybody):
    assert len(everybody) == 40
    assert len({made.student for made in everybody}) == 40
    held = {(name, m) for made in everybody for name, m in made.named.items()}
    assert held >= {(name, m.name) for name, e in plan.exercises.items() for m in e.misconceptions}
    assert {made.what for made in everybody} >= {
        "everything right",
        "partly done",
        "untouched",
        "a syntax error",
        "an endless loop that cannot be interrupted",
        "check cells deleted",
        "an empty file",
        "some right, some wrong",
    }


def test_a_smaller_class_holds_as_many_misconceptions_as_are_asked_for(plan):
    made = make_class(plan, 0, False, b"", misconceptions=1)
    held = [(name, misconception) for one in made for name, misconception in one.named.items()]
    assert held == [(name, exercise.misconceptions[0].name) for name, exercise in plan.exercises.items()]


def test_a_class_is_the_same_each_time(plan, everybody):
    again = make_class(plan, 40, broken=True, other=demo.FOREIGN)
    assert [made.data for made in again] == [made.data for made in everybody]


@pytest.mark.parametrize("students", [374, 1000])
def test_no_two_of_a_class_have_one_name_or_one_folder(students):
    everybody = list(itertools.islice(names(), students))
    assert len({name.casefold() for name in everybody}) == students
    assert not [name for name in everybody if "/" in name or name != name.strip()]


def test_a_large_class_has_a_submission_for_each_name(plan):
    everybody = make_class(plan, 1000, broken=True, other=demo.FOREIGN)
    assert len({planted.student for planted in everybody}) == 1000


def graded(plan, made):
    """What grading finds in a submission that does no harm."""
    found = engine.grade(made.data, plan, engine.Draw(0, 5), in_process_sandbox.InProcess().run, LazyTables())
    return Row(made.student, found)


def test_what_was_planted_is_found_or_missed_in_a_sentence(plan):
    held = plan.exercises["double"].misconceptions[0]
    work = toy_unit.data(toy_unit.right(plan, double=held.source))

    def missed(**planted):
        made = Planted("a made-up one", work, **planted)
        return demo.missed(made, graded(plan, made))

    assert missed(named={"double": held.name}, full=frozenset({"halves"})) == []
    assert missed(named={"double": "triples"}) == ["double holds “triples”, and the card names squares"]
    assert missed(full=frozenset({"double"})) == ["double is right and got 0 of 3"]
    assert missed(none=frozenset({"halves"})) == ["halves is not done and got 2 points"]
    assert missed(review=True) == ["is not marked for review"]


@pytest.fixture
def small_demo(unit, monkeypatch):
    """`fdl demo` for the toy, which cannot be built: its exercises are no module that another process finds."""
    monkeypatch.setattr(demo.build, "build", lambda units, course, notebooks, progress: None)
    monkeypatch.setattr(limits, "DEFAULT", limits.Limits(cell=3.0))
    monkeypatch.setattr(catalogue, "units", lambda root=None: [unit])
    return lambda *words: CliRunner().invoke(app.app, ["demo", *map(str, words)])


def test_a_demo_finds_all_that_it_planted_and_may_be_run_again(small_demo, tmp_path, plan):
    out = tmp_path / "demo"
    result = small_demo("--out", out, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    (report,) = found["units"]
    assert found["shortfalls"] == []
    assert len(report["submissions"]) >= 24
    by_what = {s["handed_in"]: s for s in report["submissions"]}
    assert by_what["everything right"]["score"] == 8
    assert by_what["a helper function in a cell of its own"]["score"] == 8
    assert by_what["os._exit"]["needs_review"]
    assert by_what["the notebook of another unit"]["needs_review"]
    (out / "mine.txt").write_text("what is in a demo's folder goes with it")
    again = small_demo("--out", out)
    assert again.exit_code == 0
    assert "grading found all that was planted" in again.stdout
    assert str(out / "gradebook.db") in again.stdout
    assert not (out / "mine.txt").exists()


def test_a_demo_that_misses_something_says_so_and_exits_1(small_demo, tmp_path, monkeypatch):
    made = Planted("right, it says", b"{}", full=frozenset({"double"}), student="Zoë")
    monkeypatch.setattr(demo, "make_class", lambda *_, **__: [made])
    result = small_demo("--out", tmp_path / "demo")
    assert result.exit_code == 1
    assert "99_toy, Zoë (right, it says): double is right and got 0 of 3" in result.stdout
    assert "times grading did not find what was planted" in result.stdout


def test_a_folder_with_other_files_is_left_alone(small_demo, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    result = small_demo("--out", tmp_path)
    assert result.exit_code == 2
    # However long the folder's name is, and whatever of it is wrapped.
    assert "holds other files; give --out a new folder" in " ".join(result.stderr.replace("│", " ").split())
    assert Path(tmp_path / "thesis.tex").read_text() == "years of work"
