"""A course whose gradebook is on a PostgreSQL server: what people get is what they get from a file.

It takes the server (`apt-get install postgresql`), which is started in a temporary folder and not as root, and the
extra `scale` (`make install EXTRA=scale`).
"""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy import select, text

from autograder.course import configuration
from autograder.course.layout import COURSE, Course
from autograder.exports import canvas, spreadsheet
from autograder.gradebook import (
    backup,
    copying,
    database,
    dates,
    due_dates,
    grade_class,
    hand_graded,
    results,
)
from autograder.gradebook.book import Book
from autograder.gradebook.due_dates import Extension
from autograder.grading.plan import plan_of
from autograder.reporting import feedback, report
from autograder.testing import in_process_sandbox, made_up_results, postgres_server, toy_unit
from autograder.testing.toy_unit import PROOF, UNIT
from helpers.errors import Refused

PROGRAMS = postgres_server.programs()
pytestmark = [
    pytest.mark.skipif(PROGRAMS is None, reason="takes a PostgreSQL server: apt-get install postgresql"),
    pytest.mark.skipif(
        find_spec("psycopg") is None, reason="takes the extra `scale`: make install EXTRA=scale"
    ),
    # nbgrader's own
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
CLASS = ["ada", "bob", "Zoë O'Brien, Niamh", "no notebook"]
CONFIG = """
load_subconfig("nbgrader_config.py", path={course!r})
c = get_config()
c.LateDays.points_per_day = 1
c.LateDays.free_days = 1
"""
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section,99_toy (7)\nPoints Possible,,,,,10\nAda,1,,ada,A,\nBob,2,,bob,A,\n"


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unit")
    return replace(toy_unit.make_unit(folder, derivation=True), own=folder)


@pytest.fixture(scope="module")
def plan(unit):
    return plan_of(unit)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with postgres_server.running(PROGRAMS) as started:
        started.make("empty")
        Book(course(tmp_path_factory.mktemp("course"), started.url("empty"))).close()
        yield started


def course(root, url=""):
    """A course root, and which gradebook is its own."""
    # formgrader lists what has a source.
    (root / "source" / UNIT).mkdir(parents=True, exist_ok=True)
    text = CONFIG.format(course=str(COURSE))
    if url:
        text += f"c.CourseDirectory.db_url = {url!r}\n"
    (root / "nbgrader_config.py").write_text(text)
    (root / ".draws").write_text("ab" * 32)
    return Course(root)


@pytest.fixture
def on_server(server, tmp_path, request):
    """A course whose gradebook is on the server."""
    name = f"of_{request.node.name}"[:60].lower()
    return course(tmp_path / "on_server", server.make(name, template="empty"))


@pytest.fixture(scope="module")
def in_file(tmp_path_factory):
    """A course that was graded, whose gradebook is a file."""
    there = course(tmp_path_factory.mktemp("in_file"))
    made_up_results.save(there.root, made_up_results.crowd(3))
    with database.opened(there, make=True) as gradebook:
        (notebook,) = gradebook.assignment_submissions(made_up_results.UNIT)[0].notebooks
        version = {"number": 0, "answer": '{"text": "Wαrum?"}', "score": 1.5, "comment": None}
        version["grade_id"] = notebook.grades[0].id
        gradebook.db.execute(hand_graded.VERSIONS.insert().values(version))
        gradebook.db.commit()
    return there


def rows(url):
    """Everything in a gradebook, by table."""
    with database.connected(url) as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in copying.TABLES}


def test_a_gradebook_is_copied_to_a_server_and_back_with_every_row(in_file, server, tmp_path):
    before = database.address(in_file)
    on_server, back = server.make("copied"), copying.url_of(tmp_path / "back.db")
    copied = copying.copy(before, on_server)
    assert copied.left_out == []
    copying.copy(on_server, back)
    assert rows(on_server) == rows(before)
    assert rows(back) == rows(before)
    assert copied.rows == {name: len(of_table) for name, of_table in rows(before).items()}
    assert (copied.rows["student"], copied.rows["fdl_hand_graded"]) == (3, 1)
    # The course goes on there.
    moved = course(tmp_path / "moved", on_server)
    assert len(results.of_class(moved, made_up_results.UNIT)) == 3
    with pytest.raises(Refused, match="is there already, and nothing is copied over it"):
        copying.copy(before, on_server)


