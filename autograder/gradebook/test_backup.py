"""A course that was backed up comes back whole, and a restore takes nothing away in silence."""

import io
import os
import stat
import tarfile

import pytest
from sqlalchemy import select

from autograder.course.layout import Course
from autograder.gradebook import backup, copying, database
from autograder.testing import made_up_results
from helpers.errors import CalledWrongly, Refused


def rows(course):
    """Everything in a gradebook, by table."""
    url = database.address(course)
    there = backup.rows(url)
    with database.connected(url) as connection:
        tables = [table for table in copying.TABLES if table.name in there]
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


def files(course):
    """What lies in a course root, but for the gradebook."""
    return {
        file.relative_to(course.root).as_posix(): file.read_bytes()
        for file in course.root.rglob("*")
        if file.is_file() and file.name != "gradebook.db"
    }


@pytest.fixture
def course(tmp_path):
    """A small class that was graded, with everything that a course root may hold."""
    (tmp_path / "course").mkdir()
    course = made_up_results.save(tmp_path / "course", made_up_results.crowd(4))
    handed_in = course.submitted(made_up_results.UNIT, "ada").parent
    handed_in.mkdir(parents=True)
    (handed_in / "page 1 – é.pdf").write_bytes(b"%PDF-1.7")
    # A file by two names, as an exchange may link it, comes back as two.
    os.link(handed_in / "page 1 – é.pdf", handed_in / "linked.pdf")
    (course.root / ".draws").write_text("ab" * 32)
    (course.root / ".draws").chmod(0o600)
    for name in ("course.yml", "operations.yml", "extensions.yml", "units/20_ours.py"):
        (course.root / name).parent.mkdir(exist_ok=True)
        (course.root / name).write_text(f"# {name}\n")
    return course


def test_a_course_comes_back_with_every_row_and_file(course, tmp_path):
    before = files(course)
    for made_again in ("release/x", "feedback/ada/x.html", "units/__pycache__/x.pyc"):
        (course.root / made_again).parent.mkdir(parents=True)
        (course.root / made_again).write_text("made again")
    archive = tmp_path / "backup.tar.gz"
    kept = backup.backup(course, archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert kept.files == len(before)
    again = Course(tmp_path / "again")
    restored = backup.restore(archive, again)
    assert rows(again) == rows(course)
    assert restored.rows == kept.rows
    assert kept.rows["student"] == len(rows(course)["student"]) > 0
    assert files(again) == before
    assert stat.S_IMODE((again.root / ".draws").stat().st_mode) == 0o600


def test_what_a_student_links_is_not_followed(course, tmp_path):
    (tmp_path / "secret").write_text("of the teacher")
    place = course.root / "submitted" / "ada"
    (place / "link").symlink_to(tmp_path / "secret")
    (place / "folder").symlink_to(tmp_path)
    os.mkfifo(place / "pipe")
    kept = backup.backup(course, tmp_path / "backup.tar.gz")
    assert kept.left_out == ["submitted/ada/folder", "submitted/ada/link", "submitted/ada/pipe"]


def test_what_is_there_is_replaced_only_if_asked_for_and_kept(course, tmp_path):
    archive = tmp_path / "backup.tar.gz"
    backup.backup(course, archive)
    before = rows(course)
    with database.opened(course, make=True) as gradebook:
        gradebook.add_student("new")
    (course.root / "operations.yml").write_text("# since\n")
    since = rows(course), files(course)
    with pytest.raises(Refused, match=r"2 files of .* are other ones .*gradebook.db, operations.yml"):
        backup.restore(archive, course)
    assert (rows(course), files(course)) == since
    kept = backup.restore(archive, course, force=True)
    assert rows(course) == before
    assert kept.replaced
    assert (kept.replaced / "operations.yml").read_text() == "# since\n"
    assert (kept.replaced / "gradebook.db").is_file()


def test_a_course_of_one_s_own_is_not_put_into_this_projects(course, tmp_path, monkeypatch):
    archive = tmp_path / "backup.tar.gz"
    backup.backup(course, archive)
    monkeypatch.setattr(backup, "COURSE", tmp_path / "project")
    with pytest.raises(CalledWrongly, match="is of a course of its own: name a folder for it"):
        backup.restore(archive, Course(tmp_path / "project"))
    assert list((tmp_path / "project").iterdir()) == []


def packed(place, *members):
    """An archive of members, each a name and what it holds; a link if that is no bytes."""
    with tarfile.open(place, "w:gz") as archive:
        for name, data in members:
            about = tarfile.TarInfo(name)
            if isinstance(data, bytes):
                about.size = len(data)
                archive.addfile(about, io.BytesIO(data))
            else:
                about.type, about.linkname = tarfile.SYMTYPE, data
                archive.addfile(about)


MANIFEST = (backup.MANIFEST, b'{"version": 1, "rows": {}}')
BAD = {
    "no archive": lambda file: file.write_bytes(b"PK\x03\x04" * 99),
    "of something else": lambda file: packed(file, ("x", b"y")),
    "beside the folder": lambda file: packed(file, MANIFEST, ("../outside", b"y")),
    "through a link": lambda file: packed(file, MANIFEST, ("submitted", "/tmp"), ("submitted/x", b"y")),
    "without its gradebook": lambda file: packed(
        file, (backup.MANIFEST, b'{"version": 1, "rows": {"student": 3}}')
    ),
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_what_is_no_whole_backup_is_told_and_changes_nothing(tmp_path, make):
    archive, root = tmp_path / "backup.tar.gz", tmp_path / "course"
    make(archive)
    with pytest.raises(Refused, match="is no backup of a course, or not all of one"):
        backup.restore(archive, Course(root))
    assert list(root.iterdir()) == []
    assert sorted(file.name for file in tmp_path.iterdir()) == ["backup.tar.gz", "course"]


def test_an_archive_that_breaks_off_is_told(course, tmp_path):
    archive = tmp_path / "backup.tar.gz"
    backup.backup(course, archive)
    archive.write_bytes(archive.read_bytes()[:-500])
    with pytest.raises(Refused, match="is no backup of a course, or not all of one"):
        backup.restore(archive, Course(tmp_path / "again"))


def test_a_backup_is_never_written_over(course, tmp_path):
    archive = tmp_path / "backup.tar.gz"
    archive.write_text("the last one")
    with pytest.raises(Refused, match="is there already; name a new file"):
        backup.backup(course, archive)
    assert archive.read_text() == "the last one"
