import csv
import io

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course.layout import Course
from autograder.exports import spreadsheet
from autograder.exports.conftest import UNIT, result
from autograder.gradebook import results as class_data
from autograder.gradebook.results import Person


def read(graded, people=()):
    """The file as a program reads it, by student and unit."""
    data = spreadsheet.encoded(spreadsheet.table(graded, people)).decode("utf-8-sig")
    return {(row["student_id"], row["unit"]): row for row in csv.DictReader(io.StringIO(data))}


def test_names_come_through_as_they_are(results):
    rows = read([results])
    assert rows["ada", UNIT]["last_name"] == "Okafor, the 2nd"
    assert rows["jörg", UNIT]["first_name"] == 'Jörg "JJ"'
    assert rows["محمد", UNIT]["last_name"] == "علي"


def test_scores_are_numbers_with_penalty_and_parts(results):
    row = read([results])["jörg", UNIT]
    assert (row["score"], row["max_score"]) == ("8.33", "20")
    assert (row["raw_score"], row["late_penalty"]) == ("10.33", "2")
    assert (row["exercise 1"], row["exercise 2"], row["by hand"]) == ("10", "0.33", "")


def test_excel_finds_the_mark_that_tells_it_of_utf8(results):
    assert spreadsheet.encoded(spreadsheet.table([results], ())).startswith(b"\xef\xbb\xbfstudent_id")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-2+3", "@sum(1)", "\t=1", " =1", "\r=1"])
def test_what_looks_like_a_formula_becomes_a_text(text):
    row = next(csv.reader(io.StringIO(spreadsheet.text([[text]]), newline="")))
    assert row == [f"'{text}"]


def test_a_negative_number_stays_one():
    assert spreadsheet.text([[-2.5, "1"]]) == "-2.5,1\r\n"


def test_who_handed_in_nothing_has_a_row_without_a_score(results):
    row = read([results], [Person("zoë", "Zoë", "Late")])["zoë", UNIT]
    assert (row["last_name"], row["score"], row["max_score"]) == ("Late", "", "25")
    assert not any(row[f"exercise {i}"] for i in (1, 2))


def test_points_that_wait_for_a_grader_are_told():
    row = read([[result("a", 1, derivation=0.0)]])["a", UNIT]
    assert (row["points_to_grade_by_hand"], row["to_grade_by_hand"]) == ("5", "by hand")
    assert row["needs_review"] == "no"


def test_several_units_share_a_file_and_tell_their_exercises_apart(results):
    rows = read([results, [result("ada", 4, unit="11_dropout")]], [Person("zoë")])
    assert len(rows) == 7
    assert rows["ada", "11_dropout"]["11_dropout: exercise 1"] == "4"
    assert rows["ada", "11_dropout"][f"{UNIT}: exercise 1"] == ""
    assert rows["zoë", "11_dropout"]["max_score"] == "10"


def test_whoever_lost_cells_has_the_columns_of_the_others():
    rows = spreadsheet.table([[result("a", 1), result("b", 1, 2, derivation=3)]], ())
    assert rows[0][len(spreadsheet.HEAD) :] == ["exercise 1", "exercise 2", "by hand"]
    assert rows[1][len(spreadsheet.HEAD) :] == [1, None, None]


@pytest.fixture
def fdl(results, tmp_path, monkeypatch):
    """`fdl export csv` for a class that has handed in one unit of the course."""
    monkeypatch.setattr(class_data, "of_class", lambda course, unit: results)
    monkeypatch.setattr(class_data, "roster", lambda course: [Person("zoë")])
    monkeypatch.setattr(class_data, "graded_units", lambda course: [UNIT])
    return lambda *words: CliRunner().invoke(app.app, ["export", "csv", *words, "--course", str(tmp_path)])


@pytest.mark.parametrize(("words", "name"), [(["1"], UNIT), (["--all"], "all")])
def test_the_command_says_where_the_file_is(fdl, tmp_path, words, name):
    found = fdl(*words)
    place = tmp_path / "exports" / f"{name}.csv"
    assert (found.exit_code, found.stdout) == (0, f"5 rows: {place}\n")
    assert place.read_bytes() == spreadsheet.encoded(
        spreadsheet.table([class_data.of_class(Course(tmp_path), UNIT)], [Person("zoë")])
    )


@pytest.mark.parametrize("words", [[], ["1", "--all"], ["99_nothing"]])
def test_one_unit_or_all_of_them(fdl, words):
    assert fdl(*words).exit_code == 2


def test_without_a_gradebook_it_says_what_to_do(tmp_path):
    found = CliRunner().invoke(app.app, ["export", "csv", "1", "--course", str(tmp_path)])
    assert (found.exit_code, found.stdout) == (1, "")
    assert (
        found.stderr.strip()
        == f"fdl export csv: there is no gradebook in {tmp_path}: run `fdl grade UNIT` first"
    )
