"""Downloads as Canvas, Moodle and Gradescope name them."""

import os
import unicodedata
import zipfile

import pytest

from autograder.course.layout import Course
from autograder.gradebook.collect import Student, collect, match, undo
from autograder.gradebook.downloads import Person
from helpers.errors import Refused

UNIT = "01_unit"
ANA, ZOE = (
    Student("ana", "Ana Doe", "ana@uni.edu", "12345"),
    Student("zr", "Zoë van der Röhe", "zoe@uni.edu", "777"),
)
TWIN = Student("ana2", "Ana Doe", "ana2@uni.edu", "999")
METADATA = """---
submission_45678:
  :submitters:
  - :name: Ana Doe
    :sid: ana
    :email: ana@uni.edu
  :created_at: 2026-11-20 23:59:10.123456000 -05:00
submission_45679:
  :submitters:
  - :name: Somebody
    :sid: ''
    :email: ZOE@uni.edu
"""
DOWNLOADS = {
    "Canvas": {
        "doeana_12345_678901_01_unit-1.ipynb": b"new",
        "doeana_12345_678900_01_unit.ipynb": b"old",
        "vanderrohezoe_LATE_777_2_mine.ipynb": b"zoe",
        "nobody_1_2_01_unit.ipynb": b"?",
    },
    "Moodle": {
        "Ana Doe_1234567_assignsubmission_file_/01_unit.ipynb": b"new",
        "Zoë van der Röhe_22_assignsubmission_file_/a (1).ipynb": b"zoe",
        "Zoë van der Röhe_22_assignsubmission_file_/proof.pdf": b"%PDF",
        "No Body_3_assignsubmission_file_/01_unit.ipynb": b"?",
    },
    "Moodle, without folders": {
        "Ana Doe_1234567_assignsubmission_file_01_unit.ipynb": b"new",
        "Zoë van der Röhe_22_assignsubmission_file_01_unit.ipynb": b"zoe",
        "No Body_3_assignsubmission_file_01_unit.ipynb": b"?",
    },
    "Gradescope": {
        "assignment_1_export/submission_metadata.yml": METADATA.encode(),
        "assignment_1_export/submission_45678/01_unit.ipynb": b"new",
        "assignment_1_export/submission_45679/work.ipynb": b"zoe",
        "assignment_1_export/submission_45680/work.ipynb": b"?",
    },
    "by hand": {"all/ana/x.ipynb": b"new", "all/zr.ipynb": b"zoe", "all/nobody.ipynb": b"?"},
}


@pytest.fixture
def course(tmp_path):
    (tmp_path / "course").mkdir()
    return Course(tmp_path / "course")


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return path


def unpacked(path, files):
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


@pytest.mark.parametrize("pack", [zipped, unpacked])
@pytest.mark.parametrize("files", DOWNLOADS.values(), ids=DOWNLOADS)
def test_a_download_is_taken_as_it_is_named(course, tmp_path, files, pack):
    found = collect(course, UNIT, pack(tmp_path / "download", files), [ANA, ZOE])
    assert found.students.keys() == {"ana", "zr"}
    assert course.submitted(UNIT, "ana").read_bytes() == b"new"
    assert course.submitted(UNIT, "zr").read_bytes() == b"zoe"
    (sentence,) = found.unmatched
    assert "is nobody on the roster" in sentence


def test_files_beside_a_notebook_come_along_and_older_ones_keep_a_name(course, tmp_path):
    collect(course, UNIT, zipped(tmp_path / "a.zip", DOWNLOADS["Canvas"] | DOWNLOADS["Moodle"]), [ANA, ZOE])
    assert {file.name for file in course.submitted(UNIT, "zr").parent.iterdir()} >= {"proof.pdf"}
    olds = [file.read_bytes() for file in course.submitted(UNIT, "ana").parent.glob("*.ipynb")]
    assert b"old" in olds


