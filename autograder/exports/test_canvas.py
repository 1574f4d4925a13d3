"""The filled file is read back by Canvas's rules, written here from its documentation and importer."""

import csv
import io
import re

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.exports import canvas
from autograder.exports.conftest import UNIT, result
from autograder.gradebook import results

HEADER = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Essay (11),Unit 1 (12),Assignments Current Score,Final Score"
)
FILE = f"""{HEADER}
,,,,,,Manual Posting,,
    Points Possible,,,,,10,25,(read only),(read only)
"Okafor, Ada",101,U1,ada,"Sec A, B",7,,70,35
"Müller, Jörg",102,U2,JÖRG,Sec A,EX,3,0,0
"علي, محمد",103,محمد,,Sec A,4,,40,20
"Nobody, Else",104,U4,nobody,Sec A,5,9,50,25
"Student, Test",105,,f00dbeef,Sec A,,,,
"""


def as_canvas(data):
    """What Canvas makes of a file: points possible by title, and grades by title and the student's ID."""
    text = data.decode("utf-8")  # and nothing else
    assert not text.startswith("\ufeff")  # it would belong to the first cell
    separator = max(",;", key=lambda sign: _fields(text, sign))
    header, *rows = csv.reader(io.StringIO(text), delimiter=separator)
    names = 2 if header[:2] == ["LastName", "FirstName"] else 1
    assert names == 2 or "Student" in header[0]
    assert "ID" in header[names]
    columns = names + 2
    if "SIS Login ID" in header[names + 1]:
        columns += 1
    elif "SIS User ID" in header[names + 1] and "SIS Login ID" in header[names + 2]:
        columns += 2
    assert "Section" in header[columns - 1]
    assignments = {
        i: re.sub(r"\s\(\d+\)$", "", title)
        for i, title in enumerate(header)
        if i >= columns and not re.search("(Current|Final|Override) (Score|Points|Grade|Status)", title)
    }
    points, grades = {}, {}
    for row in rows:
        cells = [_number(cell) for cell in row]
        if "Points Possible" in row[0]:
            points = {title: cells[i] for i, title in assignments.items()}
        elif not all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", c, re.IGNORECASE) for c in row):
            grades[row[names]] = {title: cells[i].strip() for i, title in assignments.items()}
    return points, grades


def _fields(text, sign):
    """How many cells the first lines have, if all have the same."""
    counts = {len(next(csv.reader([line], delimiter=sign))) for line in text.split("\n")[:3]}
    return counts.pop() if len(counts) == 1 else 0


def _number(cell):
    if not re.fullmatch(r"-?[0-9.,]+%?", cell):
        return cell
    *whole, last = re.split("[,.]", cell)
    return f"{''.join(whole)}.{last}" if whole else last


def filled(graded, data=FILE, title="Unit 1"):
    gradebook = canvas.read(data.encode() if isinstance(data, str) else data)
    told = canvas.fill(gradebook, graded, title)
    return as_canvas(gradebook.text().encode()), gradebook.text(), told


def test_scores_reach_their_students_and_nothing_else_changes(results):
    (points, grades), text, told = filled(results)
    assert {id: row["Unit 1"] for id, row in grades.items()} == {
        "101": "22.5",
        "102": "8.33",
        "103": "0",
        "104": "9",  # an empty cell would delete it
        "105": "",
    }
    assert points == {"Essay": "10", "Unit 1": "25"}
    before, after = (list(csv.reader(io.StringIO(t))) for t in (FILE, text))
    assert [row[:6] + row[7:] for row in after] == [row[:6] + row[7:] for row in before]
    assert told.entered == 3
    assert told.told == ["left out, since Canvas has no such student: =HYPERLINK(1)"]


@pytest.mark.parametrize("title", ["unit 1", "Unit 1 (12)"])
def test_a_column_is_found_by_its_title_with_or_without_its_number(results, title):
    assert filled(results, title=title)[2].column == "Unit 1 (12)"


def test_without_such_a_column_canvas_gets_a_new_assignment(results):
    (points, grades), _, told = filled(results, title="")
    assert points[UNIT] == "25"
    assert {id: row[UNIT] for id, row in grades.items()} == {
        "101": "22.5",
        "102": "8.33",
        "103": "0",
        "104": "",
        "105": "",
    }
    assert grades["104"]["Unit 1"] == "9"
    assert "Canvas will make a new assignment" in told.told[0]


def test_a_title_that_is_nearly_there_is_suggested(results):
    assert "if 'Unit 1 (12)' was meant" in filled(results, title="Units 1")[2].told[0]


def test_two_columns_of_one_title_are_refused_until_one_is_named(results):
    twice = FILE.replace("Essay (11)", "Unit 1 (11)")
    with pytest.raises(canvas.NotCanvas, match=r"'Unit 1 \(11\)' and 'Unit 1 \(12\)' both"):
        filled(results, twice)
    assert filled(results, twice, "Unit 1 (12)")[2].column == "Unit 1 (12)"


@pytest.mark.parametrize("title", ["Final Score", "Section", "Homework Current Points"])
def test_canvass_own_columns_are_not_written(results, title):
    with pytest.raises(canvas.NotCanvas, match="no assignment"):
        filled(results, title=title)


MATCHES = {
    "login before id": ({"id": "104"}, {"101": "104"}, "101"),
    "SIS id": ({"id": "u2"}, {}, "102"),
    "Canvas's id": ({"id": "x", "lms_user_id": "103"}, {}, "103"),
    "email as login": ({"id": "x", "email": "Ada@Uni.edu "}, {"101": "ada@uni.edu"}, "101"),
}


