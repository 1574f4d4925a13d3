import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import catalogue, layout, limits
from autograder.course.layout import Course
from autograder.gradebook import book as books
from autograder.gradebook import database, nbgrader_steps
from autograder.gradebook import grade_class as grading
from autograder.gradebook.book import Book
from autograder.grading import draws
from autograder.grading.grader import Grader, last_graded
from autograder.grading.plan import plan_of
from autograder.testing import in_process_sandbox, toy_unit
from helpers.errors import Refused

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
CONFIG = layout.ROOT / "course" / "nbgrader_config.py"
SQUARES = "def double(x):\n    return x * x"


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    return toy_unit.make_unit(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def plan(unit):
    return plan_of(unit)


@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory):
    """Making one takes nbgrader seconds, since it starts alembic."""
    folder = tmp_path_factory.mktemp("empty")
    Book(Course(folder)).close()
    return folder / "gradebook.db"


@pytest.fixture
def root(tmp_path, empty_gradebook):
    (tmp_path / "course").mkdir()
    shutil.copy(empty_gradebook, tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def hand_in(root):
    def hand_in(student, work, name=f"{toy_unit.UNIT}.ipynb"):
        folder = root / "submitted" / student / toy_unit.UNIT
        folder.mkdir(parents=True, exist_ok=True)
        if work is not None:
            (folder / name).write_bytes(work if isinstance(work, bytes) else toy_unit.data(work))
        return folder

    return hand_in


@pytest.fixture
def grade(unit, root):
    def grade(run=None, **settings):
        return grading.grade(unit, root, run or in_process_sandbox.InProcess().run, "nothing", **settings)

    return grade


@pytest.fixture
def small_class(plan, hand_in):
    """Names as they come, and everything that can be handed in."""
    hand_in("Ada Okafor", toy_unit.right(plan))
    hand_in("Zoë O'Brien, Niamh", toy_unit.right(plan, double=SQUARES))
    hand_in("محمد علي", toy_unit.work(plan, double="reference"))
    hand_in("half [done] {x}", toy_unit.right(plan, halves="raise Died('took longer than 30 s')"))
    hand_in("untouched", toy_unit.work(plan))
    hand_in("no notebook", b"%PDF-1.7")
    hand_in("empty", b"")
    hand_in("nothing", None)
    hand_in("wrong name", toy_unit.right(plan), "homework.ipynb")


SCORES = {
    "Ada Okafor": 8,
    "Zoë O'Brien, Niamh": 5,
    "محمد علي": 3,
    "half [done] {x}": 6,
    "untouched": 0,
    "no notebook": 0,
    "empty": 0,
    "nothing": 0,
    "wrong name": 0,
}
REVIEW = {"half [done] {x}", "no notebook", "empty", "nothing", "wrong name"}


@contextmanager
def book(root):
    opened = Book(Course(root))
    try:
        yield opened.gradebook
    finally:
        opened.close()


def grades(root):
    """What the gradebook holds, by student and cell."""
    with book(root) as gb:
        return {
            s.student.id: {
                g.name: (g.auto_score, g.manual_score, g.needs_manual_grade)
                for notebook in s.notebooks
                for g in notebook.grades
            }
            for s in gb.assignment_submissions(toy_unit.UNIT)
        }


def auto_scores(root):
    return {who: sum(auto or 0 for auto, _, _ in cells.values()) for who, cells in grades(root).items()}


@pytest.mark.usefixtures("small_class")
def test_a_class_is_graded_into_nbgraders_gradebook(root, grade):
    report = grade(jobs=2)
    assert {row.student: row.graded.score for row in report.rows} == SCORES
    assert {row.student for row in report.rows if row.needs_review} == REVIEW
    assert {row.student: row.book["score"] for row in report.rows} == SCORES
    assert auto_scores(root) == SCORES
    marked = {who for who, cells in grades(root).items() if any(review for _, _, review in cells.values())}
    assert marked == REVIEW
    assert all(last_graded(Course(root), toy_unit.UNIT, who) for who in SCORES)


def test_the_reasons_say_what_is_wrong_and_what_to_do(hand_in, plan, grade):
    hand_in("wrong name", toy_unit.right(plan), "homework.ipynb")
    hand_in("stopped", toy_unit.right(plan, double="raise Died('used more than 4 GB of memory')"))
    stopped, wrong = grade().rows
    assert wrong.reasons == [
        f"There is no {toy_unit.UNIT}.ipynb, but homework.ipynb. If that is the notebook, rename it to {toy_unit.UNIT}.ipynb."
    ]
    assert stopped.reasons == ["double: the cell with your answer was stopped: used more than 4 GB of memory"]


@pytest.mark.usefixtures("small_class")
def test_what_has_not_changed_is_not_run_again(grade, hand_in, plan):
    grade()
    kernel = in_process_sandbox.InProcess()
    assert not any(row.graded.ran for row in grade(kernel.run).rows)
    assert kernel.jobs == []
    hand_in("untouched", toy_unit.right(plan))
    again = {row.student: row.graded for row in grade(kernel.run).rows}
    assert [who for who, graded in again.items() if graded.ran] == ["untouched"]
    assert again["untouched"].score == 8
    assert {who: g.score for who, g in again.items() if who != "untouched"} == {
        who: score for who, score in SCORES.items() if who != "untouched"
    }


def test_one_exercise_is_graded_anew_for_everyone(grade, hand_in, plan):
    hand_in("a", toy_unit.right(plan))
    hand_in("b", toy_unit.work(plan))
    grade()
    assert [row.graded.ran for row in grade(exercise="halves").rows] == [["halves"], ["halves"]]
    assert [row.graded.ran for row in grade(force=True).rows] == [list(plan.exercises)] * 2


def test_manual_grades_and_comments_survive_a_regrade(root, grade, hand_in, plan):
    hand_in("a", toy_unit.right(plan, double=SQUARES))
    grade()
    with book(root) as gb:
        given = gb.find_grade("double-check", toy_unit.UNIT, toy_unit.UNIT, "a")
        given.manual_score, given.needs_manual_grade = 2.5, False
        gb.find_comment("double", toy_unit.UNIT, toy_unit.UNIT, "a").manual_comment = "half right"
        gb.db.commit()
    (row,) = grade(force=True).rows
    assert grades(root)["a"]["double-check"] == (0, 2.5, False)
    assert row.book["score"] == 7.5
    with book(root) as gb:
        assert gb.find_comment("double", toy_unit.UNIT, toy_unit.UNIT, "a").manual_comment == "half right"
    hand_in("a", toy_unit.right(plan))
    grade()
    assert grades(root)["a"]["double-check"] == (3, 2.5, True)  # what the grader saw has changed


def test_a_late_submission_is_penalized_by_nbgraders_plugin(root, grade, hand_in, plan):
    folder = hand_in("a", toy_unit.right(plan))
    (root / "nbgrader_config.py").write_text(
        CONFIG.read_text() + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )
    (folder / "timestamp.txt").write_text("2030-01-02 00:00:00 UTC")
    grade()
    with book(root) as gb:
        gb.update_or_create_assignment(toy_unit.UNIT, duedate="2030-01-01 00:00:00 UTC")
    grade()
    with book(root) as gb:
        assert gb.find_submission(toy_unit.UNIT, "a").late_submission_penalty == 8
        gb.grant_extension(toy_unit.UNIT, "a", days=2)
    grade()
    with book(root) as gb:
        assert not gb.find_submission(toy_unit.UNIT, "a").late_submission_penalty


def test_a_configuration_with_nbgraders_own_penalties_works(root, grade, hand_in, plan):
    stock = CONFIG.read_text().replace("autograder.gradebook.Assign", "nbgrader.preprocessors.Assign")
    (root / "nbgrader_config.py").write_text(stock)
    hand_in("a", toy_unit.right(plan))
    assert grade().rows[0].error == ""


def test_an_unreadable_timestamp_is_passed_over(grade, hand_in, plan):
    (hand_in("a", toy_unit.right(plan)) / "timestamp.txt").write_text("yesterday")
    assert grade().rows[0].graded.score == 8


def test_pictures_beside_the_notebook_are_kept_and_links_are_not(root, grade, hand_in, plan, tmp_path):
    folder = hand_in("a", toy_unit.right(plan))
    (folder / "derivation.png").write_bytes(b"png")
    (folder / "numpy.py").write_text("evil")
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "stolen.png").symlink_to(tmp_path / "secret.png")
    grade()
    kept = {p.name for p in (root / "autograded" / "a" / toy_unit.UNIT).iterdir()}
    assert kept == {f"{toy_unit.UNIT}.ipynb", "derivation.png"}


