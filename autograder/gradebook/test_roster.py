"""A platform's list of students goes into the gradebook, and says what was taken for what."""

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course.layout import Course
from autograder.gradebook import database, results, roster
from helpers.errors import CalledWrongly, Refused

CANVAS = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Unit 1 (17)
,,,,,Manual Posting
    Points Possible,,,,,10
"Doe, Ana",101,A-1,ana,Autumn,7
"Ng, Bo Li",102,A-2,bo,Autumn,
"Student, Test",103,,,Autumn,
"""
MOODLE = """First name;Surname;Email address;ID number;Groups
Ana;Doe;ana@x.org;A-1;one
Zoë;O'Brien, Niamh;zoe@x.org;A-3;two
"""
GRADESCOPE = """Name,Email,SID,Role
Ana Doe,ana@x.org,ana,Student
Tom Tutor,tom@x.org,tom,TA
"""
# What nbgrader's own import takes.
NBGRADER = "id\tlast_name\tfirst_name\temail\tlms_user_id\nana\tDoe\tAna\tana@x.org\t101\n"
FILES = {
    "Canvas": (
        CANVAS,
        {"id": "SIS Login ID", "name": "Student", "lms_user_id": "ID"},
        [("ana", "Ana", "Doe", "", "101"), ("bo", "Bo Li", "Ng", "", "102")],
        ["line 3: Points Possible is no student", "line 6: Student, Test is no student"],
    ),
    "Moodle": (
        MOODLE,
        {"id": "ID number", "first_name": "First name", "last_name": "Surname", "email": "Email address"},
        [("A-1", "Ana", "Doe", "ana@x.org", ""), ("A-3", "Zoë", "O'Brien, Niamh", "zoe@x.org", "")],
        [],
    ),
    "Gradescope": (
        GRADESCOPE,
        {"id": "SID", "name": "Name", "email": "Email", "role": "Role"},
        [("ana", "Ana", "Doe", "ana@x.org", "")],
        ["line 3: tom is no student, but TA"],
    ),
    "nbgrader": (
        NBGRADER,
        {name: name for name in ("id", "first_name", "last_name", "email", "lms_user_id")},
        [("ana", "Ana", "Doe", "ana@x.org", "101")],
        [],
    ),
}


@pytest.fixture
def bring_in(root, tmp_path):
    def bring_in(text, **options):
        file = tmp_path / "roster.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        with database.opened(Course(root), make=True) as gradebook:
            return roster.bring_in(gradebook, file, **options)

    return bring_in


def people(root):
    found = results.roster(Course(root))
    return [(one.id, one.first_name, one.last_name, one.email, one.lms_user_id) for one in found]


@pytest.mark.parametrize(("text", "columns", "students", "left_out"), FILES.values(), ids=FILES)
def test_columns_are_known_by_the_titles_that_platforms_give_them(
    bring_in, root, text, columns, students, left_out
):
    done = bring_in(text)
    assert done.columns == columns
    assert people(root) == students
    assert done.left_out == left_out
    assert done.unusable == []
    # The same once more changes nothing.
    again = bring_in(text)
    assert (again.added, again.updated, again.kept) == ([], {}, len(students))


def test_who_is_known_by_another_id_is_one_student_and_keeps_what_a_list_does_not_say(bring_in, root):
    bring_in(CANVAS)
    with database.opened(Course(root), make=True) as gradebook:
        gradebook.update_or_create_student("ana", email="Ana@X.org")
    done = bring_in(MOODLE.replace("Ana;Doe", "Anna;Doe"))
    assert done.added == ["A-3"]
    assert done.updated == {"ana": "first_name Ana → Anna, email Ana@X.org → ana@x.org"}
    assert people(root)[1] == ("ana", "Anna", "Doe", "ana@x.org", "101")


def test_a_row_that_cannot_be_used_costs_the_others_nothing(bring_in, root):
    rows = ["ana,a@x.org", ",nobody@x.org", "../up,u@x.org", "ana,b@x.org", "a+b,c@x.org", "bo,d@x.org"]
    done = bring_in("\n".join(["username,email", *rows]))
    assert [student for student, *_ in people(root)] == ["ana", "bo"]
    assert done.unusable == [
        "line 3: there is no id",
        "line 4: '../up' cannot be an id: it is the name of a folder, without / and +",
        "line 5: ana is in line 2 already",
        "line 6: 'a+b' cannot be an id: it is the name of a folder, without / and +",
    ]


def test_another_column_may_hold_the_ids(bring_in, root):
    bring_in(CANVAS, id_column="SIS User ID")
    assert [student for student, *_ in people(root)] == ["A-1", "A-2"]
    with pytest.raises(CalledWrongly, match="has no column 'Matrikel', but Student, ID"):
        bring_in(CANVAS, id_column="Matrikel")


NO_ROSTER = {
    "no titles": (
        "ana,bo\nzoe,jo\n",
        "no column of .* holds ids: its titles are ana, bo. Name it: --id TITLE",
    ),
    "empty": (b"", "holds no students"),
    "titles alone": ("id,email\n", "holds no students"),
    "a spreadsheet": (b"PK\x03\x04\xff\xfe", "is no text in UTF-8"),
}


@pytest.mark.parametrize(("text", "words"), NO_ROSTER.values(), ids=NO_ROSTER)
def test_what_is_no_roster_is_told(bring_in, text, words):
    with pytest.raises(Refused, match=words):
        bring_in(text)


def test_a_dry_run_says_it_and_writes_nothing(root, tmp_path):
    (tmp_path / "people.csv").write_text(CANVAS)
    words = ["roster", str(tmp_path / "people.csv"), "--course", str(root), "--dry-run"]
    done = CliRunner().invoke(app.app, words)
    assert done.exit_code == 0
    assert "id           from 'SIS Login ID'" in done.stdout
    assert "not used: 'SIS User ID', 'Section', 'Unit 1 (17)'" in done.stdout
    assert "new: ana\nnew: bo\n" in done.stdout
    assert "2 new, 0 changed, 0 as they were.\nNothing was written" in done.stdout
    assert people(root) == []