@pytest.mark.parametrize(("about", "logins", "row"), MATCHES.values(), ids=MATCHES)
def test_students_are_found_in_the_stated_order(about, logins, row):
    data = FILE
    for id, login in logins.items():
        data = data.replace(f"{id},U1,ada", f"{id},U1,{login}")
    (_, grades), _, told = filled([result(about.pop("id"), 1, **about)], data)
    assert (grades[row]["Unit 1"], told.entered) == ("1", 1)


def test_who_may_be_two_is_left_out_and_told():
    data = FILE.replace("nobody", "ada")
    (_, grades), _, told = filled([result("ada", 1)], data)
    assert (grades["101"]["Unit 1"], grades["104"]["Unit 1"], told.entered) == ("", "9", 0)
    assert told.ambiguous == ["ada may be Okafor, Ada or Nobody, Else by SIS Login ID: left out"]


def test_two_of_ours_who_are_one_in_canvas_are_left_out_and_told():
    (_, grades), _, told = filled([result("ada", 1), result("Ada", 2), result("u2", 3)])
    assert (grades["101"]["Unit 1"], grades["102"]["Unit 1"]) == ("", "3")
    assert told.ambiguous == ["ada and Ada are both Okafor, Ada in Canvas: left out"]


def test_an_excused_student_stays_excused():
    (_, grades), _, told = filled([result("jörg", 1)], title="Essay")
    assert grades["102"]["Essay"] == "EX"
    assert told.told[-1] == "jörg stays EX, as Canvas has it"


def test_other_points_in_canvas_and_scores_that_are_not_final_are_told():
    told = filled([result("ada", 1, derivation=0.0)])[2].told
    assert told == [
        "'Unit 1 (12)' has 25 points in Canvas, 15 here: scores are entered as they are",
        "not final yet, a person has to look at them: ada",
    ]


SEMICOLONS = re.sub(r"(,)(?=(?:[^\"\n]*\"[^\"\n]*\")*[^\"\n]*$)", ";", FILE, flags=re.MULTILINE)
APART = re.sub(r'^"(\w+), (\w+)",', r"\1,\2,", FILE, flags=re.MULTILINE)
APART = re.sub(r"^( *|    Points Possible),", r"\1,,", APART, flags=re.MULTILINE)
APART = APART.replace("Student,ID", "LastName,FirstName,ID")
LOCALES = {
    "byte order mark": FILE.encode("utf-8-sig"),
    "semicolons and decimal commas": SEMICOLONS.replace(";7;;70;", ";7,25;;70,5;").encode(),
    "semicolons, saved by Excel": SEMICOLONS.replace(";7;;", ";7,25;;")
    .replace("\n", "\r\n")
    .encode("utf-8-sig"),
    "UTF-16 with tabs": SEMICOLONS.replace(";", "\t").encode("utf-16"),
    "first and last names apart": APART.encode(),
}


@pytest.mark.parametrize("data", LOCALES.values(), ids=LOCALES)
def test_another_locale_comes_out_as_canvas_takes_it(results, data):
    (_, grades), text, _ = filled(results, data)
    assert [grades[id]["Unit 1"] for id in ("101", "102", "103")] == ["22.5", "8.33", "0"]
    assert float(grades["101"]["Essay"]) in (7, 7.25)
    assert ("22,5" in text) == ("7,25" in text)


NO_GRADEBOOK = {
    "empty": b"",
    "a spreadsheet": b"PK\x03\x04\xff\xfe\x00\x80\x9c",
    "our own": b"student_id,first_name,unit\nada,Ada,1\n",
    "a page": b"<html><head><title>Grades</title></head></html>",
    "no section": FILE.replace("Section", "Group").encode(),
    "broken quotes": b'Student,ID,Section\n"Ada,1,A\n',
}


@pytest.mark.parametrize("data", NO_GRADEBOOK.values(), ids=NO_GRADEBOOK)
def test_what_is_no_gradebook_is_refused_in_a_sentence(data):
    with pytest.raises(canvas.NotCanvas, match="UTF-8|Student and ID"):
        canvas.read(data)


@pytest.fixture
def fdl(tmp_path, monkeypatch):
    """`fdl export` for a class with one result."""
    monkeypatch.setattr(results, "of_class", lambda course, unit: [result("ada", 3), result("who?", 1)])
    return lambda *words: CliRunner().invoke(app.app, ["export", *map(str, words), "--course", str(tmp_path)])


def test_the_command_names_who_was_left_out(fdl, tmp_path):
    (tmp_path / "Grades.csv").write_text(FILE, "utf-8")
    found = fdl("canvas", UNIT, "--gradebook", tmp_path / "Grades.csv", "--column", "Unit 1")
    assert found.exit_code == 0, found.output
    assert "no such student: who?" in found.stderr
    place = tmp_path / "exports" / f"{UNIT}-canvas.csv"
    assert f"1 of 2 scores in the column 'Unit 1 (12)': {place}" in found.stdout
    assert as_canvas(place.read_bytes())[1]["101"]["Unit 1"] == "3"


def test_a_file_that_is_no_gradebook_costs_a_sentence(fdl, tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    found = fdl("canvas", UNIT, "--gradebook", tmp_path / "x.csv")
    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr.count("\n") == 1
    assert "in Canvas, open Grades" in found.stderr


def test_a_file_that_is_not_there_is_wrong_usage(fdl, tmp_path):
    assert fdl("canvas", UNIT, "--gradebook", tmp_path / "none.csv").exit_code == 2