def test_points_in_the_submission_are_not_believed(root, grade, hand_in, plan):
    nb = toy_unit.right(plan, double=SQUARES)
    for cell in nb.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.update(points=1000)
    hand_in("a", nb)
    assert grade().rows[0].graded.score == 5
    assert auto_scores(root) == {"a": 5}


def test_a_gradebook_with_other_cells_is_refused_in_a_sentence(root, grade, hand_in, plan, unit):
    hand_in("a", toy_unit.right(plan))
    grade()
    other = unit.path.read_text().replace("from solutions.toy.quadruple import quadruple\n", "")
    shorter = type(unit)(unit.id, root / "shorter.py", unit.package)
    shorter.path.write_text(other.replace("# %%\n\n", "").rstrip().removesuffix("# %%"))
    with pytest.raises(Refused, match="there is quadruple, quadruple-check"):
        grading.grade(shorter, root, in_process_sandbox.InProcess().run, "nothing")


def test_a_disk_that_is_full_costs_one_student_and_is_told(grade, hand_in, plan, monkeypatch):
    hand_in("a", toy_unit.right(plan))
    hand_in("b", toy_unit.right(plan))
    replace = books._replace

    def full(place, data):
        if "/a/" in str(place):
            raise OSError("No space left on device")
        replace(place, data)

    with monkeypatch.context() as patch:
        patch.setattr(books, "_replace", full)
        report = grade()
    assert [row.error for row in report.rows] == ["not saved: OSError: No space left on device", ""]
    assert not report.fine
    assert grade().fine