@pytest.mark.parametrize(
    "copy", [f"Kopie von {UNIT}.ipynb", f"{UNIT} (1).ipynb", f"{UNIT}-Copy2.ipynb", "z 3.ipynb"]
)
@pytest.mark.parametrize("copy_first", [True, False])
def test_the_exact_name_is_the_units_in_whatever_order_and_the_other_is_told(
    course, tmp_path, copy, copy_first
):
    files = {f"doeana_12345_12_{UNIT}.ipynb": b"exact"}
    theirs = {f"doeana_12345_{11 if copy_first else 13}_{copy}": b"copy"}
    files = theirs | files if copy_first else files | theirs
    found = collect(course, UNIT, zipped(tmp_path / "c.zip", files), [ANA, ZOE])
    assert course.submitted(UNIT, "ana").read_bytes() == b"exact"
    assert course.submitted(UNIT, "ana").with_name(copy).read_bytes() == b"copy"
    assert found.remarks == [f"ana: beside {UNIT}.ipynb is kept {copy}"]


def test_the_newest_attempt_is_told_by_its_number_and_named(course, tmp_path):
    found = collect(course, UNIT, zipped(tmp_path / "c.zip", DOWNLOADS["Canvas"]), [ANA, ZOE])
    assert found.remarks == [f"ana: beside {UNIT}.ipynb, which was {UNIT}-1.ipynb, is kept {UNIT}-2.ipynb"]


def test_when_it_was_handed_in_is_written_down_where_it_is_told(course, tmp_path):
    found = collect(course, UNIT, zipped(tmp_path / "g.zip", DOWNLOADS["Gradescope"]), [ANA, ZOE])
    stamp = course.submitted(UNIT, "ana").with_name("timestamp.txt").read_text()
    assert stamp.startswith("2026-11-21 04:59:10")
    assert found.late == []
    found = collect(course, UNIT, zipped(tmp_path / "c.zip", DOWNLOADS["Canvas"]), [ANA, ZOE])
    assert found.late == ["zr"]


def test_it_can_be_undone(course, tmp_path):
    before = course.submitted(UNIT, "ana")
    before.parent.mkdir(parents=True)
    before.write_bytes(b"before")
    found = collect(course, UNIT, zipped(tmp_path / "c.zip", DOWNLOADS["Canvas"]), [ANA, ZOE])
    assert found.replaced == ["ana"]
    undo(course, UNIT)
    assert before.read_bytes() == b"before"
    assert not course.submitted(UNIT, "zr").exists()
    with pytest.raises(Refused, match="nothing was collected for 01_unit"):
        undo(course, UNIT)


@pytest.mark.parametrize("name", [f"{UNIT}.ipynb", "all.zip"])
def test_the_notebook_of_before_stays_beside_files_that_came_without_one(course, tmp_path, name):
    before = course.submitted(UNIT, "ana").with_name(name)
    before.parent.mkdir(parents=True)
    packed = zipped(tmp_path / "work.zip", {"work/x.ipynb": b"before"}).read_bytes()
    before.write_bytes(packed if name == "all.zip" else b"before")
    kept = before.read_bytes()
    before.with_name("old.pdf").write_bytes(b"%PDF")
    before.with_name("link.ipynb").symlink_to(before)
    files = {"doeana_12345_21_derivations.pdf": b"%PDF", "vanderrohezoe_777_2_mine.ipynb": b"zoe"}
    found = collect(course, UNIT, zipped(tmp_path / "c.zip", files), [ANA, ZOE])
    assert {path.name for path in before.parent.iterdir()} == {name, "derivations.pdf"}
    assert before.read_bytes() == kept
    assert found.remarks == [
        f"ana: derivations.pdf came without a notebook; {name} of before stays, and counts"
    ]
    undo(course, UNIT)
    assert {path.name for path in before.parent.iterdir()} == {name, "old.pdf", "link.ipynb"}


