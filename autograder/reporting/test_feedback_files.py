"""Where pages are put, who gets them, and what is said when there are none."""

import os
import re

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course.catalogue import Unit
from autograder.gradebook.book import SECRET, STAMP, Book
from autograder.reporting import feedback
from autograder.testing import made_up_results
from helpers.errors import Refused

# nbgrader's own
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    made = [
        made_up_results.result(who)
        for who in ("Ada Okafor", "محمد علي", "no exchange", "empty secret", "link")
    ]
    return made_up_results.save(tmp_path_factory.mktemp("course"), made)


@pytest.fixture(scope="module")
def written(course):
    for who, secret in {
        "Ada Okafor": "a" * 128,
        "محمد علي": "b" * 128,
        "empty secret": "",
        "link": None,
    }.items():
        folder = course.submitted(made_up_results.UNIT, who).parent
        folder.mkdir(parents=True)
        if secret is None:
            os.symlink(course.root / "gradebook.db", folder / SECRET)
        else:
            (folder / SECRET).write_text(secret)
    return feedback.make(course, made_up_results.UNIT)[0]


def test_pages_lie_where_nbgrader_looks(course, written):
    assert (
        written["محمد علي"]
        == course.root / "feedback" / "محمد علي" / made_up_results.UNIT / f"{made_up_results.UNIT}.html"
    )
    assert all("5 of 9 points" in file.read_text("utf-8") for file in written.values())


def test_nbgrader_releases_them_to_those_who_handed_in_and_to_nobody_else(course, written, tmp_path):
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import ExchangeReleaseFeedback
    from nbgrader.utils import notebook_hash
    from traitlets.config import Config

    config = Config()
    config.CourseDirectory.root, config.CourseDirectory.course_id = str(course.root), "fdl"
    config.CourseDirectory.assignment_id, config.Exchange.root = made_up_results.UNIT, str(tmp_path)
    ExchangeReleaseFeedback(coursedir=CourseDirectory(config=config), config=config).start()
    released = {file.stem: file.read_text("utf-8") for file in (tmp_path / "fdl" / "feedback").glob("*.html")}
    assert len(released) == len(written)
    for who, secret in {"Ada Okafor": "a" * 128, "محمد علي": "b" * 128}.items():
        assert who in released[notebook_hash(secret=secret, notebook_id=made_up_results.UNIT)]


def test_who_has_no_secret_keeps_the_one_that_was_made(course, written):
    before = {who: (file.parent / SECRET).read_text() for who, file in written.items()}
    assert all(len(before[who]) == 128 for who in ("no exchange", "empty secret", "link"))
    feedback.make(course, made_up_results.UNIT)
    assert before == {who: (file.parent / SECRET).read_text() for who, file in written.items()}
    assert (written["link"].parent / STAMP).read_text() == ""


def test_one_student_elsewhere(course, tmp_path):
    written, gone = feedback.make(course, made_up_results.UNIT, ["Ada Okafor"], tmp_path)
    assert (list(written), gone) == (["Ada Okafor"], [])
    assert [file.name for file in tmp_path.iterdir()] == ["Ada Okafor"]


def test_an_unknown_student_is_refused_with_the_closest(course):
    with pytest.raises(
        ValueError, match=r"no graded submission of 90_made_up is from 'Ada Okafo'; did you mean Ada Okafor\?"
    ):
        feedback.make(course, made_up_results.UNIT, ["Ada Okafo"])


def test_stock_feedback_can_be_released_as_well(course):
    """`nbgrader generate_feedback` takes the secret from the graded submission's folder."""
    folder = course.submitted(made_up_results.UNIT, "Zoë").parent
    folder.mkdir(parents=True)
    (folder / SECRET).write_text("c" * 128)
    book = Book(course)
    book._keep(folder, "Zoë", made_up_results.UNIT, "{}", {})
    book.close()
    assert (course.graded(made_up_results.UNIT, "Zoë").parent / SECRET).read_text() == "c" * 128


def test_a_notebook_that_is_gone_is_told_to_who_made_the_pages(tmp_path, monkeypatch):
    made_up_results.save(
        tmp_path, [made_up_results.result("ada"), made_up_results.result("bo", notebook=None)]
    )
    monkeypatch.setattr(
        "autograder.cli.reporting.unit_of", lambda name, course: Unit(made_up_results.UNIT, None, "")
    )
    result = CliRunner().invoke(app.app, ["feedback", "90", "--course", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stdout.startswith("Pages: 2, as ")
    assert "bo: the graded notebook is gone" in result.stderr
    assert "ada:" not in result.stderr


def test_a_student_whose_name_leads_elsewhere_is_refused(tmp_path):
    course = made_up_results.save(tmp_path, [made_up_results.result("../../x", notebook=None)])
    with pytest.raises(Refused, match=r"'\.\./\.\./x' cannot be the name of a folder"):
        feedback.make(course, made_up_results.UNIT)
    assert not (tmp_path.parent / "x").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["feedback", "01_forward_propagatoin"], 2, "did you mean 01_forward_propagation?"),
        (["report", "01_forward_propagatoin"], 2, "did you mean 01_forward_propagation?"),
        (["feedback", "1", "--course", "nowhere"], 2, "there is no folder"),
        (["feedback", "1", "--course", "."], 1, "there is no gradebook in"),
        (["report", "1", "--course", "."], 1, "there is no gradebook in"),
        (["report", "--course", "."], 1, "there is no gradebook in"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments, code, expected, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app.app, arguments)
    assert result.exit_code == code
    told = " ".join(re.sub("[│╭╰─╮╯]", " ", result.output).split())
    assert expected in told
    assert "Traceback" not in result.output