def test_a_kernel_that_fails_is_told_and_tried_again(grade, hand_in, plan):
    hand_in("a", toy_unit.right(plan))

    def fail(job):
        raise RuntimeError("the server ended twice")

    (row,) = grade(fail).rows
    assert row.needs_review
    assert row.reasons == ["grading failed; the next run tries again (RuntimeError: the server ended twice)."]
    assert grade().rows[0].graded.score == 8


RUN = """
import os, signal, sys, types
from pathlib import Path
# The toy needs nothing of Keras, and importing it takes five seconds.
sys.modules["keras"] = types.SimpleNamespace(utils=types.SimpleNamespace(set_random_seed=print))
from autograder.gradebook import book as gradebook, grade_class as grade, nbgrader_steps as execute
from autograder.testing import toy_unit as toy
from autograder.testing.in_process_sandbox import InProcess
folder, where, at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
count = 0
def dying(function):
    def call(*args):
        global count
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args)
    return call
if where == "a cell's score":
    execute.SaveVerdicts._add_score = dying(execute.SaveVerdicts._add_score)
elif where == "the notebook":
    gradebook.Book._keep = dying(gradebook.Book._keep)
elif where == "a submission":
    execute.RunByEngine.preprocess = dying(execute.RunByEngine.preprocess)
unit = toy.make_unit(folder / "toy")
grade.grade(unit, folder / "course", InProcess().run, "nothing", jobs=2)
"""


def _run(folder, where="", at=0):
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", RUN, str(folder), where, str(at)]
    return subprocess.run(command, cwd=layout.ROOT, env=environment, timeout=120, check=False).returncode