def test_a_notebook_in_a_new_zip_takes_the_place_of_the_one_of_before(course, tmp_path):
    before = course.submitted(UNIT, "ana")
    before.parent.mkdir(parents=True)
    before.write_bytes(b"before")
    packed = zipped(tmp_path / "all.zip", {"work/x.ipynb": b"new"}).read_bytes()
    files = {"doeana_12345_21_all.zip": packed, "vanderrohezoe_777_2_mine.ipynb": b"zoe"}
    found = collect(course, UNIT, zipped(tmp_path / "c.zip", files), [ANA, ZOE])
    assert [path.name for path in before.parent.iterdir()] == ["all.zip"]
    assert found.remarks == []


@pytest.mark.parametrize(
    ("person", "whose"),
    [
        (Person(lms="12345", name="somebody"), "ana"),
        (Person(name="Doe, Ana"), "ana"),
        (Person(name="VanDerRoheZoe"), "zr"),
        (Person(email="ZOE@UNI.EDU"), "zr"),
        (Person(id="777"), "zr"),
    ],
)
def test_somebody_is_known_by_id_name_or_address(person, whose):
    assert match(person, [ANA, ZOE]) == (whose, "")


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_is_the_same_whatever_its_accents_are_made_of(course, tmp_path, forms):
    on_the_roster, of_folder = (unicodedata.normalize(form, "Zoë") for form in forms)
    files = {f"all/{of_folder}/x.ipynb": b"new", "all/ana/x.ipynb": b"ana"}
    found = collect(course, UNIT, unpacked(tmp_path / "d", files), [ANA, Student(on_the_roster)])
    assert found.students.keys() == {"ana", on_the_roster}
    # What lies there by the other name is what was there before.
    (course.root / "submitted" / on_the_roster).rename(course.root / "submitted" / of_folder)
    again = collect(course, UNIT, tmp_path / "d", [ANA, Student(on_the_roster)])
    assert set(again.replaced) == {"ana", on_the_roster}
    assert set(course.students(UNIT)) == {"ana", of_folder}


def test_who_may_be_two_is_neither():
    assert match(Person(name="anadoe"), [ANA, ZOE, TWIN]) == ("", "anadoe may be ana, ana2")


def test_what_a_group_handed_in_is_each_ones_and_who_is_unknown_is_told(course, tmp_path):
    both = "  - :name: Ana Doe\n    :sid: ana\n  - :name: Zoë\n    :sid: zr\n  - :name: Cy\n    :sid: cy\n"
    about = f"---\nsubmission_1:\n  :submitters:\n{both}  :created_at: 2026-11-20 23:59:10 -05:00\n"
    files = {"g/submission_metadata.yml": about.encode(), "g/submission_1/work.ipynb": b"ours"}
    found = collect(course, UNIT, zipped(tmp_path / "g.zip", files), [ANA, ZOE])
    for student in ("ana", "zr"):
        assert course.submitted(UNIT, student).read_bytes() == b"ours"
        assert course.submitted(UNIT, student).with_name("timestamp.txt").is_file()
    assert found.unmatched == ["g/submission_1/work.ipynb: Cy is nobody on the roster"]


ALONE = {
    "Gradescope": {
        "assignment_1_export/submission_metadata.yml": METADATA.encode(),
        "assignment_1_export/submission_45678/01_unit.ipynb": b"new",
    },
    "Moodle": {"all/Ana Doe_1234567_assignsubmission_file_/01_unit.ipynb": b"new"},
    "by hand": {"ana/01_unit.ipynb": b"new", "ana/scan.pdf": b"%PDF"},
    "by hand, in folders": {"all/ana/work/01_unit.ipynb": b"new", "all/ana/work/scan.pdf": b"%PDF"},
    "by hand, with another's name": {"ana/01_unit.ipynb": b"new", "ana/zr.ipynb": b"old"},
}


@pytest.mark.parametrize("files", ALONE.values(), ids=ALONE)
def test_what_one_student_handed_in_is_collected_as_a_class_is(course, tmp_path, files):
    found = collect(course, UNIT, zipped(tmp_path / "download", files), [ANA, ZOE])
    assert found.students.keys() == {"ana"}
    assert found.unmatched == []
    assert course.submitted(UNIT, "ana").read_bytes() == b"new"