def test_what_a_server_does_not_take_leaves_nothing_there(in_file, server, tmp_path):
    spoilt = tmp_path / "spoilt.db"
    shutil.copy(in_file.root / "gradebook.db", spoilt)
    with database.connected(copying.url_of(spoilt)) as connection:
        connection.execute(text("UPDATE student SET email = :long"), {"long": "x" * 200})
        connection.commit()
    target = server.make("spoilt")
    with pytest.raises(Refused, match="takes no text this long"):
        copying.copy(copying.url_of(spoilt), target)
    assert not database.is_there(target)


def test_a_course_on_a_server_is_backed_up_without_a_program_of_the_servers(in_file, server, tmp_path):
    url = server.make("backed_up")
    copying.copy(database.address(in_file), url)
    archive = tmp_path / "course.tar.gz"
    kept = backup.backup(course(tmp_path / "backed_up", url), archive)
    # The archive's configuration names the same database, in which there is something.
    with pytest.raises(Refused, match="nothing is restored over it"):
        backup.restore(archive, Course(tmp_path / "restored"))
    before = rows(url)
    server.drop("backed_up")
    server.make("backed_up")
    assert backup.restore(archive, Course(tmp_path / "restored")).rows == kept.rows
    assert rows(url) == before


def _another_programs(server):
    url = server.make("recipes")
    with database.connected(url) as connection:
        connection.execute(text("CREATE TABLE recipes (name TEXT)"))
        connection.commit()
    return url


def _of_another_version(version):
    def changed(server):
        url = server.make(f"version_{version}")
        with database.alembic_on_path(), Gradebook(url, "made"), database.connected(url) as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :version"), {"version": version}
            )
            connection.commit()
        return url

    return changed


REFUSED = {
    "a wrong password": (
        lambda server: server.url("postgres", "sesame"),
        "does not take the user or the password",
    ),
    "no such database": (lambda server: server.url("nowhere"), "is not there. Make the database"),
    "nobody listens": (
        lambda _: "postgresql+psycopg://teacher:sesame@127.0.0.1:1/grades",
        "cannot be reached. Look whether the server runs",
    ),
    "no address": (lambda _: "postgresql//teacher:sesame@127.0.0.1/grades", "is no address of a database"),
    "another program's": (_another_programs, "has no tables of nbgrader's"),
    "of a newer nbgrader": (
        _of_another_version("ffff"),
        r"made by a newer nbgrader \(its version is 'ffff'\). Install",
    ),
    "of an older nbgrader": (_of_another_version("50a4d84c131a"), "made by an older nbgrader"),
    "empty": (lambda server: server.make("still_empty"), "there is no gradebook in postgresql"),
}


@pytest.mark.parametrize(("url", "words"), REFUSED.values(), ids=REFUSED)
def test_a_server_that_cannot_be_used_is_told_without_the_password(server, tmp_path, url, words):
    there = course(tmp_path / "course", url(server))
    with pytest.raises(Refused, match=words) as refused:
        results.roster(there)
    for secret in ("sesame", postgres_server.PASSWORD, "p%40ss"):
        assert secret not in str(refused.value)


def test_an_id_that_a_server_cannot_take_is_told(on_server):
    with (
        pytest.raises(Refused, match="the id of a student has at most 128 characters"),
        database.opened(on_server, make=True) as gradebook,
    ):
        gradebook.add_student("b" * 129)


def test_a_course_root_without_a_configuration_keeps_out_of_the_servers_gradebook(
    on_server, tmp_path, monkeypatch
):
    """As `fdl demo` makes one: it takes this project's configuration, and not its gradebook."""
    monkeypatch.setattr(configuration, "COURSE", on_server.root)
    bare = Course(tmp_path)
    assert database.address(bare) == f"sqlite:///{tmp_path / 'gradebook.db'}"


def hand_in(there, student, notebook):
    folder = there.submitted(UNIT, student).parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{UNIT}.ipynb").write_bytes(notebook)


def hand_in_all(there, plan):
    hand_in(there, "ada", toy_unit.data(toy_unit.right(plan, **{PROOF: "It cancels."})))
    hand_in(there, "bob", toy_unit.data(toy_unit.right(plan, double="def double(x):\n    return x * x")))
    hand_in(there, CLASS[2], toy_unit.data(toy_unit.work(plan)))
    hand_in(there, CLASS[3], b"%PDF-1.7")
    for late, student in enumerate(CLASS):
        stamp = f"2030-01-{30 + late // 2} 12:00:00 UTC"
        (there.submitted(UNIT, student).parent / "timestamp.txt").write_text(stamp)


def grade(unit, there, run=None, **settings):
    """Grade, and return the rows with which anything is wrong."""
    run = run or in_process_sandbox.InProcess().run
    done = grade_class.grade(unit, there.root, run, "nothing", **settings)
    return [row for row in done.rows if row.error]