@pytest.mark.usefixtures("small_class")
def test_a_grader_that_is_killed_leaves_nothing_half_done_and_the_next_run_finishes(root, grade, tmp_path):
    shutil.copytree(tmp_path / "course", tmp_path / "undisturbed" / "course")
    assert _run(tmp_path / "undisturbed") == 0
    wanted = grades(tmp_path / "undisturbed" / "course")
    for where, at in [("a submission", 2), ("a cell's score", 5), ("the notebook", 2)]:
        assert _run(tmp_path, where, at) == -signal.SIGKILL
        there = grades(root)
        assert 0 < len(there) < len(wanted)
        assert there == {who: wanted[who] for who in there}
    assert _run(tmp_path) == 0
    assert grades(root) == wanted


@pytest.fixture
def inside_nbgrader(unit, root, monkeypatch):
    """nbgrader in a course folder, whose engine knows the toy unit."""
    shutil.copy(CONFIG, root)
    monkeypatch.chdir(root)
    kernel = in_process_sandbox.InProcess()
    grader = Grader(Course(root), draws.secret(root), kernel.run, lambda _: unit)
    monkeypatch.setattr(nbgrader_steps, "grader", lambda _: grader)
    opened = Book(Course(root))
    opened.register(plan_of(unit))
    opened.close()
    return kernel


NOT_NBGRADERS = {"nothing", "wrong name", "half [done] {x}"}  # it finds no notebook there


@pytest.mark.usefixtures("small_class", "inside_nbgrader")
@pytest.mark.parametrize("flags", [[], ["--no-execute"]], ids=["plain", "--no-execute"])
def test_nbgrader_autograde_gives_the_same_scores(root, flags):
    from nbgrader.apps import AutogradeApp

    for who in NOT_NBGRADERS:
        shutil.rmtree(root / "submitted" / who)
    app = AutogradeApp()
    app.initialize([toy_unit.UNIT, *flags])
    app.start()
    there = {who: score for who, score in SCORES.items() if who not in NOT_NBGRADERS}
    assert auto_scores(root) == there
    reviewed = {who for who, cells in grades(root).items() if any(review for _, _, review in cells.values())}
    assert reviewed == REVIEW & there.keys()


@pytest.mark.usefixtures("inside_nbgrader")
def test_a_check_cell_without_a_verdict_earns_nothing(root, hand_in, plan, monkeypatch):
    from nbgrader.apps import AutogradeApp

    hand_in("Zoë", toy_unit.right(plan))
    monkeypatch.setattr(nbgrader_steps.RunByEngine, "preprocess", lambda self, nb, resources: (nb, resources))
    app = AutogradeApp()
    app.initialize([toy_unit.UNIT])
    app.start()
    assert grades(root)["Zoë"]["double-check"] == (0, None, True)


@pytest.mark.usefixtures("inside_nbgrader")
def test_formgraders_button_goes_through_the_engine(root, hand_in, plan):
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    config = database.settings(Course(root))
    hand_in("Zoë", toy_unit.right(plan, double=SQUARES))
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    result = api.autograde(toy_unit.UNIT, "Zoë")
    assert result["success"], result
    assert auto_scores(root) == {"Zoë": 5}
    graded = last_graded(Course(root), toy_unit.UNIT, "Zoë")
    assert graded
    assert graded.metadata.fdl


@pytest.fixture
def fdl(unit, monkeypatch):
    """The command line, without a fork server, on the toy unit."""

    @contextmanager
    def kernels(jobs, unsafe=False):
        yield in_process_sandbox.InProcess().run, "nothing"

    real = catalogue.unit
    monkeypatch.setattr(grading, "sandbox", kernels)
    monkeypatch.setattr(catalogue, "unit", lambda name: unit if name == toy_unit.UNIT else real(name))
    return lambda *words: CliRunner().invoke(app.app, ["grade", *map(str, words)])


