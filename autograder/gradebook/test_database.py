"""A gradebook that cannot be used is told in a sentence, and left as it is."""

import resource
import shutil
import signal
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy.exc import OperationalError

from autograder.course.layout import CONFIG, COURSE, Course
from autograder.gradebook import database, results
from autograder.gradebook.book import Book
from helpers.errors import Refused


@pytest.fixture
def root(tmp_path, empty_gradebook):
    shutil.copy(empty_gradebook, tmp_path)
    return tmp_path


def change(file, statement):
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


def cut_short(file):
    file.write_bytes(file.read_bytes()[:5000])


def another_programs(file):
    file.unlink()
    change(file, "CREATE TABLE recipes (name TEXT)")


UNUSABLE = {
    "no SQLite": (lambda file: file.write_bytes(b"PK\x03\x04" * 500), "no SQLite database. Move it"),
    "cut short": (cut_short, "is damaged. Move it"),
    "of another program": (another_programs, "has no tables of nbgrader's. Move it"),
    "of a newer nbgrader": (
        lambda file: change(file, "UPDATE alembic_version SET version_num = 'ffff'"),
        r"made by a newer nbgrader \(its version is 'ffff'\). Install",
    ),
    "of an older nbgrader": (
        lambda file: change(file, "UPDATE alembic_version SET version_num = '50a4d84c131a'"),
        "made by an older nbgrader. Keep a copy of it, run `nbgrader db upgrade`",
    ),
}


@pytest.mark.parametrize(("spoil", "words"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_gradebook_that_cannot_be_used_is_told_and_stays_as_it_is(root, spoil, words):
    file = root / "gradebook.db"
    spoil(file)
    before = file.read_bytes()
    for use in (Book, results.roster):
        with pytest.raises(Refused, match=words) as refused:
            use(Course(root))
        assert str(refused.value).startswith(f"the gradebook {file} ")
    assert file.read_bytes() == before


def configure(root, options):
    url = f"sqlite:///file:{root / 'gradebook.db'}?{options}&uri=true"
    config = COURSE / CONFIG
    text = f"{config.read_text('utf-8')}\nc.CourseDirectory.db_url = {url!r}\n"
    (root / "nbgrader_config.py").write_text(text, "utf-8")


def test_a_gradebook_that_is_read_only_can_be_read_and_is_not_graded_into(root):
    configure(root, "mode=ro")
    assert results.roster(Course(root)) == []
    with pytest.raises(Refused, match="cannot be written: it is read-only"):
        Book(Course(root))


def test_a_gradebook_that_another_program_has_locked_is_waited_for_and_told(root):
    configure(root, "timeout=0.1")
    with closing(sqlite3.connect(root / "gradebook.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Refused, match="is locked by another program. Wait until that is done"):
            Book(Course(root))
    Book(Course(root)).close()


@pytest.fixture
def full_disk():
    """No file can grow beyond 16 kB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 << 10, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, handler)


def test_a_disk_that_is_full_leaves_no_half_of_a_gradebook(tmp_path, full_disk):
    with pytest.raises(Refused, match="the disk is full"):
        Book(Course(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_a_database_refuses_while_it_is_used_is_told_without_values(root):
    statement = "INSERT INTO student (id) VALUES ('ada')"
    with (
        pytest.raises(Refused) as refused,
        database.opened(Course(root)),
    ):
        raise OperationalError(statement, {}, Exception("the server hung up\nand more"))
    assert str(refused.value) == f"the gradebook {root / 'gradebook.db'} cannot be used: the server hung up"


def test_a_servers_password_is_not_told():
    url = "postgresql://fdl:secret@db.example.org/grades"
    with (
        pytest.raises(Refused, match=r"postgresql://fdl:\*\*\*@db.example.org/grades") as refused,
        database.refusals(url),
    ):
        raise OperationalError("", {}, Exception("no route"))
    assert "secret" not in str(refused.value)


def test_a_students_rows_are_found_without_a_look_at_the_whole_class(root):
    # As a gradebook that was made before there were indexes.
    change(root / "gradebook.db", "DROP INDEX IF EXISTS fdl_grade_notebook_id")
    for _ in range(2):
        Book(Course(root)).close()
    with closing(sqlite3.connect(root / "gradebook.db")) as connection:
        for table, column in database.SOUGHT:
            query = f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE {column} = 'x'"
            assert f"USING INDEX fdl_{table}_{column}" in connection.execute(query).fetchone()[3]
