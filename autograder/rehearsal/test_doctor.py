"""What a machine lacks is told with the command that mends it, and nothing that is fine is blamed."""

import json
from importlib.metadata import PackageNotFoundError

import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course.layout import CONFIG, COURSE, Course
from autograder.rehearsal import doctor
from autograder.sandbox import client


@pytest.fixture
def course(tmp_path):
    """A course root with an exchange of its own."""
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    root = tmp_path / "course"
    root.mkdir()
    text = (
        f"load_subconfig({CONFIG!r}, path={str(COURSE)!r})\nget_config().Exchange.root = {str(exchange)!r}\n"
    )
    (root / CONFIG).write_text(text)
    return Course(root)


def test_a_machine_that_has_everything_is_told_so(course, monkeypatch):
    monkeypatch.setattr(doctor, "_free", lambda: 900.0)
    monkeypatch.setattr(client, "_working", lambda _: list(client.TIERS))
    assert [finding for finding in doctor.examine(course) if not finding.fine] == []
    assert list(course.root.iterdir()) == [course.root / CONFIG]


def test_other_versions_than_those_of_the_lock_are_named(tmp_path):
    (tmp_path / "lock").write_text(
        "pytest==0.1 \\\n    --hash=sha256:00\nno-such-package==1 ; sys_platform == 'plan9'\n"
    )
    finding = doctor.packages(tmp_path / "lock")
    assert not finding.fine
    assert finding.said.startswith("1 have other versions than requirements.lock: pytest ")
    assert finding.said.endswith(", locked 0.1")
    assert finding.mend == "make install"


@pytest.mark.parametrize(
    ("free", "cores", "needed", "mend"),
    [(0.9, 4, True, "end other programs"), (2.1, 4, False, "fdl grade UNIT --jobs 2"), (3.0, 4, True, "")],
)
def test_memory_is_held_against_what_grading_takes(monkeypatch, free, cores, needed, mend):
    monkeypatch.setattr(doctor, "_free", lambda: free)
    monkeypatch.setattr(doctor.os, "cpu_count", lambda: cores)
    finding = doctor.memory()
    assert (finding.fine, finding.needed, finding.mend) == (not mend, needed, mend)


def break_gradebook(course):
    (course.root / "gradebook.db").write_bytes(b"PK\x03\x04" * 500)


def show_secret(course):
    (course.root / ".draws").write_text("ab" * 32)
    (course.root / ".draws").chmod(0o644)


def close_exchange(course):
    (course.root.parent / "exchange").chmod(0o755)


def lose_exchange(course):
    (course.root.parent / "exchange").rmdir()


LACKING = {
    "gradebook": (break_gradebook, doctor.gradebook, True, "is no SQLite database. Move it"),
    "secret": (show_secret, doctor.secret, True, "chmod 600"),
    "exchange that few can write": (close_exchange, doctor.exchange, False, "sudo chmod 777"),
    "no exchange": (lose_exchange, doctor.exchange, False, "sudo install -d -m 777"),
}


@pytest.mark.parametrize(("spoil", "look", "needed", "words"), LACKING.values(), ids=LACKING)
def test_what_a_course_lacks_is_told_with_what_mends_it(course, spoil, look, needed, words):
    assert look(course).fine
    spoil(course)
    finding = look(course)
    assert (finding.fine, finding.needed) == (False, needed)
    assert words in f"{finding.said} {finding.mend}"


def test_only_what_grading_needs_ends_with_1(course, monkeypatch):
    monkeypatch.setattr(doctor, "_free", lambda: 900.0)
    close_exchange(course)
    words = ["doctor", "--course", str(course.root)]
    fine = CliRunner().invoke(app.app, words)
    assert fine.exit_code == 0
    assert "✗ exchange: not everybody can write" in fine.stdout

    monkeypatch.setattr(client, "_working", lambda _: [])
    lacking = CliRunner().invoke(app.app, [*words, "--json"])
    assert lacking.exit_code == 1
    told = json.loads(lacking.stdout)
    assert told["fine"] is False
    (confinement,) = [one for one in told["findings"] if one["what"] == "confinement"]
    assert "nothing on this machine can confine students' code" in confinement["said"]


@pytest.mark.parametrize(
    ("missing", "mend", "said"),
    [
        ((), "", "distributed, cryptography, psycopg; `fdl farm 2`"),
        (("psycopg",), "make install EXTRA=scale", "not installed: psycopg; only"),
        (("distributed", "psycopg"), "make install EXTRA=scale", "not installed: distributed, psycopg; only"),
    ],
)
def test_what_a_cluster_takes_is_told_and_nobody_is_blamed_for_doing_without(
    monkeypatch, missing, mend, said
):
    def version(name):
        if name in missing:
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(doctor, "version", version)
    finding = doctor.cluster()
    assert (finding.fine, finding.needed, finding.mend) == (True, not missing, mend)
    assert finding.said.startswith(said)