@pytest.mark.usefixtures("small_class")
def test_the_json_keeps_its_contract(fdl, root):
    result = fdl(toy_unit.UNIT, "--course", root, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["unit"], found["confinement"]) == (toy_unit.UNIT, "nothing")
    assert {s["student"]: s["score"] for s in found["submissions"]} == SCORES
    assert {s["student"] for s in found["submissions"] if s["needs_review"]} == REVIEW
    for submission in found["submissions"]:
        assert submission["max_score"] == 8
        assert submission["seconds"] >= 0
        assert [(c["exercise"], c["check"]) for c in submission["checks"]] == [
            ("double", "numbers"),
            ("double", "a matrix"),
            ("halves", "halve"),
            ("halves", "third"),
            ("quadruple", "numbers"),
        ]
    (wrong,) = (s for s in found["submissions"] if s["student"].startswith("Zoë"))
    expected = {"points": 0, "max_points": 2, "passed": False, "misconception": "squares"}
    assert expected.items() <= wrong["checks"][0].items()


@pytest.mark.usefixtures("small_class")
def test_the_table_says_who_misunderstood_what(fdl, root):
    result = fdl(toy_unit.UNIT, "--course", root)
    assert result.exit_code == 0
    assert "double: squares" in result.stdout
    assert "wrong name: There is no" in result.stdout
    assert "5 to review" in result.stdout


def test_wrong_usage_is_told_with_a_suggestion(fdl, root, hand_in, plan):
    hand_in("Zoë", toy_unit.right(plan))
    for words, told in [
        (["99_toi"], "there is no unit '99_toi'"),
        ([toy_unit.UNIT, "--course", root, "--exercise", "halve"], "did you mean halves?"),
        ([toy_unit.UNIT, "--course", root, "--student", "Zoe"], "did you mean Zoë?"),
        ([toy_unit.UNIT, "--course", root / "nowhere"], "there is no folder"),
    ]:
        result = fdl(*words)
        assert result.exit_code == 2
        assert told in " ".join(result.stderr.replace("│", " ").split()), result.stderr


def test_nobody_to_grade_is_a_sentence(fdl, root):
    result = fdl(toy_unit.UNIT, "--course", root)
    assert result.exit_code == 1
    assert "nobody has handed in 99_toy: submissions are looked for as" in result.stderr


def test_a_notebook_in_the_wrong_folder_is_found(root, grade, plan):
    folder = root / "submitted" / "Zoë"
    folder.mkdir(parents=True)
    (folder / f"{toy_unit.UNIT}.ipynb").write_bytes(toy_unit.data(toy_unit.right(plan)))
    (row,) = grade().rows
    assert row.needs_review
    assert row.graded.score == 0


def test_real_students_in_real_children(unit, root, hand_in, plan, monkeypatch):
    monkeypatch.setattr(limits, "DEFAULT", limits.Limits(cell=3.0))
    hand_in("right", toy_unit.right(plan))
    hand_in("squares", toy_unit.right(plan, double=SQUARES))
    hand_in(
        "loop",
        toy_unit.right(
            plan, double="while True:\n    try:\n        while True: pass\n    except BaseException: pass"
        ),
    )
    hand_in("exit", toy_unit.right(plan, halves="import os\nos._exit(0)"))
    hand_in(
        "warns",
        toy_unit.right(
            plan, double="import warnings\nwarnings.warn('x')\ndef double(x):\n    return 2.0 * x"
        ),
    )
    with grading.sandbox(2) as (run, tier):
        report = grading.grade(unit, root, run, tier, jobs=2)
    assert {r.student: (r.graded.score, r.needs_review) for r in report.rows} == {
        "right": (8, False),
        "squares": (5, False),
        "loop": (5, True),
        "exit": (6, True),
        "warns": (8, False),
    }
    assert report.confinement == tier


def test_the_graded_notebook_is_one_that_jupyter_reads(root, grade, hand_in, plan):
    import nbformat

    hand_in("a", toy_unit.right(plan))
    grade()
    nb = nbformat.read(
        Path(root / "autograded" / "a" / toy_unit.UNIT / f"{toy_unit.UNIT}.ipynb"), as_version=4
    )
    nbformat.validate(nb)
