"""A course whose gradebook is on a PostgreSQL server: what people get is what they get from a file.

It takes the server (`apt-get install postgresql`), which is started in a temporary folder and not as root, and the
extra `scale` (`make install EXTRA=scale`).
"""

import shutil
import threading
from dataclasses import replace
from importlib.util import find_spec

import pytest
from sqlalchemy.exc import OperationalError

from autograder.course.layout import Course
from autograder.exports import canvas, spreadsheet
from autograder.gradebook import database, dates, due_dates, grade_class, hand_graded, results
from autograder.gradebook.book import Book
from autograder.gradebook.due_dates import Extension
from autograder.grading.plan import plan_of
from autograder.reporting import feedback, report
from autograder.testing import in_process_sandbox, postgres_server, toy_unit
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
    root.mkdir(exist_ok=True)
    text = CONFIG.format(course=str(database.COURSE))
    if url:
        text += f"c.CourseDirectory.db_url = {url!r}\n"
    (root / "nbgrader_config.py").write_text(text)
    (root / ".draws").write_text("ab" * 32)
    return Course(root)
