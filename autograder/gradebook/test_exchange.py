"""What students put into nbgrader's exchange themselves."""

import os

import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect

from autograder.gradebook import exchange


@pytest.fixture
def collect(tmp_path, monkeypatch):
    """Copy as nbgrader does when it collects; returns the names that arrive."""
    monkeypatch.setattr(ExchangeCollect, "do_copy", ExchangeCollect.do_copy)
    exchange.guard_collect()

    def collect(source):
        collecting = ExchangeCollect(coursedir=CourseDirectory(root=str(tmp_path)))
        ignored = list(collecting.coursedir.ignore)
        collecting.do_copy(str(source), str(tmp_path / "dest"))
        assert collecting.coursedir.ignore == ignored
        return sorted(path.name for path in (tmp_path / "dest").rglob("*"))

    return collect


@pytest.fixture
def handed_in(tmp_path):
    folder = tmp_path / "ada+01_unit+2030-01-31"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "1.png").write_bytes(b"1")
    (folder / "01_unit.ipynb").write_text("{}")
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "01_unit.ipynb").write_text("the course's")
    return folder


def test_links_and_pipes_are_left_out_and_stop_nobody(collect, handed_in, tmp_path):
    os.mkfifo(handed_in / "timestamp.txt")
    (handed_in / "gone.png").symlink_to(tmp_path / "nowhere")
    (handed_in / "data[1].csv").symlink_to("/etc/passwd")
    (handed_in / "pictures" / "answers").symlink_to(tmp_path / "answers")
    assert collect(handed_in) == ["01_unit.ipynb", "1.png", "pictures"]


def test_a_link_in_the_place_of_a_submission_brings_nothing(collect, tmp_path, handed_in):
    link = tmp_path / "ben+01_unit+2030-01-31"
    link.symlink_to(tmp_path / "answers")
    assert collect(link) == []
