"""Files and folders that a grader may not read: everybody may, whom the kernel takes for root, so it must not here."""

import os
import shutil
import subprocess
import sys

import pytest

MAY_NOT = "-dac_override,-dac_read_search"
# Whoever is root lays down what lets root read everything.
AS_ANYBODY = ("setpriv", f"--bounding-set={MAY_NOT}", f"--inh-caps={MAY_NOT}") if os.geteuid() == 0 else ()
LOOK = """
from pathlib import Path
from autograder.course.layout import Course
from autograder.gradebook import downloads
from autograder.grading import files
from helpers.errors import Unreadable

course = Course(Path())
for student in course.students("u"):
    print(student, files.find(course.submitted("u", student), lambda data: None).data)
with downloads.opened(course.root / "submitted") as found:
    for place, read in found.items():
        try:
            print(place, len(read()))
        except Unreadable as error:
            print(place, error)
"""
SAID = """\
closed u.ipynb cannot be read: Permission denied.
file u.ipynb cannot be read: Permission denied.
unit u.ipynb cannot be read: Permission denied.
closed closed cannot be read: Permission denied.
file/u/u.ipynb u.ipynb cannot be read: Permission denied.
unit/u u cannot be read: Permission denied.
"""


@pytest.mark.skipif(
    bool(AS_ANYBODY) and not shutil.which("setpriv"),
    reason="root reads everything: install util-linux, or run it as another user",
)
def test_what_may_not_be_read_is_said_and_whose_it_is(tmp_path):
    for student in ("closed", "file", "unit"):
        folder = tmp_path / "submitted" / student / "u"
        folder.mkdir(parents=True)
        (folder / "u.ipynb").write_text("{}")
    closed = [tmp_path / "submitted" / place for place in ("closed", "file/u/u.ipynb", "unit/u")]
    for path in closed:
        path.chmod(0)
    try:
        command = [*AS_ANYBODY, sys.executable, "-c", LOOK]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    finally:
        for path in closed:
            path.chmod(0o700)
    assert sorted(done.stdout.splitlines()) == sorted(SAID.splitlines())
