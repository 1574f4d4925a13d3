"""nbgrader's own commands and buttons go through the engine."""

import os
import re
import shutil

import pytest

from autograder.course.layout import Course
from autograder.gradebook import database, exchange, nbgrader_steps
from autograder.gradebook.book import Book
from autograder.gradebook.conftest import CONFIG, REVIEW, SCORES, SQUARES, auto_scores, book, grades
from autograder.grading import draws
from autograder.grading.grader import Grader, last_graded
from autograder.grading.plan import plan_of
from autograder.testing import in_process_sandbox, toy_unit

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own


def version_1(config):
    """The addresses of our classes in course roots that were made before version 2."""
    for name in ("SubmissionExporter", "RunByEngine", "SaveVerdicts"):
        config = config.replace(f"autograder.gradebook.{name}", f"autograder.execute.{name}")
    for name in ("AssignLatePenalties", "LateDays"):
        config = config.replace(f"autograder.gradebook.{name}", f"autograder.late.{name}")
    # Nor did they teach nbgrader to read dates and to leave links, or formgrader to show rubrics.
    config = re.sub(r"(?m)^.*\b(dates|exchange|formgrader)\b.*$", "", config)
    assert "autograder.gradebook" not in config
    return config


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


@pytest.mark.usefixtures("inside_nbgrader")
def test_nbgrader_autograde_copies_plain_files_alone(root, plan, hand_in, monkeypatch):
    from nbgrader.apps import AutogradeApp

    monkeypatch.setattr(exchange, "MAX_BYTES", 1000)
    folder = hand_in("ada", toy_unit.right(plan))
    (folder / "[1]").mkdir()
    for name, size in {"page.pdf": 1000, "large.pdf": 1001, "[1]/data.csv": 10}.items():
        with open(folder / name, "wb") as file:
            file.truncate(size)
    os.mkfifo(folder / "[1]" / "pipe")
    (folder / "endless.png").symlink_to("/dev/zero")
    (folder / "answers").symlink_to(root)
    app = AutogradeApp()
    app.initialize([toy_unit.UNIT])
    app.start()
    assert auto_scores(root) == {"ada": 8}
    graded = root / "autograded" / "ada" / toy_unit.UNIT
    files = sorted(str(path.relative_to(graded)) for path in graded.rglob("*") if not path.is_dir())
    assert files == [f"{toy_unit.UNIT}.ipynb", "[1]/data.csv", "page.pdf"]


@pytest.mark.usefixtures("inside_nbgrader")
def test_nbgrader_autograde_copies_no_more_than_there_is_room_for(root, plan, hand_in, monkeypatch):
    from nbgrader.apps import AutogradeApp

    monkeypatch.setattr(exchange, "MOST_KEPT", 1500)
    folder = hand_in("ada", toy_unit.right(plan))
    for name in ("1.pdf", "2.pdf"):
        (folder / name).write_bytes(bytes(1000))
    app = AutogradeApp()
    app.initialize([toy_unit.UNIT])
    app.start()
    graded = root / "autograded" / "ada" / toy_unit.UNIT
    assert sorted(path.name for path in graded.iterdir()) == ["1.pdf", f"{toy_unit.UNIT}.ipynb"]


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
@pytest.mark.parametrize("command", ["nbgrader autograde", "fdl grade"])
def test_a_course_root_of_version_1_grades_as_ever(root, grade, hand_in, plan, command):
    from nbgrader.apps import AutogradeApp

    late = "c.LateDays.points_per_day = 1.0"
    config = version_1(CONFIG.read_text("utf-8")).replace("c.LateDays.points_per_day = 0.0", late)
    assert late in config
    (root / "nbgrader_config.py").write_text(config, "utf-8")
    with book(root) as gb:
        gb.update_or_create_assignment(toy_unit.UNIT, duedate="2030-01-01 00:00:00 UTC")
    folder = hand_in("Zoë", toy_unit.right(plan, double=SQUARES))
    (folder / "timestamp.txt").write_text("2030-01-02 12:00:00 UTC")
    if command == "fdl grade":
        assert grade().fine
    else:
        app = AutogradeApp()
        app.initialize([toy_unit.UNIT])
        app.start()
    assert auto_scores(root) == {"Zoë": 5}
    with book(root) as gb:
        assert gb.find_submission(toy_unit.UNIT, "Zoë").late_submission_penalty == 2
    graded = last_graded(Course(root), toy_unit.UNIT, "Zoë")
    assert graded
    assert graded.metadata.fdl


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