def test_a_student_cannot_say_when_they_handed_in(course, tmp_path):
    files = {
        "doeana_LATE_12345_1_unit.ipynb": b"1",
        "doeana_LATE_12345_2_timestamp.txt": b"2020-01-01 00:00:00 UTC",
    }
    collect(course, UNIT, unpacked(tmp_path / "d", files), [ANA])
    beside = course.submitted(UNIT, "ana").parent
    assert sorted(file.name for file in beside.iterdir()) == [f"{UNIT}.ipynb", "timestamp-2.txt"]


def test_nothing_is_changed_where_nobody_is_known(course, tmp_path):
    with pytest.raises(Refused, match=r"holds nothing of anybody on the roster \(0 students\)"):
        collect(course, UNIT, zipped(tmp_path / "c.zip", DOWNLOADS["Canvas"]), [])
    assert list(course.root.iterdir()) == []


@pytest.mark.parametrize("what", ["nothing", "no zip", "a pipe"])
def test_what_is_no_download_is_refused(course, tmp_path, what):
    source = tmp_path / "download"
    if what == "no zip":
        source.write_bytes(b"PK\x03\x04 and no more")
    elif what == "a pipe":
        os.mkfifo(source)
    with pytest.raises(Refused):
        collect(course, UNIT, source, [ANA])


def test_a_student_cannot_say_whose_the_work_of_others_is(course, tmp_path):
    forged = METADATA.replace(":sid: ana", ":sid: zr").encode()
    files = DOWNLOADS["Gradescope"] | {"assignment_1_export/submission_45679/submission_metadata.yml": forged}
    del files["assignment_1_export/submission_metadata.yml"]
    files["assignment_1_export/submission_metadata.yml"] = METADATA.encode()
    found = collect(course, UNIT, unpacked(tmp_path / "g", files), [ANA, ZOE])
    assert course.submitted(UNIT, "ana").read_bytes() == b"new"
    assert found.students["zr"] == ["work.ipynb", "submission_metadata.yml"]


def test_what_cannot_be_read_keeps_nobody_elses_from_being_taken_and_nothing_is_lost(course, tmp_path):
    before = course.submitted(UNIT, "ana")
    before.parent.mkdir(parents=True)
    before.write_bytes(b"before")
    place = zipped(tmp_path / "c.zip", {"ana/01_unit.ipynb": b"new work", "zr/01_unit.ipynb": b"zoe"})
    place.write_bytes(place.read_bytes().replace(b"new work", b"bad work"))
    found = collect(course, UNIT, place, [ANA, ZOE])
    assert list(found.students) == ["zr"]
    assert "ana/01_unit.ipynb cannot be unpacked: Bad CRC-32" in found.unmatched[0]
    assert before.read_bytes() == b"before"


def test_a_download_that_is_too_large_is_refused_before_anything_is_written(course, tmp_path):
    bomb = tmp_path / "download" / "ana"
    bomb.mkdir(parents=True)
    for number in range(400):
        with (bomb / f"{number}.ipynb").open("wb") as sparse:
            sparse.truncate(60 << 20)
    with pytest.raises(Refused, match=r"more than 100,000 files or 21 GB\. Download the class in parts"):
        collect(course, UNIT, tmp_path / "download", [ANA])
    assert list(course.root.iterdir()) == []


def test_names_that_lead_elsewhere_lead_nowhere(course, tmp_path):
    files = {"ana/../../../evil.ipynb": b"x", "ana/01_unit.ipynb": b"new"}
    collect(course, UNIT, zipped(tmp_path / "e.zip", files), [ANA])
    found = [path.relative_to(course.root).parts[:3] for path in tmp_path.rglob("*.ipynb")]
    assert set(found) == {("submitted", "ana", UNIT)}
