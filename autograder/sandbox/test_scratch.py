"""Which folders of graders are removed, and which are not certainly a dead one's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox import scratch

CLAIM = """
from autograder.sandbox import scratch
folder, lock = scratch.claim()
print(folder, flush=True)
input()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_a_killed_graders_folder_goes_and_a_living_ones_stays(temporary):
    grader = subprocess.Popen([sys.executable, "-c", CLAIM], stdin=-1, stdout=-1, text=True)
    assert grader.stdout
    folder = Path(grader.stdout.readline().strip())
    assert folder.parent == temporary
    (folder / "scratch").mkdir()
    scratch.tidy()
    assert folder.is_dir()
    grader.kill()
    grader.communicate()
    scratch.tidy()
    assert not folder.exists()


def test_what_is_not_certainly_a_dead_graders_stays(temporary):
    (temporary / "elsewhere").mkdir()
    (temporary / "elsewhere" / scratch.OWNER).touch()
    (temporary / "fdl-link").symlink_to(temporary / "elsewhere")
    (temporary / "fdl-unclaimed").mkdir()
    (temporary / "fdl-linked-owner").mkdir()
    (temporary / "fdl-linked-owner" / scratch.OWNER).symlink_to(temporary / "elsewhere" / scratch.OWNER)
    (temporary / "fdl-file").touch()
    before = sorted(os.listdir(temporary))
    scratch.tidy()
    assert sorted(os.listdir(temporary)) == before


def test_two_folders_of_one_process_do_not_hurt_each_other():
    (one, first), (two, second) = scratch.claim(), scratch.claim()
    scratch.tidy()
    assert one.is_dir()
    assert two.is_dir()
    first.close()
    scratch.tidy()
    assert not one.exists()
    assert two.is_dir()
    second.close()