def by_hand(there, points, comment):
    """Enter what a grader enters in formgrader about ada's derivation."""
    where = PROOF, UNIT, UNIT, "ada"
    with database.opened(there, make=True) as gradebook:
        entered = gradebook.find_grade(*where)
        entered.manual_score, entered.needs_manual_grade = points, False
        gradebook.find_comment(*where).manual_comment = comment
        gradebook.db.commit()


def in_formgrader(there):
    """What formgrader's pages list, but for ids that are drawn by chance, and places in their order."""
    api = NbGraderAPI(config=database.settings(there))
    assert api.coursedir.db_url == database.address(there)
    lists = [
        [api.get_assignment(UNIT)],
        api.get_students(),
        api.get_submissions(UNIT),
        api.get_notebook_submissions(UNIT, UNIT),
    ]
    without_ids = [[{**entry, "id": "", "index": ""} for entry in entries] for entries in lists]
    return [sorted(map(repr, entries)) for entries in without_ids]


def walk(there, unit, plan):
    """A unit from its due date to what people get; returns all that they read, but for times."""
    hand_in_all(there, plan)
    assert grade(unit, there) == []
    with database.opened(there, make=True) as gradebook:
        due_dates.set_due(gradebook, there, UNIT, dates.understood("2030-01-28 12:00", "UTC"))
        due_dates.extend(gradebook, there, UNIT, "ada", Extension(days=1))
        gradebook.update_or_create_student("ada", first_name="Ada", last_name="Øst", email="ada@x.org")
    by_hand(there, 3, "Why? Wαrum?")
    # A changed answer is to be read again, and keeps the points of the one before meanwhile.
    hand_in(there, "ada", toy_unit.data(toy_unit.right(plan, **{PROOF: "It cancels, since 2 is not 0."})))
    assert grade(unit, there) == []
    graded = results.of_class(there, UNIT)
    with database.opened(there) as gradebook:
        derivation = gradebook.find_grade(PROOF, UNIT, UNIT, "ada")
        versions = hand_graded.versions(gradebook, derivation.id)
    pages, gone = feedback.make(there, UNIT)
    _, facts = report.make(there, UNIT)
    frame = canvas.read(CANVAS.encode())
    canvas.fill(frame, graded, "99_toy")
    return {
        "scores": {one.student.id: (one.raw_score, one.penalty, one.seconds_late) for one in graded},
        "csv": spreadsheet.text(spreadsheet.table([graded], results.roster(there))),
        "canvas": frame.text(),
        "formgrader": in_formgrader(there),
        "feedback": {student: page.read_text("utf-8") for student, page in pages.items()},
        "gone": gone,
        "report": {name: value for name, value in facts.items() if not name.startswith("slow")},
        "versions": versions,
    }


def test_a_course_on_a_server_goes_as_one_in_a_file(on_server, unit, plan, tmp_path):
    in_file = walk(course(tmp_path / "in_file"), unit, plan)
    assert walk(on_server, unit, plan) == in_file
    # By hand: all 8 points and 3 for the derivation; one day late after the extension, which is free.
    assert in_file["scores"]["ada"] == (11, 0, 86400)
    assert in_file["scores"]["bob"][:2] == (5, 1)
    assert [version.score for version in in_file["versions"]] == [3, None]
    assert not (on_server.root / "gradebook.db").exists()


def test_two_graders_at_once_save_everybody_once(on_server, unit, plan):
    students = [f"student {number}" for number in range(6)]
    for student in students:
        hand_in(on_server, student, toy_unit.data(toy_unit.right(plan)))
    # Of two who grade a unit for the very first time, one is refused.
    book = Book(on_server)
    book.register(plan)
    book.close()
    shared = students[:4], students[2:]
    start = threading.Barrier(2)
    # What runs students' code here can be shared, and not be had twice.
    run = in_process_sandbox.InProcess().run

    def grader(chosen):
        start.wait()
        return grade(unit, on_server, run, students=chosen, force=True)

    with ThreadPoolExecutor(2) as graders:
        wrong = [row for rows_of_one in graders.map(grader, shared) for row in rows_of_one]
    # Whom both had at the very same time, one of them refuses.
    assert all("is being written by another grader" in row.error for row in wrong)
    assert {row.student for row in wrong} <= set(shared[0]) & set(shared[1])
    graded = results.of_class(on_server, UNIT)
    assert [(one.student.id, one.raw_score) for one in graded] == [(student, 8) for student in students]
